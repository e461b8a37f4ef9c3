//! Contracts that come from a service model: each operation is judged, or it is said why not.

mod documents;
mod server;

use std::path::{Path, PathBuf};

use super::config::Project;
use super::process::check;
use documents::model;

/// A folder with the model, made anew.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("model-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    write(&folder, "attic/2020-02-02/service-2.json", &model(64));
    folder
}

fn write(folder: &Path, path: &str, text: &str) -> String {
    let path = folder.join(path);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder is made");
    std::fs::write(&path, text).expect("a file is written");
    path.to_str().expect("a path of text").to_owned()
}

fn document(folder: &Path) -> String {
    let file = folder.join("attic/2020-02-02/service-2.json");
    file.to_str().expect("a path of text").to_owned()
}

#[test]
fn every_operation_of_a_model_is_planned() {
    let folder = folder("list");
    let model = document(&folder);
    let of = ["cases", "--model", &model];
    check(&of, 0, &["attic/get-box\n", "attic/put-lock\n"]);
    // Who names a document means its operations.
    let ids = [
        "list-boxes::request::Most::range::max::above-max",
        "get-box::request::Name::pattern",
        "put-lock::request::Closed::type",
        "make-box::request::Name::required::left-out",
    ];
    check(&["list", "--model", &model], 0, &ids);
    let id = "get-box::request::http::plain";
    check(
        &[
            "explain",
            id,
            "--model",
            &model,
            "--operation",
            "attic/get-box",
        ],
        0,
        &["GET /boxes/proofmark-${run}"],
    );
    check(
        &["lint", "--model", &model, "--service", "attic"],
        0,
        &["5 contracts"],
    );
    check(&["list", "--model", "none.json"], 2, &["none.json"]);
    let none = ["list", "--model", &model, "--operation", "attic/get-bok"];
    check(&none, 2, &["no operation `attic/get-bok`", "attic/get-box"]);
}

/// Only what was judged counts: a refused name, an unknown path and a request that may change what
/// others have are no pass, and no finding either.
#[test]
fn an_operation_has_a_state() {
    let folder = folder("states");
    let model = document(&folder);
    let url = server::start();
    let run = |more: &[&str], code: i32, words: &[&str]| {
        let run = [
            "run",
            "--model",
            &model,
            "--no-regressions",
            "--endpoint",
            &url,
        ];
        check(&[&run[..], more].concat(), code, words)
    };

    run(&["--operation", "attic/list-boxes"], 0, &["CONFORMS"]);
    let masked = "GET /boxes/{Name}: the control was refused: status 404 ResourceNotFoundException";
    let said = run(&["--operation", "attic/get-box"], 4, &["masked", masked]);
    assert!(
        !said.out.contains("FAIL") && !said.out.contains("WARN"),
        "{}",
        said.out
    );
    for operation in ["attic/get-key", "attic/make-box"] {
        let words = ["not implemented", "status 404 without an error type"];
        let said = run(&["--operation", operation], 4, &words);
        assert!(
            !said.out.contains("FAIL") && !said.out.contains("WARN"),
            "{}",
            said.out
        );
    }
    let missing = [
        "unreached",
        "nothing in a request of it names something of this run",
    ];
    run(&["--operation", "attic/put-lock"], 4, &missing);

    // One that was judged does not make up for the others.
    let report = folder.join("report.json");
    let report = report.to_str().expect("a path of text");
    let json = format!("json={report}");
    let markdown = format!("markdown={}", folder.join("report.md").display());
    let html = format!("html={}", folder.join("report.html").display());
    let all = "1 of 5 operations judged, 1 masked, 1 unreached, 2 not implemented";
    run(
        &["--report", &json, "--report", &markdown, "--report", &html],
        3,
        &["COULD NOT TELL", all],
    );

    // Which are implemented is known after the first run: only these count from then on.
    let list = folder.join("implemented.txt");
    let list = list.to_str().expect("a path of text").to_owned();
    let flag = ["--implemented", &list];
    run(&flag, 2, &["--implemented-update writes one"]);
    let words = ["1 added, 1 in all", "CONFORMS", all];
    run(&[&flag[..], &["--implemented-update"]].concat(), 0, &words);
    let text = std::fs::read_to_string(&list).expect("a list");
    assert!(text.ends_with("\nlist-boxes\n"), "{text}");
    run(&flag, 0, &["CONFORMS"]);
    std::fs::write(&list, text + "get-box # since May\n").expect("a list");
    let words = [
        "no longer implemented get-box, of ",
        "DOES NOT CONFORM: 1 operation no longer",
    ];
    run(&flag, 1, &words);
    std::fs::write(&list, "list-boxes\nGet Box\n").expect("a list");
    run(&flag, 2, &[":2: expected the name of an operation"]);

    let text = std::fs::read_to_string(report).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&text).expect("a report in JSON");
    let state = |slug: &str| {
        let mut all = report["operations"].as_array().into_iter().flatten();
        let found = all.find(|operation| operation["slug"] == slug);
        found.expect("the operation")["state"].clone()
    };
    assert_eq!(state("list-boxes"), "judged");
    assert_eq!(state("get-box"), "masked");
    assert_eq!(state("put-lock"), "unreached");
    assert_eq!(state("get-key"), "not-implemented");
    let page = std::fs::read_to_string(folder.join("report.html")).expect("a report");
    assert!(page.contains("list-boxes: judged: 14 of 14 promises kept"));
    let text = std::fs::read_to_string(folder.join("report.md")).expect("a report");
    assert!(
        text.contains("| <code>get-box</code> | masked | 0 of "),
        "{text}"
    );
}

#[test]
fn files_of_cases_say_what_a_model_does_not() {
    let folder = folder("overlay");
    let model = document(&folder);
    let cases = folder.join("cases");
    let overlay = write(
        &cases,
        "attic/get-box/overlay.toml",
        "[output.Name]\npresence = \"optional\"\n\n[[correct]]\nbasis = \"aws\"\n\
         why = \"Names with dots were accepted\"\ninput.Name.pattern = '[a-z0-9.-]+'\n",
    );
    let shown = cases.to_str().expect("a path of text").to_owned();
    let of = [
        "--model",
        &model,
        "--cases",
        &shown,
        "--operation",
        "attic/get-box",
    ];
    let pattern = ["list", "--atoms"];
    check(&[&pattern[..], &of].concat(), 0, &["Name matches"]);

    let exported = folder.join("exported");
    let exported = exported.to_str().expect("a path of text");
    let words = ["7 files in"];
    let export = [
        "cases", "--model", &model, "--cases", &shown, "--export", exported,
    ];
    check(&export, 0, &words);
    let contract = std::fs::read_to_string(format!("{exported}/attic/get-box/contract.toml"));
    assert!(contract.expect("a contract").contains("[a-z0-9.-]+"));

    // What says otherwise than the model, and gives no ground for it, is refused.
    std::fs::write(&overlay, "[input.Name]\npattern = '[a-z]+'\n").expect("a file is written");
    let words = [
        "overlay.toml:2: input.Name.pattern: the document says",
        "[[correct]]",
    ];
    check(&[&["list"][..], &of].concat(), 2, &words);
}

#[test]
fn two_models_are_compared() {
    let folder = folder("drift");
    let (from, to) = (document(&folder), model(32));
    let to = to.replace("\"MakeBox\"", "\"BuildBox\"");
    let to = write(&folder, "attic/2021-01-01/service-2.json", &to);
    let words = [
        "4 operations differ",
        "1 only in",
        "make-box",
        "build-box",
        "changed  get-box::request::Name::length::max",
        "at most 64 characters",
        "at most 32 characters",
    ];
    check(&["drift", &from, &to], 0, &words);
    let json = check(&["drift", &from, &to, "--format", "json"], 0, &[]).out;
    let drift: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    assert_eq!(drift["only_to"], serde_json::json!(["build-box"]));
    check(&["drift", &from], 2, &[]);
    let same = ["drift", &from, &from, "--operation", "attic/get-box"];
    check(&same, 0, &["0 of 1 operations differ"]);
}

/// A target of the configuration file names its document, and a scoreboard tells what was not judged.
#[test]
fn a_scoreboard_by_a_model() {
    let url = server::start();
    let file = format!("[targets.attic]\nendpoint = '{url}'\nmodel = 'attic.json'\n");
    let project = Project::new("model-board", &file);
    std::fs::write(project.path().join("attic.json"), model(64)).expect("a file");
    project.check(&["list", "--target", "attic"], &[], 0, &["get-box::"]);
    let words = ["attic", "not implemented: ", "◐  get-box::request::http"];
    project.check(&["matrix", "--samples", "0"], &[], 3, &words);
}
