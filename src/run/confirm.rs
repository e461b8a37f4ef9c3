//! Firing again what was found, on resources made anew: the plainest case that shows a finding by
//! itself is its example, and what does not come back is told apart.
//!
//! The cases that showed a finding most plainly are tried one after another, while no other request
//! is under way. While the resources of one try are in a transition, other findings are tried. What
//! no case shows by itself is tried as it came in the run: after the cases before it, and with as
//! many workers at the same time. Whatever stands in the way of a try leaves the finding as it was
//! found: nothing passes because it could not be tried again.

mod as_found;
mod data_plane;
mod pending;
mod tries;

use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::stream::FuturesOrdered;
use tokio::time::Instant;

use super::turns::Turns;
use super::{Activity, Confirmation, Event, Leftover, Retried, Runner};
use crate::support::template::Bindings;

use pending::PendingFinding;
pub(super) use pending::PendingFindings;

/// What all further tries have in common.
struct Ground<'a> {
    pending: &'a PendingFindings,
    /// How many workers fire at the same time what they fired at the same time in the run.
    jobs: usize,
    /// What is known of the fixtures made once a run.
    shared: &'a Bindings,
    started: Instant,
    /// How long all tries may take together.
    limit: Duration,
    /// The number of the next worker: no other one had it.
    number: AtomicUsize,
    leftovers: Mutex<Vec<Leftover>>,
}

/// A finding to try again.
#[derive(Clone, Copy)]
struct Doubt<'a> {
    ground: &'a Ground<'a>,
    id: &'a str,
    finding: &'a PendingFinding,
    /// Whether it fails the run. Of a warning only the example is looked for.
    gates: bool,
}

/// Why trying ends.
enum End {
    /// The user wants an end.
    Stopped,
    /// The time for it is over.
    Over(String),
}

/// The last tries fire so many cases first that came before in the run: what they did may have led
/// to it.
const LEAD: usize = 24;
/// No more workers than so many fire at the same time again, unless the user wanted more.
const AT_ONCE: usize = 16;
/// No more findings than so many are tried by themselves in the same while.
const OVERLAPPING: usize = 16;
/// A request that timed out is given so many times what the slowest answer of its case took, where
/// that is more than the time limit: beside a slow control, a slow answer is no hang.
const PATIENCE: u32 = 4;
/// A try that is under way when the time for all tries is over has so much more.
const GRACE: Duration = Duration::from_secs(15);

impl Runner {
    /// Tries again what fails the run, and tells `on_event` what that came to. Of warnings it looks
    /// for the plainest example.
    ///
    /// `workers`: how many there were; `took`: how long the cases did; `shared`: what is known of the
    /// fixtures made once a run.
    pub(super) async fn confirm(
        &self,
        pending: &PendingFindings,
        (workers, took): (usize, Duration),
        shared: &Bindings,
        leftovers: &mut Vec<Leftover>,
        on_event: &mut impl FnMut(Event),
    ) {
        let confirm = self.options.confirm;
        if confirm.tries == 0 {
            return;
        }

        let limit = if confirm.limit.is_zero() {
            confirm.limit
        } else {
            confirm.limit.max(took)
        };
        let numbers = self.options.workers_before + workers.max(self.options.jobs);
        let ground = Ground {
            pending,
            jobs: workers.min(self.options.jobs.max(AT_ONCE)),
            shared,
            started: Instant::now(),
            limit,
            number: AtomicUsize::new(numbers + 1),
            leftovers: Mutex::default(),
        };

        let mut tell = |retried| on_event(Event::Retried(Box::new(retried)));
        let hidden = self.confirm_alone(&ground, &mut tell).await;
        self.confirm_as_found(hidden, &mut tell).await;

        let left = ground.leftovers.into_inner();
        leftovers.extend(left.unwrap_or_else(PoisonError::into_inner));
    }

    /// Tries the cases of each finding by themselves. Gives the findings that none of them showed,
    /// with what came of the tries.
    ///
    /// One request is under way at a time. While the resources of some tries are in a transition,
    /// the next findings are tried.
    async fn confirm_alone<'a>(
        &self,
        ground: &'a Ground<'a>,
        tell: &mut impl FnMut(Retried),
    ) -> Vec<(Doubt<'a>, Retried)> {
        let level = self.options.confirm.level;
        let all = ground.pending.by_level(level);
        let doubts: Vec<_> = all
            .filter(|(id, _)| !self.options.known.contains(*id))
            .map(|(id, finding)| Doubt {
                ground,
                id,
                finding,
                gates: finding.within(level),
            })
            .collect();

        let turns = Turns::new(1, false);
        let runner = Self {
            client: self.client.in_turns(turns.clone()),
            ..self.clone()
        };
        let (mut waiting, mut trying) = (doubts.iter().enumerate(), FuturesOrdered::new());
        let mut hidden = Vec::new();
        loop {
            while trying.len() < turns.workers().min(OVERLAPPING)
                && let Some((place, doubt)) = waiting.next()
            {
                self.options.progress.enter(Activity::Confirming {
                    number: place + 1,
                    of: doubts.len(),
                });
                trying.push_back(runner.alone(*doubt));
            }

            let Some((doubt, mut retried, shown)) = trying.next().await else {
                return hidden;
            };
            match shown {
                Ok(true) => tell(retried),
                Ok(false) => hidden.push((doubt, retried)),
                Err(End::Stopped) => {
                    // Those under way still remove what they made.
                    waiting = [].iter().enumerate();
                    hidden.clear();
                }
                // A warning counts for nothing either way.
                Err(End::Over(_)) if !doubt.gates => {}
                Err(End::Over(why)) => {
                    retried.confirmation = Confirmation::Untried(why);
                    tell(retried);
                }
            }
        }
    }

    /// Tries findings that no case showed by itself as they were found, one after another.
    async fn confirm_as_found(
        &self,
        hidden: Vec<(Doubt<'_>, Retried)>,
        tell: &mut impl FnMut(Retried),
    ) {
        for (doubt, mut retried) in hidden {
            // What cannot be removed is not made for another try.
            let is_over = self.stays.enough_of_workers(&self.plan).is_some();
            if doubt.gates && !is_over {
                match self.as_found(doubt, &mut retried).await {
                    Ok(()) => {}
                    Err(End::Stopped) => return,
                    Err(End::Over(why)) => retried.confirmation = Confirmation::Untried(why),
                }
            }
            tell(retried);
        }
    }

    /// Whether there is anything to try again.
    pub(super) fn tries_again(&self, pending: &PendingFindings) -> bool {
        let confirm = self.options.confirm;
        let mut all = pending.by_level(confirm.level);
        confirm.tries > 0 && all.any(|(id, _)| !self.options.known.contains(id))
    }

    /// Notes that findings are told as they were found, since the run had no time to try them
    /// again.
    pub(super) fn note_unconfirmed(&self, pending: &PendingFindings) {
        let confirm = self.options.confirm;
        let gating = pending
            .by_level(confirm.level)
            .filter(|(_, doubt)| doubt.within(confirm.level));
        let left = gating
            .filter(|(id, _)| !self.options.known.contains(*id))
            .count();

        if confirm.tries > 0 && left > 0 {
            self.budget.note(format!(
                "the time for the run was over: {} not tried again",
                were(left)
            ));
        }
    }
}

fn were(findings: usize) -> String {
    if findings == 1 {
        "1 finding was".to_owned()
    } else {
        format!("{findings} findings were")
    }
}
