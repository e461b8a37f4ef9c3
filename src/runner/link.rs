//! The way to the target, which learns how patient it has to be.
//!
//! A target that hangs on one kind of request, or leaves one kind of transition unfinished, would cost a whole time
//! limit for every case that meets it. The first such waits are waited out in full, since they are the finding; later
//! ones are given many times what the slowest success took.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use crate::exchange::{Exchange, Phase, Request, Silence, Wire};
use crate::plan::Plan;
use crate::target::Target;
use crate::verdict::throttles;

/// The way to the target. Clones learn together.
#[derive(Clone, Debug)]
pub(super) struct Link {
    target: Target,
    plan: Arc<Plan>,
    learnt: Arc<Learnt>,
}

/// What is waited for besides answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wait {
    /// The end of a transition that reads show.
    Transition,
    /// The end of one that only refusals show.
    Stray,
    /// That what is to be removed is no longer in use.
    Removal,
    /// That what was made a moment ago can be used.
    Usable,
}

#[derive(Debug, Default)]
struct Learnt {
    sent: AtomicU64,
    slowest: AtomicU64,
    hung: AtomicU32,
    lost: AtomicU64,
    throttled: AtomicU32,
    waits: [Waited; 4],
}

#[derive(Debug, Default)]
struct Waited {
    longest: AtomicU64,
    vain: AtomicU32,
}

/// So many requests may use up the whole time limit; after so many more patience is at its end.
const PATIENCE: u32 = 3;
/// So much time in all may be lost on requests that hang.
const LOST: Duration = Duration::from_secs(120);
/// What a request is given at least, once some have hung, and once many have.
const IMPATIENT: [(u32, Duration); 2] = [(20, Duration::from_millis(100)), (PATIENCE, Duration::from_millis(500))];

impl Link {
    pub(super) fn new(target: Target, plan: &Arc<Plan>) -> Self {
        let told = Arc::clone(plan);
        let target = target.with_throttling(move |answer| throttles(&told.service, answer));
        Self { target, plan: Arc::clone(plan), learnt: Arc::default() }
    }

    /// A way to the same target that has learnt nothing yet, and waits for the head of an answer for at least so long.
    pub(super) fn patient(&self, least: Duration) -> Self {
        Self { target: self.target.patient(least), learnt: Arc::default(), ..self.clone() }
    }

    /// How many requests were sent.
    pub(super) fn sent(&self) -> u64 {
        self.learnt.sent.load(Ordering::Relaxed)
    }

    /// Sends a request; the answer is the target's, or says why there is none.
    pub(super) async fn send(&self, request: &Arc<Request>) -> Exchange {
        let learnt = &*self.learnt;
        learnt.sent.fetch_add(1, Ordering::Relaxed);
        let hung = learnt.hung.load(Ordering::Relaxed);
        // A target that throttles without end has shown it; one more try tells whether it still does.
        let sending = async {
            match learnt.throttled.load(Ordering::Relaxed) {
                0 => self.target.send(Arc::clone(request)).await,
                _ => self.target.send_waiting(Arc::clone(request), 1).await,
            }
        };
        let started = tokio::time::Instant::now();
        let sent = match IMPATIENT.iter().find(|(after, _)| hung >= *after) {
            Some((_, least)) => {
                let slowest = Duration::from_micros(learnt.slowest.load(Ordering::Relaxed));
                let limit = (slowest * 20).max(*least);
                tokio::time::timeout(limit, sending).await.unwrap_or_else(|_| Exchange {
                    request: Arc::clone(request),
                    outcome: Err(Silence::TimedOut(Phase::Head)),
                    elapsed: limit,
                    throttled: 0,
                })
            }
            None => sending.await,
        };
        match &sent.outcome {
            Ok(answer) if throttles(&self.plan.service, answer) => {
                learnt.throttled.fetch_add(1, Ordering::Relaxed);
            }
            Ok(_) => {
                // Where waiting helped, it is worth while again.
                if sent.throttled > 0 {
                    learnt.throttled.store(0, Ordering::Relaxed);
                }
                learnt.slowest.fetch_max(micros(sent.elapsed), Ordering::Relaxed);
            }
            Err(Silence::TimedOut(_)) => {
                learnt.hung.fetch_add(1, Ordering::Relaxed);
                learnt.lost.fetch_add(micros(started.elapsed()), Ordering::Relaxed);
            }
            Err(_) => {}
        }
        sent
    }

    /// Says so where more time was lost on requests that hang than a run is worth.
    pub(super) fn lost(&self) -> Option<String> {
        let lost = Duration::from_micros(self.learnt.lost.load(Ordering::Relaxed));
        let hung = self.learnt.hung.load(Ordering::Relaxed);
        (lost > LOST).then(|| format!("{hung} requests hung, which took {} seconds", lost.as_secs()))
    }

    /// How long to wait for that, where `limit` is the longest.
    pub(super) fn limit(&self, wait: Wait, limit: Duration) -> Duration {
        let waited = self.waited(wait);
        let least = match wait {
            Wait::Transition | Wait::Usable => Duration::from_secs(1),
            Wait::Stray | Wait::Removal => Duration::from_millis(250),
        };
        if waited.vain.load(Ordering::Relaxed) == 0 {
            return limit;
        }
        (Duration::from_micros(waited.longest.load(Ordering::Relaxed)) * 10).max(least).min(limit)
    }

    /// What was waited for came, after so long.
    pub(super) fn came(&self, wait: Wait, after: Duration) {
        self.waited(wait).longest.fetch_max(micros(after), Ordering::Relaxed);
    }

    /// What was waited for did not come.
    pub(super) fn never_came(&self, wait: Wait) {
        self.waited(wait).vain.fetch_add(1, Ordering::Relaxed);
    }

    /// Whether nobody listens any more.
    pub(super) async fn unreachable(&self) -> bool {
        let request = Arc::new(Request {
            method: "GET".to_owned(),
            path: "/".to_owned(),
            headers: Vec::new(),
            body: bytes::Bytes::new(),
            service: "lambda".to_owned(),
            wire: Wire::Client,
        });
        matches!(self.send(&request).await.outcome, Err(Silence::Unreachable(_)))
    }

    fn waited(&self, wait: Wait) -> &Waited {
        match wait {
            Wait::Transition => &self.learnt.waits[0],
            Wait::Stray => &self.learnt.waits[1],
            Wait::Removal => &self.learnt.waits[2],
            Wait::Usable => &self.learnt.waits[3],
        }
    }
}

fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}
