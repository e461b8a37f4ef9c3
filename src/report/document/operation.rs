//! What became of one operation.

use serde::{Deserialize, Serialize};

/// An operation that a run was about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedOperation {
    /// The operation in ids, `update-event-source-mapping`.
    pub(crate) slug: String,
    /// What became of it.
    pub(crate) state: OperationState,
    /// Why it was not judged: which request was refused, with what; or what is missing.
    pub(crate) why: Option<String>,
    /// How many cases were fired.
    pub(crate) cases: usize,
}

/// What became of an operation. Only the first says anything of the target's promises.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum OperationState {
    /// The target accepted a valid request of it, and cases came to verdicts.
    Judged,
    /// The target refused the valid requests of it, so that its other refusals mean nothing.
    Masked,
    /// None of its requests could be fired: something is missing that they need.
    Unreached,
    /// The target says that it does not implement it, or does not know its path.
    NotImplemented,
}

impl OperationState {
    /// The state in words.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Judged => "judged",
            Self::Masked => "masked",
            Self::Unreached => "unreached",
            Self::NotImplemented => "not implemented",
        }
    }
}

impl ReportedOperation {
    /// Takes in what another run says of the same operation. What one of them judged is judged.
    pub(crate) fn take_in(&mut self, other: Self) {
        self.cases = self.cases.saturating_add(other.cases);
        if other.state < self.state {
            self.state = other.state;
            self.why = other.why;
        }
    }
}
