//! Nothing is left behind by a target that fails after it has made what was asked for, or that
//! removes late.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use super::tidy::{accepting, refusal};
use crate::harness::testing::{Bent, cases, every, options, plan, run};
use crate::plan::case::Action;
use crate::reference::{Options, Reference, Response, find_defect};
use crate::report::Exit;
use crate::run::{Confirm, Confirmation, RunOptions, Runner};
use crate::wire::target::{Settings, Target};

fn reference(defect: Option<&str>) -> Reference {
    let defect = defect.map(|id| find_defect(id).expect("a defect"));
    Reference::new(Options {
        defect,
        ..Options::default()
    })
}

fn some() -> Vec<usize> {
    let mut some = every(200);
    some.extend(cases(
        |case| case.steps.iter().any(|step| step.action == Action::Create),
        4,
    ));
    some
}

async fn check(defect: &str) {
    let reference = reference(Some(defect));
    let target = Target::service(reference.clone(), Settings::default()).expect("a target");
    let ran = run(target, &some(), options()).await;
    assert_eq!(
        reference.leftovers(),
        Vec::<String>::new(),
        "{defect}:\n{}",
        ran.text
    );
    assert!(!ran.text.contains("not removed"), "{defect}:\n{}", ran.text);
}

#[tokio::test]
async fn what_was_made_by_a_request_that_failed_is_removed() {
    for defect in [
        "create-answers-500-but-creates",
        "create-closes-but-creates",
        "second-create-answers-500",
        "functions-answer-500-but-are-made",
        "queues-answer-500-but-are-made",
    ] {
        check(defect).await;
    }
}

/// What a run does not know of is known by its names. Nothing else is touched.
#[tokio::test]
async fn what_nobody_was_told_of_is_swept() {
    let reference = reference(None);
    let target = Target::service(reference.clone(), Settings::default()).expect("a target");
    let runner = |token: &str| {
        let options = RunOptions {
            token: token.to_owned(),
            ..options()
        };
        Runner::new(plan(), target.clone(), options)
    };
    let (ours, theirs) = (runner("abcd1234"), runner("wxyz5678"));
    // Who forgets what was made is told of none of it.
    ours.make_fixtures()
        .await
        .map(drop)
        .map_err(drop)
        .expect("fixtures");
    let of_others = theirs
        .make_fixtures()
        .await
        .map_err(drop)
        .expect("fixtures");

    let swept = ours.sweep().await;
    assert!(
        swept.removed.len() > 10 && swept.left.is_empty(),
        "{swept:?}"
    );
    let left = reference.leftovers();
    assert!(!left.is_empty(), "what another run made was removed");
    assert!(
        left.iter().all(|thing| !thing.contains("abcd1234")),
        "{left:?}"
    );

    assert!(theirs.remove_fixtures(of_others).await.is_empty());
    assert_eq!(reference.leftovers(), Vec::<String>::new());
    assert!(ours.sweep().await.removed.is_empty());
}

/// A creation that was refused in such a way is no refusal of the next form of it.
#[tokio::test]
async fn where_it_cannot_be_seen_what_was_made_it_is_listed() {
    let bent = Bent::new(
        reference(Some("create-answers-500-but-creates")),
        |_, request, _| {
            let lists = request.method() == "GET"
                && request.uri().path() == "/2015-03-31/event-source-mappings";
            lists.then(|| refusal(403, "AccessDeniedException"))
        },
    );
    let ran = run(bent.target(), &some(), options()).await;
    let mappings = bent
        .reference
        .leftovers()
        .iter()
        .filter(|left| left.starts_with("mapping "))
        .count();
    assert!(mappings > 0);
    let listed = ran
        .text
        .lines()
        .filter(|l| l.contains("if it was made at all") || l.contains("if they were made"))
        .count();
    assert!(listed > 0, "{}", ran.text);
}

/// Each removal is refused as too much three times, in one of the forms that AWS has for that.
#[tokio::test]
async fn a_removal_that_is_throttled_is_tried_again() {
    for (status, kind) in [
        (429, "TooManyRequestsException"),
        (400, "ThrottlingException"),
        (503, "RequestLimitExceeded"),
    ] {
        let tried = Mutex::new(std::collections::BTreeMap::<String, u32>::new());
        let bent = Bent::new(reference(None), move |_, request, _| {
            if request.method() != "DELETE" {
                return None;
            }
            let mut tried = tried.lock().expect("a lock");
            let times = tried.entry(request.uri().path().to_owned()).or_default();
            *times += 1;
            (*times <= 3).then(|| refusal(status, kind))
        });
        let settings = Settings {
            max_throttle_waits: 1,
            max_throttle_wait: Duration::from_millis(1),
            ..Settings::default()
        };
        let target = Target::service(bent.clone(), settings).expect("a target");
        let ran = run(target, &every(300), options()).await;
        assert_eq!(ran.exit, Exit::Conforms, "{status} {kind}:\n{}", ran.text);
        assert_eq!(
            bent.reference.leftovers(),
            Vec::<String>::new(),
            "{status} {kind}:\n{}",
            ran.text
        );
    }
}

#[tokio::test]
async fn a_removal_that_fails_once_is_tried_again() {
    let failed = Mutex::new(BTreeSet::<String>::new());
    let bent = Bent::new(reference(None), move |_, request, _| {
        let first = request.method() == "DELETE"
            && failed
                .lock()
                .expect("a lock")
                .insert(request.uri().path().to_owned());
        first.then(|| refusal(500, "ServiceException"))
    });
    let ran = run(bent.target(), &every(300), options()).await;
    assert_eq!(
        bent.reference.leftovers(),
        Vec::<String>::new(),
        "{}",
        ran.text
    );
}

/// A request that never comes back is told as that, however long the list of what stands on it.
#[tokio::test]
async fn a_target_that_only_fails_is_told_in_a_few_lines() {
    let bent = Bent::new(reference(None), |_, _, _| {
        Some(refusal(500, "ServiceException"))
    });
    let ran = run(bent.target(), &every(300), options()).await;
    assert_eq!(ran.exit, Exit::NothingTested, "{}", ran.text);
    assert!(
        ran.text
            .lines()
            .filter(|l| l.contains("not removed"))
            .count()
            < 4,
        "{}",
        ran.text
    );
    assert!(ran.text.contains("proofmark clean"), "{}", ran.text);
}

#[tokio::test]
async fn what_is_not_usable_yet_is_tried_again() {
    let refused = AtomicUsize::new(0);
    let bent = Bent::new(reference(None), move |_, request, _| {
        let function =
            request.method() == "POST" && request.uri().path() == "/2015-03-31/functions";
        (function && refused.fetch_add(1, Ordering::Relaxed) < 4).then(cannot_be_assumed)
    });
    let patient = RunOptions {
        settle_timeout: Duration::from_secs(5),
        ..options()
    };
    let ran = run(bent.target(), &every(300), patient).await;
    assert_eq!(ran.exit, Exit::Conforms, "{}", ran.text);
    assert!(!ran.text.contains("cannot be assumed"), "{}", ran.text);
}

/// If it stays so, the line names that refusal, and not that of a mapping whose function is not
/// there.
#[tokio::test]
async fn the_refusal_that_stays_is_named() {
    let bent = Bent::new(reference(None), |_, request, _| {
        let function =
            request.method() == "POST" && request.uri().path() == "/2015-03-31/functions";
        function.then(cannot_be_assumed)
    });
    let ran = run(bent.target(), &every(300), options()).await;
    assert_eq!(ran.exit, Exit::NothingTested, "{}", ran.text);
    let last = ran.text.lines().last().unwrap_or_default();
    assert!(
        last.contains("cannot be assumed") && !last.contains("does not exist"),
        "{}",
        ran.text
    );
}

#[tokio::test]
async fn every_form_of_throttling_is_waited_out() {
    for defect in ["throttles-with-400", "throttles-with-503"] {
        let reference = reference(Some(defect));
        let settings = Settings {
            max_throttle_wait: Duration::from_millis(1),
            ..Settings::default()
        };
        let target = Target::service(reference.clone(), settings).expect("a target");
        let ran = run(target, &some(), options()).await;
        assert_eq!(ran.exit, Exit::Conforms, "{defect}:\n{}", ran.text);
        assert_eq!(reference.leftovers(), Vec::<String>::new(), "{defect}");
    }
}

/// What earlier runs left is removed, and nothing that only looks like it.
#[tokio::test]
async fn clean_removes_what_runs_left_and_nothing_else() {
    let reference = reference(None);
    let token = crate::plan::fixture::token("k3x9q2");
    let runner = |token: &str| {
        let target = Target::service(reference.clone(), Settings::default()).expect("a target");
        Runner::new(
            plan(),
            target,
            RunOptions {
                token: token.to_owned(),
                ..options()
            },
        )
    };
    for (kind, name) in [
        ("function", "proofmark-prod"),
        ("function", "proofmark-internal-a"),
        ("function", "proofmark-0a1b2c3d-ab"),
        ("queue", "proofmark-prod"),
        ("queue", "proofmark-frontend-q0"),
        ("stream", "proofmark-internal-d"),
        ("role", "proofmark-internal"),
        ("role", "proofmark"),
    ] {
        others(&reference, kind, name);
    }
    others(&reference, "function", &format!("my-proofmark-{token}-a"));
    others(&reference, "queue", &format!("proofmark-{token}-q0-prod"));
    others(&reference, "role", &format!("proofmark-{token}-prod"));
    let source = "arn:aws:sqs:us-east-1:123456789012:proofmark-prod";
    let mapping = format!(r#"{{"EventSourceArn":"{source}","FunctionName":"proofmark-prod"}}"#);
    ask(
        &reference,
        "POST",
        "/2015-03-31/event-source-mappings",
        "",
        &mapping,
    );
    let before = reference.leftovers();

    // A run that ended in the middle, after a worker had made itself new mappings.
    let ended = runner(&token);
    let (mut worker, made) = ended.prepare(0, None).await;
    made.expect("fixtures");
    ended.remake(&mut worker).await.expect("new mappings");
    others(&reference, "function", &format!("proofmark-{token}-w0n2"));
    let made = reference.leftovers().len() - before.len();
    assert!(made > 24, "{made}");
    let found = runner("0a1b2c3d").strays(None).await;
    assert_eq!(
        (found.strays.len(), found.unlisted.len()),
        (made, 0),
        "{found:?}"
    );
    assert!(
        found.strays.iter().all(|stray| stray.run == token),
        "{found:?}"
    );
    assert!(
        runner("0a1b2c3d")
            .strays(Some("zzzzzzzz"))
            .await
            .strays
            .is_empty()
    );
    for stray in &found.strays {
        assert_eq!(
            runner("0a1b2c3d").remove_stray(stray).await,
            Ok(()),
            "{stray:?}"
        );
    }
    assert_eq!(reference.leftovers(), before);
}

fn others(reference: &Reference, kind: &str, name: &str) {
    match kind {
        "function" => {
            let body = format!(r#"{{"FunctionName":"{name}","Role":"r"}}"#);
            ask(reference, "POST", "/2015-03-31/functions", "", &body)
        }
        "queue" => ask(
            reference,
            "POST",
            "/",
            "AmazonSQS.CreateQueue",
            &format!(r#"{{"QueueName":"{name}"}}"#),
        ),
        "stream" => ask(
            reference,
            "POST",
            "/",
            "Kinesis_20131202.CreateStream",
            &format!(r#"{{"StreamName":"{name}"}}"#),
        ),
        _ => ask(
            reference,
            "POST",
            "/",
            "",
            &format!("Action=CreateRole&RoleName={name}&AssumeRolePolicyDocument=x"),
        ),
    };
}

fn ask(reference: &Reference, method: &str, path: &str, target: &str, body: &str) -> Response {
    let request = http::Request::builder()
        .method(method)
        .uri(path)
        .header("x-amz-target", target);
    let body = bytes::Bytes::copy_from_slice(body.as_bytes());
    let response = reference.answer(request.body(body).expect("a request"));
    assert!(
        response.status < 300,
        "{method} {path}: {}",
        response.status
    );
    response
}

fn cannot_be_assumed() -> Response {
    let body = r#"{"Type":"User","message":"The role defined for the function cannot be assumed by Lambda."}"#;
    Response {
        body: body.into(),
        ..refusal(400, "InvalidParameterValueException")
    }
}

/// What cannot be removed is not made once more for each finding.
#[tokio::test]
async fn where_nothing_can_be_removed_little_is_left() {
    // Each body is accepted once, so that no finding comes back.
    let accepted = Mutex::new(BTreeSet::new());
    let bent = Bent::new(reference(None), move |_, request, reference| {
        let removes = request.method() == "DELETE";
        let refused = removes.then(|| refusal(500, "ServiceException"));
        let is_first = || {
            let mut accepted = accepted.lock().expect("a lock");
            accepted.insert(request.body().clone())
        };
        refused.or_else(|| accepting(request, reference).filter(|_| is_first()))
    });
    let of_types = cases(|case| case.id.as_str().contains("::type::"), 200);
    let confirming = RunOptions {
        confirm: Confirm {
            tries: 2,
            ..Confirm::default()
        },
        ..options()
    };
    let ran = run(bent.target(), &of_types, confirming).await;

    let left = bent.reference.leftovers();
    let mappings = left.iter().filter(|left| left.starts_with("mapping "));
    let left = mappings.count();
    assert!(left < 20, "{left} mappings: {}", ran.text);
    let untried = ran.summary.retried.values().any(|retried| {
        matches!(&retried.confirmation, Confirmation::Untried(why) if why.contains("could not be removed"))
    });
    assert!(untried, "{:?}", ran.summary.retried);
    assert_eq!(ran.exit, Exit::Findings);
}
