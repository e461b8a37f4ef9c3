//! A target that names things of others in its answers: none of them is touched, and what was made
//! is removed.

use bytes::Bytes;
use http::Request;

use crate::harness::testing::{Bent, cases, every, options, plan, run};
use crate::plan::case::Action;
use crate::reference::{Options, Reference, find_defect};
use crate::report::Exit;
use crate::run::{RunOptions, Runner};
use crate::wire::target::{Settings, Target};

const MAPPINGS: &str = "/2015-03-31/event-source-mappings";

/// A reference on which somebody else has a function, a queue and a mapping, and the mapping's
/// path.
fn shared(defect: &str) -> (Reference, String) {
    let defect = Some(find_defect(defect).expect("a defect"));
    let reference = Reference::new(Options {
        defect,
        ..Options::default()
    });
    let function = r#"{"FunctionName":"prod","Role":"r"}"#;
    ask(&reference, "POST", "/2015-03-31/functions", "", function);
    ask(
        &reference,
        "POST",
        "/",
        "AmazonSQS.CreateQueue",
        r#"{"QueueName":"prod"}"#,
    );
    let source = "arn:aws:sqs:us-east-1:123456789012:prod";
    // Its batch size tells the defects which one is not ours; more than ten need a window.
    let mapping = format!(
        r#"{{"EventSourceArn":"{source}","FunctionName":"prod","BatchSize":77,"MaximumBatchingWindowInSeconds":1}}"#
    );
    ask(&reference, "POST", MAPPINGS, "", &mapping);
    let listed: serde_json::Value =
        serde_json::from_slice(&ask(&reference, "GET", MAPPINGS, "", ""))
            .expect("a list of mappings");
    let uuid = listed["EventSourceMappings"][0]["UUID"]
        .as_str()
        .expect("a mapping")
        .to_owned();
    (reference, format!("{MAPPINGS}/{uuid}"))
}

fn ask(reference: &Reference, method: &str, path: &str, target: &str, body: &str) -> Bytes {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("x-amz-target", target);
    reference
        .answer(
            request
                .body(Bytes::copy_from_slice(body.as_bytes()))
                .expect("a request"),
        )
        .body
}

/// Runs some cases, and sees that nothing of others was named by a request, nor anything of ours
/// left behind.
async fn check(defect: &str, words: &[&str]) -> Exit {
    let (reference, mapping) = shared(defect);
    let state = |reference: &Reference| {
        let of = |path: &str| ask(reference, "GET", path, "", "");
        (
            of(&mapping),
            of("/2015-03-31/functions/prod"),
            reference.leftovers(),
        )
    };
    let before = state(&reference);
    let touched = mapping.clone();
    let bent = Bent::new(reference, move |_, request, _| {
        let path = request.uri().path().to_owned();
        let reads = request.method() == "GET";
        assert!(
            reads || (path != touched && !path.contains("prod")),
            "{} {path}",
            request.method()
        );
        assert!(!path.contains(".."), "{} {path}", request.method());
        let body = String::from_utf8_lossy(request.body());
        assert!(!body.contains("/prod\""), "{body}");
        None
    });
    let mut some = every(150);
    some.extend(cases(
        |case| case.steps.iter().any(|step| step.action == Action::Create),
        4,
    ));
    let ran = run(bent.target(), &some, options()).await;
    for word in words {
        assert!(
            ran.text.contains(word),
            "{defect}: `{word}` is not in:\n{}",
            ran.text
        );
    }
    assert_eq!(state(&bent.reference), before, "{defect}:\n{}", ran.text);
    ran.exit
}

#[tokio::test]
async fn an_identifier_that_was_there_before_is_not_taken() {
    let words = [
        "fixture",
        "the identifier of something that was there before",
    ];
    assert_eq!(
        check("create-answers-foreign-uuid", &words).await,
        Exit::NothingTested
    );
}

#[tokio::test]
async fn nor_is_one_that_a_sequence_is_given() {
    let words = [
        "A new mapping has a UUID of its own",
        "which something had that was there before",
    ];
    assert_eq!(
        check("late-create-answers-foreign-uuid", &words).await,
        Exit::Findings
    );
}

#[tokio::test]
async fn an_identifier_is_one_segment_of_a_path() {
    let words = ["\"../functions/prod\", which is not one segment of a path"];
    assert_eq!(check("uuid-with-slash", &words).await, Exit::NothingTested);
}

#[tokio::test]
async fn a_function_of_another_name_is_not_used() {
    let words = ["names \"prod\", and not proofmark-proofrun-a"];
    assert_eq!(
        check("function-name-changed", &words).await,
        Exit::NothingTested
    );
}

#[tokio::test]
async fn a_queue_of_another_name_is_not_used() {
    check(
        "queue-url-changed",
        &["prod\", which does not end with /proofmark-proofrun-q0"],
    )
    .await;
}

/// A creation that changes nothing where there is a queue of that name already gives us no right to
/// it.
#[tokio::test]
async fn what_has_our_name_already_is_left_alone() {
    let reference = Reference::new(Options::default());
    ask(
        &reference,
        "POST",
        "/",
        "AmazonSQS.CreateQueue",
        r#"{"QueueName":"proofmark-proofrun-q0"}"#,
    );
    ask(
        &reference,
        "POST",
        "/2015-03-31/functions",
        "",
        r#"{"FunctionName":"proofmark-proofrun-b","Role":"r"}"#,
    );
    let before = reference.leftovers();
    let target = Target::service(reference.clone(), Settings::default()).expect("a target");
    let ran = run(target, &every(200), options()).await;
    assert_eq!(ran.exit, Exit::NothingTested, "{}", ran.text);
    assert!(
        ran.text
            .contains("shows that there is one already, which is not ours"),
        "{}",
        ran.text
    );
    assert_eq!(reference.leftovers(), before);
}

/// The commands that make fixtures go the same way.
#[tokio::test]
async fn fixtures_that_stay_are_ours() {
    for defect in [
        "create-answers-foreign-uuid",
        "uuid-with-slash",
        "function-name-changed",
    ] {
        let (reference, _) = shared(defect);
        let before = reference.leftovers();
        let target = Target::service(reference.clone(), Settings::default()).expect("a target");
        let made = Runner::new(plan(), target, options()).make_fixtures().await;
        let (stop, left) = made
            .err()
            .unwrap_or_else(|| panic!("{defect}: fixtures of others"));
        assert!(stop.to_string().contains("fixture"), "{stop}");
        assert_eq!(
            (left, reference.leftovers()),
            (Vec::new(), before),
            "{defect}"
        );
    }
}

/// The data plane makes mappings of its own.
#[tokio::test]
async fn the_data_plane_takes_none_of_others() {
    let (reference, mapping) = shared("late-create-answers-foreign-uuid");
    let before = ask(&reference, "GET", &mapping, "", "");
    let target = Target::service(reference.clone(), Settings::default()).expect("a target");
    let ran = run(
        target,
        &every(2000),
        RunOptions {
            data_plane: true,
            ..options()
        },
    )
    .await;
    assert_eq!(
        ask(&reference, "GET", &mapping, "", ""),
        before,
        "{}",
        ran.text
    );
    assert!(
        ran.text.contains("names a resource that it did not make"),
        "{}",
        ran.text
    );
    let left: Vec<String> = reference
        .leftovers()
        .into_iter()
        .filter(|l| l.contains("proofmark"))
        .collect();
    assert_eq!(left, Vec::<String>::new(), "{}", ran.text);
}
