//! What the benchmarks of this repository time. It is no part of the crate's face and may change at
//! any time.

use std::net::SocketAddr;
use std::sync::Arc;

use bytes::Bytes;
use rand_chacha::ChaCha8Rng;
use tokio::sync::watch;

use crate::contract::pattern::{self, Anchoring, Zone, fits};
use crate::plan;
use crate::reference::{Clock, Options, Reference};
use crate::run::RunOptions;
use crate::run::fuzz::{Campaign, FuzzOptions};
use crate::support::files::Files;
use crate::wire::exchange::Request;
use crate::wire::target::{Endpoint, Settings, Target};

/// The plan of one revision.
pub struct Plan(Arc<plan::Plan>);

impl Plan {
    /// Makes the plan from the files that are built in.
    ///
    /// # Panics
    /// Where there is no such revision.
    #[must_use]
    pub fn load(revision: &str) -> Self {
        let options = plan::PlanOptions {
            revision: Some(revision.to_owned()),
            ..plan::PlanOptions::default()
        };
        Self(Arc::new(
            plan::Plan::load(&Files::Embedded, &options).expect("the files built in are in order"),
        ))
    }

    /// Makes the plans of all operations of the files that are built in, and counts the cases.
    ///
    /// # Panics
    /// Where these files are not in order.
    #[must_use]
    pub fn load_all() -> usize {
        let files = Files::Embedded;
        let services = plan::Services::default();
        let all = plan::judged_operations(&files).expect("the files built in are in order");
        let cases = all.into_iter().map(|operation| {
            let options = plan::PlanOptions {
                operation,
                ..plan::PlanOptions::default()
            };
            let plan = plan::Plan::load_among(&files, &services, &options);
            plan.expect("the files built in are in order").cases.len()
        });
        cases.sum()
    }

    /// Fuzzes the reference with so many sequences, and counts the requests.
    ///
    /// # Panics
    /// Where the reference does not conform.
    #[must_use]
    pub fn fuzz(&self, sequences: u64) -> u64 {
        // The time stands still while there is something to do, so that nothing is waited for.
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        runtime.expect("a runtime").block_on(async {
            let reference = Reference::new(Options {
                clock: Clock::tokio(),
                ..Options::default()
            });
            let target = Target::service(reference, Settings::default()).expect("a target");
            let options = FuzzOptions {
                most_sequences: Some(sequences),
                ..FuzzOptions::default()
            };
            let run = RunOptions::default();
            let campaign =
                Campaign::new(Arc::clone(&self.0), target, None, run, options).expect("a campaign");
            let progress = campaign.progress();

            let (_keep, stop) = watch::channel(false);
            let fuzzed = campaign
                .run(stop, |found| {
                    panic!("the reference conforms: {}", found.finding.id())
                })
                .await;
            assert!(
                fuzzed.accepted_any && fuzzed.stopped.is_none(),
                "{:?}",
                fuzzed.stopped
            );
            progress.requests()
        })
    }
}

/// The connections to one server, kept from request to request.
pub struct Connections(Target);

impl Connections {
    /// None is open yet.
    ///
    /// # Panics
    /// Where the address is not on this machine.
    #[must_use]
    pub fn to(address: SocketAddr) -> Self {
        let endpoint = Endpoint::parse(&format!("http://{address}")).expect("a URL");
        let settings = Settings {
            signing: false,
            ..Settings::default()
        };
        Self(Target::http(endpoint, settings).expect("a target"))
    }

    /// Sends one JSON body, and reads the answer.
    ///
    /// # Panics
    /// Where it is none of success.
    pub async fn put(&self, path: &str, body: &'static str) {
        let request = Request {
            method: "PUT".to_owned(),
            path: path.to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Bytes::from_static(body.as_bytes()),
            ..Request::default()
        };
        let exchange = self.0.send_waiting(request, 0).await;
        assert!(exchange.accepted());
    }
}

/// A documented pattern, and the bounds on the length of what matches.
pub struct Pattern {
    pattern: pattern::Pattern,
    min: usize,
    max: usize,
}

/// The strings of a pattern.
pub struct Language(pattern::Language);

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Panics
    /// Where it cannot be read.
    #[must_use]
    pub fn parse(source: &str, min: usize, max: usize) -> Self {
        Self {
            pattern: pattern::Pattern::parse(source).expect("a pattern we read"),
            min,
            max,
        }
    }

    /// Whether a string is valid under every reading of the pattern.
    #[must_use]
    pub fn admits(&self, value: &str) -> bool {
        fits(value, self.min, self.max)
            && self.pattern.zone(value, Anchoring::Whole) == Zone::Inside
    }

    /// Its strings.
    ///
    /// # Panics
    /// Where none can be generated.
    #[must_use]
    pub fn language(&self) -> Language {
        let language = pattern::Language::new(&self.pattern, self.min, self.max);
        Language(language.expect("a pattern we generate from"))
    }
}

impl Language {
    /// The length of its longest strings.
    ///
    /// # Panics
    /// Where it has none.
    #[must_use]
    pub fn longest(&self) -> usize {
        *self.0.lengths().last().expect("a length")
    }

    /// One of its strings.
    ///
    /// # Panics
    /// Where it has none.
    #[must_use]
    pub fn sample(&self, rng: &mut ChaCha8Rng) -> String {
        self.0.sample_any(rng).expect("a string")
    }

    /// One of its strings of that length, into a buffer. Whether there is one.
    pub fn sample_into(&self, length: usize, rng: &mut ChaCha8Rng, value: &mut String) -> bool {
        self.0.sample_into(length, rng, value)
    }
}
