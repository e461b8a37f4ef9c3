//! Answers that differ from the reference's, and keep every promise.

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Map, Value, json};

use super::Defect;
use super::orders::message_of;
use crate::reference::behaviour::Behaviour;
use crate::reference::call::Call;
use crate::reference::reply::{Operation, Reply};
use crate::reference::response::{Ending, Response};
use crate::reference::world::lexeme;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::lawful("list-not-offered", "List is no route of the server.", |b| {
        b.on_call.push(Box::new(|call| {
            if is_list(call) {
                call.path = "/".to_owned();
                call.method = http::Method::DELETE;
            }
        }));
    }),
    Defect::lawful("list-not-implemented", "List is answered 501.", |b| {
        b.on_wire.push(Box::new(|call, _, response| {
            if is_list(call) {
                *response = Response::new(501, "text/plain", b"Not Implemented".to_vec());
            }
        }));
    }),
    Defect::lawful(
        "error-type-in-body-type",
        "The error type stands in the member __type, not in a header.",
        |b| type_in_body(b, "__type", ""),
    ),
    Defect::lawful(
        "error-type-in-body-code",
        "The error type stands in the member code, not in a header.",
        |b| type_in_body(b, "code", ""),
    ),
    Defect::lawful(
        "error-type-with-namespace",
        "The error type in __type has a namespace before it.",
        |b| type_in_body(b, "__type", "com.amazonaws.lambda#"),
    ),
    Defect::lawful(
        "error-type-with-uri",
        "A colon and a URI follow the error type in the header.",
        |b| {
            refusals(b, |reply| {
                reply.kind = reply.kind.as_ref().map(|kind| {
                    format!("{kind}:http://internal.amazon.com/coral/com.amazonaws.lambda/")
                });
            });
        },
    ),
    Defect::lawful(
        "error-type-twice",
        "The error type stands in the header and in __type.",
        |b| {
            refusals(b, |reply| {
                if let Some(kind) = &reply.kind {
                    reply
                        .document
                        .insert("__type".to_owned(), kind.as_str().into());
                }
            });
        },
    ),
    Defect::lawful(
        "error-message-capital",
        "The message of every error is called Message.",
        |b| message(b, "Message"),
    ),
    Defect::lawful(
        "error-message-small",
        "The message of every error is called message.",
        |b| message(b, "message"),
    ),
    Defect::lawful(
        "error-message-both",
        "The message of every error is there as Message and as message.",
        |b| {
            refusals(b, |reply| {
                let text = message_of(&reply.document);
                reply
                    .document
                    .insert("message".to_owned(), text.as_str().into());
                reply.document.insert("Message".to_owned(), text.into());
            });
        },
    ),
    Defect::lawful(
        "error-message-other-words",
        "The messages of errors are in other words.",
        |b| {
            refusals(b, |reply| {
                for name in ["message", "Message"] {
                    if let Some(text) = reply.document.get_mut(name) {
                        *text = "Nope: «ungültig».".into();
                    }
                }
            });
        },
    ),
    Defect::lawful("error-without-who", "Errors carry no Type.", |b| {
        refusals(b, |reply| {
            reply.document.shift_remove("Type");
        });
    }),
    Defect::lawful(
        "errors-amz-json",
        "The content type of errors is application/x-amz-json-1.1.",
        |b| {
            every_wire(b, |reply, response| {
                if reply.cause.is_some() {
                    response.set_header("content-type", "application/x-amz-json-1.1");
                }
            });
        },
    ),
    Defect::lawful(
        "more-members",
        "Answers hold members that the page does not know.",
        |b| {
            every_document(b, |d| {
                d.entry("FilterCriteria")
                    .or_insert_with(|| json!({"Filters": [{"Pattern": "{}"}]}));
                d.entry("ScalingConfig")
                    .or_insert_with(|| json!({"MaximumConcurrency": 2}));
                d.insert("X".to_owned(), json!([null, 1.5e-7, {"UUID": "no"}]));
            });
        },
    ),
    Defect::lawful(
        "page-members-only",
        "Answers hold exactly the eight members of the page, LastProcessingResult null for SQS.",
        |b| {
            every_document(b, |d| {
                d.retain(|name, _| PAGE.contains(&name.as_str()));
                d.entry("LastProcessingResult").or_insert(Value::Null);
            });
        },
    ),
    Defect::lawful("last-result-null", "LastProcessingResult is null.", |b| {
        every_document(b, |d| put(d, "LastProcessingResult", Value::Null))
    }),
    Defect::lawful(
        "last-result-text",
        "LastProcessingResult is OK, for streams.",
        |b| {
            every_document(b, |d| {
                // For queues the page promises null.
                if d.get("EventSourceArn")
                    .and_then(Value::as_str)
                    .is_some_and(|arn| arn.contains(":kinesis:"))
                {
                    put(d, "LastProcessingResult", json!("OK"));
                }
            })
        },
    ),
    Defect::lawful(
        "last-result-absent",
        "LastProcessingResult is absent, for streams too.",
        |b| {
            every_document(b, |d| {
                d.shift_remove("LastProcessingResult");
            });
        },
    ),
    Defect::lawful(
        "reason-in-words",
        "StateTransitionReason is User initiated.",
        |b| {
            every_document(b, |d| {
                put(d, "StateTransitionReason", json!("User initiated"))
            })
        },
    ),
    Defect::lawful(
        "members-reversed",
        "The members of answers come in reverse order.",
        |b| {
            every_document(b, |d| *d = std::mem::take(d).into_iter().rev().collect());
        },
    ),
    Defect::lawful(
        "last-modified-whole-seconds",
        "LastModified is a whole number of seconds.",
        |b| last_modified(b, |s| format!("{}", s.trunc())),
    ),
    Defect::lawful(
        "last-modified-integral-float",
        "LastModified is a whole number of seconds, written with .0.",
        |b| last_modified(b, |s| format!("{}.0", s.trunc())),
    ),
    Defect::lawful(
        "last-modified-exponent",
        "LastModified is written with an exponent.",
        |b| last_modified(b, |s| format!("{:.12}E9", s / 1e9)),
    ),
    Defect::lawful(
        "last-modified-microseconds",
        "LastModified has six decimals.",
        |b| last_modified(b, |s| format!("{s:.3}001")),
    ),
    Defect::lawful(
        "last-modified-minutes-in-get",
        "Get and List show LastModified in whole minutes.",
        |b| {
            b.on_read
                .push(Box::new(|m| m.modified -= m.modified % 60_000))
        },
    ),
    Defect::lawful("json-pretty", "Answers are printed on many lines.", |b| {
        every_body(b, |value| {
            serde_json::to_string_pretty(value).unwrap_or_default()
        });
    }),
    Defect::lawful(
        "json-white-space",
        "White space stands before and after the JSON.",
        |b| every_body(b, |value| format!(" \t\r\n{value}\n\n")),
    ),
    Defect::lawful(
        "json-escapes",
        "Every slash and hyphen in the strings of answers is escaped.",
        |b| {
            every_body(b, |value| {
                value
                    .to_string()
                    .replace('/', "\\/")
                    .replace("arn:", "\\u0061rn:")
            });
        },
    ),
    Defect::lawful(
        "content-type-charset",
        "The content type is application/json; charset=utf-8.",
        |b| {
            every_wire(b, |_, response| {
                response.set_header("content-type", "application/json; charset=utf-8")
            });
        },
    ),
    Defect::lawful(
        "content-type-any-case",
        "The content type is Application/JSON;Charset=\"UTF-8\".",
        |b| {
            every_wire(b, |_, response| {
                response.set_header("content-type", "Application/JSON;Charset=\"UTF-8\"")
            });
        },
    ),
    Defect::lawful("chunked", "Answers come in chunks.", |b| {
        every_wire(b, |_, response| response.ending = Ending::Chunked)
    }),
    Defect::lawful(
        "connection-close",
        "The connection is closed after every answer.",
        |b| {
            every_wire(b, |_, response| response.set_header("connection", "close"));
        },
    ),
    Defect::lawful(
        "title-case-headers",
        "Header names are written as Content-Type.",
        |b| b.title_case_headers = true,
    ),
    Defect::lawful(
        "more-headers",
        "Answers carry more headers, one of them twice.",
        |b| {
            every_wire(b, |_, response| {
                for (name, value) in [
                    ("server", "Server"),
                    ("x-cache", "Miss"),
                    ("via", "1.1 a"),
                    ("via", "1.1 b"),
                    ("x-empty", ""),
                ] {
                    response.headers.push((name.to_owned(), value.to_owned()));
                }
            });
        },
    ),
    Defect::lawful("slow", "Every answer takes 3 ms more.", |b| {
        every_wire(b, |_, response| response.delay = Duration::from_millis(3))
    }),
];

/// The members of the page, UpdateEventSourceMapping, Response Elements.
const PAGE: [&str; 8] = [
    "BatchSize",
    "EventSourceArn",
    "FunctionArn",
    "LastModified",
    "LastProcessingResult",
    "State",
    "StateTransitionReason",
    "UUID",
];

/// Changes every refusal.
fn refusals(b: &mut Behaviour, change: fn(&mut Reply)) {
    b.on_reply
        .push(Box::new(move |_: &Call, reply: &mut Reply| {
            if reply.cause.is_some() {
                change(reply);
            }
        }));
}

fn type_in_body(b: &mut Behaviour, member: &'static str, namespace: &'static str) {
    b.on_reply.push(Box::new(move |_, reply| {
        if let Some(kind) = reply.kind.take() {
            reply
                .document
                .insert(member.to_owned(), format!("{namespace}{kind}").into());
        }
    }));
}

fn message(b: &mut Behaviour, name: &'static str) {
    b.on_reply.push(Box::new(move |_, reply| {
        if reply.cause.is_some() {
            let text = message_of(&reply.document);
            reply
                .document
                .retain(|name, _| !name.eq_ignore_ascii_case("message"));
            reply.document.insert(name.to_owned(), text.into());
        }
    }));
}

/// Changes every configuration that is shown, in List too.
fn every_document(
    b: &mut Behaviour,
    change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static,
) {
    b.on_reply.push(Box::new(move |_, reply| {
        match (reply.cause, reply.operation) {
            (Some(_), _) => {}
            (None, Operation::List) => {
                let all = reply
                    .document
                    .get_mut("EventSourceMappings")
                    .and_then(Value::as_array_mut);
                all.into_iter()
                    .flatten()
                    .filter_map(Value::as_object_mut)
                    .for_each(&change);
            }
            (None, _) => change(&mut reply.document),
        }
    }));
}

fn put(document: &mut Map<String, Value>, member: &str, value: Value) {
    document.insert(member.to_owned(), value);
}

/// Writes LastModified in another way, from seconds.
fn last_modified(b: &mut Behaviour, write: fn(f64) -> String) {
    every_document(b, move |d| {
        if let Some(seconds) = d.get("LastModified").and_then(Value::as_f64) {
            // Cut, not rounded: a time ahead of the clock would be a fault.
            put(
                d,
                "LastModified",
                lexeme(&write((seconds * 1000.0).floor() / 1000.0)),
            );
        }
    });
}

/// Changes the bytes of every answer.
fn every_wire(b: &mut Behaviour, change: fn(&Reply, &mut Response)) {
    b.on_wire
        .push(Box::new(move |_, reply, response| change(reply, response)));
}

/// Writes the JSON of every answer in another way.
fn every_body(b: &mut Behaviour, write: fn(&Value) -> String) {
    every_wire_with(b, move |response| {
        if let Ok(value) = serde_json::from_slice(&response.body) {
            response.body = Bytes::from(write(&value));
        }
    });
}

fn every_wire_with(b: &mut Behaviour, change: impl Fn(&mut Response) + Send + Sync + 'static) {
    b.on_wire
        .push(Box::new(move |_, _, response| change(response)));
}

/// Whether a request lists mappings.
fn is_list(call: &Call) -> bool {
    call.method == http::Method::GET
        && call
            .path
            .trim_end_matches('/')
            .ends_with("/event-source-mappings")
}
