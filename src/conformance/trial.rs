//! One trial: a case fired, and its judgement as a test harness knows it.

use libtest_mimic::{Completion, Failed};

use super::{Rig, Running};
use crate::contract::Level;
use crate::plan::Plan;
use crate::report::{Cause, Style, Where, finding_text};
use crate::runner::{CaseResult, Stop};
use crate::verdict::Verdict;

impl Rig {
    /// Fires the case at that place of the plan. `verbose`: a trial that passes may say something too.
    pub(super) fn trial(&self, index: usize, verbose: bool) -> Result<Completion, Failed> {
        let running = self.running()?;
        let result = match running.runtime.block_on(running.session.judge(index)) {
            Ok(result) => result,
            Err(Stop::Interrupted) => wait_for_the_end(),
            Err(stop) => return Err(format!("not fired: {stop}").into()),
        };
        let told = Told { plan: &self.plan, running, gate: self.level };
        told.completion(&result, verbose)
    }
}

/// What is needed to say what became of a case.
struct Told<'a> {
    plan: &'a Plan,
    running: &'a Running,
    gate: Level,
}

impl Told<'_> {
    fn completion(&self, result: &CaseResult, verbose: bool) -> Result<Completion, Failed> {
        let (wrong, warned) = self.findings(result);
        let failed = |why: String| Err(Failed::from(format!("{why}{wrong}{warned}")));
        match &result.judgement.verdict {
            Verdict::Error(why) => return failed(format!("could not tell: {why}\n")),
            // Not a pass: the refusal of a violation says nothing where the same request without it is refused too.
            Verdict::Masked(why) => return failed(format!("masked: {why}\n")),
            Verdict::Fail if !wrong.is_empty() || warned.is_empty() => return failed(String::new()),
            // Counted apart, and not as passed: this was not tested.
            Verdict::Skip(why) => return Ok(Completion::ignored_with(why)),
            Verdict::NotImplemented => return Ok(Completion::ignored_with("the target does not implement this")),
            Verdict::Probe(outcome) if verbose => println!("probe: {outcome}"),
            Verdict::Pass | Verdict::Fail | Verdict::Probe(_) => {}
        }
        if verbose && !warned.is_empty() {
            println!("{warned}");
        }
        Ok(Completion::Completed)
    }

    /// The findings that fail the trial, and the warnings, as texts.
    fn findings(&self, result: &CaseResult) -> (String, String) {
        let (mut wrong, mut warned) = (String::new(), String::new());
        let Some(observation) = &result.observation else { return (wrong, warned) };
        let at = Where { curl: self.running.curl.as_ref(), flags: self.running.flags.clone() };
        for finding in &result.judgement.findings {
            let cause = Cause {
                finding: finding.clone(),
                count: 1,
                case: result.index,
                observation: observation.clone(),
                shrunk: None,
                written: None,
            };
            let text = finding_text(self.plan, &cause, &at, self.gate, Style::default());
            let text = self.running.secrets.redact(&text);
            if finding.level <= self.gate { wrong.push_str(&text) } else { warned.push_str(&text) }
        }
        (wrong, warned)
    }
}

/// The process is about to end, once everything is removed; a trial that was not started is no failure.
fn wait_for_the_end() -> ! {
    loop {
        std::thread::park();
    }
}
