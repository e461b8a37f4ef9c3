//! Firing again what was found, on resources made anew: the plainest case that shows a finding by
//! itself is its example, and what does not come back is told apart.
//!
//! The cases that showed a finding most plainly are tried one after another. What none of them
//! shows by itself is tried as it came in the run: after the cases before it, and with as many
//! workers at the same time. Whatever stands in the way of a try leaves the finding as it was
//! found: nothing passes because it could not be tried again.

mod as_found;
mod data_plane;
mod pending;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::{
    Activity, CaseResult, Confirmation, Event, Example, Leftover, Retried, Runner, Worker,
    WorkerHealth,
};
use crate::contract::Level;
use crate::judge::{Symptom, Verdict};
use crate::support::template::Bindings;

pub(super) use pending::PendingFindings;
use pending::{Candidate, PendingFinding};

/// What one further try came to.
enum Again {
    Shows,
    Hides,
    /// It came to no verdict, and why.
    Unknown(String),
}

/// What all further tries have in common.
struct Ground<'a> {
    pending: &'a PendingFindings,
    /// How many workers fire at the same time what they fired at the same time in the run.
    jobs: usize,
    /// What is known of the fixtures made once a run.
    shared: &'a Bindings,
    started: Instant,
    /// How long all tries may take together.
    limit: Duration,
    /// No worker had this number.
    number: usize,
    leftovers: &'a mut Vec<Leftover>,
}

/// Why trying ends.
enum End {
    /// The user wants an end.
    Stopped,
    /// The time for it is over.
    Over(String),
}

/// The last tries fire so many cases first that came before in the run: what they did may have led
/// to it.
const LEAD: usize = 24;
/// No more workers than so many fire at the same time again, unless the user wanted more.
const AT_ONCE: usize = 16;
/// A request that timed out is given so many times what the slowest answer of its case took, where
/// that is more than the time limit: beside a slow control, a slow answer is no hang.
const PATIENCE: u32 = 4;
/// A try that is under way when the time for all tries is over has so much more.
const GRACE: Duration = Duration::from_secs(15);

impl Runner {
    /// Tries again what fails the run, and tells `on_event` what that came to. Of warnings it looks
    /// for the plainest example.
    ///
    /// `workers`: how many there were; `took`: how long the cases did; `shared`: what is known of the fixtures made once a run.
    pub(super) async fn confirm(
        &self,
        pending: &PendingFindings,
        (workers, took): (usize, Duration),
        shared: &Bindings,
        leftovers: &mut Vec<Leftover>,
        on_event: &mut impl FnMut(Event),
    ) {
        let confirm = self.options.confirm;
        if confirm.tries == 0 {
            return;
        }
        let (started, number) = (
            Instant::now(),
            self.options.workers_before + workers.max(self.options.jobs),
        );
        let limit = if confirm.limit.is_zero() {
            confirm.limit
        } else {
            confirm.limit.max(took)
        };

        let mut ground = Ground {
            pending,
            jobs: workers.min(self.options.jobs.max(AT_ONCE)),
            shared,
            started,
            limit,
            number,
            leftovers,
        };

        let unknown = |(id, _): &(&String, &PendingFinding)| !self.options.known.contains(*id);
        let doubts: Vec<_> = pending.by_level(confirm.level).filter(unknown).collect();
        let of = doubts.len();
        for (place, (id, doubt)) in doubts.into_iter().enumerate() {
            let number = place + 1;
            let activity = Activity::Confirming { number, of };
            self.options.progress.enter(activity);
            let gates = doubt.within(confirm.level);
            let mut retried = Retried {
                id: id.clone(),
                tries: 0,
                confirmation: Confirmation::Unstable,
                observation: None,
                shown: None,
            };
            match self
                .retry(&mut ground, (id, doubt), gates, &mut retried)
                .await
            {
                Ok(()) => {}
                Err(End::Stopped) => return,
                // A warning counts for nothing either way.
                Err(End::Over(_)) if !gates => return,
                Err(End::Over(why)) => retried.confirmation = Confirmation::Untried(why),
            }
            on_event(Event::Retried(Box::new(retried)));
        }
    }

    /// Whether there is anything to try again.
    pub(super) fn tries_again(&self, pending: &PendingFindings) -> bool {
        let confirm = self.options.confirm;
        let mut all = pending.by_level(confirm.level);
        confirm.tries > 0 && all.any(|(id, _)| !self.options.known.contains(id))
    }

    /// Notes that findings are told as they were found, since the run had no time to try them
    /// again.
    pub(super) fn note_unconfirmed(&self, pending: &PendingFindings) {
        let confirm = self.options.confirm;
        let gating = pending
            .by_level(confirm.level)
            .filter(|(_, doubt)| doubt.within(confirm.level));
        let left = gating
            .filter(|(id, _)| !self.options.known.contains(*id))
            .count();

        if confirm.tries > 0 && left > 0 {
            self.budget.note(format!(
                "the time for the run was over: {} not tried again",
                were(left)
            ));
        }
    }

    /// Why nothing is tried again any more, where that is so. `started`: when trying again began.
    fn no_time(&self, started: Instant, limit: Duration) -> Option<String> {
        let took = (started.elapsed() >= limit)
            .then(|| format!("trying others again took {} seconds", limit.as_secs()));
        took.or_else(|| self.budget.over().map(|why| why.to_string()))
    }

    /// Tries one finding again until something shows it.
    async fn retry(
        &self,
        ground: &mut Ground<'_>,
        (id, doubt): (&str, &PendingFinding),
        gates: bool,
        retried: &mut Retried,
    ) -> Result<(), End> {
        let tries = self.options.confirm.tries;
        let jobs = ground.jobs;
        let candidates = doubt.candidates(&self.plan);
        let most = if gates && tries > 1 { LEAD } else { 0 };
        let lead = ground.pending.before(doubt, most);

        let least = if gates {
            tries - usize::from(!lead.is_empty())
        } else {
            0
        };

        let alone = candidates.len().max(least);
        let mut unknown = None;
        for candidate in candidates.iter().cycle().take(alone) {
            match self
                .once(ground, (id, doubt), &[], *candidate, retried)
                .await?
            {
                Again::Shows => {
                    retried.confirmation = Confirmation::Confirmed;
                    return Ok(());
                }
                Again::Hides => {}
                Again::Unknown(why) => unknown = unknown.or(Some(why)),
            }
        }

        if gates
            && self
                .as_found(ground, (id, doubt), &lead, jobs, retried)
                .await?
        {
            return Ok(());
        }
        if let Some(why) = unknown {
            retried.confirmation = Confirmation::Untried(why);
        }
        Ok(())
    }

    /// One further try: those cases, and then the one that is to show the finding, on resources of
    /// their own.
    async fn once(
        &self,
        ground: &mut Ground<'_>,
        (id, doubt): (&str, &PendingFinding),
        lead: &[usize],
        candidate: Candidate<'_>,
        retried: &mut Retried,
    ) -> Result<Again, End> {
        if let Some(why) = self.no_time(ground.started, ground.limit) {
            return Err(End::Over(why));
        }
        ground.number += 1;
        let again = self.again(ground, (id, doubt), lead, candidate).await;
        if self.budget.interrupted() {
            return Err(End::Stopped);
        }
        retried.tries += 1;
        Ok(match again {
            Ok(result) => {
                let known = &self.options.known;
                let outcome = outcome(
                    id,
                    &result,
                    ground.pending,
                    self.options.confirm.level,
                    known,
                );
                let index = result.index;
                let same = result.judgement.findings.into_iter().find(|f| f.id() == id);
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
        ground: &mut Ground<'_>,
        (id, doubt): (&str, &PendingFinding),
        lead: &[usize],
        candidate: Candidate<'_>,
    ) -> Result<CaseResult, String> {
        let end = ground.started + ground.limit + GRACE;
        let (mut worker, made) = self.prepare(ground.number, Some(ground.shared)).await;
        let result = match made {
            // Only what is fired is cut off: what was made for it is removed whatever happens.
            Ok(()) => {
                let tried = self.try_again((id, doubt), lead, candidate, &mut worker);
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

        ground.leftovers.extend(self.undo(worker).await);
        result
    }

    /// Fires what came before, and then the case; the first that shows the finding is what came of
    /// it.
    async fn try_again(
        &self,
        (id, doubt): (&str, &PendingFinding),
        lead: &[usize],
        candidate: Candidate<'_>,
        worker: &mut Worker,
    ) -> Result<CaseResult, String> {
        for place in lead {
            let Some(case) = self.plan.cases.get(*place) else {
                continue;
            };
            let before = self.judged_case(worker, *place, case).await;
            if before.judgement.findings.iter().any(|f| f.id() == id) {
                return Ok(before);
            }
            self.tend(worker, WorkerHealth::of(case, &before, &self.plan.service))
                .await
                .map_err(|why| why.to_string())?;
        }

        let runner = match doubt.symptom {
            Symptom::TimedOut => self.patient(doubt.slowest * PATIENCE),
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

fn were(findings: usize) -> String {
    if findings == 1 {
        "1 finding was".to_owned()
    } else {
        format!("{findings} findings were")
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
