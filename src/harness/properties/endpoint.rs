//! Sequences fired at a service in this process, or at an endpoint: what it does wrong is a panic
//! with a case to keep.

use std::cell::RefCell;
use std::fmt;
use std::sync::{Arc, OnceLock};

use arbitrary::{Arbitrary, Result as Decoded, Unstructured};
use tokio::runtime::{Builder, Runtime};

use super::built_in::plan;
use crate::contract::Level;
use crate::harness::environment;
use crate::judge::Finding;
use crate::plan::case::Case;
use crate::reference::{Clock, Options, Reference};
use crate::run::fuzz::{Input, Space};
use crate::run::regressions;
use crate::run::{RunOptions, Runner, Session, Stop};
use crate::wire::target::{Endpoint, HttpService, Settings, Target};

/// A sequence of requests. `{:?}` writes it as a case, as it stands in a file of regressions.
pub struct AnySequence(Input);

/// A target that is set up once, for many cases.
pub struct Subject {
    runtime: Runtime,
    start: Start,
    /// What is made on the target. `None` where it has to be made anew.
    session: Option<Session>,
    /// Whether it is there before and after this process, and so has to be left as it was.
    lasts: bool,
}

/// Gives the target; called within the runtime.
type Start = Box<dyn Fn() -> Result<(Target, RunOptions), String> + Send>;

thread_local! {
    /// What [`AnySequence::check`] fires at.
    static SUBJECT: RefCell<Option<Subject>> = const { RefCell::new(None) };
}

impl AnySequence {
    /// The sequence that these bytes stand for. Any bytes stand for one; of none there is none.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::arbitrary_take_rest(Unstructured::new(bytes)).ok()
    }

    /// The case that it stands for; none where nothing is left of it.
    pub(crate) fn case(&self) -> Option<Case> {
        // Which of the plan's cases are to be refused takes longer to tell than a sequence to fire.
        static SPACE: OnceLock<Option<Space<'static>>> = OnceLock::new();
        SPACE
            .get_or_init(|| Space::new(plan()))
            .as_ref()?
            .case(&self.0)
    }

    /// Sequences: the reference, or the endpoint that the environment names, does nothing wrong.
    ///
    /// # Panics
    /// Where it does, with the finding and the case; and where there is no target to fire at.
    pub fn check(&self) {
        let Some(case) = self.case() else { return };
        SUBJECT.with_borrow_mut(|subject| {
            subject
                .get_or_insert_with(|| {
                    Subject::from_environment().unwrap_or_else(|e| panic!("{e}"))
                })
                .check(&case);
        });
    }

    /// As [`check`](Self::check), of that subject.
    ///
    /// # Panics
    /// Where it does something wrong.
    pub fn check_on(&self, subject: &mut Subject) {
        if let Some(case) = self.case() {
            subject.check(&case);
        }
    }
}

impl<'a> Arbitrary<'a> for AnySequence {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Decoded<Self> {
        bytes.arbitrary().map(Self)
    }
}

impl fmt::Debug for AnySequence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.case().and_then(|case| printed(&case)) {
            Some(text) => f.write_str(&text),
            None => write!(f, "# nothing is sent: {:?}", self.0),
        }
    }
}

impl Subject {
    /// A service in this process, as a tower service (see [`HttpService`]); `start` gives a new one
    /// each time.
    ///
    /// # Errors
    /// Where this process gets no timers.
    pub fn service<S: HttpService>(start: impl Fn() -> S + Send + 'static) -> Result<Self, String> {
        // Time that stands still while there is something to do costs no wait. Nobody checks
        // signatures here, and signing takes longer than answering.
        let runtime = Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();

        let start = move || {
            let settings = Settings {
                signing: false,
                ..Settings::default()
            };
            let target = Target::service(start(), settings).map_err(|e| e.to_string())?;
            Ok((target, RunOptions::default()))
        };

        let runtime = runtime.map_err(|e| format!("no timers to be had: {e}"))?;
        Ok(Self {
            runtime,
            start: Box::new(start),
            session: None,
            lasts: false,
        })
    }

    /// The endpoint that the environment names, else the reference.
    ///
    /// # Errors
    /// An endpoint that cannot be one, or must not be sent to.
    pub fn from_environment() -> Result<Self, String> {
        let Some(url) = environment::endpoint_url() else {
            return Self::service(|| {
                Reference::new(Options {
                    clock: Clock::tokio(),
                    ..Options::default()
                })
            });
        };

        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(|e| format!("no connections to be had: {e}"))?;
        let start = move || {
            let endpoint = Endpoint::parse(&url).map_err(|e| e.to_string())?;
            let settings = environment::settings(&plan().region)?;
            let target = Target::http(endpoint, settings).map_err(|e| e.to_string())?;
            Ok((
                target,
                RunOptions {
                    token: environment::run_token(),
                    ..RunOptions::default()
                },
            ))
        };

        Ok(Self {
            runtime,
            start: Box::new(start),
            session: None,
            lasts: true,
        })
    }

    /// Fires a case.
    ///
    /// # Panics
    /// Where the target does something wrong, with the finding and the case as it stands in a file
    /// of regressions; and where nothing can be fired at it at all.
    pub(crate) fn check(&mut self, case: &Case) {
        let finding = self
            .finding(case)
            .unwrap_or_else(|why| panic!("nothing can be fired: {why}"));
        let Some(finding) = finding else { return };
        let alone = if self.lasts {
            String::new()
        } else {
            self.session = None;
            let again = self
                .finding(case)
                .is_ok_and(|found| found.is_some_and(|f| f.id() == finding.id()));
            format!(
                "\n{}",
                if again {
                    "shown by it alone"
                } else {
                    "shown only after what was fired before"
                }
            )
        };

        let id = regressions::case_id(&plan().contract.slug, &finding);
        let case = Case { id, ..case.clone() };
        panic!(
            "{}\nexpected: {}\nactual: {}{alone}\n\n{}",
            finding.id(),
            finding.expected,
            finding.actual,
            printed(&case).unwrap_or_else(|| format!("{case:?}"))
        );
    }

    /// What the target does wrong in that case: the first of what fails a run.
    ///
    /// # Errors
    /// Why nothing can be fired at it.
    pub(crate) fn finding(&mut self, case: &Case) -> Result<Option<Finding>, String> {
        let Self {
            runtime,
            start,
            session,
            ..
        } = self;

        let _within = runtime.enter();
        let session = match session {
            Some(session) => session,
            None => {
                let (target, options) = start()?;
                session.insert(Session::new(Runner::new(
                    Arc::clone(plan()),
                    target,
                    options,
                )))
            }
        };

        let result = runtime
            .block_on(session.judge_case(case))
            .map_err(|stop: Stop| stop.to_string());
        let mut findings = match result {
            Ok(result) => result.judgement.findings.into_iter(),
            Err(why) => {
                self.session = None;
                return Err(why);
            }
        };

        Ok(findings.find(|finding| finding.level == Level::Must))
    }
}

impl Drop for Subject {
    /// A target that is there afterwards is left as it was.
    fn drop(&mut self) {
        let Some(session) = self.session.take().filter(|_| self.lasts) else {
            return;
        };
        // A thread that is about to end has no runtime any more; another one has.
        std::thread::scope(|scope| {
            let ended = scope.spawn(|| self.runtime.block_on(session.end())).join();
            for leftover in ended.unwrap_or_default() {
                let line = format!(
                    "proofmark: not removed: {} ({})",
                    leftover.what, leftover.why
                );
                crate::support::tell::tell(&crate::support::sink::one_line(&line));
            }
        });
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Subject")
            .field("lasts", &self.lasts)
            .finish_non_exhaustive()
    }
}

/// A case as a table of a file of regressions.
fn printed(case: &Case) -> Option<String> {
    let name = case.id.as_str().rsplit("::").next().unwrap_or_default();
    plan().print_case(case, name)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::reference::find_defect;
    use crate::support::files::Source;

    fn sequence(bytes: &[u8]) -> AnySequence {
        AnySequence::from_bytes(bytes).expect("any bytes will do")
    }

    proptest! {
        #![proptest_config(crate::harness::testing::property_tests(8))]

        #[test]
        fn sequences(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            let sequence = sequence(&bytes);
            sequence.check();
            if sequence.case().is_some() {
                let file = Source { name: "printed.toml".to_owned(), text: format!("{sequence:?}") };
                let read = plan().read_cases(&file, "printed");
                prop_assert_eq!(read.expect("a case file").len(), 1);
            }
        }
    }

    /// A panic's message, where there is one.
    fn said(check: impl FnOnce() + std::panic::UnwindSafe) -> Option<String> {
        std::panic::catch_unwind(check)
            .err()
            .and_then(|e| e.downcast_ref::<String>().cloned())
    }

    #[test]
    fn a_finding_is_a_case_to_keep() {
        let start = || {
            Reference::new(Options {
                defect: find_defect("batch-size-not-stored"),
                ..Options::default()
            })
        };

        assert!(find_defect("batch-size-not-stored").is_some());
        let mut bytes = vec![1_u8; 64];
        let found = (0..64_u8).find_map(|number| {
            bytes.rotate_left(1);
            bytes[0] = number;
            let sequence = sequence(&bytes);
            said(move || sequence.check_on(&mut Subject::service(start).expect("a subject")))
        });

        let found = found.expect("a finding");
        assert!(
            found.contains("shown by it alone") && found.contains("[[sequence]]"),
            "{found}"
        );
    }
}
