//! Whole runs on the reference: the same bytes each time, and the same verdicts under load.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use tokio::sync::watch;

use crate::harness::testing::{Bent, options, plan};
use crate::judge::Observation;
use crate::reference::{Clock, Options, Reference};
use crate::run::{Event, RunOptions, Runner};
use crate::wire::exchange::Request;
use crate::wire::target::{Clock as SigningClock, Settings, Target};

/// What a service in this process was sent, and what each case says it sent. Requests that no HTTP
/// server hands on to a service are in the second alone.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sent {
    received: Vec<String>,
    exchanged: Vec<Request>,
}

/// Everything that a run of those cases sends, at a time that does not depend on the machine's.
async fn sent(cases: &[usize]) -> Sent {
    let start = Duration::from_secs(1_449_844_011);
    let (clock, hands) = Clock::manual(start);
    let received = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&received);
    let service = Bent::new(
        Reference::new(Options {
            clock,
            ..Options::default()
        }),
        move |_, request, _| {
            // Time goes by with the requests: what waits for it waits for so many.
            hands.advance(Duration::from_millis(50));
            let line = format!(
                "{} {} {:?} {:?}",
                request.method(),
                request.uri(),
                request.headers(),
                request.body()
            );
            log.lock().expect("a log").push(line);
            None
        },
    );
    let settings = Settings {
        clock: SigningClock::Fixed(UNIX_EPOCH + start),
        ..Settings::default()
    };
    let target = Target::service(service, settings).expect("a target");
    let mut sent = Sent::default();
    let (_sender, stop) = watch::channel(false);
    let runner = Runner::new(
        plan(),
        target,
        RunOptions {
            advance_timeout: Duration::from_secs(60),
            ..options()
        },
    );
    let ended = runner.run(cases, stop, |event| {
        if let Event::Judged(result) = event {
            let seen = result.observation.as_ref();
            sent.exchanged.extend(
                seen.into_iter()
                    .flat_map(Observation::exchanges)
                    .map(|e| (*e.request).clone()),
            );
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
    let runner = Runner::new(
        plan(),
        target,
        RunOptions {
            advance_timeout: Duration::from_millis(2100),
            ..options()
        },
    );
    let ended = runner.run(&cases, stop, |event| {
        if let Event::Judged(result) = event {
            let id = plan().cases[result.index].id.to_string();
            let findings: Vec<String> = result.judgement.findings.iter().map(|f| f.id()).collect();
            verdicts.insert(
                id,
                format!("{} {findings:?}", result.judgement.verdict.name()),
            );
        }
    });
    let ended = ended.await;
    assert_eq!((ended.stopped, ended.leftovers), (None, Vec::new()));
    verdicts
}

#[tokio::test]
async fn a_target_that_throttles_gets_the_same_verdicts() {
    let free = verdicts(Options::default()).await;
    let throttled = verdicts(Options {
        throttle_every: Some(40),
        ..Options::default()
    })
    .await;
    assert_eq!(free.len(), plan().cases.len());
    for (id, verdict) in &free {
        assert_eq!(throttled.get(id), Some(verdict), "{id}");
    }
}
