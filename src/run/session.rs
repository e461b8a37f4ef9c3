//! Cases fired one at a time, by whoever asks: fixtures are made when they are first needed and
//! undone at the end.
//!
//! A run fires its cases in order; a test harness picks some, in an order and on threads of its
//! own. Each case borrows a worker while it is fired, so that cases side by side are about separate
//! resources.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::RwLock;

use super::{CaseResult, Leftover, Runner, Stop, Worker, WorkerHealth, skipped};
use crate::plan::case::Case;
use crate::support::template::Bindings;

/// What was made on a target for cases fired one at a time.
#[derive(Debug)]
pub(crate) struct Session {
    runner: Runner,
    /// Whoever fires a case reads; ending writes, and so waits for them.
    ended: RwLock<bool>,
    /// What the first worker knows of the fixtures made once. Locked while a worker is made, so
    /// that they are.
    shared: tokio::sync::Mutex<Option<Bindings>>,
    workers: Mutex<Workers>,
}

#[derive(Debug, Default)]
struct Workers {
    /// Those nobody uses now, each with its number.
    idle: Vec<(usize, Worker)>,
    /// How many there are in all.
    made: usize,
    /// Why no further case is fired, where that is so.
    stopped: Option<Stop>,
}

/// A worker that goes back to the others when it is dropped, also by a panic: what it made must
/// still be undone.
struct Borrowed<'a> {
    session: &'a Session,
    number: usize,
    worker: Option<Worker>,
}

impl Session {
    /// A session with that runner. Nothing is sent before the first case.
    pub(crate) fn new(runner: Runner) -> Self {
        Self {
            runner,
            ended: RwLock::default(),
            shared: tokio::sync::Mutex::default(),
            workers: Mutex::default(),
        }
    }

    /// Fires the case at that place of the plan, and judges it.
    ///
    /// # Errors
    /// Why it could not be fired. All later cases end in the same way, without a request: a target
    /// that is dead or refuses the fixtures is not asked again for each case.
    pub(crate) async fn judge(&self, index: usize) -> Result<CaseResult, Stop> {
        match self.runner.plan.cases.get(index) {
            Some(case) => self.judge_as(index, case).await,
            None => Ok(CaseResult {
                index,
                judgement: skipped(format!("the plan has no case {index}")),
                observation: None,
            }),
        }
    }

    /// Fires a case that need not be in the plan, and judges it.
    ///
    /// # Errors
    /// As [`judge`](Self::judge).
    pub(crate) async fn judge_case(&self, case: &Case) -> Result<CaseResult, Stop> {
        self.judge_as(usize::MAX, case).await
    }

    async fn judge_as(&self, index: usize, case: &Case) -> Result<CaseResult, Stop> {
        let ended = self.ended.read().await;
        if *ended {
            return Err(Stop::Interrupted);
        }
        let mut borrowed = self.borrow().await?;
        let Some(worker) = &mut borrowed.worker else {
            return Err(Stop::Interrupted);
        };
        let first = self.runner.judged_case(worker, index, case).await;
        let (mut result, mut over) = self.runner.unspoilt(worker, case, first).await;

        if over.is_none() {
            let health = WorkerHealth::of(case, &result, &self.runner.plan.service);
            over = self.runner.tend(worker, health).await.err();
        }

        if let Some(stop) = over {
            self.workers().stopped.get_or_insert(stop);
        }
        // Each case has one result here: a first try that no other case is to blame for is its own.
        if let Some(first) = worker
            .take_spoilt()
            .into_iter()
            .find_map(|spoilt| spoilt.overtaken)
        {
            result = *first;
        }
        Ok(result)
    }

    /// Waits for the cases that are being fired, fires no more, and undoes everything.
    pub(crate) async fn end(&self) -> Vec<Leftover> {
        let mut ended = self.ended.write().await;
        *ended = true;
        let mut workers = std::mem::take(&mut self.workers().idle);
        // The last made goes first: what it made stands on what the first one made for all.
        workers.sort_unstable_by_key(|(number, _)| std::cmp::Reverse(*number));
        let mut leftovers = Vec::new();
        for (_, worker) in workers {
            leftovers.extend(self.runner.undo(worker).await);
        }
        leftovers
    }

    /// A worker that is idle, or a new one.
    async fn borrow(&self) -> Result<Borrowed<'_>, Stop> {
        if let Some(idle) = self.idle()? {
            return Ok(idle);
        }
        let mut shared = self.shared.lock().await;
        // Meanwhile one may have come back, or fixtures have failed.
        if let Some(idle) = self.idle()? {
            return Ok(idle);
        }

        let number = {
            let mut workers = self.workers();
            workers.made += 1;
            workers.made - 1
        };

        let (worker, made) = self.runner.prepare(number, shared.as_ref()).await;
        if shared.is_none() {
            *shared = Some(worker.shared().clone());
        }
        let borrowed = Borrowed {
            session: self,
            number,
            worker: Some(worker),
        };

        match made {
            Ok(()) => Ok(borrowed),
            Err(stop) => {
                self.workers().stopped = Some(stop.clone());
                Err(stop)
            }
        }
    }

    fn idle(&self) -> Result<Option<Borrowed<'_>>, Stop> {
        let mut workers = self.workers();
        if let Some(stop) = &workers.stopped {
            return Err(stop.clone());
        }
        let idle = workers.idle.pop();
        Ok(idle.map(|(number, worker)| Borrowed {
            session: self,
            number,
            worker: Some(worker),
        }))
    }

    fn workers(&self) -> MutexGuard<'_, Workers> {
        self.workers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(worker) = self.worker.take() {
            self.session.workers().idle.push((self.number, worker));
        }
    }
}
