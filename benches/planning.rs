//! How long it takes to make a plan: contract, fixtures and cases are read, and every case is derived
//! and judged.

use criterion::{Criterion, criterion_group, criterion_main};
use proofmark::bench::Plan;

fn plan(criterion: &mut Criterion) {
    for revision in ["2018", "current"] {
        criterion.bench_function(&format!("plan/{revision}"), |bencher| {
            bencher.iter(|| Plan::load(revision));
        });
    }
    criterion.bench_function("plan/all", |bencher| bencher.iter(Plan::load_all));
}

criterion_group! {
    name = planning;
    config = Criterion::default().sample_size(20);
    targets = plan
}
criterion_main!(planning);
