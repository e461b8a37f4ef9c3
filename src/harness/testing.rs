//! What tests share: how properties are tried; and for whole runs a plan, a run with its report,
//! and a reference that can be bent.

pub(crate) mod evil;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use proptest::test_runner::{Config as ProptestConfig, RngSeed};
use tokio::sync::watch;
use tower_service::Service;

use crate::contract::Level;
use crate::plan::case::{Case, Draft, Expect};
use crate::plan::{Plan, PlanOptions};
use crate::reference::{Body, Broken, Reference, Response};
use crate::report::{Exit, Report, Style, Summary, report_text};
use crate::run::{RunOptions, Runner};
use crate::support::files::{FileError, Files};
use crate::wire::target::{Settings, Target};

/// Sees every request, and answers those it wants to.
type Hand = dyn Fn(usize, &http::Request<Bytes>, &Reference) -> Option<Response> + Send + Sync;

/// As in the program: whole runs take many small pieces, and free them again.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A text that tells all.
pub(crate) const WHOLE: Style = Style {
    colour: false,
    verbose: true,
    width: None,
};

/// A run that is over.
pub(crate) struct Ran {
    pub(crate) exit: Exit,
    pub(crate) text: String,
    pub(crate) report: Report,
    pub(crate) summary: Summary,
}

/// The reference, with a hand on its answers: the number of the request and the request may get
/// another answer.
#[derive(Clone)]
pub(crate) struct Bent {
    pub(crate) reference: Reference,
    hand: Arc<Hand>,
    count: Arc<AtomicUsize>,
}

/// How property tests run: the same inputs each time, so that a run of the tests says something of
/// the code alone.
///
/// Slow properties take one in so many of the usual number of cases. Other inputs are searched by
/// the fuzz targets, and with `PROPTEST_RNG_SEED` and `PROPTEST_CASES`.
pub(crate) fn property_tests(one_in: u32) -> ProptestConfig {
    let default = ProptestConfig::default();
    let rng_seed = match default.rng_seed {
        RngSeed::Random => RngSeed::Fixed(0),
        given @ RngSeed::Fixed(_) => given,
    };
    ProptestConfig {
        cases: default.cases.div_ceil(one_in),
        rng_seed,
        failure_persistence: None,
        ..default
    }
}

/// The plan of the page, loaded once.
pub(crate) fn plan() -> Arc<Plan> {
    static PLAN: OnceLock<Arc<Plan>> = OnceLock::new();
    PLAN.get_or_init(|| {
        Arc::new(Plan::load(&Files::Embedded, &PlanOptions::default()).expect("a plan"))
    })
    .clone()
}

/// A plan of the files built in. It is made once for the same options: that takes longer than most
/// of what is done with it.
pub(crate) fn built_in_plan(options: &PlanOptions) -> Result<Plan, FileError> {
    type Made = BTreeMap<String, Arc<OnceLock<Result<Plan, FileError>>>>;
    static MADE: Mutex<Made> = Mutex::new(Made::new());

    let same = format!("{options:?}");
    let made = MADE
        .lock()
        .expect("no panic")
        .entry(same)
        .or_default()
        .clone();
    made.get_or_init(|| Plan::load(&Files::Embedded, options))
        .clone()
}

/// The request of a case that is about one.
pub(crate) fn request_of(case: &Case) -> &Draft {
    case.request().expect("a case about one request")
}

/// The valid update before it.
pub(crate) fn given_of(case: &Case) -> &Draft {
    case.given().expect("a case with a valid update before")
}

/// Every so manieth case, without those that take their time by design.
pub(crate) fn every(nth: usize) -> Vec<usize> {
    let cases = plan().cases.len();
    (0..cases)
        .step_by(nth)
        .filter(|i| !matches!(plan().cases[*i].expect(), Expect::Advances(_)))
        .collect()
}

/// The places of the cases that hold.
pub(crate) fn cases(holds: impl Fn(&Case) -> bool, most: usize) -> Vec<usize> {
    plan()
        .cases
        .iter()
        .enumerate()
        .filter(|(_, c)| holds(c))
        .map(|(i, _)| i)
        .take(most)
        .collect()
}

/// Options for short runs.
pub(crate) fn options() -> RunOptions {
    RunOptions {
        settle_timeout: Duration::from_millis(50),
        advance_timeout: Duration::from_millis(20),
        ..RunOptions::default()
    }
}

/// Carries out a run that nobody interrupts.
pub(crate) async fn run(target: Target, cases: &[usize], options: RunOptions) -> Ran {
    // The sender lives as long as the run: nobody sends.
    let (_sender, stop) = watch::channel(false);
    run_until(target, cases, options, stop).await
}

/// Carries out a run that may be interrupted.
pub(crate) async fn run_until(
    target: Target,
    cases: &[usize],
    options: RunOptions,
    stop: watch::Receiver<bool>,
) -> Ran {
    let plan = plan();
    let mut summary = Summary::default();
    let runner = Runner::new(Arc::clone(&plan), target, options);
    let ended = runner
        .run(cases, stop, |event| summary.add(&plan, event))
        .await;
    summary.end(ended);
    let report = Report::of(&plan, &summary, Level::Must);
    Ran {
        exit: report.outcome(),
        text: report_text(&report, WHOLE),
        report,
        summary,
    }
}

impl Bent {
    pub(crate) fn new(
        reference: Reference,
        hand: impl Fn(usize, &http::Request<Bytes>, &Reference) -> Option<Response>
        + Send
        + Sync
        + 'static,
    ) -> Self {
        Self {
            reference,
            hand: Arc::new(hand),
            count: Arc::default(),
        }
    }

    pub(crate) fn target(&self) -> Target {
        Target::service(self.clone(), Settings::default()).expect("a target")
    }
}

impl Service<http::Request<Full<Bytes>>> for Bent {
    type Response = http::Response<Body>;
    type Error = String;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, String>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Full<Bytes>>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|e| e.to_string())?.to_bytes();
            let request = http::Request::from_parts(parts, body);
            let number = this.count.fetch_add(1, Ordering::Relaxed);
            let response = (this.hand)(number, &request, &this.reference);
            let response = response.unwrap_or_else(|| this.reference.answer(request));
            if response.ending == crate::reference::Ending::Hang {
                std::future::pending::<()>().await;
            }
            if !response.delay.is_zero() {
                tokio::time::sleep(response.delay).await;
            }
            response.into_http().map_err(|Broken| "closed".to_owned())
        })
    }
}

/// Compares a text with the one reviewed in `snapshots/<folder>/<name>.snap`. The settings keep out
/// what changes without the text: where the assertion stands, and how it is written.
pub(crate) fn snapshot(folder: &str, name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("snapshots")
        .join(folder);
    insta::with_settings!({ snapshot_path => path, prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, text);
    });
}

/// Loading is refused with that message; one that ends with `…` is the beginning of it.
pub(crate) fn assert_refused<T>(
    found: Result<T, crate::support::files::FileError>,
    expected: &str,
) {
    let found = found.err().map(|e| e.to_string()).unwrap_or_default();
    match expected.strip_suffix('…') {
        Some(start) => assert!(
            found.starts_with(start),
            "expected: {expected}\n   found: {found}"
        ),
        None => assert_eq!(found, expected),
    }
}
