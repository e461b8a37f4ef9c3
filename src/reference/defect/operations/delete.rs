//! Deletions that delete nothing, something else, or answer otherwise than the page says.

use serde_json::{Value, json};

use super::super::Defect;
use super::reply::{accepts, hides, refusals, shows, status};
use crate::reference::behaviour::Behaviour;
use crate::reference::reply::Operation;

const UNKNOWN: &[&str] = &["delete::rule::unknown-mapping"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "delete-keeps",
        "A deletion answers as it should, and the mapping stays as it was.",
        &["delete::rule::gone-in-the-end"],
        |b| {
            b.on_delete.push(Box::new(|world, uuid| {
                if let Some(mapping) = world.mappings.get_mut(uuid) {
                    mapping.transition = None;
                }
            }));
            b.keeps_deleted = true;
        },
    ),
    Defect::must(
        "delete-takes-its-neighbours",
        "A deletion removes every mapping of the same source.",
        &["delete::rule::mappings-apart"],
        |b| {
            b.on_delete.push(Box::new(|world, uuid| {
                let source = world
                    .mappings
                    .get(uuid)
                    .map(|mapping| mapping.source.clone());
                let is_other = |key: &String| key != uuid;
                world.mappings.retain(|key, mapping| {
                    !is_other(key) || Some(&mapping.source) != source.as_ref()
                });
            }));
        },
    ),
    Defect::must(
        "delete-accepts-unknown",
        "A deletion of what does not exist is answered as if it had been carried out.",
        UNKNOWN,
        |b| refusals(b, Operation::Delete, |reply| accepts(reply, 202)),
    ),
    Defect::must(
        "delete-unknown-400",
        "A deletion of what does not exist is refused with 400.",
        UNKNOWN,
        |b| refusal(b, 400, "InvalidParameterValueException"),
    ),
    Defect::must(
        "delete-unknown-500",
        "A deletion of what does not exist fails.",
        &["delete::rule::unknown-mapping", "protocol::no-server-error"],
        |b| refusal(b, 500, "ServiceException"),
    ),
    Defect::must(
        "delete-unknown-404-of-another-type",
        "A deletion of what does not exist is refused with 404 NotFoundException.",
        UNKNOWN,
        |b| refusal(b, 404, "NotFoundException"),
    ),
    Defect::must(
        "delete-answers-200",
        "A deletion answers with the status 200.",
        &["delete::response::status"],
        |b| status(b, Operation::Delete, 200),
    ),
    Defect::must(
        "delete-answers-204",
        "A deletion answers with the status 204.",
        &["delete::response::status"],
        |b| status(b, Operation::Delete, 204),
    ),
    Defect::must(
        "delete-answers-nothing",
        "The answer to a deletion has no members.",
        &["delete::response::UUID::present"],
        |b| b.answered(Operation::Delete, serde_json::Map::clear),
    ),
    Defect::must(
        "delete-hides-batch-size",
        "The answer to a deletion lacks BatchSize.",
        &["delete::response::BatchSize::present"],
        |b| hides(b, Operation::Delete, "BatchSize"),
    ),
    Defect::must(
        "delete-shows-another-uuid",
        "The answer to a deletion shows the UUID of another mapping.",
        &["delete::rule::uuid-identity"],
        |b| {
            let uuid = json!("11111111-2222-4333-8444-555555555555");
            shows(b, Operation::Delete, "UUID", uuid);
        },
    ),
    Defect::must(
        "delete-shows-time-as-text",
        "The answer to a deletion shows LastModified as a text.",
        &["delete::response::LastModified::type"],
        |b| {
            b.answered(Operation::Delete, |document| {
                if let Some(time) = document.get_mut("LastModified") {
                    *time = Value::String(time.to_string());
                }
            });
        },
    ),
];

fn refusal(b: &mut Behaviour, status: u16, kind: &'static str) {
    refusals(b, Operation::Delete, move |reply| {
        reply.status = status;
        reply.kind = Some(kind.to_owned());
    });
}
