//! States that are not reached, not left, or half left.

use std::time::Duration;

use serde_json::Value;

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::fault::Cause;
use crate::reference::world::{Mapping, State, Transition};

const ENDS: &[&str] = &["rule::enabled-stored"];
const FOLLOWS: &[&str] = &["rule::enabled-stored"];
const IN_USE: &[&str] = &["error::ResourceInUseException"];

/// Long enough for a request to meet a mapping in transition, short enough to be waited for.
const A_WHILE: Duration = Duration::from_millis(40);

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "updating-never-ends",
        "A mapping stays in Updating for ever.",
        ENDS,
        |b| never_ends(b, State::Updating),
    ),
    Defect::must(
        "enabling-never-ends",
        "A mapping stays in Enabling for ever.",
        ENDS,
        |b| never_ends(b, State::Enabling),
    ),
    Defect::must(
        "disabling-never-ends",
        "A mapping stays in Disabling for ever.",
        ENDS,
        |b| never_ends(b, State::Disabling),
    ),
    Defect::must(
        "deleting-never-ends",
        "A deleted mapping stays in Deleting for ever.",
        ENDS,
        |b| {
            b.on_delete.push(Box::new(|world, uuid| {
                if let Some(mapping) = world.mappings.get(uuid).cloned() {
                    let transition = Some(Transition {
                        state: State::Deleting,
                        until: u64::MAX,
                    });
                    world.mappings.insert(
                        uuid.to_owned(),
                        Mapping {
                            transition,
                            ..mapping
                        },
                    );
                }
            }));
            b.keeps_deleted = true;
        },
    ),
    Defect::must(
        "delete-ignored",
        "Delete answers Deleting, and the mapping stays as it was.",
        ENDS,
        ignores_deletions,
    ),
    Defect::must(
        "get-shows-updating",
        "Get shows Updating for a mapping that is settled.",
        ENDS,
        |b| {
            b.on_read.push(Box::new(|m| {
                m.transition = Some(Transition {
                    state: State::Updating,
                    until: u64::MAX,
                })
            }));
        },
    ),
    Defect::must(
        "get-shows-enabled",
        "Get shows every mapping as Enabled.",
        FOLLOWS,
        |b| b.on_read.push(Box::new(|m| m.enabled = true)),
    ),
    Defect::must(
        "get-shows-disabled",
        "Get shows every mapping as Disabled.",
        FOLLOWS,
        |b| b.on_read.push(Box::new(|m| m.enabled = false)),
    ),
    Defect::must(
        "enabled-inverted",
        "Enabled true disables, and false enables.",
        FOLLOWS,
        |b| {
            b.takes("Enabled", |v| {
                v.as_bool().map(|enabled| Value::Bool(!enabled))
            });
        },
    ),
    Defect::must(
        "enabled-always-true",
        "Enabled false is taken as true.",
        FOLLOWS,
        |b| {
            b.takes("Enabled", |v| {
                (v == &Value::Bool(false)).then_some(Value::Bool(true))
            });
        },
    ),
    Defect::must(
        "same-enabled-disables",
        "Enabled true on an enabled mapping disables it.",
        FOLLOWS,
        |b| {
            b.applies(|m, before, sent| {
                m.enabled &= !(before.enabled && sent.get("Enabled") == Some(&Value::Bool(true)))
            });
        },
    ),
    Defect::must(
        "same-value-refused",
        "An update that changes nothing is refused.",
        &["response::status"],
        |b| {
            b.update_refuses_same = true;
        },
    ),
    Defect::must(
        "half-accepted-in-transition",
        "An update in transition is refused, and its BatchSize stored.",
        &["rule::refusal-changes-nothing"],
        |b| {
            b.extra_settling = A_WHILE;
            b.on_refusal.push(Box::new(|world, uuid, sent, cause| {
                let n = sent.get("BatchSize").and_then(Value::as_i64);
                if let (Cause::InUse, Some(mapping), Some(n)) =
                    (cause, world.mappings.get_mut(uuid), n)
                {
                    mapping.batch_size = n;
                }
            }));
        },
    ),
    Defect::must(
        "half-stored-in-transition",
        "Of an update in transition only BatchSize takes effect.",
        &["rule::enabled-stored", "rule::function-stored"],
        |b| {
            b.extra_settling = A_WHILE;
            b.update_refused_in_transition = false;
            b.stores(|c| {
                if c.before.in_transition(c.stored.modified) {
                    c.stored.enabled = c.before.enabled;
                    c.stored.function.clone_from(&c.before.function);
                    c.stored.qualifier.clone_from(&c.before.qualifier);
                }
            });
        },
    ),
    Defect::must(
        "in-use-500",
        "An update in transition is answered 500.",
        &["error::ResourceInUseException", "protocol::no-server-error"],
        |b| {
            b.extra_settling = A_WHILE;
            b.crash(&[Cause::InUse]);
        },
    ),
    Defect::must(
        "in-use-404",
        "An update in transition is answered 404.",
        IN_USE,
        |b| {
            b.extra_settling = A_WHILE;
            b.error(&[Cause::InUse], 404, "ResourceNotFoundException");
        },
    ),
    Defect::must(
        "in-use-423",
        "An update in transition is answered 423.",
        IN_USE,
        |b| {
            b.extra_settling = A_WHILE;
            b.status(&[Cause::InUse], 423);
        },
    ),
    Defect::must(
        "in-use-202",
        "An update in transition is answered 202, and not carried out.",
        IN_USE,
        |b| {
            b.extra_settling = A_WHILE;
            b.update_refused_in_transition = false;
            b.stores(|c| {
                if c.before.in_transition(c.stored.modified) {
                    c.stored = c.before.clone();
                }
            });
        },
    ),
];

/// Deletions are answered, and not carried out.
pub(super) fn ignores_deletions(b: &mut Behaviour) {
    b.on_delete.push(Box::new(|world, uuid| {
        if let Some(mapping) = world.mappings.get_mut(uuid) {
            mapping.transition = None;
        }
    }));
    b.keeps_deleted = true;
}

/// A transition of an update that has no end.
fn never_ends(b: &mut Behaviour, state: State) {
    b.stores(move |c| {
        if let Some(transition) = c.stored.transition.as_mut().filter(|t| t.state == state) {
            transition.until = u64::MAX;
        }
    });
}
