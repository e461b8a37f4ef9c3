//! Recordings of answers as AWS gives them: nothing in them is a finding.

use super::{findings, judge_by, recording, report};
use crate::contract::Level;
use crate::plan::PlanOptions;
use crate::report::{Exit, Report};

#[test]
fn aws_keeps_its_promises() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("snapshots/recordings");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            entry
                .expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(
        names.iter().filter(|name| name.ends_with(".har")).count(),
        2,
        "{names:?}"
    );
    for name in &names {
        for revision in [None, Some("current".to_owned())] {
            let options = PlanOptions {
                revision,
                ..PlanOptions::default()
            };
            let judged =
                judge_by(name, &recording(name), &options).unwrap_or_else(|e| panic!("{e}"));
            let (_, text) = report(&judged);
            assert_eq!(findings(&judged), [""; 0], "{name}\n{text}");
            assert_eq!(
                Report::of(&judged.plan, &judged.summary, Level::Should).outcome(),
                Exit::Conforms,
                "{name}\n{text}"
            );
            assert!(judged.summary.requests > 1, "{name}\n{text}");
        }
    }
}

/// How much of a recording is judged, and what is only counted.
#[test]
fn nothing_is_left_out_without_a_word() {
    let check = |name: &str, words: &[&str]| {
        let (_, text) = report(
            &judge_by(name, &recording(name), &PlanOptions::default()).expect("a recording"),
        );
        assert!(
            words.iter().all(|word| text.contains(word)),
            "{name}\n{text}"
        );
    };
    let two = "exchanges left out, of operations that are not judged here: 2";
    check(
        "console.har",
        &[
            two,
            "exchanges left out, recorded without a whole answer: 2",
            "7 requests",
        ],
    );
    check(
        "stream.ndjson",
        &["11 cases: 10 pass, 1 skip", "10 requests"],
    );
    check("refusals.ndjson", &["32 requests", "5 probe"]);
}
