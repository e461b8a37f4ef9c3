//! The words in which defects are ordered.

use serde_json::{Map, Value};

use crate::reference::behaviour::Behaviour;
use crate::reference::call::Call;
use crate::reference::fault::{Cause, Fault};
use crate::reference::mapping::Commit;
use crate::reference::reply::{Operation, Reply};
use crate::reference::response::Response;
use crate::reference::world::Mapping;

impl Behaviour {
    /// Changes the members of the answer to a successful update.
    pub(super) fn updated(
        &mut self,
        change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static,
    ) {
        self.answered(Operation::Update, change);
    }

    /// Changes the members of the answer to a successful operation.
    pub(super) fn answered(
        &mut self,
        operation: Operation,
        change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static,
    ) {
        self.on_reply.push(Box::new(move |_, reply| {
            if reply.operation == operation && reply.cause.is_none() {
                change(&mut reply.document);
            }
        }));
    }

    /// Puts one value for a member into the answer to a successful update.
    pub(super) fn shows(&mut self, member: &'static str, value: Value) {
        self.updated(move |document| {
            document.insert(member.to_owned(), value.clone());
        });
    }

    /// Leaves a member out of the answer to a successful update.
    pub(super) fn hides(&mut self, member: &'static str) {
        self.updated(move |document| {
            document.shift_remove(member);
        });
    }

    /// Changes the answer to an update that is refused for one of these causes.
    pub(super) fn refused(
        &mut self,
        causes: &'static [Cause],
        change: impl Fn(&mut Reply) + Send + Sync + 'static,
    ) {
        self.on_reply.push(Box::new(move |_, reply| {
            if reply.operation == Operation::Update
                && reply.cause.is_some_and(|c| causes.contains(&c))
            {
                change(reply);
            }
        }));
    }

    /// Gives a refused update another status.
    pub(super) fn status(&mut self, causes: &'static [Cause], status: u16) {
        self.refused(causes, move |reply| reply.status = status);
    }

    /// Gives a refused update another error type, its members as that type has them.
    pub(super) fn error(&mut self, causes: &'static [Cause], status: u16, kind: &'static str) {
        self.refused(causes, move |reply| {
            let message = message_of(&reply.document);
            let fault = Fault::new(
                reply.cause.unwrap_or(Cause::Constraint),
                status,
                kind,
                message,
            );
            reply.status = status;
            reply.kind = Some(kind.to_owned());
            reply.document = fault.document();
        });
    }

    /// Answers 500 to an update refused for one of these causes.
    pub(super) fn crash(&mut self, causes: &'static [Cause]) {
        self.error(causes, 500, "ServiceException");
    }

    /// Answers 500 to a request for an update that is like this, before anything else.
    pub(super) fn crash_at(&mut self, condition: impl Fn(&Call) -> bool + Send + Sync + 'static) {
        self.refuse_call(condition, 500, "ServiceException");
    }

    /// Answers 500 to an update whose members are like this, before they are checked.
    pub(super) fn crash_on(
        &mut self,
        condition: impl Fn(&Map<String, Value>) -> bool + Send + Sync + 'static,
    ) {
        self.refuse_sent(condition, 500, "ServiceException");
    }

    /// Refuses a request for an update that is like this, before anything else.
    pub(super) fn refuse_call(
        &mut self,
        condition: impl Fn(&Call) -> bool + Send + Sync + 'static,
        status: u16,
        kind: &'static str,
    ) {
        let fault = Fault::new(
            Cause::Constraint,
            status,
            kind,
            "The request cannot be served.",
        );
        self.objects_to_call
            .push(Box::new(move |call| condition(call).then(|| fault.clone())));
    }

    /// Refuses an update whose members are like this, before they are checked.
    pub(super) fn refuse_sent(
        &mut self,
        condition: impl Fn(&Map<String, Value>) -> bool + Send + Sync + 'static,
        status: u16,
        kind: &'static str,
    ) {
        let fault = Fault::new(
            Cause::Constraint,
            status,
            kind,
            "The request cannot be served.",
        );
        self.objects_to_sent
            .push(Box::new(move |sent| condition(sent).then(|| fault.clone())));
    }

    /// Changes the bytes of the answer to a successful update.
    pub(super) fn wire(&mut self, change: impl Fn(&mut Response) + Send + Sync + 'static) {
        self.on_wire.push(Box::new(move |_, reply, response| {
            if reply.operation == Operation::Update && reply.cause.is_none() {
                change(response);
            }
        }));
    }

    /// Changes the bytes of the answer to an update refused for one of these causes.
    pub(super) fn refusal_wire(
        &mut self,
        causes: &'static [Cause],
        change: impl Fn(&mut Response) + Send + Sync + 'static,
    ) {
        self.on_wire.push(Box::new(move |_, reply, response| {
            if reply.operation == Operation::Update
                && reply.cause.is_some_and(|c| causes.contains(&c))
            {
                change(response);
            }
        }));
    }

    /// Replaces a member of an update before its type is read, where `change` gives something.
    pub(super) fn takes(
        &mut self,
        member: &'static str,
        change: impl Fn(&Value) -> Option<Value> + Send + Sync + 'static,
    ) {
        self.on_members.push(Box::new(move |members| {
            if let Some(value) = members.get_mut(member)
                && let Some(changed) = change(value)
            {
                *value = changed;
            }
        }));
    }

    /// Changes what an update stores.
    pub(super) fn stores(&mut self, change: impl Fn(&mut Commit<'_>) + Send + Sync + 'static) {
        self.on_commit.push(Box::new(change));
    }

    /// Changes what an update stores and shows.
    pub(super) fn applies(
        &mut self,
        change: impl Fn(&mut Mapping, &Mapping, &Map<String, Value>) + Send + Sync + 'static,
    ) {
        self.on_commit.push(Box::new(move |commit| {
            change(&mut commit.stored, commit.before, commit.sent);
            change(&mut commit.shown, commit.before, commit.sent);
        }));
    }

    /// Changes a request for an update before it is routed.
    pub(super) fn update_calls(&mut self, change: impl Fn(&mut Call) + Send + Sync + 'static) {
        self.on_call.push(Box::new(move |call| {
            if call.method == http::Method::PUT && call.path.contains("/event-source-mappings/") {
                change(call);
            }
        }));
    }
}

/// The message of an error body, whatever the case of its name.
pub(super) fn message_of(document: &Map<String, Value>) -> String {
    let message = document.get("message").or_else(|| document.get("Message"));
    message
        .and_then(Value::as_str)
        .unwrap_or_default()
        .to_owned()
}

/// Whether a member was sent, and not as null.
pub(super) fn has(sent: &Map<String, Value>, member: &str) -> bool {
    sent.get(member).is_some_and(|value| !value.is_null())
}
