//! Refusals with the wrong error type or body, or without an answer.

use super::Defect;
use crate::reference::fault::Cause;

const SYNTAX: &[Cause] = &[Cause::Syntax];
const CONSTRAINTS: &[Cause] = &Cause::CONSTRAINTS;
const REFUSALS: &[Cause] = &Cause::REFUSALS;
const NO_MAPPING: &[Cause] = &[Cause::UnknownMapping];

const INVALID: &[&str] = &["error::InvalidParameterValueException"];
const NOT_FOUND: &[&str] = &["error::ResourceNotFoundException"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "unknown-mapping-html",
        "An unknown UUID is answered with an HTML page.",
        NOT_FOUND,
        |b| {
            b.refusal_wire(NO_MAPPING, |response| {
                response.remove_header("x-amzn-ErrorType");
                response.set_header("content-type", "text/html");
                response.body =
                    "<!doctype html><title>404 Not Found</title><h1>Not Found</h1>".into();
            });
        },
    ),
    Defect::must(
        "unknown-mapping-no-body",
        "An unknown UUID is answered 404 without type or body.",
        NOT_FOUND,
        |b| {
            b.refusal_wire(NO_MAPPING, |response| {
                response.remove_header("x-amzn-ErrorType");
                response.remove_header("content-type");
                response.body.clear();
            });
        },
    ),
    Defect::must(
        "constraint-wrong-type",
        "Constraint faults are answered 400 ResourceNotFoundException.",
        INVALID,
        |b| {
            b.error(CONSTRAINTS, 400, "ResourceNotFoundException");
        },
    ),
    Defect::must(
        "constraint-in-use",
        "Constraint faults are answered 400 ResourceInUseException.",
        INVALID,
        |b| {
            b.error(CONSTRAINTS, 400, "ResourceInUseException");
        },
    ),
    Defect::must(
        "constraint-own-type",
        "Constraint faults are answered 400 BadRequest.",
        INVALID,
        |b| b.error(CONSTRAINTS, 400, "BadRequest"),
    ),
    Defect::must(
        "constraint-throttled",
        "Constraint faults are answered 429 TooManyRequestsException.",
        INVALID,
        |b| {
            b.error(CONSTRAINTS, 429, "TooManyRequestsException");
        },
    ),
    Defect::must(
        "error-type-missing",
        "Refusals carry no error type.",
        INVALID,
        |b| b.refused(REFUSALS, |reply| reply.kind = None),
    ),
    Defect::must(
        "error-type-empty",
        "The error type of refusals is empty.",
        INVALID,
        |b| b.refused(REFUSALS, |reply| reply.kind = Some(String::new())),
    ),
    Defect::must(
        "error-types-differ",
        "Refusals name another error type in the body than in the header.",
        &["protocol::error-type"],
        |b| {
            b.refused(REFUSALS, |reply| {
                reply
                    .document
                    .insert("__type".to_owned(), "UnknownError".into());
            });
        },
    ),
    Defect::must(
        "error-type-generic",
        "Every refusal has the error type Exception.",
        INVALID,
        |b| b.refused(REFUSALS, |reply| reply.kind = Some("Exception".to_owned())),
    ),
    Defect::must(
        "error-type-lower-case",
        "The error types are written in lower case.",
        INVALID,
        |b| {
            b.refused(REFUSALS, |reply| {
                reply.kind = reply.kind.as_ref().map(|kind| kind.to_lowercase())
            });
        },
    ),
    Defect::must(
        "error-body-html",
        "Constraint faults are answered with an HTML page.",
        INVALID,
        |b| {
            b.refusal_wire(CONSTRAINTS, |response| {
                response.remove_header("x-amzn-ErrorType");
                response.set_header("content-type", "text/html");
                response.body = "<html><body><h1>400 Bad Request</h1></body></html>".into();
            });
        },
    ),
    Defect::must(
        "error-body-text",
        "Constraint faults are answered in plain text.",
        INVALID,
        |b| {
            b.refusal_wire(CONSTRAINTS, |response| {
                response.remove_header("x-amzn-ErrorType");
                response.set_header("content-type", "text/plain");
                response.body = "invalid parameter".into();
            });
        },
    ),
    Defect::must(
        "error-body-xml",
        "Constraint faults are answered in XML.",
        INVALID,
        |b| {
            b.refusal_wire(CONSTRAINTS, |response| {
                response.set_header("content-type", "text/xml");
                response.body = "<Error><Code>InvalidParameterValueException</Code></Error>".into();
            });
        },
    ),
    Defect::must(
        "error-body-empty",
        "Constraint faults are answered with an empty body and no type.",
        INVALID,
        |b| {
            b.refusal_wire(CONSTRAINTS, |response| {
                response.remove_header("x-amzn-ErrorType");
                response.body.clear();
            });
        },
    ),
    Defect::must(
        "error-body-cut",
        "The JSON of an error is cut in the middle.",
        INVALID,
        |b| {
            b.refusal_wire(REFUSALS, |response| {
                response.body.truncate(response.body.len() / 2)
            });
        },
    ),
    Defect::must(
        "refusal-hangs",
        "A constraint fault is never answered.",
        INVALID,
        |b| {
            b.refusal_wire(CONSTRAINTS, |response| {
                response.ending = crate::reference::response::Ending::Hang
            });
        },
    ),
    Defect::must(
        "refusal-closes",
        "The connection is closed on a constraint fault.",
        INVALID,
        |b| {
            b.refusal_wire(CONSTRAINTS, |response| {
                response.ending = crate::reference::response::Ending::Close
            });
        },
    ),
    Defect::must(
        "syntax-closes",
        "The connection is closed on a body that is no JSON.",
        &["rule::json-body"],
        |b| {
            b.refusal_wire(SYNTAX, |response| {
                response.ending = crate::reference::response::Ending::Close
            });
        },
    ),
];
