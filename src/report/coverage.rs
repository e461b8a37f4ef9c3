//! From which sides the cases test each promise: what a run against the reference exercised, and
//! what it did not. Of an operation that the reference does not serve: what its cases are planned
//! to test.
//!
//! The run is in this process and in time that waits for nothing, as those of the
//! [self-check](crate::harness::self_check) are.

mod cover;
mod planned;
mod seen;
mod sides;
mod text;

use std::sync::Arc;

use indexmap::IndexMap;

use crate::contract::{AtomId, Contract};
use crate::plan::Plan;
use crate::reference::{Options, SERVICE};
use crate::run::{Event, RunOptions};
use tokio::sync::watch;

use crate::judge::Side;
use crate::run::rehearsal::rehearse;
use crate::wire::target::TargetError;

pub(crate) use cover::{Cover, Exercised, Row, Showing, Unshown};
pub(crate) use seen::Seen;
pub(crate) use text::coverage_text;

/// What is known of every promise.
#[derive(Clone, Debug)]
pub(crate) struct Coverage {
    /// The promises of the contract, in its order.
    pub(crate) own: IndexMap<AtomId, Row>,
    /// Those of the operations that read, make, list and remove what it changes. No case is about
    /// them alone.
    pub(crate) others: IndexMap<AtomId, Row>,
    /// Whether the cases were fired, or the plan alone says what they test.
    pub(crate) fired: bool,
}

impl Coverage {
    /// Each side of a promise of the contract that could be tested and is not.
    pub(crate) fn untested(&self) -> impl Iterator<Item = (&AtomId, Side)> {
        let open =
            |cover: &Cover| matches!(cover, Cover::Untested | Cover::Masked | Cover::Unshown(_));
        self.own.iter().flat_map(move |(id, row)| {
            Side::ALL
                .into_iter()
                .zip(row)
                .filter(move |(_, cover)| open(cover))
                .map(move |(side, _)| (id, side))
        })
    }
}

/// Says from which sides each promise is tested: fires the plan at the reference where that serves
/// the operation, and else goes by the plan alone.
///
/// # Errors
/// Where a target in this process cannot be set up.
pub(crate) fn coverage(plan: &Arc<Plan>) -> Result<Coverage, TargetError> {
    if plan.service.name != SERVICE {
        return Ok(Coverage {
            own: planned::rows(plan),
            others: IndexMap::new(),
            fired: false,
        });
    }

    let mut seen = Seen::default();
    let all: Vec<usize> = (0..plan.cases.len()).collect();
    let options = Options {
        region: plan.region.clone(),
        ..Options::default()
    };

    let run = RunOptions {
        max_failures: Some(1),
        ..RunOptions::default()
    };

    rehearse(plan, &all, options, run, watch::channel(false).1, |event| {
        if let Event::Judged(result) = event
            && let Some(case) = plan.cases.get(result.index)
        {
            seen.add(case, &result);
        }
    })?;

    let of = |contract: &Contract, gated: bool| -> Vec<(AtomId, Row)> {
        contract
            .atoms
            .values()
            .map(|atom| (atom.id.clone(), seen.row(plan, contract, atom, gated)))
            .collect()
    };

    Ok(Coverage {
        own: of(&plan.contract, true).into_iter().collect(),
        others: plan
            .judged_by()
            .skip(1)
            .flat_map(|contract| of(contract, false))
            .collect(),
        fired: true,
    })
}

#[cfg(test)]
mod tests;
