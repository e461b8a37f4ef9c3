//! The plan as a test target: one trial for each case, named by its id, as `cargo test` and `cargo
//! nextest` run them.
//!
//! This is what the test of an emulator written in Rust calls; `examples/conformance.rs` is a whole
//! one:
//!
//! ```no_run
//! # struct Emulator;
//! # impl Emulator {
//! #     fn start() -> Self { Self }
//! #     fn url(&self) -> String { String::new() }
//! # }
//! // tests/conformance.rs, with `harness = false` in its [[test]] table
//! fn main() {
//!     proofmark::conformance(|| {
//!         let emulator = Emulator::start();
//!         (emulator.url(), emulator)
//!     })
//!     .exit()
//! }
//! ```
//!
//! The emulator is started when the first trial needs it, so listing is offline; it is dropped
//! after everything the trials made on it was removed. All trials of a process share their
//! fixtures, and those that run side by side are about separate mappings.
//!
//! An emulator that is a tower service, as axum's routers are, needs no port:
//! [`Conformance::service`] calls it in this process, so that its coverage is measured and a
//! debugger sees both sides.

mod known;
mod ran;
mod trial;

use std::any::Any;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};

use libtest_mimic::{Arguments, Completion, Trial};
use tokio::runtime::{Handle, Runtime};

use crate::contract::Level;
use crate::harness::environment;
use crate::plan::{OperationName, Plan, PlanOptions, WantedOperations};
use crate::reference::{Options, Reference};
use crate::report::baseline::Baseline;
use crate::report::curl::CurlTarget;
use crate::report::shell::word;
use crate::report::{Exit, Secrets};
use crate::run::{RunOptions, Runner, Session};
use crate::support::files::{Files, Source};
use crate::support::interrupt;
use crate::support::tell::tell;
use crate::wire::target::{Endpoint, HttpService, Target};

use known::Known;

pub use ran::Ran;

/// A test target made of a plan and of something to run it against.
pub struct Conformance {
    start: Start,
    operation: Option<String>,
    revision: Option<String>,
    level: Level,
    files: Files,
    baseline: Option<PathBuf>,
}

/// Starts what is tested, at most once.
type Start = Box<dyn FnOnce(&PlanOptions) -> Result<Started, String> + Send>;

struct Started {
    target: Target,
    /// The names of fixtures hold it.
    token: String,
    /// Where it listens, if it does.
    url: Option<String>,
    /// Whatever keeps it alive.
    keep: Box<dyn Any + Send>,
}

/// All that trials share.
struct Rig {
    plan: Arc<Plan>,
    level: Level,
    known: Option<Known>,
    region: String,
    start: Mutex<Option<(Start, PlanOptions)>>,
    running: OnceLock<Result<Running, String>>,
}

struct Running {
    runtime: Runtime,
    session: Arc<Session>,
    curl: Option<CurlTarget>,
    flags: String,
    /// What no message may hold.
    secrets: Secrets,
    keep: Mutex<Option<Box<dyn Any + Send>>>,
}

/// Tests of what `start` starts: it gives the URL, and a value that keeps the emulator alive until
/// it is dropped.
///
/// The URL must be of this machine, or of a host named in the variable `PROOFMARK_ALLOW_HOST`.
pub fn conformance<K: Send + 'static>(
    start: impl FnOnce() -> (String, K) + Send + 'static,
) -> Conformance {
    Conformance::new(Box::new(move |options| {
        let (url, keep) = start();
        Ok(Started {
            keep: Box::new(keep),
            ..Started::endpoint(&url, options)?
        })
    }))
}

impl Conformance {
    /// Tests of the endpoint in `PROOFMARK_ENDPOINT`, `AWS_ENDPOINT_URL_LAMBDA` or
    /// `AWS_ENDPOINT_URL`, else of the reference, in this process.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::new(Box::new(|options| match environment::endpoint_url() {
            Some(url) => Started::endpoint(&url, options),
            None => {
                let reference = Options {
                    region: options.region.clone(),
                    ..Options::default()
                };
                Started::service(Reference::new(reference), options)
            }
        }))
    }

    /// Tests of a service in this process, as a tower service (see [`HttpService`]); `start` gives
    /// it when the first trial needs it.
    #[must_use]
    pub fn service<S: HttpService>(start: impl FnOnce() -> S + Send + 'static) -> Self {
        Self::new(Box::new(move |options| Started::service(start(), options)))
    }

    /// Judges that operation, `SERVICE/OPERATION` as the folders of its contract are named. Without
    /// it, the only one of [`files`](Self::files), or `lambda/update-event-source-mapping`.
    #[must_use]
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operation = Some(name.into());
        self
    }

    /// Judges by that revision of the contract instead of the reference page.
    #[must_use]
    pub fn revision(mut self, name: impl Into<String>) -> Self {
        self.revision = Some(name.into());
        self
    }

    /// Findings of that level, and worse, fail a trial. Without it, warnings do not.
    #[must_use]
    pub fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Contracts and cases from there instead of those built in.
    #[must_use]
    pub fn files(mut self, files: Files) -> Self {
        self.files = files;
        self
    }

    /// A file of findings that are known, as `proofmark run --baseline` takes: they fail no trial.
    /// The variable `PROOFMARK_BASELINE` names another.
    ///
    /// A last trial, `baseline is current`, fails for entries that are to be removed: their finding
    /// no longer appears, they have expired, or the contract has no such promise. What no longer
    /// appears is known only where all cases are tried in one process; with a filter, and under
    /// `cargo nextest`, that trial is ignored otherwise.
    #[must_use]
    pub fn baseline(mut self, path: impl Into<PathBuf>) -> Self {
        self.baseline = Some(path.into());
        self
    }

    /// Reads the command line as test targets do, runs or lists the trials, and ends the process.
    pub fn exit(mut self) -> ! {
        let arguments = Arguments::from_args();
        self.baseline = environment::baseline_file().or(self.baseline);
        let rig = self.rig().unwrap_or_else(|error| {
            tell(&format!("proofmark: {error}"));
            std::process::exit(Exit::Usage as i32);
        });
        let conclusion = libtest_mimic::run(&arguments, Rig::trials(&rig, &arguments));
        rig.end();
        conclusion.exit()
    }

    fn new(start: Start) -> Self {
        Self {
            start,
            operation: None,
            revision: None,
            level: Level::Must,
            files: Files::Embedded,
            baseline: None,
        }
    }

    fn rig(self) -> Result<Arc<Rig>, String> {
        let region = environment::region();
        let options = PlanOptions {
            operation: operation(self.operation.as_deref(), &self.files)?,
            revision: self.revision,
            region: region.clone(),
            ..PlanOptions::default()
        };

        let plan = Arc::new(Plan::load(&self.files, &options).map_err(|e| e.to_string())?);
        let known = self.baseline.map(known).transpose()?;
        let start = Mutex::new(Some((self.start, options)));
        Ok(Arc::new(Rig {
            plan,
            level: self.level,
            known,
            region,
            start,
            running: OnceLock::new(),
        }))
    }
}

/// The operation of that name, or the usual one of the files.
fn operation(name: Option<&str>, files: &Files) -> Result<OperationName, String> {
    let wanted = match name {
        Some(name) => WantedOperations::Named(vec![name.parse()?]),
        None => WantedOperations::Usual,
    };
    let found = wanted.among(files).map_err(|e| e.to_string())?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// The baseline of that file.
fn known(path: PathBuf) -> Result<Known, String> {
    let file = Source::open(&path).map_err(|e| e.to_string())?;
    let baseline = Baseline::load(&file).map_err(|e| e.to_string())?;
    Ok(Known::new(baseline, file.name, environment::today()?))
}

impl Started {
    fn endpoint(url: &str, options: &PlanOptions) -> Result<Self, String> {
        let endpoint = Endpoint::parse(url).map_err(|e| e.to_string())?;
        let settings = environment::settings(&options.region)?;
        let target = Target::http(endpoint, settings).map_err(|e| {
            format!(
                "{e} (a test target takes no such flag: set {} instead)",
                environment::ALLOW_HOST_VARIABLE
            )
        });

        let token = environment::run_token();
        Ok(Self {
            target: target?,
            token,
            url: Some(url.to_owned()),
            keep: Box::new(()),
        })
    }

    /// A service in this process.
    fn service(service: impl HttpService, options: &PlanOptions) -> Result<Self, String> {
        let settings = environment::settings(&options.region)?;
        let target = Target::service(service, settings).map_err(|e| e.to_string())?;
        // It is new each time: nothing in it has a name yet.
        Ok(Self {
            target,
            token: RunOptions::default().token,
            url: None,
            keep: Box::new(()),
        })
    }
}

impl Rig {
    /// What is tested, started by whichever trial comes first.
    fn running(&self) -> Result<&Running, String> {
        self.running
            .get_or_init(|| self.start())
            .as_ref()
            .map_err(Clone::clone)
    }

    fn start(&self) -> Result<Running, String> {
        let start = self
            .start
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();

        let (start, options) = start.ok_or("the start of the emulator failed before")?;
        let started = start(&options)?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|e| format!("no threads to be had: {e}"))?;
        let settings = environment::settings(&self.region)?;
        let secrets = Secrets::new(settings.credentials.secrets(), []);
        let run = RunOptions {
            token: started.token,
            ..RunOptions::default()
        };

        let session = Arc::new(Session::new(Runner::new(
            Arc::clone(&self.plan),
            started.target,
            run,
        )));

        let (ended, handle) = (Arc::downgrade(&session), runtime.handle().clone());
        // Where signals cannot be heard, they end the process at once.
        let _ = interrupt::listen(move || end_on_interrupt(&ended, handle), || leave());
        Ok(Running {
            runtime,
            session,
            curl: started
                .url
                .as_ref()
                .map(|url| environment::curl_target(url, &self.region)),
            flags: started
                .url
                .map(|url| format!("--endpoint {}", word(&url)))
                .unwrap_or_default(),
            secrets,
            keep: Mutex::new(Some(started.keep)),
        })
    }

    fn trials(rig: &Arc<Self>, arguments: &Arguments) -> Vec<Trial> {
        let (verbose, whole) = (arguments.nocapture, known::whole(arguments));
        let trial = |index: usize| {
            let rig = Arc::clone(rig);
            let name = rig.plan.cases[index].id.as_str().to_owned();
            Trial::ignorable_test(name, move || rig.trial(index, verbose))
        };

        let mut trials: Vec<Trial> = (0..rig.plan.cases.len()).map(trial).collect();
        if rig.known.is_some() {
            let rig = Arc::clone(rig);
            let current = move || {
                rig.known
                    .as_ref()
                    .map_or(Ok(Completion::Completed), |k| k.current(&rig.plan, whole))
            };
            trials.push(Trial::ignorable_test(known::CURRENT, current));
        }

        trials
    }

    /// Removes what the trials made, then lets the emulator go.
    fn end(&self) {
        if let Some(Ok(running)) = self.running.get() {
            report_leftovers(&running.runtime.block_on(running.session.end()));
            let keep = running
                .keep
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take();
            drop(keep);
        }
    }
}

/// At the first signal no further trial is started, what was made is removed, and the process ends.
fn end_on_interrupt(session: &Weak<Session>, runtime: Handle) {
    // Where the trials are over, nothing is left to be removed.
    let Some(session) = session.upgrade() else {
        leave()
    };

    tell(
        "proofmark: interrupted; removing what the trials made (again in a second to leave at once)",
    );
    let end = move || {
        report_leftovers(&runtime.block_on(session.end()));
        leave();
    };

    if std::thread::Builder::new().spawn(end).is_err() {
        leave();
    }
}

fn leave() -> ! {
    std::process::exit(Exit::Interrupted as i32);
}

fn report_leftovers(leftovers: &[crate::run::Leftover]) {
    for leftover in leftovers {
        let line = format!(
            "proofmark: not removed: {} ({})",
            leftover.what, leftover.why
        );
        tell(&crate::support::sink::one_line(&line));
    }
}

#[cfg(test)]
mod tests;
