//! Members that were not sent, or were refused, and change all the same.

use serde_json::Value;

use super::Defect;
use super::orders::has;
use crate::reference::behaviour::Behaviour;
use crate::reference::fault::Cause;

const UNSENT: &[&str] = &["rule::unsent-unchanged"];
const REFUSED: &[&str] = &["rule::refusal-changes-nothing"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "batch-size-reset",
        "An update without BatchSize resets it to its default.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| {
                if !has(sent, "BatchSize") {
                    m.batch_size = 10;
                }
            });
        },
    ),
    Defect::must(
        "enabled-reset",
        "An update without Enabled enables the mapping.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| m.enabled |= !has(sent, "Enabled"));
        },
    ),
    Defect::must(
        "qualifier-reset",
        "An update without FunctionName drops the qualifier of the function.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| {
                if !has(sent, "FunctionName") {
                    m.qualifier = None;
                }
            });
        },
    ),
    Defect::must(
        "batch-size-reset-by-function",
        "A change of the function resets BatchSize.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| {
                if has(sent, "FunctionName") && !has(sent, "BatchSize") {
                    m.batch_size = 10;
                }
            });
        },
    ),
    Defect::must(
        "enabled-reset-by-function",
        "A change of the function enables the mapping.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| m.enabled |= has(sent, "FunctionName") && !has(sent, "Enabled"));
        },
    ),
    Defect::must(
        "batch-size-reset-by-disabling",
        "Disabling resets BatchSize.",
        UNSENT,
        |b| {
            b.applies(|m, before, sent| {
                if before.enabled && !m.enabled && !has(sent, "BatchSize") {
                    m.batch_size = 10;
                }
            });
        },
    ),
    Defect::must(
        "batch-size-reset-by-enabling",
        "Enabling resets BatchSize.",
        UNSENT,
        |b| {
            b.applies(|m, before, sent| {
                if !before.enabled && m.enabled && !has(sent, "BatchSize") {
                    m.batch_size = 10;
                }
            });
        },
    ),
    Defect::must(
        "stored-batch-size-reset",
        "An update without BatchSize stores the default, and answers the old value.",
        UNSENT,
        |b| {
            b.stores(|c| {
                if !has(c.sent, "BatchSize") {
                    c.stored.batch_size = 10;
                }
            });
        },
    ),
    Defect::must(
        "disabled-by-batch-size",
        "A change of BatchSize disables the mapping.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| m.enabled &= !has(sent, "BatchSize") || has(sent, "Enabled"));
        },
    ),
    Defect::warned(
        "null-resets-batch-size",
        "BatchSize null resets it to its default.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| {
                if sent.get("BatchSize").is_some_and(Value::is_null) {
                    m.batch_size = 10;
                }
            });
        },
    ),
    Defect::warned(
        "null-disables",
        "Enabled null disables the mapping.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| m.enabled &= !sent.get("Enabled").is_some_and(Value::is_null));
        },
    ),
    Defect::warned(
        "null-drops-qualifier",
        "FunctionName null drops the qualifier of the function.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| {
                if sent.get("FunctionName").is_some_and(Value::is_null) {
                    m.qualifier = None;
                }
            });
        },
    ),
    Defect::must(
        "empty-update-resets",
        "An update of nothing resets BatchSize.",
        UNSENT,
        |b| {
            b.applies(|m, _, sent| {
                if sent.is_empty() {
                    m.batch_size = 10;
                }
            });
        },
    ),
    Defect::must(
        "refused-for-function-stored",
        "An update refused for an unknown function stores its BatchSize.",
        REFUSED,
        |b| keep_from_refused(b, &[Cause::UnknownFunction]),
    ),
    Defect::must(
        "refused-for-constraint-stored",
        "An update refused for a constraint stores its valid members.",
        REFUSED,
        |b| keep_from_refused(b, &Cause::CONSTRAINTS),
    ),
    Defect::must(
        "refused-for-type-stored",
        "An update refused for a type stores its valid members.",
        REFUSED,
        |b| keep_from_refused(b, &[Cause::Type]),
    ),
    Defect::must(
        "refused-for-range-stored",
        "A BatchSize out of range is refused and stored.",
        REFUSED,
        |b| {
            b.on_refusal.push(Box::new(|world, uuid, sent, cause| {
                if let (Cause::Range, Some(mapping), Some(n)) = (
                    cause,
                    world.mappings.get_mut(uuid),
                    sent.get("BatchSize").and_then(Value::as_i64),
                ) {
                    mapping.batch_size = n;
                }
            }));
        },
    ),
    Defect::must(
        "refused-moves-last-modified",
        "A refused update moves LastModified by a second.",
        REFUSED,
        |b| {
            b.on_refusal.push(Box::new(|world, uuid, _, _| {
                if let Some(mapping) = world.mappings.get_mut(uuid) {
                    mapping.modified = mapping.modified.saturating_add(1000);
                }
            }));
        },
    ),
    Defect::must(
        "refused-deletes",
        "An update with a FunctionName that breaks the pattern deletes the mapping.",
        REFUSED,
        |b| {
            b.on_refusal.push(Box::new(|world, uuid, _, cause| {
                if cause == Cause::Pattern {
                    world.mappings.remove(uuid);
                }
            }));
        },
    ),
];

/// Stores the valid members of an update that is refused.
fn keep_from_refused(b: &mut Behaviour, causes: &'static [Cause]) {
    b.on_refusal.push(Box::new(move |world, uuid, sent, cause| {
        let Some(mapping) = world
            .mappings
            .get_mut(uuid)
            .filter(|_| causes.contains(&cause))
        else {
            return;
        };
        if let Some(n) = sent
            .get("BatchSize")
            .and_then(Value::as_i64)
            .filter(|n| (1..=10_000).contains(n))
        {
            mapping.batch_size = n;
        }
        if let Some(enabled) = sent.get("Enabled").and_then(Value::as_bool) {
            mapping.enabled = enabled;
        }
    }));
}
