//! Scoreboards of targets that the configuration file starts, and of reports that were made
//! already.

use std::process::Stdio;

use super::config::Project;
use super::process::{check, said};

const SERVE: &str = env!("CARGO_BIN_EXE_proofmark");

/// Two targets of one binary, of which one misbehaves, and more tables.
fn file(more: &str) -> String {
    format!(
        "[targets.sound]\nendpoint = 'http://127.0.0.1:${{PORT}}'\nversion = '1.2'\n\
         start = ['{SERVE}', 'serve', '--port', '${{PORT}}']\n\
         [targets.zero]\nendpoint = 'http://127.0.0.1:${{PORT:-5001}}'\nversion = ['{SERVE}', '--version']\n\
         start = ['{SERVE}', 'serve', '--port', '${{PORT:-5001}}', '--defect', 'batch-size-min-zero']\n{more}\n"
    )
}

#[test]
fn two_targets_side_by_side() {
    let project = Project::new("matrix", &file(""));
    let outputs = [
        "--report",
        "json=one.json",
        "--report",
        "html=one.html",
        "--report",
        "markdown=-",
    ];
    let few = ["matrix", "--only", "BatchSize", "--badges", "badges"];
    let day = [("PROOFMARK_TODAY", "2026-11-23")];
    let said = project.check(
        &[&few[..], &outputs[..]].concat(),
        &day,
        0,
        &["sound  1.2: ", "Made on 2026-11-23"],
    );
    assert!(
        said.err.contains("✓ ✗  request::BatchSize::range::min") && said.out.starts_with("# "),
        "{}{}",
        said.out,
        said.err
    );
    let read = |name: &str| std::fs::read_to_string(project.path().join(name)).expect(name);
    let json: serde_json::Value = serde_json::from_str(&read("one.json")).expect("JSON");
    assert_eq!(
        json["columns"][1]["release"],
        format!("proofmark {}", env!("CARGO_PKG_VERSION"))
    );
    let curl = json["findings"][0]["shown"][0]["curl"].to_string();
    assert!(
        curl.contains("http://127.0.0.1:5001/"),
        "the port is not that of the file: {curl}"
    );
    assert!(
        read("one.html").starts_with("<!DOCTYPE html>")
            && read("badges/sound.svg").contains("promises")
    );
    // The same again, but for the day.
    project.check(
        &[&few[..], &["--report", "json=two.json"]].concat(),
        &day,
        0,
        &[],
    );
    assert!(
        read("one.json") == read("two.json"),
        "two runs, two scoreboards"
    );
    project.check(
        &[
            "matrix",
            "zero",
            "--only",
            "BatchSize::range",
            "--fail-broken",
        ],
        &[],
        1,
        &["broken"],
    );
    let pair = [
        "matrix",
        "zero",
        "--only",
        "BatchSize::range",
        "--revision",
        "page,current",
    ];
    project.check(&pair, &[], 0, &["zero (2018)", "zero (current)", "follows"]);
}

/// What shows by chance is no part of a table that is to be the same again, unless it is asked for.
#[test]
fn requests_at_the_same_time() {
    let racing = format!(
        "[targets.racing]\nendpoint = 'http://127.0.0.1:${{PORT}}'\n\
         start = ['{SERVE}', 'serve', '--port', '${{PORT}}', '--defect', 'concurrent-updates-lost']"
    );
    let project = Project::new("matrix-racing", &racing);
    let judged = |only: &'static str| ["matrix", "--only", only, "--samples", "0", "--fail-broken"];
    project.check(&judged("sequences"), &[], 0, &["(100 %) promises"]);
    let race = [&judged("members-at-the-same-time")[..], &["--simultaneous"]].concat();
    project.check(&race, &[], 1, &["broken"]);
}

/// Each starts targets of its own, on ports that the other does not have.
#[test]
fn two_scoreboards_at_the_same_time() {
    let project = Project::new("matrix-beside", &file(""));
    let start = |target: &str| {
        let mut command = project.command(&["matrix", target, "--only", "BatchSize::range"]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("the binary starts")
    };

    let both = [start("sound"), start("zero")];
    for (child, broken) in both.into_iter().zip([false, true]) {
        let said = said(child.wait_with_output().expect("an end"));
        let all = format!("{}{}", said.out, said.err);
        assert!(said.code == Some(0) && all.contains("✗") == broken, "{all}");
    }
}

#[test]
fn one_that_does_not_start() {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let more = format!(
        "[targets.dead]\nendpoint = 'http://127.0.0.1:${{PORT}}'\nstart = ['bash', '-c', 'echo why; exit 7']\n\
         [targets.fixed]\nendpoint = 'http://127.0.0.1:{port}'\ntimeout = 0.2\nready-timeout = 5\n\
         start = ['{SERVE}', 'serve', '--port', '{port}']"
    );
    let project = Project::new("matrix-dead", &file(&more));
    let words = [
        "dead   did not start: bash ended before it was ready: exit status: 7",
        "  | why",
        "fixed  did not start",
    ];
    project.check(
        &[
            "matrix",
            "sound",
            "dead",
            "fixed",
            "--only",
            "BatchSize::range",
        ],
        &[],
        3,
        &words,
    );
    drop(listener);
    project.check(&["matrix", "sond"], &[], 2, &["did you mean `sound`?"]);
    project.check(&["matrix", "--no-such"], &[], 2, &[]);
    Project::new("matrix-none", "").check(&["matrix"], &[], 2, &["proofmark init"]);
}

#[test]
fn reports_that_were_made_already() {
    let project = Project::new("matrix-from", "");
    let run = |name: &str, more: &[&str], code| {
        let report = format!("json={name}.json");
        let arguments = [
            &["run", "--reference", "BatchSize", "--report", &report][..],
            more,
        ]
        .concat();
        project.check(&arguments, &[], code, &[]);
    };
    run("a", &[], 0);
    run("b", &["--defect", "batch-size-min-zero"], 1);
    let from = [
        "matrix", "--from", "a=a.json", "--from", "b=b.json", "--from", "c=b.json",
    ];
    project.check(
        &from,
        &[],
        0,
        &[
            "Shared by several targets",
            "b, c",
            "✓ ✗ ✗  request::BatchSize::range::min",
        ],
    );
    project.check(&["matrix", "--from", "a=none.json"], &[], 2, &["none.json"]);
    project.check(&["matrix", "--from", "a"], &[], 2, &["expected NAME=FILE"]);
    project.check(
        &["matrix", "--from", "a=a.json", "--report", "pdf"],
        &[],
        2,
        &["html, markdown, json"],
    );
    // A scoreboard that is there stays whole until another one is, and nothing is left beside it.
    let board = |name: &str| std::fs::read_to_string(project.path().join(name));
    project.check(
        &["matrix", "--from", "a=a.json", "--report", "html=board"],
        &[],
        0,
        &[],
    );
    let html = board("board").expect("a scoreboard");
    let twice = [
        "matrix",
        "--from",
        "a=a.json",
        "--report",
        "json=board",
        "--report",
        "markdown=board",
    ];
    project.check(
        &twice,
        &[],
        2,
        &["board cannot be written: another report goes there"],
    );
    project.check(
        &["matrix", "--from", "a=none.json", "--report", "json=board"],
        &[],
        2,
        &[],
    );
    assert!(
        board("board").is_ok_and(|there| there == html),
        "it was written to before there was anything to write"
    );
    project.check(
        &["matrix", "--from", "a=a.json", "--report", "json=deep"],
        &[],
        2,
        &["--report json: deep cannot be written: is a directory"],
    );
    let names = std::fs::read_dir(project.path())
        .expect("a folder")
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let parts: Vec<String> = names.filter(|name| name.ends_with(".part")).collect();
    assert!(parts.is_empty(), "{parts:?}");
}

#[test]
fn how_revisions_differ() {
    check(
        &["drift"],
        0,
        &[
            "UpdateEventSourceMapping from 2018 to current",
            "changed  update-",
            "change their verdict",
        ],
    );
    let json = check(&["drift", "--format", "json"], 0, &[]).out;
    assert!(serde_json::from_str::<serde_json::Value>(&json).is_ok_and(|d| d["from"] == "2018"));
    check(&["drift", "--from", "1999"], 2, &["no revision `1999`"]);
    check(&["drift", "--schema"], 0, &["VerdictDrift"]);
    check(&["matrix", "--schema"], 0, &["MatrixFinding"]);
}
