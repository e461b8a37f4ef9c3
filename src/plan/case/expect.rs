//! What is expected of the answer to a step.

use crate::contract::Pagination;

/// What is expected of the answer to a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Expect {
    /// It accepts the request and does what it says.
    Accept,
    /// It refuses the request for this class of violation, and nothing changes.
    Reject(String),
    /// It accepts the request wholly, or refuses it for this class of violation and nothing
    /// changes.
    Either(String),
    /// Whatever it answers to a request of this class, nothing changes.
    NoEffect(String),
    /// It takes the request as well-formed, whatever else it makes of it: a refusal must not be a
    /// constraint's where the twin's is not. For values that name something that does not exist.
    LikeTwin,
    /// Which revision the target follows is open, but every revision treats this value and the
    /// twin's alike: either both are refused as malformed, or neither is.
    AsTwin,
    /// Readings of the contract differ: the answer is reported, and only what holds for every
    /// answer is judged.
    Probe(String),
    /// The answer, and the state before it, is what the model of the resource says, by the steps
    /// before.
    Model,
    /// Repeated, the update makes this member of the answer grow within a few seconds.
    Advances(String),
    /// It is the first of several pages, which together show each item once.
    Pages(Pagination),
}

impl Expect {
    /// What is expected of a step of a sequence, which that class of violation may be refused for.
    pub(crate) fn of_step(refused: Option<&str>) -> Self {
        refused.map_or(Self::Model, |class| Self::Reject(class.to_owned()))
    }

    /// The class of violation, or `valid`.
    pub(crate) fn class(&self) -> &str {
        match self {
            Self::Accept | Self::Advances(_) | Self::Pages(_) | Self::Model => "valid",
            Self::LikeTwin => "well-formed",
            Self::AsTwin => "any-revision",
            Self::Reject(class)
            | Self::Either(class)
            | Self::NoEffect(class)
            | Self::Probe(class) => class,
        }
    }
}
