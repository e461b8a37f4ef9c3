//! What the pairs of the built-in contract cover.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::harness::testing::{plan, request_of};
use crate::plan::case::{Case, Draft, Expect};

fn members(draft: &Draft) -> Map<String, Value> {
    draft.members().expect("an object")
}

/// The class of a member's value, as the id of its case names it.
fn class<'a>(case: &'a Case, member: &str) -> &'a str {
    let part = case
        .id
        .as_str()
        .split("::")
        .find_map(|part| part.strip_prefix(member)?.strip_prefix('-'));
    part.expect("every member is in the id")
}

#[test]
fn every_pair_of_classes_in_either_order() {
    let plan = plan();
    let cases: Vec<&Case> = plan
        .cases
        .iter()
        .filter(|c| c.id.as_str().contains("::pairwise::"))
        .collect();
    assert!(cases.iter().all(|c| *c.expect() == Expect::Accept));
    let names: Vec<&String> = plan.binding.values.keys().collect();
    let classes = |member: &str| {
        cases
            .iter()
            .map(|c| class(c, member))
            .collect::<BTreeSet<_>>()
    };
    for (at, one) in names.iter().enumerate() {
        assert!(classes(one).len() > 2, "{one}");
        for other in &names[at + 1..] {
            for (a, b) in classes(one)
                .into_iter()
                .flat_map(|a| classes(other).into_iter().map(move |b| (a, b)))
            {
                let mut places = cases
                    .iter()
                    .filter(|c| (class(c, one), class(c, other)) == (a, b))
                    .map(|c| {
                        let sent = members(request_of(c));
                        let place = |member: &str| sent.keys().position(|name| name == member);
                        place(one) < place(other)
                    });
                let both: BTreeSet<bool> = places.by_ref().collect();
                let needed = if a == "absent" || b == "absent" { 1 } else { 2 };
                assert!(both.len() >= needed, "{one} {a} with {other} {b}: {both:?}");
            }
        }
    }
}

#[test]
fn every_class_after_every_state() {
    let plan = plan();
    let cases: Vec<&Case> = plan
        .cases
        .iter()
        .filter(|c| c.id.as_str().contains("::pairwise::"))
        .collect();
    let state = |case: &Case| {
        let last = case
            .id
            .as_str()
            .rsplit("::")
            .next()
            .filter(|part| part.starts_with("given-"));
        last.unwrap_or("usual").to_owned()
    };
    let states: BTreeSet<String> = cases.iter().map(|c| state(c)).collect();
    assert_eq!(states.len(), plan.binding.values.len() + 2, "{states:?}");
    for member in plan.binding.values.keys() {
        let found: BTreeSet<(&str, String)> =
            cases.iter().map(|c| (class(c, member), state(c))).collect();
        let classes: BTreeSet<&str> = found.iter().map(|(class, _)| *class).collect();
        assert_eq!(
            found.len(),
            classes.len() * states.len(),
            "{member}: {found:?}"
        );
    }
}

#[test]
fn a_violation_in_company_stands_first_and_last() {
    let plan = plan();
    for case in plan
        .cases
        .iter()
        .filter(|c| c.id.as_str().ends_with("::in-company"))
    {
        let Expect::Reject(_) = case.expect() else {
            continue;
        };
        let control = members(case.twin().expect("a control"));
        let sent = members(request_of(case));
        let (broken, _) = sent
            .iter()
            .find(|(name, value)| control.get(*name) != Some(*value))
            .expect("a broken member");
        let starts = |c: &Case| {
            let sent = members(request_of(c));
            (
                sent.keys().next().is_some_and(|n| n == broken),
                sent.keys().next_back().is_some_and(|n| n == broken),
            )
        };
        let alike = plan
            .cases
            .iter()
            .filter(|c| c.id.as_str().starts_with(case.id.as_str()));
        let places: Vec<(bool, bool)> = alike.map(starts).collect();
        assert!(
            places.contains(&(true, false)) && places.contains(&(false, true)),
            "{}: {places:?}",
            case.id
        );
    }
}
