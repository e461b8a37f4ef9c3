//! What part of the plan a run is about: a shard of it, and what can be done in a given time.

use std::collections::BTreeSet;
use std::time::Duration;

use crate::harness::self_check::interleaved;
use crate::plan::{Plan, Shard};
use crate::report::{Budget, Summary};
use crate::run::Event;
use crate::support::units;
use clap::Args;

/// What part of the plan.
#[derive(Clone, Debug, Args)]
pub(super) struct ShareArgs {
    /// Only the Kth of N parts of the cases, for a run on each of N machines; all N together are
    /// the whole
    #[arg(long, value_name = "K/N")]
    pub(super) shard: Option<Shard>,
    /// Fire no more cases after so long: seconds, or such as 10m. If cases are left, there is no
    /// pass
    #[arg(long, value_name = "TIME", value_parser = units::limit)]
    max_time: Option<Duration>,
    /// Fire what shows most first, and no more after so long. It is a pass if every promise was
    /// tested by every kind of case
    #[arg(long, value_name = "TIME", value_parser = units::limit, conflicts_with_all = ["max_time", "data_plane"])]
    budget: Option<Duration>,
}

/// So many of the cases that show most are fired first, in turns between the promises.
const FIRST: usize = 120;

impl ShareArgs {
    /// The cases at these places that are this run's, in the order they are fired.
    pub(super) fn select(&self, plan: &Plan, places: Vec<usize>) -> Vec<usize> {
        let mine = self
            .shard
            .map(|shard| shard.select(&plan.cases, &places))
            .unwrap_or(places);

        let meant: BTreeSet<usize> = mine.into_iter().collect();
        let telling = interleaved(plan)
            .into_iter()
            .filter(|place| meant.contains(place));
        if self.budget.is_some() {
            return telling.collect();
        }

        // What the first cases show may make the others useless.
        let first: Vec<usize> = telling.take(FIRST).collect();
        let rest = meant.into_iter().filter(|place| !first.contains(place));
        first.iter().copied().chain(rest).collect()
    }

    /// How long cases are fired.
    pub(super) fn time(&self) -> Option<Duration> {
        self.budget.or(self.max_time)
    }

    /// Tells the report what was done within a budget.
    pub(super) fn note(
        &self,
        plan: &Plan,
        meant: &[usize],
        fired: &BTreeSet<usize>,
        summary: &mut Summary,
    ) {
        let budget = self
            .budget
            .map(|time| Budget::new(plan, time, meant, fired));
        summary.budget = budget;
    }

    /// What to say where the shard has none of the cases that are meant.
    pub(super) fn no_case(&self) -> String {
        let shard = self
            .shard
            .map(|shard| shard.to_string())
            .unwrap_or_default();
        format!("no case that is meant is in shard {shard}")
    }
}

/// Notes which case was judged.
pub(super) fn note_fired(event: &Event, fired: &mut BTreeSet<usize>) {
    if let Event::Judged(result) = event {
        fired.insert(result.index);
    }
}
