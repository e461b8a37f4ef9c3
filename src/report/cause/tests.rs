//! Targets with one fault each are told as one cause, in whichever order the cases come.

mod table;

use std::collections::BTreeSet;

use crate::harness::testing::{Bent, options, plan};
use crate::plan::case::Expect;
use crate::reference::{Clock, Options, Reference, Response, find_defect};
use crate::report::document::{Report, ReportedCause, tests::shard};
use crate::report::{State, Summary};
use crate::run::Runner;
use crate::wire::target::{Settings, Target};

/// Every so manieth case, and all that are written: those show most.
fn some() -> Vec<usize> {
    let plan = plan();
    let holds = |i: &usize| {
        let case = &plan.cases[*i];
        let written = matches!(case.origin, crate::plan::case::Origin::Written { .. });
        (written || i.is_multiple_of(23)) && !matches!(case.expect(), Expect::Advances(_))
    };
    (0..plan.cases.len()).filter(holds).collect()
}

async fn ran(target: Target, cases: &[usize]) -> Report {
    let (_sender, stop) = tokio::sync::watch::channel(false);
    let mut summary = Summary::default();
    let runner = Runner::new(plan(), target, options());
    let ended = runner
        .run(cases, stop, |event| summary.add(&plan(), event))
        .await;
    summary.end(ended);
    shard(&summary, cases, cases.len(), None)
}

fn reference(defect: Option<&str>) -> Reference {
    let defect = defect.map(|id| find_defect(id).expect(id));
    Reference::new(Options {
        defect,
        clock: Clock::tokio(),
        ..Options::default()
    })
}

async fn with_defect(id: &str) -> Report {
    let target = Target::service(reference(Some(id)), Settings::default()).expect("a target");
    ran(target, &some()).await
}

/// The reference behind a hand that answers updates itself.
async fn updates(
    hand: impl Fn(&http::Request<bytes::Bytes>, &Reference) -> Option<Response> + Send + Sync + 'static,
) -> Report {
    let bent = Bent::new(reference(None), move |_, request, reference| {
        let is_update =
            request.method() == "PUT" && request.uri().path().contains("/event-source-mappings/");
        if is_update {
            hand(request, reference)
        } else {
            None
        }
    });
    ran(bent.target(), &some()).await
}

/// What became of a promise of the operation.
fn state(report: &Report, path: &str) -> State {
    let id = plan().contract.atom_id(path).to_string();
    report
        .promises
        .iter()
        .find(|p| p.id == id)
        .map(|p| p.state)
        .expect(path)
}

fn failing(report: &Report) -> Vec<&ReportedCause> {
    report.causes.iter().filter(|cause| cause.fails).collect()
}

/// The causes, a line each, with what they explain.
fn told(report: &Report) -> String {
    let of = |c: &ReportedCause| {
        format!(
            "{} ({} cases)\n  {}\n    {}",
            c.id,
            c.cases,
            c.says,
            c.findings.join("\n    ")
        )
    };
    report.causes.iter().map(of).collect::<Vec<_>>().join("\n")
}

/// So many causes at most, the first of that kind; every finding is of some cause.
fn check(report: &Report, most: usize, id: &str) {
    let all = told(report);
    let traffic = serde_json::to_string(&report.traffic).expect("JSON");
    assert!(
        report.causes.len() <= most,
        "{} causes\n{all}\n{traffic}",
        report.causes.len()
    );
    assert!(
        report.causes.iter().any(|c| c.id.contains(id)),
        "no cause {id}\n{all}"
    );
    let of: BTreeSet<&String> = report.causes.iter().flat_map(|c| &c.findings).collect();
    let found: BTreeSet<&String> = report.findings.iter().map(|f| &f.id).collect();
    assert_eq!(
        of, found,
        "a finding of no cause, or of none that was found"
    );
    for cause in &report.causes {
        assert!(cause.findings.contains(&cause.shown_by), "{}", cause.id);
    }
}

const PLAIN: &str = "application/json";

fn error(status: u16, kind: &str) -> Response {
    let mut answer = Response::new(
        status,
        PLAIN,
        format!(r#"{{"Type":"User","Message":"no {kind}"}}"#),
    );
    answer
        .headers
        .push(("x-amzn-errortype".to_owned(), kind.to_owned()));
    answer
}

/// The request without a member of its body: a target that never reads it.
fn without(
    member: &str,
    request: &http::Request<bytes::Bytes>,
    reference: &Reference,
) -> Option<Response> {
    let mut body: serde_json::Map<_, _> = serde_json::from_slice(request.body()).ok()?;
    body.remove(member)?;
    let mut other = http::Request::builder()
        .method(request.method())
        .uri(request.uri());
    for (name, value) in request.headers() {
        other = other.header(name, value);
    }
    Some(
        reference.answer(
            other
                .body(serde_json::Value::from(body).to_string().into())
                .ok()?,
        ),
    )
}

#[tokio::test(start_paused = true)]
async fn every_update_refused() {
    check(
        &updates(|_, _| Some(error(403, "AccessDeniedException"))).await,
        1,
        "cause::every-update::refused",
    );
}

#[tokio::test(start_paused = true)]
async fn every_update_redirected() {
    let elsewhere = |_: &http::Request<bytes::Bytes>, _: &Reference| {
        let mut answer = Response::new(308, "text/html", "");
        answer.headers.push((
            "location".to_owned(),
            "/v2/event-source-mappings/".to_owned(),
        ));
        Some(answer)
    };
    check(
        &updates(elsewhere).await,
        1,
        "cause::every-update::redirected",
    );
}

#[tokio::test(start_paused = true)]
async fn the_same_answer_to_everything() {
    let report = updates(|_, _| Some(Response::new(202, PLAIN, "{}"))).await;
    check(&report, 3, "cause::same-answer");
    // No update was refused, though deletions were.
    assert_ne!(state(&report, "rule::refusal-changes-nothing"), State::Kept);
}

#[tokio::test(start_paused = true)]
async fn a_member_that_is_never_read() {
    for member in ["BatchSize", "Enabled", "FunctionName"] {
        let report = updates(move |request, reference| without(member, request, reference)).await;
        check(&report, 1, &format!("cause::ignored::{member}"));
        if member == "FunctionName" {
            // None of its cases came through.
            assert_ne!(state(&report, "rule::qualified-function"), State::Kept);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_not_stored_is_one_cause() {
    for (id, cause) in [
        ("function-not-stored", "cause::stored::FunctionName"),
        ("type-crashes", "cause::crash::type"),
        (
            "batch-size-min-zero",
            "cause::accepted::request::BatchSize::range::min",
        ),
    ] {
        check(&with_defect(id).await, 1, cause);
    }
}

#[tokio::test(start_paused = true)]
async fn updates_that_name_a_function_in_one_form() {
    let refuses = |request: &http::Request<bytes::Bytes>, _: &Reference| {
        let body: serde_json::Value = serde_json::from_slice(request.body()).ok()?;
        let arn = body["FunctionName"]
            .as_str()
            .is_some_and(|name| name.starts_with("arn:"));
        arn.then(|| error(404, "ResourceNotFoundException"))
    };
    check(
        &updates(refuses).await,
        1,
        "cause::every-update-with::FunctionName=arn::refused",
    );
}

#[tokio::test(start_paused = true)]
async fn crashes_are_told_apart_by_class_and_by_text() {
    let crash = |text: &str| {
        Some(Response::new(
            500,
            PLAIN,
            format!(r#"{{"message":"{text}"}}"#),
        ))
    };
    let crashes = move |request: &http::Request<bytes::Bytes>, _: &Reference| {
        let Ok(body) = serde_json::from_slice::<serde_json::Value>(request.body()) else {
            return crash("no JSON");
        };
        (body["BatchSize"].as_f64()? > 10_000.0).then(|| crash("too large"))?
    };
    let report = updates(crashes).await;
    let all = told(&report);
    for id in [
        "cause::crash::syntax",
        "cause::crash::request::BatchSize::range::max::",
    ] {
        assert!(
            failing(&report).iter().any(|c| c.id.contains(id)),
            "no {id}:\n{all}"
        );
    }
    for promise in ["rule::json-body", "request::BatchSize::range::max"] {
        assert_eq!(state(&report, promise), State::Broken, "{promise}\n{all}");
    }
    let json = failing(&report)
        .into_iter()
        .find(|c| c.id.contains("syntax"))
        .expect("a cause");
    let shown = report.finding(&json.shown_by).expect("a finding");
    assert_eq!(shown.symptom, "crashed", "{all}");
}

#[tokio::test(start_paused = true)]
async fn two_faults_at_once_are_two_causes() {
    let body = |request: &http::Request<bytes::Bytes>| {
        serde_json::from_slice::<serde_json::Value>(request.body()).ok()
    };
    // BatchSize 0 is accepted beside a refusal of names that is wrong, or a failure on them.
    for status in [409, 500] {
        let bent = Bent::new(
            reference(Some("batch-size-min-zero")),
            move |_, request, _| {
                let is_update = request.method() == "PUT"
                    && request.uri().path().contains("/event-source-mappings/");
                let name = body(request).filter(|_| is_update)?["FunctionName"]
                    .as_str()
                    .map(str::to_owned)?;
                name.is_empty()
                    .then(|| error(status, "ResourceConflictException"))
            },
        );
        let report = ran(bent.target(), &some()).await;
        let ids: Vec<&str> = report.causes.iter().map(|c| c.id.as_str()).collect();
        assert_eq!(ids.len(), 2, "{}", told(&report));
        assert!(
            ids.iter()
                .any(|id| id.contains("accepted::request::BatchSize::range::min")),
            "{ids:?}"
        );
        assert!(ids.iter().any(|id| id.contains("FunctionName")), "{ids:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_order_of_cases_changes_nothing() {
    for id in [
        "batch-size-min-zero",
        "batch-size-unchecked",
        "range-crashes",
        "get-shows-the-update-before",
    ] {
        let one = with_defect(id).await;
        // Which reads show what was accepted depends on which come after it.
        let causes = |report: &Report| {
            let mut all: Vec<String> = report.causes.iter().map(|c| c.id.clone()).collect();
            all.sort();
            all
        };
        for by in [7, 11, 13] {
            let mut cases = some();
            cases.sort_by_key(|place| place.wrapping_mul(2_654_435_761 * by) % 10_007);
            let target =
                Target::service(reference(Some(id)), Settings::default()).expect("a target");
            let other = ran(target, &cases).await;
            assert_eq!(
                causes(&other),
                causes(&one),
                "{id}\n{}\n\n{}",
                told(&other),
                told(&one)
            );
            let states = |report: &Report| {
                report
                    .promises
                    .iter()
                    .map(|p| (p.id.clone(), p.state))
                    .collect::<Vec<_>>()
            };
            assert_eq!(states(&other), states(&one), "{id}");
        }
    }
}
