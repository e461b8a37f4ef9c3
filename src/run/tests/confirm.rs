//! Targets that misbehave once, now and then, or always: what is tried again, and what that comes
//! to.

use std::collections::BTreeSet;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Full};
use tower_service::Service;

use super::tidy::refusal;
use crate::contract::Level;
use crate::harness::testing::{Bent, Ran, cases, every, options, plan, run};
use crate::reference::{Body, Ending, Options, Reference, find_defect};
use crate::report::{Exit, Report};
use crate::run::{Confirm, Confirmation, RunOptions};
use crate::wire::target::{Settings, Target};

const NO_ANSWER: &str = "update-event-source-mapping::protocol::answers::answer::no-answer";
const NO_5XX: &str = "update-event-source-mapping::protocol::no-server-error::answer::server-error";
const CRASHED: &str = "update-event-source-mapping::request::BatchSize::range::min::range::crashed";

fn confirming(tries: usize) -> RunOptions {
    RunOptions {
        confirm: Confirm {
            tries,
            ..Confirm::default()
        },
        ..options()
    }
}

fn some() -> Vec<usize> {
    cases(|c| c.id.as_str().contains("BatchSize::range"), usize::MAX)
}

/// Answers 500 to the updates with a BatchSize of 0 whose numbers, from 0, are wrong.
fn crashes(wrong: impl Fn(usize) -> bool + Send + Sync + 'static) -> Bent {
    let updates = AtomicUsize::new(0);
    Bent::new(Reference::new(Options::default()), move |_, request, _| {
        let zero = is_zero(request.method(), request.body());
        (zero && wrong(updates.fetch_add(1, Ordering::Relaxed)))
            .then(|| refusal(500, "ServiceException"))
    })
}

fn confirmation(ran: &Ran) -> Option<&Confirmation> {
    ran.summary.retried.get(NO_5XX).map(|r| &r.confirmation)
}

/// Closes the connection on one update with a BatchSize of 0.
fn closes_once() -> Bent {
    let updates = AtomicUsize::new(0);
    Bent::new(
        Reference::new(Options::default()),
        move |_, request, reference| {
            let zero = is_zero(request.method(), request.body());
            (zero && updates.fetch_add(1, Ordering::Relaxed) == 0).then(|| {
                let mut response = reference.answer(request.clone());
                response.ending = Ending::Close;
                response
            })
        },
    )
}

#[tokio::test]
async fn what_may_be_the_network_and_does_not_come_back_is_unstable() {
    let mut ran = run(closes_once().target(), &some(), confirming(2)).await;
    assert_eq!(ran.exit, Exit::Conforms, "{}", ran.text);
    let retried = &ran.summary.retried[NO_ANSWER];
    assert_eq!(
        (&retried.confirmation, retried.tries),
        (&Confirmation::Unstable, 2)
    );
    let both = [
        &format!("UNSTABLE {NO_ANSWER}") as &str,
        "2 times, and it did not come back; then: status 400",
    ];
    for words in both
        .into_iter()
        .chain(["CONFORMS, with 1 unstable finding"])
    {
        assert!(ran.text.contains(words), "no `{words}` in:\n{}", ran.text);
    }
    ran.summary.fail_unstable = true;
    let report = Report::of(&plan(), &ran.summary, Level::Must);
    assert_eq!(report.outcome(), Exit::Findings);
    // Unasked nothing is tried again.
    let ran = run(closes_once().target(), &some(), options()).await;
    assert_eq!((ran.exit, ran.summary.retried.len()), (Exit::Findings, 0));
}

/// What was answered was answered by the target, however seldom.
#[tokio::test]
async fn what_was_answered_counts_although_it_does_not_come_back() {
    let ran = run(crashes(|n| n == 0).target(), &some(), confirming(2)).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert_eq!(confirmation(&ran), Some(&Confirmation::Unstable));
    // It is one cause of two findings, and both count.
    assert_eq!(
        (
            ran.summary.retried[NO_5XX].tries,
            ran.summary.retried[CRASHED].tries
        ),
        (2, 2)
    );
    let both = [
        &format!("FAIL {CRASHED}") as &str,
        &format!("also breaks  {NO_5XX}"),
        "actual       status 500",
        "2 times, and it did not come back (seen once in ",
        "; it was answered, so that it counts); then: status 400",
    ];
    for words in both {
        assert!(ran.text.contains(words), "no `{words}` in:\n{}", ran.text);
    }
    // A baseline does not demand to be rid of it where it does not show.
    let failing = ran.summary.failing(Level::Must);
    assert_eq!(
        (failing.get(NO_5XX), failing.get(CRASHED)),
        (Some(&true), Some(&true))
    );
}

/// Every so manieth update fails: that no further try happens to be one of them lets nobody off.
#[tokio::test]
async fn every_hundredth_update() {
    let count = AtomicUsize::new(0);
    let bent = Bent::new(Reference::new(Options::default()), move |_, request, _| {
        let update = request.method() == "PUT";
        (update && count.fetch_add(1, Ordering::Relaxed) % 100 == 60)
            .then(|| refusal(500, "ServiceException"))
    });
    let ran = run(bent.target(), &every(11), confirming(2)).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert!(ran.text.contains("seen "), "{}", ran.text);
}

/// Fails while another request is being answered.
#[derive(Clone)]
struct Busy {
    bent: Bent,
    busy: Arc<AtomicUsize>,
}

impl Service<http::Request<Full<Bytes>>> for Busy {
    type Response = http::Response<Body>;
    type Error = String;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, String>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Full<Bytes>>) -> Self::Future {
        let mut this = self.clone();
        Box::pin(async move {
            let update = request.method() == "PUT";
            let others = if update {
                this.busy.fetch_add(1, Ordering::SeqCst)
            } else {
                0
            };
            tokio::time::sleep(Duration::from_millis(5)).await;
            let answer = match others {
                0 => this.bent.call(request).await,
                _ => refusal(500, "ServiceException")
                    .into_http()
                    .map_err(|_| "closed".to_owned()),
            };
            if update {
                this.busy.fetch_sub(1, Ordering::SeqCst);
            }
            answer
        })
    }
}

#[tokio::test(start_paused = true)]
async fn what_fails_with_others_is_tried_with_others() {
    // Sequences may send at the same time by themselves, which is another matter.
    let alone: Vec<usize> = every(40)
        .into_iter()
        .filter(|i| plan().cases[*i].subject().is_some())
        .collect();
    let bent = Bent::new(Reference::new(Options::default()), |_, _, _| None);
    let busy = Busy {
        bent,
        busy: Arc::default(),
    };
    let target = || Target::service(busy.clone(), Settings::default()).expect("a target");
    let ran = run(target(), &alone, confirming(2)).await;
    assert_eq!(ran.exit, Exit::Conforms, "{}", ran.text);
    let ran = run(
        target(),
        &alone,
        RunOptions {
            jobs: 3,
            ..confirming(2)
        },
    )
    .await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert_eq!(
        confirmation(&ran),
        Some(&Confirmation::AtTheSameTime(3)),
        "{}",
        ran.text
    );
    assert!(
        ran.text
            .contains("with 3 workers that fired at the same time"),
        "{}",
        ran.text
    );
}

#[tokio::test]
async fn what_comes_back_is_confirmed() {
    for (wrong, tries) in [((|_| true) as fn(usize) -> bool, 1), (|n| n % 2 == 0, 2)] {
        let ran = run(crashes(wrong).target(), &some(), confirming(4)).await;
        assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
        assert_eq!(confirmation(&ran), Some(&Confirmation::Confirmed));
        assert!(
            ran.summary.retried[NO_5XX].tries <= tries.max(2),
            "{}",
            ran.summary.retried[NO_5XX].tries
        );
        assert!(!ran.text.contains("tried again"), "{}", ran.text);
    }
}

/// A target that gives no mapping for a further try is not let off by that.
#[tokio::test]
async fn what_cannot_be_tried_counts() {
    let crashed = AtomicUsize::new(0);
    let bent = Bent::new(Reference::new(Options::default()), move |_, request, _| {
        let mapping = request.uri().path().contains("/event-source-mappings");
        if mapping && request.method() == "POST" && crashed.load(Ordering::Relaxed) > 0 {
            return Some(refusal(400, "InvalidParameterValueException"));
        }
        let zero = is_zero(request.method(), request.body());
        (zero && crashed.fetch_add(1, Ordering::Relaxed) == 0)
            .then(|| refusal(500, "ServiceException"))
    });
    let ran = run(bent.target(), &some(), confirming(2)).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert!(
        matches!(confirmation(&ran), Some(Confirmation::Untried(_))),
        "{}",
        ran.text
    );
    assert!(
        ran.text.contains("it could not be, so that it counts: "),
        "{}",
        ran.text
    );
}

#[tokio::test]
async fn what_is_known_is_left_alone() {
    let known = Arc::new(BTreeSet::from([NO_5XX.to_owned(), CRASHED.to_owned()]));
    let ran = run(
        crashes(|_| true).target(),
        &some(),
        RunOptions {
            known,
            max_failures: Some(1),
            ..confirming(2)
        },
    )
    .await;
    assert!(ran.summary.retried.is_empty(), "{}", ran.text);
    assert_eq!(ran.summary.ended().and_then(|e| e.stopped.clone()), None);
}

/// Further tries leave nothing behind, and no more than the time for them is spent.
#[tokio::test(start_paused = true)]
async fn tidy_and_bounded() {
    let reference = Reference::new(Options {
        defect: find_defect("batch-size-min-zero"),
        ..Options::default()
    });
    let target = Target::service(reference.clone(), Settings::default()).expect("a target");
    let ran = run(target, &some(), confirming(2)).await;
    assert!(
        ran.summary
            .retried
            .values()
            .all(|r| r.confirmation == Confirmation::Confirmed),
        "{}",
        ran.text
    );
    assert!(!ran.summary.retried.is_empty());
    assert_eq!(reference.leftovers(), Vec::<String>::new());

    let limit = Duration::ZERO;
    let confirm = Confirm {
        tries: 2,
        limit,
        ..Confirm::default()
    };
    let ran = run(
        crashes(|n| n == 0).target(),
        &some(),
        RunOptions {
            confirm,
            ..options()
        },
    )
    .await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert!(matches!(confirmation(&ran), Some(Confirmation::Untried(_))));
}

/// Answers updates with a BatchSize of 0 after so long, and all other requests after four seconds.
#[derive(Clone)]
struct Slow {
    bent: Bent,
    zero: Duration,
}

impl Service<http::Request<Full<Bytes>>> for Slow {
    type Response = http::Response<Body>;
    type Error = String;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, String>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), String>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Full<Bytes>>) -> Self::Future {
        let mut this = self.clone();
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(|e| e.to_string())?.to_bytes();
            let wait = if is_zero(&parts.method, &body) {
                this.zero
            } else {
                Duration::from_secs(4)
            };
            tokio::time::sleep(wait).await;
            this.bent
                .call(http::Request::from_parts(parts, Full::new(body)))
                .await
        })
    }
}

fn is_zero(method: &http::Method, body: &[u8]) -> bool {
    method == "PUT" && body.windows(13).any(|w| w == b"\"BatchSize\":0")
}

#[tokio::test(start_paused = true)]
async fn a_slow_answer_beside_a_slow_control_is_no_hang() {
    let hangs = "update-event-source-mapping::protocol::answers::answer::timed-out";
    for (seconds, exit) in [(7, Exit::Conforms), (600, Exit::Findings)] {
        let bent = Bent::new(Reference::new(Options::default()), |_, _, _| None);
        let slow = Slow {
            bent,
            zero: Duration::from_secs(seconds),
        };
        let settings = Settings {
            head_timeout: Duration::from_secs(5),
            ..Settings::default()
        };
        let target = Target::service(slow, settings).expect("a target");
        let confirm = Confirm {
            tries: 2,
            limit: Duration::from_secs(3600),
            ..Confirm::default()
        };
        let ran = run(
            target,
            &some(),
            RunOptions {
                confirm,
                ..options()
            },
        )
        .await;
        assert_eq!(ran.exit, exit, "{}", ran.text);
        assert!(ran.summary.retried.contains_key(hangs), "{}", ran.text);
    }
}
