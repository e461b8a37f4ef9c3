//! Campaigns in this process, in a time that moves on by itself: what they find, and what they do
//! not.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::harness::testing::{Bent, plan};
use crate::reference::{Clock, Ending, Options, Reference, find_defect, serve};
use crate::run::fuzz::{Campaign, Fresh, FuzzOptions, Fuzzed};
use crate::run::{RunOptions, Stop};
use crate::wire::target::{Endpoint, Settings, Target};

/// Fuzzes the reference with that defect until there is a finding, or so much time is over.
fn fuzz(defect: Option<&'static str>, seed: u64, time: Duration) -> Fuzzed {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build();
    runtime.expect("a runtime").block_on(async move {
        let target = move || {
            let defect = defect.map(|id| find_defect(id).expect(id));
            let reference = Reference::new(Options {
                defect,
                clock: Clock::tokio(),
                ..Options::default()
            });
            Target::service(reference, Settings::default()).ok()
        };
        let run = RunOptions {
            time: Some(time),
            ..RunOptions::default()
        };
        let options = FuzzOptions {
            seed,
            most_findings: Some(1),
            ..FuzzOptions::default()
        };
        let fresh = Some(Fresh(Arc::new(target)));
        let campaign = Campaign::new(plan(), target().expect("a target"), fresh, run, options)
            .expect("a campaign");
        // The sender lives as long as the campaign: nobody sends.
        let (_sender, stop) = watch::channel(false);
        campaign.run(stop, |_| {}).await
    })
}

#[test]
fn finds_a_pair_of_values_and_makes_it_small() {
    let fuzzed = fuzz(Some("fuzzed-pair"), 1, Duration::from_secs(120));
    assert!(
        matches!(fuzzed.stopped, Some(Stop::Failures(_))),
        "{:?}",
        fuzzed.stopped
    );
    assert!(fuzzed.accepted_any && fuzzed.leftovers.is_empty() && fuzzed.corpus > 0);
    let found = fuzzed.found.first().expect("a finding");
    // On a reference made anew it shows again.
    assert!(found.confirmed);
    let bodies: String = found
        .case
        .steps
        .iter()
        .map(|step| format!("{:?}", step.request.body))
        .collect();
    assert!(
        bodies.contains("BatchSize") && bodies.contains("FunctionName"),
        "{bodies}"
    );
    assert!(found.case.steps.len() <= 3, "{bodies}");
}

#[test]
fn finds_nothing_where_nothing_is_wrong() {
    let fuzzed = fuzz(None, 2, Duration::from_secs(3));
    assert_eq!(fuzzed.stopped, Some(Stop::Time(Duration::from_secs(3))));
    let said: Vec<String> = fuzzed.found.iter().map(|f| f.finding.id()).collect();
    assert!(
        said.is_empty() && fuzzed.unstable.is_empty(),
        "{said:?} {:?}",
        fuzzed.unstable
    );
    assert!(fuzzed.accepted_any);
}

/// What was answered once counts, although it never comes back; a connection that was closed once
/// does not.
#[test]
fn what_was_answered_counts_however_seldom() {
    for (closes, count) in [(false, 1), (true, 0)] {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build();
        let updates = std::sync::atomic::AtomicUsize::new(0);
        let reference = Reference::new(Options {
            clock: Clock::tokio(),
            ..Options::default()
        });
        let bent = Bent::new(reference, move |_, request, reference| {
            let update = request.method() == "PUT";
            let once = update && updates.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == 100;
            once.then(|| {
                let mut response = reference.answer(request.clone());
                response.status = 500;
                response.ending = if closes {
                    Ending::Close
                } else {
                    Ending::Length
                };
                response
            })
        });
        let fuzzed = runtime.expect("a runtime").block_on(async {
            let options = FuzzOptions {
                seed: 3,
                most_sequences: Some(600),
                ..FuzzOptions::default()
            };
            let run = RunOptions::default();
            let campaign =
                Campaign::new(plan(), bent.target(), None, run, options).expect("a campaign");
            let (_sender, stop) = watch::channel(false);
            campaign.run(stop, |_| {}).await
        });
        let counted: Vec<_> = fuzzed.found.iter().filter(|found| found.counts()).collect();
        let came_to = (counted.len(), fuzzed.unstable.len());
        assert_eq!(
            came_to,
            (count, 1 - count),
            "{counted:?} {:?} {:?}",
            fuzzed.unstable,
            fuzzed.stopped
        );
        assert!(
            counted
                .iter()
                .all(|found| !found.confirmed && found.times == 1)
        );
    }
}

/// A campaign without an end ends when its target does, and tells what was sent last.
#[tokio::test]
async fn ends_with_its_target() {
    for threads in [0, 2] {
        let reference = Reference::new(Options::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let watched = reference.clone();
        let died = async move {
            while watched.requests() < 600 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        };
        let server = tokio::spawn(serve(listener, reference, died));
        let endpoint = Endpoint::parse(&format!("http://{address}")).expect("an endpoint");
        let target = Target::http(endpoint, Settings::default()).expect("a target");
        let run = RunOptions {
            jobs: 3,
            ..RunOptions::default()
        };
        let options = FuzzOptions {
            threads,
            ..FuzzOptions::default()
        };
        let campaign = Campaign::new(plan(), target, None, run, options).expect("a campaign");
        let (_sender, stop) = watch::channel(false);
        let fuzzed = campaign.run(stop, |_| {}).await;
        assert!(server.await.is_ok_and(|served| served.is_ok()));
        let Some(Stop::Unreachable(why)) = &fuzzed.stopped else {
            panic!("{:?}", fuzzed.stopped)
        };
        // Whichever worker is first to notice fires a case, or makes fixtures anew.
        let told = [
            "the target stopped answering: no connection",
            "the target cannot be reached",
        ];
        assert!(told.iter().any(|told| why.contains(told)), "{why}");
        assert!(fuzzed.accepted_any && !fuzzed.leftovers.is_empty());
        assert!(
            !fuzzed.found.is_empty()
                && fuzzed
                    .found
                    .iter()
                    .all(|found| !found.confirmed && found.untried.is_some())
        );
    }
}

/// Each operation breaks a promise, and each answer takes its time: to make all that small would
/// take minutes.
#[tokio::test]
async fn ends_with_its_time_although_much_is_found() {
    let bent = Bent::new(
        Reference::new(Options::default()),
        |_, request, reference| {
            let mut response = reference.answer(request.clone());
            response
                .headers
                .retain(|(name, _)| !name.eq_ignore_ascii_case("content-type"));
            response.delay = Duration::from_millis(40);
            Some(response)
        },
    );
    let run = RunOptions {
        time: Some(Duration::from_secs(4)),
        ..RunOptions::default()
    };
    let campaign = Campaign::new(plan(), bent.target(), None, run, FuzzOptions::default())
        .expect("a campaign");
    let (_sender, stop) = watch::channel(false);
    let started = Instant::now();
    let fuzzed = campaign.run(stop, |_| {}).await;
    let took = started.elapsed();
    assert!(took < Duration::from_secs(12), "{took:?}");
    assert_eq!(fuzzed.stopped, Some(Stop::Time(Duration::from_secs(4))));
    // All of it is told, also what there was no time for.
    assert!(
        fuzzed.found.len() > 1,
        "{:?}",
        fuzzed
            .found
            .iter()
            .map(|f| f.finding.id())
            .collect::<Vec<_>>()
    );
    let untold = fuzzed
        .found
        .iter()
        .filter(|f| !f.confirmed && f.untried.is_none())
        .count();
    assert_eq!(untold, 0);
    assert_eq!(bent.reference.leftovers(), Vec::<String>::new());
}
