//! Each difference of two references is told once, and what two targets may do differently is none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::kind::Side;
use super::{Diff, DiffDocument, DiffTargets, Support, diff_text};
use crate::harness::testing::{cases, every, options, plan, request_of};
use crate::judge::{Fired, Role};
use crate::plan::PlanOptions;
use crate::plan::case::{Case, Expect};
use crate::recording::{self, Recorder};
use crate::reference::{Clock, Options, Reference, find_defect};
use crate::report::{Secrets, Style};
use crate::run::{CaseResult, Event, Runner};
use crate::support::files::{Files, Source};
use crate::wire::target::{Settings, Target};

/// The results of those cases on a reference, by their places.
async fn fired(of: Options, cases: &[usize]) -> BTreeMap<usize, CaseResult> {
    let target = Target::service(Reference::new(of), Settings::default()).expect("a target");
    let (_sender, stop) = tokio::sync::watch::channel(false);
    let mut results = BTreeMap::new();
    let runner = Runner::new(plan(), target, options());
    let ended = runner.run(cases, stop, |event| {
        if let Event::Judged(result) = event {
            results.insert(result.index, *result);
        }
    });
    assert!(ended.await.stopped.is_none());
    results
}

/// The places of the cases whose ids hold.
fn named(holds: impl Fn(&str) -> bool) -> Vec<usize> {
    cases(|case| holds(case.id.as_str()), usize::MAX)
}

fn reference(defect: Option<&str>) -> Options {
    let defect = defect.map(|id| find_defect(id).expect(id));
    Options {
        defect,
        clock: Clock::tokio(),
        ..Options::default()
    }
}

async fn compared(left: Options, right: Options) -> Diff {
    compared_in(every(5), left, right).await
}

async fn compared_in(cases: Vec<usize>, left: Options, right: Options) -> Diff {
    let (lefts, rights) = (
        fired(left.clone(), &cases).await,
        fired(right.clone(), &cases).await,
    );
    let mut diff = Diff::default();
    diff.add(
        &plan(),
        cases.iter().map(|place| (&lefts[place], &rights[place])),
    );
    assert_eq!(diff.compared, cases.len());
    // As the command does: each alone, on targets that nothing else was sent to.
    while let Some(place) = diff.untried(&plan()).first().copied() {
        let (lefts, rights) = (
            fired(left.clone(), &[place]).await,
            fired(right.clone(), &[place]).await,
        );
        diff.tried_again(&plan(), &lefts[&place], &rights[&place]);
    }
    diff
}

/// Those that count.
fn kinds(diff: &Diff) -> Vec<String> {
    diff.differences()
        .iter()
        .filter(|d| d.counts())
        .map(|d| d.kind.to_string())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn what_may_differ_is_no_difference() {
    let away = || Options {
        account: "444455556666".to_owned(),
        seed: 7,
        ..reference(None)
    };
    assert_eq!(kinds(&compared(reference(None), away()).await), [""; 0]);
    for variation in [
        "title-case-headers",
        "members-reversed",
        "json-escapes",
        "json-white-space",
        "error-message-other-words",
        "error-type-in-body-type",
        "last-modified-whole-seconds",
        "content-type-charset",
    ] {
        let diff = compared(reference(None), reference(Some(variation))).await;
        assert_eq!(kinds(&diff), [""; 0], "{variation}");
    }
    // What is sent during a transition is refused only where there is one.
    let slow = Options {
        settle: Duration::from_millis(5),
        ..reference(None)
    };
    let diff = compared(reference(None), slow).await;
    assert!(
        kinds(&diff)
            .iter()
            .all(|kind| kind.contains("in-transition")),
        "{:?}",
        kinds(&diff)
    );
    assert!(
        diff.differences()
            .iter()
            .all(|d| d.shown.support == Support::Either)
    );
}

/// One fault is one kind, however many requests meet it and however they break the contract; and
/// what follows from it is no other.
#[tokio::test(start_paused = true)]
async fn a_fault_is_one_kind_and_the_contract_is_on_the_other_side() {
    for (defect, kind) in [
        ("get-lacks-state", "member::State::only-left"),
        (
            "get-batch-size-string",
            "type::BatchSize::a number/a string",
        ),
        ("status-200", "status::202/200"),
        (
            "batch-size-min-zero",
            "outcome::update-event-source-mapping::request::BatchSize::range::min::refused/accepted",
        ),
        (
            "batch-size-max-10001",
            "outcome::update-event-source-mapping::request::BatchSize::range::max::refused/accepted",
        ),
        (
            "pattern-not-checked",
            "outcome::update-event-source-mapping::request::FunctionName::pattern::refused/accepted",
        ),
        (
            "batch-size-type-crashes",
            "failure::update-event-source-mapping::BatchSize::answered/server-error",
        ),
    ] {
        let diff = compared(reference(None), reference(Some(defect))).await;
        assert_eq!(kinds(&diff), [kind], "{defect}");
        let one = diff.differences()[0];
        assert!(
            matches!(
                &one.shown.support,
                Support::One {
                    side: Side::Left,
                    ..
                }
            ),
            "{defect}: {:?}",
            one.shown.support
        );
        assert!(one.counts() && diff.any());
    }
    let diff = compared(reference(Some("get-lacks-state")), reference(None)).await;
    assert_eq!(kinds(&diff), ["member::State::only-right"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_refusal_changes_is_told_once_whether_in_a_sequence_or_not() {
    let diff = compared(reference(None), reference(Some("refused-for-range-stored"))).await;
    assert_eq!(kinds(&diff), ["changed-by-refusal::only-right"]);
    let one = diff.differences()[0];
    assert!(
        matches!(
            &one.shown.support,
            Support::One {
                side: Side::Left,
                ..
            }
        ),
        "{:?}",
        one.shown.support
    );
    assert!(one.count > 1);
    // Alone in a sequence, too.
    let walks = named(|id| id.contains("walk") || id.contains("sequences::"));
    let diff = compared_in(
        walks,
        reference(None),
        reference(Some("refused-for-range-stored")),
    )
    .await;
    assert_eq!(kinds(&diff), ["changed-by-refusal::only-right"]);
}

/// Requests that say the same are one, whichever promises they are about.
#[tokio::test(start_paused = true)]
async fn the_same_request_is_told_once() {
    let without_body = named(|id| {
        ["json::empty-body", "json::no-body"]
            .iter()
            .any(|end| id.ends_with(end))
    });
    assert_eq!(without_body.len(), 2);
    let diff = compared_in(
        without_body,
        reference(None),
        reference(Some("empty-body-crashes")),
    )
    .await;
    assert_eq!(
        kinds(&diff),
        ["failure::update-event-source-mapping::body::answered/server-error"]
    );
    assert_eq!(diff.differences()[0].count, 2);

    // A deletion that goes on or has ended.
    let deletions = named(|id| id.contains("sequences::") && id.contains("delet"));
    let diff = compared_in(
        deletions,
        reference(None),
        reference(Some("delete-unknown-202")),
    )
    .await;
    assert_eq!(
        kinds(&diff),
        ["outcome::delete-event-source-mapping::rule::unknown-mapping::refused/accepted"]
    );
}

/// What is made of a valid value and of an invalid one that both take is one difference, where both
/// show the same.
#[tokio::test(start_paused = true)]
async fn the_same_values_are_told_once() {
    let alone = |case: &Case| request_of(case).text() == Some(r#"{"BatchSize":5}"#);
    let valid = cases(
        |case| alone(case) && *case.expect() == Expect::Accept && case.subject().is_some(),
        1,
    )[0];
    let broken = cases(
        |case| case.expect().class() == "range" && case.subject().is_some(),
        1,
    )[0];
    let results = fired(reference(None), &[valid, broken]).await;
    let taken = results[&valid].observation.clone().expect("exchanges");
    let with = |size: &str, place: usize| {
        let mut seen = taken.clone();
        let own = |fired: &&mut Fired| matches!(fired.role, Role::Subject | Role::After);
        for fired in seen.fired.iter_mut().filter(own) {
            if let Ok(answer) = &mut fired.exchange.outcome {
                let text = String::from_utf8_lossy(&answer.body)
                    .replace("\"BatchSize\":5", &format!("\"BatchSize\":{size}"));
                answer.body = text.into_bytes().into();
            }
        }
        CaseResult {
            observation: Some(seen),
            ..results[&place].clone()
        }
    };
    let kinds_of = |values: [[&str; 2]; 2]| {
        let [[left, right], [left_broken, right_broken]] = values;
        let pairs = [
            (with(left, valid), with(right, valid)),
            (with(left_broken, broken), with(right_broken, broken)),
        ];
        let mut diff = Diff::default();
        diff.add(&plan(), pairs.iter().map(|(left, right)| (left, right)));
        kinds(&diff)
    };
    assert_eq!(kinds_of([["5", "6"], ["5", "6"]]), ["value::BatchSize"]);
    let other = kinds_of([["5", "6"], ["5", "7"]]);
    assert_eq!(
        other,
        [
            "taken-otherwise::update-event-source-mapping::BatchSize",
            "value::BatchSize"
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn what_both_may_do_is_told_as_such() {
    let diff = compared(
        reference(None),
        reference(Some("constraints-validation-exception")),
    )
    .await;
    let differences = diff.differences();
    assert!(!differences.is_empty());
    assert!(
        differences
            .iter()
            .all(|d| d.shown.support == Support::Either),
        "{:?}",
        kinds(&diff)
    );
    let text = diff_text(&diff, &targets(), true, Style::default());
    assert!(
        text.contains("  contract     allows both, or does not say\n"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_does_not_come_back_does_not_count() {
    let cases = every(5);
    let lefts = fired(reference(None), &cases).await;
    let rights = fired(reference(Some("get-lacks-state")), &cases).await;
    let plan = plan();
    let mut diff = Diff::default();
    diff.add(
        &plan,
        cases.iter().map(|place| (&lefts[place], &rights[place])),
    );
    let mut tried = Vec::new();
    while let [place] = diff.untried(&plan)[..] {
        tried.push(place);
        diff.tried_again(&plan, &lefts[&place], &lefts[&place]);
    }
    assert_eq!(
        tried.len(),
        4,
        "where one case does not show it again, another may"
    );
    assert!(!diff.any() && diff.untried(&plan).is_empty());
    let text = diff_text(&diff, &targets(), true, Style::default());
    assert!(
        text.starts_with(
            "note seen after others, not when fired alone: member::State::only-left\n"
        ),
        "{text}"
    );
    assert!(
        text.lines()
            .last()
            .is_some_and(|l| l.starts_with("ALIKE: a and b: 0 kinds")),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_document_has_all_of_it() {
    let diff = compared(reference(None), reference(Some("get-lacks-state"))).await;
    let document = DiffDocument::new(&diff, &targets());
    assert_eq!(
        (document.left.as_str(), document.compared),
        ("a", diff.compared)
    );
    let [one] = document.differences.as_slice() else {
        panic!("{:?}", document.differences)
    };
    assert_eq!(
        (one.id.as_str(), one.supports.as_str()),
        ("member::State::only-left", "left")
    );
    assert_eq!(one.operations, ["get-event-source-mapping"]);
    assert!(
        one.requirement
            .as_ref()
            .is_some_and(|r| r.contains("State"))
            && one.cases > 1
    );
    let form = serde_json::from_str(&super::schema()).expect("a schema");
    let form = jsonschema::validator_for(&form).expect("a schema");
    assert!(form.is_valid(&serde_json::to_value(&document).expect("JSON")));
}

#[tokio::test(start_paused = true)]
async fn a_recorded_run_is_a_side_too() {
    let cases = every(20);
    let target =
        Target::service(Reference::new(reference(None)), Settings::default()).expect("a target");
    let (_sender, stop) = tokio::sync::watch::channel(false);
    let mut written = Vec::new();
    let mut recorder = Recorder::new(
        &mut written,
        &plan(),
        &PlanOptions::default(),
        Secrets::default(),
    );
    let runner = Runner::new(plan(), target, options());
    let ended = runner
        .run(&cases, stop, |event| recorder.add(&plan(), &event))
        .await;
    recorder.end(&ended).expect("memory");
    let source = Source {
        name: "run.ndjson".to_owned(),
        text: String::from_utf8(written).expect("text"),
    };
    let recorded = recording::results(&Files::Embedded, &source).expect("a recording");
    let recorded = recorded.into_iter().next().expect("an operation");
    assert_eq!(recorded.results.len(), cases.len());
    let plan = Arc::new(recorded.plan);
    let rights = fired(reference(Some("get-lacks-state")), &cases).await;
    let mut diff = Diff::default();
    diff.add(
        &plan,
        recorded
            .results
            .iter()
            .map(|left| (left, &rights[&left.index])),
    );
    assert_eq!(kinds(&diff), ["member::State::only-left"]);
}

fn targets() -> DiffTargets<'static> {
    DiffTargets {
        names: ["a".to_owned(), "b".to_owned()],
        curl: [None, None],
    }
}
