//! A case of an operation that lists: what was made is on the list, and what was removed is not.
//!
//! Lists stand in the sequences that are drawn for the operation which changes the resource. An
//! operation that lists has this case of its own, so that what it promises is tested by its plan.

use super::Plan;
use super::case::{Action, Case, CaseId, Origin};
use crate::contract::RuleKind;
use crate::plan::fixture::Made;

impl Plan {
    /// The case, where the contract promises what a list shows, and none of these is about that.
    pub(super) fn listing(&self, cases: &[Case]) -> Option<Case> {
        let operations = self.operations()?;
        if operations.subject != Action::List {
            return None;
        }
        let rules = self.contract.rules.iter();
        let mut rules = rules.filter(|rule| matches!(rule.kind, RuleKind::Listed { .. }));
        let rule = rules.next()?;
        let atom = self.contract.atom(&rule.path)?.id.clone();
        if cases.iter().any(|case| case.atoms.contains(&atom)) {
            return None;
        }

        let first = self.binding.made().first()?;
        let mut alike = self.binding.made().iter();
        let second = alike.find(|made| made.name != first.name && made.variant == first.variant)?;
        let on = |action, made: &Made| operations.step(action, Some(&made.name), None, None);
        let make = |made: &Made| {
            let body = Some(made.body.clone());
            operations.step(Action::Create, Some(&made.name), body, None)
        };
        let list = || operations.step(Action::List, None, None, None);

        Some(Case {
            id: CaseId(format!("{}::{}::in-turn", self.contract.slug, rule.path)),
            says: "Two resources are made and one is removed, with a list after each".to_owned(),
            origin: Origin::Derived,
            atoms: vec![atom],
            variant: first.variant.clone(),
            steps: vec![
                make(first),
                list(),
                make(second),
                list(),
                on(Action::Read, first),
                on(Action::Read, second),
                on(Action::Delete, first),
                on(Action::Gone, first),
                list(),
            ],
            basis: rule.basis,
            level: rule.level,
            why: rule.says.clone(),
        })
    }
}
