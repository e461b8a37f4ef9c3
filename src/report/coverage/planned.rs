//! What the cases of a plan are there to test, where nothing is fired.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::cover::{Cover, Row};
use super::sides;
use crate::contract::{Atom, AtomId, Part};
use crate::judge::Side;
use crate::plan::Plan;
use crate::plan::case::{Case, Draft, Expect, Purpose, Step};

/// The sides of promises that the plan has cases for.
#[derive(Default)]
struct Planned<'a> {
    sides: BTreeSet<(&'a AtomId, Side)>,
    /// The members that valid requests name.
    named: BTreeSet<String>,
}

/// What the plan says of each promise of its contract.
pub(super) fn rows(plan: &Plan) -> IndexMap<AtomId, Row> {
    let mut planned = Planned::default();
    plan.cases.iter().for_each(|case| planned.add(plan, case));

    let atoms = plan.contract.atoms.values();
    atoms
        .map(|atom| (atom.id.clone(), planned.row(plan, atom)))
        .collect()
}

impl<'a> Planned<'a> {
    fn add(&mut self, plan: &Plan, case: &'a Case) {
        let side = Side::of_case(case);
        self.sides
            .extend(case.atoms.iter().map(|atom| (atom, side)));

        let valid = |step: &&Step| step.expect == Expect::Accept || step.purpose == Purpose::Given;
        for step in case.steps.iter().filter(valid) {
            self.named.extend(names(plan, &step.request));
        }
    }

    fn row(&self, plan: &Plan, atom: &Atom) -> Row {
        let wanted = sides::wanted(&plan.contract, atom);
        Side::ALL.map(|side| {
            let has = |side| self.sides.contains(&(&atom.id, side));
            // A promise that cases alone check is tested by whichever side they test it from.
            let any = sides::any_will_do(&plan.contract, atom) && Side::ALL.into_iter().any(has);
            let named = side == Side::Valid && self.is_named(atom);
            if (has(side) || named) && (wanted.has(side) || any) {
                return Cover::Planned;
            }
            if !wanted.has(side) || any {
                return Cover::None;
            }
            if let Some(why) = &atom.impossible {
                return Cover::Impossible(why.clone());
            }
            if let Some(why) = sides::impossible(plan, atom, side) {
                return Cover::Impossible(why);
            }
            match side {
                Side::Answer | Side::State => Cover::ByRun,
                Side::Valid | Side::Invalid => Cover::Untested,
            }
        })
    }

    /// Whether a valid request names the member that the promise is about.
    fn is_named(&self, atom: &Atom) -> bool {
        let member = atom.id.parts().request_member();
        atom.part == Part::Request && member.is_some_and(|member| self.named.contains(member))
    }
}

/// The members that a request names, in its body and in its path.
fn names(plan: &Plan, draft: &Draft) -> Vec<String> {
    let members: Map<String, Value> = draft.members().unwrap_or_default();
    let labels = plan.binding.label.keys().cloned();
    members
        .into_iter()
        .map(|(name, _)| name)
        .chain(labels)
        .collect()
}
