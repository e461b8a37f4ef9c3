//! Creations that take what they should refuse, refuse what they should take, or make another
//! mapping than they were asked for.

use serde_json::{Map, Value, json};

use super::super::Defect;
use super::super::neighbours::status;
use super::reply::{accepts, hides, refusals, shows, shows_as_text};
use crate::reference::behaviour::Behaviour;
use crate::reference::fault::Cause;
use crate::reference::function_name::FUNCTION;
use crate::reference::reply::{Operation, Reply};
use crate::reference::world::Mapping;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "create-accepts-batch-size-0",
        "Create accepts a BatchSize of 0.",
        &["create::request::BatchSize::range::min"],
        |b| b.create.batch_size = 0..=10_000,
    ),
    Defect::must(
        "create-accepts-batch-size-10001",
        "Create accepts a BatchSize of 10001.",
        &["create::request::BatchSize::range::max"],
        |b| b.create.batch_size = 1..=10_001,
    ),
    Defect::must(
        "create-refuses-batch-size-1",
        "Create refuses a BatchSize of 1.",
        &["create::request::BatchSize::range::min"],
        |b| b.create.batch_size = 2..=10_000,
    ),
    Defect::must(
        "create-refuses-batch-size-10000",
        "Create refuses a BatchSize of 10000.",
        &["create::request::BatchSize::range::max"],
        |b| b.create.batch_size = 1..=9_999,
    ),
    Defect::must(
        "create-refuses-function-word",
        "Create refuses a name with the word `function` in it.",
        &["create::rule::partial-arn", "create::rule::function-stored"],
        |b| b.create.grammar.places[FUNCTION].alternatives.clear(),
    ),
    Defect::must(
        "create-reads-numeric-strings",
        "Create reads a BatchSize in quotes.",
        &["create::request::BatchSize::type"],
        |b| {
            reads(b, "BatchSize", |v| {
                v.as_str()?.parse::<i64>().ok().map(Value::from)
            })
        },
    ),
    Defect::must(
        "create-reads-words-of-truth",
        "Create reads `\"true\"` as Enabled true.",
        &["create::request::Enabled::type"],
        |b| {
            reads(b, "Enabled", |v| {
                v.as_str()?.parse::<bool>().ok().map(Value::from)
            })
        },
    ),
    Defect::must(
        "create-takes-any-position",
        "Create takes an unknown StartingPosition as LATEST.",
        &["create::request::StartingPosition::enum"],
        |b| {
            const KNOWN: [&str; 3] = ["LATEST", "TRIM_HORIZON", "AT_TIMESTAMP"];
            reads(b, "StartingPosition", |v| {
                (!KNOWN.contains(&v.as_str()?)).then(|| "LATEST".into())
            });
        },
    ),
    Defect::must(
        "create-needs-no-position",
        "Create makes a mapping of a stream without a StartingPosition.",
        &["create::rule::starting-position-required"],
        |b| {
            created(b, |sent| {
                let source = sent.get("EventSourceArn").and_then(Value::as_str);
                if source.is_some_and(|arn| arn.contains(":kinesis:")) {
                    sent.entry("StartingPosition").or_insert("LATEST".into());
                }
            });
        },
    ),
    Defect::must(
        "create-reads-words-of-time",
        "Create reads a StartingPositionTimestamp that is a word.",
        &["create::request::StartingPositionTimestamp::type"],
        |b| {
            reads(b, "StartingPositionTimestamp", |v| {
                v.is_string().then(|| 0.into())
            })
        },
    ),
    Defect::must(
        "create-makes-twins",
        "Create makes a second mapping of a source to the same function.",
        &["create::rule::one-for-each-function"],
        |b| b.create_refuses_twins = false,
    ),
    Defect::must(
        "create-twice-400",
        "Create refuses what exists with 400 InvalidRequestException.",
        &["create::rule::one-for-each-function"],
        |b| {
            refusals(b, Operation::Create, |reply| {
                if reply.status == 409 {
                    reply.status = 400;
                    reply.kind = Some("InvalidRequestException".to_owned());
                }
            });
        },
    ),
    Defect::must(
        "create-unknown-function-accepted",
        "Create answers as if it had made a mapping to a function that does not exist.",
        &["create::rule::unknown-function"],
        |b| of_cause(b, Cause::UnknownFunction, |reply| accepts(reply, 202)),
    )
    .twice("What is accepted has no members to show."),
    Defect::must(
        "create-unknown-function-500",
        "Create fails where the function does not exist.",
        &[
            "create::rule::unknown-function",
            "protocol::no-server-error",
        ],
        |b| {
            of_cause(b, Cause::UnknownFunction, |reply| {
                reply.status = 500;
                reply.kind = Some("ServiceException".to_owned());
            });
        },
    ),
    Defect::must(
        "create-answers-200",
        "Create answers with the status 200.",
        &["create::response::status"],
        |b| status(b, Operation::Create, 200),
    ),
    Defect::must(
        "create-hides-uuid",
        "The answer to a creation lacks UUID.",
        &["create::response::UUID::present"],
        |b| hides(b, Operation::Create, "UUID"),
    ),
    Defect::must(
        "create-hides-state",
        "The answer to a creation lacks State.",
        &["create::response::State::present"],
        |b| hides(b, Operation::Create, "State"),
    ),
    Defect::must(
        "create-shows-batch-size-as-text",
        "The answer to a creation shows BatchSize as a text.",
        &["create::response::BatchSize::type"],
        |b| shows_as_text(b, Operation::Create, "BatchSize"),
    ),
    Defect::must(
        "create-shows-another-state",
        "The answer to a creation shows a state that is not documented.",
        &["create::response::State::enum"],
        |b| shows(b, Operation::Create, "State", json!("Pending")),
    ),
    Defect::must(
        "create-shows-name",
        "The answer to a creation shows the function by its name alone.",
        &["create::rule::function-stored"],
        |b| {
            b.answered(Operation::Create, |document| {
                let arn = document.get("FunctionArn").and_then(Value::as_str);
                let name = arn.and_then(|arn| arn.split(':').nth(6)).map(str::to_owned);
                document.extend(name.map(|name| ("FunctionArn".to_owned(), name.into())));
            });
        },
    ),
    Defect::must(
        "create-shows-batch-size-off-by-one",
        "The answer to a creation shows a BatchSize that is one larger.",
        &["create::rule::batch-size-stored"],
        |b| {
            b.answered(Operation::Create, |document| {
                let size = document.get("BatchSize").and_then(Value::as_i64);
                document.extend(size.map(|size| ("BatchSize".to_owned(), (size + 1).into())));
            });
        },
    ),
    Defect::must(
        "create-same-uuid",
        "Every creation gives the same UUID.",
        &["create::rule::new-identity"],
        |b| {
            let uuid = json!("11111111-2222-4333-8444-555555555555");
            shows(b, Operation::Create, "UUID", uuid);
        },
    ),
    Defect::must(
        "create-makes-what-it-refuses",
        "A creation that is refused for its BatchSize makes a mapping all the same.",
        &["create::rule::refused-makes-none"],
        |b| {
            b.on_answer.push(Box::new(|world, call, response| {
                let sent = serde_json::from_slice::<Map<String, Value>>(&call.body);
                let (true, Ok(sent)) = (call.method == "POST" && response.status == 400, sent)
                else {
                    return;
                };
                let source = sent.get("EventSourceArn").and_then(Value::as_str);
                let refused = sent.get("BatchSize").and_then(Value::as_i64) == Some(0);
                let like = world.mappings.values().next().cloned();
                if let (true, Some(source), Some(like)) = (refused, source, like) {
                    let uuid = format!("{:08}-0000-4000-8000-000000000000", world.mappings.len());
                    let made = Mapping {
                        uuid: uuid.clone(),
                        source: source.to_owned(),
                        ..like
                    };
                    world.mappings.insert(uuid, made);
                }
            }));
        },
    ),
];

/// Changes the members of a creation.
fn created(b: &mut Behaviour, change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static) {
    b.on_creation.push(Box::new(change));
}

/// Reads another value for a member of a creation, where there is one.
fn reads(b: &mut Behaviour, member: &'static str, other: fn(&Value) -> Option<Value>) {
    created(b, move |sent| {
        if let Some(value) = sent.get_mut(member)
            && let Some(other) = other(value)
        {
            *value = other;
        }
    });
}

/// Changes the refusals of creations that have that cause.
fn of_cause(b: &mut Behaviour, cause: Cause, change: impl Fn(&mut Reply) + Send + Sync + 'static) {
    refusals(b, Operation::Create, move |reply| {
        if reply.cause == Some(cause) {
            change(reply);
        }
    });
}
