//! Refusals with the wrong status.

use serde_json::Value;

use super::Defect;
use crate::reference::fault::Cause;
use crate::reference::function_name::Grammar;

const SYNTAX: &[Cause] = &[Cause::Syntax];
const TYPE: &[Cause] = &[Cause::Type];
const RANGE: &[Cause] = &[Cause::Range];
const LENGTH: &[Cause] = &[Cause::Length];
const PATTERN: &[Cause] = &[Cause::Pattern];
const BARE_NAME: &[Cause] = &[Cause::BareName];
const CONSTRAINTS: &[Cause] = &Cause::CONSTRAINTS;
const NO_MAPPING: &[Cause] = &[Cause::UnknownMapping];
const NO_FUNCTION: &[Cause] = &[Cause::UnknownFunction];

const INVALID: &[&str] = &["error::InvalidParameterValueException"];
const NOT_FOUND: &[&str] = &["error::ResourceNotFoundException"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "syntax-crashes",
        "A body that is no JSON object is answered 500.",
        &["rule::json-body", "protocol::no-server-error"],
        |b| b.crash(SYNTAX),
    ),
    Defect::must(
        "type-crashes",
        "A member of the wrong type is answered 500.",
        &["protocol::no-server-error"],
        |b| b.crash(TYPE),
    ),
    Defect::must(
        "range-crashes",
        "A BatchSize out of range is answered 500.",
        &[
            "protocol::no-server-error",
            "request::BatchSize::range::max",
        ],
        |b| b.crash(RANGE),
    ),
    Defect::must(
        "length-crashes",
        "A FunctionName of a wrong length is answered 500.",
        &[
            "protocol::no-server-error",
            "request::FunctionName::length::max",
        ],
        |b| b.crash(LENGTH),
    ),
    Defect::must(
        "pattern-crashes",
        "A FunctionName that breaks the pattern is answered 500.",
        &[
            "protocol::no-server-error",
            "request::FunctionName::pattern",
        ],
        |b| b.crash(PATTERN),
    ),
    Defect::must(
        "bare-name-crashes",
        "A bare name that is too long is answered 500.",
        &["protocol::no-server-error", "rule::bare-name-length"],
        |b| b.crash(BARE_NAME),
    ),
    Defect::must(
        "unknown-mapping-crashes",
        "An unknown UUID is answered 500.",
        &[
            "protocol::no-server-error",
            "error::ResourceNotFoundException",
        ],
        |b| b.crash(NO_MAPPING),
    ),
    Defect::must(
        "unknown-function-crashes",
        "An unknown function is answered 500.",
        &[
            "protocol::no-server-error",
            "error::ResourceNotFoundException",
        ],
        |b| b.crash(NO_FUNCTION),
    ),
    Defect::must(
        "refusals-502",
        "Constraint faults are answered 502 by a gateway.",
        &["protocol::no-server-error"],
        |b| {
            b.refused(CONSTRAINTS, |reply| {
                reply.status = 502;
                reply.kind = None;
            });
        },
    ),
    Defect::must(
        "syntax-200",
        "A body that is no JSON object is answered 200 with an error body.",
        &["rule::json-body"],
        |b| b.status(SYNTAX, 200),
    ),
    Defect::must(
        "type-202",
        "A member of the wrong type is answered 202 with an error body.",
        &["response::status"],
        |b| b.status(TYPE, 202),
    ),
    Defect::must(
        "constraint-200",
        "Constraint faults are answered 200 with an error body.",
        INVALID,
        |b| b.status(CONSTRAINTS, 200),
    ),
    Defect::must(
        "constraint-202",
        "Constraint faults are answered 202 with an error body.",
        INVALID,
        |b| b.status(CONSTRAINTS, 202),
    ),
    Defect::must(
        "constraint-403",
        "Constraint faults are answered 403.",
        INVALID,
        |b| b.status(CONSTRAINTS, 403),
    ),
    Defect::must(
        "constraint-404",
        "Constraint faults are answered 404.",
        INVALID,
        |b| b.status(CONSTRAINTS, 404),
    ),
    Defect::must(
        "constraint-409",
        "Constraint faults are answered 409.",
        INVALID,
        |b| b.status(CONSTRAINTS, 409),
    ),
    Defect::must(
        "constraint-422",
        "Constraint faults are answered 422.",
        INVALID,
        |b| b.status(CONSTRAINTS, 422),
    ),
    Defect::must(
        "range-422",
        "A BatchSize out of range is answered 422.",
        INVALID,
        |b| b.status(RANGE, 422),
    ),
    Defect::must(
        "pattern-422",
        "A FunctionName that breaks the pattern is answered 422.",
        INVALID,
        |b| b.status(PATTERN, 422),
    ),
    Defect::must(
        "length-413",
        "A FunctionName that is too long is answered 413.",
        INVALID,
        |b| b.status(LENGTH, 413),
    ),
    Defect::must(
        "bare-name-404",
        "A bare name that is too long is answered as an unknown function.",
        &["rule::bare-name-length"],
        |b| {
            b.error(BARE_NAME, 404, "ResourceNotFoundException");
        },
    ),
    Defect::must(
        "syntax-422",
        "A body that is no JSON object is answered 422.",
        &["rule::json-body"],
        |b| b.status(SYNTAX, 422),
    ),
    Defect::must(
        "type-422",
        "A member of the wrong type is answered 422.",
        INVALID,
        |b| b.status(TYPE, 422),
    ),
    Defect::must(
        "unknown-mapping-400",
        "An unknown UUID is answered 400.",
        NOT_FOUND,
        |b| b.status(NO_MAPPING, 400),
    ),
    Defect::must(
        "unknown-mapping-403",
        "An unknown UUID is answered 403 AccessDeniedException.",
        NOT_FOUND,
        |b| b.error(NO_MAPPING, 403, "AccessDeniedException"),
    ),
    Defect::must(
        "unknown-mapping-410",
        "An unknown UUID is answered 410.",
        NOT_FOUND,
        |b| b.status(NO_MAPPING, 410),
    ),
    Defect::must(
        "unknown-mapping-200",
        "An unknown UUID is answered 200 with an error body.",
        NOT_FOUND,
        |b| b.status(NO_MAPPING, 200),
    ),
    Defect::must(
        "unknown-mapping-202-empty",
        "An unknown UUID is answered 202 with an empty object.",
        NOT_FOUND,
        |b| {
            b.refused(NO_MAPPING, |reply| {
                reply.status = 202;
                reply.kind = None;
                reply.document.clear();
            });
        },
    ),
    Defect::must(
        "unknown-mapping-wrong-type",
        "An unknown UUID is answered 404 InvalidParameterValueException.",
        NOT_FOUND,
        |b| {
            b.error(NO_MAPPING, 404, "InvalidParameterValueException");
        },
    ),
    Defect::must(
        "unknown-mapping-own-type",
        "An unknown UUID is answered 404 EventSourceMappingNotFound.",
        NOT_FOUND,
        |b| {
            b.error(NO_MAPPING, 404, "EventSourceMappingNotFound");
        },
    ),
    Defect::must(
        "unknown-mapping-conflict",
        "An unknown UUID is answered 409 ResourceConflictException.",
        NOT_FOUND,
        |b| {
            b.error(NO_MAPPING, 409, "ResourceConflictException");
        },
    ),
    Defect::must(
        "unknown-function-accepted",
        "A function that does not exist is accepted.",
        NOT_FOUND,
        |b| {
            b.update_checks_function = false;
            b.update_checks_qualifier = false;
        },
    ),
    Defect::must(
        "conflict-500",
        "An update to the function of another mapping of the same source is answered 500.",
        &[
            "error::ResourceConflictException",
            "protocol::no-server-error",
        ],
        |b| b.crash(&[Cause::Conflict]),
    ),
    Defect::must(
        "unknown-qualifier-accepted",
        "A version or alias that does not exist is accepted.",
        NOT_FOUND,
        |b| {
            b.update_checks_qualifier = false;
        },
    ),
    Defect::must(
        "names-looked-up-first",
        "A malformed FunctionName is answered as an unknown function, before anything else is looked at.",
        &["request::FunctionName::pattern"],
        |b| {
            let malformed = |name: &str| Grammar::page().parse(name).is_none();
            b.refuse_sent(
                move |sent| {
                    sent.get("FunctionName")
                        .and_then(Value::as_str)
                        .is_some_and(malformed)
                },
                404,
                "ResourceNotFoundException",
            );
        },
    ),
    Defect::must(
        "unknown-function-409",
        "An unknown function is answered 409.",
        NOT_FOUND,
        |b| b.status(NO_FUNCTION, 409),
    ),
    Defect::must(
        "unknown-function-403",
        "An unknown function is answered 403 AccessDeniedException.",
        NOT_FOUND,
        |b| b.error(NO_FUNCTION, 403, "AccessDeniedException"),
    ),
    Defect::must(
        "unknown-function-200",
        "An unknown function is answered 200 with an error body.",
        NOT_FOUND,
        |b| b.status(NO_FUNCTION, 200),
    ),
    Defect::must(
        "unknown-function-own-type",
        "An unknown function is answered 404 FunctionNotFound.",
        NOT_FOUND,
        |b| {
            b.error(NO_FUNCTION, 404, "FunctionNotFound");
        },
    ),
];
