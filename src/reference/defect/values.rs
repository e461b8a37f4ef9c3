//! Members of the answer whose value is impossible, or is not what was asked for.

use serde_json::{Value, json};

use super::Defect;
use crate::reference::reply::Operation;
use crate::reference::world::lexeme;

const FUNCTION: &[&str] = &["response::FunctionArn::pattern"];
const SOURCE: &[&str] = &["response::EventSourceArn::pattern"];
const STATE: &[&str] = &["response::State::enum"];
const UUID: &[&str] = &["rule::uuid-identity"];
const MODIFIED: &[&str] = &["response::LastModified::type"];
const STORED: &[&str] = &["rule::batch-size-stored"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "answer-batch-size-0",
        "In the answer BatchSize is 0.",
        &["response::BatchSize::range::min"],
        |b| b.shows("BatchSize", 0.into()),
    ),
    Defect::must(
        "answer-batch-size-negative",
        "In the answer BatchSize is -1.",
        &["response::BatchSize::range::min"],
        |b| b.shows("BatchSize", (-1).into()),
    ),
    Defect::must(
        "answer-batch-size-10001",
        "In the answer BatchSize is 10001.",
        &["response::BatchSize::range::max"],
        |b| b.shows("BatchSize", 10_001.into()),
    ),
    Defect::must(
        "answer-batch-size-constant",
        "In the answer BatchSize is always 10.",
        STORED,
        |b| b.shows("BatchSize", 10.into()),
    ),
    Defect::must(
        "answer-batch-size-off-by-one",
        "In the answer BatchSize is one more than stored, below the maximum.",
        STORED,
        |b| {
            b.updated(|d| {
                if let Some(n) = d
                    .get("BatchSize")
                    .and_then(Value::as_i64)
                    .filter(|n| *n < 10_000)
                {
                    d.insert("BatchSize".to_owned(), (n + 1).into());
                }
            });
        },
    ),
    Defect::must(
        "answer-batch-size-old",
        "The answer shows the BatchSize from before the update.",
        STORED,
        |b| {
            b.stores(|c| c.shown.batch_size = c.before.batch_size);
        },
    ),
    Defect::must(
        "answer-function-old",
        "The answer shows the function from before the update.",
        STORED,
        |b| {
            b.stores(|c| {
                c.shown.function.clone_from(&c.before.function);
                c.shown.qualifier.clone_from(&c.before.qualifier);
            });
        },
    ),
    Defect::must(
        "answer-function-echo",
        "FunctionArn is FunctionName as it was sent, not an ARN.",
        FUNCTION,
        |b| {
            b.on_reply.push(Box::new(|_, reply| {
                if reply.operation == Operation::Update
                    && reply.cause.is_none()
                    && let Some(name @ Value::String(_)) = reply.sent.get("FunctionName")
                {
                    reply
                        .document
                        .insert("FunctionArn".to_owned(), name.clone());
                }
            }));
        },
    ),
    Defect::must(
        "answer-function-bare",
        "FunctionArn is only the function's name.",
        FUNCTION,
        |b| {
            rewrite(b, "FunctionArn", |arn| {
                arn.rsplit(':').next().unwrap_or_default().to_owned()
            })
        },
    ),
    Defect::must(
        "answer-function-no-word",
        "FunctionArn lacks the word function.",
        FUNCTION,
        |b| rewrite(b, "FunctionArn", |arn| arn.replace(":function:", ":")),
    ),
    Defect::must(
        "answer-function-partition",
        "FunctionArn is in another partition.",
        FUNCTION,
        |b| {
            rewrite(b, "FunctionArn", |arn| {
                arn.replace("arn:aws:", "arn:aws-cn:")
            })
        },
    ),
    Defect::must(
        "answer-function-region-upper-case",
        "The region of FunctionArn is in upper case.",
        FUNCTION,
        |b| rewrite(b, "FunctionArn", upper_region),
    ),
    Defect::must(
        "answer-function-account-short",
        "The account of FunctionArn has 11 digits.",
        FUNCTION,
        |b| rewrite(b, "FunctionArn", short_account),
    ),
    Defect::must(
        "answer-function-trailing-colon",
        "FunctionArn ends in a colon.",
        FUNCTION,
        |b| rewrite(b, "FunctionArn", |arn| format!("{arn}:")),
    ),
    Defect::must(
        "answer-function-newline",
        "FunctionArn ends in a newline.",
        FUNCTION,
        |b| rewrite(b, "FunctionArn", |arn| format!("{arn}\n")),
    ),
    Defect::must(
        "answer-function-other",
        "FunctionArn names another function.",
        STORED,
        |b| {
            rewrite(b, "FunctionArn", |arn| {
                arn.replace(":function:", ":function:not-")
            })
        },
    ),
    Defect::must(
        "answer-function-empty",
        "FunctionArn is empty.",
        FUNCTION,
        |b| b.shows("FunctionArn", json!("")),
    ),
    Defect::must(
        "answer-source-url",
        "EventSourceArn is the URL of the queue.",
        SOURCE,
        |b| b.shows("EventSourceArn", json!("http://localhost/123456789012/q")),
    ),
    Defect::must(
        "answer-source-empty",
        "EventSourceArn is empty.",
        SOURCE,
        |b| b.shows("EventSourceArn", json!("")),
    ),
    Defect::must(
        "answer-source-cut",
        "EventSourceArn ends after its service.",
        SOURCE,
        |b| b.shows("EventSourceArn", json!("arn:aws:sqs")),
    ),
    Defect::must(
        "answer-source-region-upper-case",
        "The region of EventSourceArn is in upper case.",
        SOURCE,
        |b| rewrite(b, "EventSourceArn", upper_region),
    ),
    Defect::must(
        "answer-source-account-short",
        "The account of EventSourceArn has 11 digits.",
        SOURCE,
        |b| rewrite(b, "EventSourceArn", short_account),
    ),
    Defect::must(
        "answer-source-other",
        "EventSourceArn names another source.",
        &["rule::source-immutable"],
        |b| rewrite(b, "EventSourceArn", |arn| format!("{arn}-2")),
    ),
    Defect::must("answer-state-unknown", "State is Active.", STATE, |b| {
        b.shows("State", json!("Active"))
    }),
    Defect::must("answer-state-empty", "State is empty.", STATE, |b| {
        b.shows("State", json!(""))
    }),
    Defect::must(
        "answer-state-lower-case",
        "State is written in lower case.",
        STATE,
        |b| rewrite(b, "State", |s| s.to_lowercase()),
    ),
    Defect::must(
        "answer-state-upper-case",
        "State is written in upper case.",
        STATE,
        |b| rewrite(b, "State", |s| s.to_uppercase()),
    ),
    Defect::must(
        "answer-state-update-in-progress",
        "State is UpdateInProgress.",
        STATE,
        |b| b.shows("State", json!("UpdateInProgress")),
    ),
    Defect::must(
        "answer-state-deleting",
        "After an update State is Deleting.",
        &["rule::enabled-stored"],
        |b| b.shows("State", json!("Deleting")),
    ),
    Defect::must(
        "answer-state-creating",
        "After an update State is Creating.",
        &["rule::enabled-stored"],
        |b| b.shows("State", json!("Creating")),
    ),
    Defect::must(
        "answer-state-opposite",
        "After Enabled false State is Enabling, and the other way about.",
        &["rule::enabled-stored"],
        |b| {
            rewrite(b, "State", |state| match state {
                "Enabling" => "Disabling".to_owned(),
                "Disabling" => "Enabling".to_owned(),
                other => other.to_owned(),
            });
        },
    ),
    Defect::must(
        "answer-uuid-other",
        "UUID is that of no mapping.",
        UUID,
        |b| b.shows("UUID", json!("00000000-0000-4000-8000-000000000000")),
    ),
    Defect::must(
        "answer-uuid-upper-case",
        "UUID is written in upper case.",
        UUID,
        |b| rewrite(b, "UUID", |id| id.to_uppercase()),
    ),
    Defect::must(
        "answer-uuid-without-hyphens",
        "UUID is written without its hyphens.",
        UUID,
        |b| rewrite(b, "UUID", |id| id.replace('-', "")),
    ),
    Defect::must("answer-uuid-braces", "UUID stands in braces.", UUID, |b| {
        rewrite(b, "UUID", |id| format!("{{{id}}}"))
    }),
    Defect::must(
        "answer-uuid-is-arn",
        "UUID is the ARN of the mapping.",
        UUID,
        |b| {
            rewrite(b, "UUID", |id| {
                format!("arn:aws:lambda:us-east-1:123456789012:event-source-mapping:{id}")
            })
        },
    ),
    Defect::must("answer-uuid-empty", "UUID is empty.", UUID, |b| {
        b.shows("UUID", json!(""))
    }),
    Defect::must(
        "answer-last-modified-in-milliseconds",
        "LastModified is in milliseconds.",
        MODIFIED,
        |b| {
            b.updated(|d| {
                if let Some(seconds) = d.get("LastModified").and_then(Value::as_f64) {
                    d.insert(
                        "LastModified".to_owned(),
                        lexeme(&format!("{:.0}", seconds * 1000.0)),
                    );
                }
            });
        },
    ),
    Defect::must(
        "answer-last-modified-zero",
        "LastModified is 0.",
        MODIFIED,
        |b| b.shows("LastModified", 0.into()),
    ),
    Defect::must(
        "answer-last-modified-negative",
        "LastModified is negative.",
        MODIFIED,
        |b| b.shows("LastModified", lexeme("-1.5")),
    ),
    Defect::must(
        "answer-result-for-queues",
        "LastProcessingResult holds a text, for queues too.",
        &["rule::no-processing-result-for-queues"],
        |b| b.shows("LastProcessingResult", json!("No records processed")),
    ),
    Defect::must(
        "answer-last-modified-in-the-future",
        "LastModified is an hour ahead of the clock.",
        MODIFIED,
        |b| {
            b.stores(|c| c.shown.modified = c.shown.modified.saturating_add(3_600_000));
        },
    ),
];

/// Rewrites a string of the answer.
fn rewrite(
    b: &mut crate::reference::behaviour::Behaviour,
    member: &'static str,
    change: impl Fn(&str) -> String + Send + Sync + 'static,
) {
    b.updated(move |d| {
        if let Some(Value::String(text)) = d.get_mut(member) {
            *text = change(text);
        }
    });
}

fn upper_region(arn: &str) -> String {
    change_part(arn, 3, |region| region.to_uppercase())
}

fn short_account(arn: &str) -> String {
    change_part(arn, 4, |account| account.chars().skip(1).collect())
}

fn change_part(arn: &str, index: usize, change: fn(&str) -> String) -> String {
    let parts = arn.split(':').enumerate().map(|(i, part)| {
        if i == index {
            change(part)
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join(":")
}
