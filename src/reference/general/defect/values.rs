//! Values for defects: another one than what was sent, and one that breaks a promise about answers.

use serde_json::{Value, json};

use crate::contract::constraint::Zone;
use crate::contract::oracle::Oracle;
use crate::contract::{Contract, Shape, ShapeType};

/// A value of the shape that is not that one, and that cases hardly send.
pub(super) fn another(contract: &Contract, shape: &Shape, not: &Value) -> Option<Value> {
    let resolved = contract.resolve(shape);
    let bound = resolved.range();
    let candidates: Vec<Value> = match resolved.kind {
        ShapeType::Boolean => vec![json!(true), json!(false)],
        ShapeType::String | ShapeType::Enum => match resolved.values() {
            Some(values) => values
                .iter()
                .rev()
                .map(|v| Value::from(v.as_str()))
                .collect(),
            None => vec![json!("another"), json!("a1"), json!("anotherone")],
        },
        ShapeType::Integer | ShapeType::Long => {
            let (min, max) = (bound.and_then(|b| b.min), bound.and_then(|b| b.max));
            let inside = min.and_then(|min| min.checked_add(1));
            let all = inside.into_iter().chain(min).chain(max).chain([13]);
            all.map(Value::from).collect()
        }
        ShapeType::Float | ShapeType::Double => match resolved.limits() {
            Some(limits) => limits.satisfy().into_iter().map(|c| c.value).collect(),
            None => vec![json!(13.5), json!(1)],
        },
        _ => Vec::new(),
    };
    let fits = |value: &Value| {
        value != not
            && crate::contract::constraint::kind::admits(resolved, value) == Zone::Valid
            && bound.is_none_or(|bound| value.as_i64().is_none_or(|n| bound.admits(n.into())))
            && resolved.pattern().is_none()
    };
    candidates.into_iter().find(fits)
}

/// A value for a member of answers that certainly breaks the promise at that path. `within` puts it
/// where the promise is about.
pub(super) fn breaking(
    oracle: Oracle<'_>,
    member: &str,
    promise: &str,
    within: impl Fn(Value) -> Value,
) -> Option<Value> {
    let numbers = oracle.contract.atom(promise)?.says.split(' ');
    let limits: Vec<i64> = numbers.filter_map(|word| word.parse().ok()).collect();
    let beyond = limits
        .iter()
        .flat_map(|limit| [limit.checked_add(1), limit.checked_sub(1)]);
    let beyond: Vec<i64> = beyond.flatten().collect();
    let long = beyond.iter().filter_map(|n| usize::try_from(*n).ok());
    let long = long
        .filter(|n| *n <= 1 << 16)
        .map(|n| Value::from("a".repeat(n)));

    let plain = [
        json!("unheard-of"),
        json!("Not \u{1}! a form?"),
        json!(""),
        json!(-1),
        json!(1_000_000_007_i64),
        json!(true),
    ];
    let numbers = beyond.iter().map(|n| json!(n));
    let breaks = |value: &Value| {
        let violations = oracle.answer_violations(member, &within(value.clone()));
        let is_it = |atom: &str| atom == promise;
        violations
            .iter()
            .any(|v| v.zone == Zone::Invalid && is_it(&v.atom))
    };
    numbers.chain(long).chain(plain).find(breaks)
}
