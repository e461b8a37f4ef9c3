//! The JSON text of requests: faults that are accepted, and lawful notations that are not; unknown
//! members and size.

use bytes::Bytes;
use serde_json::{Map, Value};

use super::Defect;
use super::text::{depth, first_document, undecoded, without_comments};
use crate::reference::behaviour::Behaviour;

const SYNTAX: &[&str] = &["rule::json-body"];
const NOTATION: &[&str] = &["request::BatchSize::type"];
const UNKNOWN: &[&str] = &["request::http"];
const LIMITS: &[&str] = &["request::http", "protocol::no-server-error"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "no-json-is-empty",
        "A body that is no JSON is taken as {}.",
        SYNTAX,
        |b| {
            repaired(b, |text| {
                if serde_json::from_slice::<Value>(text).is_err() {
                    b"{}".to_vec()
                } else {
                    text.to_vec()
                }
            })
        },
    ),
    Defect::must(
        "no-object-is-empty",
        "A JSON body that is no object is taken as {}.",
        SYNTAX,
        |b| {
            repaired(b, |text| match serde_json::from_slice::<Value>(text) {
                Ok(Value::Object(_)) | Err(_) => text.to_vec(),
                Ok(_) => b"{}".to_vec(),
            })
        },
    ),
    Defect::warned(
        "text-after-json-accepted",
        "Text after the JSON of a request is ignored.",
        SYNTAX,
        |b| repaired(b, first_document),
    ),
    Defect::must(
        "cut-json-accepted",
        "A missing closing brace is added.",
        SYNTAX,
        |b| {
            repaired(b, |text| {
                let closed = [text, b"}"].concat();
                if serde_json::from_slice::<Value>(text).is_err()
                    && serde_json::from_slice::<Value>(&closed).is_ok()
                {
                    closed
                } else {
                    text.to_vec()
                }
            })
        },
    ),
    Defect::must(
        "trailing-comma-accepted",
        "A comma after the last member is accepted.",
        SYNTAX,
        |b| {
            repaired(b, |text| {
                String::from_utf8_lossy(text)
                    .replace(",}", "}")
                    .replace(", }", "}")
                    .into_bytes()
            })
        },
    ),
    Defect::must(
        "single-quotes-accepted",
        "Single quotes are taken as double.",
        SYNTAX,
        |b| {
            repaired(b, |text| {
                if serde_json::from_slice::<Value>(text).is_err() {
                    String::from_utf8_lossy(text)
                        .replace('\'', "\"")
                        .into_bytes()
                } else {
                    text.to_vec()
                }
            })
        },
    ),
    Defect::must(
        "comments-accepted",
        "Comments in the JSON of a request are accepted.",
        SYNTAX,
        |b| repaired(b, without_comments),
    ),
    Defect::warned(
        "invalid-utf-8-accepted",
        "Bytes that are not UTF-8 are replaced.",
        SYNTAX,
        |b| {
            repaired(b, |text| {
                String::from_utf8_lossy(text).into_owned().into_bytes()
            })
        },
    ),
    Defect::must("nan-accepted", "NaN is taken as null.", SYNTAX, |b| {
        repaired(b, |text| {
            if serde_json::from_slice::<Value>(text).is_err() {
                String::from_utf8_lossy(text)
                    .replace("NaN", "null")
                    .into_bytes()
            } else {
                text.to_vec()
            }
        })
    }),
    Defect::must(
        "form-accepted",
        "A form-encoded body is accepted.",
        SYNTAX,
        |b| {
            repaired(b, |text| {
                if !text.is_empty() && !text.contains(&b'{') && text.contains(&b'=') {
                    b"{}".to_vec()
                } else {
                    text.to_vec()
                }
            })
        },
    ),
    Defect::must(
        "array-body-accepted",
        "An object that stands in an array is accepted.",
        SYNTAX,
        |b| {
            repaired(b, |text| match serde_json::from_slice::<Value>(text) {
                Ok(Value::Array(items)) if items.len() == 1 => items
                    .first()
                    .map(Value::to_string)
                    .unwrap_or_default()
                    .into_bytes(),
                _ => text.to_vec(),
            })
        },
    ),
    Defect::must(
        "white-space-refused",
        "White space before the JSON of a request is refused.",
        NOTATION,
        |b| {
            repaired(b, |text| {
                if text.first().is_some_and(u8::is_ascii_whitespace) {
                    Vec::new()
                } else {
                    text.to_vec()
                }
            })
        },
    ),
    Defect::must(
        "line-breaks-refused",
        "Line breaks in the JSON of a request are refused.",
        NOTATION,
        |b| {
            repaired(b, |text| {
                if text.contains(&b'\n') {
                    Vec::new()
                } else {
                    text.to_vec()
                }
            })
        },
    ),
    Defect::must(
        "escaped-names-not-decoded",
        "Escapes in member names are not decoded.",
        NOTATION,
        |b| repaired(b, |text| undecoded(text, true)),
    ),
    Defect::must(
        "escaped-strings-not-decoded",
        "Escapes in strings are not decoded.",
        NOTATION,
        |b| repaired(b, |text| undecoded(text, false)),
    )
    .twice("Valid texts are refused, and a text that is no UTF-8 is accepted."),
    Defect::must(
        "member-order-matters",
        "An update is refused if its members are not in alphabetical order.",
        NOTATION,
        |b| {
            b.on_members.push(Box::new(|members| {
                let known: Vec<&String> = members
                    .keys()
                    .filter(|k| KNOWN.contains(&k.as_str()))
                    .collect();
                if !known.is_sorted() {
                    members.insert(
                        "BatchSize".to_owned(),
                        Value::String("out of order".to_owned()),
                    );
                }
            }));
        },
    ),
    Defect::warned(
        "names-any-case",
        "Member names are matched in any case.",
        &["request::http"],
        |b| {
            b.on_members.push(Box::new(|members| {
                *members = std::mem::take(members)
                    .into_iter()
                    .map(|(name, value)| {
                        let known = KNOWN.iter().find(|k| k.eq_ignore_ascii_case(&name));
                        (known.map_or(name, |k| (*k).to_owned()), value)
                    })
                    .collect();
            }));
        },
    ),
    Defect::warned(
        "unknown-members-refused",
        "An unknown member is refused.",
        UNKNOWN,
        |b| b.on_members.push(Box::new(refuse_unknown)),
    ),
    Defect::must(
        "unknown-members-crash",
        "More than 50 unknown members are answered 500.",
        LIMITS,
        |b| b.crash_on(|sent| sent.len() > 50),
    ),
    Defect::must(
        "unknown-member-hides-others",
        "After an unknown member the members that follow are not read.",
        UNKNOWN,
        |b| {
            b.on_members.push(Box::new(|members| {
                let known = members
                    .keys()
                    .take_while(|k| KNOWN.contains(&k.as_str()))
                    .count();
                *members = std::mem::take(members).into_iter().take(known).collect();
            }));
        },
    ),
    Defect::must(
        "body-over-4-kib-crashes",
        "A body of more than 4 KiB is answered 500.",
        LIMITS,
        |b| b.crash_at(|call| call.body.len() > 4 << 10),
    ),
    Defect::must(
        "body-over-60-kib-crashes",
        "A body of more than 60 KiB is answered 500.",
        LIMITS,
        |b| b.crash_at(|call| call.body.len() > 60 << 10),
    ),
    Defect::must(
        "deep-nesting-crashes",
        "A body nested deeper than 100 is answered 500.",
        LIMITS,
        |b| {
            b.crash_at(|call| depth(&call.body) > 100);
        },
    ),
    Defect::must(
        "deep-nesting-closes",
        "The connection is closed on a body nested deeper than 100.",
        &["request::http"],
        |b| {
            b.on_wire.push(Box::new(|call, _, response| {
                if depth(&call.body) > 100 {
                    response.ending = crate::reference::response::Ending::Close;
                }
            }));
        },
    ),
    Defect::must(
        "exponent-crashes",
        "A number with an exponent is answered 500.",
        &["protocol::no-server-error"],
        |b| {
            b.crash_on(|sent| {
                sent.get("BatchSize")
                    .and_then(Value::as_number)
                    .is_some_and(|n| n.to_string().contains(['e', 'E']))
            });
        },
    ),
    Defect::must(
        "duplicate-members-crash",
        "A duplicate member is answered 500.",
        &["protocol::no-server-error"],
        |b| {
            b.crash_at(|call| {
                KNOWN.iter().any(|k| {
                    String::from_utf8_lossy(&call.body)
                        .matches(&format!("\"{k}\""))
                        .count()
                        > 1
                })
            });
        },
    ),
];

/// The members of the body, UpdateEventSourceMapping, Request Body.
const KNOWN: [&str; 3] = ["BatchSize", "Enabled", "FunctionName"];

/// Changes the body of an update before it is parsed.
fn repaired(b: &mut Behaviour, change: fn(&[u8]) -> Vec<u8>) {
    b.update_calls(move |call| call.body = Bytes::from(change(&call.body)));
}

fn refuse_unknown(members: &mut Map<String, Value>) {
    if members.keys().any(|k| !KNOWN.contains(&k.as_str())) {
        members.insert(
            "BatchSize".to_owned(),
            Value::String("unknown member".to_owned()),
        );
    }
}
