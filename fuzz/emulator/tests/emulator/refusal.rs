//! Refusals, as AWS writes them.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A request that is refused, and why.
pub struct Refusal {
    status: u16,
    kind: &'static str,
    message: String,
}

impl Refusal {
    /// A refusal with that status and error type.
    pub fn new(status: u16, kind: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            kind,
            message: message.into(),
        }
    }

    /// A value that breaks the contract.
    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "InvalidParameterValueException", message)
    }

    /// No such mapping.
    pub fn unknown() -> Self {
        Self::new(
            404,
            "ResourceNotFoundException",
            "The resource you requested does not exist.",
        )
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let body = json!({ "Type": "User", "Message": self.message });
        (status, [("x-amzn-errortype", self.kind)], Json(body)).into_response()
    }
}
