//! A request as it goes over the wire, and what came back.
//!
//! Nothing here does I/O: [`crate::wire::target`] produces [`Exchange`]s, and everything after it
//! (the judge, the reports, a recorded run) only reads them.

mod body;
pub(crate) mod json;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::{Deserialize, Serialize};

pub(crate) use self::body::Body;
pub(crate) use self::body::ParsedBody;

/// The AWS service a request is signed for: the service name in the credential scope.
pub(crate) type SigningName = String;

/// One HTTP/1.1 request, bound to a target's state: nothing is left to fill in but the target's
/// authority and the Authorization headers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Request {
    /// The method token, as written on the request line.
    pub(crate) method: String,
    /// The request target in origin form: the path and, after `?`, the query, byte for byte.
    pub(crate) path: String,
    /// Header fields in wire order, without `host`, `content-length` and what signing adds.
    pub(crate) headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub(crate) body: Bytes,
    /// The service in the credential scope of the Authorization header.
    pub(crate) service: SigningName,
    /// Who writes the bytes.
    pub(crate) wire: Wire,
}

/// Who writes a request's bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Wire {
    /// As an HTTP client library writes them, on connections that are kept: for what such a library
    /// sends unchanged.
    #[default]
    Client,
    /// Our own HTTP/1.1 writer on a connection of its own: for paths, headers and framing that a
    /// client library would rewrite or refuse.
    Raw(Framing),
}

/// How the raw writer frames the body.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Framing {
    /// One `content-length` header with the body's true length.
    #[default]
    Length,
    /// `transfer-encoding: chunked`, in chunks of this many bytes.
    Chunked(usize),
    /// Neither header: for methods sent without a body.
    None,
}

/// A complete answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    /// The status code.
    pub(crate) status: u16,
    /// Header fields in wire order; names as received.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Body,
}

impl Answer {
    /// The value of the first header of that name, in any letter case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }
}

/// Why there is no complete answer. These are faults of the target, or of the way to it, never
/// errors of ours.
///
/// Recordings hold it in this form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Silence {
    /// No connection could be made.
    Unreachable(String),
    /// The connection was closed, or broke, before the head of an answer had arrived.
    Closed(String),
    /// The answer ended before it was complete: fewer bytes than Content-Length, or a broken chunk.
    Cut {
        /// The status of the answer that was cut.
        status: u16,
        /// How many bytes of the body had arrived.
        received: u64,
    },
    /// Nothing, or not everything, arrived within the time limit.
    TimedOut(Phase),
    /// The body was larger than the limit, in bytes.
    TooLarge {
        /// The status of the answer.
        status: u16,
        /// The limit, in bytes.
        limit: u64,
    },
    /// What came back is not HTTP/1.1.
    NotHttp(String),
    /// Nothing was sent, because of a limit of the machine or the process that we run on. This one
    /// is no fault of the target, and nothing is held against it.
    Ours(String),
}

/// What was being waited for when time ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Phase {
    /// The TCP (and TLS) connection.
    Connect,
    /// The head of the answer.
    Head,
    /// The rest of the body.
    Body,
}

/// One request and what became of it.
#[derive(Clone, Debug)]
pub(crate) struct Exchange {
    /// The request, as it was sent. One that is sent again and again, such as a read, is there
    /// once.
    pub(crate) request: Arc<Request>,
    /// The answer, or why there is none.
    pub(crate) outcome: Result<Answer, Silence>,
    /// From the first byte sent to the last received; for messages, never for verdicts.
    pub(crate) elapsed: Duration,
    /// How many times the target asked for fewer requests and this one was sent again before this
    /// outcome.
    pub(crate) throttled: u32,
}

impl fmt::Display for Silence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreachable(why) => write!(f, "no connection: {why}"),
            Self::Closed(why) => write!(f, "the connection was closed without an answer: {why}"),
            Self::Cut { status, received } => {
                write!(
                    f,
                    "status {status}, then the body ended too early, after {received} bytes"
                )
            }
            Self::TimedOut(Phase::Connect) => f.write_str("no connection within the time limit"),
            Self::TimedOut(Phase::Head) => f.write_str("no answer within the time limit"),
            Self::TimedOut(Phase::Body) => {
                f.write_str("no end of the answer within the time limit")
            }
            Self::TooLarge { status, limit } => {
                write!(f, "status {status}, then a body of more than {limit} bytes")
            }
            Self::NotHttp(why) => write!(f, "not HTTP/1.1: {why}"),
            Self::Ours(why) => f.write_str(why),
        }
    }
}

impl Silence {
    /// The same in other words, where it has words.
    pub(crate) fn redacted(&self, clean: impl Fn(&str) -> String) -> Self {
        match self {
            Self::Unreachable(why) => Self::Unreachable(clean(why)),
            Self::Closed(why) => Self::Closed(clean(why)),
            Self::NotHttp(why) => Self::NotHttp(clean(why)),
            Self::Ours(why) => Self::Ours(clean(why)),
            Self::Cut { .. } | Self::TimedOut(_) | Self::TooLarge { .. } => self.clone(),
        }
    }
}

impl Exchange {
    /// The complete answer, if there is one.
    pub(crate) fn answer(&self) -> Option<&Answer> {
        self.outcome.as_ref().ok()
    }

    /// Why nothing was sent, where that is no fault of the target.
    pub(crate) fn fault_of_ours(&self) -> Option<&str> {
        match &self.outcome {
            Err(Silence::Ours(why)) => Some(why),
            _ => None,
        }
    }

    /// Forgets the document of a successful answer; others have small ones, which tell many times
    /// what they refuse.
    pub(crate) fn forget_document(&mut self) {
        let accepted = self.accepted();
        if let (true, Ok(answer)) = (accepted, &mut self.outcome) {
            answer.body.forget();
        }
    }

    /// Forgets all but how it ended: `nothing` stands for its request from now on.
    pub(crate) fn forget(&mut self, nothing: &Arc<Request>) {
        self.request = Arc::clone(nothing);
        if let Ok(answer) = &mut self.outcome {
            answer.headers = Vec::new();
            answer.body = Body::default();
        }
    }

    /// Whether the target accepted the request: any 2xx status.
    pub(crate) fn accepted(&self) -> bool {
        self.answer()
            .is_some_and(|a| (200..300).contains(&a.status))
    }
}
