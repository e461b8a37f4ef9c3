//! Members of the answer that are missing, null or of the wrong type.

use serde_json::{Value, json};

use super::Defect;
use crate::reference::world::lexeme;

/// A member left out.
macro_rules! missing {
    ($id:literal, $member:literal) => {
        Defect::must(
            concat!($id, "-missing"),
            concat!("The answer lacks ", $member, "."),
            &[concat!("response::", $member, "::present")],
            |b| b.hides($member),
        )
    };
}

/// A member that is null.
macro_rules! null {
    ($id:literal, $member:literal) => {
        Defect::must(
            concat!($id, "-null"),
            concat!("In the answer ", $member, " is null."),
            &[
                concat!("response::", $member, "::present"),
                concat!("response::", $member, "::type"),
            ],
            |b| b.shows($member, Value::Null),
        )
    };
}

/// A member of the wrong type.
macro_rules! mistyped {
    ($id:literal, $member:literal, $what:literal, $value:expr) => {
        Defect::must(
            concat!($id, "-is-", $what),
            concat!(
                "In the answer ",
                $member,
                " is of the wrong type: ",
                $what,
                "."
            ),
            &[concat!("response::", $member, "::type")],
            |b| b.shows($member, $value),
        )
    };
}

pub(super) const DEFECTS: &[Defect] = &[
    missing!("answer-batch-size", "BatchSize"),
    missing!("answer-source", "EventSourceArn"),
    missing!("answer-function", "FunctionArn"),
    missing!("answer-last-modified", "LastModified"),
    missing!("answer-state", "State"),
    missing!("answer-reason", "StateTransitionReason"),
    missing!("answer-uuid", "UUID"),
    null!("answer-batch-size", "BatchSize"),
    null!("answer-source", "EventSourceArn"),
    null!("answer-function", "FunctionArn"),
    null!("answer-last-modified", "LastModified"),
    null!("answer-state", "State"),
    null!("answer-reason", "StateTransitionReason"),
    null!("answer-uuid", "UUID"),
    mistyped!("answer-batch-size", "BatchSize", "fraction", lexeme("1.5")),
    mistyped!("answer-batch-size", "BatchSize", "boolean", json!(true)),
    mistyped!("answer-batch-size", "BatchSize", "array", json!([5])),
    mistyped!("answer-source", "EventSourceArn", "number", json!(1)),
    mistyped!(
        "answer-source",
        "EventSourceArn",
        "array",
        json!(["arn:aws:sqs:us-east-1:123456789012:q"])
    ),
    mistyped!(
        "answer-function",
        "FunctionArn",
        "object",
        json!({"Arn": "arn:aws:lambda:us-east-1:123456789012:function:f"})
    ),
    mistyped!("answer-function", "FunctionArn", "boolean", json!(false)),
    mistyped!(
        "answer-last-modified",
        "LastModified",
        "boolean",
        json!(true)
    ),
    mistyped!(
        "answer-last-modified",
        "LastModified",
        "iso-string",
        json!("2018-01-01T00:00:00.000Z")
    ),
    mistyped!(
        "answer-last-modified",
        "LastModified",
        "http-date",
        json!("Mon, 01 Jan 2018 00:00:00 GMT")
    ),
    mistyped!(
        "answer-last-modified",
        "LastModified",
        "object",
        json!({"$date": 1_514_764_800})
    ),
    mistyped!("answer-result", "LastProcessingResult", "number", json!(0)),
    mistyped!("answer-result", "LastProcessingResult", "object", json!({})),
    mistyped!("answer-state", "State", "number", json!(1)),
    mistyped!("answer-state", "State", "boolean", json!(true)),
    mistyped!(
        "answer-reason",
        "StateTransitionReason",
        "boolean",
        json!(true)
    ),
    mistyped!(
        "answer-reason",
        "StateTransitionReason",
        "object",
        json!({"Code": "USER_INITIATED"})
    ),
    mistyped!("answer-uuid", "UUID", "number", json!(7)),
    mistyped!("answer-uuid", "UUID", "array", json!([])),
    Defect::must(
        "answer-batch-size-is-string",
        "In the answer BatchSize is a string.",
        &["response::BatchSize::type"],
        |b| {
            b.updated(|d| {
                if let Some(n) = d.get_mut("BatchSize") {
                    *n = Value::String(n.to_string());
                }
            });
        },
    ),
    Defect::must(
        "answer-last-modified-is-numeric-string",
        "In the answer LastModified is a number in quotes.",
        &["response::LastModified::type"],
        |b| {
            b.updated(|d| {
                if let Some(n) = d.get_mut("LastModified") {
                    *n = Value::String(n.to_string());
                }
            });
        },
    ),
    Defect::must(
        "answer-members-lower-case",
        "The members of the answer begin with a lower-case letter.",
        &["response::UUID::present"],
        |b| {
            b.updated(|d| {
                *d = std::mem::take(d)
                    .into_iter()
                    .map(|(k, v)| (k[..1].to_lowercase() + &k[1..], v))
                    .collect();
            });
        },
    ),
    Defect::must(
        "answer-wrapped",
        "The configuration is wrapped in another object.",
        &["response::UUID::present"],
        |b| {
            b.updated(|d| {
                let inner = std::mem::take(d);
                d.insert(
                    "EventSourceMappingConfiguration".to_owned(),
                    Value::Object(inner),
                );
            });
        },
    ),
    Defect::must(
        "answer-empty-object",
        "The answer is an empty object.",
        &["response::UUID::present"],
        |b| b.updated(serde_json::Map::clear),
    ),
];
