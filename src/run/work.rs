//! Workers at work: each takes the next case that nobody fires yet, and more workers are made
//! where those there are mostly wait.
//!
//! While a resource is in a transition, the worker that it belongs to waits, and the target has
//! nothing to do. So there are as many workers as keep the target busy, however long its
//! transitions take.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{mpsc, watch};

use super::chain;
use super::pool::Done;
use super::queue::{CaseQueue, Todo, writes};
use super::worker_health::shows_change;
use super::{CaseResult, Event, Runner, Stop, Worker, WorkerHealth, WorkerPool, skipped};
use crate::plan::case::Case;
use crate::plan::fixture::Scope;
use crate::support::template::Bindings;

/// What a worker tells: its number, and what happened.
pub(super) type Told = (usize, Event);

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
/// Transitions that take so long are most of what a run takes.
const LONG_WAIT: Duration = Duration::from_millis(20);
/// So many cases are fired together at most where transitions take long.
const FEW: usize = 7;
/// A case of more writes than this is left out where it would wait longer than that.
const MANY_WRITES: usize = 60;
const WORTH_WAITING: Duration = Duration::from_secs(4);

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
            queue: Arc::new(CaseQueue::new(&runner.plan, cases)),
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
                let taken = queue.take(self.waits_long(), |left| self.at_most(&worker, left));
                (todo, worker.alone) = (taken.cases, usize::from(taken.single));
            }
            if todo.is_empty() {
                return (worker, None);
            }

            // Where each waits for a transition, others can fire them meanwhile.
            if self.waits_long() && worker.alone > 1 {
                let end = worker.alone.min(todo.len());
                queue.give_back(todo.drain(1..end));
                worker.alone = 1;
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

    /// How many of the next cases a worker fires together.
    fn at_most(&self, worker: &Worker, left: &[usize]) -> usize {
        // What is sent around each request makes a chain of them no shorter.
        let each = !self.plan.binding.around.is_empty();
        if self.options.thorough || worker.alone > 0 || each {
            return 1;
        }
        // Those of a chain that breaks are fired again, each with waits of its own.
        let longest = if self.waits_long() { FEW } else { usize::MAX };
        let most = worker.chain_limit.most().min(longest);
        chain::length(&self.plan, left, most)
    }

    /// Whether the waits for the end of transitions are most of what a run takes.
    fn waits_long(&self) -> bool {
        self.client.usual_transition() >= LONG_WAIT
    }

    /// Why a case is left out: it would take long, and there is little that only it can show.
    fn outlasts(&self, case: &Case) -> Option<String> {
        let count = writes(case);
        let usual = self.client.usual_transition();
        let takes = usual * u32::try_from(count).unwrap_or(u32::MAX);
        let out = count > MANY_WRITES && takes > WORTH_WAITING && !self.options.thorough;
        out.then(|| {
            format!(
                "its {count} updates would wait {} s for transitions; --thorough fires it",
                takes.as_secs()
            )
        })
    }

    /// Fires the next case, or the next few together, and gives what there is to tell of them. The
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
            let results = self.fire_together(worker, &places, todo).await?;
            worker
                .chain_limit
                .came_through(results.len() * 2 > places.len());
            if !results.is_empty() {
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
        let case = self.plan.cases.get(index);
        if let Some(why) = case.and_then(|case| self.outlasts(case)) {
            let left_out = CaseResult {
                index,
                judgement: skipped(why),
                observation: None,
            };
            return Ok((vec![Event::Judged(Box::new(left_out))], None));
        }
        let result = self.budget.unless_spent(self.judged(worker, index)).await?;
        if worker.alone == 0 && case.is_some_and(|case| chain::chains(&self.plan, case)) {
            let findings = &result.judgement.findings;
            worker.chain_limit.came_through(findings.is_empty());
        }
        worker.alone = worker.alone.saturating_sub(1);
        // What came before the result of a case is told before it.
        Ok(self.tended(worker, index, result).await)
    }

    /// Fires the next cases as a chain. What does not count stays to be done, and comes
    /// first.
    async fn fire_together(
        &self,
        worker: &mut Worker,
        places: &[usize],
        todo: &mut Todo,
    ) -> Result<Vec<CaseResult>, Stop> {
        let chained = self.chained(worker, places);
        let came = self.budget.unless_spent(chained).await?;
        if let Some(result) = &came.broke {
            self.mend_after(worker, result).await?;
        } else if came.changed {
            self.anew(worker).await?;
        }

        let through = |place: &usize| came.results.iter().any(|r| r.index == *place);
        todo.retain(|place| !through(place) && !came.again.contains(place));
        for place in came.again.iter().rev() {
            todo.push_front(*place);
        }
        worker.alone = came.again.len();
        Ok(came.results)
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
