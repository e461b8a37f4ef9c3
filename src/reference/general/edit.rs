//! A contract with one promise about requests taken back, or moved by one: what a target goes by
//! that forgot the promise, or counts wrongly.

use crate::contract::{Bound, Constraint, Contract, RuleKind, Shape, ShapeType};

/// What is done to a promise about requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Edit {
    /// It is forgotten.
    Dropped,
    /// Its limit lies one further out.
    Widened,
    /// Its limit lies one further in; of a set of values, the last is left out.
    Narrowed,
}

/// The contract with that edit. None where the contract has no such promise, or the edit changes
/// nothing.
pub(crate) fn edited(contract: &Contract, promise: &str, edit: Edit) -> Option<Contract> {
    let mut changed = contract.clone();
    if let Some(id) = promise.strip_prefix("rule::") {
        let before = changed.rules.len();
        changed
            .rules
            .retain(|rule| rule.id != id || !matches!(rule.kind, RuleKind::LimitedWhen { .. }));
        return (edit == Edit::Dropped && changed.rules.len() < before).then_some(changed);
    }

    let mut parts = promise.strip_prefix("request::")?.splitn(2, "::");
    let (place, what) = (parts.next()?, parts.next()?);
    let (name, within) = place.split_at(place.find(['.', '[', '{']).unwrap_or(place.len()));
    let member = changed.input.iter_mut().find(|m| m.name == name)?;
    if within.is_empty() && what == "required" {
        member.required = false;
        return (edit == Edit::Dropped).then_some(changed);
    }
    let shape = &mut member.shape;
    change(contract, shape, within, what, edit).then_some(changed)
}

/// Changes what is at that place within a shape. The named shapes on the way are copied, since
/// others may stand for them as well.
fn change(contract: &Contract, shape: &mut Shape, within: &str, what: &str, edit: Edit) -> bool {
    if shape.target.is_some() {
        *shape = contract.resolve(shape).clone();
    }
    let inner = |shape: &mut Option<Box<Shape>>, rest: &str| {
        let shape = shape.as_deref_mut();
        shape.is_some_and(|shape| change(contract, shape, rest, what, edit))
    };
    if within.is_empty() {
        return at(shape, what, edit);
    }
    if let Some(rest) = within.strip_prefix("[]") {
        return inner(&mut shape.element, rest);
    }
    if let Some(rest) = within.strip_prefix("{}") {
        return inner(&mut shape.key, rest);
    }

    let Some(path) = within.strip_prefix('.') else {
        return false;
    };
    let (name, rest) = path.split_at(path.find(['.', '[', '{']).unwrap_or(path.len()));
    let Some(member) = shape.members.get_mut(name) else {
        return false;
    };
    if rest.is_empty() && what == "required" {
        member.required = false;
        return edit == Edit::Dropped;
    }
    change(contract, &mut member.shape, rest, what, edit)
}

/// Changes one restriction of a shape.
fn at(shape: &mut Shape, what: &str, edit: Edit) -> bool {
    if what == "type" {
        shape.kind = ShapeType::Document;
        shape.constraints.clear();
        return edit == Edit::Dropped;
    }

    let before = shape.constraints.len();
    let mut is_moved = false;
    shape.constraints.retain_mut(|constraint| {
        let bound = match (constraint, what) {
            (Constraint::Range(bound), "range::min" | "range::max")
            | (Constraint::Length(bound), "length::min" | "length::max") => bound,
            (Constraint::Fraction(limits), "range::min" | "range::max") => {
                if edit == Edit::Dropped {
                    is_moved = true;
                    match what.ends_with("min") {
                        true => limits.min = None,
                        false => limits.max = None,
                    }
                }
                return true;
            }
            (Constraint::Enum(values), "enum") if edit == Edit::Narrowed && values.len() > 1 => {
                values.pop();
                is_moved = true;
                return true;
            }
            (Constraint::Pattern(_), "pattern") | (Constraint::Enum(_), "enum") => {
                return edit != Edit::Dropped;
            }
            _ => return true,
        };
        is_moved |= moved(bound, what, edit);
        true
    });
    is_moved || shape.constraints.len() < before
}

fn moved(bound: &mut Bound, what: &str, edit: Edit) -> bool {
    let is_min = what.ends_with("min");
    let side = if is_min {
        &mut bound.min
    } else {
        &mut bound.max
    };
    let Some(limit) = *side else {
        return false;
    };
    let outward = if is_min { -1 } else { 1 };
    *side = match edit {
        Edit::Dropped => None,
        Edit::Widened => limit.checked_add(outward),
        Edit::Narrowed => limit.checked_sub(outward),
    };
    // What is narrowed to nothing is another defect.
    let is_empty = matches!((bound.min, bound.max), (Some(min), Some(max)) if min > max);
    !is_empty
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract::load_operation;
    use crate::contract::oracle::Oracle;
    use crate::support::files::Source;

    const TEXT: &str = "operation = \"Op\"\nrevision = \"r\"\nsource = \"S\"\n[http]\nmethod = \"PUT\"\nuri = \"/x\"\n\
        code = 200\nsection = \"s\"\n[input.One]\ntarget = \"Pair\"\n[input.Two]\ntarget = \"Pair\"\n\
        [shape.Pair]\ntype = \"structure\"\nmembers.Size = { type = \"integer\", range = { min = 1, max = 5 }, required = true }\n\
        members.Tags = { target = \"Tags\" }\n\
        [shape.Tags]\ntype = \"map\"\nkey = { type = \"string\", length = { max = 3 } }\nvalue = { type = \"string\" }\n";

    /// What a request breaks by the contract with that edit.
    #[track_caller]
    fn broken(promise: &str, edit: Edit, request: &serde_json::Value) -> Vec<String> {
        let service = crate::harness::testing::plan().service.clone();
        let file = Source {
            name: "contract.toml".to_owned(),
            text: TEXT.to_owned(),
        };
        let contract = load_operation(&file, "op", &service).expect("a contract");
        let changed = edited(&contract, promise, edit).expect("a promise of the contract");
        let request = request.as_object().expect("an object");
        let violations = Oracle::of(&changed, &service).violations(request);
        violations
            .into_iter()
            .map(|violation| violation.atom)
            .collect()
    }

    /// The same shape stands at two places: an edit is about one of them.
    #[test]
    fn one_promise_is_edited_alone() {
        let six = json!({"One": {"Size": 6}, "Two": {"Size": 6}});
        let promise = "request::One.Size::range::max";
        let of_two = ["request::Two.Size::range::max"];
        assert_eq!(broken(promise, Edit::Dropped, &six), of_two);
        assert_eq!(broken(promise, Edit::Widened, &six), of_two);
        let five = json!({"One": {"Size": 5}, "Two": {"Size": 5}});
        assert_eq!(broken(promise, Edit::Narrowed, &five), [promise]);

        let none = json!({"One": {}, "Two": {}});
        let required = "request::One.Size::required";
        let of_two = ["request::Two.Size::required"];
        assert_eq!(broken(required, Edit::Dropped, &none), of_two);
        let long = json!({"One": {"Size": 1, "Tags": {"long": ""}}});
        let key = "request::One.Tags{}::length::max";
        assert!(broken(key, Edit::Dropped, &long).is_empty());
        let word = json!({"One": {"Size": "six"}});
        assert!(broken("request::One.Size::type", Edit::Dropped, &word).is_empty());
    }
}
