//! States that pass by themselves, by their names: what was made is waited for while it is in one.

use super::shown::step;
use crate::contract::{AnswerLocation, Contract, Shape, ShapeType};

/// Words of states that pass by themselves.
const PASSING: [&str; 14] = [
    "creating",
    "pending",
    "updating",
    "modifying",
    "starting",
    "provisioning",
    "initializing",
    "enabling",
    "activating",
    "configuring",
    "registering",
    "inprogress",
    "creationinprogress",
    "updateinprogress",
];

/// Where a read shows the state of a thing, and the states that pass by themselves.
pub(super) fn passing(contract: &Contract) -> Option<(String, Vec<String>)> {
    let is_body = |location| location == AnswerLocation::Body;
    let plain = contract.output.iter().filter(|m| is_body(m.location));
    let mut inner = Vec::new();
    for member in plain {
        if let Some(states) = states(contract, &member.name, &member.shape) {
            return Some((step(&member.wire_name), states));
        }
        let shape = contract.resolve(&member.shape);
        if shape.kind == ShapeType::Structure {
            for (name, one) in &shape.members {
                let pointer = format!("{}{}", step(&member.wire_name), step(&one.wire_name));
                inner.extend(states(contract, name, &one.shape).map(|states| (pointer, states)));
            }
        }
    }
    inner.into_iter().next()
}

fn states(contract: &Contract, name: &str, shape: &Shape) -> Option<Vec<String>> {
    let name = super::words::plain(name);
    let is_state = name.ends_with("state") || name.ends_with("status");
    let values = contract.resolve(shape).values().filter(|_| is_state)?;
    let passes = |value: &&String| PASSING.contains(&super::words::plain(value).as_str());
    let passing: Vec<String> = values.iter().filter(passes).cloned().collect();
    (!passing.is_empty()).then_some(passing)
}
