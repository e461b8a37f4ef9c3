//! From which sides the cases test each promise: what a run against the reference exercised, and what it did not.
//!
//! The run is in this process and in time that waits for nothing, as those of the [self-check](crate::self_check) are.

mod seen;
mod sides;
mod text;

use std::collections::BTreeMap;
use std::sync::Arc;

use indexmap::IndexMap;

use crate::contract::{AtomId, Contract};
use crate::plan::Plan;
use crate::reference::Options;
use crate::run::{Event, RunOptions};
use tokio::sync::watch;

use crate::judge::Side;
use crate::run::rehearsal::rehearse;
use crate::wire::target::TargetError;

pub(crate) use seen::Seen;
pub(crate) use text::coverage_text;

/// What is known of one side of a promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cover {
    /// Tested, and shown to be kept by a case.
    Exercised(Exercised),
    /// Tested, but no case showed it by itself.
    Unshown(Unshown),
    /// Its cases came to no verdict, because their controls were refused.
    Masked,
    /// No request can test it, and why.
    Impossible(String),
    /// No case tests it, though one could.
    Untested,
    /// A promise of this kind has no such side.
    None,
}

/// Cases that tested a side of a promise, one of which showed that it is kept there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Exercised {
    /// How many of each origin: `derived`, `chance`, or a case file.
    pub(crate) origins: BTreeMap<String, usize>,
    /// The case that showed it.
    pub(crate) shown_by: Showing,
}

/// A case that showed a side of a promise by itself.
///
/// The least of several is told: the one with the least beside it, and of these the first of the plan, so that the order in
/// which cases are fired does not matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Showing {
    /// How many findings it has, about other promises, which are more than the form of an answer.
    pub(crate) besides: usize,
    /// Its place in the plan.
    pub(crate) place: usize,
}

/// Cases that tested a side of a promise, none of which showed that it is kept there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unshown {
    /// How many of each origin.
    pub(crate) origins: BTreeMap<String, usize>,
    /// The findings that stood in the way, each with the number of cases.
    pub(crate) hindered: BTreeMap<String, usize>,
}

/// What is known of one promise, side by side in the order of [`Side::ALL`].
pub(crate) type Row = [Cover; 4];

/// What is known of every promise.
#[derive(Clone, Debug)]
pub(crate) struct Coverage {
    /// The promises of the contract, in its order.
    pub(crate) own: IndexMap<AtomId, Row>,
    /// Those of the operations that read, make, list and remove what it changes. No case is about them alone.
    pub(crate) others: IndexMap<AtomId, Row>,
}

impl Coverage {
    /// Each side of a promise of the contract that could be tested and is not.
    pub(crate) fn untested(&self) -> impl Iterator<Item = (&AtomId, Side)> {
        let open = |cover: &Cover| matches!(cover, Cover::Untested | Cover::Masked | Cover::Unshown(_));
        self.own.iter().flat_map(move |(id, row)| {
            Side::ALL.into_iter().zip(row).filter(move |(_, cover)| open(cover)).map(move |(side, _)| (id, side))
        })
    }
}

/// Fires the plan at the reference and says from which sides each promise was tested.
///
/// # Errors
/// Where a target in this process cannot be set up.
pub(crate) fn coverage(plan: &Arc<Plan>) -> Result<Coverage, TargetError> {
    let mut seen = Seen::default();
    let all: Vec<usize> = (0..plan.cases.len()).collect();
    let options = Options { region: plan.region.clone(), ..Options::default() };
    let run = RunOptions { max_failures: Some(1), ..RunOptions::default() };
    rehearse(plan, &all, options, run, watch::channel(false).1, |event| {
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

#[cfg(test)]
mod tests;
