//! How a server is set up, and what its handlers see of it.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::behaviour::Behaviour;
use super::fault::{Cause, Fault};
use super::general::General;
use super::world::World;
use super::{Clock, Defect};

/// How a `Reference` is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long Creating, Enabling, Disabling, Updating and Deleting last. At zero they show in the
    /// answer that starts them and are over at the next request.
    pub settle: Duration,
    /// The account whose resources these are: twelve digits.
    pub account: String,
    /// The region of requests whose Authorization header names none.
    pub region: String,
    /// The one thing that is wrong, or different.
    pub defect: Option<&'static Defect>,
    /// Every how many Lambda requests one is answered 429 TooManyRequestsException, and not carried
    /// out.
    pub throttle_every: Option<u32>,
    /// The Retry-After of a 429, in seconds.
    pub retry_after: u32,
    /// Where the time is read.
    pub clock: Clock,
    /// What the UUIDs of mappings and requests are made from.
    pub seed: u64,
}

/// What the handlers see of the server.
pub(crate) struct Inner {
    pub(super) options: Options,
    pub(super) behaviour: Behaviour,
    /// What answers the operations that nobody wrote by hand.
    pub(super) general: Option<General>,
    pub(super) world: Mutex<World>,
    pub(super) requests: AtomicU64,
    pub(super) lambda_requests: AtomicU64,
    pub(super) in_flight: AtomicUsize,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            settle: Duration::ZERO,
            account: "123456789012".to_owned(),
            region: "us-east-1".to_owned(),
            defect: None,
            throttle_every: None,
            retry_after: 0,
            clock: Clock::system(),
            seed: 0,
        }
    }
}

impl Inner {
    /// The state. A lock that a panic poisoned is taken all the same: every change to the state is
    /// a single insertion or removal, so nothing is left half done.
    pub(super) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// 429, or what a defect says instead, for every so manieth request to Lambda.
    pub(super) fn throttled(&self) -> Option<Fault> {
        let asked = self
            .options
            .throttle_every
            .filter(|n| *n > 0)
            .map(|n| (u64::from(n), 429, "TooManyRequestsException"));
        let (every, status, kind) = self.behaviour.throttles.or(asked)?;
        let n = self.lambda_requests.fetch_add(1, Ordering::Relaxed) + 1;
        n.is_multiple_of(every)
            .then(|| Fault::new(Cause::Throttled, status, kind, "Rate exceeded"))
    }
}
