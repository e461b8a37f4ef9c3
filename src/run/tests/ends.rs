//! Runs that end early while something is under way: what was made for it is removed, and no wait
//! outlasts the budget.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::tidy::refusal;
use crate::harness::testing::{Bent, Ran, cases, options, run, run_until};
use crate::plan::case::Action;
use crate::reference::{Options, Reference};
use crate::report::Exit;
use crate::run::{Confirm, RunOptions};

/// A reference that makes mappings. It tells late of the one with that number, from 1, counted from
/// when a request was answered 500, if any is to be; the user wants an end meanwhile. The count is
/// of those that were made.
fn interrupted_while_making(
    number: usize,
    crashes: Option<fn(&http::Request<bytes::Bytes>) -> bool>,
) -> (Bent, watch::Receiver<bool>, Arc<AtomicUsize>) {
    let (sender, stop) = watch::channel(false);
    let made = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&made);
    let crashed = AtomicBool::new(crashes.is_none());
    let bent = Bent::new(
        Reference::new(Options::default()),
        move |_, request, reference| {
            if crashes.is_some_and(|crashes| crashes(request)) {
                crashed.store(true, Ordering::Relaxed);
                return Some(refusal(500, "ServiceException"));
            }
            let makes = crashed.load(Ordering::Relaxed)
                && request.method() == "POST"
                && request.uri().path().contains("/event-source-mappings");
            let mut response = reference.answer(request.clone());
            if makes
                && (200..300).contains(&response.status)
                && count.fetch_add(1, Ordering::Relaxed) + 1 == number
            {
                response.delay = Duration::from_millis(30);
                sender.send_replace(true);
            }
            Some(response)
        },
    );
    (bent, stop, made)
}

fn check(ran: &Ran, bent: &Bent, made: &AtomicUsize, number: usize) {
    assert!(
        made.load(Ordering::Relaxed) >= number,
        "only {made:?} were made:\n{}",
        ran.text
    );
    assert_eq!(ran.exit, Exit::Interrupted, "{}", ran.text);
    assert_eq!(
        bent.reference.leftovers(),
        Vec::<String>::new(),
        "the {number}th mapping"
    );
    assert!(
        ran.summary.ended().is_some_and(|e| e.leftovers.is_empty()),
        "{}",
        ran.text
    );
}

#[tokio::test]
async fn what_a_sequence_makes_as_it_is_cut_off_is_removed() {
    let sequences = cases(
        |c| c.steps.iter().any(|step| step.action == Action::Create),
        20,
    );
    // The first ones are those of the worker, and of all cases.
    for number in 5..12 {
        let (bent, stop, made) = interrupted_while_making(number, None);
        let ran = run_until(bent.target(), &sequences, options(), stop).await;
        check(&ran, &bent, &made, number);
    }
}

#[tokio::test]
async fn what_is_made_to_try_a_finding_again_is_removed() {
    let about = cases(|c| c.id.as_str().contains("BatchSize::range"), usize::MAX);
    let confirm = RunOptions {
        confirm: Confirm {
            tries: 2,
            ..Confirm::default()
        },
        ..options()
    };
    let zero = |request: &http::Request<bytes::Bytes>| {
        let text = String::from_utf8_lossy(request.body()).replace(' ', "");
        request.method() == "PUT"
            && (text.contains("\"BatchSize\":0}") || text.contains("\"BatchSize\":0,"))
    };
    for number in [1, 2] {
        let (bent, stop, made) = interrupted_while_making(number, Some(zero));
        let ran = run_until(bent.target(), &about, confirm.clone(), stop).await;
        check(&ran, &bent, &made, number);
        // The finding is told although nobody could try it again.
        assert!(
            ran.text.contains("protocol::no-server-error"),
            "{}",
            ran.text
        );
    }
}

/// Each refusal asks for a wait of five seconds, and the run has a tenth of one.
#[tokio::test]
async fn waits_that_a_target_asks_for_count_toward_the_time() {
    let bent = Bent::new(
        Reference::new(Options::default()),
        |number, request, reference| {
            let mut response = reference.answer(request.clone());
            let fixtures = number < 25;
            if !fixtures && (400..500).contains(&response.status) {
                response = refusal(429, "TooManyRequestsException");
                response
                    .headers
                    .push(("retry-after".to_owned(), "5".to_owned()));
            }
            Some(response)
        },
    );
    let started = Instant::now();
    let about = cases(|c| c.id.as_str().contains("BatchSize::range"), usize::MAX);
    let short = RunOptions {
        time: Some(Duration::from_millis(100)),
        ..options()
    };
    let ran = run(bent.target(), &about, short).await;
    assert!(
        started.elapsed() < Duration::from_secs(20),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(ran.exit, Exit::CouldNotTell, "{}", ran.text);
    assert!(ran.text.contains("its 100ms were over"), "{}", ran.text);
    // What was cut short is no finding.
    assert!(!ran.text.contains("FAIL"), "{}", ran.text);
    assert_eq!(bent.reference.leftovers(), Vec::<String>::new());
}

/// What time cuts off is told.
#[tokio::test]
async fn the_report_says_what_was_not_tried_again() {
    let bent = Bent::new(Reference::new(Options::default()), |number, request, _| {
        let slow = number > 60;
        if slow && request.method() == "GET" {
            std::thread::sleep(Duration::from_millis(5));
        }
        (slow && request.method() == "PUT").then(|| refusal(500, "ServiceException"))
    });
    let about = cases(|c| c.subject().is_some(), usize::MAX);
    let confirm = Confirm {
        tries: 2,
        ..Confirm::default()
    };
    let short = RunOptions {
        time: Some(Duration::from_secs(1)),
        confirm,
        ..options()
    };
    let ran = run(bent.target(), &about, short).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert!(ran.text.contains("not tried again"), "{}", ran.text);
}
