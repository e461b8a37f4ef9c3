//! Targets with one fault, or two, and how many causes a report tells of each: one for each fix
//! that would mend them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{LazyLock, Mutex, OnceLock};

use bytes::Bytes;
use serde_json::{Map, Value};

use super::{PLAIN, error, ran, some, told, without};
use crate::harness::testing::Bent;
use crate::reference::{Clock, Options, Reference, Response, find_defect};
use crate::report::document::Report;

type Request = http::Request<Bytes>;
/// Answers the requests that it wants to.
type Hand = Box<dyn Fn(&Request, &Reference) -> Option<Response> + Send + Sync>;

/// A target, and what is to be told of it.
struct Row {
    says: &'static str,
    /// The defects of the reference behind the hand.
    defects: &'static [&'static str],
    hand: fn() -> Hand,
    /// How many causes there are.
    causes: std::ops::RangeInclusive<usize>,
    /// What each of these identities is part of: a cause of its own.
    ids: &'static [&'static str],
}

const ONE: &[Row] = &[
    Row {
        says: "every update is refused with 403",
        defects: &[],
        hand: || updates(|_, _| Some(error(403, "AccessDeniedException"))),
        causes: 1..=1,
        ids: &["cause::every-update::refused"],
    },
    Row {
        says: "every update is sent to another path",
        defects: &[],
        hand: || {
            updates(|_, _| {
                let mut answer = Response::new(308, "text/html", "");
                answer.headers.push((
                    "location".to_owned(),
                    "/v2/event-source-mappings/".to_owned(),
                ));
                Some(answer)
            })
        },
        causes: 1..=1,
        ids: &["cause::every-update::redirected"],
    },
    Row {
        says: "every update is answered {}",
        defects: &[],
        hand: || updates(|_, _| Some(Response::new(202, PLAIN, "{}"))),
        causes: 1..=3,
        ids: &["cause::same-answer"],
    },
    Row {
        says: "every answer about mappings but a creation's is {}",
        defects: &[],
        hand: || {
            all(|request, answer| {
                if request.method() != "POST" {
                    answer.body = Bytes::from_static(b"{}")
                }
            })
        },
        causes: 1..=3,
        ids: &[],
    },
    Row {
        says: "BatchSize is never read",
        defects: &[],
        hand: || updates(|request, reference| without("BatchSize", request, reference)),
        causes: 1..=1,
        ids: &["cause::ignored::BatchSize"],
    },
    Row {
        says: "Enabled is never read",
        defects: &[],
        hand: || updates(|request, reference| without("Enabled", request, reference)),
        causes: 1..=1,
        ids: &["cause::ignored::Enabled"],
    },
    Row {
        says: "FunctionName is never read",
        defects: &[],
        hand: || updates(|request, reference| without("FunctionName", request, reference)),
        causes: 1..=1,
        ids: &["cause::ignored::FunctionName"],
    },
    Row {
        says: "what is not stored is not echoed either",
        defects: &["function-not-stored"],
        hand: none,
        causes: 1..=1,
        ids: &["cause::stored::FunctionName"],
    },
    Row {
        says: "every answer is labelled as HTML",
        defects: &[],
        hand: || all(|_, answer| label(answer, "text/html")),
        causes: 1..=1,
        ids: &["content-type"],
    },
    Row {
        says: "after an update that disables a mapping its updates are answered 500",
        defects: &[],
        hand: || poisoned(|body| body.get("Enabled") == Some(&Value::Bool(false))),
        causes: 1..=1,
        ids: &["cause::crash"],
    },
    Row {
        says: "BatchSize 0 is accepted, and then updates of the mapping are answered 500",
        defects: &["batch-size-min-zero"],
        hand: || poisoned(|body| body.get("BatchSize").is_some_and(|n| n.as_i64() == Some(0))),
        causes: 1..=2,
        ids: &["cause::accepted::request::BatchSize::range::min"],
    },
    Row {
        says: "every DELETE is answered 500",
        defects: &[],
        hand: || {
            of("DELETE", |_, _| {
                Some(Response::new(500, PLAIN, r#"{"message":"no"}"#))
            })
        },
        causes: 1..=1,
        ids: &["cause::crash::delete"],
    },
    Row {
        says: "every DELETE is carried out and answered 500",
        defects: &[],
        hand: || {
            of("DELETE", |request, reference| {
                let _ = reference.answer(request.clone());
                Some(Response::new(500, PLAIN, r#"{"message":"no"}"#))
            })
        },
        causes: 1..=1,
        ids: &["cause::crash::delete"],
    },
    Row {
        says: "a read of what does not exist is answered 200 and {}",
        defects: &[],
        hand: || {
            of("GET", |request, reference| {
                let answer = reference.answer(request.clone());
                (answer.status == 404).then(|| Response::new(200, PLAIN, "{}"))
            })
        },
        causes: 1..=1,
        ids: &["rule::unknown-mapping"],
    },
    Row {
        says: "BatchSize is null in every answer",
        defects: &[],
        hand: || {
            members(|of| {
                of.get_mut("BatchSize")
                    .into_iter()
                    .for_each(|value| *value = Value::Null)
            })
        },
        causes: 1..=1,
        ids: &["BatchSize"],
    },
    Row {
        says: "several members are null in every answer",
        defects: &[],
        hand: || {
            members(|of| {
                for name in [
                    "BatchSize",
                    "FunctionArn",
                    "StateTransitionReason",
                    "LastModified",
                ] {
                    of.get_mut(name)
                        .into_iter()
                        .for_each(|value| *value = Value::Null);
                }
            })
        },
        causes: 1..=1,
        ids: &["cause::answer::members::missing"],
    },
    Row {
        says: "numbers are strings in every answer",
        defects: &[],
        hand: || {
            members(|of| {
                let numbers = of.values_mut().filter(|value| value.is_number());
                numbers.for_each(|value| *value = Value::String(value.to_string()));
            })
        },
        causes: 1..=1,
        ids: &["wrong-type"],
    },
    Row {
        says: "the error type stands in the header alone",
        defects: &[],
        hand: || {
            errors(|answer, mut body| {
                body.remove("__type");
                answer.body = Value::Object(body).to_string().into();
            })
        },
        causes: 0..=0,
        ids: &[],
    },
    Row {
        says: "the error type stands in the body alone",
        defects: &[],
        hand: || {
            errors(|answer, mut body| {
                let kind = kind(answer);
                answer
                    .headers
                    .retain(|(name, _)| !name.eq_ignore_ascii_case(ERROR_TYPE));
                body.insert("__type".to_owned(), kind.into());
                answer.body = Value::Object(body).to_string().into();
            })
        },
        causes: 0..=0,
        ids: &[],
    },
    Row {
        says: "the error type stands where nobody looks for it",
        defects: &[],
        hand: || {
            errors(|answer, mut body| {
                let kind = kind(answer);
                answer
                    .headers
                    .retain(|(name, _)| !name.eq_ignore_ascii_case(ERROR_TYPE));
                body.remove("__type");
                body.insert("error".to_owned(), kind.into());
                answer.body = Value::Object(body).to_string().into();
            })
        },
        causes: 1..=1,
        ids: &["no-error-type"],
    },
    Row {
        says: "every 404 names a type of its own",
        defects: &[],
        hand: || {
            all(|_, answer| {
                if answer.status == 404 {
                    named(answer, "NotFoundException")
                }
            })
        },
        causes: 1..=1,
        ids: &["cause::refusals"],
    },
    Row {
        says: "every refusal names one type of its own",
        defects: &[],
        hand: || {
            all(|_, answer| {
                if answer.status >= 400 {
                    named(answer, "BadRequest")
                }
            })
        },
        causes: 1..=1,
        ids: &["cause::every-refusal"],
    },
    Row {
        says: "a refused update is stored in part",
        defects: &["refused-for-function-stored"],
        hand: none,
        causes: 1..=1,
        ids: &["cause::changed-by-refusal"],
    },
];

const TWO: &[Row] = &[
    Row {
        says: "an update refused for its function is stored in part, and that refusal has a wrong type",
        defects: &["refused-for-function-stored"],
        hand: || {
            updates(|request, reference| {
                let mut answer = reference.answer(request.clone());
                let text = String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
                if answer.status >= 400 && text.contains("function") {
                    answer.status = 409;
                    named(&mut answer, "ResourceConflictException");
                }
                Some(answer)
            })
        },
        causes: 2..=2,
        ids: &["cause::changed-by-refusal", "cause::refusals"],
    },
    Row {
        says: "an update refused for its function is stored in part, and answers show another BatchSize",
        defects: &["refused-for-function-stored", "answer-batch-size-constant"],
        hand: none,
        causes: 2..=2,
        ids: &["cause::changed-by-refusal", "cause::stored::BatchSize"],
    },
    Row {
        says: "an update refused for a type is stored in part, and one bound is missing",
        defects: &["refused-for-type-stored", "batch-size-min-zero"],
        hand: none,
        causes: 2..=2,
        ids: &[
            "cause::changed-by-refusal",
            "cause::accepted::request::BatchSize::range::min",
        ],
    },
    Row {
        says: "one bound is missing, and every DELETE is answered 500",
        defects: &["batch-size-min-zero"],
        hand: || {
            of("DELETE", |_, _| {
                Some(Response::new(500, PLAIN, r#"{"message":"no"}"#))
            })
        },
        causes: 2..=2,
        ids: &[
            "cause::accepted::request::BatchSize::range::min",
            "cause::crash::delete",
        ],
    },
    Row {
        says: "BatchSize is never read, and every answer is labelled as HTML",
        defects: &[],
        hand: || {
            updates(|request, reference| {
                let mut answer = without("BatchSize", request, reference)
                    .unwrap_or_else(|| reference.answer(request.clone()));
                label(&mut answer, "text/html");
                Some(answer)
            })
        },
        causes: 2..=2,
        ids: &["cause::ignored::BatchSize", "content-type"],
    },
    Row {
        says: "FunctionName is not stored, and every 404 names a type of its own",
        defects: &["function-not-stored"],
        hand: || {
            all(|_, answer| {
                if answer.status == 404 {
                    named(answer, "NotFoundException")
                }
            })
        },
        causes: 2..=2,
        ids: &["cause::stored::FunctionName", "cause::refusals"],
    },
    Row {
        says: "both bounds of a range are off by one",
        defects: &["batch-size-min-zero", "batch-size-max-10001"],
        hand: none,
        causes: 1..=2,
        ids: &["cause::accepted::request::BatchSize::range"],
    },
    Row {
        says: "BatchSize is null in every answer, and every DELETE is answered 500",
        defects: &[],
        hand: || {
            let null = members(|of| {
                of.get_mut("BatchSize")
                    .into_iter()
                    .for_each(|value| *value = Value::Null)
            });
            Box::new(move |request, reference| {
                match request.method() == "DELETE" && is_mappings(request) {
                    true => Some(Response::new(500, PLAIN, r#"{"message":"no"}"#)),
                    false => null(request, reference),
                }
            })
        },
        causes: 2..=2,
        ids: &["BatchSize", "cause::crash::delete"],
    },
];

const ERROR_TYPE: &str = "x-amzn-errortype";

#[test]
fn one_fault_is_one_cause() {
    holds(ONE);
}

#[test]
fn two_faults_are_two_causes() {
    holds(TWO);
}

#[test]
fn what_a_refused_update_changes_is_shown_by_it() {
    for row in ONE
        .iter()
        .chain(TWO)
        .filter(|row| row.ids.contains(&"cause::changed-by-refusal"))
    {
        let report = report(row);
        let cause = report
            .causes
            .iter()
            .find(|cause| cause.id.ends_with("cause::changed-by-refusal"))
            .expect(row.says);
        let shown = report.finding(&cause.shown_by).expect("a finding");
        assert_eq!(shown.symptom, "changed-by-refusal", "{}", row.says);
        assert!(
            shown.place.is_some() && !cause.follows.contains(&shown.id),
            "{}",
            row.says
        );
        assert_eq!(
            cause.promises,
            ["update-event-source-mapping::rule::refusal-changes-nothing"],
            "{}",
            row.says
        );
    }
}

fn holds(rows: &[Row]) {
    let mut wrong = String::new();
    for row in rows {
        let report = report(row);
        let of = |id: &&str| {
            report
                .causes
                .iter()
                .find(|cause| cause.id.contains(*id))
                .map(|cause| &cause.id)
        };
        let ids: BTreeSet<&String> = row.ids.iter().filter_map(of).collect();
        if !row.causes.contains(&report.causes.len()) || ids.len() != row.ids.len() {
            wrong += &format!(
                "{}: {} causes\n{}\n\n",
                row.says,
                report.causes.len(),
                told(report)
            );
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// What a run against the target of a row tells. There is one run for all tests of a row.
fn report(row: &Row) -> &'static Report {
    static REPORTS: LazyLock<BTreeMap<&str, OnceLock<Report>>> = LazyLock::new(|| {
        let rows = ONE.iter().chain(TWO);
        rows.map(|row| (row.says, OnceLock::new())).collect()
    });
    REPORTS[row.says].get_or_init(|| {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build();
        runtime.expect("a runtime").block_on(run(row))
    })
}

async fn run(row: &Row) -> Report {
    let defects: Vec<_> = row
        .defects
        .iter()
        .map(|id| find_defect(id).expect(id))
        .collect();
    let reference = Reference::with_defects(
        Options {
            clock: Clock::tokio(),
            ..Options::default()
        },
        &defects,
    );
    let hand = (row.hand)();
    ran(
        Bent::new(reference, move |_, request, reference| {
            hand(request, reference)
        })
        .target(),
        &some(),
    )
    .await
}

fn none() -> Hand {
    Box::new(|_, _| None)
}

fn is_mappings(request: &Request) -> bool {
    request.uri().path().contains("/event-source-mappings")
}

/// A hand on the requests of one method.
fn of(
    method: &'static str,
    hand: impl Fn(&Request, &Reference) -> Option<Response> + Send + Sync + 'static,
) -> Hand {
    Box::new(move |request, reference| {
        if request.method() == method && is_mappings(request) {
            hand(request, reference)
        } else {
            None
        }
    })
}

fn updates(
    hand: impl Fn(&Request, &Reference) -> Option<Response> + Send + Sync + 'static,
) -> Hand {
    of("PUT", hand)
}

/// Changes every answer about mappings.
fn all(change: impl Fn(&Request, &mut Response) + Send + Sync + 'static) -> Hand {
    Box::new(move |request, reference| {
        is_mappings(request).then(|| {
            let mut answer = reference.answer(request.clone());
            change(request, &mut answer);
            answer
        })
    })
}

/// Changes every mapping that answers show.
fn members(change: impl Fn(&mut Map<String, Value>) + Send + Sync + 'static) -> Hand {
    all(move |_, answer| {
        let Ok(Value::Object(mut body)) = serde_json::from_slice(&answer.body) else {
            return;
        };
        if answer.status >= 300 {
            return;
        }
        match body
            .get_mut("EventSourceMappings")
            .and_then(Value::as_array_mut)
        {
            Some(list) => list
                .iter_mut()
                .filter_map(Value::as_object_mut)
                .for_each(&change),
            None => change(&mut body),
        }
        answer.body = Value::Object(body).to_string().into();
    })
}

/// Changes every refusal.
fn errors(change: impl Fn(&mut Response, Map<String, Value>) + Send + Sync + 'static) -> Hand {
    all(move |_, answer| {
        if let (400.., Ok(Value::Object(body))) =
            (answer.status, serde_json::from_slice(&answer.body))
        {
            change(answer, body);
        }
    })
}

/// The type that a refusal names.
fn kind(answer: &Response) -> String {
    let header = answer
        .headers
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(ERROR_TYPE));
    header.map(|(_, value)| value.clone()).unwrap_or_default()
}

/// Gives a refusal another type.
fn named(answer: &mut Response, kind: &str) {
    answer
        .headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case(ERROR_TYPE));
    answer
        .headers
        .push((ERROR_TYPE.to_owned(), kind.to_owned()));
    answer.body = r#"{"Type":"User","message":"no"}"#.into();
}

fn label(answer: &mut Response, kind: &str) {
    answer
        .headers
        .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
    answer
        .headers
        .push(("content-type".to_owned(), kind.to_owned()));
}

/// Once an update has poisoned a mapping, every later one of it is answered 500.
fn poisoned(poisons: impl Fn(&Map<String, Value>) -> bool + Send + Sync + 'static) -> Hand {
    let poisoned: Mutex<BTreeSet<String>> = Mutex::default();
    updates(move |request, reference| {
        let mut poisoned = poisoned.lock().expect("a lock");
        let path = request.uri().path().to_owned();
        if poisoned.contains(&path) {
            return Some(Response::new(500, PLAIN, r#"{"message":"broken"}"#));
        }
        let answer = reference.answer(request.clone());
        let body: Option<Map<String, Value>> = serde_json::from_slice(request.body()).ok();
        if answer.status < 300 && body.is_some_and(|body| poisons(&body)) {
            poisoned.insert(path);
        }
        Some(answer)
    })
}
