//! Reads that show something else than the mapping that was asked for, or something where nothing
//! is.

use serde_json::{Value, json};

use super::super::Defect;
use super::reply::{accepts, hides, refusals, shows, status};
use crate::reference::behaviour::Behaviour;
use crate::reference::reply::Operation;

const UNKNOWN: &[&str] = &["get::rule::unknown-mapping"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "get-accepts-unknown",
        "A read of what does not exist answers with nothing, and status 200.",
        UNKNOWN,
        |b| refusals(b, Operation::Get, |reply| accepts(reply, 200)),
    ),
    Defect::must(
        "get-unknown-400",
        "A read of what does not exist is refused with 400.",
        UNKNOWN,
        |b| refusal(b, 400, "InvalidParameterValueException"),
    ),
    Defect::must(
        "get-unknown-500",
        "A read of what does not exist fails.",
        &["get::rule::unknown-mapping", "protocol::no-server-error"],
        |b| refusal(b, 500, "ServiceException"),
    ),
    Defect::must(
        "get-answers-202",
        "A read answers with the status 202.",
        &["get::response::status"],
        |b| status(b, Operation::Get, 202),
    ),
    Defect::must(
        "get-hides-function",
        "A read does not show FunctionArn.",
        &["get::response::FunctionArn::present"],
        |b| hides(b, Operation::Get, "FunctionArn"),
    ),
    Defect::must(
        "get-shows-batch-size-as-text",
        "A read shows BatchSize as a text.",
        &["get::response::BatchSize::type"],
        |b| {
            b.answered(Operation::Get, |document| {
                if let Some(size) = document.get_mut("BatchSize") {
                    *size = Value::String(size.to_string());
                }
            });
        },
    ),
    Defect::must(
        "get-shows-another-uuid",
        "A read shows the UUID of another mapping.",
        &["get::rule::uuid-identity"],
        |b| {
            let uuid = json!("11111111-2222-4333-8444-555555555555");
            shows(b, Operation::Get, "UUID", uuid);
        },
    ),
];

fn refusal(b: &mut Behaviour, status: u16, kind: &'static str) {
    refusals(b, Operation::Get, move |reply| {
        reply.status = status;
        reply.kind = Some(kind.to_owned());
    });
}
