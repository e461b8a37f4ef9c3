//! The members of an answer, by its shape: what is stored under a member's name, and what follows
//! from the shape where an answer always has the member.

use serde_json::{Map, Value};

use super::pages::pagination;
use super::store::Thing;
use crate::contract::constraint::{Zone, kind};
use crate::contract::oracle::Oracle;
use crate::contract::{Contract, OutputMember, Presence, Shape, ShapeType};
use crate::plan::generator::simplest;

/// Structures within structures are looked through so deep.
const DEEPEST: usize = 3;

/// The members of a successful answer about that thing, by the names that the contract gives them.
/// `all`: those as well that may be left out.
pub(crate) fn answer(oracle: Oracle<'_>, thing: &Thing, all: bool) -> Map<String, Value> {
    // There is another page only where one follows.
    let pages = pagination(oracle.contract);
    let is_token = |name: &str| pages.is_some_and(|pages| pages.output_token == name);
    let members = oracle.contract.output.iter();
    let members = members.filter(|member| !is_token(&member.name));
    let shown = members.filter_map(|member| {
        let value = value_of(oracle, member, thing, all)?;
        Some((member.name.clone(), value))
    });
    shown.collect()
}

fn value_of(oracle: Oracle<'_>, member: &OutputMember, thing: &Thing, all: bool) -> Option<Value> {
    let contract = oracle.contract;
    let fits = |value: &&Value| {
        let violations = oracle.answer_violations(&member.name, value);
        !value.is_null() && !violations.iter().any(|v| v.zone == Zone::Invalid)
    };
    if let Some(value) = thing.get(&member.name).filter(fits) {
        return Some(value.clone());
    }

    let is_always = member.presence == Presence::Always || all;
    let shape = contract.resolve(&member.shape);
    if shape.kind == ShapeType::Structure {
        let (inner, holds_any) = structure(contract, shape, thing, 0);
        if holds_any {
            return Some(Value::Object(inner));
        }
    }
    match is_always {
        true => simplest(contract, &member.shape, 0),
        false => None,
    }
}

/// The members of a structure, by their keys in the document, and whether any of them is stored.
fn structure(
    contract: &Contract,
    shape: &Shape,
    thing: &Thing,
    depth: usize,
) -> (Map<String, Value>, bool) {
    let (mut members, mut holds_any) = (Map::new(), false);
    for (name, member) in &shape.members {
        let of = contract.resolve(&member.shape);
        let fits = |value: &&Value| !value.is_null() && kind::admits(of, value) == Zone::Valid;
        let stored = thing.get(name).filter(fits).cloned();
        let within = || {
            let (inner, holds) = match of.kind == ShapeType::Structure && depth < DEEPEST {
                true => structure(contract, of, thing, depth + 1),
                false => return None,
            };
            holds.then_some(Value::Object(inner))
        };
        let stored = stored.or_else(within);
        holds_any |= stored.is_some();
        let made = || match member.required {
            true => simplest(contract, &member.shape, 0),
            false => None,
        };
        if let Some(value) = stored.or_else(made) {
            members.insert(member.wire_name.clone(), value);
        }
    }
    (members, holds_any)
}

/// A thing as an entry of a list: a structure, or the text that names it.
pub(crate) fn entry(contract: &Contract, element: &Shape, thing: &Thing, name: &str) -> Value {
    let shape = contract.resolve(element);
    match shape.kind {
        ShapeType::Structure => Value::Object(structure(contract, shape, thing, 0).0),
        _ => name.into(),
    }
}
