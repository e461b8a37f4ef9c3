//! Each check of the model has a defect that it catches, and a sequence that shows it.

use std::sync::Arc;

use super::super::Symptom::{self, *};
use super::super::tests;
use crate::harness::testing::plan;
use crate::judge::{Judge, Memo, Observation, Role};
use crate::plan::{Plan, PlanOptions};
use crate::support::files::{Files, Source};

/// A defect, a sequence that meets it, and the finding at one of its exchanges.
async fn check(symptom: Symptom, defect: &str, sequence: &str, expected: &str) {
    tests::check(symptom, defect, &format!("sequences::{sequence}"), expected).await;
}

#[test]
fn orders_of_three() {
    let orders = super::writes::orders(&[1, 2, 3]);
    let distinct: std::collections::BTreeSet<Vec<&i32>> = orders.iter().cloned().collect();
    assert_eq!((orders.len(), distinct.len()), (6, 6));
    assert_eq!(orders[0], [&1, &2, &3], "the order sent");
    assert_eq!(super::writes::orders(&[0; 6]).len(), 2);
    assert_eq!(Role::Step(3).to_string(), "step");
}

/// A sequence that is judged as it is fired comes to what is judged of it in the end, and what is
/// remembered of one hides nothing that the next shows.
#[tokio::test]
async fn judged_as_it_is_fired() {
    let plan = plan();
    let judge = Judge::of(&plan);
    for (defect, sequence) in [
        (None, "values-last"),
        (Some("lost-after-refusal"), "after-refused-range-min"),
        (Some("list-twice"), "list-agrees"),
        (Some("answer-last-modified-in-milliseconds"), "values-last"),
    ] {
        let id = format!("sequences::{sequence}");
        let mut memo = Memo::default();
        for result in tests::results(defect, &[&id, &id]).await {
            let (case, seen) = (
                &plan.cases[result.index],
                result.observation.expect("exchanges"),
            );
            assert_eq!(
                result.judgement.findings.is_empty(),
                defect.is_none(),
                "{defect:?}"
            );
            assert_eq!(judge.judge(case, &seen), result.judgement, "{defect:?}");
            let mut model = judge.model(case, memo).expect("a sequence");
            let again = judge.judge_followed(case, &seen, Some(&mut model));
            memo = model.into_memo();
            assert_eq!(again.findings, result.judgement.findings, "{defect:?}");
            assert_eq!(again.verdict, result.judgement.verdict, "{defect:?}");
        }
    }
}

#[tokio::test]
async fn values_over_time() {
    let stored = "rule::batch-size-stored::valid::not-stored at step must";
    check(
        NotStored,
        "lost-after-refusal",
        "after-refused-range-min",
        stored,
    )
    .await;
    check(NotStored, "lost-after-100-updates", "many-updates", stored).await;
    check(
        NotStored,
        "concurrent-updates-lost",
        "members-at-the-same-time",
        stored,
    )
    .await;
    let kept = "rule::unsent-unchanged::valid::changed at step must";
    check(
        Changed,
        "batch-size-reset-by-disabling",
        "values-last",
        kept,
    )
    .await;
    let refused = "rule::refusal-changes-nothing::range::changed-by-refusal at step must";
    check(
        ChangedByRefusal,
        "refused-for-range-stored",
        "after-refused-range-min",
        refused,
    )
    .await;
}

/// Half of one update and half of another: either order leaves another promise broken, so that
/// neither is to blame.
#[tokio::test]
async fn what_no_order_explains() {
    let mixed = |seen: &mut Observation| {
        let last = tests::answer(&mut seen.fired.last_mut().expect("a read").exchange);
        let was = if String::from_utf8_lossy(&last.body).contains("\"Enabled\"") {
            "Enabled"
        } else {
            "Disabled"
        };
        tests::replace(
            last,
            was,
            if was == "Enabled" {
                "Disabled"
            } else {
                "Enabled"
            },
        );
    };
    let none = "rule::read-back::valid::read-disagrees at step must";
    tests::check_changed(
        ReadDisagrees,
        "sequences::one-member-at-the-same-time",
        mixed,
        none,
    )
    .await;
    // What is wrong in every order is that, whatever the order.
    let unheard = |seen: &mut Observation| {
        let last = tests::answer(&mut seen.fired.last_mut().expect("a read").exchange);
        for sent in ["3", "4", "5", "6"] {
            let from = format!("\"BatchSize\":{sent}");
            if String::from_utf8_lossy(&last.body).contains(&from) {
                tests::replace(last, &from, "\"BatchSize\":77");
            }
        }
    };
    let stored = "rule::batch-size-stored::valid::not-stored at step must";
    tests::check_changed(
        NotStored,
        "sequences::one-member-at-the-same-time",
        unheard,
        stored,
    )
    .await;
}

#[tokio::test]
async fn mappings_apart() {
    let apart = "rule::mappings-apart::valid::changed at step must";
    check(Changed, "batch-size-shared", "bystanders", apart).await;
    check(Changed, "shared-by-source", "two-on-one-queue", apart).await;
}

/// A target that takes an invalid name gives one resource what is another's: that it refuses to
/// give it twice is right.
#[tokio::test]
async fn a_conflict_with_what_should_have_been_refused() {
    let text = r#"
[[sequence]]
id = "conflict"
says = "The name of another mapping's function, after an invalid form of it"
why = "Each source has one mapping for each function"
basis = "inferred"
atoms = ["rule::mappings-apart"]
variant = "stream"
steps = [
  { create = "one", body = '{"EventSourceArn": "${spare_source_arn}", "FunctionName": "${function}", "StartingPosition": "LATEST"}' },
  { create = "two", body = '{"EventSourceArn": "${spare_source_arn}", "FunctionName": "${other_function}", "StartingPosition": "LATEST"}' },
  { update = "one", body = '{"FunctionName": "${account}:function/${sibling_function}"}', refused = "pattern" },
  { update = "two", body = '{"FunctionName": "${sibling_function}"}' },
]
"#;
    let options = PlanOptions {
        regressions: Some(Source {
            name: "conflict.toml".to_owned(),
            text: text.to_owned(),
        }),
        ..PlanOptions::default()
    };
    let plan = Arc::new(Plan::load(&Files::Embedded, &options).expect("a plan"));

    let ids = ["regressions::conflict"];
    let results = tests::results_of(plan, Some("function-word-slash"), &ids).await;
    let found = &results[0].judgement.findings;
    let found: Vec<String> = found.iter().map(|finding| finding.id()).collect();
    let accepted = "update-event-source-mapping::request::FunctionName::pattern::pattern::accepted";
    assert_eq!(found, [accepted]);
}

#[tokio::test]
async fn deletion() {
    let accepted = "rule::unknown-mapping::unknown-resource::accepted at step must";
    check(
        Accepted,
        "deleted-accepts-updates",
        "deleted-queue",
        accepted,
    )
    .await;
    let gone = "delete-event-source-mapping::rule::gone-in-the-end::valid::lingers at step must";
    check(Lingers, "deleted-still-read", "deleted-queue", gone).await;
    check(Lingers, "deleted-brought-back", "deleted-queue", gone).await;
    let listed = "list-event-source-mappings::rule::shows-each-once::valid::lingers at step must";
    check(Lingers, "list-shows-deleted", "deleted-queue", listed).await;
    let remembers =
        "create-event-source-mapping::rule::batch-size-stored::valid::not-stored at step must";
    check(
        NotStored,
        "recreated-remembers",
        "created-again-queue",
        remembers,
    )
    .await;
    let state =
        "create-event-source-mapping::rule::enabled-stored::valid::wrong-state at step must";
    check(
        WrongState,
        "recreated-disabled",
        "created-again-queue",
        state,
    )
    .await;
    let apart = "rule::mappings-apart::valid::changed at step must";
    check(Changed, "delete-disables-others", "two-on-one-queue", apart).await;
    let gone = "rule::read-back::valid::gone at step must";
    check(Gone, "delete-takes-all-of-source", "two-on-one-queue", gone).await;
}

#[tokio::test]
async fn lists() {
    let list = "list-event-source-mappings::rule::shows-each-once::valid";
    for (symptom, defect) in [
        (ReadDisagrees, "list-batch-size-constant"),
        (Missing, "list-empty"),
        (MemberTwice, "list-twice"),
    ] {
        check(
            symptom,
            defect,
            "list-agrees",
            &format!("{list}::{symptom} at step must"),
        )
        .await;
    }
    let filter = format!("{list}::out-of-contract at step must");
    check(OutOfContract, "list-filter-ignored", "list-agrees", &filter).await;
}

/// What a creation decides is the creation's to keep, and what it leaves out has its default.
#[tokio::test]
async fn creation() {
    let create = "create-event-source-mapping::rule";
    for (symptom, defect, sequence, rule) in [
        (
            WrongState,
            "create-ignores-disabled",
            "two-on-one-queue",
            "enabled-stored",
        ),
        (
            NotEchoed,
            "create-ignores-batch-size",
            "two-on-one-queue",
            "batch-size-stored",
        ),
        (
            NotEchoed,
            "create-default-batch-size-one",
            "defaults-queue",
            "batch-size-default-for-queues",
        ),
        (
            NotEchoed,
            "create-default-batch-size-of-queues",
            "defaults-stream",
            "batch-size-default-for-streams",
        ),
        (
            WrongState,
            "create-default-disabled",
            "defaults-queue",
            "enabled-by-default",
        ),
    ] {
        check(
            symptom,
            defect,
            sequence,
            &format!("{create}::{rule}::valid::{symptom} at step must"),
        )
        .await;
        let id = format!("sequences::{sequence}");
        for finding in tests::results(Some(defect), &[&id])
            .await
            .iter()
            .flat_map(|r| &r.judgement.findings)
        {
            assert!(
                finding.atom.as_str().starts_with("create-"),
                "{defect} is held against {}",
                finding.atom
            );
        }
    }
}

#[tokio::test]
async fn without_its_function() {
    let gone = "rule::read-back::valid::gone at step must";
    check(Gone, "get-needs-function", "function-deleted", gone).await;
    let refused = "delete-event-source-mapping::request::http::valid::refused at step must";
    check(
        Refused,
        "delete-needs-function",
        "function-deleted",
        refused,
    )
    .await;
    let state = "delete-event-source-mapping::rule::deleting::answer::wrong-state at step must";
    check(WrongState, "delete-shows-enabled", "deleted-queue", state).await;
}

/// One order explains what is shown once the qualifier is lost: that is the finding, and no race.
#[tokio::test]
async fn a_lost_qualifier_is_no_race() {
    let id = "sequences::qualifier-at-the-same-time";
    let results = tests::results(Some("latest-dropped"), &[id]).await;
    let found: Vec<String> = results
        .iter()
        .flat_map(|r| &r.judgement.findings)
        .map(|f| f.id())
        .collect();
    assert_eq!(
        found,
        ["update-event-source-mapping::rule::function-stored::valid::not-stored"]
    );
}
