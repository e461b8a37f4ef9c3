//! How long a campaign of fuzzing takes on the reference in this process: sequences are made up,
//! fired, judged by the model, and kept by what is new. One iteration is a campaign of so many
//! sequences with one seed, always the same, and the rate that is shown is of the requests it
//! sends.

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use proofmark::bench::Plan;

const SEQUENCES: u64 = 50;

fn fuzz(criterion: &mut Criterion) {
    let plan = Plan::load("2018");
    let requests = plan.fuzz(SEQUENCES);
    let mut group = criterion.benchmark_group("fuzz");
    group
        .sample_size(20)
        .throughput(Throughput::Elements(requests));
    group.bench_function("in this process", |bencher| {
        bencher.iter(|| plan.fuzz(SEQUENCES))
    });
    group.finish();
}

criterion_group!(fuzzing, fuzz);
criterion_main!(fuzzing);
