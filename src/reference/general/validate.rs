//! What is wrong with a request, in the words of the oracle: only what every reading refuses.

use serde_json::{Map, Value};

use crate::contract::constraint::Zone;
use crate::contract::oracle::{Oracle, Violation};
use crate::contract::{Location, ShapeType};
use crate::plan::generator::overflows;

/// What stands in a path and has not its form: where a service has a family for that, it is refused
/// so whatever it breaks.
const MALFORMED: &str = "malformed-resource";

/// The class of what is wrong with the members, which the refusal is for; and the promise that they
/// break. A wrong type comes before a constraint, as a value without its type has none.
pub(crate) fn breaks(
    oracle: Oracle<'_>,
    members: &Map<String, Value>,
    refuses_doubtful: bool,
) -> Option<(&'static str, String)> {
    let counts = |violation: &&Violation| match violation.zone {
        Zone::Invalid => true,
        Zone::Depends(_) => refuses_doubtful,
        Zone::Valid => false,
    };
    first_of(oracle, members, counts)
}

/// The same of members that no other revision knows, for those who go by another one.
pub(crate) fn breaks_as_new(
    oracle: Oracle<'_>,
    members: &Map<String, Value>,
) -> Option<(&'static str, String)> {
    let is_new = |name: &str| {
        oracle
            .others
            .iter()
            .all(|other| other.member(name).is_none())
    };
    let counts = |violation: &&Violation| {
        let member = violation
            .member()
            .filter(|name| members.contains_key(*name));
        violation.zone == Zone::Invalid && member.is_some_and(is_new)
    };
    match oracle.others.is_empty() {
        true => None,
        false => first_of(oracle, members, counts),
    }
}

fn first_of(
    oracle: Oracle<'_>,
    members: &Map<String, Value>,
    counts: impl Fn(&&Violation) -> bool,
) -> Option<(&'static str, String)> {
    let violations = oracle.violations_anywhere(members);
    let all: Vec<&Violation> = violations.iter().filter(counts).collect();
    let first = all.iter().find(|violation| violation.class == "type");
    let violation = first.or(all.first())?;

    let member = violation
        .member()
        .and_then(|name| oracle.contract.member(name));
    let value = member.and_then(|member| members.get(&member.name));
    let too_large = violation.class == "range" && value.is_some_and(holds_too_large);
    let is_label = member.is_some_and(|member| member.location == Location::Label);
    let class = match is_label && oracle.service.family(MALFORMED).is_some() {
        true => MALFORMED,
        false if too_large => "overflow",
        false => violation.class,
    };
    Some((class, violation.atom.clone()))
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
