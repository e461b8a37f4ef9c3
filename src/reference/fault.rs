//! Why a request is refused, and how that is said.

use serde_json::{Map, Value};

/// What is at fault; an order of defects and variations, finer than the error type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Cause {
    /// No operation at this method and path.
    Route,
    /// The body is not a JSON object.
    Syntax,
    /// A member has the wrong JSON type.
    Type,
    /// BatchSize is out of its range.
    Range,
    /// FunctionName is too short or too long.
    Length,
    /// FunctionName does not match its pattern.
    Pattern,
    /// Another member breaks its constraint.
    Constraint,
    /// A bare function name has more than 64 characters.
    BareName,
    /// No mapping has this UUID.
    UnknownMapping,
    /// The mapping is in transition.
    InUse,
    /// No such function, version or alias.
    UnknownFunction,
    /// The event source does not allow this.
    Source,
    /// The mapping exists already.
    Conflict,
    /// Too many requests.
    Throttled,
}

impl Cause {
    /// All that the page calls a constraint of a member.
    pub(crate) const CONSTRAINTS: [Self; 3] = [Self::Range, Self::Length, Self::Pattern];

    /// Every cause for which a well-routed update can be refused.
    pub(crate) const REFUSALS: [Self; 11] = [
        Self::Syntax,
        Self::Type,
        Self::Range,
        Self::Length,
        Self::Pattern,
        Self::BareName,
        Self::UnknownMapping,
        Self::InUse,
        Self::UnknownFunction,
        Self::Source,
        Self::Conflict,
    ];
}

/// A refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) cause: Cause,
    pub(crate) status: u16,
    /// The error type.
    pub(crate) kind: &'static str,
    pub(crate) message: String,
}

impl Fault {
    /// The error types that name their message member `Message` in recorded answers; the others use
    /// `message`.
    const CAPITAL: [&'static str; 4] = [
        "ResourceNotFoundException",
        "ResourceInUseException",
        "ServiceException",
        "AccessDeniedException",
    ];
    /// The error types that carry no `Type` in recorded answers.
    const UNTYPED: [&'static str; 3] = [
        "ValidationException",
        "AccessDeniedException",
        "SerializationException",
    ];

    pub(crate) fn new(
        cause: Cause,
        status: u16,
        kind: &'static str,
        message: impl Into<String>,
    ) -> Self {
        Self {
            cause,
            status,
            kind,
            message: message.into(),
        }
    }

    /// 400 InvalidParameterValueException: the page's "One of the parameters in the request is
    /// invalid".
    pub(crate) fn invalid(cause: Cause, message: impl Into<String>) -> Self {
        Self::new(cause, 400, "InvalidParameterValueException", message)
    }

    /// 400 SerializationException: not on the page; presumed of AWS by analogy with its other JSON
    /// services.
    pub(crate) fn serialization(cause: Cause, message: impl Into<String>) -> Self {
        Self::new(cause, 400, "SerializationException", message)
    }

    /// 404 ResourceNotFoundException.
    pub(crate) fn not_found(cause: Cause, message: impl Into<String>) -> Self {
        Self::new(cause, 404, "ResourceNotFoundException", message)
    }

    /// 404 for an unknown UUID, in the words recorded for Get, Update and Delete.
    pub(crate) fn unknown_mapping() -> Self {
        Self::not_found(
            Cause::UnknownMapping,
            "The resource you requested does not exist.",
        )
    }

    /// 400 ResourceInUseException, in the words recorded for Update and Delete.
    pub(crate) fn in_use(verb: &str) -> Self {
        let message = format!("Cannot {verb} the event source mapping because it is in use.");
        Self::new(Cause::InUse, 400, "ResourceInUseException", message)
    }

    /// The error body, members as recorded: `Type` where recorded, `Message` or `message` by error
    /// type.
    pub(crate) fn document(&self) -> Map<String, Value> {
        let mut document = Map::new();
        if !Self::UNTYPED.contains(&self.kind) {
            let who = if self.status >= 500 {
                "Service"
            } else {
                "User"
            };
            document.insert("Type".to_owned(), Value::from(who));
        }
        let member = if Self::CAPITAL.contains(&self.kind) {
            "Message"
        } else {
            "message"
        };
        document.insert(member.to_owned(), Value::from(self.message.as_str()));
        document
    }
}

/// Several violations in AWS's one message: `2 validation errors detected: …; …`.
pub(crate) fn validation_message(violations: &[String]) -> String {
    let noun = if violations.len() == 1 {
        "error"
    } else {
        "errors"
    };
    format!(
        "{} validation {noun} detected: {}",
        violations.len(),
        violations.join("; ")
    )
}
