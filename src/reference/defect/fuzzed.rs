//! What only one value of thousands, many updates, a long way or a moment shows: found by fuzzing.
//!
//! A run fires a plan of fixed size, so that it finds these by luck or not at all: they are no part
//! of what the self-check expects of it. `.ci/fuzz` shows that a campaign of a minute finds each.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::{Map, Value};

use super::Defect;

const STORED: &[&str] = &["rule::batch-size-stored"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "fuzzed-one-value",
        "BatchSize 6173 is stored as 6172.",
        STORED,
        |b| {
            b.stores(|c| {
                if c.stored.batch_size == 6173 {
                    c.stored.batch_size = 6172;
                }
            });
        },
    ),
    Defect::must(
        "fuzzed-pair",
        "A BatchSize that is the number of characters of the FunctionName beside it is not stored.",
        STORED,
        |b| {
            b.stores(|c| {
                let length = c
                    .sent
                    .get("FunctionName")
                    .and_then(Value::as_str)
                    .map(|name| name.chars().count());
                if length.is_some_and(|length| number(c.sent) == i64::try_from(length).ok()) {
                    c.stored.batch_size = c.before.batch_size;
                }
            });
        },
    ),
    Defect::must(
        "fuzzed-many-updates",
        "After 200 updates of a mapping its BatchSize is stored no more.",
        STORED,
        |b| {
            let updates: Mutex<BTreeMap<String, u32>> = Mutex::default();
            b.stores(move |c| {
                let mut updates = updates.lock().unwrap_or_else(PoisonError::into_inner);
                let count = updates.entry(c.stored.uuid.clone()).or_default();
                *count += 1;
                if *count > 200 {
                    c.stored.batch_size = c.before.batch_size;
                }
            });
        },
    ),
    Defect::must(
        "fuzzed-sequence",
        "Of a mapping of a source whose last mapping was deleted while disabled, an update of BatchSize alone is not \
         stored right after one that only disabled it.",
        STORED,
        |b| {
            // Sources whose last mapping was disabled when it was deleted.
            let marked: std::sync::Arc<Mutex<BTreeSet<String>>> = std::sync::Arc::default();
            let known = std::sync::Arc::clone(&marked);
            b.on_delete.push(Box::new(move |world, uuid| {
                let Some(mapping) = world.mappings.get(uuid) else {
                    return;
                };
                let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
                match mapping.enabled {
                    true => known.remove(&mapping.source),
                    false => known.insert(mapping.source.clone()),
                };
            }));
            let disabled: Mutex<BTreeSet<String>> = Mutex::default();
            b.stores(move |c| {
                let mut disabled = disabled.lock().unwrap_or_else(PoisonError::into_inner);
                let before = disabled.remove(&c.stored.uuid);
                let alone = c.sent.len() == 1;
                if alone && c.sent.get("Enabled") == Some(&Value::Bool(false)) {
                    disabled.insert(c.stored.uuid.clone());
                }
                let marked = marked
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .contains(&c.stored.source);
                if alone && before && marked && number(c.sent).is_some() {
                    c.stored.batch_size = c.before.batch_size;
                }
            });
        },
    ),
    Defect::must(
        "fuzzed-race",
        "An update with a BatchSize that is a multiple of 97 undoes those that arrive within a millisecond of it.",
        STORED,
        |b| {
            b.race = Some(Duration::from_millis(1));
            b.update_calls(|call| {
                let sent: Map<String, Value> =
                    serde_json::from_slice(&call.body).unwrap_or_default();
                if number(&sent).is_none_or(|n| n % 97 != 0) {
                    call.earlier = None;
                }
            });
        },
    ),
];

fn number(sent: &Map<String, Value>) -> Option<i64> {
    sent.get("BatchSize").and_then(Value::as_i64)
}
