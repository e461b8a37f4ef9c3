//! What only today's API knows, and the page of 2018 does not: members that are dropped, and what
//! is not refused.

use serde_json::{Map, Value};

use super::Defect;
use crate::reference::behaviour::Behaviour;

pub(super) const DEFECTS: &[Defect] = &[
    Defect::warned(
        "filter-criteria-dropped",
        "FilterCriteria is accepted and dropped.",
        &["rule::filter-criteria-stored"],
        |b| dropped(b, "FilterCriteria"),
    ),
    Defect::warned(
        "scaling-config-dropped",
        "ScalingConfig is accepted and dropped.",
        &["rule::scaling-config-stored"],
        |b| dropped(b, "ScalingConfig"),
    ),
    Defect::warned(
        "destination-config-not-stored",
        "DestinationConfig is shown in the answer to a creation, and not in reads.",
        &["rule::destination-config-stored"],
        |b| {
            b.on_read.push(Box::new(|mapping| {
                mapping.more.shift_remove("DestinationConfig");
            }));
        },
    ),
    Defect::warned(
        "metrics-config-of-updates-dropped",
        "MetricsConfig is dropped by Update.",
        &["rule::metrics-config-stored"],
        |b| {
            b.applies(|m, _, _| {
                m.more.shift_remove("MetricsConfig");
            });
        },
    ),
    Defect::warned(
        "retry-attempts-fixed",
        "MaximumRetryAttempts stays as the mapping was made.",
        &["rule::retry-attempts-stored"],
        |b| {
            b.applies(|m, before, _| {
                if let Some(was) = before.more.get("MaximumRetryAttempts") {
                    m.more
                        .insert("MaximumRetryAttempts".to_owned(), was.clone());
                }
            });
        },
    ),
    Defect::must(
        "large-sqs-batch-without-window",
        "A mapping of a queue without a window may be updated to a batch of more than 10.",
        &["rule::batch-needs-window"],
        |b| b.source_limits_batch = false,
    ),
    Defect::must(
        "filter-pattern-any-text",
        "A filter pattern that is no JSON is accepted.",
        &["rule::filter-patterns"],
        |b| {
            b.on_creation.push(Box::new(any_pattern));
            b.on_members.push(Box::new(any_pattern));
        },
    )
    .twice("Create and Update accept it, and each promises that it does not."),
];

/// Takes a member away wherever it is sent. A filter that is to be refused is left for that.
fn dropped(b: &mut Behaviour, member: &'static str) {
    let drop = move |sent: &mut Map<String, Value>| {
        if patterns(sent).all(|pattern| is_json(pattern)) {
            sent.shift_remove(member);
        }
    };
    b.on_creation.push(Box::new(drop));
    b.on_members.push(Box::new(drop));
}

/// Puts an empty pattern in the place of one that is no JSON.
fn any_pattern(sent: &mut Map<String, Value>) {
    for pattern in patterns(sent).filter(|pattern| !is_json(pattern)) {
        *pattern = Value::from("{}");
    }
}

fn patterns(sent: &mut Map<String, Value>) -> impl Iterator<Item = &mut Value> {
    let filters = sent
        .get_mut("FilterCriteria")
        .and_then(|c| c.get_mut("Filters")?.as_array_mut());
    filters
        .into_iter()
        .flatten()
        .filter_map(|filter| filter.get_mut("Pattern"))
}

fn is_json(pattern: &Value) -> bool {
    pattern
        .as_str()
        .is_some_and(|text| serde_json::from_str::<Value>(text).is_ok())
}
