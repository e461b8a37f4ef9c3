//! A run leaves nothing behind, however it ends.

use std::time::Duration;

use bytes::Bytes;
use tokio::sync::watch;

use crate::harness::testing::{Bent, every, options, plan, run, run_until};
use crate::reference::{Options, Reference, Response, find_defect};
use crate::report::Exit;
use crate::run::RunOptions;
use crate::wire::target::{Settings, Target};

fn reference(defect: Option<&str>, settle: Duration) -> Reference {
    let defect = defect.map(|id| find_defect(id).expect("a defect"));
    Reference::new(Options {
        defect,
        settle,
        ..Options::default()
    })
}

fn target(reference: &Reference) -> Target {
    Target::service(reference.clone(), Settings::default()).expect("a target")
}

#[tokio::test]
async fn nothing_is_left_behind() {
    for (jobs, settle) in [(1, 0), (4, 0), (1, 50), (4, 50)] {
        // Transitions of 50 ms want few cases and more patience.
        let cases = every(if settle == 0 { 30 } else { 300 });
        let reference = reference(None, Duration::from_millis(settle));
        let patient = RunOptions {
            jobs,
            settle_timeout: Duration::from_secs(5),
            ..options()
        };
        let ran = run(target(&reference), &cases, patient).await;
        assert_eq!(
            ran.exit,
            Exit::Conforms,
            "{jobs} jobs, {settle} ms:\n{}",
            ran.text
        );
        // A mapping whose deletion was accepted may take its time to go.
        tokio::time::sleep(Duration::from_millis(2 * settle)).await;
        assert_eq!(
            reference.leftovers(),
            Vec::<String>::new(),
            "{jobs} jobs, {settle} ms"
        );
        assert!(
            ran.summary.ended().is_some_and(|e| e.leftovers.is_empty()),
            "{}",
            ran.text
        );
    }
}

#[tokio::test]
async fn findings_do_not_keep_a_run_from_tidying_up() {
    let reference = reference(Some("batch-size-min-zero"), Duration::ZERO);
    let about = crate::harness::testing::cases(|c| c.id.as_str().contains("BatchSize::range"), 20);
    let ran = run(target(&reference), &about, options()).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert_eq!(reference.leftovers(), Vec::<String>::new());
}

#[tokio::test]
async fn an_interrupted_run_tidies_up() {
    for (jobs, at) in [(1, 5), (1, 60), (4, 200)] {
        let (sender, stop) = watch::channel(false);
        let bent = Bent::new(reference(None, Duration::ZERO), move |number, _, _| {
            // As if the user pressed Ctrl-C while this request was on its way.
            if number == at {
                sender.send_replace(true);
            }
            None
        });
        let ran = run_until(
            bent.target(),
            &every(1),
            RunOptions { jobs, ..options() },
            stop,
        )
        .await;
        assert_eq!(ran.exit, Exit::Interrupted, "{}", ran.text);
        assert!(ran.text.contains("INTERRUPTED"), "{}", ran.text);
        let fired: usize = ran.summary.verdicts.values().sum();
        assert!(
            fired < 100,
            "the run went on: {fired} of {} cases",
            plan().cases.len()
        );
        assert_eq!(
            bent.reference.leftovers(),
            Vec::<String>::new(),
            "{jobs} jobs, request {at}"
        );
    }
}

#[tokio::test]
async fn an_interrupt_does_not_wait_for_a_request_that_hangs() {
    let (sender, stop) = watch::channel(false);
    let bent = Bent::new(
        reference(None, Duration::ZERO),
        move |number, request, reference| {
            let hangs = number > 60 && request.method() == "PUT" && !sender.is_closed();
            if hangs && !*sender.borrow() {
                sender.send_replace(true);
                let mut response = reference.answer(request.clone());
                response.ending = crate::reference::Ending::Hang;
                return Some(response);
            }
            None
        },
    );
    let settings = Settings {
        head_timeout: Duration::from_secs(600),
        ..Settings::default()
    };
    let target = Target::service(bent.clone(), settings).expect("a target");
    let all = every(1);
    let ran = run_until(target, &all, options(), stop);
    let ran = tokio::time::timeout(Duration::from_secs(20), ran)
        .await
        .expect("an end without the answer");
    assert_eq!(ran.exit, Exit::Interrupted, "{}", ran.text);
    assert_eq!(bent.reference.leftovers(), Vec::<String>::new());
}

#[tokio::test]
async fn what_cannot_be_removed_is_listed() {
    let bent = Bent::new(reference(None, Duration::ZERO), |_, request, _| {
        let denied = request.method() == "DELETE" && request.uri().path().contains("/functions/");
        denied.then(|| refusal(403, "AccessDeniedException"))
    });
    let ran = run(bent.target(), &every(200), options()).await;
    assert_eq!(ran.exit, Exit::Conforms, "{}", ran.text);
    let left = bent.reference.leftovers();
    assert!(
        !left.is_empty() && left.iter().all(|l| l.starts_with("function ")),
        "{left:?}"
    );
    for name in left.iter().filter_map(|l| l.strip_prefix("function ")) {
        let line = ran
            .text
            .lines()
            .find(|l| l.starts_with("not removed") && l.contains(name));
        assert!(
            line.is_some_and(|l| l.contains("AccessDeniedException")),
            "{name} is not listed in:\n{}",
            ran.text
        );
    }
}

#[tokio::test]
async fn what_was_made_without_an_answer_is_removed() {
    let bent = Bent::new(reference(None, Duration::ZERO), |_, request, reference| {
        let mut response = reference.answer(request.clone());
        let made = request.method() == "POST" && request.uri().path() == "/2015-03-31/functions";
        if made && request.body().windows(5).any(|w| w == b"run-b") {
            response.ending = crate::reference::Ending::Close;
        }
        Some(response)
    });
    let ran = run(bent.target(), &every(200), options()).await;
    assert_eq!(
        bent.reference.leftovers(),
        Vec::<String>::new(),
        "{}",
        ran.text
    );
}

/// What says of each update that is refused that it was accepted, and shows what is stored.
pub(super) fn accepting(request: &http::Request<Bytes>, reference: &Reference) -> Option<Response> {
    if request.method() != "PUT" {
        return None;
    }
    let answer = reference.answer(request.clone());
    let read = http::Request::get(request.uri().clone()).body(Bytes::new());
    let read = reference.answer(read.expect("a request"));
    match (answer.status, read.status) {
        (400, 200) => Some(Response {
            status: 202,
            ..read
        }),
        _ => Some(answer),
    }
}

pub(super) fn refusal(status: u16, name: &str) -> Response {
    Response {
        status,
        headers: vec![
            ("content-type".to_owned(), "application/json".to_owned()),
            ("x-amzn-errortype".to_owned(), name.to_owned()),
        ],
        body: format!(r#"{{"Type":"User","Message":"{name}"}}"#).into(),
        ending: crate::reference::Ending::Length,
        delay: Duration::ZERO,
    }
}
