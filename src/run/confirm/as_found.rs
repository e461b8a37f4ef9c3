//! Trying a finding again under the conditions in which it came: after the cases before it, or at
//! the same time as others.

use tokio::runtime::Handle;
use tokio::sync::mpsc;

use super::pending::Candidate;
use super::tries::Again;
use super::{Doubt, End};
use crate::run::{CaseResult, Confirmation, Example, Retried, Runner, WorkerHealth, WorkerPool};

/// With several workers at once, so many cases of each are fired around the one that showed the
/// finding.
const ROUNDS: usize = 12;

impl Runner {
    /// Tries the first case that showed a finding as it was fired in the run, and notes what came
    /// of it where something showed it.
    pub(super) async fn as_found(
        &self,
        doubt: Doubt<'_>,
        retried: &mut Retried,
    ) -> Result<(), End> {
        let Some(found_by) = doubt.finding.found_by(&self.plan) else {
            return Ok(());
        };

        let lead = self.lead(doubt);
        if !lead.is_empty() {
            match self.once(doubt, &lead, found_by, retried).await? {
                Again::Shows => {
                    let lead = self.fewest(doubt, &lead, found_by, retried).await?;
                    let ids = lead.iter().filter_map(|place| self.plan.cases.get(*place));
                    let ids: Vec<String> = ids.map(|case| case.id.to_string()).collect();
                    retried.confirmation = match ids.is_empty() {
                        true => Confirmation::Confirmed,
                        false => Confirmation::AfterOthers(ids),
                    };
                    return Ok(());
                }
                Again::Hides | Again::Unknown(_) => {}
            }
        }

        if doubt.ground.jobs > 1 && self.at_once(doubt, retried).await? {
            retried.confirmation = Confirmation::AtTheSameTime(doubt.ground.jobs);
        }
        Ok(())
    }

    /// The fewest cases before the one that shows a finding after which it still does: the last so
    /// many, and of these the first alone where that is enough.
    async fn fewest(
        &self,
        doubt: Doubt<'_>,
        lead: &[usize],
        found_by: Candidate<'_>,
        retried: &mut Retried,
    ) -> Result<Vec<usize>, End> {
        // One of the cases before may have shown it.
        let by = retried
            .shown
            .as_ref()
            .map_or(found_by.index, |shown| shown.index);

        let lead: Vec<usize> = lead
            .iter()
            .copied()
            .take_while(|place| *place != by)
            .collect();

        let Some(case) = self.plan.cases.get(by) else {
            return Ok(lead);
        };
        let candidate = Candidate {
            index: by,
            case,
            shrunk: false,
        };

        let mut best = (
            lead.clone(),
            retried.shown.clone(),
            retried.observation.clone(),
        );

        let (mut least, mut most) = (0, lead.len());
        while least < most {
            let middle = least.midpoint(most);
            let last = lead.get(lead.len() - middle..).unwrap_or_default();
            if self.still(doubt, last, candidate, retried).await? {
                best = (
                    last.to_vec(),
                    retried.shown.clone(),
                    retried.observation.clone(),
                );
                most = middle;
            } else {
                least = middle + 1;
            }
        }

        if let [first, _, ..] = best.0.as_slice()
            && self.still(doubt, &[*first], candidate, retried).await?
        {
            best = (
                vec![*first],
                retried.shown.clone(),
                retried.observation.clone(),
            );
        }

        (retried.shown, retried.observation) = (best.1, best.2);
        Ok(best.0)
    }

    /// Whether a finding still shows after fewer cases.
    async fn still(
        &self,
        doubt: Doubt<'_>,
        lead: &[usize],
        candidate: Candidate<'_>,
        retried: &mut Retried,
    ) -> Result<bool, End> {
        match self.once(doubt, lead, candidate, retried).await {
            Ok(Again::Shows) => Ok(retried
                .shown
                .as_ref()
                .is_some_and(|shown| shown.index == candidate.index)),
            // What is known already stays known where the time is over.
            Ok(Again::Hides | Again::Unknown(_)) | Err(End::Over(_)) => Ok(false),
            Err(End::Stopped) => Err(End::Stopped),
        }
    }

    /// Fires what was fired around the case that showed a finding, with as many workers at the same
    /// time as in the run.
    async fn at_once(&self, doubt: Doubt<'_>, retried: &mut Retried) -> Result<bool, End> {
        if let Some(why) = self.no_time(doubt.ground) {
            return Err(End::Over(why));
        }

        let jobs = doubt.ground.jobs;
        let around = doubt.ground.pending.around(doubt.finding, ROUNDS * jobs);
        let mut workers = Vec::new();
        for _ in 0..jobs {
            let (worker, made) = self
                .prepare(doubt.ground.number(), Some(doubt.ground.shared))
                .await;
            workers.push(worker);
            if made.is_err() {
                doubt.ground.leave(self.dismiss(workers).await);
                return Ok(false);
            }
        }
        let (sender, mut results) = mpsc::unbounded_channel::<CaseResult>();
        let mut pool = WorkerPool::default();
        for (number, mut worker) in workers.into_iter().enumerate() {
            let share: Vec<usize> = around.iter().copied().skip(number).step_by(jobs).collect();
            let (runner, sender) = (self.clone(), sender.clone());
            pool.add(&Handle::current(), worker.clone(), move |_| async move {
                for place in share {
                    let Some(case) = runner.plan.cases.get(place) else {
                        continue;
                    };
                    let fired = runner.judged_case(&worker, place, case);
                    let Ok(result) = runner.budget.unless_spent(fired).await else {
                        break;
                    };
                    let health = WorkerHealth::of(case, &result, &runner.plan.service);
                    if sender.send(result).is_err()
                        || runner.tend(&mut worker, health).await.is_err()
                    {
                        break;
                    }
                }
                (worker, None)
            });
        }
        drop(sender);
        let mut shown = None;
        while let Some(result) = results.recv().await {
            let same = result
                .judgement
                .findings
                .iter()
                .find(|f| f.id() == doubt.id)
                .cloned();
            if let (None, Some(finding)) = (&shown, same) {
                shown = Some((
                    Example {
                        index: result.index,
                        shrunk: false,
                        finding,
                    },
                    result.observation,
                ));
            }
        }
        let (workers, _) = pool.end().await;
        doubt.ground.leave(self.dismiss(workers).await);
        if self.budget.interrupted() {
            return Err(End::Stopped);
        }
        retried.tries += 1;
        let Some((example, observation)) = shown else {
            return Ok(false);
        };
        (retried.shown, retried.observation) = (Some(example), observation);
        Ok(true)
    }
}
