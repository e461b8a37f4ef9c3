//! Workers at work: each takes the next case that nobody fires yet, and more workers are made
//! where those there are mostly wait.
//!
//! While a resource is in a transition, the worker that it belongs to waits, and the target has
//! nothing to do. So there are as many workers as keep the target busy, however long its
//! transitions take.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use super::chain::{self, Chained};
use super::pool::Done;
use super::worker_health::shows_change;
use super::{CaseResult, Event, Runner, Stop, Worker, WorkerHealth, WorkerPool};
use crate::plan::fixture::Scope;
use crate::support::template::Bindings;

/// The cases of a worker that nobody fired yet, in order.
type Todo = VecDeque<usize>;

/// What a worker tells: its number, and what happened.
pub(super) type Told = (usize, Event);

/// The cases of a run, of which each worker takes the next.
#[derive(Debug)]
pub(super) struct CaseQueue {
    cases: Vec<usize>,
    next: Mutex<usize>,
}

/// The workers of a run, while they are at work.
pub(super) struct GrowingPool<'a> {
    runner: &'a Runner,
    queue: Arc<CaseQueue>,
    /// Turns true once no more cases are to be fired.
    enough: watch::Receiver<bool>,
    /// Gone once no worker is at work.
    told: mpsc::WeakUnboundedSender<Told>,
    pool: WorkerPool,
    /// What is known of the fixtures made once a run, and what the first worker has.
    shared: Bindings,
    offered: Offered,
    /// How many workers there are.
    pub(super) count: usize,
}

/// What the target made for a worker: the places of the fixtures, and the names that are bound.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Offered {
    fixtures: BTreeSet<usize>,
    names: BTreeSet<String>,
}

/// More workers are not made by themselves: each has resources of its own.
const MOST: usize = 128;
/// Making a worker takes as many requests as some cases: so many must be left for each.
const WORTH: usize = 12;

impl CaseQueue {
    pub(super) fn new(cases: &[usize]) -> Self {
        Self {
            cases: cases.to_vec(),
            next: Mutex::new(0),
        }
    }

    /// The next cases: one, or as many of the next as `length` says.
    fn take(&self, length: impl FnOnce(&[usize]) -> usize) -> Todo {
        let mut next = self.next();
        let left = self.cases.get(*next..).unwrap_or_default();
        let taken = left.iter().take(length(left).max(1)).copied();
        let taken: Todo = taken.collect();
        *next += taken.len();
        taken
    }

    /// How many cases nobody took yet.
    fn left(&self) -> usize {
        self.cases.len().saturating_sub(*self.next())
    }

    fn next(&self) -> MutexGuard<'_, usize> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<'a> GrowingPool<'a> {
    /// Sets workers to work. The receiver gets all that they tell, and ends after the last of them.
    pub(super) fn new(
        runner: &'a Runner,
        workers: Vec<Worker>,
        cases: &[usize],
        enough: watch::Receiver<bool>,
    ) -> (Self, mpsc::UnboundedReceiver<Told>) {
        let (sender, told) = mpsc::unbounded_channel();
        let first = workers.first();
        let mut growing = Self {
            runner,
            queue: Arc::new(CaseQueue::new(cases)),
            enough,
            told: sender.downgrade(),
            pool: WorkerPool::default(),
            shared: first.map(|w| w.shared().clone()).unwrap_or_default(),
            offered: Offered::to(first, runner),
            count: 0,
        };
        for worker in workers {
            let number = growing.count;
            let (queue, enough) = (Arc::clone(&growing.queue), growing.enough.clone());
            let (runner, sender) = (runner.clone(), sender.clone());
            growing
                .pool
                .add(&Handle::current(), worker, |worker| async move {
                    runner
                        .work((number, worker), &queue, &enough, &sender)
                        .await
                });
            growing.count += 1;
        }

        (growing, told)
    }

    /// Makes more workers where they are of use now.
    pub(super) fn grow(&mut self) {
        let (Some(turns), Some(sender)) = (self.runner.client.turns(), self.told.upgrade()) else {
            return;
        };
        // Where no transition ends, more workers would be as stuck as these.
        if self.runner.client.never_settles() {
            return;
        }
        turns.adapt();
        let most = MOST.min(self.queue.left() / WORTH);
        // Not all at once: what they take says whether more are needed.
        let wanted = turns.workers().min(most).min(self.count * 2);
        if self.count >= wanted || !turns.has_room() {
            return;
        }
        while self.count < wanted && !*self.enough.borrow() {
            let number = self.count;
            let (queue, enough) = (Arc::clone(&self.queue), self.enough.clone());
            let (runner, sender) = (self.runner.clone(), sender.clone());
            let (shared, offered) = (self.shared.clone(), self.offered.clone());
            self.pool.add_new(&Handle::current(), async move {
                let number_of_run = runner.options.workers_before + number;
                let (worker, made) = runner.prepare(number_of_run, Some(&shared)).await;
                // A target that has no room for more is no worse for that, and a worker that has
                // less than the first would leave out cases that the first does not.
                if made.is_err() || Offered::to(Some(&worker), &runner) != offered {
                    return (worker, None);
                }
                runner
                    .work((number, worker), &queue, &enough, &sender)
                    .await
            });
            self.count += 1;
        }
    }

    /// Waits for all, and says why not all of the work was done, where that is so.
    pub(super) async fn end(self) -> (Vec<Worker>, Option<Stop>) {
        self.pool.end().await
    }
}

impl Offered {
    fn to(worker: Option<&Worker>, runner: &Runner) -> Self {
        let steps = &runner.plan.fixtures.steps;
        let own = |place: &usize| {
            let step = steps.get(*place);
            step.is_some_and(|step| step.scope == Scope::Worker)
        };
        let made = worker.iter().flat_map(|worker| &worker.made);
        let bound = worker.iter().flat_map(|worker| {
            worker.variants.iter().flat_map(|(variant, bindings)| {
                let of = variant.as_written();
                bindings.iter().map(move |(name, _)| format!("{of} {name}"))
            })
        });
        Self {
            fixtures: made.map(|(place, _, _)| *place).filter(own).collect(),
            names: bound.collect(),
        }
    }
}

impl Runner {
    async fn work(
        &self,
        (number, mut worker): (usize, Worker),
        queue: &CaseQueue,
        enough: &watch::Receiver<bool>,
        told: &mpsc::UnboundedSender<Told>,
    ) -> Done {
        let mut todo = Todo::new();
        loop {
            if *enough.borrow() {
                return (worker, None);
            }
            if let Some(over) = self.budget.over() {
                let left = queue.left() + todo.len();
                return (worker, (left > 0).then_some(over));
            }
            if todo.is_empty() {
                todo = queue.take(|left| self.at_most(&worker, left));
            }
            if todo.is_empty() {
                return (worker, None);
            }

            let done = match self.next(&mut worker, &mut todo).await {
                Ok(done) => done,
                Err(why) => return (worker, Some(why)),
            };
            let (events, over) = done;
            let mut events = events.into_iter().map(|event| (number, event));
            if events.try_for_each(|event| told.send(event)).is_err() {
                return (worker, Some(Stop::Interrupted));
            }
            // A target in this process never keeps us waiting, and the one who listens would hear
            // of nothing until the end.
            tokio::task::yield_now().await;
            if let Some(why) = over {
                return (worker, Some(why));
            }
        }
    }

    /// How many of the next cases a worker fires as a chain.
    fn at_most(&self, worker: &Worker, left: &[usize]) -> usize {
        if self.options.thorough || worker.alone > 0 {
            return 1;
        }
        chain::length(&self.plan, left, worker.chain_limit.most())
    }

    /// Fires the next case, or the next few as a chain, and gives what there is to tell of them. The
    /// stop says why there is no use in going on.
    async fn next(
        &self,
        worker: &mut Worker,
        todo: &mut Todo,
    ) -> Result<(Vec<Event>, Option<Stop>), Stop> {
        let places = todo.make_contiguous();
        let length = self.at_most(worker, places).min(places.len());
        if length > 1 {
            let places = places[..length].to_vec();
            let chained = self.chained(worker, &places);
            let results = match self.budget.unless_spent(chained).await? {
                Chained::Through(results, changed) => {
                    if changed {
                        self.anew(worker).await?;
                    }
                    results
                }
                Chained::Broke(result, fired) => {
                    self.mend_after(worker, &result).await?;
                    worker.alone = fired;
                    Vec::new()
                }
                Chained::Nothing => Vec::new(),
            };

            worker
                .chain_limit
                .came_through(results.len() * 2 > places.len());
            if !results.is_empty() {
                // Those that came to something else are fired again, each by itself.
                worker.alone = places.len() - results.len();
                let through: Vec<usize> = results.iter().map(|r| r.index).collect();
                todo.retain(|place| !through.contains(place));
                let told = results.into_iter();
                let told = told.map(|result| Event::Judged(Box::new(result)));
                return Ok((told.collect(), None));
            }
        }

        let Some(index) = todo.pop_front() else {
            return Ok((Vec::new(), None));
        };
        worker.last_control = None;
        // A case that is cut off leaves nothing behind but the resource's state, and the resource is
        // removed anyway.
        let result = self.budget.unless_spent(self.judged(worker, index)).await?;
        let case = self.plan.cases.get(index);
        if worker.alone == 0 && case.is_some_and(|case| chain::chains(&self.plan, case)) {
            let findings = &result.judgement.findings;
            worker.chain_limit.came_through(findings.is_empty());
        }
        worker.alone = worker.alone.saturating_sub(1);
        // What came before the result of a case is told before it.
        Ok(self.tended(worker, index, result).await)
    }

    /// Puts right what a case of a chain may have left, which is fired again after that.
    async fn mend_after(&self, worker: &mut Worker, result: &CaseResult) -> Result<(), Stop> {
        let Some(case) = self.plan.cases.get(result.index) else {
            return Ok(());
        };
        if shows_change(result) {
            return self.anew(worker).await.map(|_| ());
        }
        self.tend(worker, WorkerHealth::of(case, result, &self.plan.service))
            .await
    }
}
