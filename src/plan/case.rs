//! Cases: one request each, what is expected of its answer, and where it comes from.

mod file;
#[cfg(test)]
mod manual;
mod sequence;
mod sequence_file;
mod shorter;

use std::fmt;
use std::sync::Arc;

use indexmap::IndexMap;

pub(crate) use file::{Defaults, load_cases, print_case};
pub(crate) use sequence::{Action, Operations, Step, UNKNOWN};
pub(crate) use shorter::shorter;

use crate::contract::{AtomId, Basis, Level};
use crate::support::percent::percent_encode;
use crate::support::template::{self, Bindings, TemplateError, in_json};
use crate::wire::exchange::{Framing, Request, Wire};

/// The stable id of a case: `::`-separated names, never a value, an index or a seed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub(crate) struct CaseId(pub(crate) String);

impl CaseId {
    /// The id as text.
    #[must_use]
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
    /// Its id.
    pub(crate) id: CaseId,
    /// What is sent, in words.
    pub(crate) says: String,
    /// Where the case comes from.
    pub(crate) origin: Origin,
    /// The promises it is about. The first is the one an unfulfilled expectation breaks.
    pub(crate) atoms: Vec<AtomId>,
    /// The kind of event source the mapping must have.
    pub(crate) source: SourceKind,
    /// A valid update that is fired first. For an invalid case it is the control: the same request in the same state,
    /// without the violation.
    pub(crate) given: Draft,
    /// Another request to compare the answer with; see [`Expect::LikeTwin`].
    pub(crate) twin: Option<Draft>,
    /// The request the case is about.
    pub(crate) request: Draft,
    /// What is expected.
    pub(crate) expect: Expect,
    /// Members of the answer and of a later read, where the update is accepted: JSON texts, as templates.
    pub(crate) then: IndexMap<String, String>,
    /// Whether the transition that `given` starts is waited out before the request is sent.
    pub(crate) settle: bool,
    /// The steps that are fired instead of the request, where the case is a sequence; see [`Expect::Model`].
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
    #[must_use]
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
        /// The file.
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
        /// The file.
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
    #[must_use]
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
    /// It accepts the request wholly, or refuses it for this class of violation and nothing changes.
    Either(String),
    /// Whatever it answers to a request of this class, nothing changes.
    NoEffect(String),
    /// It takes the request as well-formed, whatever else it makes of it: a refusal must not be a constraint's where the
    /// twin's is not. For values that name something that does not exist.
    LikeTwin,
    /// Which revision the target follows is open, but every revision treats this value and the twin's alike: either both
    /// are refused as malformed, or neither is.
    AsTwin,
    /// Readings of the contract differ: the answer is reported, and only what holds for every answer is judged.
    Probe(String),
    /// Every answer of the sequence, and the state in between, is what the model of the resource says.
    Model,
    /// Repeated, the update makes this member of the answer grow within a few seconds.
    Advances(String),
}

impl Expect {
    /// The class of violation, or `valid`.
    #[must_use]
    pub(crate) fn class(&self) -> &str {
        match self {
            Self::Accept | Self::Advances(_) | Self::Model => "valid",
            Self::LikeTwin => "well-formed",
            Self::AsTwin => "any-revision",
            Self::Reject(class) | Self::Either(class) | Self::NoEffect(class) | Self::Probe(class) => class,
        }
    }
}

/// A request with names still to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Draft {
    /// The method.
    pub(crate) method: String,
    /// The request target.
    pub(crate) path: PathDraft,
    /// Header fields, in order.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: BodyDraft,
    /// `Some`: our own writer, with that framing; `None`: as an HTTP client library writes it.
    pub(crate) raw: Option<Framing>,
}

/// The request target, still to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathDraft {
    /// The documented path; these templates are its labels, percent-encoded when they are filled in.
    Labels {
        /// `/2015-03-31/event-source-mappings/{UUID}`.
        uri: String,
        /// Label name to template.
        labels: IndexMap<String, String>,
    },
    /// The whole request target as a template, byte for byte.
    Exact(String),
}

/// The body, still to be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum BodyDraft {
    /// No body.
    None,
    /// A template.
    Text(String),
    /// Bytes that are not text.
    Bytes(Vec<u8>),
}

impl BodyDraft {
    /// A body as it was sent, with nothing to fill in.
    #[must_use]
    pub(crate) fn of(body: &[u8]) -> Self {
        match std::str::from_utf8(body) {
            Ok("") => Self::None,
            Ok(text) => Self::Text(template::literal(text)),
            Err(_) => Self::Bytes(body.to_vec()),
        }
    }
}

impl PathDraft {
    /// Fills in the path.
    ///
    /// # Errors
    /// Where a template cannot be filled in.
    pub(crate) fn fill(&self, bindings: &Bindings) -> Result<String, TemplateError> {
        match self {
            Self::Exact(template) => bindings.fill(template),
            Self::Labels { uri, labels } => fill_labels(uri, labels, bindings),
        }
    }
}

/// The path with these templates for its labels.
pub(crate) fn fill_labels(
    uri: &str,
    labels: &IndexMap<String, String>,
    bindings: &Bindings,
) -> Result<String, TemplateError> {
    let mut path = String::with_capacity(uri.len() + 32);
    let mut rest = uri;
    while let Some((before, after)) = rest.split_once('{') {
        path.push_str(before);
        match after.split_once('}').and_then(|(name, tail)| Some((labels.get(name)?, tail))) {
            Some((template, tail)) => {
                path.push_str(&percent_encode(&bindings.fill(template)?));
                rest = tail;
            }
            None => {
                path.push('{');
                rest = after;
            }
        }
    }
    path.push_str(rest);
    Ok(path)
}

impl Draft {
    /// A request as it was sent, with nothing to fill in: what looks like a name in it is text.
    #[must_use]
    pub(crate) fn of(request: &Request) -> Self {
        Self {
            method: request.method.clone(),
            path: PathDraft::Exact(template::literal(&request.path)),
            headers: request.headers.iter().map(|(n, v)| (n.clone(), template::literal(v))).collect(),
            body: BodyDraft::of(&request.body),
            raw: None,
        }
    }

    /// How large its body is, in bytes, before names are filled in.
    #[must_use]
    pub(crate) fn size(&self) -> usize {
        match &self.body {
            BodyDraft::None => 0,
            BodyDraft::Text(text) => text.len(),
            BodyDraft::Bytes(bytes) => bytes.len(),
        }
    }

    /// The same request with each of those names in its templates prefixed.
    #[must_use]
    pub(crate) fn prefixed<'a>(&self, prefix: &str, names: impl IntoIterator<Item = &'a str> + Clone) -> Self {
        let rename = |template: &str| template::prefixed(template, prefix, names.clone());
        let path = match &self.path {
            PathDraft::Exact(template) => PathDraft::Exact(rename(template)),
            PathDraft::Labels { uri, labels } => PathDraft::Labels {
                uri: uri.clone(),
                labels: labels.iter().map(|(label, template)| (label.clone(), rename(template))).collect(),
            },
        };
        let body = match &self.body {
            BodyDraft::Text(template) => BodyDraft::Text(rename(template)),
            other => other.clone(),
        };
        Self { path, body, ..self.clone() }
    }

    /// Whether its body says that it is JSON, so that a value in it is text of JSON.
    fn is_json(&self) -> bool {
        let is_json = |value: &str| value.starts_with("application/") && value.contains("json");
        self.headers.iter().any(|(name, value)| name.eq_ignore_ascii_case("content-type") && is_json(value))
    }

    /// Fills in the request. What a name stands for is data, also within a label or a text of JSON.
    ///
    /// # Errors
    /// Where a template cannot be filled in.
    pub(crate) fn bind(&self, bindings: &Bindings, service: &str) -> Result<Arc<Request>, TemplateError> {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| Ok((name.clone(), bindings.fill(value)?)))
            .collect::<Result<_, TemplateError>>()?;
        Ok(Arc::new(Request {
            method: self.method.clone(),
            path: self.path.fill(bindings)?,
            headers,
            body: match &self.body {
                BodyDraft::None => bytes::Bytes::new(),
                BodyDraft::Text(template) if self.is_json() => bindings.fill_with(template, in_json)?.into(),
                BodyDraft::Text(template) => bindings.fill(template)?.into(),
                BodyDraft::Bytes(bytes) => bytes.clone().into(),
            },
            service: service.to_owned(),
            wire: self.raw.map_or(Wire::Client, Wire::Raw),
        }))
    }
}
