//! Answers that lead a client which trusts them to what is not its own, that leave it in the dark
//! about what was made, or that ask it to wait.

use serde_json::{Map, Value};

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::call::Call;
use crate::reference::response::{Ending, Response};
use crate::reference::world::World;

const FRESH: &[&str] = &[];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "create-answers-500-but-creates",
        "A mapping is made, and the answer is 500.",
        FRESH,
        |b| {
            created(b, |_, response| fail(response));
        },
    ),
    Defect::must(
        "create-closes-but-creates",
        "A mapping is made, and the connection closed.",
        FRESH,
        |b| {
            created(b, |_, response| response.ending = Ending::Close);
        },
    ),
    Defect::must(
        "second-create-answers-500",
        "Every second mapping is made, and the answer is 500.",
        FRESH,
        |b| {
            created(b, |world, response| {
                if world.created.is_multiple_of(2) {
                    fail(response);
                }
            });
        },
    ),
    Defect::must(
        "functions-answer-500-but-are-made",
        "A function is made, and the answer is 500.",
        FRESH,
        |b| {
            b.on_answer.push(Box::new(|_, call, response| {
                if makes(call, "/functions") {
                    fail(response);
                }
            }));
        },
    ),
    Defect::must(
        "queues-answer-500-but-are-made",
        "A queue is made, and the answer is 500.",
        FRESH,
        |b| {
            b.on_answer.push(Box::new(|_, call, response| {
                if call.header("x-amz-target") == Some("AmazonSQS.CreateQueue") {
                    fail(response);
                }
            }));
        },
    ),
    Defect::must(
        "create-answers-foreign-uuid",
        "Create answers with the UUID of the oldest mapping.",
        FRESH,
        |b| {
            created(b, |world, response| {
                let oldest = world
                    .mappings
                    .values()
                    .min_by_key(|m| (m.modified, m.batch_size != 77))
                    .map(|m| m.uuid.clone());
                members(response, |m| {
                    m.extend(oldest.map(|uuid| ("UUID".to_owned(), uuid.into())))
                });
            });
        },
    ),
    Defect::must(
        "late-create-answers-foreign-uuid",
        "After the sixth mapping Create answers so.",
        FRESH,
        |b| {
            created(b, |world, response| {
                let oldest = world
                    .mappings
                    .values()
                    .find(|m| m.batch_size == 77)
                    .map(|m| m.uuid.clone());
                if world.created > 6 {
                    members(response, |m| {
                        m.extend(oldest.map(|uuid| ("UUID".to_owned(), uuid.into())))
                    });
                }
            });
        },
    ),
    Defect::must(
        "uuid-with-slash",
        "Create answers with a UUID that leads to a function.",
        FRESH,
        |b| {
            created(b, |_, response| {
                members(response, |m| set(m, "UUID", "../functions/prod"))
            });
        },
    ),
    Defect::must(
        "function-name-changed",
        "Create answers with the name of another function.",
        FRESH,
        |b| {
            b.on_answer.push(Box::new(|_, call, response| {
                if makes(call, "/functions") {
                    members(response, |m| {
                        set(m, "FunctionName", "prod");
                        set(
                            m,
                            "FunctionArn",
                            "arn:aws:lambda:us-east-1:123456789012:function:prod",
                        );
                    });
                }
            }));
        },
    ),
    Defect::must(
        "queue-url-changed",
        "CreateQueue answers with the URL of another queue.",
        FRESH,
        |b| {
            b.on_answer.push(Box::new(|_, call, response| {
                if call.header("x-amz-target") == Some("AmazonSQS.CreateQueue") {
                    members(response, |m| {
                        set(m, "QueueUrl", "http://127.0.0.1/123456789012/prod")
                    });
                }
            }));
        },
    ),
    Defect::must(
        "throttles-with-400",
        "Every fifth request is refused with 400 ThrottlingException.",
        FRESH,
        |b| {
            b.throttles = Some((5, 400, "ThrottlingException"));
        },
    ),
    Defect::must(
        "throttles-with-503",
        "Every fifth request is refused with 503 RequestLimitExceeded.",
        FRESH,
        |b| {
            b.throttles = Some((5, 503, "RequestLimitExceeded"));
        },
    ),
];

/// Changes what is answered to a creation of a mapping.
fn created(b: &mut Behaviour, change: fn(&mut World, &mut Response)) {
    b.on_answer.push(Box::new(move |world, call, response| {
        if makes(call, "/event-source-mappings") && response.status == 202 {
            change(world, response);
        }
    }));
}

fn makes(call: &Call, collection: &str) -> bool {
    call.method == http::Method::POST && call.path.trim_end_matches('/').ends_with(collection)
}

fn fail(response: &mut Response) {
    *response = Response::new(
        500,
        "application/json",
        r#"{"Type":"Service","Message":"An internal error occurred."}"#,
    );
    response.set_header("x-amzn-errortype", "ServiceException");
}

fn members(response: &mut Response, change: impl FnOnce(&mut Map<String, Value>)) {
    let document = serde_json::from_slice(&response.body);
    if let Ok(mut members) = document {
        change(&mut members);
        response.body = Value::Object(members).to_string().into();
    }
}

fn set(members: &mut Map<String, Value>, name: &str, value: &str) {
    members.insert(name.to_owned(), value.into());
}
