//! How many requests are under way at the same time, and how much of a run is spent in waits.
//!
//! A target that answers one request after another gains nothing from more of them, and one whose
//! resources are in transitions gains from more resources, not from more connections. So the two
//! numbers are apart: turns limit the requests, and what requests and waits took together says how
//! many workers are of use.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// The turns of a run. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Turns(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    permits: Arc<Semaphore>,
    /// How many requests may be under way.
    now: AtomicUsize,
    /// The answers so far, and for how long requests were under way, in microseconds.
    answers: AtomicU64,
    busy: AtomicU64,
    /// For how long workers waited for the end of transitions, and for their turn, in microseconds.
    waited: AtomicU64,
    queued: AtomicU64,
    /// When more workers were last thought of, and how long workers had queued until then.
    looked: Mutex<(Instant, u64)>,
    climb: Mutex<Climb>,
}

/// What is known of how many requests at the same time are of use.
#[derive(Debug)]
struct Climb {
    /// Whether nothing more is to be learnt.
    settled: bool,
    /// When it began to be measured, and the answers and the time of requests until then.
    since: Instant,
    answers: u64,
    busy: u64,
    /// How many answers came in a second with half as many at the same time.
    before: Option<f64>,
}

/// A turn, while it is held.
#[derive(Debug)]
pub(super) struct Turn {
    shared: Arc<Shared>,
    started: Instant,
    _permit: Option<OwnedSemaphorePermit>,
}

/// More requests at the same time are not tried by themselves.
const MOST: usize = 16;
/// So long, and for so many answers, is measured what a number of requests at the same time gives.
const MEASURED: (Duration, u64) = (Duration::from_millis(150), 60);
/// Twice as many must give so much more to be of use.
const GAIN: f64 = 1.25;
/// Of the time of all turns so much must be in use for a measure to say anything.
const IN_USE: f64 = 0.6;

impl Turns {
    /// So many turns. `adapts`: their number is to grow as long as that is of use.
    pub(super) fn new(turns: usize, adapts: bool) -> Self {
        let turns = turns.max(1);
        Self(Arc::new(Shared {
            permits: Arc::new(Semaphore::new(turns)),
            now: AtomicUsize::new(turns),
            answers: AtomicU64::new(0),
            busy: AtomicU64::new(0),
            waited: AtomicU64::new(0),
            queued: AtomicU64::new(0),
            looked: Mutex::new((Instant::now(), 0)),
            climb: Mutex::new(Climb {
                settled: !adapts,
                since: Instant::now(),
                answers: 0,
                busy: 0,
                before: None,
            }),
        }))
    }

    /// Waits for a turn.
    pub(super) async fn take(&self) -> Turn {
        let asked = Instant::now();
        let permit = Arc::clone(&self.0.permits).acquire_owned().await.ok();
        let queued = micros(asked.elapsed());
        self.0.queued.fetch_add(queued, Ordering::Relaxed);
        Turn {
            shared: Arc::clone(&self.0),
            started: Instant::now(),
            _permit: permit,
        }
    }

    /// Notes for how long a worker waited for the end of a transition.
    pub(super) fn waited(&self, time: Duration) {
        self.0.waited.fetch_add(micros(time), Ordering::Relaxed);
    }

    /// Whether a while went by since this was last said, in which hardly any worker waited for its
    /// turn: only then may more of them be of use.
    pub(super) fn has_room(&self) -> bool {
        let mut looked = self.0.looked.lock().unwrap_or_else(PoisonError::into_inner);
        let took = looked.0.elapsed();
        if took < MEASURED.0 {
            return false;
        }

        let queued = self.0.queued.load(Ordering::Relaxed);
        let in_line = (queued - looked.1) as f64 / 1e6 / took.as_secs_f64();
        *looked = (Instant::now(), queued);
        in_line < 1.0
    }

    /// How many workers are of use: while one waits, others are to have something to send.
    pub(super) fn workers(&self) -> usize {
        let busy = self.0.busy.load(Ordering::Relaxed).max(1);
        let waited = self.0.waited.load(Ordering::Relaxed);
        let for_one = usize::try_from(1 + waited / busy).unwrap_or(usize::MAX);
        for_one.saturating_mul(self.0.now.load(Ordering::Relaxed))
    }

    /// Looks at what the present number gives, and tries twice as many, or half as many again.
    pub(super) fn adapt(&self) {
        let shared = &*self.0;
        let mut climb = shared.climb.lock().unwrap_or_else(PoisonError::into_inner);
        if climb.settled {
            return;
        }
        let took = climb.since.elapsed();
        let answers = shared.answers.load(Ordering::Relaxed);
        let busy = shared.busy.load(Ordering::Relaxed);
        let of_now = answers - climb.answers;
        if took < MEASURED.0 || of_now < MEASURED.1 {
            return;
        }

        let now = shared.now.load(Ordering::Relaxed);
        let seconds = took.as_secs_f64();
        let in_use = (busy - climb.busy) as f64 / 1e6 / seconds / now as f64;
        (climb.since, climb.answers, climb.busy) = (Instant::now(), answers, busy);
        if in_use < IN_USE {
            return;
        }

        let rate = of_now as f64 / seconds;
        if climb.before.is_none_or(|before| rate >= before * GAIN) {
            climb.before = Some(rate);
            climb.settled = now >= MOST;
            if !climb.settled {
                shared.permits.add_permits(now);
                shared.now.store(now * 2, Ordering::Relaxed);
            }
        } else {
            climb.settled = true;
            let more = now / 2;
            shared.now.store(now - more, Ordering::Relaxed);
            let permits = Arc::clone(&shared.permits);
            // Those that are held now are taken away as they come back.
            tokio::spawn(async move {
                let count = u32::try_from(more).unwrap_or(1);
                if let Ok(taken) = permits.acquire_many(count).await {
                    taken.forget();
                }
            });
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        let took = micros(self.started.elapsed());
        self.shared.busy.fetch_add(took, Ordering::Relaxed);
        self.shared.answers.fetch_add(1, Ordering::Relaxed);
    }
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is answered in a second where a target answers so many at the same time.
    async fn measured(turns: &Turns, at_once: usize) {
        let target = Arc::new(Semaphore::new(at_once));
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..32 {
            let (turns, target) = (turns.clone(), Arc::clone(&target));
            tasks.spawn(async move {
                for _ in 0..100 {
                    let _turn = turns.take().await;
                    let _answer = target.acquire().await;
                    tokio::time::sleep(Duration::from_millis(4)).await;
                    turns.adapt();
                }
            });
        }
        while tasks.join_next().await.is_some() {}
    }

    #[tokio::test(start_paused = true)]
    async fn more_at_the_same_time_only_where_that_is_of_use() {
        for (at_once, least, most) in [(1, 1, 1), (2, 2, 2), (64, MOST, MOST)] {
            let turns = Turns::new(1, true);
            measured(&turns, at_once).await;
            let now = turns.0.now.load(Ordering::Relaxed);
            assert!((least..=most).contains(&now), "{at_once}: {now}");
            assert_eq!(turns.0.permits.available_permits(), now, "{at_once}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_the_user_said_stays() {
        let turns = Turns::new(3, false);
        measured(&turns, 64).await;
        assert_eq!(turns.0.permits.available_permits(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn workers_are_as_many_as_waits_need() {
        let turns = Turns::new(2, false);
        assert_eq!(turns.workers(), 2);
        for _ in 0..2 {
            let turn = turns.take().await;
            tokio::time::sleep(Duration::from_millis(10)).await;
            drop(turn);
        }
        turns.waited(Duration::from_millis(100));
        assert_eq!(turns.workers(), 12);
    }
}
