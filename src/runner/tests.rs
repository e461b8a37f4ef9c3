//! Whole runs on the reference: the same bytes each time, the same verdicts under load, and the answers for review.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use serde_json::Value;
use tokio::sync::watch;

use super::{Event, RunOptions, Runner};
use crate::case::Expect;
use crate::exchange::{Exchange, Request};
use crate::reference::{Clock, Options, Reference};
use crate::target::{Clock as SigningClock, Settings, Target};
use crate::testing::{Bent, options, plan, snapshot};
use crate::verdict::{Observation, error_type};

/// What a service in this process was sent, and what each case says it sent. Requests that no HTTP server hands on to a
/// service are in the second alone.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sent {
    received: Vec<String>,
    exchanged: Vec<Request>,
}

fn exchanges(seen: &Observation) -> impl Iterator<Item = &Exchange> {
    let around = [&seen.twin, &seen.given, &seen.before, &seen.after, &seen.named];
    around.into_iter().flatten().chain(&seen.subject)
}

/// Everything that a run of those cases sends, at a time that does not depend on the machine's.
async fn sent(cases: &[usize]) -> Sent {
    let start = Duration::from_secs(1_449_844_011);
    let (clock, hands) = Clock::manual(start);
    let received = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&received);
    let service = Bent::new(Reference::new(Options { clock, ..Options::default() }), move |_, request, _| {
        // Time goes by with the requests: what waits for it waits for so many.
        hands.advance(Duration::from_millis(50));
        let line = format!("{} {} {:?} {:?}", request.method(), request.uri(), request.headers(), request.body());
        log.lock().expect("a log").push(line);
        None
    });
    let settings = Settings { clock: SigningClock::Fixed(UNIX_EPOCH + start), ..Settings::default() };
    let target = Target::service(service, settings).expect("a target");
    let mut sent = Sent::default();
    let (_sender, stop) = watch::channel(false);
    let runner = Runner::new(plan(), target, RunOptions { advance_timeout: Duration::from_secs(60), ..options() });
    let ended = runner.run(cases, stop, |event| {
        if let Event::Judged(result) = event {
            let seen = result.observation.as_ref();
            sent.exchanged.extend(seen.into_iter().flat_map(exchanges).map(|e| e.request.clone()));
        }
    });
    assert_eq!(ended.await.stopped, None);
    sent.received = std::mem::take(&mut *received.lock().expect("a log"));
    sent
}

fn assert_same(first: &Sent, second: &Sent) {
    assert!(first.received.len() > 100 && first.exchanged.len() > 100);
    for (a, b) in first.received.iter().zip(&second.received) {
        assert_eq!(a, b);
    }
    assert!(first == second);
}

#[tokio::test]
async fn some_cases_send_the_same_bytes_again() {
    let some: Vec<usize> = (0..plan().cases.len()).step_by(17).collect();
    assert_same(&sent(&some).await, &sent(&some).await);
}

#[tokio::test]
async fn the_whole_plan_sends_the_same_bytes_again() {
    let all: Vec<usize> = (0..plan().cases.len()).collect();
    assert_same(&sent(&all).await, &sent(&all).await);
}

/// For each case: its verdict, and its findings by identity.
async fn verdicts(reference: Options) -> BTreeMap<String, String> {
    let target = Target::service(Reference::new(reference), Settings::default()).expect("a target");
    let cases: Vec<usize> = (0..plan().cases.len()).collect();
    let mut verdicts = BTreeMap::new();
    let (_sender, stop) = watch::channel(false);
    let runner = Runner::new(plan(), target, RunOptions { advance_timeout: Duration::from_millis(2100), ..options() });
    let ended = runner.run(&cases, stop, |event| {
        if let Event::Judged(result) = event {
            let id = plan().cases[result.index].id.to_string();
            let findings: Vec<String> = result.judgement.findings.iter().map(|f| f.id()).collect();
            verdicts.insert(id, format!("{} {findings:?}", result.judgement.verdict.name()));
        }
    });
    let ended = ended.await;
    assert_eq!((ended.stopped, ended.leftovers), (None, Vec::new()));
    verdicts
}

#[tokio::test]
async fn a_target_that_throttles_gets_the_same_verdicts() {
    let free = verdicts(Options::default()).await;
    let throttled = verdicts(Options { throttle_every: Some(40), ..Options::default() }).await;
    assert_eq!(free.len(), plan().cases.len());
    for (id, verdict) in &free {
        assert_eq!(throttled.get(id), Some(verdict), "{id}");
    }
}

/// A value without what differs from case to case: names and JSON types are left.
fn form(value: &Value) -> String {
    match value {
        Value::Null => "null".to_owned(),
        Value::Bool(_) => "boolean".to_owned(),
        Value::Number(n) if n.as_str().contains('.') => "number with a fraction".to_owned(),
        Value::Number(_) => "number".to_owned(),
        Value::String(_) => "string".to_owned(),
        Value::Array(list) => format!("[{}]", list.first().map(form).unwrap_or_default()),
        Value::Object(object) => {
            let members: Vec<String> = object.iter().map(|(name, value)| format!("{name}: {}", form(value))).collect();
            format!("{{{}}}", members.join(", "))
        }
    }
}

fn normalised(exchange: &Exchange) -> String {
    match &exchange.outcome {
        Err(silence) => format!("no answer: {silence:?}"),
        Ok(answer) => {
            let named = error_type(&plan().service, answer).map(|n| format!(" {n}")).unwrap_or_default();
            let media = answer.header("content-type").map(|t| format!(" {t}")).unwrap_or_default();
            let body = match serde_json::from_slice::<Value>(&answer.body) {
                _ if answer.body.is_empty() => "no body".to_owned(),
                Ok(value) => form(&value),
                Err(_) => "no JSON".to_owned(),
            };
            format!("{}{named}{media} {body}", answer.status)
        }
    }
}

fn class(expect: &Expect) -> String {
    let verb = match expect {
        Expect::Accept => "accept",
        Expect::Reject(_) => "reject",
        Expect::Either(_) => "either",
        Expect::LikeTwin => "like twin",
        Expect::AsTwin => "as twin",
        Expect::Probe(_) => "probe",
        Expect::Advances(_) => "advances",
    };
    format!("{verb} {}", expect.class())
}

#[tokio::test]
async fn answers_of_the_reference() {
    // Its clock stands at a whole second, so that no fraction comes and goes.
    let (clock, hands) = Clock::manual(Duration::from_secs(1_449_844_011));
    let service = Bent::new(Reference::new(Options { clock, ..Options::default() }), move |_, _, _| {
        hands.advance(Duration::from_millis(50));
        None
    });
    let cases: Vec<usize> = (0..plan().cases.len()).collect();
    let mut answers: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let (_sender, stop) = watch::channel(false);
    let runner =
        Runner::new(plan(), service.target(), RunOptions { advance_timeout: Duration::from_secs(60), ..options() });
    runner
        .run(&cases, stop, |event| {
            let Event::Judged(result) = event else { return };
            let Some(seen) = &result.observation else { return };
            let of = answers.entry(class(&plan().cases[result.index].expect)).or_default();
            of.extend(seen.subject.iter().map(normalised));
            for (part, exchange) in [("given", &seen.given), ("read", &seen.after), ("read of another", &seen.named)] {
                let answer = exchange.as_ref().map(|e| format!("{part}: {}", normalised(e)));
                answers.entry("around".to_owned()).or_default().extend(answer);
            }
        })
        .await;
    let mut text = String::new();
    for (class, of) in &answers {
        let of: Vec<String> = of.iter().map(|answer| format!("    {answer}\n")).collect();
        let _ = write!(text, "{class}\n{}", of.concat());
    }
    snapshot("answers", "reference", &text);
}
