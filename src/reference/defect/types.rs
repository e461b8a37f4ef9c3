//! Values of the wrong JSON type that are accepted, and numbers that are cut to fit.

use serde_json::Value;

use super::Defect;
use super::orders::has;
use crate::reference::number::integral;
use crate::reference::world::lexeme;

const BATCH_SIZE: &[&str] = &["request::BatchSize::type"];
const ENABLED: &[&str] = &["request::Enabled::type"];
const NAME: &[&str] = &["request::FunctionName::type"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "batch-size-string-accepted",
        "BatchSize \"5\" is taken as 5.",
        BATCH_SIZE,
        |b| {
            b.takes("BatchSize", |v| {
                v.as_str()
                    .and_then(|s| s.parse::<i64>().ok())
                    .map(Value::from)
            });
        },
    ),
    Defect::must(
        "batch-size-string-ignored",
        "A string as BatchSize is taken as not sent.",
        BATCH_SIZE,
        |b| {
            b.takes("BatchSize", |v| v.is_string().then_some(Value::Null));
        },
    ),
    Defect::must(
        "batch-size-boolean-accepted",
        "BatchSize true is taken as 1.",
        BATCH_SIZE,
        |b| {
            b.takes("BatchSize", |v| v.as_bool().map(|_| 1.into()));
        },
    ),
    Defect::must(
        "batch-size-array-accepted",
        "BatchSize [5] is taken as 5.",
        BATCH_SIZE,
        |b| {
            b.takes("BatchSize", only_element);
        },
    ),
    Defect::must(
        "batch-size-array-ignored",
        "An array as BatchSize is taken as not sent.",
        BATCH_SIZE,
        |b| {
            b.takes("BatchSize", |v| v.is_array().then_some(Value::Null));
        },
    ),
    Defect::must(
        "batch-size-object-ignored",
        "An object as BatchSize is taken as not sent.",
        BATCH_SIZE,
        |b| {
            b.takes("BatchSize", |v| v.is_object().then_some(Value::Null));
        },
    ),
    Defect::must(
        "batch-size-wraps-at-32-bits",
        "BatchSize is cut to its low 32 bits, so that 4294967301 is taken as 5.",
        &["request::BatchSize::range::max"],
        |b| b.takes("BatchSize", |v| wrapped(v, 32)),
    ),
    Defect::must(
        "batch-size-wraps-at-16-bits",
        "BatchSize is cut to its low 16 bits, so that 65541 is taken as 5.",
        &["request::BatchSize::range::max"],
        |b| b.takes("BatchSize", |v| wrapped(v, 16)),
    ),
    Defect::must(
        "batch-size-wraps-at-64-bits",
        "BatchSize is cut to its low 64 bits, so that 18446744073709551621 is taken as 5.",
        &["request::BatchSize::range::max"],
        |b| b.takes("BatchSize", |v| wrapped(v, 64)),
    ),
    Defect::must(
        "batch-size-huge-ignored",
        "A BatchSize beyond 64 bits is taken as not sent.",
        &["request::BatchSize::range::max"],
        |b| {
            b.takes("BatchSize", |v| {
                whole(v)
                    .filter(|n| i64::try_from(*n).is_err())
                    .map(|_| Value::Null)
            })
        },
    ),
    Defect::must(
        "batch-size-huge-crashes",
        "A BatchSize beyond 64 bits is answered 500.",
        &[
            "protocol::no-server-error",
            "request::BatchSize::range::max",
        ],
        |b| {
            b.crash_on(|sent| {
                sent.get("BatchSize")
                    .and_then(whole)
                    .is_some_and(|n| i64::try_from(n).is_err())
            });
        },
    ),
    Defect::must(
        "batch-size-thousands-of-digits-crash",
        "A BatchSize of more than 4300 digits is answered 500.",
        &[
            "protocol::no-server-error",
            "request::BatchSize::range::max",
        ],
        |b| {
            b.crash_on(|sent| {
                sent.get("BatchSize")
                    .and_then(Value::as_number)
                    .is_some_and(|n| n.as_str().len() > 4300)
            });
        },
    ),
    Defect::must(
        "batch-size-negative-made-positive",
        "The sign of BatchSize is lost, so that -5 is taken as 5.",
        &["request::BatchSize::range::min"],
        |b| {
            b.takes("BatchSize", |v| {
                whole(v)
                    .filter(|n| *n < 0)
                    .map(|n| lexeme(&n.saturating_neg().to_string()))
            })
        },
    ),
    Defect::must(
        "batch-size-type-crashes",
        "A BatchSize that is no number is answered 500.",
        &["protocol::no-server-error", "request::BatchSize::type"],
        |b| {
            b.crash_on(|sent| {
                has(sent, "BatchSize") && sent.get("BatchSize").is_some_and(|v| !v.is_number())
            });
        },
    ),
    Defect::must(
        "enabled-string-accepted",
        "Enabled \"true\" is taken as true.",
        ENABLED,
        |b| {
            b.takes("Enabled", |v| {
                v.as_str()
                    .and_then(|s| s.parse::<bool>().ok())
                    .map(Value::Bool)
            });
        },
    ),
    Defect::must(
        "enabled-any-case-accepted",
        "Enabled \"TRUE\" is taken as true.",
        ENABLED,
        |b| {
            b.takes("Enabled", |v| match v.as_str() {
                Some("TRUE" | "True") => Some(true.into()),
                Some("FALSE" | "False") => Some(false.into()),
                _ => None,
            });
        },
    ),
    Defect::must(
        "enabled-string-truthy",
        "Any string as Enabled is taken as true.",
        ENABLED,
        |b| {
            b.takes("Enabled", |v| v.is_string().then_some(Value::Bool(true)));
        },
    ),
    Defect::must(
        "enabled-string-ignored",
        "A string as Enabled is taken as not sent.",
        ENABLED,
        |b| {
            b.takes("Enabled", |v| v.is_string().then_some(Value::Null));
        },
    ),
    Defect::must(
        "enabled-zero-one-accepted",
        "Enabled 0 and 1 are taken as false and true.",
        ENABLED,
        |b| {
            b.takes("Enabled", |v| match v.as_i64() {
                Some(n @ (0 | 1)) => Some(Value::Bool(n == 1)),
                _ => None,
            });
        },
    ),
    Defect::must(
        "enabled-number-truthy",
        "Any number as Enabled is taken as a boolean.",
        ENABLED,
        |b| {
            b.takes("Enabled", |v| v.as_f64().map(|n| Value::Bool(n != 0.0)));
        },
    ),
    Defect::must(
        "enabled-array-accepted",
        "Enabled [true] is taken as true.",
        ENABLED,
        |b| {
            b.takes("Enabled", only_element);
        },
    ),
    Defect::must(
        "enabled-array-ignored",
        "An array as Enabled is taken as not sent.",
        ENABLED,
        |b| {
            b.takes("Enabled", |v| v.is_array().then_some(Value::Null));
        },
    ),
    Defect::must(
        "enabled-object-accepted",
        "An object as Enabled is taken as true.",
        ENABLED,
        |b| {
            b.takes("Enabled", |v| v.is_object().then_some(Value::Bool(true)));
        },
    ),
    Defect::must(
        "enabled-type-crashes",
        "An Enabled that is no boolean is answered 500.",
        &["protocol::no-server-error", "request::Enabled::type"],
        |b| {
            b.crash_on(|sent| {
                has(sent, "Enabled") && !sent.get("Enabled").is_some_and(Value::is_boolean)
            })
        },
    ),
    Defect::must(
        "function-name-number-as-text",
        "FunctionName 5 is taken as the name \"5\".",
        NAME,
        |b| {
            b.takes("FunctionName", |v| {
                v.is_number().then(|| Value::String(v.to_string()))
            });
        },
    ),
    Defect::must(
        "function-name-number-ignored",
        "A number as FunctionName is taken as not sent.",
        NAME,
        |b| {
            b.takes("FunctionName", |v| v.is_number().then_some(Value::Null));
        },
    ),
    Defect::must(
        "function-name-boolean-as-text",
        "FunctionName true is taken as the name \"true\".",
        NAME,
        |b| {
            b.takes("FunctionName", |v| {
                v.is_boolean().then(|| Value::String(v.to_string()))
            });
        },
    ),
    Defect::must(
        "function-name-boolean-ignored",
        "A boolean as FunctionName is taken as not sent.",
        NAME,
        |b| {
            b.takes("FunctionName", |v| v.is_boolean().then_some(Value::Null));
        },
    ),
    Defect::must(
        "function-name-array-accepted",
        "FunctionName [\"f\"] is taken as \"f\".",
        NAME,
        |b| {
            b.takes("FunctionName", only_element);
        },
    ),
    Defect::must(
        "function-name-array-ignored",
        "An array as FunctionName is taken as not sent.",
        NAME,
        |b| {
            b.takes("FunctionName", |v| v.is_array().then_some(Value::Null));
        },
    ),
    Defect::must(
        "function-name-object-ignored",
        "An object as FunctionName is taken as not sent.",
        NAME,
        |b| {
            b.takes("FunctionName", |v| v.is_object().then_some(Value::Null));
        },
    ),
    Defect::must(
        "function-name-type-crashes",
        "A FunctionName that is no string is answered 500.",
        &["protocol::no-server-error", "request::FunctionName::type"],
        |b| {
            b.crash_on(|sent| {
                has(sent, "FunctionName") && !sent.get("FunctionName").is_some_and(Value::is_string)
            });
        },
    ),
];

fn only_element(value: &Value) -> Option<Value> {
    match value.as_array()?.as_slice() {
        [only] => Some(only.clone()),
        _ => None,
    }
}

fn whole(value: &Value) -> Option<i128> {
    integral(&value.as_number()?.to_string())
}

/// The low bits of a whole number, read as unsigned.
fn wrapped(value: &Value, bits: u32) -> Option<Value> {
    whole(value).map(|n| lexeme(&n.rem_euclid(1i128 << bits).to_string()))
}
