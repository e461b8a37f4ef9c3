//! Commands over several operations at once.

use super::super::config::Project;
use super::super::process::check;
use super::RUN;
use super::server::{Fault, start};

/// The operations that write a priority, of which none may be 0.
const WRITES: [&str; 3] = ["create-todo", "patch-todo", "replace-todo"];

#[test]
fn a_run_is_recorded_and_judged_again() {
    let url = start(Some(Fault::ZeroPriority));
    let file = std::env::temp_dir().join(format!("proofmark-several-{}", std::process::id()));
    let shown = file.to_str().expect("a path of text");
    let record = ["--endpoint", &url, "--record", shown];
    let ran = check(&[&RUN[..], &record].concat(), 1, &["3 findings"]);
    let judged = check(&["judge", shown], 1, &["3 findings"]);
    for slug in WRITES {
        let word = format!("{slug}: priority is at least 1");
        assert!(ran.out.contains(&word), "{}", ran.out);
        assert!(judged.out.contains(&word), "{}", judged.out);
    }
    // All of them, though the last line of a run that is killed is no whole one.
    let text = std::fs::read_to_string(&file).expect("a recording");
    let headers = text
        .lines()
        .filter(|line| line.contains("proofmark-recording"));
    assert_eq!(headers.count(), 6);
    let cut = text.trim_end().trim_end_matches('}');
    std::fs::write(&file, cut).expect("a file");
    check(&["judge", shown], 1, &["3 findings", "is cut off"]);

    // A side of a comparison.
    let sound = start(None);
    let diff = ["diff", "--left", shown, "--right", &sound];
    let said = check(&diff, 1, &["3 kinds of difference"]);
    for slug in WRITES {
        assert!(said.out.contains(slug), "{}", said.out);
    }
    let (service, samples) = (["--service", "todo"], ["--samples", "0"]);
    let live = ["diff", "--left", &url, "--right", &sound];
    let live = [&live[..], &service, &samples].concat();
    check(&live, 1, &["3 kinds of difference"]);
    std::fs::remove_file(&file).expect("it is there");
}

#[test]
fn a_baseline_is_written_and_pruned() {
    let project = Project::new("several", "");
    let url = start(Some(Fault::ZeroPriority));
    let run = |more: &[&str], code: i32, words: &[&str]| {
        let at = ["--endpoint", &url, "--baseline", "known.toml"];
        project.check(&[&RUN[..], &at, more].concat(), &[], code, words)
    };
    let update = "--baseline-update";
    run(
        &[update],
        0,
        &["3 added, 0 removed, 3 in all", "3 known findings"],
    );
    let file = project.path().join("known.toml");
    let text = std::fs::read_to_string(&file).expect("a baseline");
    for slug in WRITES {
        assert!(text.contains(&format!("id = \"{slug}::")), "{text}");
    }

    // What one operation no longer shows, and what none of them has.
    let gone = |id: &str| format!("\n[[finding]]\nid = \"{id}\"\nreason = \"it was so\"\n");
    let more = gone("patch-todo::request::priority::range::max::range::accepted");
    let none = gone("patch-todo::request::colour::range::max::range::accepted");
    std::fs::write(&file, text + &more + &none).expect("a file");
    run(&[], 5, &["has 2 entries to remove"]);
    run(&["--baseline-prune"], 0, &["0 added, 2 removed, 3 in all"]);
}

#[test]
fn a_scoreboard_is_of_all() {
    let (sound, zero) = (start(None), start(Some(Fault::ZeroPriority)));
    let file =
        format!("[targets.sound]\nendpoint = '{sound}'\n[targets.zero]\nendpoint = '{zero}'\n");
    let project = Project::new("board", &file);
    let matrix = ["matrix", "--service", "todo", "--samples", "0"];
    let said = project.check(&matrix, &[], 0, &["sound", "zero"]);
    for slug in WRITES {
        let word = format!("{slug}::request::priority::range::min");
        let line = said.out.lines().find(|line| line.contains(&word));
        let line = line.unwrap_or_else(|| panic!("{word}:\n{}", said.out));
        assert!(line.contains("✓ ✗"), "{line}");
    }
}

#[test]
fn resources_are_fuzzed_once() {
    let project = Project::new("fuzzed", "");
    let url = start(Some(Fault::ZeroPriority));
    let fuzz = ["fuzz", "--service", "todo", "--endpoint", &url];
    project.check(&fuzz, &[], 2, &["expected --time or --max-sequences"]);
    let short = ["--max-sequences", "200", "--max-findings", "1"];
    let words = [
        "todo/get-todo is fired in the sequences of todo/patch-todo",
        "FOUND  ",
        "priority::range::min",
    ];
    project.check(&[&fuzz[..], &short].concat(), &[], 1, &words);
    let corpus = project.path().join("target/proofmark/fuzz");
    assert!(corpus.is_dir(), "{corpus:?}");
}

/// What is only printed has a part for each operation.
#[test]
fn each_has_its_part() {
    let words = ["todo/create-todo:\n", "todo/replace-todo:\n", " 0 untested"];
    check(&["coverage", "--service", "todo"], 0, &words);
    let url = start(None);
    let words = ["todo/create-todo:\n", "todo/patch-todo:\n"];
    let precedence = ["precedence", "--service", "todo", "--endpoint", &url];
    check(&precedence, 4, &words);
    let words = [
        "get-event-source-mapping:\n",
        "list-event-source-mappings:\n",
    ];
    let few = ["self-check", "--service", "lambda", "content-type-text"];
    check(&few, 0, &words);
    let none = ["self-check", "--service", "lambda", "no-such-thing"];
    check(
        &none,
        2,
        &["no defect has an id that contains `no-such-thing`"],
    );
}
