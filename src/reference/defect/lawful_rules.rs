//! Rules that differ from the reference's where the page is silent, or where AWS departs from it.

use std::collections::BTreeSet;
use std::fmt;
use std::time::Duration;

use bytes::Bytes;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::Value;

use super::Defect;
use crate::reference::fault::Cause;
use crate::reference::reply::Reply;

const CONSTRAINTS: &[Cause] = &[Cause::Range, Cause::Length, Cause::Pattern, Cause::BareName];
const UNREADABLE: &[Cause] = &[Cause::Syntax, Cause::Type];
const UNKNOWN_FUNCTION: &[Cause] = &[Cause::UnknownFunction];
const IN_USE: &[Cause] = &[Cause::InUse];

/// Long enough for a request to meet a mapping in transition.
const A_WHILE: Duration = Duration::from_millis(30);

pub(super) const DEFECTS: &[Defect] = &[
    Defect::lawful(
        "constraints-validation-exception",
        "Constraint faults are answered 400 ValidationException, as AWS does.",
        |b| b.error(CONSTRAINTS, 400, "ValidationException"),
    ),
    Defect::lawful(
        "bare-name-validation-exception",
        "A bare name that is too long is answered 400 ValidationException.",
        |b| b.error(&[Cause::BareName], 400, "ValidationException"),
    ),
    Defect::lawful(
        "unreadable-invalid-request-content",
        "Bodies that cannot be read are answered 400 InvalidRequestContentException.",
        |b| b.error(UNREADABLE, 400, "InvalidRequestContentException"),
    ),
    Defect::lawful(
        "unreadable-validation-exception",
        "Bodies that cannot be read are answered 400 ValidationException.",
        |b| b.error(UNREADABLE, 400, "ValidationException"),
    ),
    Defect::lawful(
        "unreadable-invalid-parameter",
        "Bodies that cannot be read are answered 400 InvalidParameterValueException.",
        |b| b.error(UNREADABLE, 400, "InvalidParameterValueException"),
    ),
    Defect::lawful(
        "unreadable-without-message",
        "Bodies that cannot be read are answered without a message.",
        |b| b.refused(UNREADABLE, |reply| reply.document.clear()),
    ),
    Defect::lawful(
        "unknown-function-invalid-parameter",
        "An unknown function is answered 400 InvalidParameterValueException, as AWS does for Create.",
        |b| b.error(UNKNOWN_FUNCTION, 400, "InvalidParameterValueException"),
    ),
    Defect::lawful(
        "in-use-conflict",
        "An update in transition is answered 409 ResourceConflictException.",
        |b| {
            b.extra_settling = A_WHILE;
            b.error(IN_USE, 409, "ResourceConflictException");
        },
    ),
    Defect::lawful(
        "in-use-accepted",
        "An update in transition is carried out.",
        |b| {
            b.extra_settling = A_WHILE;
            b.update_refused_in_transition = false;
        },
    ),
    Defect::lawful(
        "delete-in-use-accepted",
        "A delete in transition is carried out.",
        |b| {
            b.extra_settling = A_WHILE;
            b.delete_refused_in_transition = false;
        },
    ),
    Defect::lawful(
        "settles-in-the-answer",
        "The answer of Create and Update shows the settled state.",
        |b| b.settles_in_answer = true,
    ),
    Defect::lawful(
        "settles-late",
        "Every transition takes 30 ms more, Deleting too.",
        |b| b.extra_settling = A_WHILE,
    ),
    Defect::lawful(
        "updating-for-every-change",
        "Update answers Updating also when Enabled changes.",
        |b| {
            b.updated(|d| {
                d.insert("State".to_owned(), "Updating".into());
            });
        },
    ),
    Defect::lawful(
        "integral-float-refused",
        "5.0 and 1e1 are refused as integers.",
        |b| {
            b.takes("BatchSize", |v| {
                v.as_number()
                    .filter(|n| n.to_string().contains(['.', 'e', 'E']))
                    .map(|_| Value::Bool(true))
            });
        },
    ),
    Defect::lawful(
        "fraction-cut",
        "1.5 is taken as 1, as other services of AWS do.",
        |b| {
            b.takes("BatchSize", |v| {
                let n = v
                    .as_number()
                    .filter(|n| n.to_string().contains(['.', 'e', 'E']))?
                    .as_f64()?;
                // Out of range either way: the range check must see it.
                if n.abs() < 1e9 {
                    Some(Value::from(n.trunc() as i64))
                } else {
                    None
                }
            });
        },
    ),
    Defect::warned(
        "null-refused",
        "A null member is refused as of the wrong type.",
        &["request::BatchSize::optional"],
        |b| {
            for member in ["BatchSize", "Enabled", "FunctionName"] {
                b.takes(member, |v| v.is_null().then(|| Value::Array(Vec::new())));
            }
        },
    ),
    Defect::lawful(
        "beyond-32-bits-unreadable",
        "A BatchSize beyond 32 bits is refused as of the wrong type.",
        |b| {
            b.takes("BatchSize", |v| {
                v.as_f64()
                    .filter(|n| n.abs() > 2_147_483_648.0)
                    .map(|_| Value::Array(Vec::new()))
            });
        },
    ),
    Defect::lawful(
        "duplicate-members-refused",
        "A duplicate member is refused.",
        |b| {
            b.update_calls(|call| {
                if serde_json::from_slice::<Names>(&call.body).is_ok_and(|names| names.twice) {
                    call.body = Bytes::new();
                }
            });
        },
    ),
    Defect::lawful(
        "bom-accepted",
        "A byte-order mark before the JSON of a request is ignored, as RFC 8259 allows.",
        |b| {
            b.update_calls(|call| {
                if call.body.starts_with(b"\xef\xbb\xbf") {
                    call.body = call.body.slice(3..);
                }
            });
        },
    ),
    Defect::lawful(
        "deep-nesting-read",
        "A member is ignored however deep it is nested.",
        |b| {
            b.update_calls(|call| {
                let deep = call
                    .body
                    .windows(200)
                    .any(|part| part.iter().all(|byte| *byte == b'['));
                let end = call
                    .body
                    .windows(3)
                    .rposition(|part| part == b"], ")
                    .filter(|_| deep);
                if let Some(rest) = end.and_then(|end| call.body.get(end + 3..)) {
                    call.body = [b"{", rest].concat().into();
                }
            });
        },
    ),
    Defect::lawful(
        "empty-body-accepted",
        "An empty body is taken as {}.",
        |b| {
            b.update_calls(|call| {
                if call.body.is_empty() {
                    call.body = Bytes::from_static(b"{}");
                }
            });
        },
    ),
    Defect::warned(
        "empty-update-refused",
        "An update of nothing is refused.",
        &["rule::unsent-unchanged"],
        |b| {
            b.refuse_sent(
                |sent| sent.is_empty(),
                400,
                "InvalidParameterValueException",
            );
        },
    ),
    Defect::lawful(
        "large-body-413",
        "A body of more than 512 KiB is answered 413 RequestEntityTooLargeException.",
        |b| {
            b.refuse_call(
                |call| call.body.len() > 512 << 10,
                413,
                "RequestEntityTooLargeException",
            );
        },
    ),
    Defect::warned(
        "content-type-demanded",
        "A request without content type is answered 415.",
        &["request::http"],
        |b| {
            b.refuse_call(
                |call| call.header("content-type").is_none(),
                415,
                "UnsupportedMediaTypeException",
            )
        },
    ),
    Defect::lawful(
        "twins-accepted",
        "An update may make a mapping the twin of another.",
        |b| b.update_refuses_twins = false,
    ),
    Defect::lawful(
        "large-sqs-batch-accepted",
        "An SQS mapping without a window may have a batch of more than 10.",
        |b| b.source_limits_batch = false,
    ),
    Defect::lawful(
        "wrong-method-405",
        "A wrong method or path is answered 405.",
        |b| route_fault(b, 405),
    ),
    Defect::lawful(
        "wrong-method-404",
        "A wrong method or path is answered 404.",
        |b| route_fault(b, 404),
    ),
];

fn route_fault(b: &mut crate::reference::behaviour::Behaviour, status: u16) {
    b.on_reply.push(Box::new(move |_, reply: &mut Reply| {
        if reply.cause == Some(Cause::Route) {
            reply.status = status;
        }
    }));
}

/// The names of the members of an object.
#[derive(Default)]
struct Names {
    seen: BTreeSet<String>,
    /// Whether one stands there twice.
    twice: bool,
}

impl<'de> Deserialize<'de> for Names {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(Self::default())
    }
}

impl<'de> Visitor<'de> for Names {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut members: A) -> Result<Self, A::Error> {
        while let Some((name, IgnoredAny)) = members.next_entry::<String, _>()? {
            self.twice |= !self.seen.insert(name);
        }
        Ok(self)
    }
}
