//! Targets that a case spoils for the cases after it: that case is told, and the others are judged
//! as if it had not been.

use std::collections::BTreeSet;
use std::sync::Mutex;

use bytes::Bytes;
use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

use super::tidy::refusal;
use crate::harness::testing::{Bent, Ran, cases, every, options, plan, run};
use crate::plan::case::Case;
use crate::reference::{Options, Reference, Response, find_defect};
use crate::report::Exit;
use crate::run::{Confirm, RunOptions};
use crate::wire::target::{Settings, Target};

const MAPPINGS: &str = "/2015-03-31/event-source-mappings";
const NO_5XX: &str = "update-event-source-mapping::protocol::no-server-error::answer::server-error";
const CRASHED: &str = "update-event-source-mapping::request::BatchSize::range::min::range::crashed";

type Hand = fn(&http::Request<Bytes>, &Reference, &mut BTreeSet<String>) -> Option<Response>;

/// The reference with a hand that knows which mappings are spoilt, by path.
fn spoiling(hand: Hand) -> Bent {
    let spoilt = Mutex::new(BTreeSet::new());
    Bent::new(
        Reference::new(Options::default()),
        move |_, request, reference| hand(request, reference, &mut spoilt.lock().expect("a lock")),
    )
}

/// The path of an update of a mapping, and what it sends as BatchSize.
fn update(request: &http::Request<Bytes>) -> Option<(String, Option<Value>)> {
    let path = request.uri().path();
    let body: Option<Value> = serde_json::from_slice(request.body()).ok();
    (request.method() == "PUT" && path.starts_with(MAPPINGS)).then(|| {
        (
            path.to_owned(),
            body.and_then(|body| body.get("BatchSize").cloned()),
        )
    })
}

fn out_of_range(size: &Value) -> bool {
    size.as_f64()
        .is_some_and(|size| !(1.0..=10_000.0).contains(&size))
}

/// What an update would be answered that changes nothing.
fn accepted(reference: &Reference, path: &str) -> Option<Response> {
    let read = http::Request::builder()
        .method("GET")
        .uri(path)
        .body(Bytes::new())
        .ok()?;
    let mut response = reference.answer(read);
    response.status = if response.status == 200 {
        202
    } else {
        return None;
    };
    Some(response)
}

/// After a BatchSize out of range, which is accepted, every update of the mapping is answered with
/// 500.
fn breaks_for_good(
    request: &http::Request<Bytes>,
    reference: &Reference,
    spoilt: &mut BTreeSet<String>,
) -> Option<Response> {
    let (path, size) = update(request)?;
    if spoilt.contains(&path) {
        return Some(refusal(500, "ServiceException"));
    }
    let response =
        accepted(reference, &path).filter(|_| size.is_some_and(|size| out_of_range(&size)))?;
    spoilt.insert(path);
    Some(response)
}

/// A BatchSize that is a text is accepted; from then on every answer about the mapping shows it as
/// one.
fn shows_a_text(
    request: &http::Request<Bytes>,
    reference: &Reference,
    spoilt: &mut BTreeSet<String>,
) -> Option<Response> {
    let path = request.uri().path().to_owned();
    let text = update(request)
        .and_then(|(_, size)| size)
        .is_some_and(|size| size.is_string());
    let mut response = match accepted(reference, &path).filter(|_| text) {
        Some(response) => {
            spoilt.insert(path.clone());
            response
        }
        None => reference.answer(request.clone()),
    };
    if spoilt.contains(&path) && response.status < 300 {
        let mut document: Value = serde_json::from_slice(&response.body).expect("JSON");
        document["BatchSize"] = Value::from("7");
        response.body = document.to_string().into();
    }
    Some(response)
}

/// A BatchSize out of range is refused as it should be, but every later update of the mapping is
/// answered with 500.
fn breaks_in_silence(
    request: &http::Request<Bytes>,
    _: &Reference,
    spoilt: &mut BTreeSet<String>,
) -> Option<Response> {
    let (path, size) = update(request)?;
    if spoilt.contains(&path) {
        return Some(refusal(500, "ServiceException"));
    }
    if size.is_some_and(|size| out_of_range(&size)) {
        spoilt.insert(path);
    }
    None
}

/// Every value out of range crashes the service, and the mapping stays broken.
fn crashes_for_good(
    request: &http::Request<Bytes>,
    _: &Reference,
    spoilt: &mut BTreeSet<String>,
) -> Option<Response> {
    let (path, size) = update(request)?;
    if size.is_some_and(|size| out_of_range(&size)) {
        spoilt.insert(path.clone());
    }
    spoilt
        .contains(&path)
        .then(|| refusal(500, "ServiceException"))
}

/// Cases of every kind, those that spoil among them.
fn some() -> Vec<usize> {
    let mut some = every(23);
    some.extend(
        cases(|case| case.id.as_str().contains("BatchSize"), 60)
            .into_iter()
            .step_by(2),
    );
    some.sort_unstable();
    some.dedup();
    some
}

fn masked(ran: &Ran) -> usize {
    ran.summary
        .verdicts
        .get("masked")
        .copied()
        .unwrap_or_default()
}

fn ids(ran: &Ran) -> Vec<String> {
    let mut ids: Vec<String> = ran.summary.found.keys().cloned().collect();
    ids.sort();
    ids
}

#[tokio::test]
async fn what_breaks_a_mapping_for_good_is_all_that_is_found() {
    let ran = run(spoiling(breaks_for_good).target(), &some(), options()).await;
    assert_eq!(
        (ran.exit, masked(&ran)),
        (Exit::Findings, 0),
        "{}",
        ran.text
    );
    // A sequence that goes on after it meets the failures itself.
    let alone = |index: usize| plan().cases[index].subject().is_some();
    let causes = ran.summary.found.values().filter(|found| alone(found.case));
    let strays: Vec<String> = causes
        .map(|c| c.finding.id())
        .filter(|id| !id.ends_with("::accepted"))
        .collect();
    assert!(
        strays.is_empty() && !ids(&ran).is_empty(),
        "{strays:?} in {}",
        ran.text
    );
    assert!(
        ran.text.contains("no valid update put the resource right"),
        "{}",
        ran.text
    );
}

#[tokio::test]
async fn what_is_shown_from_then_on_is_found_once() {
    let ran = run(spoiling(shows_a_text).target(), &some(), options()).await;
    assert_eq!(
        (ran.exit, masked(&ran)),
        (Exit::Findings, 0),
        "{}",
        ran.text
    );
    let accepted = ran
        .summary
        .found
        .values()
        .find(|c| c.finding.id().ends_with("::accepted"))
        .expect("a finding");
    for found in ran.summary.found.values() {
        assert!(
            found.count <= accepted.count + 1,
            "{} {}",
            found.finding.id(),
            ran.text
        );
    }
}

#[tokio::test]
async fn a_case_that_breaks_a_mapping_in_silence_is_named() {
    let ran = run(spoiling(breaks_in_silence).target(), &some(), options()).await;
    assert_eq!(
        (ran.exit, masked(&ran)),
        (Exit::Findings, 0),
        "{}",
        ran.text
    );
    // Only a sequence goes on after such a request, and then another such one is answered with 500
    // too.
    assert_eq!(ids(&ran), [NO_5XX, CRASHED], "{}", ran.text);
    let alone = |index: usize| plan().cases[index].subject().is_some();
    let by_themselves: Vec<String> = ran
        .summary
        .found
        .values()
        .filter(|found| alone(found.case))
        .map(|found| found.finding.id())
        .collect();
    assert_eq!(by_themselves, [NO_5XX], "{}", ran.text);
    let named = ran
        .text
        .lines()
        .any(|line| line.contains("note after") && line.contains("BatchSize::range"));
    assert!(named, "{}", ran.text);
    // By itself no request shows it: the case before it is what does.
    let confirm = Confirm {
        tries: 2,
        ..Confirm::default()
    };
    let ran = run(
        spoiling(breaks_in_silence).target(),
        &some(),
        RunOptions {
            confirm,
            ..options()
        },
    )
    .await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
}

#[tokio::test]
async fn a_crash_that_breaks_a_mapping_masks_nothing_after_it() {
    let ran = run(spoiling(crashes_for_good).target(), &some(), options()).await;
    assert_eq!(
        (ran.exit, masked(&ran)),
        (Exit::Findings, 0),
        "{}",
        ran.text
    );
    // What crashes are the values out of range, on either side, and nothing after them.
    let crashes =
        |id: &String| id.contains("::request::BatchSize::range::") && id.ends_with("::crashed");
    let (crashed, others): (Vec<String>, Vec<String>) = ids(&ran).into_iter().partition(crashes);
    assert_eq!(others, [NO_5XX], "{}", ran.text);
    for side in [CRASHED, &CRASHED.replace("::min::", "::max::")] {
        assert!(
            crashed.iter().any(|id| id == side),
            "no {side} in {}",
            ran.text
        );
    }
    // One check of the range fails for both sides.
    assert!(
        ran.text.contains("1 cause of what is wrong"),
        "{}",
        ran.text
    );
}

/// Where every update crashes from the start, nothing was spoilt, and nothing is made anew for each
/// case.
#[tokio::test]
async fn what_never_worked_was_not_spoilt() {
    let bent = Bent::new(Reference::new(Options::default()), |_, request, _| {
        update(request).map(|_| refusal(500, "ServiceException"))
    });
    let whole = RunOptions {
        thorough: true,
        ..options()
    };
    let ran = run(bent.target(), &some(), whole).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert!(
        masked(&ran) > 100 && !ran.text.contains("took its place"),
        "{}",
        ran.text
    );
    assert!(
        bent.reference.requests() < 40 * 4 + 8 * some().len() as u64,
        "{}",
        bent.reference.requests()
    );
    assert_eq!(bent.reference.leftovers(), Vec::<String>::new());
}

/// Deletions that fail leave their mappings behind: it is right to refuse others in their place,
/// and they can be updated.
#[tokio::test]
async fn what_a_failed_deletion_leaves_is_nobody_elses_fault() {
    let sequences = cases(|case| case.subject().is_none(), 60);
    for failing in [2, 1] {
        let count = Mutex::new(0);
        let bent = Bent::new(Reference::new(Options::default()), move |_, request, _| {
            let deletes =
                request.method() == "DELETE" && request.uri().path().starts_with(MAPPINGS);
            let mut count = count.lock().expect("a lock");
            *count += u32::from(deletes);
            (deletes && count.is_multiple_of(failing)).then(|| refusal(500, "ServiceException"))
        });
        let ran = run(bent.target(), &sequences, options()).await;
        assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
        let strays: Vec<String> = ids(&ran)
            .into_iter()
            .filter(|id| !id.contains("no-server-error"))
            .collect();
        assert!(strays.is_empty(), "{strays:?} in {}", ran.text);
    }
}

/// A control that fails now and then is a finding, and keeps no case from its verdict.
#[tokio::test]
async fn what_comes_and_goes_masks_nothing() {
    let count = Mutex::new(0);
    let bent = Bent::new(Reference::new(Options::default()), move |_, request, _| {
        let (_, size) = update(request)?;
        let mut count = count.lock().expect("a lock");
        *count += u32::from(size.is_some());
        (*count % 100 == 50).then(|| refusal(500, "ServiceException"))
    });
    let ran = run(bent.target(), &every(7), options()).await;
    assert_eq!(
        (ran.exit, masked(&ran)),
        (Exit::Findings, 0),
        "{}",
        ran.text
    );
    assert_eq!(ids(&ran), [NO_5XX], "{}", ran.text);
}

/// The same cases in another order.
fn shuffled(seed: u64) -> Vec<usize> {
    let mut some = some();
    some.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    some
}

/// The order of the cases changes neither what is found nor what is masked.
#[tokio::test]
async fn the_order_of_the_cases_changes_no_verdict() {
    let hands: [Hand; 4] = [
        breaks_for_good,
        shows_a_text,
        breaks_in_silence,
        crashes_for_good,
    ];
    let defects = [
        "batch-size-min-zero",
        "function-not-stored",
        "batch-size-not-stored",
    ];
    let bent =
        hands.map(|hand| -> Box<dyn Fn() -> Target> { Box::new(move || spoiling(hand).target()) });
    let defective = defects.map(|id| -> Box<dyn Fn() -> Target> {
        Box::new(move || {
            let reference = Reference::new(Options {
                defect: find_defect(id),
                ..Options::default()
            });
            Target::service(reference, Settings::default()).expect("a target")
        })
    });
    for (number, target) in bent.into_iter().chain(defective).enumerate() {
        let mut known: Option<(Vec<String>, usize)> = None;
        for seed in 0..3 {
            let ran = run(target(), &shuffled(seed), options()).await;
            let came_to = (ids(&ran), masked(&ran));
            let known = known.get_or_insert_with(|| came_to.clone());
            assert_eq!(*known, came_to, "target {number}, order {seed}");
        }
    }
}

/// What conforms is sent nothing that is not in the plan.
#[tokio::test]
async fn what_conforms_is_not_put_back() {
    let reference = Reference::new(Options::default());
    let target = Target::service(reference, Settings::default()).expect("a target");
    let ran = run(target, &every(3), options()).await;
    assert_eq!(ran.exit, Exit::Conforms, "{}", ran.text);
    let of = |case: &Case| case.id.to_string();
    assert!(
        !ran.text.contains("put the resource right"),
        "{} {}",
        of(&plan().cases[0]),
        ran.text
    );
}

/// What a probe may send is no fault, and what it stores may be one: the mapping is put back all
/// the same.
#[tokio::test]
async fn what_a_probe_stores_is_no_other_cases_fault() {
    let defect = find_defect("batch-size-min-zero");
    let bent = Bent::new(
        Reference::new(Options {
            defect,
            ..Options::default()
        }),
        |_, request, reference| {
            let (_, size) = update(request)?;
            let half = size.is_some_and(|size| size.as_f64() == Some(0.5));
            half.then(|| {
                reference.answer(
                    request
                        .clone()
                        .map(|_| Bytes::from_static(br#"{"BatchSize": 0}"#)),
                )
            })
        },
    );
    let half = cases(
        |case| case.id.as_str().ends_with("numbers::half-a-record"),
        1,
    );
    assert_eq!(half.len(), 1);
    let names = |case: &Case| format!("{:?}", case.given()).contains("BatchSize");
    let others = cases(
        |case| {
            case.id
                .as_str()
                .contains("FunctionName::pattern::refuses::arn")
                && !names(case)
        },
        5,
    );
    assert!(!others.is_empty());
    let alone = run(bent.clone().target(), &half, options()).await;
    let both = run(bent.target(), &[half, others].concat(), options()).await;
    assert!(
        ids(&alone)
            .iter()
            .any(|id| id.contains("BatchSize::range::min")),
        "{}",
        alone.text
    );
    assert_eq!(ids(&alone), ids(&both), "{}", both.text);
}
