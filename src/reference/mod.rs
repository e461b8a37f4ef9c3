//! The reference: a conforming target, in memory.
//!
//! It answers the five operations of Lambda's event-source-mapping API as the 2018 page documents them, and as much
//! of Lambda, IAM, STS, SQS, Kinesis and CloudWatch Logs as fixtures need. Where the page is silent it does what AWS was
//! recorded to do.
//!
//! It exists to be judged: the suite must find nothing wrong with it, and must find each of its [`defects`] when
//! one is ordered.
//!
//! A request flows one way: `service` reads it, `route` finds its service, `mapping` answers it from the
//! `world`, `reply` and `response` turn the answer into bytes. `behaviour` is where a defect gets its say.
//!
//! **Invariant:** the handlers hold no trace of any single defect. A defect is one function that changes one thing of
//! `Behaviour`.
//!
//! **Invariant:** [`Reference::answer`] does no I/O, never panics, and depends on nothing but the requests so far, the
//! options and the clock.

mod behaviour;
mod call;
mod clock;
mod defect;
mod delivery;
mod fault;
mod function;
mod function_name;
mod identifier;
mod kinesis;
mod logs;
mod mapping;
mod number;
mod query;
mod reply;
mod response;
mod route;
mod service;
mod sqs;
mod world;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;

use behaviour::Behaviour;
use call::Call;
use fault::{Cause, Fault};
use world::{Mapping, World};

pub use clock::{Clock, Hands};
pub use defect::{Defect, Expected, defects, find_defect};
pub(crate) use defect::{hostile_defects, rare_defects, todays_defects};
#[cfg(test)]
pub(crate) use response::Ending;
pub use response::{Body, Broken, Response};
pub use service::{NoAnswer, serve};

/// What tells the identifiers of requests from those of mappings.
const REQUEST_KIND: u64 = 2;

/// How a [`Reference`] is set up.
#[derive(Clone, Debug)]
pub struct Options {
    /// How long Creating, Enabling, Disabling, Updating and Deleting last. At zero they show in the answer that starts
    /// them and are over at the next request.
    pub settle: Duration,
    /// The account whose resources these are: twelve digits.
    pub account: String,
    /// The region of requests whose Authorization header names none.
    pub region: String,
    /// The one thing that is wrong, or different.
    pub defect: Option<&'static Defect>,
    /// Every how many Lambda requests one is answered 429 TooManyRequestsException, and not carried out.
    pub throttle_every: Option<u32>,
    /// The Retry-After of a 429, in seconds.
    pub retry_after: u32,
    /// Where the time is read.
    pub clock: Clock,
    /// What the UUIDs of mappings and requests are made from.
    pub seed: u64,
}

/// A conforming server in memory, or one with a single defect. Clones share their state.
#[derive(Clone)]
pub struct Reference {
    inner: Arc<Inner>,
}

/// What the handlers see of the server.
pub(crate) struct Inner {
    options: Options,
    behaviour: Behaviour,
    world: Mutex<World>,
    requests: AtomicU64,
    lambda_requests: AtomicU64,
    in_flight: AtomicUsize,
}

/// What was true when a request arrived. It is in flight until this is dropped, answered or not.
struct Arrival {
    server: Arc<Inner>,
    /// The mappings then; kept only for a defect that works on them too late.
    mappings: Option<Arc<BTreeMap<String, Mapping>>>,
    /// How many requests were being answered already.
    others: usize,
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

impl Reference {
    /// An empty server.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let defect = options.defect;
        Self::with_defects(options, defect.as_slice())
    }

    /// An empty server with several defects at once.
    pub(crate) fn with_defects(options: Options, defects: &[&'static Defect]) -> Self {
        let mut behaviour = Behaviour::default();
        defects.iter().for_each(|defect| defect.order(&mut behaviour));
        Self {
            inner: Arc::new(Inner {
                options,
                behaviour,
                world: Mutex::default(),
                requests: AtomicU64::new(0),
                lambda_requests: AtomicU64::new(0),
                in_flight: AtomicUsize::new(0),
            }),
        }
    }

    /// Answers one request, without any I/O. The answer's [`Ending`] and delay are for the caller to carry out.
    #[must_use]
    pub fn answer(&self, request: http::Request<Bytes>) -> Response {
        let arrival = self.arrive();
        self.answer_arrived(request, &arrival)
    }

    /// How many requests were answered so far.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn requests(&self) -> u64 {
        self.inner.requests.load(Ordering::Relaxed)
    }

    /// Every resource that exists now, as `kind name`, sorted: what a suite that tidies up leaves empty.
    #[cfg(test)]
    #[must_use]
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let now = self.inner.options.clock.millis();
        let world = self.inner.world();
        let mappings =
            world.mappings.values().filter(|m| m.state(now).is_some()).map(|m| format!("mapping {}", m.uuid));
        let functions =
            world.functions.values().map(|f| format!("function {}", f.arn.rsplit(':').next().unwrap_or_default()));
        let roles = world.roles.keys().map(|name| format!("role {name}"));
        let queues = world.queues.values().map(|q| format!("queue {}", q.name));
        let streams = world.streams.values().map(|s| format!("stream {}", s.name));
        let logs = world.logs.keys().map(|name| format!("log {name}"));
        let mut all: Vec<String> =
            functions.chain(logs).chain(mappings).chain(queues).chain(roles).chain(streams).collect();
        all.sort();
        all
    }

    fn arrive(&self) -> Arrival {
        let others = self.inner.in_flight.fetch_add(1, Ordering::Relaxed);
        let mappings = self.inner.behaviour.race.map(|_| Arc::new(self.inner.world().mappings.clone()));
        Arrival { server: Arc::clone(&self.inner), mappings, others }
    }

    fn answer_arrived(&self, request: http::Request<Bytes>, arrival: &Arrival) -> Response {
        let n = self.inner.requests.fetch_add(1, Ordering::Relaxed);
        let mut call = Call::new(request);
        call.earlier.clone_from(&arrival.mappings);
        call.others = arrival.others;
        let mut response = route::answer(&self.inner, call);
        response.set_header("x-amzn-RequestId", &identifier::uuid(self.inner.options.seed, REQUEST_KIND, n));
        response
    }
}

impl Inner {
    /// The state. A lock that a panic poisoned is taken all the same: every change to the state is a single insertion
    /// or removal, so nothing is left half done.
    fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// 429, or what a defect says instead, for every so manieth request to Lambda.
    fn throttled(&self) -> Option<Fault> {
        let asked =
            self.options.throttle_every.filter(|n| *n > 0).map(|n| (u64::from(n), 429, "TooManyRequestsException"));
        let (every, status, kind) = self.behaviour.throttles.or(asked)?;
        let n = self.lambda_requests.fetch_add(1, Ordering::Relaxed) + 1;
        n.is_multiple_of(every).then(|| Fault::new(Cause::Throttled, status, kind, "Rate exceeded"))
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.server.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reference").field("options", &self.inner.options).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
