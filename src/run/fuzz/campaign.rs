//! A campaign: inputs fired at a target for as long as is wanted, and what they find made small and
//! confirmed.
//!
//! Each worker makes inputs of its own stream and of the corpus that all share. Of what was fired
//! only the signatures of the answers are kept, so that memory stays the same however long a
//! campaign lasts.

mod look;
mod progress;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{mpsc, watch};

pub(crate) use progress::Progress;

use super::corpus::{self, Corpus};
use super::novelty::{Novelty, Signatures};
use super::{Input, Mutator, Space};
use crate::contract::Level;
use crate::judge::{Finding, Memo, Observation};
use crate::plan::Plan;
use crate::plan::case::Case;
use crate::run::regressions;
use crate::run::{
    CaseResult, Keep, Leftover, RunOptions, Runner, Stop, Worker, WorkerHealth, WorkerPool,
    WorkerThreads, accepted_any,
};
use crate::support::files::FileError;
use crate::wire::target::Target;

/// What a campaign is to do, beside what its runner is told.
#[derive(Clone, Debug)]
pub(crate) struct FuzzOptions {
    /// What decides which inputs are made.
    pub(crate) seed: u64,
    /// Which of several campaigns with one seed this is: their inputs are apart.
    pub(crate) shard: u64,
    /// The folder of the corpus; none to keep it in memory only.
    pub(crate) corpus: Option<PathBuf>,
    /// End once so many sequences were fired; none for never.
    pub(crate) most_sequences: Option<u64>,
    /// End after so many findings; none for never.
    pub(crate) most_findings: Option<usize>,
    /// Findings of that level, and worse, count.
    pub(crate) level: Level,
    /// Among so many threads the workers are divided, each with a runtime of its own. With none,
    /// all of them work in the runtime that the campaign runs in, as is needed where the target
    /// lives in it, or where its time stands still.
    pub(crate) threads: usize,
}

/// A finding, as the smallest sequence shows it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) finding: Finding,
    /// The sequence, under the id that it has among the regressions.
    pub(crate) case: Case,
    /// Whether it came back on fixtures made anew.
    pub(crate) confirmed: bool,
    /// Why that could not be tried to its end, where that is so: the target died as it was found,
    /// or the time was over.
    pub(crate) untried: Option<String>,
    /// How many inputs showed it until somebody had looked into it for good.
    pub(crate) times: usize,
}

impl Found {
    /// Whether it is a finding: it came back, or the target answered it, however seldom.
    pub(crate) fn counts(&self) -> bool {
        self.confirmed || (self.untried.is_none() && !self.finding.symptom.may_be_the_network())
    }
}

/// How a campaign ended.
#[derive(Clone, Debug)]
pub(crate) struct Fuzzed {
    /// Why, where that was not its time.
    pub(crate) stopped: Option<Stop>,
    /// Whether the target accepted any valid request.
    pub(crate) accepted_any: bool,
    /// What could not be removed from the target.
    pub(crate) leftovers: Vec<Leftover>,
    pub(crate) found: Vec<Found>,
    /// Findings that are kept among the regressions already, and how many inputs showed each.
    pub(crate) kept: BTreeMap<String, usize>,
    /// What never came back on fixtures made anew and may be the network's doing, and how often
    /// that was tried.
    pub(crate) unstable: BTreeMap<String, usize>,
    /// Findings that the baseline knows, and how many inputs showed each.
    pub(crate) known: BTreeMap<String, usize>,
    /// How large the corpus is.
    pub(crate) corpus: usize,
    /// What was cut short, in words.
    pub(crate) cut: Vec<String>,
}

/// Fuzzes one target.
#[derive(Debug)]
pub(crate) struct Campaign {
    runner: Runner,
    plan: Arc<Plan>,
    options: FuzzOptions,
    known: Arc<BTreeSet<String>>,
    jobs: usize,
    /// Makes a runner on a target of its own, where the target is in this process.
    fresh: Option<Fresh>,
    progress: Arc<Progress>,
    state: Mutex<State>,
}

/// Makes the target anew.
#[derive(Clone)]
pub(crate) struct Fresh(pub(crate) Arc<dyn Fn() -> Option<Target> + Send + Sync>);

#[derive(Debug, Default)]
struct State {
    corpus: Corpus,
    novelty: Novelty,
    /// Inputs of an earlier campaign that were not fired yet, the largest first.
    waiting: Vec<Input>,
    /// Findings that somebody looks into or has looked into.
    claimed: BTreeSet<String>,
    /// Findings that did not come back, as they were first seen.
    pending: BTreeMap<String, Found>,
    kept: BTreeMap<String, usize>,
    known: BTreeMap<String, usize>,
    numbers: BTreeSet<i64>,
    accepted_any: bool,
    /// What could not be removed from the target after findings were tried again.
    leftovers: Vec<Leftover>,
    /// The corpus could not be written.
    failed: Option<String>,
}

/// A finding that did not come back so many times is looked into no more.
const DOUBTS: usize = 100;
/// So many numbers of answers are kept for those who make inputs.
const NUMBERS: usize = 512;

impl std::fmt::Debug for Fresh {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Fresh")
    }
}

impl Default for FuzzOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            shard: 0,
            corpus: None,
            most_sequences: None,
            most_findings: None,
            level: Level::Must,
            threads: 0,
        }
    }
}

impl Campaign {
    /// A campaign with a plan on a target. What the corpus's folder holds is fired first.
    ///
    /// `fresh` makes the target anew, where that is possible: findings are confirmed on one that
    /// nothing was sent to.
    ///
    /// # Errors
    /// Where a file of the corpus is none.
    pub(crate) fn new(
        plan: Arc<Plan>,
        target: Target,
        fresh: Option<Fresh>,
        run: RunOptions,
        options: FuzzOptions,
    ) -> Result<Self, FileError> {
        let mut waiting = options
            .corpus
            .as_deref()
            .map(corpus::load)
            .transpose()?
            .unwrap_or_default();

        waiting.reverse();
        let state = State {
            corpus: Corpus::new(options.corpus.clone()),
            waiting,
            ..State::default()
        };

        let (known, jobs) = (Arc::clone(&run.known), run.jobs.max(1));
        Ok(Self {
            runner: Runner::new(Arc::clone(&plan), target, run),
            plan,
            options,
            known,
            jobs,
            fresh,
            progress: Arc::new(Progress::new()),
            state: Mutex::new(state),
        })
    }

    /// How far it is.
    pub(crate) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.progress)
    }

    /// Fires until its time is over, it has found enough, or `stop` turns true, and tells
    /// `on_found` of each finding as it is confirmed. Fixtures are undone whatever happens.
    pub(crate) async fn run(
        self,
        stop: watch::Receiver<bool>,
        mut on_found: impl FnMut(&Found),
    ) -> Fuzzed {
        let this = Arc::new(Self {
            runner: self.runner.stoppable(stop.clone()),
            ..self
        });

        let (mut workers, mut stopped) = this.runner.prepare_workers(this.jobs, &[]).await;
        let mut found: Vec<Found> = Vec::new();
        let threads = match WorkerThreads::start(this.options.threads) {
            Ok(threads) => threads,
            Err(error) => {
                stopped = Some(Stop::Failed(format!("no threads to be had: {error}")));
                WorkerThreads::default()
            }
        };

        if stopped.is_none() {
            let (sender, mut results) = mpsc::unbounded_channel();
            let (tell_enough, enough) = watch::channel(false);
            let mut pool = WorkerPool::default();
            for (number, worker) in std::mem::take(&mut workers).into_iter().enumerate() {
                let (this, sender, enough) = (Arc::clone(&this), sender.clone(), enough.clone());
                pool.add(&threads.handle(number), worker, |worker| {
                    this.work(worker, number, enough, sender)
                });
            }
            drop(sender);
            while let Some(one) = results.recv().await {
                let one: Found = *one;
                on_found(&one);
                found.push(one);
                let confirmed = found.iter().filter(|f| f.confirmed).count();
                this.progress.note_findings(confirmed);
                if this
                    .options
                    .most_findings
                    .is_some_and(|most| confirmed >= most)
                {
                    stopped = Some(Stop::Failures(confirmed));
                    tell_enough.send_replace(true);
                }
            }
            let why;
            (workers, why) = pool.end().await;
            // That we failed is told before that enough was found.
            stopped = if let Some(Stop::Failed(_)) = why {
                why
            } else {
                stopped.or(why)
            };
        }

        let mut leftovers = this.runner.dismiss(workers).await;
        let mut state = this.state();
        leftovers.append(&mut state.leftovers);
        state.corpus.thin();
        if let Some(why) = state.failed.take() {
            stopped = Some(Stop::Failed(why));
        }
        let confirmed: BTreeSet<String> = found
            .iter()
            .filter(|f| f.confirmed)
            .map(|f| f.finding.id())
            .collect();

        let told: BTreeSet<String> = found.iter().map(|f| f.finding.id()).collect();
        let mut pending = std::mem::take(&mut state.pending);
        pending.retain(|id, _| !confirmed.contains(id));
        for (_, one) in pending
            .iter()
            .filter(|(id, one)| one.counts() && !told.contains(*id))
        {
            on_found(one);
            found.push(one.clone());
        }

        let unstable = pending
            .into_iter()
            .filter(|(_, one)| !one.counts())
            .map(|(id, one)| (id, one.times))
            .collect();

        Fuzzed {
            stopped,
            unstable,
            accepted_any: state.accepted_any,
            leftovers,
            found,
            kept: std::mem::take(&mut state.kept),
            known: std::mem::take(&mut state.known),
            corpus: state.corpus.len(),
            cut: this.runner.budget().notes(),
        }
    }

    async fn work(
        self: Arc<Self>,
        mut worker: Worker,
        number: usize,
        enough: watch::Receiver<bool>,
        results: mpsc::UnboundedSender<Box<Found>>,
    ) -> (Worker, Option<Stop>) {
        let plan = Arc::clone(&self.plan);
        let Some(space) = Space::new(&plan) else {
            return (
                worker,
                Some(Stop::Failed(
                    "the fixtures name nothing that sequences are made of".to_owned(),
                )),
            );
        };

        let stream = self
            .options
            .shard
            .wrapping_mul(1 << 20)
            .wrapping_add(number as u64);

        let mut mutator = Mutator::new(self.options.seed, stream);
        let mut memo = Memo::default();
        loop {
            if *enough.borrow()
                || self
                    .options
                    .most_sequences
                    .is_some_and(|most| self.progress.inputs() >= most)
            {
                return (worker, None);
            }
            if let Some(over) = self.runner.budget().over() {
                return (worker, Some(over));
            }
            let (input, again) = self.next(&mut mutator, &space);
            let Some(case) = space.case(&input) else {
                // Numbers that come to nothing by themselves would keep the others waiting.
                tokio::task::yield_now().await;
                continue;
            };
            // What a sequence that is cut off made is removed with the worker's fixtures.
            let mut signatures = Signatures::new(&plan.service, &case);
            let follow = |seen: &Observation| signatures.follow(seen);
            let fired = self
                .runner
                .watched_case(&worker, 0, &case, Keep::Wrong, &mut memo, follow);
            let result = match self.runner.budget().unless_spent(fired).await {
                Ok(result) => result,
                Err(why) => return (worker, Some(why)),
            };
            let health = WorkerHealth::of(&case, &result, &plan.service);
            let claimed = self.note(&input, &case, result, &signatures, again);
            let tended = self.runner.tend(&mut worker, health).await;
            // Inputs have no names to tell anybody of.
            worker.take_spoilt();
            if let Err(why) = tended {
                // Nobody is there to look into it any more, and it may be what the target died of.
                for finding in claimed {
                    let untried =
                        Some("the target stopped answering, perhaps because of this".to_owned());
                    let found = Found {
                        finding,
                        case: case.clone(),
                        confirmed: false,
                        untried,
                        times: 1,
                    };
                    // Where nobody listens, the campaign is over anyway.
                    let _ = results.send(Box::new(found));
                }
                return (worker, Some(why));
            }
            for finding in claimed {
                let first = Found {
                    finding,
                    case: case.clone(),
                    confirmed: false,
                    untried: None,
                    times: 1,
                };
                let found = self.look_into(&mut worker, &space, &input, first).await;
                if self.settled(&found) && results.send(Box::new(found)).is_err() {
                    return (worker, Some(Stop::Interrupted));
                }
            }
            // A target in this process never keeps us waiting, and nobody else would have a turn.
            tokio::task::yield_now().await;
        }
    }

    /// The next input, and whether it is one of the folder.
    fn next(&self, mutator: &mut Mutator, space: &Space<'_>) -> (Input, bool) {
        let mut state = self.state();
        if let Some(input) = state.waiting.pop() {
            return (input, true);
        }
        mutator.note(&state.numbers);
        (mutator.next(space, &state.corpus.inputs()), false)
    }

    /// Takes in what an input showed, and gives the findings that nobody has looked into.
    fn note(
        &self,
        input: &Input,
        case: &Case,
        result: CaseResult,
        signatures: &Signatures<'_>,
        again: bool,
    ) -> Vec<Finding> {
        self.progress.note_input(self.runner.requests());
        let Some(seen) = result.observation else {
            return Vec::new();
        };
        let mut state = self.state();
        state.accepted_any = state.accepted_any || accepted_any(case, &seen);

        if state.novelty.add(signatures.found()) > 0 {
            self.progress.note_new(state.novelty.len());
            if state.numbers.len() < NUMBERS {
                state.numbers.extend(signatures.numbers());
            }
            if let Err(error) = state.corpus.add(input.clone(), signatures.found().clone()) {
                state.failed.get_or_insert(error.to_string());
            }
        } else if again {
            state.corpus.forget(input);
        }

        let mut claimed = Vec::new();
        for finding in result.judgement.findings {
            if finding.level > self.options.level {
                continue;
            }
            let id = finding.id();
            if self.known.contains(&id) {
                *state.known.entry(id).or_default() += 1;
            } else if self
                .plan
                .case(regressions::case_of(&self.plan.contract.slug, &id).as_str())
                .is_some()
            {
                *state.kept.entry(id).or_default() += 1;
            } else if state.claimed.insert(id) {
                claimed.push(finding);
            }
        }

        claimed
    }

    /// Whether nobody looks into a finding any more. One that did not come back may have shown what
    /// an earlier input led to: another input may show it by itself.
    fn settled(&self, found: &Found) -> bool {
        if found.confirmed || found.untried.is_some() {
            return true;
        }
        let mut state = self.state();
        let id = found.finding.id();
        let doubt = state.pending.entry(id.clone()).or_insert_with(|| Found {
            times: 0,
            ..found.clone()
        });

        doubt.times += 1;
        let given_up = doubt.times >= DOUBTS;
        if !given_up {
            state.claimed.remove(&id);
        }
        given_up
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
