//! From which sides the cases test each promise: what a run against the reference exercised, and what it did not.
//!
//! The run is in this process and in time that waits for nothing, as those of the [self-check](crate::self_check) are.

mod sides;
mod text;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::IndexMap;

use crate::case::{Case, Origin};
use crate::contract::{AtomId, Contract};
use crate::plan::Plan;
use crate::reference::Options;
use crate::runner::{CaseResult, Event};
use crate::self_check::rehearse;
use crate::target::TargetError;
use crate::verdict::{Side, Verdict};

pub use text::coverage_text;

/// What is known of one side of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cover {
    /// Tested by so many cases of each of these origins: `derived`, `chance`, or a case file.
    Exercised(BTreeMap<String, usize>),
    /// Its cases came to no verdict, because their controls were refused.
    Masked,
    /// No request can test it, and why.
    Impossible(String),
    /// No case tests it, though one could.
    Untested,
    /// A promise of this kind has no such side.
    None,
}

/// What is known of one promise, side by side in the order of [`Side::ALL`].
pub type Row = [Cover; 4];

/// What is known of every promise.
#[derive(Clone, Debug)]
pub struct Coverage {
    /// The promises of the contract, in its order.
    pub own: IndexMap<AtomId, Row>,
    /// Those of the operations that read, make, list and remove what it changes. No case is about them alone.
    pub others: IndexMap<AtomId, Row>,
}

impl Coverage {
    /// Each side of a promise of the contract that could be tested and is not.
    pub fn untested(&self) -> impl Iterator<Item = (&AtomId, Side)> {
        let open = |cover: &Cover| matches!(cover, Cover::Untested | Cover::Masked);
        self.own.iter().flat_map(move |(id, row)| {
            Side::ALL.into_iter().zip(row).filter(move |(_, cover)| open(cover)).map(move |(side, _)| (id, side))
        })
    }
}

#[derive(Default)]
struct Seen {
    exercised: BTreeMap<AtomId, [BTreeMap<String, usize>; 4]>,
    masked: BTreeSet<(AtomId, Side)>,
}

/// Fires the plan at the reference and says from which sides each promise was tested.
///
/// # Errors
/// Where a target in this process cannot be set up.
pub fn coverage(plan: &Arc<Plan>) -> Result<Coverage, TargetError> {
    let mut seen = Seen::default();
    let all: Vec<usize> = (0..plan.cases.len()).collect();
    let options = Options { region: plan.region.clone(), ..Options::default() };
    rehearse(plan, &all, options, |event| {
        if let Event::Judged(result) = event
            && let Some(case) = plan.cases.get(result.index)
        {
            seen.add(case, &result);
        }
    })?;
    let of = |contract: &Contract, gated: bool| -> Vec<(AtomId, Row)> {
        contract.atoms.values().map(|atom| (atom.id.clone(), seen.row(plan, contract, atom, gated))).collect()
    };
    let lifecycle = plan.lifecycle.iter().flat_map(|l| [&l.create, &l.list, &l.delete]);
    Ok(Coverage {
        own: of(&plan.contract, true).into_iter().collect(),
        others: plan.read.iter().chain(lifecycle).flat_map(|contract| of(contract, false)).collect(),
    })
}

impl Seen {
    fn add(&mut self, case: &Case, result: &CaseResult) {
        if matches!(result.judgement.verdict, Verdict::Masked(_)) {
            self.masked.extend(case.atoms.iter().map(|atom| (atom.clone(), Side::of_case(case))));
        }
        let origin = match &case.origin {
            Origin::Derived => "derived",
            Origin::Sampled => "chance",
            Origin::Written { file, .. } | Origin::Recorded { file, .. } => file.rsplit('/').next().unwrap_or(file),
        };
        for (atom, sides) in &result.judgement.exercised {
            if !self.exercised.contains_key(atom) {
                self.exercised.insert(atom.clone(), Default::default());
            }
            let Some(by_side) = self.exercised.get_mut(atom) else { continue };
            for (side, origins) in Side::ALL.into_iter().zip(by_side) {
                if !sides.has(side) {
                    continue;
                }
                match origins.get_mut(origin) {
                    Some(count) => *count += 1,
                    None => {
                        origins.insert(origin.to_owned(), 1);
                    }
                }
            }
        }
    }

    fn row(&self, plan: &Plan, contract: &Contract, atom: &crate::contract::Atom, own: bool) -> Row {
        let wanted = sides::wanted(contract, atom);
        let exercised = self.exercised.get(&atom.id);
        // A promise that cases alone check is tested by whichever side they test it from.
        let any = sides::any_will_do(contract, atom) && exercised.is_some();
        Side::ALL.map(|side| {
            let by = exercised.and_then(|by| by.get(side as usize)).filter(|by| !by.is_empty());
            if let Some(by) = by {
                return Cover::Exercised(by.clone());
            }
            if !wanted.has(side) || any {
                return Cover::None;
            }
            if let Some(why) = &atom.impossible {
                return Cover::Impossible(why.clone());
            }
            if self.masked.contains(&(atom.id.clone(), side)) {
                return Cover::Masked;
            }
            let why = if own { sides::impossible(plan, atom, side) } else { None };
            why.map_or(Cover::Untested, Cover::Impossible)
        })
    }
}

#[cfg(test)]
mod tests;
