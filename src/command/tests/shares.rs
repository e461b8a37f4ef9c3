//! Parts of the plan: filters, shards, and what a time allows.

use std::collections::BTreeSet;

use super::process::{check, say};

fn fired(text: &str) -> usize {
    let line = text
        .lines()
        .find(|l| l.contains(" cases: "))
        .unwrap_or_else(|| panic!("no count in:\n{text}"));
    line.split(' ')
        .next()
        .and_then(|n| n.parse().ok())
        .unwrap_or_else(|| panic!("no number in {line}"))
}

#[test]
fn filters() {
    let list = |flags: &[&str]| -> BTreeSet<String> {
        let listed = say(&[&["list"], flags].concat());
        listed.out.lines().map(str::to_owned).collect()
    };
    let all = list(&[]);
    let origins = ["derived", "written", "chance"].map(|origin| list(&["--origin", origin]));
    assert_eq!(
        origins.iter().flatten().cloned().collect::<BTreeSet<_>>(),
        all
    );
    assert_eq!(
        list(&["--origin", "derived", "--origin", "written"]).len(),
        origins[0].len() + origins[1].len()
    );
    let range = list(&[
        "--class",
        "range",
        "--promise",
        "BatchSize::range::min",
        "--origin",
        "derived",
    ]);
    assert!(
        !range.is_empty() && range.iter().all(|id| id.contains("BatchSize")),
        "{range:?}"
    );
    let (must, should) = (list(&["--only", "must"]), list(&["--only", "should"]));
    assert!(!should.is_empty() && should.len() < must.len());
    check(
        &["run", "--class", "rage"],
        4,
        &["no case is of the class `rage`; there are", "range"],
    );
    check(
        &["run", "--promise", "no-such-promise"],
        4,
        &["no case is meant by all of these flags"],
    );
    check(
        &["run", "--origin", "luck"],
        2,
        &["derived, written, chance"],
    );
}

#[test]
fn shards() {
    let few = ["run", "BatchSize::range"];
    let whole = fired(&check(&few, 0, &["CONFORMS"]).out);
    let part = |shard: &str| {
        let said = check(
            &[&few[..], &["--shard", shard]].concat(),
            0,
            &[&format!("shard {shard} of the plan")],
        );
        fired(&said.out)
    };
    assert_eq!(part("1/3") + part("2/3") + part("3/3"), whole);
    assert_eq!(part("1/1"), whole);
    check(&["run", "--shard", "4/3"], 2, &["expected K/N"]);
    let id = "update-event-source-mapping::request::BatchSize::range::min::below-min";
    let codes: Vec<_> = ["1/2", "2/2"]
        .iter()
        .map(|s| say(&["run", "--exact", id, "--shard", s]).code)
        .collect();
    assert!(
        codes.contains(&Some(0)) && codes.contains(&Some(4)),
        "{codes:?}"
    );
}

#[test]
fn time_that_is_over() {
    let few = ["run", "BatchSize::range"];
    let run =
        |flags: &[&str], code, words: &[&str]| check(&[&few[..], flags].concat(), code, words);
    run(
        &["--max-time", "0"],
        3,
        &["COULD NOT TELL: its 0s were over"],
    );
    run(&["--max-time", "1h"], 0, &["CONFORMS"]);
    run(
        &["--budget", "0s"],
        3,
        &[
            "COULD NOT TELL",
            "were left out",
            "left out    request::BatchSize::range::min",
        ],
    );
    run(
        &["--budget", "20h"],
        0,
        &["CONFORMS", "nothing was left out"],
    );
    run(
        &["--budget", "20h", "--defect", "batch-size-min-zero"],
        1,
        &["DOES NOT CONFORM"],
    );
    check(
        &["run", "--budget", "1s", "--max-time", "1s"],
        2,
        &["--budget"],
    );
    check(
        &["run", "--max-time", "soon"],
        2,
        &["--max-time", "expected a time"],
    );
}

/// The same cases in another order: the same report, which says in which order they were fired.
#[test]
fn orders() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR"));
    let report = |name: &str, flags: &[&str]| -> serde_json::Value {
        let path = folder.join(format!("order-{name}.json"));
        let file = format!("json={}", path.display());
        let few = [
            "run",
            "BatchSize",
            "--token",
            "proofcli",
            "--defect",
            "batch-size-min-zero",
            "--report",
            &file,
        ];
        check(&[&few[..], flags].concat(), 1, &["DOES NOT CONFORM"]);
        serde_json::from_str(&std::fs::read_to_string(path).expect("a report")).expect("JSON")
    };
    let plain = report("plain", &[]);
    assert!(plain["run"]["shuffle"].is_null());
    for seed in ["1", "2"] {
        let other = report(seed, &["--shuffle", seed]);
        assert_eq!(other["run"]["shuffle"].to_string(), seed);
        for part in ["plan", "headline", "counts", "promises"] {
            assert_eq!(plain[part], other[part], "{part}, seed {seed}");
        }
        let ids = |of: &serde_json::Value, part: &str| -> Vec<String> {
            of[part]
                .as_array()
                .expect(part)
                .iter()
                .map(|one| one["id"].to_string())
                .collect()
        };
        for part in ["causes", "findings", "cases"] {
            assert_eq!(ids(&plain, part), ids(&other, part), "{part}, seed {seed}");
        }
    }
    // What is written as it happens.
    let order = |flags: &[&str]| -> Vec<u64> {
        let path = folder.join("order.ndjson");
        let file = format!("ndjson={}", path.display());
        check(
            &[&["run", "BatchSize::range", "--report", &file], flags].concat(),
            0,
            &["CONFORMS"],
        );
        let text = std::fs::read_to_string(path).expect("events");
        let events = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).expect("JSON"));
        events
            .filter_map(|event| event["case"]["place"].as_u64())
            .collect()
    };
    assert_eq!(
        order(&["--shuffle", "5"]),
        order(&["--shuffle", "5"]),
        "a seed stands for one order"
    );
    let (plain, other) = (order(&[]), order(&["--shuffle", "5"]));
    assert!(plain.len() == other.len() && plain != other, "{other:?}");
    check(&["run", "--shuffle", "soon"], 2, &["--shuffle"]);
    check(
        &["run", "--shuffle", "1", "--budget", "1s"],
        2,
        &["--shuffle", "--budget"],
    );
}
