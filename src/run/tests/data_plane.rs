//! The data plane: each defect of delivery is found by the promise it breaks, and what is lawful is
//! not.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tower_service::Service as _;

use crate::harness::testing::{Bent, Ran, cases, options, run};
use crate::judge::Finding;
use crate::reference::{
    Clock, Defect, Expected, Options, Reference, Response, defects, find_defect,
};
use crate::report::{Exit, State};
use crate::run::{Leftover, RunOptions};

/// A reference whose clock is tokio's, which stands still while nothing waits.
fn reference(defect: Option<&'static Defect>, settle: Duration) -> (Reference, Bent) {
    bent(defect, settle, |_| None)
}

fn bent(
    defect: Option<&'static Defect>,
    settle: Duration,
    answer: impl Fn(&http::Request<bytes::Bytes>) -> Option<Response> + Send + Sync + 'static,
) -> (Reference, Bent) {
    let (clock, hands) = Clock::manual(Duration::from_secs(1_500_000_000));
    let reference = Reference::new(Options {
        clock,
        defect,
        settle,
        ..Options::default()
    });
    let last = Arc::new(Mutex::new(tokio::time::Instant::now()));
    let bent = Bent::new(reference.clone(), move |_, request, _| {
        let mut last = last.lock().expect("no test panics with it");
        hands.advance(last.elapsed());
        *last = tokio::time::Instant::now();
        answer(request)
    });
    (reference, bent)
}

async fn tested(bent: &Bent) -> Ran {
    let options = RunOptions {
        data_plane: true,
        settle_timeout: Duration::from_secs(5),
        ..options()
    };
    run(
        bent.target(),
        &cases(|c| c.id.as_str().contains("BatchSize::range"), 3),
        options,
    )
    .await
}

fn findings(ran: &Ran) -> Vec<Finding> {
    ran.summary
        .data_plane
        .as_ref()
        .expect("it was asked for")
        .findings
        .clone()
}

fn leftovers(ran: &Ran) -> &[Leftover] {
    &ran.summary.ended().expect("an end").leftovers
}

#[tokio::test(start_paused = true)]
async fn the_reference_keeps_every_promise() {
    for settle in [0, 50, 500] {
        let (reference, mut bent) = reference(None, Duration::from_millis(settle));
        let ran = tested(&bent).await;
        assert_eq!(ran.exit, Exit::Conforms, "{}", ran.text);
        for path in [
            "polling-stops",
            "position-kept",
            "recreation-resets",
            "function-stored",
        ] {
            let mut promises = ran.report.promises.iter();
            let state = promises
                .find(|p| p.path() == format!("rule::{path}"))
                .map(|p| (p.state, &p.why));
            assert_eq!(state, Some((State::Kept, &None)), "{path}");
        }
        // What is being deleted is gone after its time, which the next request brings.
        tokio::time::sleep(Duration::from_secs(1)).await;
        let _ = bent
            .call(http::Request::new(http_body_util::Full::default()))
            .await;
        assert!(
            leftovers(&ran).is_empty() && reference.leftovers().is_empty(),
            "{:?}",
            reference.leftovers()
        );
    }
}

/// Each defect of delivery, and the one finding it comes to.
const FOUND: [(&str, &str); 9] = [
    (
        "disabled-still-polls",
        "rule::polling-stops::data-plane::delivered at subject must",
    ),
    (
        "enabling-does-not-resume",
        "rule::polling-stops::data-plane::not-delivered at subject must",
    ),
    (
        "enabling-skips",
        "rule::position-kept::data-plane::not-delivered at subject must",
    ),
    (
        "enabling-skips-one",
        "rule::position-kept::data-plane::not-delivered at subject must",
    ),
    (
        "records-to-old-function",
        "rule::function-stored::data-plane::not-delivered at subject must",
    ),
    (
        "records-to-both-functions",
        "rule::function-stored::data-plane::delivered at subject must",
    ),
    (
        "function-change-stops",
        "rule::function-stored::data-plane::not-delivered at subject must",
    ),
    (
        "recreation-resumes",
        "rule::recreation-resets::data-plane::not-delivered at subject must",
    ),
    (
        "recreation-from-latest",
        "rule::recreation-resets::data-plane::not-delivered at subject must",
    ),
];

#[tokio::test(start_paused = true)]
async fn each_defect_of_delivery_is_found() {
    let mut must = 0;
    for defect in defects().iter().filter(|d| d.class == "delivery") {
        let (reference, bent) = reference(Some(defect), Duration::ZERO);
        let ran = tested(&bent).await;
        let found: Vec<String> = findings(&ran)
            .iter()
            .map(|f| {
                format!(
                    "{}::{}::{} at {} {}",
                    f.atom.path(),
                    f.class,
                    f.symptom,
                    f.role,
                    f.level
                )
            })
            .collect();
        let expected: Vec<&str> = FOUND
            .iter()
            .filter(|(id, _)| *id == defect.id)
            .map(|(_, row)| *row)
            .collect();
        assert_eq!(found, expected, "{}: {}", defect.id, ran.text);
        let is_must = defect.expected == Expected::MustBeFound;
        assert_eq!(expected.is_empty(), !is_must, "{}", defect.id);
        must += usize::from(is_must);
        assert_eq!(
            ran.exit,
            if is_must {
                Exit::Findings
            } else {
                Exit::Conforms
            },
            "{}: {}",
            defect.id,
            ran.text
        );
        assert!(
            reference.leftovers().is_empty(),
            "{}: {:?}",
            defect.id,
            reference.leftovers()
        );
    }
    assert_eq!(must, FOUND.len());
}

#[tokio::test(start_paused = true)]
async fn it_is_opt_in() {
    let (_, bent) = reference(find_defect("recreation-resumes"), Duration::ZERO);
    let ran = run(
        bent.target(),
        &cases(|c| c.id.as_str().contains("BatchSize::range"), 3),
        options(),
    )
    .await;
    assert!(
        ran.exit == Exit::Conforms && ran.summary.data_plane.is_none(),
        "{}",
        ran.text
    );
    let expected = "rule::recreation-resets  It shows only in the records a function receives: `run --data-plane`";
    assert!(ran.text.contains(expected), "{}", ran.text);
}

/// A target that lacks what the data plane needs, or runs no functions, breaks no promise by that.
#[tokio::test(start_paused = true)]
async fn not_offered() {
    for (lacking, why) in [
        ("Kinesis_20131202.PutRecord", "status 501"),
        (
            "Logs_20140328.CreateLogGroup",
            "fixture log: POST / was answered with status 501",
        ),
        ("Logs_20140328.FilterLogEvents", "status 501"),
    ] {
        let (reference, bent) = bent(None, Duration::ZERO, move |request| {
            let asked = request
                .headers()
                .get("x-amz-target")
                .is_some_and(|t| t == lacking);
            asked.then(|| Response::empty(501))
        });
        let ran = tested(&bent).await;
        assert_eq!(ran.exit, Exit::Conforms, "{}", ran.text);
        let note = ran
            .text
            .lines()
            .find(|l| l.starts_with("note data plane: not offered by the target: "));
        assert!(
            note.is_some_and(|n| n.contains(why)),
            "{lacking}: {}",
            ran.text
        );
        assert!(
            ran.text.contains("not offered rule::position-kept"),
            "{}",
            ran.text
        );
        assert!(
            leftovers(&ran).is_empty() && reference.leftovers().is_empty(),
            "{:?}",
            reference.leftovers()
        );
    }
    let (_, silent) = bent(None, Duration::ZERO, |request| {
        let asked = request
            .headers()
            .get("x-amz-target")
            .is_some_and(|t| t == "Logs_20140328.FilterLogEvents");
        asked.then(|| {
            Response::new(
                200,
                "application/json",
                r#"{"events":[{"message":"no such runtime"}]}"#,
            )
        })
    });
    let ran = tested(&silent).await;
    let why =
        "not offered by the target: no function received the records put into a stream within 5 s";
    assert!(
        ran.exit == Exit::Conforms && ran.text.contains(why),
        "{}",
        ran.text
    );
}

/// A target that can no longer be asked what a function received has not kept records back.
#[tokio::test(start_paused = true)]
async fn reads_that_fail_are_no_findings() {
    let disabled = Arc::new(Mutex::new(false));
    let (_, bent) = bent(
        find_defect("recreation-resumes"),
        Duration::ZERO,
        move |request| {
            let mut disabled = disabled.lock().expect("no test panics with it");
            *disabled |= request.body().windows(5).any(|w| w == b"while");
            let asked = request
                .headers()
                .get("x-amz-target")
                .is_some_and(|t| t == "Logs_20140328.FilterLogEvents");
            (asked && *disabled).then(|| Response::empty(503))
        },
    );
    let ran = tested(&bent).await;
    assert!(
        findings(&ran).is_empty() && ran.text.contains("answered with status 503"),
        "{}",
        ran.text
    );
}
