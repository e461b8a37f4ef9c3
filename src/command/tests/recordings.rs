//! Recordings: written by a run, judged without a target, and refused where they are none.

use std::path::PathBuf;

use super::process::{check, say};

const FEW: &str = "BatchSize::range";

/// A file of that name in the folder of this test, removed when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str, text: &str) -> Self {
        let name = format!("recording-{}-{name}", std::process::id());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, text).expect("a file that can be written");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("a path of text")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_file(&self.0);
    }
}

#[test]
fn a_run_and_its_recording_say_the_same() {
    let file = Scratch::new("run.ndjson", "what a run writes replaces what was there");
    for (defect, code) in [("batch-size-min-zero", 1), ("status-501", 4)] {
        let secret = ["--header", "X-Own-Key: hunter2"];
        let arguments = [
            "run",
            FEW,
            "--no-regressions",
            "--defect",
            defect,
            "--record",
            file.path(),
        ];
        let ran = check(&[&arguments[..], &secret].concat(), code, &[]);
        let judged = check(&["judge", file.path()], code, &[]);
        // The line that leads back to the target is the run's own.
        let told = |out: &str| {
            out.lines()
                .filter(|l| !l.contains(" replay "))
                .map(str::to_owned)
                .collect::<Vec<_>>()
        };
        assert_eq!(told(&ran.out), told(&judged.out));
        assert!(judged.err.is_empty(), "{}", judged.err);
        let text = std::fs::read_to_string(file.path()).expect("a recording");
        assert!(
            !text.contains("hunter2") && !text.contains("AWS4-HMAC"),
            "a secret is in the recording"
        );
    }
}

#[test]
fn judged_offline() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/recordings");
    let (har, lines) = (
        format!("{folder}/queue-lifecycle.har"),
        format!("{folder}/queue-lifecycle.ndjson"),
    );
    check(&["judge", &har], 0, &["CONFORMS"]);
    check(
        &["judge", &har, &lines, "--level", "should"],
        0,
        &["queue-lifecycle.har:", "queue-lifecycle.ndjson:"],
    );
    let text = std::fs::read_to_string(&lines).expect("a recording");
    let spoilt = Scratch::new(
        "spoilt.ndjson",
        &text.replacen("\"BatchSize\": 5", "\"BatchSize\": 0", 1),
    );
    let words = [
        "FAIL create-event-source-mapping::request::BatchSize::range::min::range::accepted",
        "recorded  ",
        ".ndjson:1",
    ];
    check(&["judge", "-v", spoilt.path()], 1, &words);
    // A finding in one file is told by the code for all.
    check(&["judge", &har, spoilt.path(), &har], 1, &[]);
}

#[test]
fn files_that_are_no_recordings() {
    let empty = Scratch::new("empty", "");
    check(
        &["judge", empty.path()],
        4,
        &["NOTHING WAS TESTED", "is empty"],
    );
    let other = Scratch::new("other", "name = \"proofmark\"\n");
    let said = check(
        &["judge", other.path()],
        2,
        &["other:1: expected a recording"],
    );
    assert!(said.out.is_empty(), "{}", said.out);
    let cut = Scratch::new("cut", "{\"request\": {\"method\": \"PUT\"");
    check(&["judge", cut.path()], 2, &["cut:1: expected"]);
    check(&["judge", "/no/such/file"], 2, &["/no/such/file: "]);
    check(&["judge"], 2, &["FILE"]);
    let binary = Scratch::new("binary", "");
    std::fs::write(binary.path(), b"{}\n\xff").expect("a file that can be written");
    check(
        &["judge", binary.path()],
        2,
        &["binary:2: expected UTF-8 text"],
    );
    let unwritable = say(&["run", FEW, "--record", "/no/such/folder/x"]);
    assert!(
        unwritable.code == Some(2) && unwritable.err.contains("--record /no/such/folder/x"),
        "{}",
        unwritable.err
    );
}
