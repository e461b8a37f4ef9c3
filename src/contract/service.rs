//! What all operations of a service share: the protocol, and which errors count as the right
//! refusal of a fault.

use indexmap::IndexMap;
use regex::Regex;
use serde::{Deserialize, Serialize};

use super::{Basis, Level, ShapeType};
use crate::contract::pattern::Anchoring;

/// A service: its protocol and its error families.
#[derive(Clone, Debug)]
pub(crate) struct Service {
    /// Its name, as a folder under `cases/`.
    pub(crate) name: String,
    /// Its name in the credential scope.
    pub(crate) signing_name: String,
    /// How requests and answers are written.
    pub(crate) protocol: Protocol,
    /// By name; see [`ErrorFamily`].
    pub(crate) families: IndexMap<String, ErrorFamily>,
    /// What `(type, notation)` means, for values of a JSON type or notation other than the
    /// documented one.
    pub(crate) confusions: Vec<Confusion>,
    /// Which refusals only ask for fewer requests.
    pub(crate) throttling: Throttling,
    /// What further error types tell, which no operation documents.
    pub(crate) errors: Errors,
}

/// What error types tell, of this service and of those beside it.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Errors {
    /// Those about the caller or the load: any operation may answer them.
    pub(crate) caller: Vec<String>,
    /// Those that say that a request's form is wrong, whatever the state is.
    pub(crate) form: Vec<String>,
    /// Those that say that something is not there.
    pub(crate) absent: Vec<String>,
    /// Those that say that something is in use, or is being changed.
    pub(crate) busy: Vec<String>,
}

impl Errors {
    /// Whether an error type is one of those.
    pub(crate) fn has(of: &[String], named: Option<&str>) -> bool {
        named.is_some_and(|named| of.iter().any(|error| error == named))
    }
}

/// Which refusals only ask for fewer requests, besides the status 429, which always does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Throttling {
    /// The statuses that such a refusal may have.
    pub(crate) statuses: Vec<StatusMatch>,
    /// The error types that say so.
    pub(crate) types: Vec<String>,
    /// Finds the error type in a body that is no JSON: its first group.
    pub(crate) text: Option<Regex>,
}

/// How requests and answers are written.
#[derive(Clone, Debug)]
pub(crate) struct Protocol {
    /// The content type of a request with a body.
    pub(crate) content_type: String,
    /// The media types an answer may have, without parameters.
    pub(crate) answer_content_types: Vec<String>,
    /// The headers that may name the error type; the first present wins.
    pub(crate) error_type_headers: Vec<String>,
    /// The members of an error's body that may name its type.
    pub(crate) error_type_members: Vec<String>,
    /// How a documented pattern is applied to a value.
    pub(crate) anchoring: Anchoring,
    /// The promises of the protocol itself, by id: statement, basis and level.
    pub(crate) promises: IndexMap<String, Promise>,
}

/// One promise of the protocol.
#[derive(Clone, Debug)]
pub(crate) struct Promise {
    /// What is promised.
    pub(crate) says: String,
    pub(crate) section: String,
    /// Why we expect it.
    pub(crate) basis: Basis,
    /// What breaking it does to a run.
    pub(crate) level: Level,
}

/// The answers that count as refusing a class of violation *for that violation*.
#[derive(Clone, Debug)]
pub(crate) struct ErrorFamily {
    /// The violation classes it is for.
    pub(crate) classes: Vec<String>,
    /// Any of these will do.
    pub(crate) accept: Vec<Acceptable>,
    /// Whether only the status is judged: such a refusal may come from a server in front of the
    /// service.
    pub(crate) opaque: bool,
    /// What another refusal does to a run.
    pub(crate) level: Level,
}

/// One acceptable refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Acceptable {
    /// The status or statuses.
    pub(crate) status: StatusMatch,
    /// The error type; any, if none is given.
    pub(crate) error: Option<String>,
    /// Why it is acceptable.
    pub(crate) basis: Basis,
}

/// A status, or a class of statuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StatusMatch {
    Exactly(u16),
    /// Any of this hundred: 4 for 400 to 499.
    Class(u16),
}

/// What a value of another JSON type or notation means where a documented type is expected.
#[derive(Clone, Debug)]
pub(crate) struct Confusion {
    /// Names the notation in ids: `string`, `exponent`, …
    pub(crate) id: String,
    /// The documented types it is about.
    pub(crate) types: Vec<ShapeType>,
    /// The JSON text to send.
    pub(crate) text: String,
    /// Why.
    pub(crate) basis: Basis,
    /// What breaking it does to a run.
    pub(crate) level: Level,
    /// One sentence of reasons.
    pub(crate) why: String,
}

impl Service {
    /// The family of refusals for a violation class.
    pub(crate) fn family(&self, class: &str) -> Option<&ErrorFamily> {
        self.families
            .values()
            .find(|f| f.classes.iter().any(|c| c == class))
    }
}

impl Throttling {
    /// Whether an answer of that status may only ask for fewer requests, where its error type says
    /// so.
    pub(crate) fn has_status(&self, status: u16) -> bool {
        self.statuses.iter().any(|s| s.admits(status))
    }

    /// Whether that error type asks for fewer requests.
    pub(crate) fn has_type(&self, error: &str) -> bool {
        self.types.iter().any(|t| t == error)
    }
}

impl ErrorFamily {
    /// Whether an answer of that status and error type is one of the family.
    pub(crate) fn admits(&self, status: u16, error: Option<&str>) -> bool {
        self.accept
            .iter()
            .any(|a| a.status.admits(status) && a.error.as_deref().is_none_or(|e| Some(e) == error))
    }

    /// Whether an answer of that status may be one of the family.
    pub(crate) fn has_status(&self, status: u16) -> bool {
        self.accept.iter().any(|a| a.status.admits(status))
    }
}

impl StatusMatch {
    /// Whether the status is meant.
    pub(crate) fn admits(self, status: u16) -> bool {
        match self {
            Self::Exactly(s) => s == status,
            Self::Class(c) => status / 100 == c,
        }
    }
}

impl std::fmt::Display for StatusMatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Exactly(s) => write!(f, "{s}"),
            Self::Class(c) => write!(f, "{c}xx"),
        }
    }
}

impl std::fmt::Display for Acceptable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.error {
            Some(error) => write!(f, "{} {error} ({})", self.status, self.basis),
            None => write!(f, "{} ({})", self.status, self.basis),
        }
    }
}
