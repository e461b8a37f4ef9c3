//! What a run may take: time for its cases, a grace to end what is under way, and waits that a
//! target asks for.
//!
//! Whatever waits, makes findings small or tries them again asks the one budget of its run, so that
//! no part of a run lasts longer than the whole was given.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::Stop;

/// The budget of a run. Clones share it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Budget(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    /// Turns true when the user wants an end.
    stop: Option<watch::Receiver<bool>>,
    time: Option<Duration>,
    /// When to begin nothing more.
    until: Option<Instant>,
    clock: Option<Clock>,
    /// How many workers wait side by side.
    jobs: u32,
    /// Waits after which the request was answered, and others.
    helped: Waited,
    vain: Waited,
    /// Waits while things are removed.
    removing: Waited,
    /// Turns true once the target asked for longer waits than a run is worth.
    throttled: watch::Sender<bool>,
    /// What was cut short, in words.
    cut: Mutex<Vec<String>>,
}

/// Tells when the grace is over. A time of the runtime would not do: that of a target in this
/// process moves on by itself.
#[derive(Debug)]
struct Clock {
    over: watch::Receiver<bool>,
    /// Dropped to end the thread.
    _end: mpsc::Sender<()>,
}

/// How much time went by in waits, on the clock of the wall, and in how many.
#[derive(Debug, Default)]
struct Waited {
    micros: AtomicU64,
    count: AtomicU64,
}

/// What a request waited for, since it was told to slow down.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Pauses {
    time: Duration,
    count: u32,
}

/// Waits in vain may take so long for each worker: a target that throttles without end is not worth
/// more.
const VAIN: Duration = Duration::from_secs(120);
/// All waits that a target asks for may take so long for each worker, where the run was given no
/// time.
const ASKED: Duration = Duration::from_secs(1800);
/// So long may waits take while things are removed, in all.
const REMOVING: Duration = Duration::from_secs(20);
/// The least and the greatest grace.
const GRACE: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(30));

impl Budget {
    /// A budget that begins now, for so many workers. After `time` no further case begins; what is
    /// under way then has half as long again, but at least 2 and at most 30 seconds. All ends when
    /// `stop` turns true.
    pub(crate) fn new(time: Option<Duration>, jobs: usize, stop: watch::Receiver<bool>) -> Self {
        let grace = time.map(|time| (time / 2).clamp(GRACE.0, GRACE.1));
        let clock = time
            .zip(grace)
            .and_then(|(time, grace)| Clock::start(time.saturating_add(grace)));
        Self(Arc::new(Shared {
            stop: Some(stop),
            time,
            until: time.and_then(|time| Instant::now().checked_add(time)),
            clock,
            jobs: u32::try_from(jobs).unwrap_or(u32::MAX),
            ..Shared::default()
        }))
    }

    /// Why nothing more is to begin, where that is so.
    pub(crate) fn over(&self) -> Option<Stop> {
        let over = self.0.until.is_some_and(|until| Instant::now() >= until);
        self.spent()
            .or_else(|| self.0.time.filter(|_| over).map(Stop::Time))
    }

    /// Why what is under way is to end, where that is so: the user wants it, the grace is over too,
    /// or the target asked for longer waits than a run is worth.
    pub(crate) fn spent(&self) -> Option<Stop> {
        let shared = &*self.0;
        if shared.stop.as_ref().is_some_and(|stop| *stop.borrow()) {
            return Some(Stop::Interrupted);
        }
        let over = shared
            .clock
            .as_ref()
            .is_some_and(|clock| *clock.over.borrow());

        shared
            .time
            .filter(|_| over)
            .map(Stop::Time)
            .or_else(|| self.throttled().map(Stop::Hangs))
    }

    /// Whether the user wants an end.
    pub(crate) fn interrupted(&self) -> bool {
        self.spent() == Some(Stop::Interrupted)
    }

    /// Does something unless it is to end before it is done. Then it is dropped where it stands.
    ///
    /// # Errors
    /// Why it was to end.
    pub(crate) async fn unless_spent<T>(&self, work: impl Future<Output = T>) -> Result<T, Stop> {
        tokio::select! {
            biased;
            why = self.end() => Err(why),
            done = work => Ok(done),
        }
    }

    /// Does something to its end, but for no more than `grace` once it is to end. `None`: it did
    /// not get there.
    pub(super) async fn soon<T>(
        &self,
        grace: Duration,
        work: impl Future<Output = T>,
    ) -> Option<T> {
        tokio::select! {
            biased;
            done = work => Some(done),
            () = async { self.end().await; tokio::time::sleep(grace).await } => None,
        }
    }

    /// Waits as a target asks for, and notes it in `pauses`. `false`: there is no time for it.
    pub(super) async fn pause(&self, wish: Duration, removing: bool, pauses: &mut Pauses) -> bool {
        let wall = Instant::now();
        if removing {
            // What the run made is removed although the run is to end.
            if self.0.removing.time() + pauses.time + wish > REMOVING {
                return false;
            }
            tokio::time::sleep(wish).await;
        } else if self.unless_spent(tokio::time::sleep(wish)).await.is_err() {
            return false;
        }

        pauses.time += wall.elapsed();
        pauses.count += 1;
        true
    }

    /// Notes how long a request waited, and whether it was answered then.
    pub(super) fn waited(&self, pauses: Pauses, removing: bool, answered: bool) {
        let of = match (removing, answered) {
            (true, _) => &self.0.removing,
            (false, true) => &self.0.helped,
            (false, false) => &self.0.vain,
        };
        of.add(pauses);
        if self.throttled().is_some() {
            self.0.throttled.send_replace(true);
        }
    }

    /// Says so where the target asked for longer waits than a run is worth.
    pub(super) fn throttled(&self) -> Option<String> {
        let Shared {
            helped,
            vain,
            time,
            jobs,
            ..
        } = &*self.0;
        let jobs = (*jobs).max(1);
        if vain.time() > VAIN * jobs {
            return Some(format!(
                "the target throttles without end: it was waited for {} times in vain, for {} seconds in all",
                vain.count(),
                vain.time().as_secs(),
            ));
        }
        let all = helped.time() + vain.time();
        (all > time.unwrap_or(ASKED).saturating_mul(jobs)).then(|| {
            format!(
                "the target asked for waits of {} seconds in all, since it gets too many requests; --rate sends fewer",
                all.as_secs(),
            )
        })
    }

    /// Notes what was cut short, in words.
    pub(crate) fn note(&self, what: String) {
        self.0
            .cut
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(what);
    }

    /// What was cut short.
    pub(crate) fn notes(&self) -> Vec<String> {
        self.0
            .cut
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Comes back once all is to end, and says why.
    async fn end(&self) -> Stop {
        let shared = &*self.0;
        let interrupted = async {
            match shared.stop.clone() {
                Some(mut stop) => turned_true(&mut stop).await,
                None => std::future::pending().await,
            }
        };

        let over = async {
            match shared.clock.as_ref().map(|clock| clock.over.clone()) {
                Some(mut over) => turned_true(&mut over).await,
                None => std::future::pending().await,
            }
        };

        let mut throttled = shared.throttled.subscribe();
        tokio::select! {
            biased;
            () = interrupted => Stop::Interrupted,
            () = over => Stop::Time(shared.time.unwrap_or_default()),
            () = turned_true(&mut throttled) => Stop::Hangs(self.throttled().unwrap_or_default()),
        }
    }
}

impl Clock {
    /// Starts it. `None`: there is no thread to be had, and only what begins is limited.
    fn start(time: Duration) -> Option<Self> {
        let (sender, over) = watch::channel(false);
        let (end, ended) = mpsc::channel::<()>();
        let wait = move || {
            if ended.recv_timeout(time) == Err(mpsc::RecvTimeoutError::Timeout) {
                sender.send_replace(true);
            }
        };

        std::thread::Builder::new()
            .name("proofmark-clock".to_owned())
            .spawn(wait)
            .ok()?;

        Some(Self { over, _end: end })
    }
}

impl Waited {
    fn add(&self, pauses: Pauses) {
        self.micros.fetch_add(
            u64::try_from(pauses.time.as_micros()).unwrap_or(u64::MAX),
            Ordering::Relaxed,
        );
        self.count
            .fetch_add(u64::from(pauses.count), Ordering::Relaxed);
    }

    fn time(&self) -> Duration {
        Duration::from_micros(self.micros.load(Ordering::Relaxed))
    }

    fn count(&self) -> u64 {
        self.count.load(Ordering::Relaxed)
    }
}

/// Comes back once the channel holds true, and never if it no longer can.
pub(crate) async fn turned_true(stop: &mut watch::Receiver<bool>) {
    if stop.wait_for(|s| *s).await.is_err() {
        std::future::pending::<()>().await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn budget(time: Option<Duration>) -> (watch::Sender<bool>, Budget) {
        let (sender, stop) = watch::channel(false);
        (sender, Budget::new(time, 1, stop))
    }

    #[tokio::test]
    async fn an_interrupt_ends_what_is_under_way() {
        let (stop, budget) = budget(None);
        assert_eq!((budget.over(), budget.spent()), (None, None));
        assert_eq!(budget.unless_spent(async { 7 }).await, Ok(7));
        stop.send_replace(true);
        assert_eq!(
            budget.unless_spent(std::future::pending::<()>()).await,
            Err(Stop::Interrupted)
        );

        assert!(
            !budget
                .pause(Duration::from_secs(3600), false, &mut Pauses::default())
                .await
        );

        assert_eq!(
            budget
                .soon(Duration::ZERO, std::future::pending::<()>())
                .await,
            None
        );
    }

    #[test]
    fn time_that_is_over_leaves_a_grace() {
        let (_stop, budget) = budget(Some(Duration::ZERO));
        assert_eq!(budget.over(), Some(Stop::Time(Duration::ZERO)));
        assert_eq!(budget.spent(), None);
    }

    #[test]
    fn waits_in_vain_count_for_more_than_those_that_helped() {
        let (_stop, budget) = budget(None);
        let waited = |seconds| Pauses {
            time: Duration::from_secs(seconds),
            count: 1,
        };

        budget.waited(waited(1000), false, true);
        budget.waited(waited(119), false, false);
        assert_eq!(budget.throttled(), None);
        budget.waited(waited(2), false, false);
        assert!(
            budget
                .throttled()
                .is_some_and(|why| why.contains("without end"))
        );

        let (_stop, other) = self::budget(Some(Duration::from_secs(60)));
        other.waited(waited(61), false, true);
        assert!(other.throttled().is_some_and(|why| why.contains("--rate")));
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_removed_is_waited_for_although_the_run_ends() {
        let (stop, budget) = budget(None);
        stop.send_replace(true);
        assert!(
            budget
                .pause(Duration::from_secs(5), true, &mut Pauses::default())
                .await
        );

        assert!(
            !budget
                .pause(Duration::from_secs(50), true, &mut Pauses::default())
                .await
        );
    }
}
