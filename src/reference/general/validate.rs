//! What is wrong with a request, in the words of the oracle: only what every reading refuses.

use serde_json::{Map, Value};

use crate::contract::ShapeType;
use crate::contract::constraint::Zone;
use crate::contract::oracle::{Oracle, Violation};
use crate::plan::generator::overflows;

/// The class of what is wrong with the members, which the refusal is for; and the promise that they
/// break. A wrong type comes before a constraint, as a value without its type has none.
pub(crate) fn breaks(
    oracle: Oracle<'_>,
    members: &Map<String, Value>,
    refuses_doubtful: bool,
) -> Option<(&'static str, String)> {
    let violations = oracle.violations_anywhere(members);
    let counts = |violation: &&Violation| match violation.zone {
        Zone::Invalid => true,
        Zone::Depends(_) => refuses_doubtful,
        Zone::Valid => false,
    };
    let all: Vec<&Violation> = violations.iter().filter(counts).collect();
    let first = all.iter().find(|violation| violation.class == "type");
    let violation = first.or(all.first())?;

    let value = violation.member().and_then(|name| members.get(name));
    let too_large = violation.class == "range" && value.is_some_and(holds_too_large);
    let class = if too_large { "overflow" } else { violation.class };
    Some((class, violation.atom.clone()))
}

/// The same of members that no other revision knows, for those who go by another one.
pub(crate) fn breaks_as_new(
    oracle: Oracle<'_>,
    members: &Map<String, Value>,
) -> Option<(&'static str, String)> {
    let is_new = |name: &String| oracle.others.iter().all(|other| other.member(name).is_none());
    if oracle.others.is_empty() {
        return None;
    }
    let new = members.iter().filter(|(name, _)| is_new(name));
    let new: Map<String, Value> = new.map(|(name, value)| (name.clone(), value.clone())).collect();
    // What is not there is no matter of these.
    breaks(oracle, &new, false).filter(|(class, _)| *class != "required")
}

/// Whether a number within the value is too large for the integers of a machine.
fn holds_too_large(value: &Value) -> bool {
    match value {
        Value::Number(_) => overflows(ShapeType::Long, value),
        Value::Array(elements) => elements.iter().any(holds_too_large),
        Value::Object(members) => members.values().any(holds_too_large),
        _ => false,
    }
}
