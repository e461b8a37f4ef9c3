//! Trying a finding again by itself, on resources of its own.

use std::collections::BTreeSet;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use super::pending::{Candidate, PendingFindings};
use super::{Doubt, End, GRACE, Ground, LEAD, PATIENCE};
use crate::contract::Level;
use crate::judge::{Symptom, Verdict};
use crate::run::{
    CaseResult, Confirmation, Example, Leftover, Retried, Runner, Worker, WorkerHealth,
};

/// What one further try came to.
pub(super) enum Again {
    Shows,
    Hides,
    /// It came to no verdict, and why.
    Unknown(String),
}

impl Ground<'_> {
    /// Takes in what a try could not remove.
    pub(super) fn leave(&self, left: Vec<Leftover>) {
        let mut leftovers = self
            .leftovers
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        leftovers.extend(left);
    }

    /// A number that no worker had.
    pub(super) fn number(&self) -> usize {
        self.number.fetch_add(1, Ordering::Relaxed)
    }
}

impl Runner {
    /// The cases that came before a finding in the run and are fired again before it.
    pub(super) fn lead(&self, doubt: Doubt<'_>) -> Vec<usize> {
        let most = if doubt.gates && self.options.confirm.tries > 1 {
            LEAD
        } else {
            0
        };
        doubt.ground.pending.before(doubt.finding, most)
    }

    /// Tries the cases of a finding by themselves until one shows it, and says whether one did.
    pub(super) async fn alone<'a>(
        &self,
        doubt: Doubt<'a>,
    ) -> (Doubt<'a>, Retried, Result<bool, End>) {
        let mut retried = Retried {
            id: doubt.id.to_owned(),
            tries: 0,
            confirmation: Confirmation::Unstable,
            observation: None,
            shown: None,
        };
        let shown = self.one_alone(doubt, &mut retried).await;
        (doubt, retried, shown)
    }

    async fn one_alone(&self, doubt: Doubt<'_>, retried: &mut Retried) -> Result<bool, End> {
        let least = if doubt.gates {
            // The last try comes after other cases, where there were any.
            let later = usize::from(!self.lead(doubt).is_empty());
            self.options.confirm.tries - later
        } else {
            0
        };

        let candidates = doubt.finding.candidates(&self.plan);
        let tries = candidates.len().max(least);
        let mut unknown = None;
        for candidate in candidates.iter().cycle().take(tries) {
            match self.once(doubt, &[], *candidate, retried).await? {
                Again::Shows => {
                    retried.confirmation = Confirmation::Confirmed;
                    return Ok(true);
                }
                Again::Hides => {}
                Again::Unknown(why) => unknown = unknown.or(Some(why)),
            }
        }

        if let Some(why) = unknown {
            retried.confirmation = Confirmation::Untried(why);
        }
        Ok(false)
    }

    /// Why nothing is tried again any more, where that is so.
    pub(super) fn no_time(&self, ground: &Ground<'_>) -> Option<String> {
        let limit = ground.limit;
        let took = (ground.started.elapsed() >= limit)
            .then(|| format!("trying others again took {} seconds", limit.as_secs()));
        took.or_else(|| self.budget.over().map(|why| why.to_string()))
    }

    /// One further try: those cases, and then the one that is to show the finding, on resources of
    /// their own.
    pub(super) async fn once(
        &self,
        doubt: Doubt<'_>,
        lead: &[usize],
        candidate: Candidate<'_>,
        retried: &mut Retried,
    ) -> Result<Again, End> {
        if let Some(why) = self.no_time(doubt.ground) {
            return Err(End::Over(why));
        }
        let again = self.again(doubt, lead, candidate).await;
        if self.budget.interrupted() {
            return Err(End::Stopped);
        }
        retried.tries += 1;
        Ok(match again {
            Ok(result) => {
                let known = &self.options.known;
                let outcome = outcome(
                    doubt.id,
                    &result,
                    doubt.ground.pending,
                    self.options.confirm.level,
                    known,
                );
                let index = result.index;
                let same = result
                    .judgement
                    .findings
                    .into_iter()
                    .find(|f| f.id() == doubt.id);
                retried.shown = same.map(|finding| Example {
                    index,
                    shrunk: candidate.shrunk && index == candidate.index,
                    finding,
                });
                // A warning has to come back itself to be shown by the case.
                let shows = retried.shown.is_some();
                retried.observation = result.observation;
                if shows { Again::Shows } else { outcome }
            }
            Err(why) => Again::Unknown(why),
        })
    }

    /// One further try, with a resource of its own. `Err` says why there was none.
    async fn again(
        &self,
        doubt: Doubt<'_>,
        lead: &[usize],
        candidate: Candidate<'_>,
    ) -> Result<CaseResult, String> {
        if let Some(why) = self.stays.enough_of_workers(&self.plan) {
            return Err(why);
        }

        let end = doubt.ground.started + doubt.ground.limit + GRACE;
        let (mut worker, made) = self
            .prepare(doubt.ground.number(), Some(doubt.ground.shared))
            .await;
        let result = match made {
            // Only what is fired is cut off: what was made for it is removed whatever happens.
            Ok(()) => {
                let tried = self.try_again(doubt, lead, candidate, &mut worker);
                match self
                    .budget
                    .unless_spent(tokio::time::timeout_at(end, tried))
                    .await
                {
                    Ok(tried) => tried.unwrap_or_else(|_| Err("it took too long".to_owned())),
                    Err(why) => Err(why.to_string()),
                }
            }
            Err(why) => Err(why.to_string()),
        };

        doubt.ground.leave(self.undo(worker).await);
        result
    }

    /// Fires what came before, and then the case; the first that shows the finding is what came of
    /// it.
    async fn try_again(
        &self,
        doubt: Doubt<'_>,
        lead: &[usize],
        candidate: Candidate<'_>,
        worker: &mut Worker,
    ) -> Result<CaseResult, String> {
        for place in lead {
            let Some(case) = self.plan.cases.get(*place) else {
                continue;
            };
            let before = self.judged_case(worker, *place, case).await;
            if before.judgement.findings.iter().any(|f| f.id() == doubt.id) {
                return Ok(before);
            }
            self.tend(worker, WorkerHealth::of(case, &before, &self.plan.service))
                .await
                .map_err(|why| why.to_string())?;
        }

        let runner = match doubt.finding.symptom {
            Symptom::TimedOut => self.patient(doubt.finding.slowest * PATIENCE),
            _ => self.clone(),
        };
        Ok(runner
            .judged_case(worker, candidate.index, candidate.case)
            .await)
    }

    /// A runner that has lost no patience yet, and waits so long for an answer where that is more
    /// than the limit.
    fn patient(&self, least: Duration) -> Self {
        Self {
            client: self.client.patient(least),
            ..self.clone()
        }
    }
}

fn outcome(
    id: &str,
    result: &CaseResult,
    pending: &PendingFindings,
    level: Level,
    known: &BTreeSet<String>,
) -> Again {
    let failing: Vec<String> = result
        .judgement
        .findings
        .iter()
        .filter(|f| f.level <= level)
        .map(|f| f.id())
        .collect();

    let anew = |other: &String| other == id || !(pending.has(other) || known.contains(other));
    if failing.iter().any(anew) {
        return Again::Shows;
    }

    match &result.judgement.verdict {
        Verdict::Pass | Verdict::Fail | Verdict::Probe(_) => Again::Hides,
        Verdict::Masked(why) | Verdict::Skip(why) | Verdict::Error(why) => {
            Again::Unknown(why.clone())
        }
        Verdict::NotImplemented => {
            Again::Unknown("the target says it does not implement this".to_owned())
        }
    }
}
