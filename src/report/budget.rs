//! What a run got done in the time it had.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::contract::AtomId;
use crate::plan::Plan;

/// What a run got done within its budget of time.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    /// The time it had.
    pub(crate) time: Duration,
    /// How many cases were meant.
    pub(crate) meant: usize,
    /// How many of these were fired.
    pub(crate) fired: usize,
    /// Promises with a kind of case, by class, of which not one was fired.
    pub(crate) left: Vec<AtomId>,
}

impl Budget {
    /// What was done of the cases at the places `meant`, when those at `fired` were.
    pub(crate) fn new(
        plan: &Plan,
        time: Duration,
        meant: &[usize],
        fired: &BTreeSet<usize>,
    ) -> Self {
        let kind = |place: &usize| {
            plan.cases
                .get(*place)
                .map(|case| (case.atoms.first(), case.expect().class()))
        };

        let done: BTreeSet<_> = fired.iter().filter_map(kind).collect();
        let mut left = Vec::new();
        for (atom, _) in meant
            .iter()
            .filter_map(kind)
            .filter(|kind| !done.contains(kind))
        {
            if let Some(atom) = atom.filter(|atom| !left.contains(*atom)) {
                left.push(atom.clone());
            }
        }

        Self {
            time,
            meant: meant.len(),
            fired: fired.len(),
            left,
        }
    }

    /// Whether every promise was tested in every way that was meant, so that a run without a
    /// finding is a pass.
    pub(crate) fn suffices(&self) -> bool {
        self.left.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Level;
    use crate::judge::Verdict;
    use crate::plan::PlanOptions;
    use crate::report::records::Record;
    use crate::report::{Exit, Report, Style, Summary, report_text};
    use crate::run::{Ended, Stop};
    use crate::support::files::Files;

    const TIME: Duration = Duration::from_secs(1);

    #[test]
    fn a_pass_within_a_budget_has_seen_every_kind_of_case() {
        let plan = Plan::load(&Files::Embedded, &PlanOptions::default()).expect("a plan");
        let meant = crate::harness::self_check::interleaved(&plan);
        let ended = |fired: Option<usize>, accepted_any| {
            let fired = fired.map(|count| meant.iter().copied().take(count).collect());
            let budget = fired.map(|fired| Budget::new(&plan, TIME, &meant, &fired));
            let mut summary = Summary {
                budget,
                ..Summary::default()
            };
            // One is there, so that it was fired.
            summary.records.cases.push(Record {
                place: 0,
                verdict: Verdict::Pass,
                findings: Vec::new(),
                requests: 1,
            });
            summary.end(Ended {
                stopped: Some(Stop::Time(TIME)),
                accepted_any,
                leftovers: Vec::new(),
                cut: Vec::new(),
            });
            let report = Report::of(&plan, &summary, Level::Must);
            (report.outcome(), report_text(&report, Style::default()))
        };
        // `--max-time` alone: what is left is no pass.
        assert_eq!(ended(None, true).0, Exit::CouldNotTell);
        // So little was fired that nothing is known, rather than that nothing is accepted.
        assert_eq!(ended(Some(0), false).0, Exit::CouldNotTell);
        let (exit, text) = ended(Some(1), true);
        assert_eq!(exit, Exit::CouldNotTell, "{text}");
        assert!(
            text.contains("promises were not tested by every kind of case")
                && text.contains("left out"),
            "{text}"
        );
        let (exit, text) = ended(Some(meant.len() - 1), true);
        assert_eq!(exit, Exit::Conforms, "{text}");
        assert!(
            text.contains("1 of ")
                && text.contains("CONFORMS as far as it was tested: its 1s were over"),
            "{text}"
        );
        // The first turn of the order is enough, long before the last case.
        assert_eq!(ended(Some(meant.len() / 4), true).0, Exit::Conforms);
    }
}
