//! How long a campaign of fuzzing takes on the reference in this process: sequences are made up, fired, judged by the model,
//! and kept by what is new. One iteration is a campaign of so many sequences with one seed, always the same, and the rate
//! that is shown is of the requests it sends.

use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use proofmark::plan::{Plan, PlanOptions};
use proofmark::reference::{Clock, Options, Reference};
use proofmark::run::RunOptions;
use proofmark::run::fuzz::{Campaign, FuzzOptions};
use proofmark::support::files::Files;
use proofmark::wire::target::{Settings, Target};
use tokio::sync::watch;

const SEQUENCES: u64 = 50;

/// Fires a campaign from its beginning, and counts its requests.
fn campaign(plan: &Arc<Plan>) -> u64 {
    // The time stands still while there is something to do, so that nothing is waited for.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let reference = Reference::new(Options { clock: Clock::tokio(), ..Options::default() });
        let target = Target::service(reference, Settings::default()).expect("a target");
        let options = FuzzOptions { most_sequences: Some(SEQUENCES), ..FuzzOptions::default() };
        let campaign =
            Campaign::new(Arc::clone(plan), target, None, RunOptions::default(), options).expect("a campaign");
        let progress = campaign.progress();
        let (_keep, stop) = watch::channel(false);
        let fuzzed = campaign.run(stop, |found| panic!("the reference conforms: {}", found.finding.id())).await;
        assert!(fuzzed.accepted_any && fuzzed.stopped.is_none(), "{:?}", fuzzed.stopped);
        progress.requests()
    })
}

fn fuzz(criterion: &mut Criterion) {
    let plan = Plan::load(&Files::Embedded, &PlanOptions::default()).expect("the files built in are in order");
    let plan = Arc::new(plan);
    let requests = campaign(&plan);
    let mut group = criterion.benchmark_group("fuzz");
    group.sample_size(20).throughput(Throughput::Elements(requests));
    group.bench_function("in this process", |bencher| bencher.iter(|| campaign(&plan)));
    group.finish();
}

criterion_group!(fuzzing, fuzz);
criterion_main!(fuzzing);
