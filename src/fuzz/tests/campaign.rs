//! Campaigns in this process, in a time that moves on by itself: what they find, and what they do not.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::fuzz::{Campaign, Fresh, FuzzOptions, Fuzzed};
use crate::reference::{Clock, Options, Reference, find_defect};
use crate::runner::{RunOptions, Stop};
use crate::target::{Settings, Target};
use crate::testing::plan;

/// Fuzzes the reference with that defect until there is a finding, or so much time is over.
fn fuzz(defect: Option<&'static str>, seed: u64, time: Duration) -> Fuzzed {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
    runtime.expect("a runtime").block_on(async move {
        let target = move || {
            let defect = defect.map(|id| find_defect(id).expect(id));
            let reference = Reference::new(Options { defect, clock: Clock::tokio(), ..Options::default() });
            Target::service(reference, Settings::default()).ok()
        };
        let run = RunOptions { time: Some(time), ..RunOptions::default() };
        let options = FuzzOptions { seed, most_findings: Some(1), ..FuzzOptions::default() };
        let fresh = Some(Fresh(Arc::new(target)));
        let campaign = Campaign::new(plan(), target().expect("a target"), fresh, run, options).expect("a campaign");
        // The sender lives as long as the campaign: nobody sends.
        let (_sender, stop) = watch::channel(false);
        campaign.run(stop, |_| {}).await
    })
}

#[test]
fn finds_a_pair_of_values_and_makes_it_small() {
    let fuzzed = fuzz(Some("fuzzed-pair"), 1, Duration::from_secs(120));
    assert!(matches!(fuzzed.stopped, Some(Stop::Failures(_))), "{:?}", fuzzed.stopped);
    assert!(fuzzed.accepted_any && fuzzed.leftovers.is_empty() && fuzzed.corpus > 0);
    let found = fuzzed.found.first().expect("a finding");
    // On a reference made anew it shows again.
    assert!(found.confirmed);
    let bodies: String = found.case.sequence.iter().map(|step| format!("{:?}", step.request.body)).collect();
    assert!(bodies.contains("BatchSize") && bodies.contains("FunctionName"), "{bodies}");
    assert!(found.case.sequence.len() <= 3, "{bodies}");
}

#[test]
fn finds_nothing_where_nothing_is_wrong() {
    let fuzzed = fuzz(None, 2, Duration::from_secs(3));
    assert_eq!(fuzzed.stopped, Some(Stop::Time(Duration::from_secs(3))));
    let said: Vec<String> = fuzzed.found.iter().map(|f| f.finding.id()).collect();
    assert!(said.is_empty() && fuzzed.unstable.is_empty(), "{said:?} {:?}", fuzzed.unstable);
    assert!(fuzzed.accepted_any);
}
