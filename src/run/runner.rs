//! What carries out a plan: the plan, the way to the target, and what all that fire cases share.

use std::sync::Arc;

use tokio::sync::watch;

use super::known::Known;
use super::options::Adapts;
use super::patient_client::PatientClient;
use super::turns::Turns;
use super::{Budget, RunOptions, Stays};
use crate::plan::Plan;
use crate::wire::target::Target;

/// Runs cases of a plan on a target.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    pub(super) plan: Arc<Plan>,
    pub(super) client: PatientClient,
    pub(super) options: RunOptions,
    /// What all may take. Undoing does not look at it.
    pub(super) budget: Budget,
    /// What is known of the identifiers that the target gave.
    pub(super) known: Arc<Known>,
    /// What the target refused to remove.
    pub(super) stays: Stays,
}

impl Runner {
    /// A runner for that plan and target.
    pub(crate) fn new(plan: Arc<Plan>, target: Target, options: RunOptions) -> Self {
        let client = PatientClient::new(target, &plan);
        Self {
            plan,
            client,
            options,
            budget: Budget::default(),
            known: Arc::default(),
            stays: Stays::default(),
        }
    }

    /// The same runner, which stops when `stop` turns true, and fires no further case once the time
    /// it was given is over, from now on.
    pub(crate) fn stoppable(&self, stop: watch::Receiver<bool>) -> Self {
        let budget = Budget::new(self.options.time, self.options.jobs, stop);
        Self {
            client: self.client.within(&budget),
            budget,
            ..self.clone()
        }
    }

    /// The same runner, of which no more requests are under way than the options say.
    pub(super) fn in_turns(&self) -> Self {
        let Adapts {
            connections,
            workers,
        } = self.options.adapts;
        if !workers {
            return self.clone();
        }
        let turns = Turns::new(self.options.jobs, connections);
        Self {
            client: self.client.in_turns(turns),
            ..self.clone()
        }
    }

    /// The same runner, which shares what the target refused to remove with runners of other
    /// operations.
    pub(crate) fn sharing(self, stays: &Stays) -> Self {
        Self {
            stays: stays.clone(),
            ..self
        }
    }

    /// The same runner on another target, of which it has learnt nothing yet.
    pub(crate) fn on(&self, target: Target) -> Self {
        let client = PatientClient::new(target, &self.plan).within(&self.budget);
        Self {
            client,
            known: Arc::default(),
            stays: Stays::default(),
            ..self.clone()
        }
    }

    /// What the run may take.
    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// How many requests it sent, with all its clones.
    pub(crate) fn requests(&self) -> u64 {
        self.client.sent()
    }

    /// Whether what is under way is to end.
    pub(crate) fn stopped(&self) -> bool {
        self.budget.spent().is_some()
    }
}
