//! Carrying out a plan on a target: fixtures made, cases fired, everything judged, fixtures undone.
//!
//! The runner does no judging of its own and writes nothing: it hands each judged case to its caller as it happens, so
//! that a report is never later than the run, and is complete as far as it goes when a run is cut short.

mod budget;
mod clean;
mod confirm;
mod crew;
mod data_plane;
pub(crate) mod fuzz;
mod lanes;
mod link;
mod look;
mod loose;
mod mend;
mod observe;
mod plain;
pub(crate) mod precedence;
mod prepare;
pub(crate) mod regressions;
pub(crate) mod rehearsal;
mod sequence;
mod session;
mod shrink;
mod stop;
mod undo;
mod wear;

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::contract::{Level, Service};
use crate::judge::{DataPlaneJudgement, Finding, Judge, Judgement, Memo, Observation, Verdict, error_type, throttles};
use crate::plan::Plan;
use crate::plan::case::Case;
use crate::wire::exchange::Exchange;
use crate::wire::target::Target;

use confirm::Doubts;
use link::Link;
use look::Known;
use shrink::ByChance;
pub(crate) use wear::Wear;

pub(crate) use budget::Budget;
pub(crate) use clean::Cleaned;
pub(crate) use confirm::{CONFIRM, Confirm, Confirmation, Example, Retried};
pub(crate) use crew::Crew;
pub(crate) use lanes::Lanes;
pub(crate) use link::send;
pub(crate) use mend::Spoilt;
pub(crate) use observe::accepted_any;
pub(crate) use plain::Plainness;
pub(crate) use prepare::{MadeFixtures, Worker};
pub(crate) use session::Session;
pub(crate) use shrink::Shrunk;
pub(crate) use stop::Stop;
pub(crate) use undo::Leftover;

/// How to run.
#[derive(Clone, Debug)]
pub(crate) struct RunOptions {
    /// How many workers fire cases side by side, each on mappings of its own.
    pub(crate) jobs: usize,
    /// The longest wait for a transition to end.
    pub(crate) settle_timeout: Duration,
    /// Stop once so many cases have a finding that fails the run; none for never.
    pub(crate) max_failures: Option<usize>,
    /// How long repeated updates may show no progress of what tells the time.
    pub(crate) advance_timeout: Duration,
    /// A token that makes the names of a run's fixtures its own: eight characters of `[0-9a-z]`.
    pub(crate) token: String,
    /// At most so many trials to make a case small that was drawn at random and shows a finding; 0 for none.
    pub(crate) shrink: usize,
    /// Whether the data plane is tested as well.
    pub(crate) data_plane: bool,
    /// After so long, on the clock of the wall, no further case is fired; none for never. Fixtures count as well.
    pub(crate) time: Option<Duration>,
    /// The least time for which no record may come before it is taken that none will.
    pub(crate) quiet: Duration,
    /// Which findings are tried again in the end, and how often.
    pub(crate) confirm: Confirm,
    /// Findings that are known, by identity: they are not tried again, and do not count as failures.
    pub(crate) known: Arc<BTreeSet<String>>,
}

/// So many workers at most: each makes mappings of its own, and keeps a connection.
pub(crate) const MOST_JOBS: usize = 512;

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            jobs: 1,
            settle_timeout: Duration::from_secs(30),
            max_failures: None,
            advance_timeout: Duration::from_millis(2100),
            token: "proofrun".to_owned(),
            shrink: 0,
            data_plane: false,
            time: None,
            quiet: Duration::from_secs(1),
            confirm: Confirm::default(),
            known: Arc::default(),
        }
    }
}

/// What is kept of the exchanges of a sequence once they were judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All of them, for reports.
    All,
    /// Those in which something is wrong, and of the others how they ended.
    Wrong,
}

/// One case, judged.
#[derive(Clone, Debug)]
pub(crate) struct CaseResult {
    /// The case's place in the plan.
    pub(crate) index: usize,
    /// What became of it, and why.
    pub(crate) judgement: Judgement,
    /// The exchanges, where there were any.
    pub(crate) observation: Option<Observation>,
}

/// What happens in a run, as it happens.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The fixtures are made; so many cases follow.
    Prepared {
        /// What the target does not offer, in words.
        notes: Vec<String>,
    },
    /// A case was judged.
    Judged(Box<CaseResult>),
    /// A case spoilt a mapping for the cases after it, or a control failed that worked before and after.
    Spoilt(Box<Spoilt>),
    /// A finding that only cases drawn at random show has a smaller one.
    Shrunk(Box<Shrunk>),
    /// A finding was tried again.
    Retried(Box<Retried>),
    /// The data plane was tested, or is not offered.
    DataPlane(Box<DataPlaneJudgement>),
}

/// How a run ended.
#[derive(Clone, Debug)]
pub(crate) struct Ended {
    /// Why not every case was fired, where that is so.
    pub(crate) stopped: Option<Stop>,
    /// Whether the target accepted any valid request of the operation.
    pub(crate) accepted_any: bool,
    /// What could not be removed from the target.
    pub(crate) leftovers: Vec<Leftover>,
    /// What was cut short, in words.
    pub(crate) cut: Vec<String>,
}

/// Runs cases of a plan on a target.
#[derive(Clone, Debug)]
pub(crate) struct Runner {
    plan: Arc<Plan>,
    link: Link,
    options: RunOptions,
    /// What all may take. Undoing does not look at it.
    budget: Budget,
    /// What is known of the identifiers that the target gave.
    known: Arc<Known>,
}

impl Runner {
    /// A runner for that plan and target.
    #[must_use]
    pub(crate) fn new(plan: Arc<Plan>, target: Target, options: RunOptions) -> Self {
        let link = Link::new(target, &plan);
        Self { plan, link, options, budget: Budget::default(), known: Arc::default() }
    }

    /// The same runner, which stops when `stop` turns true, and fires no further case once the time it was given is over,
    /// from now on.
    #[must_use]
    pub(crate) fn stoppable(&self, stop: watch::Receiver<bool>) -> Self {
        let budget = Budget::new(self.options.time, self.options.jobs, stop);
        Self { link: self.link.within(&budget), budget, ..self.clone() }
    }

    /// The same runner on another target, of which it has learnt nothing yet.
    #[must_use]
    pub(crate) fn on(&self, target: Target) -> Self {
        let link = Link::new(target, &self.plan).within(&self.budget);
        Self { link, known: Arc::default(), ..self.clone() }
    }

    /// What the run may take.
    pub(crate) fn budget(&self) -> &Budget {
        &self.budget
    }

    /// How many requests it sent, with all its clones.
    #[must_use]
    pub(crate) fn requests(&self) -> u64 {
        self.link.sent()
    }

    /// Fires the cases at those places of the plan, in that order, and tells `on_event` of each as it is judged.
    ///
    /// Fixtures are undone whatever happens; `stop` ends the run early when it turns true.
    pub(crate) async fn run(
        &self,
        cases: &[usize],
        stop: watch::Receiver<bool>,
        mut on_event: impl FnMut(Event),
    ) -> Ended {
        let jobs = self.options.jobs.max(1).min(cases.len().max(1));
        let stoppable = self.stoppable(stop.clone());
        let (mut workers, mut stopped) = stoppable.crew(jobs).await;
        let mut accepted_any = false;
        let mut leftovers = Vec::new();
        if stopped.is_none() {
            let notes: BTreeSet<_> = workers.iter().flat_map(|w| w.notes.iter().cloned()).collect();
            on_event(Event::Prepared { notes: notes.into_iter().collect() });
            let (mut by_chance, mut doubts) = (ByChance::default(), Doubts::default());
            let mut note = |event: Event| {
                match &event {
                    Event::Judged(result) => doubts.note(&self.plan, result),
                    Event::Spoilt(spoilt) => spoilt.overtaken.iter().for_each(|first| doubts.note(&self.plan, first)),
                    Event::Shrunk(shrunk) => doubts.shrunk(shrunk),
                    _ => {}
                }
                on_event(event);
            };
            let started = Instant::now();
            (workers, stopped, accepted_any) = stoppable.fire(workers, cases, &mut by_chance, &mut note).await;
            let took = started.elapsed();
            match (&stopped, workers.first_mut()) {
                (None | Some(Stop::Failures(_)), Some(worker)) => {
                    stoppable.shrink(worker, &by_chance, &mut note).await;
                    let shared = worker.shared().clone();
                    // What is tried alone is tried where nothing of the run stands beside it.
                    if stoppable.tries_again(&doubts) {
                        workers = stoppable.disband(workers, &mut leftovers).await;
                    }
                    stoppable.confirm(&doubts, (cases, took), &shared, &mut leftovers, &mut on_event).await;
                }
                (Some(Stop::Time(_)), _) => stoppable.note_unconfirmed(&doubts),
                _ => {}
            }
        }
        if let (true, None, Some(plane)) = (self.options.data_plane, &stopped, &self.plan.data_plane) {
            stopped = stoppable.budget.over();
            if stopped.is_none() {
                let judgement = stoppable.data_plane(plane, 0, &mut leftovers).await;
                let retried = stoppable.confirm_data_plane(plane, &judgement, &mut leftovers).await;
                on_event(Event::DataPlane(Box::new(judgement)));
                retried.into_iter().for_each(|r| on_event(Event::Retried(Box::new(r))));
                stopped = stoppable.budget.spent();
            }
        }
        // An interrupt after the last case cuts short what follows it.
        if let (None | Some(Stop::Failures(_)), true) = (&stopped, *stop.borrow()) {
            stopped = Some(Stop::Interrupted);
        }
        leftovers.extend(stoppable.dismiss(workers).await);
        Ended { stopped, accepted_any, leftovers, cut: stoppable.budget.notes() }
    }

    async fn fire(
        &self,
        workers: Vec<Worker>,
        cases: &[usize],
        by_chance: &mut ByChance,
        on_event: &mut impl FnMut(Event),
    ) -> (Vec<Worker>, Option<Stop>, bool) {
        let count = workers.len();
        let (sender, mut results) = mpsc::unbounded_channel();
        let (tell_enough, enough) = watch::channel(false);
        let mut failures = 0;
        let mut crew = Crew::default();
        for (number, worker) in workers.into_iter().enumerate() {
            // Which worker fires a case depends on the plan alone, not on who is free.
            let share: Vec<usize> = cases.iter().copied().skip(number).step_by(count).collect();
            let (runner, sender, enough) = (self.clone(), sender.clone(), enough.clone());
            crew.add(
                &Handle::current(),
                worker,
                |worker| async move { runner.work(worker, share, enough, sender).await },
            );
        }
        drop(sender);
        let mut accepted_any = false;
        while let Some(event) = results.recv().await {
            let result: Box<CaseResult> = match event {
                Event::Judged(result) => result,
                other => {
                    on_event(other);
                    continue;
                }
            };
            let fails = |f: &Finding| f.level == Level::Must && !self.options.known.contains(&f.id());
            failures += usize::from(result.judgement.findings.iter().any(fails));
            if self.options.max_failures.is_some_and(|most| failures >= most) {
                tell_enough.send_replace(true);
            }
            let case = self.plan.cases.get(result.index);
            accepted_any |=
                case.zip(result.observation.as_ref()).is_some_and(|(case, seen)| observe::accepted_any(case, seen));
            by_chance.note(&self.plan, &result);
            on_event(Event::Judged(result));
        }
        let (workers, mut stopped) = crew.end().await;
        if stopped.is_none() && *enough.borrow() {
            stopped = Some(Stop::Failures(failures));
        }
        (workers, stopped, accepted_any)
    }

    async fn work(
        &self,
        mut worker: Worker,
        share: Vec<usize>,
        enough: watch::Receiver<bool>,
        results: mpsc::UnboundedSender<Event>,
    ) -> (Worker, Option<Stop>) {
        for index in share {
            if *enough.borrow() {
                return (worker, None);
            }
            if let Some(over) = self.budget.over() {
                return (worker, Some(over));
            }
            // A case that is cut off leaves nothing behind but the mapping's state, and the mapping is removed anyway.
            let result = match self.budget.unless_spent(self.judged(&worker, index)).await {
                Ok(result) => result,
                Err(why) => return (worker, Some(why)),
            };
            let (mut events, over) = self.tended(&mut worker, index, result).await;
            // What came before the result of a case is told before it.
            let sent = events.drain(..).try_for_each(|event| results.send(event));
            if sent.is_err() {
                return (worker, Some(Stop::Interrupted));
            }
            // A target in this process never keeps us waiting, and the one who listens would hear of nothing until the end.
            tokio::task::yield_now().await;
            if let Some(why) = over {
                return (worker, Some(why));
            }
        }
        (worker, None)
    }

    /// Makes a worker fit for the next case after one, and gives what there is to tell of that: first what came of the
    /// mappings, and last the case's result. The stop says why there is no use in going on.
    async fn tended(&self, worker: &mut Worker, index: usize, result: CaseResult) -> (Vec<Event>, Option<Stop>) {
        let Some(case) = self.plan.cases.get(index) else { return (vec![Event::Judged(Box::new(result))], None) };
        let (result, mut over) = self.unspoilt(worker, case, result).await;
        if over.is_none() {
            over = self.tend(worker, Wear::of(case, &result, &self.plan.service)).await.err();
        }
        let spoilt = worker.take_spoilt().into_iter().map(|spoilt| Event::Spoilt(Box::new(spoilt)));
        (spoilt.chain([Event::Judged(Box::new(result))]).collect(), over)
    }

    /// Fires one case with a worker, and judges it.
    async fn judged(&self, worker: &Worker, index: usize) -> CaseResult {
        match self.plan.cases.get(index) {
            Some(case) => self.judged_case(worker, index, case).await,
            None => {
                CaseResult { index, judgement: skipped(format!("the plan has no case {index}")), observation: None }
            }
        }
    }

    /// Fires a case that need not be in the plan, in place of the one that is.
    pub(crate) async fn judged_case(&self, worker: &Worker, index: usize, case: &Case) -> CaseResult {
        self.watched_case(worker, index, case, Keep::All, &mut Memo::default(), |_| ()).await
    }

    /// As [`judged_case`](Self::judged_case); of a sequence, `watch` is told after each step, while what its answers say is
    /// at hand, and what was right in them is kept in `memo`: of what is known from there the judgement does not say
    /// that it was tested.
    pub(crate) async fn watched_case<'a>(
        &'a self,
        worker: &Worker,
        index: usize,
        case: &Case,
        keep: Keep,
        memo: &mut Memo<'a>,
        mut watch: impl FnMut(&Observation) + Send,
    ) -> CaseResult {
        let judge = Judge::of(&self.plan);
        let mut model = judge.model(case, std::mem::take(memo));
        let mut looked_at = 0;
        let nothing = Arc::default();
        let each = |seen: &mut Observation| {
            let told = model.as_mut().is_none_or(|model| model.follow(seen));
            watch(seen);
            // Of a long sequence all documents at once are more than a processor has at hand, and who judges the last of
            // them only then waits for each. The same goes for requests and answers that nobody will ask for.
            for fired in seen.steps.iter_mut().skip(looked_at) {
                if keep == Keep::All || told || judge.outweighs(&fired.exchange) {
                    fired.exchange.forget_document();
                } else {
                    fired.exchange.forget(&nothing);
                }
            }
            looked_at = seen.steps.len();
        };
        let result = match self.observe(worker, case, each).await {
            Ok(seen) => {
                let judgement = judge.judge_followed(case, &seen, model.as_mut());
                CaseResult { index, judgement, observation: Some(seen) }
            }
            Err(why) => CaseResult { index, judgement: skipped(why), observation: None },
        };
        if let Some(model) = model {
            *memo = model.into_memo();
        }
        result
    }

    /// Makes a worker fit for the next case. `Err` says why there is no use in one.
    pub(crate) async fn tend(&self, worker: &mut Worker, wear: Wear) -> Result<(), Stop> {
        if let Some(why) = wear.ours {
            return Err(Stop::Failed(why));
        }
        worker.silent = if wear.dead.is_some() { worker.silent + 1 } else { 0 };
        worker.stuck = if wear.unsettled.is_some() { worker.stuck + 1 } else { 0 };
        let silent = wear.dead.is_some() && worker.silent >= DEAD_AFTER;
        if let Some(why) = wear.dead.or(wear.unreached)
            && (silent || self.link.unreachable().await)
        {
            return Err(Stop::Unreachable(format!("the target stopped answering: {why}")));
        }
        if let Some(why) = self.link.lost() {
            return Err(Stop::Hangs(why));
        }
        if let Some(state) = wear.unsettled.filter(|_| worker.stuck >= STUCK_AFTER) {
            return Err(Stop::NoFixture(format!("{STUCK_AFTER} new mappings in a row stayed {state} for good")));
        }
        if let Some((place, unsure)) = wear.made {
            self.make_room(worker, place, unsure).await?;
        }
        match wear.doubt {
            _ if wear.spoilt => self.renew(worker).await,
            Some(doubt) => self.mend(worker, doubt).await,
            None => Ok(()),
        }
    }

    /// Whether what is under way is to end.
    pub(crate) fn stopped(&self) -> bool {
        self.budget.spent().is_some()
    }
}

/// After so many cases in a row without an answer to a valid request, the target is taken for dead.
const DEAD_AFTER: u32 = 3;
/// After so many cases in a row that left their mapping in transition, the target is taken to leave every one there.
const STUCK_AFTER: u32 = 5;

/// Comes back once the channel holds true, and never if it no longer can.
pub(crate) async fn turned_true(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|s| *s).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// Why an exchange says nothing about its request: there is no answer, or none but "slow down".
fn no_answer(service: &Service, exchange: &Exchange) -> Option<String> {
    match &exchange.outcome {
        Err(silence) => Some(silence.to_string()),
        Ok(answer) if throttles(service, answer) => {
            let (status, times) = (answer.status, exchange.throttled + 1);
            let named = error_type(service, answer).filter(|_| status != 429);
            let named = named.map(|named| format!(" {named}")).unwrap_or_default();
            Some(format!("it throttles without end: status {status}{named}, {times} times"))
        }
        Ok(_) => None,
    }
}

/// What becomes of a case that was not fired.
pub(crate) fn skipped(why: String) -> Judgement {
    Judgement {
        verdict: Verdict::Skip(why),
        findings: Vec::new(),
        exercised: std::collections::BTreeMap::new(),
        shown: std::collections::BTreeMap::new(),
    }
}

#[cfg(test)]
mod tests;
