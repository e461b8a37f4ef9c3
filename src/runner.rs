//! Carrying out a plan on a target: fixtures made, cases fired, everything judged, fixtures undone.
//!
//! The runner does no judging of its own and writes nothing: it hands each judged case to its caller as it happens, so
//! that a report is never later than the run, and is complete as far as it goes when a run is cut short.

mod observe;
mod prepare;
mod session;

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{mpsc, watch};

use crate::case::{Case, Expect};
use crate::contract::Level;
use crate::exchange::{Exchange, Phase, Request, Silence};
use crate::plan::Plan;
use crate::target::Target;
use crate::verdict::{Judgement, Observation, Verdict};

pub use prepare::{Leftover, Worker};
pub use session::Session;

/// How to run.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// How many workers fire cases side by side, each on mappings of its own.
    pub jobs: usize,
    /// The longest wait for a transition to end.
    pub settle_timeout: Duration,
    /// How long repeated updates may show no progress of what tells the time.
    pub advance_timeout: Duration,
    /// A token that makes the names of a run's fixtures its own: eight characters of `[0-9a-z]`.
    pub token: String,
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: 1,
            settle_timeout: Duration::from_secs(30),
            advance_timeout: Duration::from_millis(2100),
            token: "proofrun".to_owned(),
        }
    }
}

/// One case, judged.
#[derive(Clone, Debug)]
pub struct CaseResult {
    /// The case's place in the plan.
    pub index: usize,
    /// What became of it, and why.
    pub judgement: Judgement,
    /// The exchanges, where there were any.
    pub observation: Option<Observation>,
}

/// What happens in a run, as it happens.
#[derive(Clone, Debug)]
pub enum Event {
    /// The fixtures are made; so many cases follow.
    Prepared {
        /// What the target does not offer, in words.
        notes: Vec<String>,
    },
    /// A case was judged.
    Judged(Box<CaseResult>),
}

/// How a run ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// Why not every case was fired, where that is so.
    pub stopped: Option<Stop>,
    /// Whether the target accepted any valid request of the operation.
    pub accepted_any: bool,
    /// What could not be removed from the target.
    pub leftovers: Vec<Leftover>,
}

/// Why a run stopped early.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stop {
    /// The target could not be reached, or stopped answering.
    Unreachable(String),
    /// The target refused what the cases need.
    NoFixture(String),
    /// The user asked for it.
    Interrupted,
}

/// Runs cases of a plan on a target.
#[derive(Clone, Debug)]
pub struct Runner {
    plan: Arc<Plan>,
    link: Link,
    options: RunOptions,
}

impl Runner {
    /// A runner for that plan and target.
    #[must_use]
    pub fn new(plan: Arc<Plan>, target: Target, options: RunOptions) -> Self {
        Self { plan, link: Link::new(target), options }
    }

    /// The plan it runs.
    #[must_use]
    pub fn plan(&self) -> &Arc<Plan> {
        &self.plan
    }

    /// Fires the cases at those places of the plan, in that order, and tells `on_event` of each as it is judged.
    ///
    /// Fixtures are undone whatever happens; `stop` ends the run early when it turns true.
    pub async fn run(&self, cases: &[usize], stop: watch::Receiver<bool>, mut on_event: impl FnMut(Event)) -> Ended {
        let jobs = self.options.jobs.max(1).min(cases.len().max(1));
        let mut workers = Vec::new();
        let mut stopped = None;
        let mut shared = None;
        for number in 0..jobs {
            if *stop.borrow() {
                stopped = Some(Stop::Interrupted);
                break;
            }
            let (worker, made) = self.prepare(number, shared.as_ref()).await;
            if shared.is_none() {
                shared = Some(worker.shared().clone());
            }
            workers.push(worker);
            if let Err(why) = made {
                stopped = Some(why);
                break;
            }
        }
        let mut accepted_any = false;
        if stopped.is_none() {
            let mut notes: Vec<String> = workers.iter().flat_map(|w| w.notes.iter().cloned()).collect();
            notes.sort();
            notes.dedup();
            on_event(Event::Prepared { notes });
            (workers, stopped, accepted_any) = self.fire(workers, cases, stop, &mut on_event).await;
        }
        let mut leftovers = Vec::new();
        // Workers first: what they made stands on what was made once for the run.
        for worker in workers.into_iter().rev() {
            leftovers.extend(self.undo(worker).await);
        }
        Ended { stopped, accepted_any, leftovers }
    }

    async fn fire(
        &self,
        workers: Vec<Worker>,
        cases: &[usize],
        stop: watch::Receiver<bool>,
        on_event: &mut impl FnMut(Event),
    ) -> (Vec<Worker>, Option<Stop>, bool) {
        let count = workers.len();
        let (sender, mut results) = mpsc::unbounded_channel();
        let mut tasks = Vec::new();
        for (number, worker) in workers.into_iter().enumerate() {
            // Which worker fires a case depends on the plan alone, not on who is free.
            let share: Vec<usize> = cases.iter().copied().skip(number).step_by(count).collect();
            let (runner, sender, stop) = (self.clone(), sender.clone(), stop.clone());
            tasks.push(tokio::spawn(async move { runner.work(worker, share, stop, sender).await }));
        }
        drop(sender);
        let mut accepted_any = false;
        while let Some(result) = results.recv().await {
            let result: Box<CaseResult> = result;
            accepted_any |= result.observation.as_ref().is_some_and(|o| {
                o.given.iter().chain(&o.twin).any(Exchange::accepted)
                    || (self.valid(result.index) && o.subject.iter().any(Exchange::accepted))
            });
            on_event(Event::Judged(result));
        }
        let mut workers = Vec::new();
        let mut stopped = None;
        for task in tasks {
            match task.await {
                Ok((worker, why)) => {
                    workers.push(worker);
                    stopped = stopped.or(why);
                }
                Err(error) => stopped = Some(Stop::Unreachable(format!("a worker ended early: {error}"))),
            }
        }
        (workers, stopped, accepted_any)
    }

    fn valid(&self, index: usize) -> bool {
        self.plan.cases.get(index).is_some_and(|c| matches!(c.expect, Expect::Accept | Expect::Advances(_)))
    }

    async fn work(
        &self,
        mut worker: Worker,
        share: Vec<usize>,
        stop: watch::Receiver<bool>,
        results: mpsc::UnboundedSender<Box<CaseResult>>,
    ) -> (Worker, Option<Stop>) {
        for index in share {
            if *stop.borrow() {
                return (worker, Some(Stop::Interrupted));
            }
            let (result, stopped) = self.one(&mut worker, index).await;
            if results.send(Box::new(result)).is_err() {
                return (worker, Some(Stop::Interrupted));
            }
            if stopped.is_some() {
                return (worker, stopped);
            }
        }
        (worker, None)
    }

    /// Fires one case and judges it. Beside the result: why the worker can fire no other.
    async fn one(&self, worker: &mut Worker, index: usize) -> (CaseResult, Option<Stop>) {
        let Some(case) = self.plan.cases.get(index) else {
            let judgement = skipped(format!("the plan has no case {index}"));
            return (CaseResult { index, judgement, observation: None }, None);
        };
        let result = match self.observe(worker, case).await {
            Ok(observation) => {
                let judgement = self.plan.judge().judge(case, &observation);
                CaseResult { index, judgement, observation: Some(observation) }
            }
            Err(why) => CaseResult { index, judgement: skipped(why), observation: None },
        };
        let seen = result.observation.as_ref();
        let dead = seen.is_some_and(|o| o.given.as_ref().is_some_and(|e| e.outcome.is_err()));
        let spoilt = seen.is_some_and(observe::spoilt);
        worker.silent = if dead { worker.silent + 1 } else { 0 };
        let stopped = if worker.silent >= DEAD_AFTER || (dead && self.link.unreachable().await) {
            let why = seen.and_then(|o| o.given.as_ref()).map(silence_text).unwrap_or_default();
            Some(Stop::Unreachable(format!("the target stopped answering: {why}")))
        } else if spoilt {
            self.renew(worker).await.err()
        } else {
            None
        };
        (result, stopped)
    }
}

/// After so many cases in a row without an answer to a valid request, the target is taken for dead.
const DEAD_AFTER: u32 = 3;

fn skipped(why: String) -> Judgement {
    Judgement { verdict: Verdict::Skip(why), findings: Vec::new(), exercised: std::collections::BTreeSet::new() }
}

fn silence_text(exchange: &Exchange) -> String {
    match &exchange.outcome {
        Err(silence) => format!("{silence:?}"),
        Ok(answer) => format!("status {}", answer.status),
    }
}

/// Whether a set of findings fails a run.
#[must_use]
pub fn fails(judgement: &Judgement, gate: Level) -> bool {
    judgement.findings.iter().any(|f| f.level <= gate)
}

/// The way to the target, which learns how patient it has to be.
///
/// A target that hangs on one kind of request would cost a time limit for every such case. Once that was seen a few
/// times, a request is given many times what the slowest answered one took, and no longer the whole limit.
#[derive(Clone, Debug)]
struct Link {
    target: Target,
    slowest: Arc<AtomicU64>,
    hung: Arc<AtomicU32>,
}

/// So many requests may use up the whole time limit.
const PATIENCE: u32 = 3;

impl Link {
    fn new(target: Target) -> Self {
        Self { target, slowest: Arc::default(), hung: Arc::default() }
    }

    async fn send(&self, request: &Request) -> Exchange {
        let impatient = self.hung.load(Ordering::Relaxed) >= PATIENCE;
        let sent = if impatient {
            let slowest = Duration::from_micros(self.slowest.load(Ordering::Relaxed));
            let limit = (slowest * 20).max(Duration::from_millis(500));
            match tokio::time::timeout(limit, self.target.send(request)).await {
                Ok(exchange) => exchange,
                Err(_) => Exchange {
                    request: request.clone(),
                    outcome: Err(Silence::TimedOut(Phase::Head)),
                    elapsed: limit,
                    throttled: 0,
                },
            }
        } else {
            self.target.send(request).await
        };
        match &sent.outcome {
            Ok(_) => {
                let micros = u64::try_from(sent.elapsed.as_micros()).unwrap_or(u64::MAX);
                self.slowest.fetch_max(micros, Ordering::Relaxed);
            }
            Err(Silence::TimedOut(_)) => {
                self.hung.fetch_add(1, Ordering::Relaxed);
            }
            Err(_) => {}
        }
        sent
    }

    /// Whether nobody listens any more.
    async fn unreachable(&self) -> bool {
        let request = Request {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            headers: Vec::new(),
            body: bytes::Bytes::new(),
            service: "lambda".to_owned(),
            wire: crate::exchange::Wire::Client,
        };
        matches!(self.send(&request).await.outcome, Err(Silence::Unreachable(_)))
    }
}

/// What a case is, for a message about it.
#[must_use]
pub fn describe(case: &Case) -> String {
    format!("{}: {}", case.id, case.says)
}
