//! Firing again what fails, on mappings made anew: what does not come back is told apart, as unstable.
//!
//! A finding counts as unstable only where every further try came to a verdict without it. Whatever stands in the way of
//! a try leaves the finding as it was found: nothing passes because it could not be tried again.

mod data_plane;
mod doubts;

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::undo::Leftover;
use super::wear::Wear;
use super::{CaseResult, Event, Runner, Worker};
use crate::binding::Bindings;
use crate::case::Case;
use crate::contract::Level;
use crate::verdict::{Observation, Symptom, Verdict};

use doubts::Doubt;
pub(super) use doubts::Doubts;

/// Which findings are tried again, and how often.
#[derive(Clone, Copy, Debug)]
pub struct Confirm {
    /// At most so many further tries of each; 0 for none.
    pub tries: usize,
    /// Findings of that level, and worse.
    pub level: Level,
    /// How long all further tries may take together. What is left then counts as it was found.
    pub limit: Duration,
}

/// How often the commands try again what fails, unless a flag says otherwise.
pub const CONFIRM: usize = 2;

/// What further tries of a finding came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Confirmation {
    /// It came back, or the same case failed in a way that was not seen before.
    Confirmed,
    /// It did so only after cases that came before it in the run.
    AfterOthers,
    /// It did not come back.
    Unstable,
    /// It could not be tried as often as was wanted, and why. It counts as confirmed.
    Untried(String),
}

/// A finding that was tried again.
#[derive(Clone, Debug)]
pub struct Retried {
    /// The finding's identity.
    pub id: String,
    /// How often it was tried again.
    pub tries: usize,
    /// What that came to.
    pub confirmation: Confirmation,
    /// The exchanges of the last try, where it was a case that was fired.
    pub observation: Option<Observation>,
}

/// What one further try came to.
enum Again {
    Shows,
    Hides,
    /// It came to no verdict, and why.
    Unknown(String),
}

/// The last of several tries fires so many cases first that came before in the run: what they did may have led to it.
const LEAD: usize = 24;
/// A request that timed out is given so many times what the slowest answer of its case took, where that is more than the
/// time limit: beside a slow control, a slow answer is no hang.
const PATIENCE: u32 = 4;
/// A try that is under way when the time for all tries is over has so much more.
const GRACE: Duration = Duration::from_secs(15);

impl Default for Confirm {
    /// Nothing is tried again.
    fn default() -> Self {
        Self { tries: 0, level: Level::Must, limit: Duration::from_secs(60) }
    }
}

impl Runner {
    /// Tries again what fails the run, and tells `on_event` what that came to.
    ///
    /// `shared`: what is known of the fixtures made once a run.
    pub(super) async fn confirm(
        &self,
        doubts: &Doubts,
        cases: &[usize],
        shared: &Bindings,
        leftovers: &mut Vec<Leftover>,
        on_event: &mut impl FnMut(Event),
    ) {
        let confirm = self.options.confirm;
        if confirm.tries == 0 {
            return;
        }
        let started = Instant::now();
        // No worker of the run has such a number.
        let mut number = self.options.jobs;
        for (id, doubt) in doubts.of_level(confirm.level).filter(|(id, _)| !self.options.known.contains(*id)) {
            let mut retried =
                Retried { id: id.clone(), tries: 0, confirmation: Confirmation::Unstable, observation: None };
            while retried.tries < confirm.tries && retried.confirmation == Confirmation::Unstable {
                if let Some(why) = self.no_time(started) {
                    retried.confirmation = Confirmation::Untried(why);
                    break;
                }
                number += 1;
                // What shows only after other requests shows again after the same ones.
                let last = retried.tries > 0 && retried.tries + 1 == confirm.tries;
                let jobs = self.options.jobs.max(1).min(cases.len().max(1));
                let lead: Vec<usize> = doubt.before(cases, jobs, if last { LEAD } else { 0 }).collect();
                let led = !lead.is_empty();
                let end = started + confirm.limit + GRACE;
                let tries = (retried.tries, number);
                let again = self.again((id, doubt), lead.into_iter(), tries, (shared, end), leftovers).await;
                if self.budget.interrupted() {
                    return;
                }
                retried.tries += 1;
                let outcome = match again {
                    Ok(result) => {
                        let outcome = outcome(id, &result, doubts, confirm.level, &self.options.known);
                        retried.observation = result.observation;
                        outcome
                    }
                    Err(why) => Again::Unknown(why),
                };
                retried.confirmation = match outcome {
                    Again::Shows if led => Confirmation::AfterOthers,
                    Again::Shows => Confirmation::Confirmed,
                    Again::Hides => continue,
                    Again::Unknown(why) => Confirmation::Untried(why),
                };
            }
            on_event(Event::Retried(Box::new(retried)));
        }
    }

    /// Notes that findings are told as they were found, since the run had no time to try them again.
    pub(super) fn note_unconfirmed(&self, doubts: &Doubts) {
        let confirm = self.options.confirm;
        let left = doubts.of_level(confirm.level).filter(|(id, _)| !self.options.known.contains(*id)).count();
        if confirm.tries > 0 && left > 0 {
            self.budget.note(format!("the time for the run was over: {} not tried again", were(left)));
        }
    }

    /// Why nothing is tried again any more, where that is so. `started`: when trying again began.
    fn no_time(&self, started: Instant) -> Option<String> {
        let limit = self.options.confirm.limit;
        let took =
            (started.elapsed() >= limit).then(|| format!("trying others again took {} seconds", limit.as_secs()));
        took.or_else(|| self.budget.over().map(|why| why.to_string()))
    }

    /// One further try, with a mapping of its own, until `end`. `Err` says why there was none.
    async fn again(
        &self,
        (id, doubt): (&str, &Doubt),
        lead: impl Iterator<Item = usize>,
        (tries, number): (usize, usize),
        (shared, end): (&Bindings, Instant),
        leftovers: &mut Vec<Leftover>,
    ) -> Result<CaseResult, String> {
        let (index, case) = doubt.case(&self.plan, tries).ok_or("its case is not in the plan")?;
        let (mut worker, made) = self.prepare(number, Some(shared)).await;
        let result = match made {
            // Only what is fired is cut off: what was made for it is removed whatever happens.
            Ok(()) => {
                let tried = self.try_again((id, doubt), lead, (index, case), &mut worker);
                match self.budget.unless_spent(tokio::time::timeout_at(end, tried)).await {
                    Ok(tried) => tried.unwrap_or_else(|_| Err("it took too long".to_owned())),
                    Err(why) => Err(why.to_string()),
                }
            }
            Err(why) => Err(why.to_string()),
        };
        leftovers.extend(self.undo(worker).await);
        result
    }

    /// Fires what came before, and then the case; the first that shows the finding is what came of it.
    async fn try_again(
        &self,
        (id, doubt): (&str, &Doubt),
        lead: impl Iterator<Item = usize>,
        (index, case): (usize, &Case),
        worker: &mut Worker,
    ) -> Result<CaseResult, String> {
        for place in lead {
            let before = self.judged(worker, place).await;
            if before.judgement.findings.iter().any(|f| f.id() == id) {
                return Ok(before);
            }
            self.tend(worker, Wear::of(&before, &self.plan.service)).await.map_err(|why| why.to_string())?;
        }
        let runner = match doubt.symptom {
            Symptom::TimedOut => self.patient(doubt.slowest * PATIENCE),
            _ => self.clone(),
        };
        Ok(runner.judged_case(worker, index, case).await)
    }

    /// A runner that has lost no patience yet, and waits so long for an answer where that is more than the limit.
    fn patient(&self, least: Duration) -> Self {
        Self { link: self.link.patient(least), ..self.clone() }
    }
}

fn were(findings: usize) -> String {
    if findings == 1 { "1 finding was".to_owned() } else { format!("{findings} findings were") }
}

fn outcome(id: &str, result: &CaseResult, doubts: &Doubts, level: Level, known: &BTreeSet<String>) -> Again {
    let failing: Vec<String> = result.judgement.findings.iter().filter(|f| f.level <= level).map(|f| f.id()).collect();
    let anew = |other: &String| other == id || !(doubts.has(other) || known.contains(other));
    if failing.iter().any(anew) {
        return Again::Shows;
    }
    match &result.judgement.verdict {
        Verdict::Pass | Verdict::Fail | Verdict::Probe(_) => Again::Hides,
        Verdict::Masked(why) | Verdict::Skip(why) | Verdict::Error(why) => Again::Unknown(why.clone()),
        Verdict::NotImplemented => Again::Unknown("the target says it does not implement this".to_owned()),
    }
}
