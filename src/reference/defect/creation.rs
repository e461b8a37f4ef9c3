//! Mappings that are made otherwise than they were asked for, and what becomes of them without
//! their function.

use serde_json::{Map, Value};

use super::Defect;
use super::orders::has;
use crate::reference::behaviour::Behaviour;
use crate::reference::reply::Operation;
use crate::reference::world::World;

const ENABLED: &[&str] = &["create::rule::enabled-stored"];
const STORED: &[&str] = &["create::rule::batch-size-stored"];
const READ_BACK: &[&str] = &["rule::read-back"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "create-ignores-disabled",
        "Create takes no notice of Enabled false.",
        ENABLED,
        |b| {
            created(b, |sent| {
                if sent.get("Enabled") == Some(&Value::Bool(false)) {
                    sent.shift_remove("Enabled");
                }
            });
        },
    ),
    Defect::must(
        "create-ignores-batch-size",
        "Create takes no notice of BatchSize.",
        STORED,
        |b| {
            created(b, |sent| {
                sent.shift_remove("BatchSize");
            });
        },
    ),
    Defect::must(
        "create-default-batch-size-one",
        "Without a BatchSize a new mapping has the BatchSize 1.",
        &[
            "create::rule::batch-size-default-for-queues",
            "create::rule::batch-size-default-for-streams",
        ],
        |b| created(b, |sent| default(sent, "BatchSize", 1.into())),
    ),
    Defect::must(
        "create-default-batch-size-of-queues",
        "Without a BatchSize a new mapping of a stream has the one of a queue, 10.",
        &["create::rule::batch-size-default-for-streams"],
        |b| created(b, |sent| default(sent, "BatchSize", 10.into())),
    ),
    Defect::must(
        "create-default-disabled",
        "Without Enabled a new mapping is disabled.",
        &["create::rule::enabled-by-default"],
        |b| created(b, |sent| default(sent, "Enabled", false.into())),
    ),
    Defect::must(
        "get-needs-function",
        "A mapping whose function was deleted is not shown.",
        READ_BACK,
        |b| {
            b.find_for_get = Some(Box::new(with_function));
        },
    ),
    Defect::must(
        "delete-needs-function",
        "A mapping whose function was deleted cannot be deleted.",
        &["delete::request::http"],
        |b| b.find_for_delete = Some(Box::new(with_function)),
    ),
    Defect::must(
        "delete-shows-enabled",
        "The answer to a deletion shows the mapping as it was.",
        &["delete::rule::deleting"],
        |b| {
            b.answered(Operation::Delete, |document| {
                document.insert("State".to_owned(), "Enabled".into());
            });
        },
    ),
];

/// Changes the members of a creation.
fn created(b: &mut Behaviour, change: fn(&mut Map<String, Value>)) {
    b.on_creation.push(Box::new(change));
}

fn default(sent: &mut Map<String, Value>, member: &str, value: Value) {
    if !has(sent, member) {
        sent.insert(member.to_owned(), value);
    }
}

/// The mapping, if its function is there.
fn with_function(world: &mut World, uuid: &str) -> Option<String> {
    let mapping = world.mappings.get(uuid)?;
    world
        .functions
        .contains_key(&mapping.function)
        .then(|| uuid.to_owned())
}
