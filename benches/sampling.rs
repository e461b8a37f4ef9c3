//! How many *valid* strings per second are made from documented patterns: by us, by proptest and by
//! rand_regex.
//!
//! A string counts if an engine that made none of them finds it inside the pattern under every
//! reading, and if its length is legal. The rates that Criterion prints (`elem/s`) are of those
//! strings alone: of a batch in which one string in four is valid, a fourth is counted. The share
//! is printed before each.

#![allow(clippy::print_stdout, reason = "who measures reads it")]

use criterion::{
    BenchmarkGroup, Criterion, Throughput, criterion_group, criterion_main, measurement::WallTime,
};
use proofmark::bench::Pattern;
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

/// A documented pattern and its bounds on length.
struct Documented {
    name: &'static str,
    source: &'static str,
    min: usize,
    max: usize,
}

/// The page's own, today's, one that looks ahead, one that ends in anything, and one of a fixed
/// shape whose minimum length rules out half of it. None is changed for any generator: where one
/// refuses a pattern, that is printed.
const DOCUMENTED: &[Documented] = &[
    Documented {
        name: "FunctionName",
        source: r"(arn:aws:lambda:)?([a-z]{2}-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?",
        min: 1,
        max: 140,
    },
    Documented {
        name: "FunctionName-today",
        source: r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?",
        min: 1,
        max: 256,
    },
    Documented {
        name: "Alias",
        source: r"(?!^[0-9]+$)([a-zA-Z0-9-_]+)",
        min: 1,
        max: 128,
    },
    Documented {
        name: "EventSourceArn",
        source: r"arn:aws:([a-zA-Z0-9\-])+:([a-z]{2}-[a-z]+-\d{1})?:(\d{12})?:(.*)",
        min: 0,
        max: 350,
    },
    Documented {
        name: "EventSourceMappingArn",
        source: r"arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        min: 85,
        max: 120,
    },
];

/// Strings made in one iteration.
const BATCH: usize = 1000;

/// Strings whose validity is judged.
const JUDGED: usize = 10_000;

fn sampling(criterion: &mut Criterion) {
    for documented in DOCUMENTED {
        let pattern = Pattern::parse(documented.source, documented.min, documented.max);
        let mut group = criterion.benchmark_group(format!("valid-strings/{}", documented.name));
        let judge = Judge {
            documented,
            pattern: &pattern,
        };
        ours(&mut group, &judge);
        by_proptest(&mut group, &judge);
        by_rand_regex(&mut group, &judge);
        group.finish();
    }
}

fn ours(group: &mut BenchmarkGroup<'_, WallTime>, judge: &Judge<'_>) {
    let language = judge.pattern.language();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    judge.measure(group, "proofmark", || language.sample(&mut rng));
    // As a generator that keeps its buffer would: the longest strings, which are the most work.
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let longest = language.longest();
    let mut value = String::new();
    group.throughput(Throughput::Elements(BATCH as u64));
    group.bench_function("proofmark-longest-only", |bencher| {
        bencher.iter(|| {
            (0..BATCH)
                .filter(|_| language.sample_into(longest, &mut rng, &mut value))
                .count()
        });
    });
}

fn by_proptest(group: &mut BenchmarkGroup<'_, WallTime>, judge: &Judge<'_>) {
    match proptest::string::string_regex(judge.documented.source) {
        Ok(strategy) => {
            let rng = TestRng::deterministic_rng(RngAlgorithm::ChaCha);
            let mut runner = TestRunner::new_with_rng(Config::default(), rng);
            judge.measure(group, "proptest", || {
                strategy.new_tree(&mut runner).expect("a string").current()
            });
        }
        Err(error) => judge.refused("proptest", &error),
    }
}

fn by_rand_regex(group: &mut BenchmarkGroup<'_, WallTime>, judge: &Judge<'_>) {
    // A repetition without a maximum ends after 100 rounds at the latest, as in that crate's own
    // examples.
    match rand_regex::Regex::compile(judge.documented.source, 100) {
        Ok(regex) => {
            let mut rng = ChaCha8Rng::seed_from_u64(1);
            judge.measure(group, "rand_regex", || rng.sample::<String, _>(&regex));
        }
        Err(error) => judge.refused("rand_regex", &error),
    }
}

struct Judge<'a> {
    documented: &'a Documented,
    pattern: &'a Pattern,
}

impl Judge<'_> {
    /// Counts the valid among many strings, then measures how fast such strings are made.
    fn measure(
        &self,
        group: &mut BenchmarkGroup<'_, WallTime>,
        by: &str,
        mut make: impl FnMut() -> String,
    ) {
        let valid = (0..JUDGED).filter(|_| self.pattern.admits(&make())).count();
        let share = valid as f64 / JUDGED as f64;
        println!(
            "{}: {:.1} % of the strings of {by} are valid",
            self.documented.name,
            share * 100.0
        );
        let counted = (BATCH as f64 * share).round() as u64;
        group.throughput(Throughput::Elements(counted));
        group.bench_function(by, |bencher| {
            bencher.iter(|| (0..BATCH).map(|_| make().len()).sum::<usize>())
        });
    }

    fn refused(&self, by: &str, error: &dyn std::fmt::Display) {
        let reason = error.to_string();
        println!(
            "{}: {by} refuses the pattern: {}",
            self.documented.name,
            reason.lines().last().unwrap_or_default()
        );
    }
}

/// From a pattern's text to an automaton that can sample.
fn building(criterion: &mut Criterion) {
    for Documented {
        name,
        source,
        min,
        max,
    } in DOCUMENTED
    {
        criterion.bench_function(&format!("build/{name}"), |bencher| {
            bencher.iter(|| Pattern::parse(source, *min, *max).language());
        });
    }
}

criterion_group! {
    name = speed;
    config = Criterion::default().sample_size(20);
    targets = sampling, building
}
criterion_main!(speed);
