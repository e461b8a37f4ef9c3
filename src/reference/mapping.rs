//! The event-source-mapping operations.
//!
//! Checks come in this order: route, JSON syntax, member types, constraints, the bare-name rule,
//! existence of the UUID, state, what the source allows, existence of the function, twins. The page
//! gives no order; the recorded answers only say that constraints come before existence.

mod commit;
mod create;
mod members;
mod read;
mod update;

use http::Method;

use super::call::Call;
use super::fault::{Cause, Fault};
use super::function_name::FunctionName;
use super::reply::{Operation, Reply};
use super::state::Inner;
use super::world::{Mapping, SourceKind, State, Transition, World};

pub(crate) use commit::Commit;

/// What one mapping request works with.
pub(crate) struct Desk<'a> {
    pub(crate) server: &'a Inner,
    pub(crate) call: &'a Call,
    pub(crate) region: &'a str,
    /// Milliseconds since the Unix epoch, the same for the whole request.
    pub(crate) now: u64,
}

/// What a FunctionName resolved to.
pub(crate) struct Resolved {
    /// Unqualified ARN.
    pub(crate) arn: String,
    pub(crate) qualifier: Option<String>,
}

/// Which mapping operation a method and the path after `event-source-mappings` mean, and for which
/// UUID.
pub(crate) fn operation<'a>(method: &Method, rest: &[&'a str]) -> (Operation, &'a str) {
    match (method.as_str(), rest) {
        ("POST", [] | [""]) => (Operation::Create, ""),
        ("GET", [] | [""]) => (Operation::List, ""),
        ("GET", [uuid]) => (Operation::Get, uuid),
        ("PUT", [uuid]) if !uuid.is_empty() => (Operation::Update, uuid),
        ("DELETE", [uuid]) if !uuid.is_empty() => (Operation::Delete, uuid),
        _ => (Operation::None, ""),
    }
}

impl Desk<'_> {
    /// Answers a mapping operation.
    pub(crate) fn answer(&self, operation: Operation, uuid: &str) -> Reply {
        let mut sent = serde_json::Map::new();
        let done = match operation {
            Operation::Create => self.create(&mut sent),
            Operation::Update => self.update(uuid, &mut sent),
            Operation::Get => self.get(uuid),
            Operation::List => self.list(),
            Operation::Delete => self.delete(uuid),
            Operation::None => Err(unknown_operation()),
        };

        let status = match operation {
            Operation::Get | Operation::List => 200,
            _ => 202,
        };

        let mut reply = match done {
            Ok(document) => Reply::success(operation, status, document),
            Err(fault) => {
                if operation == Operation::Update {
                    let world = &mut *self.server.world();
                    self.server
                        .behaviour
                        .on_refusal
                        .iter()
                        .for_each(|hook| hook(world, uuid, &sent, fault.cause));
                }
                Reply::refusal(operation, &fault)
            }
        };

        reply.sent = sent;
        reply
    }

    /// A transition that begins now.
    fn transition(&self, state: State) -> Transition {
        let settling = self
            .server
            .options
            .settle
            .saturating_add(self.server.behaviour.extra_settling);
        Transition {
            state,
            until: self
                .now
                .saturating_add(super::clock::whole_millis(settling)),
        }
    }

    /// Finds a function, its version or alias included; parts of the name that were not written are
    /// ours.
    fn resolve(&self, world: &World, name: &FunctionName) -> Option<Resolved> {
        let account = self.server.options.account.as_str();
        if name.account.as_deref().is_some_and(|a| a != account)
            || name.region.as_deref().is_some_and(|r| r != self.region)
        {
            return None;
        }
        let arn = self.function_arn(&name.name);
        Some(Resolved {
            arn,
            qualifier: name.qualifier.clone(),
        })
        .filter(|r| world.functions.contains_key(&r.arn))
    }

    /// The unqualified ARN of a function of ours.
    pub(crate) fn function_arn(&self, name: &str) -> String {
        format!(
            "arn:aws:lambda:{}:{}:function:{name}",
            self.region, self.server.options.account
        )
    }
}

/// Whether the version or alias exists; no qualifier always does.
fn qualifier_exists(world: &World, resolved: &Resolved) -> bool {
    match (&resolved.qualifier, world.functions.get(&resolved.arn)) {
        (Some(qualifier), Some(function)) => function.has(qualifier),
        _ => true,
    }
}

/// 403, as recorded for a wrong method or path on the Lambda host.
pub(crate) fn unknown_operation() -> Fault {
    Fault::new(
        Cause::Route,
        403,
        "AccessDeniedException",
        "Unable to determine service/operation name to be authorized",
    )
}

/// 400 for a batch that an SQS queue does not fill without waiting, in the words recorded for
/// Create and Update.
fn source_allows(mapping: &Mapping) -> Result<(), Fault> {
    if mapping.kind == SourceKind::Sqs && mapping.batch_size > 10 && mapping.window == 0 {
        return Err(Fault::invalid(
            Cause::Source,
            "Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10",
        ));
    }
    Ok(())
}

/// 409 if another mapping joins the same source to the same function.
fn no_twin(world: &World, mapping: &Mapping, now: u64) -> Result<(), Fault> {
    let is_twin = |other: &&Mapping| {
        other.uuid != mapping.uuid
            && other.source == mapping.source
            && other.function == mapping.function
            && other.qualifier == mapping.qualifier
            && other.state(now).is_some()
    };
    match world.mappings.values().find(is_twin) {
        None => Ok(()),
        Some(twin) => Err(Fault::new(
            Cause::Conflict,
            409,
            "ResourceConflictException",
            format!(
                "An event source mapping with event source arn (\" {} \") and function (\" {} \") already exists. \
                 Please update or delete the existing mapping with UUID {}",
                twin.source,
                twin.function_arn(),
                twin.uuid
            ),
        )),
    }
}
