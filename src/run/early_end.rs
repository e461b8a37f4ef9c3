//! Whether firing on tells anything more.
//!
//! Where a target answers everything alike, or accepts no valid request at all, every further case
//! comes to the same. A run then ends early, and says why. The cases that show most are fired
//! first, so that what a target does right in part is seen before that.

use std::collections::HashSet;

use bytes::Bytes;

use super::outcome::no_answer;
use super::{CaseResult, Runner, Stop, observe};
use crate::judge::{Observation, Role};
use crate::plan::case::{Case, Expect};

/// What the cases of a run came to so far.
#[derive(Debug, Default)]
pub(super) struct EarlyEnd {
    cases: usize,
    accepted_any: bool,
    /// The bodies of the valid requests that were refused.
    refused: HashSet<Bytes>,
    /// What the target said to the last of them.
    said: String,
}

/// So many cases are fired before anything is said of all of them.
const CASES: usize = 60;
/// So many valid requests that differ must have been refused.
const REFUSED: usize = 8;
/// So many answers must have been alike, and so many cases fired.
const ALIKE: (u64, usize) = (100, 20);

impl EarlyEnd {
    /// Takes in a case, and says why there is no use in firing another.
    pub(super) fn note(&mut self, runner: &Runner, result: &CaseResult) -> Option<Stop> {
        let case = runner.plan.cases.get(result.index);
        if let (Some(case), Some(seen)) = (case, &result.observation) {
            self.cases += 1;
            self.accepted_any |= observe::accepted_any(case, seen);
            if !self.accepted_any {
                self.refused_of(runner, case, seen);
            }
        }
        let alike = || runner.client.alike(ALIKE.0);
        if let Some(said) = (self.cases >= ALIKE.1).then(alike).flatten() {
            return Some(Stop::NoFixture(format!(
                "it answers every request alike, with {said}"
            )));
        }
        let fired = self.cases >= CASES;
        (fired && !self.accepted_any && self.refused.len() >= REFUSED).then(|| {
            Stop::NoFixture(format!(
                "in {} cases it accepted no valid request, and {} different ones were sent; the last: {}",
                self.cases,
                self.refused.len(),
                self.said
            ))
        })
    }

    /// Whether the target accepted any valid request.
    pub(super) fn accepted_any(&self) -> bool {
        self.accepted_any
    }

    /// Notes the valid requests of a case that were refused.
    fn refused_of(&mut self, runner: &Runner, case: &Case, seen: &Observation) {
        let valid_subject = matches!(case.expect(), Expect::Accept);
        let refused = seen.fired.iter().filter(|fired| {
            let valid = match fired.role {
                Role::Given => true,
                Role::Subject => valid_subject,
                _ => false,
            };
            let answered = no_answer(&runner.plan.service, &fired.exchange).is_none();
            valid && answered && !fired.exchange.accepted()
        });
        for fired in refused {
            self.refused.insert(fired.exchange.request.body.clone());
            self.said = runner.said(&fired.exchange);
        }
    }
}
