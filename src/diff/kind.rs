//! Kinds of difference: what two answers differ in, without the values that happened to show it.

use std::fmt;

use serde::Serialize;

/// One of the two targets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hand {
    /// The one named first.
    Left,
    /// The other.
    Right,
}

/// What became of a request, in the coarsest terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Came {
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// One does what the other does not.
    Outcome {
        /// The promise that the request is about; none for a request that only leads to it.
        promise: Option<String>,
        /// The class of violation, or `valid`.
        class: String,
        /// What became of it on the left.
        left: Came,
        /// And on the right.
        right: Came,
    },
    /// Both accept, or both refuse, with another status or error type.
    Status {
        /// The class of violation, or `valid`; where both accept or fail, that they do.
        class: String,
        /// Status and error type on the left.
        left: String,
        /// And on the right.
        right: String,
    },
    /// The body has another media type.
    ContentType {
        /// Whether the requests were accepted.
        accepted: bool,
        /// The type on the left.
        left: String,
        /// And on the right.
        right: String,
    },
    /// One body is a JSON object, the other is not.
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
        only: Hand,
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
    /// A member with another value.
    Value {
        /// The member.
        name: String,
        /// Whether an invalid request came before it.
        invalid: bool,
        /// The values, where the member has one of a few.
        values: Option<(String, String)>,
    },
    /// A mapping that only one of them lists.
    Listed {
        /// Who does.
        only: Hand,
    },
    /// A transition that ends on one side alone.
    Settles {
        /// Where it ends.
        only: Hand,
    },
}

impl Came {
    /// What became of it, in a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Failed => "server-error",
            Self::NotImplemented => "not-implemented",
            Self::Silent => "no-answer",
        }
    }
}

impl fmt::Display for Hand {
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
            Self::Outcome { promise, class, left, right } => {
                let promise = promise.as_deref().unwrap_or("control");
                write!(f, "outcome::{promise}::{class}::{}/{}", left.name(), right.name())
            }
            Self::Status { class, left, right } => write!(f, "status::{class}::{left}/{right}"),
            Self::ContentType { accepted, left, right } => {
                let of = if *accepted { "answer" } else { "refusal" };
                write!(f, "content-type::{of}::{left}/{right}")
            }
            Self::Body { left, right } => write!(f, "body::{left}/{right}"),
            Self::Member { name, only } => write!(f, "member::{name}::only-{only}"),
            Self::Type { name, left, right } => write!(f, "type::{name}::{left}/{right}"),
            Self::Value { name, invalid, values } => {
                write!(f, "value::{name}::{}", if *invalid { "invalid" } else { "valid" })?;
                match values {
                    Some((left, right)) => write!(f, "::{left}/{right}"),
                    None => Ok(()),
                }
            }
            Self::Listed { only } => write!(f, "listed::only-{only}"),
            Self::Settles { only } => write!(f, "settles::only-{only}"),
        }
    }
}
