//! All patterns of a service's model, with what each costs.

use std::time::Instant;

use super::*;

/// `PATTERNS` names a file of lines with a name, a least and a greatest length and a pattern,
/// separated by tabs.
#[test]
#[ignore = "needs the patterns of a model in a file named by PATTERNS"]
fn every_pattern_of_a_model() {
    let path = std::env::var("PATTERNS").expect("PATTERNS names a file");
    for line in std::fs::read_to_string(path)
        .expect("the file is readable")
        .lines()
    {
        let fields: Vec<&str> = line.splitn(4, '\t').collect();
        let [name, min_len, max_len, source] = fields[..] else {
            panic!("four fields: {line}")
        };
        let (min_len, max_len) = (
            min_len.parse().expect("a length"),
            max_len.parse().expect("a length"),
        );
        let started = Instant::now();
        let pattern = pattern(source);
        let parsed = started.elapsed();
        let started = Instant::now();
        let language = Language::new(&pattern, min_len, max_len);
        let built = started.elapsed();
        let lengths = language
            .as_ref()
            .map_or(0, |language| language.lengths().len());
        let started = Instant::now();
        let covered = covers(&pattern, min_len, max_len).len();
        let covering = started.elapsed();
        let started = Instant::now();
        let _ = violations(&pattern, min_len, max_len, "", Anchoring::Whole, &[]);
        let breaking = started.elapsed();
        let mut rng = seeded();
        let started = Instant::now();
        for _ in 0..1000 {
            let _ = language
                .as_ref()
                .ok()
                .and_then(|language| language.sample_any(&mut rng));
        }
        let sampling = started.elapsed() / 1000;
        let outcome = check(source, min_len, max_len, 10_000);
        println!(
            "{name}\t{parsed:.1?}\t{built:.1?}\t{lengths}\t{sampling:.1?}\t{covered}\t{covering:.1?}\t{}\t{breaking:.1?}",
            outcome.map_or_else(|reason| reason, |count| count.to_string())
        );
    }
}
