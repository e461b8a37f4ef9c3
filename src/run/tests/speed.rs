//! What a run spends: requests that other cases make needless, and waits that others can use.

use std::time::Duration;

use tokio::time::Instant;

use super::tidy::accepting;
use crate::harness::testing::{Bent, Ran, cases, every, options, run};
use crate::plan::case::Expect;
use crate::reference::{Clock, Options, Reference, find_defect};
use crate::report::Exit;
use crate::run::{Adapts, Confirm, RunOptions};
use crate::wire::target::{Settings, Target};

fn target(settle: Duration, defect: Option<&str>) -> Target {
    let reference = Reference::new(Options {
        settle,
        defect: defect.map(|id| find_defect(id).expect(id)),
        clock: Clock::tokio(),
        ..Options::default()
    });
    Target::service(reference, Settings::default()).expect("a target")
}

/// What a run says of each case and of each promise.
fn said(ran: &Ran) -> Vec<String> {
    let cases = ran.report.cases.iter();
    let mut said: Vec<String> = cases
        .map(|case| format!("{} {:?} {:?}", case.place, case.verdict, case.findings))
        .collect();
    let promises = ran.report.promises.iter();
    said.extend(promises.map(|promise| format!("{} {:?}", promise.id, promise.state)));
    said.sort();
    said
}

/// Cases that share an update say the same as each by itself, and cost much less.
#[tokio::test(start_paused = true)]
async fn a_chain_says_what_its_cases_say() {
    let refused = cases(|case| matches!(case.expect(), Expect::Reject(_)), 400);
    for defect in [
        None,
        Some("batch-size-min-zero"),
        Some("refused-for-constraint-stored"),
        Some("refused-for-type-stored"),
    ] {
        let fired = async |thorough| {
            let options = RunOptions {
                thorough,
                ..options()
            };
            run(target(Duration::ZERO, defect), &refused, options).await
        };
        let (short, long) = (fired(false).await, fired(true).await);
        assert_eq!(said(&short), said(&long), "{defect:?}");
        if defect.is_none() {
            let (short, long) = (short.report.requests, long.report.requests);
            assert!(short * 10 < long * 6, "{short} of {long}");
        }
    }
}

/// While one mapping settles, others are used, however long that takes.
#[tokio::test(start_paused = true)]
async fn waits_overlap() {
    let chosen = every(4);
    let took = async |workers| {
        let started = Instant::now();
        let options = RunOptions {
            adapts: Adapts {
                workers,
                ..Adapts::default()
            },
            ..RunOptions::default()
        };
        let ran = run(target(Duration::from_millis(400), None), &chosen, options).await;
        assert_eq!(ran.exit, Exit::Conforms, "{}", ran.text);
        started.elapsed()
    };
    let (alone, together) = (took(false).await, took(true).await);
    assert!(together * 2 < alone, "{together:?} of {alone:?}");
}

/// Findings are tried again on resources of their own; while those of one settle, others are tried.
#[tokio::test(start_paused = true)]
async fn waits_of_further_tries_overlap() {
    let settle = Duration::from_millis(400);
    let refused = cases(
        |case| matches!(case.expect(), Expect::Reject(_)),
        usize::MAX,
    );
    let refused: Vec<usize> = refused.into_iter().step_by(7).collect();
    let fired = async |tries| {
        let started = Instant::now();
        let reference = Reference::new(Options {
            settle,
            clock: Clock::tokio(),
            ..Options::default()
        });
        let bent = Bent::new(reference, |_, request, reference| {
            accepting(request, reference)
        });
        let options = RunOptions {
            settle_timeout: Duration::from_secs(30),
            confirm: Confirm {
                tries,
                ..Confirm::default()
            },
            ..options()
        };
        let ran = run(bent.target(), &refused, options).await;
        (ran, started.elapsed())
    };
    let ((_, alone), (ran, with_tries)) = (fired(0).await, fired(1).await);

    let tried = ran.summary.retried.len();
    let took = with_tries.saturating_sub(alone);
    // Each try of a finding has at least three transitions, and some take several tries.
    let one_by_one = settle * u32::try_from(tried).expect("few");
    assert!(tried > 8, "{tried} findings");
    assert!(took < one_by_one * 2, "{took:?} for {tried} findings");
}

/// Where nothing settles, more workers and more mappings would only wait as well.
#[tokio::test(start_paused = true)]
async fn what_never_settles_ends_soon() {
    for jobs in [1, 16] {
        let started = Instant::now();
        let options = RunOptions {
            jobs,
            adapts: Adapts {
                workers: true,
                ..Adapts::default()
            },
            ..RunOptions::default()
        };
        let hour = Duration::from_secs(3600);
        let ran = run(target(hour, None), &every(4), options).await;
        assert_eq!(ran.exit, Exit::NothingTested, "{}", ran.text);
        assert!(ran.text.contains("stayed Creating"), "{}", ran.text);
        let took = started.elapsed();
        assert!(took < Duration::from_secs(60), "{jobs} jobs: {took:?}");
    }
}
