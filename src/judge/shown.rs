//! Whether an answer shows what was sent.

use serde_json::{Map, Value};

use super::{Symptom, json};
use crate::contract::RuleKind;
use crate::contract::constraint::timestamp;

/// What is wrong, as a finding tells it: how it shows, what was expected and what came.
pub(super) type Broken = (Symptom, String, String);

/// What a rule says of an answer that follows a request with this value of the rule's member:
/// `None` where it says nothing, `Some(None)` where the answer is as it says. `settled`: it is a
/// read after the transition has ended.
pub(super) fn told(
    kind: &RuleKind,
    value: &Value,
    object: &Map<String, Value>,
    settled: bool,
) -> Option<Option<Broken>> {
    let symptom = if settled {
        Symptom::NotStored
    } else {
        Symptom::NotEchoed
    };
    match kind {
        RuleKind::Stored { output, .. } => {
            let answered = object.get(output)?;
            Some((!shows(value, answered)).then(|| {
                (
                    symptom,
                    format!("{output}: {value}"),
                    format!("{output}: {answered}"),
                )
            }))
        }
        RuleKind::Resolved {
            output,
            parts,
            suffix,
            ..
        } => {
            let (Value::String(name), Value::String(answered)) = (value, object.get(output)?)
            else {
                return None;
            };
            let end = resolved(parts, suffix, name)?;
            Some((!answered.ends_with(&end)).then(|| {
                (
                    symptom,
                    format!("{output} that ends with {end}"),
                    format!("{output}: {answered}"),
                )
            }))
        }
        RuleKind::State {
            input,
            output,
            effects,
            ..
        } => {
            let state = object.get(output)?.as_str()?;
            let effect = effects.get(&value.to_string())?;
            let admitted = if settled {
                &effect.settled
            } else {
                &effect.answer
            };
            Some((!admitted.iter().any(|a| a == state)).then(|| {
                let when = if settled {
                    "in the end"
                } else {
                    "in the answer"
                };
                let expected = format!(
                    "{output} {} {when}, after {input} {value}",
                    admitted.join(" or ")
                );
                (Symptom::WrongState, expected, format!("{output}: {state}"))
            }))
        }
        _ => None,
    }
}

/// The end of a name's resolved form.
pub(super) fn resolved(parts: &regex::Regex, suffix: &str, name: &str) -> Option<String> {
    let mut end = String::new();
    parts.captures(name)?.expand(suffix, &mut end);
    Some(end)
}

/// Whether a value that is shown is what was sent. A service may add to a structure what was not
/// sent, leave out of it what is empty, and show a list in another order.
fn shows(sent: &Value, shown: &Value) -> bool {
    match (sent, shown) {
        (Value::Object(sent), Value::Object(shown)) => sent.iter().all(|(name, value)| {
            shown
                .get(name)
                .filter(|v| !v.is_null())
                .map_or_else(|| is_nothing(value), |shown| shows(value, shown))
        }),
        (Value::Array(sent), Value::Array(shown)) => {
            let mut left: Vec<&Value> = shown.iter().collect();
            let found =
                sent.iter().all(
                    |value| match left.iter().position(|shown| shows(value, shown)) {
                        Some(place) => {
                            left.swap_remove(place);
                            true
                        }
                        None => false,
                    },
                );
            found && left.is_empty()
        }
        _ => json::same(sent, shown) || is_same_time(sent, shown),
    }
}

/// Whether two values are one time. A service may write it in another notation, or with other
/// digits of its fraction.
fn is_same_time(sent: &Value, shown: &Value) -> bool {
    // Two numbers were compared digit for digit.
    let is_text = sent.is_string() || shown.is_string();
    let times = is_text.then(|| timestamp::milliseconds(sent).zip(timestamp::milliseconds(shown)));
    times.flatten().is_some_and(|(sent, shown)| sent == shown)
}

/// Whether a value says no more than its absence: nothing is in it, or it is what an absent one
/// mostly stands for.
pub(super) fn is_nothing(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => {
            json::compare(number.as_str(), "0") == Some(std::cmp::Ordering::Equal)
        }
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.iter().all(is_nothing),
        Value::Object(members) => members.values().all(is_nothing),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn structures_and_lists_are_shown_by_what_was_sent() {
        for (sent, shown) in [
            (
                json!({"Filters": [{"Pattern": "{}"}]}),
                json!({"Filters": [{"Pattern": "{}"}]}),
            ),
            (
                json!({"OnFailure": {"Destination": "a"}}),
                json!({"OnFailure": {"Destination": "a"}, "OnSuccess": {}}),
            ),
            (json!(["a", "b"]), json!(["b", "a"])),
            (json!({"Filters": []}), json!({})),
            (json!({"A": null}), json!({})),
            (json!(5), json!(5.0)),
            (
                json!("2023-11-14T22:13:20.500Z"),
                json!("2023-11-14T22:13:20.5Z"),
            ),
            (json!("Tue, 14 Nov 2023 22:13:20 GMT"), json!(1_700_000_000)),
        ] {
            assert!(shows(&sent, &shown), "{sent} as {shown}");
        }

        for (sent, shown) in [
            (
                json!({"Filters": [{"Pattern": "{}"}]}),
                json!({"Filters": []}),
            ),
            (
                json!({"OnFailure": {"Destination": "a"}}),
                json!({"OnFailure": {}}),
            ),
            (json!(["a"]), json!(["a", "b"])),
            (json!(["a", "a"]), json!(["a", "b"])),
            (json!({"Concurrency": 2}), json!({"Concurrency": 3})),
            (json!("2023-11-14T22:13:20Z"), json!("2023-11-14T22:13:21Z")),
            (json!("2023"), json!(2023)),
        ] {
            assert!(!shows(&sent, &shown), "{sent} as {shown}");
        }

        for nothing in [
            json!(null),
            json!({}),
            json!({"A": []}),
            json!(0),
            json!(false),
            json!(""),
        ] {
            assert!(is_nothing(&nothing), "{nothing}");
        }

        assert!(!is_nothing(&json!({"A": [1]})));
    }
}
