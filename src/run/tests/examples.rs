//! The case that a finding is printed with: the plainest that shows it by itself, or the fewest
//! that do together.

use crate::harness::testing::{Bent, Ran, cases, every, options, plan, run};
use crate::judge::Role;
use crate::plan::case::{Case, Expect, Origin};
use crate::reference::{Options, Reference, find_defect};
use crate::run::{Confirm, Confirmation, RunOptions};
use crate::wire::target::{Settings, Target};

async fn confirmed(target: Target, cases: &[usize]) -> Ran {
    let confirm = Confirm {
        tries: 2,
        ..Confirm::default()
    };
    run(
        target,
        cases,
        RunOptions {
            confirm,
            ..options()
        },
    )
    .await
}

fn shown(ran: &Ran, end: &str) -> Case {
    let found = ran
        .summary
        .found
        .iter()
        .find(|(id, _)| id.ends_with(end))
        .map(|(_, found)| found);
    let found = found.unwrap_or_else(|| panic!("no {end} in {}", ran.text));
    plan().cases[found.case].clone()
}

/// What every answer shows is shown by a plain update, whichever case came first.
#[tokio::test]
async fn what_every_answer_shows_is_shown_by_a_plain_update() {
    let mut backwards = every(9);
    backwards.reverse();
    for cases in [every(9), backwards] {
        let bent = Bent::new(
            Reference::new(Options::default()),
            |_, request, reference| {
                let mut response = reference.answer(request.clone());
                if request.method() == "PUT" && response.status < 300 {
                    response.set_header("content-type", "text/html");
                }
                Some(response)
            },
        );
        let ran = confirmed(bent.target(), &cases).await;
        let case = shown(&ran, "protocol::content-type::answer::content-type");
        assert_eq!(
            (case.expect(), &case.origin),
            (&Expect::Accept, &Origin::Derived),
            "{}",
            case.id
        );
        assert!(
            case.subject().is_some() && case.is_of_usual_path(),
            "{}",
            case.id
        );
        assert!(!ran.text.contains("tried again"), "{}", ran.text);
    }
}

/// The plainest case does not show it by itself, since it only came after another: one that does
/// takes its place.
#[tokio::test]
async fn a_case_that_does_not_show_it_is_not_printed() {
    // The ninth update of a mapping, and all of those that disable it, are answered as something
    // else.
    let seen = std::sync::Mutex::new(std::collections::BTreeMap::<String, u32>::new());
    let bent = Bent::new(
        Reference::new(Options::default()),
        move |_, request, reference| {
            let mut response = reference.answer(request.clone());
            let path = request.uri().path().to_owned();
            if request.method() == "PUT" && response.status < 300 {
                let mut seen = seen.lock().expect("a lock");
                let count = seen.entry(path).or_default();
                *count += 1;
                let disables = request
                    .body()
                    .windows(15)
                    .any(|w| w == b"\"Enabled\":false")
                    && request.body().len() > 40;
                if *count == 9 || disables {
                    response.set_header("content-type", "text/html");
                }
            }
            Some(response)
        },
    );
    let ran = confirmed(bent.target(), &every(5)).await;
    let id = "update-event-source-mapping::protocol::content-type::answer::content-type";
    let retried = &ran.summary.retried[id];
    let found = &ran.summary.found[id];
    assert_eq!(
        retried.confirmation,
        Confirmation::Confirmed,
        "{}",
        ran.text
    );
    assert_eq!(
        retried.shown.as_ref().map(|shown| shown.index),
        Some(found.case)
    );
    let sent = found
        .observation
        .at(found.finding.role)
        .expect("an exchange");
    assert!(
        sent.answer()
            .is_some_and(|a| a.header("content-type") == Some("text/html"))
    );
}

/// No case shows it by itself: the one that has to come before it is named, and the command fires
/// both.
#[tokio::test]
async fn the_fewest_cases_before_it_are_named() {
    let some = cases(
        |case| case.subject().is_some() && case.id.as_str().contains("BatchSize"),
        40,
    );
    // The first update of a mapping after one that was refused is labelled as something else.
    let refused = std::sync::Mutex::new(std::collections::BTreeSet::<String>::new());
    let bent = Bent::new(
        Reference::new(Options::default()),
        move |_, request, reference| {
            let mut response = reference.answer(request.clone());
            if request.method() == "PUT" {
                let mut refused = refused.lock().expect("a lock");
                let path = request.uri().path().to_owned();
                if response.status == 400 {
                    refused.insert(path);
                } else if refused.remove(&path) {
                    response.set_header("content-type", "text/html");
                }
            }
            Some(response)
        },
    );
    let ran = confirmed(bent.target(), &some).await;
    let retried = &ran.summary.retried["update-event-source-mapping::protocol::content-type::answer::content-type"];
    let Confirmation::AfterOthers(before) = &retried.confirmation else {
        panic!("{retried:?} in {}", ran.text)
    };
    assert_eq!(before.len(), 1, "{before:?}");
    let line = format!("again        proofmark run --exact {} ", before[0]);
    assert!(ran.text.contains(&line), "no `{line}` in {}", ran.text);
    let told = format!(
        "tried again  not by itself: it came back after {}",
        before[0]
    );
    assert!(ran.text.contains(&told), "no `{told}` in {}", ran.text);
}

/// What is printed shows it alone: while a finding is tried, no mapping of the run is there that
/// could show it instead.
#[tokio::test]
async fn nothing_of_the_run_stands_beside_what_is_tried() {
    let defect = find_defect("list-filters-by-first-function");
    let reference = Reference::new(Options {
        defect,
        ..Options::default()
    });
    let target = Target::service(reference, Settings::default()).expect("a target");
    let some = cases(
        |case| case.id.as_str().contains("function-stored") || case.subject().is_none(),
        40,
    );
    let confirm = Confirm {
        tries: 2,
        ..Confirm::default()
    };
    let ran = run(
        target,
        &some,
        RunOptions {
            confirm,
            shrink: 200,
            ..options()
        },
    )
    .await;
    let lists =
        |id: &&String| id.starts_with("list-event-source-mappings::rule::shows-each-once::");
    let found: Vec<&String> = ran.summary.found.keys().filter(lists).collect();
    assert!(!found.is_empty(), "{}", ran.text);
    for id in found {
        let cause = &ran.summary.found[id];
        let Role::Step(at) = cause.finding.role else {
            panic!("{id} in {}", ran.text)
        };
        let mut before = cause.observation.fired.iter().take(at);
        assert!(
            before.any(|fired| fired.exchange.request.method == "PUT"),
            "{id}: no update before the list"
        );
    }
}
