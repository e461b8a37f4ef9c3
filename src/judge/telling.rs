//! Whether an update shows anything in the state at hand.

use super::criteria::Judge;
use super::shown;
use crate::wire::exchange::{Exchange, Request};
use crate::wire::members;

impl Judge<'_> {
    /// Whether a request gives each member that it sends, and at least one, another value than a
    /// read of the resource shows: only then the next read shows that the values were stored.
    pub(crate) fn changes_all(&self, request: &Request, read: &Exchange) -> bool {
        let contract = self.oracle.contract;
        let sent = members::sent(contract, request);
        let Some(shows) = members::shown(self.read.unwrap_or(contract), read) else {
            return false;
        };

        let told = contract.rules.iter().filter_map(|rule| {
            let value = sent.get(rule.kind.input()?)?;
            shown::told(&rule.kind, value, &shows, true)
        });
        let differs: Vec<bool> = told.map(|broken| broken.is_some()).collect();
        !differs.is_empty() && !differs.contains(&false)
    }
}
