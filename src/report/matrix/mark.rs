//! What became of a promise, in one word, one sign and one sentence.

use serde::{Deserialize, Serialize};

use crate::report::State;
use crate::report::document::ReportedPromise;

/// What became of one promise on one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mark {
    /// A finding that fails a run breaks it.
    Broken,
    /// The target does not implement what the cases about it need.
    NotImplemented,
    /// Its cases came to no verdict, because valid requests were refused.
    Masked,
    /// Only a finding that is a warning is about it.
    Warned,
    /// Tested, and kept.
    Holds,
    /// No case came to a verdict, or none can.
    Untested,
}

impl Mark {
    /// Every mark, the worst first.
    pub(crate) const ALL: [Self; 6] = [
        Self::Broken,
        Self::NotImplemented,
        Self::Masked,
        Self::Warned,
        Self::Holds,
        Self::Untested,
    ];

    /// The mark for what a report says.
    ///
    /// Cases may not apply for other reasons than that the target lacks something: nothing has to
    /// show the promise, or its ground does not count in the run. That is not held against it.
    pub(crate) fn of(promise: &ReportedPromise) -> Self {
        let lacks = |why: &String| {
            why.starts_with("the target offers no") || why.starts_with("the target says")
        };
        match promise.state {
            State::Kept => Self::Holds,
            State::Broken => Self::Broken,
            State::Warned => Self::Warned,
            State::Masked => Self::Masked,
            State::NotOffered if promise.facts.skipped.as_ref().is_some_and(lacks) => {
                Self::NotImplemented
            }
            State::NotOffered | State::Impossible | State::Untested => Self::Untested,
        }
    }

    /// The mark in words.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Warned => "warned",
            Self::NotImplemented => "not implemented",
            Self::Masked => "masked",
            Self::Untested => "untested",
        }
    }

    /// The sign that tells it apart without colours.
    pub(crate) fn sign(self) -> &'static str {
        match self {
            Self::Holds => "✓",
            Self::Broken => "✗",
            Self::Warned => "!",
            Self::NotImplemented => "∅",
            Self::Masked => "◐",
            Self::Untested => "?",
        }
    }

    /// What it means, in a sentence.
    pub(crate) fn meaning(self) -> &'static str {
        match self {
            Self::Holds => {
                "a case showed it, from each side that was tested, and none went against it"
            }
            Self::Broken => {
                "an answer goes against it; the cell leads to the request that shows it"
            }
            Self::Warned => {
                "an answer goes against what ought to be; the documentation leaves room"
            }
            Self::NotImplemented => "the target does not offer what a test of it needs; not a pass",
            Self::Masked => "the valid request to compare with was refused; not a pass",
            Self::Untested => "no request can test it, or none was sent; it counts neither way",
        }
    }
}
