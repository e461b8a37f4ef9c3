//! One trial: a case fired, and its judgement as a test harness knows it.

use std::fmt::Write as _;

use libtest_mimic::{Completion, Failed};

use super::known::Known;
use super::{Rig, Running};
use crate::contract::Level;
use crate::judge::Verdict;
use crate::plan::Plan;
use crate::report::{Facts, Report, Style, Summary, Where, finding_text};
use crate::run::{CaseResult, Event, Stop};
use crate::support::sink::{self, one_line};
use crate::support::tell::say;

impl Rig {
    /// Fires the case at that place of the plan. `verbose`: a trial that passes may say something
    /// too.
    pub(super) fn trial(&self, index: usize, verbose: bool) -> Result<Completion, Failed> {
        let _going = self.known.as_ref().map(Known::going);
        let running = self.running()?;
        let result = match running.runtime.block_on(running.session.judge(index)) {
            Ok(result) => result,
            Err(Stop::Interrupted) => wait_for_the_end(),
            Err(stop) => {
                let why = running.secrets.redact(&stop.to_string());
                return Err(sink::guard(&format!("not fired: {}", one_line(&why))).into());
            }
        };

        let told = Told {
            plan: &self.plan,
            running,
            gate: self.level,
            known: self.known.as_ref(),
        };

        let completion = told.completion(&result, verbose);
        if let Some(known) = &self.known {
            known.take(&self.plan, result);
        }
        completion
    }
}

/// What is needed to say what became of a case.
struct Told<'a> {
    plan: &'a Plan,
    running: &'a Running,
    gate: Level,
    known: Option<&'a Known>,
}

/// What a case showed, as texts.
#[derive(Default)]
struct Texts {
    /// What fails the trial.
    wrong: String,
    /// The warnings.
    warned: String,
    /// What the baseline knows, a line each.
    known: String,
}

impl Told<'_> {
    fn completion(&self, result: &CaseResult, verbose: bool) -> Result<Completion, Failed> {
        let Texts {
            wrong,
            warned,
            known,
        } = self.findings(result);

        let masked_by_known = || {
            self.known
                .is_some_and(|k| k.masks(&result.judgement.findings))
        };

        let failed = |why: String| Err(Failed::from(sink::guard(&format!("{why}{wrong}{warned}"))));
        let clean = |why: &str| sink::guard(&one_line(&self.running.secrets.redact(why)));
        match &result.judgement.verdict {
            Verdict::Error(why) => return failed(format!("could not tell: {}\n", clean(why))),
            // Not a pass: the refusal of a violation says nothing where the same request without it
            // is refused too.
            Verdict::Masked(why) if !wrong.is_empty() || !masked_by_known() => {
                return failed(format!("masked: {}\n", clean(why)));
            }
            Verdict::Fail if !wrong.is_empty() || (warned.is_empty() && known.is_empty()) => {
                return failed(String::new());
            }
            // Counted apart, and not as passed: this was not tested.
            Verdict::Skip(why) => return Ok(Completion::ignored_with(clean(why))),
            Verdict::NotImplemented => {
                return Ok(Completion::ignored_with(
                    "the target does not implement this",
                ));
            }
            Verdict::Probe(outcome) if verbose => say(&format!("probe: {}", clean(outcome))),
            Verdict::Masked(why) if verbose => say(&format!("masked, as is known: {}", clean(why))),
            Verdict::Pass | Verdict::Fail | Verdict::Masked(_) | Verdict::Probe(_) => {}
        }

        if verbose && !(known.is_empty() && warned.is_empty()) {
            say(&format!("{known}{warned}"));
        }
        Ok(Completion::Completed)
    }

    fn findings(&self, result: &CaseResult) -> Texts {
        let mut texts = Texts::default();
        if result.observation.is_none() {
            return texts;
        }
        let at = Where {
            curl: self.running.curl.as_ref(),
            flags: self.running.flags.clone(),
        };

        let facts = Facts::of(&at, self.gate);
        let mut summary = Summary::default();
        summary.add(self.plan, Event::Judged(Box::new(result.clone())));
        let report = Report::new(self.plan, &summary, &facts);

        for finding in &report.findings {
            if let Some(entry) = self.known.and_then(|known| known.entry(&finding.id)) {
                let _ = writeln!(
                    texts.known,
                    "known: {}  {}",
                    one_line(&finding.id),
                    one_line(&entry.to_string())
                );
                continue;
            }
            let text = finding_text(&report, finding, Style::default());
            let text = self.running.secrets.redact(&text);
            let all = if finding.level <= self.gate {
                &mut texts.wrong
            } else {
                &mut texts.warned
            };
            all.push_str(&text);
        }

        texts
    }
}

/// The process is about to end, once everything is removed; a trial that was not started is no
/// failure.
fn wait_for_the_end() -> ! {
    loop {
        std::thread::park();
    }
}
