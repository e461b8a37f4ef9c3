//! Updates that are answered well and remembered badly.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;

use super::Defect;
use super::orders::has;
use crate::reference::behaviour::Behaviour;
use crate::reference::mapping::Commit;
use crate::reference::reply::Operation;
use crate::reference::world::Mapping;

const STORED: &[&str] = &["rule::batch-size-stored"];
const SOURCE: &[&str] = &["rule::source-immutable"];
const APART: &[&str] = &["rule::mappings-apart"];
const CONCURRENT: &[&str] = &["rule::batch-size-stored"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must("update-not-stored", "Nothing of an update is stored.", STORED, |b| b.stores(keep_all)),
    Defect::must("batch-size-not-stored", "BatchSize is not stored.", STORED, |b| {
        b.stores(|c| c.stored.batch_size = c.before.batch_size)
    }),
    Defect::must("enabled-not-stored", "Enabled is not stored.", STORED, |b| {
        b.stores(|c| c.stored.enabled = c.before.enabled)
    }),
    Defect::must("function-not-stored", "FunctionName is not stored.", STORED, |b| b.stores(keep_function)),
    Defect::must("enable-not-stored", "Enabled true is not stored; once disabled, always disabled.", STORED, |b| {
        b.stores(|c| c.stored.enabled &= c.before.enabled);
    }),
    Defect::must(
        "update-ignored-while-disabled",
        "An update of a disabled mapping is not stored unless it enables it.",
        STORED,
        |b| {
            b.stores(|c| {
                if !c.before.enabled && !c.stored.enabled {
                    keep_all(c);
                }
            });
        },
    )
    .twice("Nothing tells in which state a request meets the mapping, so that the two members may be lost for two reasons."),
    Defect::must(
        "stored-batch-size-off-by-one",
        "One less than BatchSize is stored, above the minimum.",
        STORED,
        |b| {
            b.stores(|c| {
                c.stored.batch_size =
                    if has(c.sent, "BatchSize") { (c.stored.batch_size - 1).max(1) } else { c.stored.batch_size }
            });
        },
    ),
    Defect::must(
        "get-shows-the-update-before",
        "Get and List show a mapping as it was before its last update.",
        STORED,
        |b| behind(b, u64::MAX),
    ),
    Defect::must("get-late", "The first three reads after an update show the mapping as it was before.", STORED, |b| {
        behind(b, 3)
    }),
    Defect::must("list-batch-size-constant", "List shows every mapping with the BatchSize 100.", STORED, |b| {
        b.answered(Operation::List, |d| {
            for mapping in d.get_mut("EventSourceMappings").and_then(Value::as_array_mut).into_iter().flatten() {
                mapping["BatchSize"] = 100.into();
            }
        });
    }),
    Defect::must("only-first-member", "Only the first member of an update is stored.", STORED, |b| {
        b.on_members.push(Box::new(|members| {
            let first = members.keys().next().cloned();
            members.retain(|name, _| Some(name) == first.as_ref());
        }));
    }),
    Defect::must("lost-after-refusal", "The first update after a refused one is not stored.", STORED, |b| {
        let refused = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&refused);
        b.on_refusal.push(Box::new(move |_, _, _, _| flag.store(true, Ordering::SeqCst)));
        b.stores(move |c| {
            if refused.swap(false, Ordering::SeqCst) {
                keep_all(c);
            }
        });
    }),
    Defect::must("lost-after-100-updates", "After 100 updates nothing more is stored.", STORED, |b| {
        let count = AtomicU64::new(0);
        b.stores(move |c| {
            if count.fetch_add(1, Ordering::SeqCst) >= 100 {
                keep_all(c);
            }
        });
    }),
    Defect::must(
        "enabled-toggles-three-times",
        "After Enabled has changed three times it changes no more.",
        STORED,
        |b| {
            let count = AtomicU64::new(0);
            b.stores(move |c| {
                if c.stored.enabled != c.before.enabled && count.fetch_add(1, Ordering::SeqCst) >= 3 {
                    c.stored.enabled = c.before.enabled;
                }
            });
        },
    ),
    Defect::must("every-tenth-update-lost", "Every tenth update is not stored.", STORED, |b| {
        let count = AtomicU64::new(0);
        b.stores(move |c| {
            if count.fetch_add(1, Ordering::SeqCst) % 10 == 9 {
                keep_all(c);
            }
        });
    }),
    Defect::must("batch-size-shared", "BatchSize is stored for every mapping.", APART, |b| {
        everywhere(b, |other, stored| other.batch_size = stored.batch_size);
    }),
    Defect::must("enabled-shared", "Enabled is stored for every mapping.", APART, |b| {
        everywhere(b, |other, stored| other.enabled = stored.enabled);
    }),
    Defect::must("function-shared", "FunctionName is stored for every mapping.", APART, |b| {
        everywhere(b, |other, stored| {
            other.function.clone_from(&stored.function);
            other.qualifier.clone_from(&stored.qualifier);
        });
    }),
    Defect::must("shared-by-source", "BatchSize is stored for every mapping of the same source.", APART, |b| {
        everywhere(b, |other, stored| {
            if other.source == stored.source {
                other.batch_size = stored.batch_size;
            }
        });
    }),
    Defect::must(
        "source-changed-by-body",
        "An EventSourceArn in the body of an update changes the source.",
        SOURCE,
        |b| {
            b.applies(|m, _, sent| {
                if let Some(Value::String(arn)) = sent.get("EventSourceArn") {
                    m.source.clone_from(arn);
                }
            });
        },
    ),
    Defect::must(
        "source-stored-from-body",
        "An EventSourceArn in the body of an update is stored, and not shown.",
        SOURCE,
        |b| {
            b.stores(|c| {
                if let Some(Value::String(arn)) = c.sent.get("EventSourceArn") {
                    c.stored.source.clone_from(arn);
                }
            });
        },
    ),
    Defect::must(
        "last-modified-frozen",
        "An update does not move LastModified.",
        &["rule::last-modified-advances"],
        |b| b.applies(|m, before, _| m.modified = before.modified),
    ),
    Defect::must(
        "last-modified-kept-by-enabled",
        "An update that names Enabled alone does not move LastModified.",
        &["rule::last-modified-advances"],
        |b| {
            b.applies(|m, before, sent| {
                if sent.len() == 1 && has(sent, "Enabled") {
                    m.modified = before.modified;
                }
            });
        },
    ),
    Defect::must(
        "get-last-modified-an-hour-ago",
        "Get and List show LastModified an hour early.",
        &["rule::last-modified-advances"],
        |b| b.on_read.push(Box::new(|m| m.modified = m.modified.saturating_sub(3_600_000))),
    ),
    Defect::must(
        "get-last-modified-seconds-ago",
        "Get and List show LastModified a few seconds early.",
        &["rule::last-modified-advances"],
        |b| b.on_read.push(Box::new(|m| m.modified = m.modified.saturating_sub(4_321))),
    ),
    Defect::must(
        "last-modified-goes-back",
        "Every update moves LastModified a second back.",
        &["rule::last-modified-advances"],
        |b| {
            b.applies(|m, before, _| m.modified = before.modified.saturating_sub(1000));
        },
    ),
    Defect::must(
        "concurrent-updates-lost",
        "Of updates that arrive within 5 ms the last to be written wins as a whole.",
        CONCURRENT,
        |b| b.race = Some(Duration::from_millis(5)),
    ),
    Defect::must(
        "concurrent-updates-crash",
        "Updates that arrive while another is answered are answered 500.",
        &["rule::batch-size-stored", "protocol::no-server-error"],
        |b| {
            // Requests must overlap for this to show, as they do on a server that works for each of
            // its answers.
            b.race = Some(Duration::from_millis(2));
            b.crash_at(|call| call.others > 0);
        },
    ),
];

fn keep_all(c: &mut Commit<'_>) {
    c.stored = Mapping {
        transition: None,
        ..c.before.clone()
    };
}

fn keep_function(c: &mut Commit<'_>) {
    c.stored.function.clone_from(&c.before.function);
    c.stored.qualifier.clone_from(&c.before.qualifier);
}

/// Shows the settings before the last update for so many reads.
fn behind(b: &mut Behaviour, reads: u64) {
    let earlier: Arc<Mutex<HashMap<String, (Mapping, u64)>>> = Arc::default();
    let written = Arc::clone(&earlier);
    b.stores(move |c| {
        let mut written = written.lock().unwrap_or_else(PoisonError::into_inner);
        written.insert(c.before.uuid.clone(), (c.before.clone(), reads));
    });

    b.on_read.push(Box::new(move |mapping| {
        let mut earlier = earlier.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((before, left)) = earlier.get_mut(&mapping.uuid)
            && *left > 0
        {
            *left -= 1;
            *mapping = Mapping {
                transition: mapping.transition,
                ..before.clone()
            };
        }
    }));
}

/// Changes every other mapping along with the one that is updated.
fn everywhere(b: &mut Behaviour, change: fn(&mut Mapping, &Mapping)) {
    b.stores(move |c| {
        for other in c
            .world
            .mappings
            .values_mut()
            .filter(|m| m.uuid != c.stored.uuid)
        {
            change(other, &c.stored);
        }
    });
}
