//! An operation as a document describes it, whatever the document is: what every reader gives, and
//! what is printed and compared.

use indexmap::IndexMap;

use super::loss::{Lost, Sentence};
use super::shape::Shape;

/// One operation.
#[derive(Clone, Debug, Default)]
pub(crate) struct Operation {
    /// Its name as documented: `UpdateEventSourceMapping`.
    pub(crate) name: String,
    /// The document, in a few words: `API_UpdateEventSourceMapping`.
    pub(crate) source: String,
    pub(crate) method: String,
    /// The path. Its labels are the names of members; what the query always holds stands behind it.
    pub(crate) uri: String,
    /// The status of a successful answer.
    pub(crate) code: u16,
    /// Other statuses of a successful answer.
    pub(crate) also: Vec<u16>,
    /// Where the document says how a request looks.
    pub(crate) section: String,
    pub(crate) input: Vec<Member>,
    pub(crate) output: Vec<Member>,
    pub(crate) errors: Vec<Fault>,
    /// The named shapes that members target.
    pub(crate) shapes: IndexMap<String, Shape>,
    pub(crate) pagination: Option<Pagination>,
    /// Promises of the document that a contract has no words for.
    pub(crate) lost: Vec<Lost>,
    /// Sentences that promise or forbid something: rules to be written by hand.
    pub(crate) sentences: Vec<Sentence>,
    /// What documents of this kind never say.
    pub(crate) silent: Silent,
}

/// One member of a request or of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    /// Its name on the wire, where that is another.
    pub(crate) wire_name: Option<String>,
    pub(crate) place: Place,
    pub(crate) required: bool,
    pub(crate) idempotency_token: bool,
    /// Where it is described, where that is not the usual place.
    pub(crate) section: Option<String>,
    pub(crate) shape: Shape,
    /// Whether the document says nothing of its type: that it is one was concluded.
    pub(crate) type_unsaid: bool,
    /// Whether the document says nothing of whether it is required.
    pub(crate) required_unsaid: bool,
}

/// Where a member stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Place {
    Label,
    Query,
    Header,
    PrefixHeaders,
    #[default]
    Body,
    Payload,
    StatusCode,
}

/// One documented error.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) name: String,
    pub(crate) status: u16,
}

/// How a list goes on in further answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Pagination {
    pub(crate) input_token: Option<String>,
    pub(crate) output_token: Option<String>,
    pub(crate) items: Option<String>,
    pub(crate) page_size: Option<String>,
}

/// What a kind of document never says, so that its silence is no difference.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Silent {
    /// How lists go on.
    pub(crate) pagination: bool,
    /// Which members are idempotency tokens.
    pub(crate) tokens: bool,
    /// How a timestamp is written.
    pub(crate) timestamps: bool,
    /// Which values a text of the answer takes in prose.
    pub(crate) prose: bool,
    /// The names of members, where those on the wire are others.
    pub(crate) names: bool,
}

impl Place {
    /// The word in contract files.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::Query => "query",
            Self::Header => "header",
            Self::PrefixHeaders => "prefix-headers",
            Self::Body => "body",
            Self::Payload => "payload",
            Self::StatusCode => "status-code",
        }
    }
}

impl Member {
    /// Its name on the wire.
    pub(crate) fn on_wire(&self) -> &str {
        self.wire_name.as_deref().unwrap_or(&self.name)
    }
}
