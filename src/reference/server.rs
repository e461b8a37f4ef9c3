//! The server: it takes a request in, has it answered, and gives the answer a name.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;

use super::behaviour::Behaviour;
use super::call::Call;
use super::general::General;
use super::state::Inner;
use super::world::Mapping;
use super::{Defect, Options, Response, identifier, route};

/// What tells the identifiers of requests from those of mappings.
const REQUEST_KIND: u64 = 2;

/// A conforming server in memory, or one with a single defect. Clones share their state.
#[derive(Clone)]
pub struct Reference {
    pub(super) inner: Arc<Inner>,
}

/// What was true when a request arrived. It is in flight until this is dropped, answered or not.
pub(super) struct Arrival {
    server: Arc<Inner>,
    /// The mappings then; kept only for a defect that works on them too late.
    mappings: Option<Arc<BTreeMap<String, Mapping>>>,
    /// How many requests were being answered already.
    others: usize,
}

impl Reference {
    /// An empty server.
    #[must_use]
    pub fn new(options: Options) -> Self {
        let defect = options.defect;
        Self::with_defects(options, defect.as_slice())
    }

    /// An empty server that also answers the operations of contracts.
    pub(crate) fn with_general(options: Options, general: Option<General>) -> Self {
        let defect = options.defect;
        Self::of(options, defect.as_slice(), general)
    }

    /// An empty server with several defects at once.
    pub(crate) fn with_defects(options: Options, defects: &[&'static Defect]) -> Self {
        Self::of(options, defects, None)
    }

    fn of(options: Options, defects: &[&'static Defect], general: Option<General>) -> Self {
        let mut behaviour = Behaviour::default();
        defects
            .iter()
            .for_each(|defect| defect.order(&mut behaviour));
        Self {
            inner: Arc::new(Inner {
                options,
                behaviour,
                general,
                world: Mutex::default(),
                requests: AtomicU64::new(0),
                lambda_requests: AtomicU64::new(0),
                in_flight: AtomicUsize::new(0),
            }),
        }
    }

    /// Answers one request, without any I/O. The answer's ending and delay are for the caller to
    /// carry out.
    #[must_use]
    pub fn answer(&self, request: http::Request<Bytes>) -> Response {
        let arrival = self.arrive();
        self.answer_arrived(request, &arrival)
    }

    /// How many requests were answered so far.
    #[cfg(test)]
    pub(crate) fn requests(&self) -> u64 {
        self.inner.requests.load(Ordering::Relaxed)
    }

    /// Every resource that exists now, as `kind name`, sorted: what a suite that tidies up leaves
    /// empty.
    #[cfg(test)]
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let now = self.inner.options.clock.millis();
        let world = self.inner.world();
        let mappings = world
            .mappings
            .values()
            .filter(|m| m.state(now).is_some())
            .map(|m| format!("mapping {}", m.uuid));

        let functions = world
            .functions
            .values()
            .map(|f| format!("function {}", f.arn.rsplit(':').next().unwrap_or_default()));

        let roles = world.roles.keys().map(|name| format!("role {name}"));
        let queues = world.queues.values().map(|q| format!("queue {}", q.name));
        let streams = world.streams.values().map(|s| format!("stream {}", s.name));
        let logs = world.logs.keys().map(|name| format!("log {name}"));
        let mut all: Vec<String> = functions
            .chain(logs)
            .chain(mappings)
            .chain(queues)
            .chain(roles)
            .chain(streams)
            .collect();

        all.sort();
        all
    }

    pub(super) fn arrive(&self) -> Arrival {
        let others = self.inner.in_flight.fetch_add(1, Ordering::Relaxed);
        let mappings = self
            .inner
            .behaviour
            .race
            .map(|_| Arc::new(self.inner.world().mappings.clone()));
        Arrival {
            server: Arc::clone(&self.inner),
            mappings,
            others,
        }
    }

    pub(super) fn answer_arrived(
        &self,
        request: http::Request<Bytes>,
        arrival: &Arrival,
    ) -> Response {
        let n = self.inner.requests.fetch_add(1, Ordering::Relaxed);
        let mut call = Call::new(request);
        call.earlier.clone_from(&arrival.mappings);
        call.others = arrival.others;
        let mut response = route::answer(&self.inner, call);
        response.set_header(
            "x-amzn-RequestId",
            &identifier::uuid(self.inner.options.seed, REQUEST_KIND, n),
        );
        response
    }
}

impl Drop for Arrival {
    fn drop(&mut self) {
        self.server.in_flight.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reference")
            .field("options", &self.inner.options)
            .finish_non_exhaustive()
    }
}
