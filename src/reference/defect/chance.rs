//! What only few values of many show: found by drawing at random, or by walking a whole range.

use serde_json::{Map, Value};

use super::Defect;
use crate::reference::fault::{Cause, Fault};

const ACCEPTED: &[&str] = &["response::status"];
const STORED: &[&str] = &["rule::batch-size-stored"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "chance-13-refused",
        "A BatchSize in which the digits 13 stand together is refused.",
        ACCEPTED,
        |b| {
            let fault = Fault::invalid(Cause::Range, "The batch size is not supported.");
            b.objects_to_sent.push(Box::new(move |sent| {
                (1..=10_000).contains(&number(sent)?).then_some(())?;
                number(sent)?
                    .to_string()
                    .contains("13")
                    .then(|| fault.clone())
            }));
        },
    ),
    Defect::must(
        "chance-multiple-of-37-disabled-lost",
        "A BatchSize that is a multiple of 37 is not stored together with Enabled false.",
        STORED,
        |b| {
            b.stores(|c| {
                let disables = c.sent.get("Enabled").and_then(Value::as_bool) == Some(false);
                if disables && number(c.sent).is_some_and(|n| n % 37 == 0) {
                    c.stored.batch_size = c.before.batch_size;
                }
            });
        },
    ),
    Defect::must(
        "chance-qz-refused",
        "A FunctionName with a q and a z after it, in either case, is refused as malformed.",
        &["request::FunctionName::pattern"],
        |b| {
            let fault = Fault::invalid(Cause::Pattern, "The function name is not supported.");
            b.objects_to_sent.push(Box::new(move |sent| {
                let name = sent.get("FunctionName")?.as_str()?;
                (name.to_ascii_lowercase().contains("qz") && name.len() <= 140)
                    .then(|| fault.clone())
            }));
        },
    ),
    Defect::must(
        "chance-4-accepted",
        "A BatchSize above 20000 whose last digit is a 4 is stored as 4.",
        &["request::BatchSize::range::max"],
        |b| {
            b.takes("BatchSize", |value| {
                let number = value.as_i64().filter(|n| *n > 20_000 && n % 10 == 4)?;
                Some((number % 10).into())
            });
        },
    ),
];

fn number(sent: &Map<String, Value>) -> Option<i64> {
    sent.get("BatchSize").and_then(Value::as_i64)
}
