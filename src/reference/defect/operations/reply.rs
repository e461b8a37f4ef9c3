//! What defects of several operations do to an answer.

use serde_json::{Map, Value};

use crate::reference::behaviour::Behaviour;
use crate::reference::reply::{Operation, Reply};

/// Changes every refusal of the operation.
pub(super) fn refusals(
    b: &mut Behaviour,
    operation: Operation,
    change: impl Fn(&mut Reply) + Send + Sync + 'static,
) {
    b.on_reply.push(Box::new(move |_, reply| {
        if reply.operation == operation && reply.cause.is_some() {
            change(reply);
        }
    }));
}

/// Makes a refusal a success with nothing in it.
pub(super) fn accepts(reply: &mut Reply, status: u16) {
    reply.cause = None;
    reply.kind = None;
    reply.status = status;
    reply.document = Map::new();
}

/// Puts one value for a member into the answer to a success.
pub(super) fn shows(b: &mut Behaviour, operation: Operation, member: &'static str, value: Value) {
    b.answered(operation, move |document| {
        document.insert(member.to_owned(), value.clone());
    });
}

/// Leaves a member out of the answer to a success.
pub(super) fn hides(b: &mut Behaviour, operation: Operation, member: &'static str) {
    b.answered(operation, move |document| {
        document.shift_remove(member);
    });
}

/// Shows a member of the answer to a success as a text.
pub(super) fn shows_as_text(b: &mut Behaviour, operation: Operation, member: &'static str) {
    b.answered(operation, move |document| {
        if let Some(value) = document.get_mut(member) {
            *value = Value::String(value.to_string());
        }
    });
}

/// Gives every refusal of the operation that status and error type.
pub(super) fn refuses_with(
    b: &mut Behaviour,
    operation: Operation,
    status: u16,
    kind: &'static str,
) {
    refusals(b, operation, move |reply| {
        reply.status = status;
        reply.kind = Some(kind.to_owned());
    });
}
