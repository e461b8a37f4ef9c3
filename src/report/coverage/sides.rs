//! Which sides a promise has, by its kind.

use crate::contract::{Atom, Contract, Part, RuleKind};
use crate::judge::{Side, Sides};
use crate::plan::Plan;

/// The sides from which a promise of that kind can be tested.
pub(super) fn wanted(contract: &Contract, atom: &Atom) -> Sides {
    let sides: &[Side] = match (atom.part, atom.id.parts().last()) {
        // Every request of the operation names what it requires.
        (Part::Request, "required") => &[Side::Invalid],
        (Part::Request, "optional") => &[Side::Valid],
        (Part::Request, _) => &[Side::Valid, Side::Invalid],
        (Part::Response | Part::Error | Part::Protocol, _) => &[Side::Answer],
        (Part::Rule, _) => match rule(contract, atom) {
            Some(RuleKind::LimitedWhen { .. }) => &[Side::Valid, Side::Invalid],
            Some(RuleKind::Pages(_)) => &[Side::Valid, Side::Answer],
            // What a read was asked for leaves no state behind.
            Some(RuleKind::Stored { .. }) if contract.http.only_reads() => &[Side::Answer],
            Some(
                RuleKind::Stored { .. }
                | RuleKind::Default { .. }
                | RuleKind::Resolved { .. }
                | RuleKind::State { .. },
            ) => &[Side::Answer, Side::State],
            Some(RuleKind::Advances { .. }) => &[Side::Valid, Side::Answer],
            Some(RuleKind::NullFor { .. } | RuleKind::Shows { .. }) => &[Side::Answer],
            _ => &[Side::State],
        },
    };

    sides.iter().copied().collect()
}

/// Whether the contract leaves it to its cases from which side they test the promise.
pub(super) fn any_will_do(contract: &Contract, atom: &Atom) -> bool {
    matches!(rule(contract, atom), Some(RuleKind::Written))
}

/// Why no request tests that side of a promise, where that is so.
pub(super) fn impossible(plan: &Plan, atom: &Atom, side: Side) -> Option<String> {
    match side {
        Side::Invalid => plan.impossible.get(&atom.id).cloned(),
        Side::Answer => plan.optional_promise(&atom.id).map(str::to_owned),
        Side::Valid | Side::State => None,
    }
}

fn rule<'a>(contract: &'a Contract, atom: &Atom) -> Option<&'a RuleKind> {
    let id = atom.id.parts().rule()?;
    contract
        .rules
        .iter()
        .find(|rule| rule.id == id)
        .map(|rule| &rule.kind)
}
