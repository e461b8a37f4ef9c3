//! The baseline of a test target: what it knows fails no trial, and a last trial holds it against
//! what all others showed.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use libtest_mimic::{Arguments, Completion, Failed};

use crate::judge::Finding;
use crate::plan::Plan;
use crate::report::baseline::{Baseline, Entry, Removal};
use crate::report::document::HeldBaseline;
use crate::report::{Mask, Style, Summary, outdated_text};
use crate::run::{CaseResult, Ended, Event, accepted_any};
use crate::support::date::Date;

/// The name of the last trial, where there is a baseline.
pub(super) const CURRENT: &str = "baseline is current";

/// Why the last trial says nothing.
const PARTIAL: &str =
    "only a run of all cases in one process tells whether a finding no longer appears";

/// A baseline, and what the trials of this process showed until now.
pub(super) struct Known {
    baseline: Baseline,
    /// The file it came from, as shown to the user.
    file: String,
    today: Date,
    shown: Mutex<Shown>,
    /// Told of each trial that ended.
    progress: Condvar,
}

#[derive(Default)]
struct Shown {
    summary: Summary,
    accepted_any: bool,
    /// How many trials ended, whether or not their case was fired.
    ended: usize,
}

/// A trial that is going on; it has ended when this is dropped, by a panic too.
pub(super) struct Going<'a>(&'a Known);

impl Known {
    pub(super) fn new(baseline: Baseline, file: String, today: Date) -> Self {
        Self {
            baseline,
            file,
            today,
            shown: Mutex::default(),
            progress: Condvar::new(),
        }
    }

    /// What is known of that finding.
    pub(super) fn entry(&self, finding: &str) -> Option<&Entry> {
        self.baseline.entry(finding, self.today)
    }

    /// Whether a case among whose findings these are is masked by a refusal that is known.
    pub(super) fn masks(&self, findings: &[Finding]) -> bool {
        Mask::of(findings).known(|id| self.baseline.entry(id, self.today).is_some())
    }

    /// Counts a trial, once it has ended.
    pub(super) fn going(&self) -> Going<'_> {
        Going(self)
    }

    /// Takes in what a trial showed.
    pub(super) fn take(&self, plan: &Plan, result: CaseResult) {
        let mut shown = self.shown();
        let case = plan
            .cases
            .get(result.index)
            .zip(result.observation.as_ref());
        shown.accepted_any |= case.is_some_and(|(case, seen)| accepted_any(case, seen));
        shown.summary.add(plan, Event::Judged(Box::new(result)));
    }

    /// The last trial: whether each entry is still right. `whole`: all trials of the plan are of
    /// this process.
    ///
    /// Trials are started in their order, so that all others have ended or are going on when this
    /// one is waiting.
    pub(super) fn current(&self, plan: &Plan, whole: bool) -> Result<Completion, Failed> {
        let mut shown = self.shown();
        while whole && shown.ended < plan.cases.len() {
            shown = self
                .progress
                .wait(shown)
                .unwrap_or_else(PoisonError::into_inner);
        }

        let whole = whole && shown.summary.verdicts.values().sum::<usize>() == plan.cases.len();
        let mut summary = std::mem::take(&mut shown.summary);
        if whole {
            summary.end(Ended {
                stopped: None,
                accepted_any: shown.accepted_any,
                leftovers: Vec::new(),
                cut: Vec::new(),
            });
        }

        summary.hold_against(plan, &self.baseline, &self.file, self.today);
        if let Some(held) = summary.baseline.as_mut().filter(|_| !whole) {
            // That a promise is none needs no run; all else does.
            held.comparison.expired.clear();
            held.comparison
                .remove
                .retain(|_, why| matches!(why, Removal::NoPromise(_)));
        }

        let outdated = summary.baseline.as_ref().map(|held| {
            let held = HeldBaseline::of(held, 0);
            outdated_text(&held, Style::default())
        });

        let outdated = outdated.unwrap_or_default();
        match (outdated.is_empty(), whole) {
            (false, _) => Err(Failed::from(outdated)),
            (true, true) => Ok(Completion::Completed),
            (true, false) => Ok(Completion::ignored_with(PARTIAL)),
        }
    }

    fn shown(&self) -> MutexGuard<'_, Shown> {
        self.shown.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Going<'_> {
    fn drop(&mut self) {
        self.0.shown().ended += 1;
        self.0.progress.notify_all();
    }
}

/// Whether a command line leaves no trial of the plan out.
pub(super) fn whole(arguments: &Arguments) -> bool {
    arguments.filter.is_none()
        && arguments.skip.is_empty()
        && !arguments.ignored
        && !arguments.bench
}

#[cfg(test)]
mod tests;
