//! Requests drawn at random, what is kept of them, and the order of a target's checks.

use std::path::{Path, PathBuf};

use super::process::{check, say};

/// A path of this test's own, where no file is.
fn fresh(name: &str) -> PathBuf {
    let path =
        Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}.toml", std::process::id()));
    // It is there only if an earlier process had the same number.
    let _ = std::fs::remove_file(&path);
    path
}

#[test]
fn kept_and_fired_first() {
    let path = fresh("kept");
    let file = path.to_str().expect("a path of text");
    let kept = ["--regressions", file];
    let run =
        |arguments: &[&str], code, words: &[&str]| check(&[arguments, &kept].concat(), code, words);
    // A run without findings keeps nothing.
    run(&["run", "sampled", "--samples", "20"], 0, &["CONFORMS"]);
    assert!(!path.exists());

    let id = "update-event-source-mapping::regressions::request--http--valid--refused";
    let found = run(
        &["run", "sampled", "--defect", "chance-13-refused"],
        1,
        &["sent         BatchSize 13:", id, file],
    );
    assert!(found.out.contains("written      "), "{}", found.out);
    let text = std::fs::read_to_string(&path).expect("a file");
    assert_eq!(text.matches("[[case]]").count(), 1, "{text}");
    let first = run(&["list", "--samples", "0"], 0, &[]).out;
    assert_eq!(first.lines().next(), Some(id));
    run(
        &[
            "run",
            "regressions",
            "--samples",
            "0",
            "--defect",
            "chance-13-refused",
        ],
        1,
        &["FAIL", id],
    );
    run(&["run", "regressions", "--samples", "0"], 0, &["CONFORMS"]);
    run(&["replay", id], 0, &["verdict      pass"]);
    run(&["explain", id], 0, &["written in", "BatchSize 13"]);
    assert_eq!(
        std::fs::read_to_string(&path).expect("a file"),
        text,
        "nothing is written twice"
    );

    std::fs::write(&path, format!("{text}says = 3\n")).expect("a file that can be written");
    let said = run(&["run"], 2, &[".toml:", "duplicate key"]);
    assert!(said.out.is_empty(), "{}", said.out);
    std::fs::remove_file(&path).expect("a file");
}

#[test]
fn seeds_and_samples() {
    let list = |arguments: &[&str]| {
        say(&[&["run", "sampled", "-v", "--no-regressions"], arguments].concat()).out
    };
    assert_eq!(
        list(&["--seed", "7", "--samples", "40"]),
        list(&["--seed", "7", "--samples", "40"])
    );
    check(
        &["list", "sampled", "--samples", "0"],
        4,
        &["no case has an id that contains `sampled`"],
    );
    let kinds = check(
        &["list", "sampled"],
        0,
        &["::sampled::valid::", "::sampled::broken::"],
    )
    .out;
    let mut lines: Vec<&str> = kinds.lines().collect();
    let all = lines.len();
    lines.sort_unstable();
    lines.dedup();
    assert_eq!(lines.len(), all, "an id stands twice");
    let id = "update-event-source-mapping::sampled::valid::Enabled";
    let draws = check(
        &["replay", id, "--samples", "200", "--no-regressions"],
        0,
        &[],
    )
    .out;
    assert!(draws.matches("verdict      pass").count() > 1, "{draws}");
    check(&["run", "--seed", "x"], 2, &["--seed"]);
}

#[test]
fn the_order_of_checks() {
    let table = check(
        &["precedence", "--settle", "20"],
        0,
        &["route", "constraint", "transition"],
    )
    .out;
    assert!(
        table.lines().all(|line| line.chars().count() <= 120),
        "{table}"
    );
    check(
        &["precedence", "--endpoint", "http://127.0.0.1:9"],
        3,
        &["cannot be reached"],
    );
}
