//! Targets whose transitions do not end, with the time limits of a real run: the clock is tokio's,
//! and jumps.

use std::time::Duration;

use tokio::time::Instant;

use crate::harness::testing::{Bent, Ran, every, run};
use crate::reference::{Options, Reference, find_defect};
use crate::report::Exit;
use crate::run::RunOptions;
use crate::wire::target::{Settings, Target};

/// What a user may wait for the report on a target where nothing ever settles.
const BOUND: Duration = Duration::from_secs(240);

/// A run of many cases with the default limits, and how long it took.
async fn ran(target: Target) -> (Ran, Duration) {
    let started = Instant::now();
    let ran = run(target, &every(4), RunOptions::default()).await;
    (ran, started.elapsed())
}

async fn check(defect: &str, exit: Exit) {
    let options = Options {
        defect: Some(find_defect(defect).expect("a defect")),
        ..Options::default()
    };
    let target = Target::service(Reference::new(options), Settings::default()).expect("a target");
    let (ran, took) = ran(target).await;
    assert_eq!(ran.exit, exit, "{}", ran.text);
    assert!(
        ran.text.contains("never-settles"),
        "{defect}:\n{}",
        ran.text
    );
    assert!(took < BOUND, "{defect} took {took:?}");
}

#[tokio::test(start_paused = true)]
async fn updating() {
    check("updating-never-ends", Exit::Findings).await;
}

#[tokio::test(start_paused = true)]
async fn enabling() {
    check("enabling-never-ends", Exit::Findings).await;
}

#[tokio::test(start_paused = true)]
async fn disabling() {
    check("disabling-never-ends", Exit::Findings).await;
}

/// Nothing was tested here, but the report says why.
#[tokio::test(start_paused = true)]
async fn creating() {
    let options = Options {
        settle: Duration::from_secs(86_400),
        ..Options::default()
    };
    let (ran, took) =
        ran(Target::service(Reference::new(options), Settings::default()).expect("a target")).await;
    assert_eq!(ran.exit, Exit::NothingTested, "{}", ran.text);
    assert!(
        ran.text.contains("stayed Creating") && ran.text.contains("never-settles"),
        "{}",
        ran.text
    );
    assert!(took < BOUND, "{took:?}");
}

/// An answer of one kind never comes: bounded, and found.
#[tokio::test(start_paused = true)]
async fn hangs_on_a_violation() {
    let bent = Bent::new(
        Reference::new(Options::default()),
        |_, request, reference| {
            let mut response = reference.answer(request.clone());
            if request.method() == "PUT" && (400..500).contains(&response.status) {
                response.ending = crate::reference::Ending::Hang;
            }
            Some(response)
        },
    );
    let (ran, took) = ran(bent.target()).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert!(
        ran.text.contains("protocol::answers::answer::timed-out"),
        "{}",
        ran.text
    );
    assert_eq!(bent.reference.leftovers(), Vec::<String>::new());
    assert!(took < BOUND, "{took:?}");
}

/// Reads never come back: every case is affected, and the run still ends.
#[tokio::test(start_paused = true)]
async fn hangs_on_reads() {
    let bent = Bent::new(
        Reference::new(Options::default()),
        |_, request, reference| {
            let mut response = reference.answer(request.clone());
            if request.method() == "GET" && request.uri().path().contains("/event-source-mappings/")
            {
                response.ending = crate::reference::Ending::Hang;
            }
            Some(response)
        },
    );
    let (ran, took) = ran(bent.target()).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert!(
        ran.text.contains("protocol::answers::answer::timed-out"),
        "{}",
        ran.text
    );
    assert!(took < BOUND, "{took:?}");
}

/// Throttled from the middle of the run on: told apart from a target that conforms.
#[tokio::test(start_paused = true)]
async fn throttles_for_good() {
    let bent = Bent::new(Reference::new(Options::default()), |number, _, _| {
        (number > 100).then(|| super::tidy::refusal(429, "TooManyRequestsException"))
    });
    let (ran, took) = ran(bent.target()).await;
    assert_eq!(ran.exit, Exit::CouldNotTell, "{}", ran.text);
    assert!(
        ran.text.contains("throttles without end") && ran.text.contains("not removed"),
        "{}",
        ran.text
    );
    assert!(took < BOUND, "{took:?}");
}
