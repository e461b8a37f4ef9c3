//! The answer to a mapping operation while it is still a status, a type and members; defects change
//! it here, or its bytes in [`Response`].

use serde_json::{Map, Value};

use super::fault::{Cause, Fault};
use super::response::Response;

/// The operations of the event-source-mapping API.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Operation {
    Create,
    Update,
    Get,
    List,
    Delete,
    /// No operation could be told from method and path.
    None,
}

/// An answer to a mapping operation, before it becomes bytes.
#[derive(Clone, Debug)]
pub(crate) struct Reply {
    pub(crate) operation: Operation,
    /// Why the request was refused; `None` for a success.
    pub(crate) cause: Option<Cause>,
    pub(crate) status: u16,
    /// The error type.
    pub(crate) kind: Option<String>,
    pub(crate) document: Map<String, Value>,
    /// The members the request sent, where they could be read.
    pub(crate) sent: Map<String, Value>,
}

impl Reply {
    pub(crate) fn success(operation: Operation, status: u16, document: Map<String, Value>) -> Self {
        Self {
            operation,
            cause: None,
            status,
            kind: None,
            document,
            sent: Map::new(),
        }
    }

    pub(crate) fn refusal(operation: Operation, fault: &Fault) -> Self {
        Self {
            operation,
            cause: Some(fault.cause),
            status: fault.status,
            kind: Some(fault.kind.to_owned()),
            document: fault.document(),
            sent: Map::new(),
        }
    }

    /// The bytes of the answer: JSON, its error type in `x-amzn-ErrorType`.
    pub(crate) fn render(&self) -> Response {
        let body = serde_json::to_vec(&self.document).unwrap_or_default();
        let mut response = Response::new(self.status, "application/json", body);
        if let Some(kind) = &self.kind {
            response.set_header("x-amzn-ErrorType", kind);
        }
        response
    }
}
