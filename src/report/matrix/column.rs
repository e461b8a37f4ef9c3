//! The column of a scoreboard: one target, whether it was judged, and how many promises it keeps.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Mark;
use crate::report::document::{OperationState, ReportedOperation};
use crate::report::plural;

/// One target, judged by one revision of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Column {
    /// The target's name.
    pub(crate) target: String,
    /// The target's own version, where it is known.
    pub(crate) release: Option<String>,
    /// The revision of the contract.
    pub(crate) revision: String,
    /// Whether it was judged.
    pub(crate) standing: Standing,
    /// Why it was not judged, or not wholly.
    pub(crate) why: Option<String>,
    /// The verdict on it in one line, where there is one.
    pub(crate) headline: Option<String>,
    /// How many cases were fired.
    pub(crate) cases: usize,
    /// How many the plan has: more, where only those that show most were meant.
    pub(crate) planned: usize,
    /// How many promises came to each mark; one that none came to is left out.
    pub(crate) counts: BTreeMap<Mark, usize>,
    /// How many faults the target has; none where nothing was judged.
    #[serde(default)]
    pub(crate) causes: Option<Causes>,
    /// How many promises it keeps; none where it was not judged wholly.
    pub(crate) score: Option<Score>,
    /// The operations that were not judged, and why.
    #[serde(default)]
    pub(crate) open: Vec<ReportedOperation>,
}

/// Whether a target was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Standing {
    /// By the whole plan.
    Judged,
    /// The run stopped early, or the target accepted no valid request: the marks are of what was
    /// fired until then.
    Stopped,
    /// The target ended during the run, although nobody asked for that.
    Died,
    /// The target could not be started, or not be reached.
    NotStarted,
}

/// How many causes a report tells: what one fix each on the target would mend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Causes {
    /// All of them.
    pub(crate) all: usize,
    /// Those that fail a run.
    pub(crate) fail: usize,
}

/// How many promises a target keeps, of those that a verdict could be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Score {
    /// Promises that hold, those with warnings among them.
    pub(crate) holds: usize,
    /// All but the untested ones: what is not implemented and what is masked is not kept.
    pub(crate) of: usize,
}

impl Column {
    /// The target's name, with the revision where it has a column for each of several.
    pub(crate) fn name(&self, several: bool) -> String {
        if several {
            format!("{} ({})", self.target, self.revision)
        } else {
            self.target.clone()
        }
    }
}

impl Column {
    /// The operations that were not judged, by their state.
    pub(crate) fn states(&self) -> BTreeMap<OperationState, Vec<&ReportedOperation>> {
        let mut states: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for operation in &self.open {
            states.entry(operation.state).or_default().push(operation);
        }
        states
    }
}

impl Standing {
    /// The standing in words.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Judged => "judged",
            Self::Stopped => "stopped",
            Self::Died => "died",
            Self::NotStarted => "did not start",
        }
    }
}

impl Score {
    /// In hundredths, rounded down, so that 100 is every promise.
    pub(crate) fn percent(self) -> usize {
        (self.holds * 100).checked_div(self.of).unwrap_or_default()
    }
}

impl std::fmt::Display for Causes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.all, self.fail) {
            (0, _) => write!(f, "no cause"),
            (1, 1) => write!(f, "1 cause, which fails a run"),
            (all, fail) if all == fail => write!(f, "{all} causes, all of which fail a run"),
            (all, fail) => write!(f, "{}, {fail} of which fail a run", plural(all, "cause")),
        }
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} ({} %)", self.holds, self.of, self.percent())
    }
}
