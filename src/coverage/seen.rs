//! What cases came to, promise by promise and side by side.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cover, Row, sides};
use crate::case::{Case, Origin};
use crate::contract::{Atom, AtomId, Contract};
use crate::plan::Plan;
use crate::runner::CaseResult;
use crate::verdict::{Side, Verdict};

/// From which sides cases tested promises so far.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    exercised: BTreeMap<AtomId, [BTreeMap<String, usize>; 4]>,
    masked: BTreeSet<(AtomId, Side)>,
}

impl Seen {
    /// Takes in what became of a case.
    pub fn add(&mut self, case: &Case, result: &CaseResult) {
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

    /// Whether any case tested the promise.
    #[must_use]
    pub fn tested(&self, atom: &AtomId) -> bool {
        self.exercised.contains_key(atom)
    }

    /// What is known of each side of a promise. `own`: whether it is one of the contract under test, and not of an
    /// operation around it.
    #[must_use]
    pub fn row(&self, plan: &Plan, contract: &Contract, atom: &Atom, own: bool) -> Row {
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
