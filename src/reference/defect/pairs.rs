//! What goes wrong only where two things meet: two members, a member and its place, a member and
//! the state before.

use serde_json::{Map, Value};

use super::Defect;
use super::orders::has;
use crate::reference::fault::Cause;

const STORED: &[&str] = &["rule::batch-size-stored"];
const UNSENT: &[&str] = &["rule::unsent-unchanged"];
const REFUSED: &[&str] = &["rule::refusal-changes-nothing"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "pair-of-faults-crashes",
        "A BatchSize out of range together with a FunctionName that is malformed is answered 500.",
        &["protocol::no-server-error"],
        |b| {
            b.crash_on(|sent| {
                let malformed = |name: &str| {
                    name.len() > 140 || !name.is_ascii() || name.contains([' ', '!', '/'])
                };
                number(sent).is_some_and(|n| !(1..=10_000).contains(&n))
                    && name(sent).is_some_and(malformed)
            });
        },
    ),
    Defect::must(
        "pair-maximum-enables",
        "BatchSize 10000 sent to a disabled mapping, without Enabled, enables it.",
        UNSENT,
        |b| {
            b.stores(|c| {
                if number(c.sent) == Some(10_000) && !has(c.sent, "Enabled") && !c.before.enabled {
                    c.stored.enabled = true;
                }
            });
        },
    ),
    Defect::must(
        "pair-minimum-latest-lost",
        "BatchSize 1 together with an ARN that ends with $LATEST is not stored.",
        STORED,
        |b| {
            b.stores(|c| {
                if number(c.sent) == Some(1)
                    && name(c.sent)
                        .is_some_and(|n| n.starts_with("arn:") && n.ends_with(":$LATEST"))
                {
                    c.stored.batch_size = c.before.batch_size;
                }
            });
        },
    ),
    Defect::must(
        "pair-partial-arn-first-lost",
        "A partial ARN that stands before BatchSize: BatchSize is not stored.",
        STORED,
        |b| {
            b.stores(|c| {
                let partial = name(c.sent)
                    .is_some_and(|n| n.contains(":function:") && !n.starts_with("arn:"));
                if partial && before(c.sent, "FunctionName", "BatchSize") {
                    c.stored.batch_size = c.before.batch_size;
                }
            });
        },
    ),
    Defect::must(
        "pair-latest-disabled-lost",
        "A name with $LATEST, sent to a disabled mapping, loses its qualifier.",
        STORED,
        |b| {
            b.stores(|c| {
                let latest = name(c.sent)
                    .is_some_and(|n| n.ends_with(":$LATEST") && !n.contains("function:"));
                if latest && !c.before.enabled {
                    c.stored.qualifier = None;
                }
            });
        },
    ),
    Defect::must(
        "pair-enabled-between-lost",
        "Enabled between a name with a qualifier and BatchSize is not stored.",
        STORED,
        |b| {
            b.stores(|c| {
                let qualified = name(c.sent)
                    .is_some_and(|n| n.rsplit(':').next() != Some(n) && !n.contains("arn:"));
                if qualified
                    && before(c.sent, "FunctionName", "Enabled")
                    && before(c.sent, "Enabled", "BatchSize")
                {
                    c.stored.enabled = c.before.enabled;
                }
            });
        },
    ),
    Defect::must(
        "pair-refused-type-last-stored",
        "An update whose last member has a wrong type stores the BatchSize before it.",
        REFUSED,
        |b| store_before(b, Cause::Type, "Enabled"),
    ),
    Defect::must(
        "pair-refused-name-last-stored",
        "An update whose last member is a FunctionName that breaks the pattern stores the BatchSize before it.",
        REFUSED,
        |b| store_before(b, Cause::Pattern, "FunctionName"),
    ),
];

/// Stores the BatchSize of an update of all three members that is refused for its last one.
fn store_before(b: &mut crate::reference::behaviour::Behaviour, wanted: Cause, last: &'static str) {
    b.on_refusal.push(Box::new(move |world, uuid, sent, cause| {
        let whole = sent.len() == 3 && sent.keys().next_back().map(String::as_str) == Some(last);
        if let (true, Some(mapping), Some(n)) = (
            whole && cause == wanted,
            world.mappings.get_mut(uuid),
            number(sent),
        ) {
            mapping.batch_size = n;
        }
    }));
}

fn before(sent: &Map<String, Value>, one: &str, other: &str) -> bool {
    let place = |member: &str| sent.keys().position(|name| name == member);
    place(one)
        .zip(place(other))
        .is_some_and(|(one, other)| one < other)
}

fn number(sent: &Map<String, Value>) -> Option<i64> {
    sent.get("BatchSize").and_then(Value::as_i64)
}

fn name(sent: &Map<String, Value>) -> Option<&str> {
    sent.get("FunctionName").and_then(Value::as_str)
}
