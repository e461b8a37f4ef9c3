//! The one exit code of a run, and what it follows from: the same for a run and for reports that
//! were merged.

use super::document::StopKind;

/// How a run ended, for scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// The target conforms.
    Conforms = 0,
    /// The target breaks promises.
    Findings = 1,
    /// The command line, a case file or a contract is wrong.
    Usage = 2,
    /// The target could not be reached, stopped answering, or a verdict could not be reached; or a
    /// result could not be written.
    CouldNotTell = 3,
    /// No valid request was accepted: nothing was tested.
    NothingTested = 4,
    /// The target conforms but for what the baseline knows, and the baseline has entries to remove.
    Outdated = 5,
    /// Interrupted by the user; the report is complete as far as the run went.
    Interrupted = 130,
}

impl Exit {
    /// What the code says, in a sentence.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Conforms => "the target conforms",
            Self::Findings => "it does not: there are findings",
            Self::Usage => "the command line, a case file or a contract is wrong",
            Self::CouldNotTell => {
                "the target could not be reached, stopped answering, or a verdict could not be reached"
            }
            Self::NothingTested => "nothing was tested: the target accepted no valid request",
            Self::Outdated => {
                "the target conforms but for what the baseline knows, and the baseline has entries to remove"
            }
            Self::Interrupted => "interrupted; the report says what was done until then",
        }
    }

    /// Of what came of two parts of a command, what the exit code of the whole tells: a finding
    /// before what came to no verdict.
    pub(crate) fn and(self, other: Self) -> Self {
        match other.severity() > self.severity() {
            true => other,
            false => self,
        }
    }

    fn severity(self) -> u8 {
        match self {
            Self::Conforms => 0,
            Self::Outdated => 1,
            Self::NothingTested => 2,
            Self::CouldNotTell => 3,
            Self::Interrupted => 4,
            Self::Findings => 5,
            Self::Usage => 6,
        }
    }
}

/// What the exit code of a run follows from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// Why not every case was fired, where that is so.
    pub(crate) stopped: Option<StopKind>,
    /// Whether what was fired until the time was over is enough for a pass.
    pub(crate) enough: bool,
    /// Whether cases of the plan are in no report.
    pub(crate) missing: bool,
    /// Whether the target accepted any valid request of the operation.
    pub(crate) accepted_any: bool,
    /// Whether a finding fails the run.
    pub(crate) findings: bool,
    /// Whether cases came to no verdict, and nothing known says why.
    pub(crate) untold: bool,
    /// Whether the baseline has entries to remove.
    pub(crate) outdated: bool,
}

impl Ended {
    /// The code.
    pub(super) fn exit(self) -> Exit {
        match self.stopped {
            Some(StopKind::Interrupted) => Exit::Interrupted,
            Some(StopKind::Unreachable | StopKind::Failed) => Exit::CouldNotTell,
            _ if self.missing => Exit::CouldNotTell,
            // Too little was fired to say that the target accepts nothing.
            Some(StopKind::Time) if !self.accepted_any && !self.findings => Exit::CouldNotTell,
            _ if !self.accepted_any => Exit::NothingTested,
            _ if self.findings => Exit::Findings,
            Some(
                StopKind::NoFixture | StopKind::Hangs | StopKind::Failures | StopKind::Partial,
            ) => Exit::CouldNotTell,
            Some(StopKind::Time) if !self.enough => Exit::CouldNotTell,
            // Neither what is not implemented nor what is masked is a pass.
            None | Some(StopKind::Time) if self.untold => Exit::CouldNotTell,
            None | Some(StopKind::Time) if self.outdated => Exit::Outdated,
            None | Some(StopKind::Time) => Exit::Conforms,
        }
    }
}
