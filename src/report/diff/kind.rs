//! Kinds of difference: what two answers differ in, without the values that happened to show it.

use std::fmt;

use serde::Serialize;

/// One of the two targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Side {
    /// The one named first.
    Left,
    /// The other.
    Right,
}

/// What became of a request, in the coarsest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Came {
    /// A status of 2xx.
    Accepted,
    /// A status of 3xx or 4xx.
    Refused,
    /// A status of 5xx.
    Failed,
    /// The target says it has no such operation.
    NotImplemented,
    /// No whole answer.
    Silent,
}

/// What differs. Differences of one kind have one cause, as far as answers tell.
///
/// A promise stands in a kind where the difference is in what is made of a request: there, another
/// request may have another cause. What answers look like does not depend on what was asked, and
/// has none.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// One accepts what the other refuses.
    Outcome {
        /// The promise that the request is about.
        promise: String,
        /// What became of it on the left.
        left: Came,
        /// And on the right.
        right: Came,
    },
    /// One fails, says it has no such operation or does not answer, and the other does something
    /// else. What that is does not matter: a failure is one difference, whether the other rightly
    /// accepts the request or refuses it.
    Failure {
        /// The member that the request is about, or the promise.
        promise: String,
        /// How the left one fails, if it does.
        left: Option<Came>,
        right: Option<Came>,
    },
    /// Both accept what they need not, and make another thing of it.
    Taken {
        /// The member that the request is about, or the promise.
        promise: String,
    },
    /// Both refuse, and one of them changes something all the same, or another thing.
    Kept {
        /// Where nothing changed; none where something did on both sides.
        only: Option<Side>,
    },
    /// Both accept, with another status.
    Status {
        /// The status on the left.
        left: String,
        /// And on the right.
        right: String,
    },
    /// Both refuse, or both fail, with another status or error type.
    Refusal {
        /// Status and error type on the left.
        left: String,
        /// And on the right.
        right: String,
    },
    /// The body has another media type.
    ContentType {
        /// The type on the left.
        left: String,
        /// And on the right.
        right: String,
    },
    /// One body is a JSON object, or shows what the contract knows, and the other is not, or does
    /// not.
    Body {
        /// The body on the left.
        left: String,
        /// And on the right.
        right: String,
    },
    /// A member that only one of them has.
    Member {
        /// The member.
        name: String,
        /// Who has it.
        only: Side,
    },
    /// A member of another JSON type.
    Type {
        /// The member.
        name: String,
        /// Its type on the left.
        left: String,
        /// And on the right.
        right: String,
    },
    /// A member with another value, after valid requests.
    Value {
        /// The member.
        name: String,
        /// The values, where the member has one of a few.
        values: Option<(String, String)>,
    },
    /// A resource that only one of them lists.
    Listed,
    /// A transition that ends on one side alone.
    Settles {
        /// Where it ends.
        only: Side,
    },
}

impl Came {
    /// What became of it, in a word.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "server-error",
            Self::NotImplemented => "not-implemented",
            Self::Silent => "no-answer",
        }
    }

    /// Itself, where it is no answer to what was asked.
    pub(super) fn failure(self) -> Option<Self> {
        match self {
            Self::Accepted | Self::Refused => None,
            Self::Failed | Self::NotImplemented | Self::Silent => Some(self),
        }
    }
}

impl Side {
    pub(crate) fn other(self) -> Self {
        match self {
            Self::Left => Self::Right,
            Self::Right => Self::Left,
        }
    }
}

impl Kind {
    /// The kind of what became of a request about that promise.
    pub(super) fn of_outcome(promise: String, left: Came, right: Came) -> Self {
        match (left.failure(), right.failure()) {
            (None, None) => Self::Outcome {
                promise,
                left,
                right,
            },
            (left, right) => Self::Failure {
                promise,
                left,
                right,
            },
        }
    }

    /// What the requests are about, where the kind is in what is made of them.
    pub(super) fn promise(&self) -> Option<&str> {
        match self {
            Self::Outcome { promise, .. }
            | Self::Failure { promise, .. }
            | Self::Taken { promise } => Some(promise),
            _ => None,
        }
    }

    /// Whether the other kind says the same of requests about another promise.
    pub(super) fn is_as(&self, other: &Self) -> bool {
        match (self, other) {
            (
                Self::Outcome { left, right, .. },
                Self::Outcome {
                    left: l, right: r, ..
                },
            ) => (left, right) == (l, r),
            (
                Self::Failure { left, right, .. },
                Self::Failure {
                    left: l, right: r, ..
                },
            ) => (left, right) == (l, r),
            (Self::Taken { .. }, Self::Taken { .. }) => true,
            (one, other) => one == other,
        }
    }
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Left => "left",
            Self::Right => "right",
        })
    }
}

/// The identity of a kind: `::`-separated names, as findings have.
impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Outcome {
                promise,
                left,
                right,
            } => {
                write!(f, "outcome::{promise}::{}/{}", left.name(), right.name())
            }
            Self::Failure {
                promise,
                left,
                right,
            } => {
                let name = |came: &Option<Came>| came.map_or("answered", Came::name);
                write!(f, "failure::{promise}::{}/{}", name(left), name(right))
            }
            Self::Taken { promise } => write!(f, "taken-otherwise::{promise}"),
            Self::Kept { only: Some(only) } => {
                write!(f, "changed-by-refusal::only-{}", only.other())
            }
            Self::Kept { only: None } => f.write_str("changed-by-refusal::otherwise"),
            Self::Status { left, right } => write!(f, "status::{left}/{right}"),
            Self::Refusal { left, right } => write!(f, "refusal::{left}/{right}"),
            Self::ContentType { left, right } => write!(f, "content-type::{left}/{right}"),
            Self::Body { left, right } => write!(f, "body::{left}/{right}"),
            Self::Member { name, only } => write!(f, "member::{name}::only-{only}"),
            Self::Type { name, left, right } => write!(f, "type::{name}::{left}/{right}"),
            Self::Value {
                name,
                values: Some((left, right)),
            } => write!(f, "value::{name}::{left}/{right}"),
            Self::Value { name, values: None } => write!(f, "value::{name}"),
            Self::Listed => f.write_str("listed"),
            Self::Settles { only } => write!(f, "settles::only-{only}"),
        }
    }
}
