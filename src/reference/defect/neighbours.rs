//! The other operations of the API: what a suite relies on when it judges an update.

use serde_json::{Value, json};

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::fault::Cause;
use crate::reference::reply::Operation;
use crate::reference::response::Response;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "get-202",
        "Get is answered 202.",
        &["get::response::status"],
        |b| status(b, Operation::Get, 202),
    ),
    Defect::must(
        "list-202",
        "List is answered 202.",
        &["list::response::status"],
        |b| status(b, Operation::List, 202),
    ),
    Defect::must(
        "delete-200",
        "Delete is answered 200.",
        &["delete::response::status"],
        |b| status(b, Operation::Delete, 200),
    ),
    Defect::must(
        "delete-204",
        "Delete is answered 204, without the configuration.",
        &["delete::response::status"],
        |b| {
            wire(b, Operation::Delete, |r| {
                r.status = 204;
                r.body.clear();
            });
        },
    ),
    Defect::must(
        "create-201",
        "Create is answered 201.",
        &["create::response::status"],
        |b| status(b, Operation::Create, 201),
    ),
    Defect::must(
        "get-unknown-200",
        "Get of an unknown UUID is answered 200 with an empty object.",
        &["get::error::ResourceNotFoundException"],
        |b| {
            b.on_reply.push(Box::new(|_, reply| {
                if reply.operation == Operation::Get && reply.cause == Some(Cause::UnknownMapping) {
                    reply.status = 200;
                    reply.kind = None;
                    reply.document.clear();
                }
            }));
        },
    )
    .twice("What does not exist is read, and the answer lacks what each mapping has."),
    Defect::must(
        "delete-unknown-202",
        "Delete of an unknown UUID is answered 202.",
        &["delete::error::ResourceNotFoundException"],
        |b| {
            b.on_reply.push(Box::new(|_, reply| {
                if reply.operation == Operation::Delete
                    && reply.cause == Some(Cause::UnknownMapping)
                {
                    reply.status = 202;
                    reply.kind = None;
                    reply.document.clear();
                }
            }));
        },
    ),
    Defect::must(
        "get-lacks-batch-size",
        "Get does not show BatchSize.",
        &["get::response::BatchSize::present"],
        |b| hidden(b, Operation::Get, "BatchSize"),
    ),
    Defect::must(
        "get-lacks-state",
        "Get does not show State.",
        &["get::response::State::present"],
        |b| hidden(b, Operation::Get, "State"),
    ),
    Defect::must(
        "get-lacks-function",
        "Get does not show FunctionArn.",
        &["get::response::FunctionArn::present"],
        |b| hidden(b, Operation::Get, "FunctionArn"),
    ),
    Defect::must(
        "get-other-source",
        "Get shows another EventSourceArn than Update.",
        &["rule::source-immutable"],
        |b| b.on_read.push(Box::new(|m| m.source.push_str("-2"))),
    ),
    Defect::must(
        "get-other-uuid",
        "Get shows the UUID in upper case.",
        &["rule::uuid-identity"],
        |b| b.on_read.push(Box::new(|m| m.uuid = m.uuid.to_uppercase())),
    ),
    Defect::must(
        "get-drops-qualifier",
        "Get does not show the qualifier of the function.",
        &["rule::qualified-function"],
        |b| b.on_read.push(Box::new(|m| m.qualifier = None)),
    ),
    Defect::must(
        "get-batch-size-string",
        "Get shows BatchSize as a string.",
        &["get::response::BatchSize::type"],
        |b| {
            b.answered(Operation::Get, |d| {
                if let Some(n) = d.get_mut("BatchSize") {
                    *n = Value::String(n.to_string());
                }
            });
        },
    ),
    Defect::must(
        "list-empty",
        "List shows nothing.",
        &["list::response::EventSourceMappings::present"],
        |b| {
            b.answered(Operation::List, |d| {
                d.insert("EventSourceMappings".to_owned(), json!([]));
            });
        },
    ),
    Defect::must(
        "list-twice",
        "List shows every mapping twice.",
        &["list::response::EventSourceMappings::present"],
        |b| {
            b.answered(Operation::List, |d| {
                if let Some(all) = d
                    .get_mut("EventSourceMappings")
                    .and_then(Value::as_array_mut)
                {
                    all.extend(all.clone());
                }
            });
        },
    ),
    Defect::must(
        "list-filter-ignored",
        "The filters of List are ignored.",
        &["list::request::FunctionName::optional"],
        |b| {
            b.on_call.push(Box::new(|call| {
                if call.method == http::Method::GET && call.path.contains("/event-source-mappings")
                {
                    call.query.clear();
                }
            }));
        },
    ),
    Defect::must(
        "list-filters-by-first-function",
        "List by a function goes by the function that a mapping was made with.",
        &["list::rule::shows-each-once"],
        |b| b.lists_by_first_function = true,
    )
    .twice("Of the first function the list shows too much, and of the second too little."),
];

/// Every success of the operation has that status.
pub(super) fn status(b: &mut Behaviour, operation: Operation, status: u16) {
    wire(b, operation, move |response| response.status = status);
}

fn wire(
    b: &mut Behaviour,
    operation: Operation,
    change: impl Fn(&mut Response) + Send + Sync + 'static,
) {
    b.on_wire.push(Box::new(move |_, reply, response| {
        if reply.operation == operation && reply.cause.is_none() {
            change(response);
        }
    }));
}

fn hidden(b: &mut Behaviour, operation: Operation, member: &'static str) {
    b.answered(operation, move |d| {
        d.shift_remove(member);
    });
}
