//! The plan as a test target: one trial for each case, named by its id, as `cargo test` and `cargo nextest` run them.
//!
//! This is what the test of an emulator written in Rust calls; `examples/conformance.rs` is a whole one:
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
//! The emulator is started when the first trial needs it, so listing is offline; it is dropped after everything the
//! trials made on it was removed. All trials of a process share their fixtures, and those that run side by side are
//! about separate mappings.

mod trial;

use std::any::Any;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use libtest_mimic::{Arguments, Trial};
use tokio::runtime::Runtime;

use crate::contract::Level;
use crate::environment;
use crate::files::{FileError, Files};
use crate::plan::{Plan, PlanOptions};
use crate::reference::{Options, Reference};
use crate::report::curl::CurlTarget;
use crate::report::{Exit, Secrets};
use crate::runner::{RunOptions, Runner, Session};
use crate::target::{Endpoint, Target};

/// A test target made of a plan and of something to run it against.
pub struct Conformance {
    start: Start,
    revision: Option<String>,
    level: Level,
    files: Files,
}

/// Starts what is tested, at most once.
type Start = Box<dyn FnOnce(&PlanOptions) -> Result<Started, String> + Send>;

/// What was started.
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

/// Tests of what `start` starts: it gives the URL, and a value that keeps the emulator alive until it is dropped.
///
/// The URL must be of this machine, or of a host named in the variable `PROOFMARK_ALLOW_HOST`.
pub fn conformance<K: Send + 'static>(start: impl FnOnce() -> (String, K) + Send + 'static) -> Conformance {
    Conformance::new(Box::new(move |options| {
        let (url, keep) = start();
        Ok(Started { keep: Box::new(keep), ..Started::endpoint(&url, options)? })
    }))
}

impl Conformance {
    /// Tests of the endpoint in `PROOFMARK_ENDPOINT`, `AWS_ENDPOINT_URL_LAMBDA` or `AWS_ENDPOINT_URL`, else of the
    /// reference, in this process.
    #[must_use]
    pub fn from_environment() -> Self {
        Self::new(Box::new(|options| match environment::endpoint_url() {
            Some(url) => Started::endpoint(&url, options),
            None => Started::reference(Options { region: options.region.clone(), ..Options::default() }, options),
        }))
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

    /// Reads the command line as test targets do, runs or lists the trials, and ends the process.
    pub fn exit(self) -> ! {
        let arguments = Arguments::from_args();
        let rig = self.rig().unwrap_or_else(|error| {
            eprintln!("proofmark: {error}");
            std::process::exit(Exit::Usage as i32);
        });
        let conclusion = libtest_mimic::run(&arguments, Rig::trials(&rig, arguments.nocapture));
        rig.end();
        conclusion.exit()
    }

    fn new(start: Start) -> Self {
        Self { start, revision: None, level: Level::Must, files: Files::Embedded }
    }

    fn rig(self) -> Result<Arc<Rig>, FileError> {
        let region = environment::region();
        let options = PlanOptions { revision: self.revision, region: region.clone(), ..PlanOptions::default() };
        let plan = Arc::new(Plan::load(&self.files, &options)?);
        let start = Mutex::new(Some((self.start, options)));
        Ok(Arc::new(Rig { plan, level: self.level, region, start, running: OnceLock::new() }))
    }
}

impl Started {
    fn endpoint(url: &str, options: &PlanOptions) -> Result<Self, String> {
        let endpoint = Endpoint::parse(url).map_err(|e| e.to_string())?;
        let settings = environment::settings(&options.region)?;
        let target = Target::http(endpoint, settings).map_err(|e| {
            format!("{e} (a test target takes no such flag: set {} instead)", environment::ALLOW_HOST_VARIABLE)
        });
        let token = environment::run_token();
        Ok(Self { target: target?, token, url: Some(url.to_owned()), keep: Box::new(()) })
    }

    fn reference(reference: Options, options: &PlanOptions) -> Result<Self, String> {
        let settings = environment::settings(&options.region)?;
        let target = Target::service(Reference::new(reference), settings).map_err(|e| e.to_string())?;
        // It is new each time: nothing in it has a name yet.
        Ok(Self { target, token: RunOptions::default().token, url: None, keep: Box::new(()) })
    }
}

impl Rig {
    /// What is tested, started by whichever trial comes first.
    fn running(&self) -> Result<&Running, String> {
        self.running.get_or_init(|| self.start()).as_ref().map_err(Clone::clone)
    }

    fn start(&self) -> Result<Running, String> {
        let start = self.start.lock().unwrap_or_else(PoisonError::into_inner).take();
        let (start, options) = start.ok_or("the start of the emulator failed before")?;
        let started = start(&options)?;
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        let runtime = runtime.map_err(|e| format!("no threads to be had: {e}"))?;
        let settings = environment::settings(&self.region)?;
        let secrets = Secrets::new(settings.credentials.secrets(), []);
        let run = RunOptions { token: started.token, ..RunOptions::default() };
        let session = Arc::new(Session::new(Runner::new(Arc::clone(&self.plan), started.target, run)));
        runtime.spawn(end_on_interrupt(Arc::clone(&session)));
        Ok(Running {
            runtime,
            session,
            curl: started.url.as_ref().map(|url| environment::curl_target(url, &self.region)),
            flags: started.url.map(|url| format!("--endpoint {url}")).unwrap_or_default(),
            secrets,
            keep: Mutex::new(Some(started.keep)),
        })
    }

    fn trials(rig: &Arc<Self>, verbose: bool) -> Vec<Trial> {
        let trial = |index: usize| {
            let rig = Arc::clone(rig);
            let name = rig.plan.cases[index].id.as_str().to_owned();
            Trial::ignorable_test(name, move || rig.trial(index, verbose))
        };
        (0..rig.plan.cases.len()).map(trial).collect()
    }

    /// Removes what the trials made, then lets the emulator go.
    fn end(&self) {
        if let Some(Ok(running)) = self.running.get() {
            report_leftovers(&running.runtime.block_on(running.session.end()));
            let keep = running.keep.lock().unwrap_or_else(PoisonError::into_inner).take();
            drop(keep);
        }
    }
}

/// At the first Ctrl-C no further trial is started, and what was made is removed; the second ends the process at once.
async fn end_on_interrupt(session: Arc<Session>) {
    if tokio::signal::ctrl_c().await.is_err() {
        return;
    }
    eprintln!("proofmark: interrupted; removing what the trials made (once more to leave it)");
    tokio::select! {
        leftovers = session.end() => report_leftovers(&leftovers),
        _ = tokio::signal::ctrl_c() => {}
    }
    std::process::exit(Exit::Interrupted as i32);
}

fn report_leftovers(leftovers: &[crate::runner::Leftover]) {
    for leftover in leftovers {
        eprintln!("proofmark: not removed: {} ({})", leftover.what, leftover.why);
    }
}

#[cfg(test)]
mod tests;
