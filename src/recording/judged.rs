//! A recording that was judged, and how one ends that does not hold all of what it was made of.

use crate::plan::{Plan, PlanOptions};
use crate::report::Summary;
use crate::run::{CaseResult, Ended, Stop};
use crate::support::files::FileError;

/// Makes the plan of a recording.
pub(super) type MakePlan<'a> = dyn Fn(&PlanOptions) -> Result<Plan, FileError> + 'a;

/// A recording that was judged.
#[derive(Debug)]
pub(crate) struct Judged {
    /// What it was judged by: the plan of a recorded run, or one whose cases are the exchanges of
    /// the recording.
    pub(crate) plan: Plan,
    /// What the judge says.
    pub(crate) summary: Summary,
    /// The flags that lead other commands to the plan of a recorded run.
    pub(crate) flags: String,
    /// The results of the cases of a recorded run; empty unless they were asked for.
    pub(crate) results: Vec<CaseResult>,
}

/// How a recording ends that does not hold all of what it was made of.
pub(crate) fn partial(why: String) -> Ended {
    Ended {
        stopped: Some(Stop::Partial(why)),
        accepted_any: true,
        leftovers: Vec::new(),
        cut: Vec::new(),
    }
}
