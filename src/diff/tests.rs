//! Each difference of two references is told once, and what two targets may do differently is none.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{Diff, DiffDocument, DiffTargets, Hand, Support, diff_text};
use crate::files::{Files, Source};
use crate::plan::PlanOptions;
use crate::recording::{self, Recorder};
use crate::reference::{Clock, Options, Reference, find_defect};
use crate::report::{Secrets, Style};
use crate::runner::{CaseResult, Event, Runner};
use crate::target::{Settings, Target};
use crate::testing::{every, options, plan};

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

fn reference(defect: Option<&str>) -> Options {
    let defect = defect.map(|id| find_defect(id).expect(id));
    Options { defect, clock: Clock::tokio(), ..Options::default() }
}

async fn compared(left: Options, right: Options) -> Diff {
    let cases = every(5);
    let (lefts, rights) = (fired(left.clone(), &cases).await, fired(right.clone(), &cases).await);
    let mut diff = Diff::default();
    diff.add(&plan(), cases.iter().map(|place| (&lefts[place], &rights[place])));
    assert_eq!(diff.compared, cases.len());
    // As the command does: each alone, on targets that nothing else was sent to.
    while let Some(place) = diff.untried(&plan()).first().copied() {
        let (lefts, rights) = (fired(left.clone(), &[place]).await, fired(right.clone(), &[place]).await);
        diff.tried_again(&plan(), &lefts[&place], &rights[&place]);
    }
    diff
}

/// Those that count.
fn kinds(diff: &Diff) -> Vec<String> {
    diff.differences().iter().filter(|d| d.counts()).map(|d| d.kind.to_string()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_may_differ_is_no_difference() {
    let away = || Options { account: "444455556666".to_owned(), seed: 7, ..reference(None) };
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
    let slow = Options { settle: Duration::from_millis(5), ..reference(None) };
    let diff = compared(reference(None), slow).await;
    assert!(kinds(&diff).iter().all(|kind| kind.contains("in-transition")), "{:?}", kinds(&diff));
    assert!(diff.differences().iter().all(|d| d.shown.support == Support::Either));
}

/// One fault is one kind, however many requests meet it and however they break the contract; and what follows from it is no
/// other.
#[tokio::test(start_paused = true)]
async fn a_fault_is_one_kind_and_the_contract_is_on_the_other_side() {
    for (defect, kind) in [
        ("get-lacks-state", "member::State::only-left"),
        ("get-batch-size-string", "type::BatchSize::a number/a string"),
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
        ("batch-size-type-crashes", "failure::update-event-source-mapping::BatchSize::answered/server-error"),
    ] {
        let diff = compared(reference(None), reference(Some(defect))).await;
        assert_eq!(kinds(&diff), [kind], "{defect}");
        let one = diff.differences()[0];
        assert!(
            matches!(&one.shown.support, Support::One { side: Hand::Left, .. }),
            "{defect}: {:?}",
            one.shown.support
        );
        assert!(one.counts() && diff.any());
    }
    let diff = compared(reference(Some("get-lacks-state")), reference(None)).await;
    assert_eq!(kinds(&diff), ["member::State::only-right"]);
}

/// In a sequence the read after a refusal shows it as another value: one more kind, and the contract is on the same side.
#[tokio::test(start_paused = true)]
async fn what_a_refusal_changes_is_told_whether_in_a_sequence_or_not() {
    let diff = compared(reference(None), reference(Some("refused-for-range-stored"))).await;
    assert_eq!(kinds(&diff), ["changed-by-refusal::only-right", "value::BatchSize"]);
    let left = |support: &Support| matches!(support, Support::One { side: Hand::Left, .. });
    assert!(diff.differences().iter().all(|d| left(&d.shown.support)));
}

#[tokio::test(start_paused = true)]
async fn what_both_may_do_is_told_as_such() {
    let diff = compared(reference(None), reference(Some("constraints-validation-exception"))).await;
    let differences = diff.differences();
    assert!(!differences.is_empty());
    assert!(differences.iter().all(|d| d.shown.support == Support::Either), "{:?}", kinds(&diff));
    let text = diff_text(&diff, &targets(), Style::default());
    assert!(text.contains("  contract     allows both, or does not say\n"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn what_does_not_come_back_does_not_count() {
    let cases = every(5);
    let lefts = fired(reference(None), &cases).await;
    let rights = fired(reference(Some("get-lacks-state")), &cases).await;
    let plan = plan();
    let mut diff = Diff::default();
    diff.add(&plan, cases.iter().map(|place| (&lefts[place], &rights[place])));
    let mut tried = Vec::new();
    while let [place] = diff.untried(&plan)[..] {
        tried.push(place);
        diff.tried_again(&plan, &lefts[&place], &lefts[&place]);
    }
    assert_eq!(tried.len(), 4, "where one case does not show it again, another may");
    assert!(!diff.any() && diff.untried(&plan).is_empty());
    let text = diff_text(&diff, &targets(), Style::default());
    assert!(text.starts_with("note seen after others, not when fired alone: member::State::only-left\n"), "{text}");
    assert!(text.lines().last().is_some_and(|l| l.starts_with("ALIKE: a and b: 0 kinds")), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_document_has_all_of_it() {
    let diff = compared(reference(None), reference(Some("get-lacks-state"))).await;
    let document = DiffDocument::new(&diff, &targets());
    assert_eq!((document.left.as_str(), document.compared), ("a", diff.compared));
    let [one] = document.differences.as_slice() else { panic!("{:?}", document.differences) };
    assert_eq!((one.id.as_str(), one.supports.as_str()), ("member::State::only-left", "left"));
    assert_eq!(one.operations, ["get-event-source-mapping"]);
    assert!(one.requirement.as_ref().is_some_and(|r| r.contains("State")) && one.cases > 1);
    let form = serde_json::to_value(schemars::schema_for!(DiffDocument)).expect("a schema");
    let form = jsonschema::validator_for(&form).expect("a schema");
    assert!(form.is_valid(&serde_json::to_value(&document).expect("JSON")));
}

#[tokio::test(start_paused = true)]
async fn a_recorded_run_is_a_side_too() {
    let cases = every(20);
    let target = Target::service(Reference::new(reference(None)), Settings::default()).expect("a target");
    let (_sender, stop) = tokio::sync::watch::channel(false);
    let mut written = Vec::new();
    let mut recorder = Recorder::new(&mut written, &plan(), &PlanOptions::default(), Secrets::default());
    let runner = Runner::new(plan(), target, options());
    let ended = runner.run(&cases, stop, |event| recorder.add(&plan(), &event)).await;
    recorder.end(&ended).expect("memory");
    let source = Source { name: "run.ndjson".to_owned(), text: String::from_utf8(written).expect("text") };
    let recorded = recording::results(&Files::Embedded, &source).expect("a recording");
    assert_eq!(recorded.results.len(), cases.len());
    let plan = Arc::new(recorded.plan);
    let rights = fired(reference(Some("get-lacks-state")), &cases).await;
    let mut diff = Diff::default();
    diff.add(&plan, recorded.results.iter().map(|left| (left, &rights[&left.index])));
    assert_eq!(kinds(&diff), ["member::State::only-left"]);
}

fn targets() -> DiffTargets<'static> {
    DiffTargets { names: ["a".to_owned(), "b".to_owned()], curl: [None, None] }
}
