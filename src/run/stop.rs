//! Why a run ends before its last case.

use std::fmt;
use std::time::Duration;

use crate::support::units::duration_text;

/// Why a run stopped early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The target could not be reached, or stopped answering.
    Unreachable(String),
    /// The target refused what the cases need.
    NoFixture(String),
    /// The target leaves so many requests unanswered that the rest is not worth the wait.
    Hangs(String),
    /// As many cases failed as the user wanted to see.
    Failures(usize),
    /// The time for the run was over.
    Time(Duration),
    /// The user asked for it.
    Interrupted,
    /// We failed, not the target.
    Failed(String),
    /// A recording was judged that does not hold all of its run.
    Partial(String),
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) | Self::Hangs(why) | Self::Failed(why) | Self::Partial(why) => {
                f.write_str(why)
            }
            Self::NoFixture(why) => write!(
                f,
                "the target does not give the cases what they need: {why}"
            ),
            Self::Failures(1) => f.write_str("1 case failed, and no more were wanted"),
            Self::Failures(count) => write!(f, "{count} cases failed, and no more were wanted"),
            Self::Time(time) => write!(f, "its {} were over", duration_text(*time)),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}
