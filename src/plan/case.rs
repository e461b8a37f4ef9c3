//! Cases: one request each, what is expected of its answer, and where it comes from.

mod draft;
mod file;
#[cfg(test)]
mod manual;
mod sequence;
mod sequence_file;
mod sequence_table;
mod shorter;

use std::fmt;

use indexmap::IndexMap;

pub(crate) use draft::{BodyDraft, Draft, PathDraft, fill_labels};
pub(crate) use file::{Defaults, load_cases, print_case};
pub(crate) use sequence::{Action, Operations, Step, UNKNOWN};
pub(crate) use shorter::shorter;

use crate::contract::{AtomId, Basis, Level};

/// The stable id of a case: `::`-separated names, never a value, an index or a seed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) struct CaseId(pub(crate) String);

impl CaseId {
    /// The id as text.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One request, what is expected of its answer, and why.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) id: CaseId,
    /// What is sent, in words.
    pub(crate) says: String,
    /// Where the case comes from.
    pub(crate) origin: Origin,
    /// The promises it is about. The first is the one an unfulfilled expectation breaks.
    pub(crate) atoms: Vec<AtomId>,
    /// The kind of event source the mapping must have.
    pub(crate) source: SourceKind,
    /// A valid update that is fired first. For an invalid case it is the control: the same request
    /// in the same state, without the violation.
    pub(crate) given: Draft,
    /// Another request to compare the answer with; see [`Expect::LikeTwin`].
    pub(crate) twin: Option<Draft>,
    /// The request the case is about.
    pub(crate) request: Draft,
    /// What is expected.
    pub(crate) expect: Expect,
    /// Members of the answer and of a later read, where the update is accepted: JSON texts, as
    /// templates.
    pub(crate) then: IndexMap<String, String>,
    /// Whether the transition that `given` starts is waited out before the request is sent.
    pub(crate) settle: bool,
    /// The steps that are fired instead of the request, where the case is a sequence; see
    /// [`Expect::Model`].
    pub(crate) sequence: Vec<Step>,
    /// Why the expectation holds.
    pub(crate) basis: Basis,
    /// What an unfulfilled expectation does to a run.
    pub(crate) level: Level,
    /// The reason, in a sentence or two.
    pub(crate) why: String,
}

impl Case {
    /// How much it sends, in bytes: the less, the clearer.
    pub(crate) fn size(&self) -> usize {
        match self.sequence.as_slice() {
            [] => self.request.size(),
            steps => steps.iter().map(|step| step.request.size()).sum(),
        }
    }
}

/// Where a case comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A file under `cases/`.
    Written {
        file: String,
        /// The line its id stands on.
        line: usize,
    },
    /// The contract alone.
    Derived,
    /// The contract and chance: all draws of a kind have one id.
    Sampled,
    /// An exchange of a recording that names no case, or several of them.
    Recorded {
        file: String,
        /// The line that the first of them begins on.
        line: usize,
    },
}

/// The kind of event source a mapping has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum SourceKind {
    /// It does not matter.
    #[default]
    Any,
    /// An SQS queue.
    Queue,
    /// A Kinesis stream.
    Stream,
}

impl SourceKind {
    /// What tells the names of one kind's fixtures from the other's, where both are needed at once.
    pub(crate) fn prefix(self) -> Option<&'static str> {
        match self {
            Self::Any => None,
            Self::Queue => Some("queue_"),
            Self::Stream => Some("stream_"),
        }
    }
}

/// What is expected of the target.
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
    /// Every answer of the sequence, and the state in between, is what the model of the resource
    /// says.
    Model,
    /// Repeated, the update makes this member of the answer grow within a few seconds.
    Advances(String),
}

impl Expect {
    /// The class of violation, or `valid`.
    pub(crate) fn class(&self) -> &str {
        match self {
            Self::Accept | Self::Advances(_) | Self::Model => "valid",
            Self::LikeTwin => "well-formed",
            Self::AsTwin => "any-revision",
            Self::Reject(class)
            | Self::Either(class)
            | Self::NoEffect(class)
            | Self::Probe(class) => class,
        }
    }
}
