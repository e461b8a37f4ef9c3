//! Exchanges that several cases have in common: what they showed is found out once.
//!
//! Cases that are fired behind one update share it, and the reads around it. Each of them is judged
//! by itself, and what the shared exchanges show is the same for all. Only those are kept in which
//! nothing was wrong: what is wrong is told in the words of each case.

use std::sync::{Mutex, PoisonError};

use super::Judgement;
use super::inspect::{Inspection, Seen, inspect};
use crate::contract::Contract;
use crate::contract::oracle::Oracle;
use crate::plan::case::Variant;
use crate::wire::exchange::Exchange;

/// What was right in exchanges that further cases have as well.
#[derive(Debug, Default)]
pub(crate) struct SharedLooks(Mutex<Vec<CleanLook>>);

/// A successful answer in which nothing was wrong.
#[derive(Debug)]
struct CleanLook {
    /// The operation and the revision of the contract that it was judged by.
    contract: (String, String),
    variant: Variant,
    side: super::Side,
    exchange: Exchange,
    /// The promises that it shows.
    shows: Judgement,
}

/// So many exchanges are kept: a chain of cases has fewer.
const MOST: usize = 8;

impl SharedLooks {
    /// As [`inspect`], of an exchange that other cases may have had before.
    pub(super) fn inspect<'e>(
        &self,
        oracle: Oracle<'_>,
        exchange: &'e Exchange,
        inspection: Inspection<'_>,
        judgement: &mut Judgement,
    ) -> Seen<'e> {
        let mut looks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = |look: &&CleanLook| look.is_of(oracle.contract, exchange, inspection);
        if let Some(look) = looks.iter().find(known) {
            judgement.take_in(&look.shows);
            return Seen::of_plain(exchange);
        }

        let mut own = Judgement::new();
        let seen = inspect(oracle, exchange, inspection, None, &mut own);
        judgement.take_in(&own);
        let contract = oracle.contract;
        let plain = contract.answers_plainly() && seen.accepted && seen.object().is_some();
        if plain && own.findings.is_empty() && looks.len() < MOST {
            looks.push(CleanLook {
                contract: (contract.slug.clone(), contract.revision.clone()),
                variant: inspection.variant.clone(),
                side: inspection.side,
                exchange: exchange.clone(),
                shows: own,
            });
        }
        seen
    }
}

impl CleanLook {
    /// Whether it was a look at this exchange, by the same contract and for the same.
    fn is_of(&self, contract: &Contract, exchange: &Exchange, inspection: Inspection<'_>) -> bool {
        let Inspection {
            side,
            variant,
            opaque,
            members,
            ..
        } = inspection;

        members
            && !opaque
            && (self.side, &self.variant) == (side, variant)
            && self.contract.0 == contract.slug
            && self.contract.1 == contract.revision
            && self.exchange.request == exchange.request
            && self.exchange.outcome == exchange.outcome
    }
}
