//! Single values, and pairs of values, that are mishandled.

use serde_json::{Map, Value};

use super::Defect;
use crate::reference::behaviour::Behaviour;

const STORED: &[&str] = &["rule::batch-size-stored"];
const ACCEPTED: &[&str] = &["response::status"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "batch-size-7777-lost",
        "BatchSize 7777 is not stored.",
        STORED,
        |b| {
            b.stores(|c| {
                if c.stored.batch_size == 7777 {
                    c.stored.batch_size = c.before.batch_size;
                }
            });
        },
    ),
    Defect::must(
        "batch-size-7777-crashes",
        "BatchSize 7777 is answered 500.",
        &["protocol::no-server-error"],
        |b| {
            b.crash_on(|sent| number(sent) == Some(7777));
        },
    ),
    Defect::must(
        "batch-size-256-is-0",
        "BatchSize 256 is shown and stored as 1.",
        STORED,
        |b| {
            b.applies(|m, _, _| {
                if m.batch_size == 256 {
                    m.batch_size = 1;
                }
            });
        },
    ),
    Defect::must(
        "batch-size-10000-is-1000",
        "BatchSize 10000 is shown and stored as 1000.",
        STORED,
        |b| {
            b.applies(|m, _, _| {
                if m.batch_size == 10_000 {
                    m.batch_size = 1000;
                }
            });
        },
    ),
    Defect::must(
        "batch-size-100-refused",
        "BatchSize 100 is refused.",
        ACCEPTED,
        |b| {
            refuse_if(b, |sent| number(sent) == Some(100));
        },
    ),
    Defect::must(
        "batch-size-low-byte-zero-refused",
        "A BatchSize that is a multiple of 256 is refused.",
        ACCEPTED,
        |b| {
            refuse_if(b, |sent| {
                number(sent).is_some_and(|n| n > 0 && n % 256 == 0 && n <= 10_000)
            });
        },
    ),
    Defect::must(
        "batch-size-above-255-cut",
        "Only the low eight bits of BatchSize are stored, where they are not 0.",
        STORED,
        |b| {
            b.stores(|c| {
                if c.stored.batch_size > 255 && c.stored.batch_size % 256 != 0 {
                    c.stored.batch_size %= 256;
                }
            });
        },
    ),
    Defect::must(
        "batch-size-above-999-loses-digits",
        "Of a BatchSize above 999 only the first three digits are stored.",
        STORED,
        |b| {
            b.stores(|c| {
                while c.stored.batch_size > 999 {
                    c.stored.batch_size /= 10;
                }
            });
        },
    ),
    Defect::must(
        "pair-100-disabled-lost",
        "BatchSize 100 together with Enabled false: Enabled is not stored.",
        STORED,
        |b| {
            b.stores(|c| {
                if number(c.sent) == Some(100) && enabled(c.sent) == Some(false) {
                    c.stored.enabled = c.before.enabled;
                }
            });
        },
    ),
    Defect::must(
        "pair-batch-size-disabled-lost",
        "BatchSize together with Enabled false: BatchSize is not stored.",
        STORED,
        |b| {
            b.stores(|c| {
                if number(c.sent).is_some() && enabled(c.sent) == Some(false) {
                    c.stored.batch_size = c.before.batch_size;
                }
            });
        },
    ),
    Defect::must(
        "pair-function-enabled-lost",
        "FunctionName together with Enabled true: FunctionName is not stored.",
        STORED,
        |b| {
            b.stores(|c| {
                if super::orders::has(c.sent, "FunctionName") && enabled(c.sent) == Some(true) {
                    c.stored.function.clone_from(&c.before.function);
                    c.stored.qualifier.clone_from(&c.before.qualifier);
                }
            });
        },
    ),
    Defect::must(
        "pair-function-batch-size-crashes",
        "FunctionName together with BatchSize is answered 500.",
        &["protocol::no-server-error"],
        |b| {
            b.crash_on(|sent| super::orders::has(sent, "FunctionName") && number(sent).is_some());
        },
    ),
    Defect::must(
        "pair-minimum-enabled-refused",
        "BatchSize 1 together with Enabled true is refused.",
        ACCEPTED,
        |b| {
            refuse_if(b, |sent| {
                number(sent) == Some(1) && enabled(sent) == Some(true)
            });
        },
    ),
    Defect::must(
        "all-three-lost",
        "Of an update of all three members Enabled is not stored.",
        STORED,
        |b| {
            b.stores(|c| {
                if super::orders::has(c.sent, "FunctionName")
                    && number(c.sent).is_some()
                    && enabled(c.sent).is_some()
                {
                    c.stored.enabled = c.before.enabled;
                }
            });
        },
    ),
    Defect::must(
        "empty-update-refused-500",
        "An update of nothing is answered 500.",
        &["protocol::no-server-error"],
        |b| {
            b.crash_on(|sent| sent.is_empty());
        },
    ),
    Defect::must(
        "uuid-not-uuid-crashes",
        "An identifier that is not shaped like a UUID is answered 500.",
        &["protocol::no-server-error", "rule::unknown-mapping"],
        |b| {
            b.crash_at(|call| {
                call.path
                    .rsplit('/')
                    .next()
                    .is_some_and(|id| id.len() != 36 || id.matches('-').count() != 4)
            });
        },
    ),
    Defect::must(
        "uuid-long-crashes",
        "An identifier of more than 255 characters is answered 500.",
        &["protocol::no-server-error", "rule::unknown-mapping"],
        |b| {
            b.crash_at(|call| {
                call.path
                    .rsplit('/')
                    .next()
                    .is_some_and(|id| id.len() > 255)
            });
        },
    ),
];

fn number(sent: &Map<String, Value>) -> Option<i64> {
    sent.get("BatchSize").and_then(Value::as_i64)
}

fn enabled(sent: &Map<String, Value>) -> Option<bool> {
    sent.get("Enabled").and_then(Value::as_bool)
}

/// Refuses a valid update as if a constraint were broken, before anything is stored.
pub(super) fn refuse_if(b: &mut Behaviour, condition: fn(&Map<String, Value>) -> bool) {
    b.on_members.push(Box::new(move |members| {
        if condition(members) {
            members.insert("BatchSize".to_owned(), Value::from(-1));
        }
    }));
}
