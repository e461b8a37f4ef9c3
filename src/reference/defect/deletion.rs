//! Mappings that do not end where they are deleted, and others that do.

use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::reply::Operation;
use crate::reference::world::{Mapping, State};

const GONE: &[&str] = &["delete::rule::gone-in-the-end"];
const APART: &[&str] = &["rule::mappings-apart"];
const FRESH: &[&str] = &["create::rule::new-identity"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "list-shows-deleted",
        "List shows deleted mappings too.",
        GONE,
        |b| {
            let deleted = deleted(b);
            b.answered(Operation::List, move |document| {
                let deleted = deleted.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(all) = document
                    .get_mut("EventSourceMappings")
                    .and_then(Value::as_array_mut)
                {
                    all.extend(
                        deleted
                            .iter()
                            .map(|mapping| Value::Object(mapping.document(State::Enabled))),
                    );
                }
            });
        },
    ),
    Defect::must(
        "recreated-remembers",
        "A mapping created again for the same source has the BatchSize of the deleted one.",
        FRESH,
        |b| {
            let deleted = deleted(b);
            adopts(b, deleted, |new, old| new.batch_size = old.batch_size);
        },
    ),
    Defect::must(
        "recreated-disabled",
        "A mapping created again for the same source is enabled as the deleted one was.",
        FRESH,
        |b| {
            let deleted = deleted(b);
            adopts(b, deleted, |new, old| new.enabled = old.enabled);
        },
    ),
    Defect::must(
        "delete-takes-all-of-source",
        "Delete removes every mapping of the same source.",
        APART,
        takes_all_of_source,
    ),
    Defect::must(
        "delete-disables-others",
        "Delete disables the other mappings of the same source.",
        APART,
        |b| {
            b.on_delete.push(Box::new(|world, uuid| {
                let Some(source) = world.mappings.get(uuid).map(|m| m.source.clone()) else {
                    return;
                };
                let others = world
                    .mappings
                    .iter_mut()
                    .filter(|(key, mapping)| *key != uuid && mapping.source == source);
                others.for_each(|(_, mapping)| mapping.enabled = false);
            }));
        },
    ),
];

/// A deletion removes every mapping of the same source.
pub(super) fn takes_all_of_source(b: &mut Behaviour) {
    b.on_delete.push(Box::new(|world, uuid| {
        let Some(source) = world.mappings.get(uuid).map(|m| m.source.clone()) else {
            return;
        };
        world
            .mappings
            .retain(|key, mapping| key == uuid || mapping.source != source);
    }));
}

/// Every mapping that was deleted.
fn deleted(b: &mut Behaviour) -> Arc<Mutex<Vec<Mapping>>> {
    let deleted: Arc<Mutex<Vec<Mapping>>> = Arc::default();
    let known = Arc::clone(&deleted);
    b.on_delete.push(Box::new(move |world, uuid| {
        if let Some(mapping) = world.mappings.get(uuid) {
            known
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push(mapping.clone());
        }
    }));
    deleted
}

/// The first read of a mapping changes it by one of the same source and function that was deleted
/// before.
fn adopts(
    b: &mut Behaviour,
    deleted: Arc<Mutex<Vec<Mapping>>>,
    change: fn(&mut Mapping, &Mapping),
) {
    let seen: Mutex<Vec<String>> = Mutex::default();
    b.on_get.push(Box::new(move |world, uuid| {
        let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.iter().any(|known| known == uuid) {
            return;
        }
        seen.push(uuid.to_owned());
        let deleted = deleted.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(new) = world.mappings.get_mut(uuid)
            && let Some(old) = deleted
                .iter()
                .rev()
                .find(|old| (&old.source, &old.function) == (&new.source, &new.function))
        {
            change(new, old);
        }
    }));
}
