//! What earlier runs left: shown, removed, and nothing else with it.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::process::{check, proofmark, say, serve};

#[test]
fn what_stays_is_shown_and_then_removed() {
    let served = serve(&[]);
    check(
        &["clean", "--endpoint", &served.url],
        0,
        &["nothing was left by earlier runs"],
    );
    check(&["fixtures", "--endpoint", &served.url], 0, &["mapping="]);

    let words = [
        "found mapping ",
        "found function proofmark-",
        "found queue http",
        "found role proofmark-",
        "--dry-run",
    ];
    let first = check(
        &["clean", "--endpoint", &served.url, "--dry-run"],
        0,
        &words,
    )
    .out;
    assert_eq!(
        check(&["clean", "--endpoint", &served.url, "--dry-run"], 0, &[]).out,
        first
    );
    let found = first
        .lines()
        .filter(|line| line.starts_with("found "))
        .count();

    let run = first
        .lines()
        .next()
        .and_then(|l| l.rsplit_once("(run "))
        .map(|(_, run)| run.trim_end_matches(')'));
    let other = if run == Some("zzzzzzzz") {
        "yyyyyyyy"
    } else {
        "zzzzzzzz"
    };
    check(
        &["clean", "--endpoint", &served.url, "--run", other],
        0,
        &["nothing was left"],
    );
    let done = check(
        &["clean", "--endpoint", &served.url],
        0,
        &[&format!("{found} removed, 0 not removed")],
    )
    .out;
    let at = |start: &str| {
        done.lines()
            .position(|line| line.starts_with(start))
            .expect("a line")
    };
    assert!(
        at("found role") < at("removed mapping") && at("removed mapping") < at("removed function"),
        "{done}"
    );
    check(
        &["clean", "--endpoint", &served.url],
        0,
        &["nothing was left by earlier runs"],
    );
}

#[test]
fn a_run_that_was_killed() {
    let served = serve(&[]);
    let mut run = proofmark();
    run.args(["run", "--endpoint", &served.url, "--jobs", "2"])
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let mut run = run.spawn().expect("the binary starts");
    let since = Instant::now();
    // Until it has made its fixtures, and is at work on them.
    while !say(&["clean", "--endpoint", &served.url, "--dry-run"])
        .out
        .contains("found mapping")
    {
        assert!(since.elapsed() < Duration::from_secs(60), "no fixtures");
    }
    run.kill().expect("it runs");
    run.wait().expect("it ends");
    check(
        &["clean", "--endpoint", &served.url],
        0,
        &["removed mapping", "0 not removed"],
    );
    check(
        &["clean", "--endpoint", &served.url],
        0,
        &["nothing was left by earlier runs"],
    );
}

#[test]
fn what_cannot_be_done() {
    check(&["clean"], 2, &["--endpoint"]);
    check(
        &["clean", "--endpoint", "http://127.0.0.1:9"],
        3,
        &["nothing can be listed"],
    );
    check(
        &["clean", "--endpoint", "http://127.0.0.1:9", "--run", "prod"],
        2,
        &["--run", "eight of [0-9a-z]"],
    );
    check(&["clean", "--help"], 0, &["--dry-run", "--run"]);
}
