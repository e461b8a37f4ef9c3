//! Every defect of the reference that must be caught: the curl lines printed for what it shows,
//! carried out.
//!
//! A run in this process says what the report would print; bash carries the lines out on a
//! reference that is served anew with the same defect, on fixtures made anew; and what curl got is
//! held against the answer that shows the finding.

#![allow(clippy::print_stdout, reason = "what a test prints is read with it")]

mod carried_out;

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::contract::Level;
use crate::harness::self_check::interleaved;
use crate::harness::testing::built_in_plan;
use crate::plan::generator::{SAMPLES, Sampling};
use crate::plan::{Plan, PlanOptions};
use crate::reference::{Clock, Defect, Expected, Options, Reference, defects, serve};
use crate::report::curl::{CurlTarget, assignments};
use crate::report::document::ReportedFinding;
use crate::report::{Facts, Found, Report, Summary, Where};
use crate::run::{CONFIRM, Confirm, RunOptions, Runner};
use crate::wire::target::{Endpoint, Settings, Target};
use tokio::sync::watch;

use carried_out::{Condition, carried_out, differs};

/// What came of one defect.
#[derive(Default)]
struct Outcome {
    /// Findings whose lines were carried out.
    carried_out: usize,
    /// Why a finding has no line that could be, and how it is told from the others.
    without: BTreeSet<&'static str>,
    /// Findings that the lines do not show.
    faults: Vec<String>,
}

fn plan() -> Arc<Plan> {
    let sampling = Sampling {
        samples: SAMPLES,
        ..Sampling::default()
    };
    let options = PlanOptions {
        sampling,
        ..PlanOptions::default()
    };
    Arc::new(built_in_plan(&options).expect("a plan"))
}

/// Defects whose findings no lines show each time, and why.
const BY_CHANCE: &[(&str, &str)] = &[
    (
        "concurrent-updates-lost",
        "two processes of curl seldom meet within the microseconds of a request",
    ),
    (
        "concurrent-updates-crash",
        "two processes of curl seldom meet within the microseconds of a request",
    ),
    (
        "every-tenth-update-lost",
        "the lines are seldom the tenth update of a server",
    ),
];

/// A transition that a process of curl meets.
const LASTING: Duration = Duration::from_millis(700);

/// Where the report says that the target is; the lines name it.
const URL: &str = "http://127.0.0.1:1";

/// What a report says of the reference with that defect, up to the first case that fails, and what
/// that run left.
fn report(
    plan: &Arc<Plan>,
    order: &[usize],
    defect: &'static Defect,
) -> (Report, Summary, Reference) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let mut summary = Summary::default();
    let reference = Reference::new(Options {
        defect: Some(defect),
        clock: Clock::tokio(),
        ..Options::default()
    });
    let ended = runtime.expect("a runtime").block_on(async {
        let settings = Settings {
            signing: false,
            ..Settings::default()
        };
        let target = Target::service(reference.clone(), settings).expect("a target");
        let confirm = Confirm {
            tries: CONFIRM,
            ..Confirm::default()
        };
        let options = RunOptions {
            max_failures: Some(1),
            confirm,
            shrink: 200,
            data_plane: true,
            ..RunOptions::default()
        };
        let (_never, stop) = watch::channel(false);
        Runner::new(Arc::clone(plan), target, options)
            .run(order, stop, |event| summary.add(plan, event))
            .await
    });
    summary.end(ended);
    let curl = CurlTarget {
        unsigned: true,
        ..CurlTarget::new(URL, &plan.region)
    };
    let at = Where {
        curl: Some(&curl),
        flags: String::new(),
    };
    let facts = Facts {
        selected: order,
        share: order.len(),
        ..Facts::of(&at, Level::Must)
    };
    (Report::new(plan, &summary, &facts), summary, reference)
}

/// Carries the lines out on that server.
fn fault(
    plan: &Arc<Plan>,
    reference: Reference,
    finding: &ReportedFinding,
    found: &Found,
) -> Option<String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    listener.set_nonblocking(true).expect("a socket");
    runtime.spawn(async move {
        let listener = tokio::net::TcpListener::from_std(listener).expect("a listener");
        serve(listener, reference, std::future::pending()).await
    });
    let target =
        Target::http(Endpoint::parse(&url).expect("a URL"), Settings::default()).expect("a target");
    let runner = Runner::new(Arc::clone(plan), target, RunOptions::default());
    let made = runtime.block_on(runner.make_fixtures());
    let bindings = match made {
        Ok(made) => made.bindings,
        Err((stop, _)) => return Some(format!("no fixtures: {stop}")),
    };
    let lines: Vec<String> = finding
        .curl
        .iter()
        .map(|line| line.replace(URL, &url))
        .collect();
    let got = carried_out(&assignments(&bindings), &lines);
    runtime.shutdown_background();
    let condition = Condition::of(plan, found, &bindings);
    differs(finding, condition.as_ref(), &got)
        .map(|why| format!("{why}\n{}\n{got}", lines.join("\n")))
}

/// At most one finding of each symptom.
fn check(plan: &Arc<Plan>, order: &[usize], defect: &'static Defect) -> Outcome {
    let mut outcome = Outcome::default();
    let mut seen = BTreeSet::new();
    let (report, summary, left) = report(plan, order, defect);
    if report.findings.is_empty() {
        outcome.without.insert("no finding: the exit code tells it");
    }
    for finding in report.shown() {
        if finding.data_plane {
            assert!(finding.curl.is_empty(), "{}", finding.id);
            outcome.without.insert("it shows in what functions receive");
        } else if finding.unstable {
            outcome.without.insert("it is told as unstable");
        } else if finding
            .retried
            .as_ref()
            .is_some_and(|how| how.starts_with("not by itself"))
        {
            assert!(
                finding.curl.is_empty() && finding.replay.starts_with("proofmark run"),
                "{}",
                finding.id
            );
            outcome.without.insert("it shows only after other cases");
        } else if seen.insert(&finding.symptom) {
            assert!(!finding.curl.is_empty(), "{}: no curl line", finding.id);
            let new = |settle| {
                Reference::new(Options {
                    defect: Some(defect),
                    settle,
                    ..Options::default()
                })
            };
            let by_chance = BY_CHANCE.iter().any(|(id, _)| *id == defect.id);
            let found = &summary.found[&finding.id];
            // What is about transitions shows where they last longer than a process of curl; and
            // what a target keeps beyond a mapping's life it has kept from the run.
            let fault = fault(plan, new(Duration::ZERO), finding, found)
                .and_then(|_| fault(plan, new(LASTING), finding, found))
                .and_then(|why| fault(plan, left.clone(), finding, found).map(|_| why));
            let untried = finding
                .retried
                .as_ref()
                .is_some_and(|how| how.starts_with("it could not be"));
            if (by_chance || untried) && fault.is_some() {
                let why = if untried {
                    "the report says that it could not be tried again"
                } else {
                    "it shows by chance"
                };
                outcome.without.insert(why);
                continue;
            }
            outcome.carried_out += 1;
            outcome
                .faults
                .extend(fault.map(|why| format!("{}: {}: {why}", defect.id, finding.id)));
        }
    }
    outcome
}

/// Checks all defects that must be found, side by side.
fn check_all() {
    let started = Instant::now();
    let (plan, next) = (plan(), AtomicUsize::new(0));
    let order = interleaved(&plan);
    let all: Vec<&'static Defect> = defects()
        .iter()
        .filter(|d| d.expected == Expected::MustBeFound)
        .collect();
    let threads = 2 * std::thread::available_parallelism().map_or(2, usize::from);
    let outcomes: Vec<(&str, Outcome)> = std::thread::scope(|scope| {
        let work = || {
            let mut own = Vec::new();
            while let Some(defect) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                own.push((defect.id, check(&plan, &order, defect)));
            }
            own
        };
        let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        handles
            .into_iter()
            .flat_map(|h| h.join().expect("a worker"))
            .collect()
    });
    let faults: Vec<_> = outcomes
        .iter()
        .flat_map(|(_, o)| &o.faults)
        .map(String::as_str)
        .collect();
    let carried_out: usize = outcomes.iter().map(|(_, o)| o.carried_out).sum();
    let without: Vec<_> = outcomes
        .iter()
        .filter(|(_, o)| o.carried_out == 0)
        .collect();
    println!(
        "{} defects, {carried_out} findings, {} s",
        outcomes.len(),
        started.elapsed().as_secs()
    );
    for (defect, outcome) in outcomes.iter().filter(|(_, o)| !o.without.is_empty()) {
        println!("{defect}: not held against any line: {:?}", outcome.without);
    }
    for (defect, outcome) in &without {
        assert!(
            !outcome.without.is_empty(),
            "{defect}: neither a finding nor a reason"
        );
    }
    assert!(
        faults.is_empty(),
        "{} of {carried_out}:\n{}",
        faults.len(),
        faults.join("\n\n")
    );
    assert_eq!(outcomes.len(), all.len());
    assert!(
        without.len() * 10 < all.len(),
        "{} of {} defects have no curl line",
        without.len(),
        all.len()
    );
}

#[test]
fn the_first_findings_of_every_defect() {
    check_all();
}
