//! Findings that are known: the file, what a run says of it, and what is left of the exit codes.

use std::path::{Path, PathBuf};

use super::process::{Said, check, proofmark, said};

const FEW: &str = "BatchSize::range";
const MIN: &str = "update-event-source-mapping::request::BatchSize::range::min::range::accepted";

/// A file of this test's own, which is not there yet.
struct Known(PathBuf);

impl Known {
    fn new(name: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("known-{name}-{}.toml", std::process::id()));
        // It is there only if an earlier process had the same number.
        let _ = std::fs::remove_file(&path);
        Self(path)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(&self.0).expect("a file")
    }

    fn write(&self, text: &str) {
        std::fs::write(&self.0, text).expect("a file that can be written");
    }

    #[track_caller]
    fn run(&self, arguments: &[&str], code: i32, words: &[&str]) -> Said {
        let file = self.0.to_str().expect("a path of text");
        check(
            &[&["run", "--no-regressions", "--baseline", file], arguments].concat(),
            code,
            words,
        )
    }
}

impl Drop for Known {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_file(&self.0);
    }
}

const DEFECT: [&str; 3] = [FEW, "--defect", "batch-size-min-zero"];

#[test]
fn known_findings_fail_nothing() {
    let known = Known::new("update");
    known.run(&DEFECT, 2, &["no file", "--baseline-update writes one"]);
    known.run(
        &[&DEFECT[..], &["--baseline-update"]].concat(),
        0,
        &["CONFORMS, but for ", " added, 0 removed"],
    );
    let text = known.text();
    assert!(
        text.contains(&format!("\n[[finding]]\nid = \"{MIN}\"\nreason = \"\"\n")),
        "{text}"
    );
    let silent = "entries without a reason: 1, such as `update-event-source-mapping::";
    known.run(&DEFECT, 0, &["warning: ", silent]);
    // What was said of a finding stays, and nothing is written where nothing changed.
    let said = text.replacen(
        &format!("id = \"{MIN}\"\nreason = \"\""),
        &format!("id = \"{MIN}\"\nreason = \"later\" # x"),
        1,
    );
    known.write(&said);
    let run = known.run(
        &[&DEFECT[..], &["--baseline-update"]].concat(),
        0,
        &["Known, by ", "later", " 0 added"],
    );
    assert!(!run.out.contains("FAIL "), "{}", run.out);
    assert_eq!(known.text(), said);
    // Another defect beside it is new.
    let new = known.run(&[FEW, "--defect", "batch-size-max-none"], 1, &["FAIL "]);
    assert!(!new.out.contains("known "), "{}", new.out);
}

#[test]
fn expired_and_misspelt_entries() {
    let known = Known::new("expired");
    let entry =
        |id: &str, more: &str| format!("[[finding]]\nid = \"{id}\"\nreason = \"x\"\n{more}\n");
    known.run(&[&DEFECT[..], &["--baseline-update"]].concat(), 0, &[]);
    let dated = known
        .text()
        .replace("reason = \"\"", "reason = \"\"\nexpires = 2027-01-31");
    known.write(&dated);
    let on = |day: &str, code: i32, words: &[&str]| {
        let file = known.0.to_str().expect("a path of text");
        let arguments = [
            &["run", "--no-regressions", "--baseline", file],
            &DEFECT[..],
        ]
        .concat();
        let output = proofmark()
            .args(arguments)
            .env("PROOFMARK_TODAY", day)
            .output()
            .expect("the binary starts");
        let said = said(output);
        assert_eq!(said.code, Some(code), "{}{}", said.out, said.err);
        words.iter().for_each(|w| {
            assert!(
                said.out.contains(w) || said.err.contains(w),
                "{w}\n{}{}",
                said.out,
                said.err
            )
        });
    };
    on("2027-01-31", 0, &["CONFORMS, but for"]);
    on(
        "2027-02-01",
        1,
        &[
            "FAIL ",
            "expired ",
            "it was known until 2027-01-31, and counts as new",
        ],
    );
    on("soon", 2, &["PROOFMARK_TODAY: expected a day"]);

    known.write(&entry(&MIN.replace("min", "mim"), ""));
    known.run(
        &[FEW],
        5,
        &[
            "remove ",
            "did you mean one of",
            "THE BASELINE IS OUT OF DATE",
            "1 entry to remove",
        ],
    );
    known.run(
        &[FEW, "--baseline-prune"],
        0,
        &["0 added, 1 removed", "CONFORMS"],
    );
    known.write(&entry(MIN, "lnik = \"x\""));
    known.run(
        &[FEW],
        2,
        &[".toml:4: unknown key `lnik`", "did you mean `link`?"],
    );
}

#[test]
fn only_a_whole_run_calls_an_entry_gone() {
    let known = Known::new("gone");
    known.write(&format!("[[finding]]\nid = \"{MIN}\"\nreason = \"x\"\n"));
    known.run(&[FEW], 0, &["CONFORMS"]);
    let stays =
        "1 of its entries did not appear and were kept: not every case that could show them";
    known.run(&[FEW, "--baseline-prune"], 0, &[stays, " 0 removed"]);
    known.run(
        &["--samples", "0"],
        5,
        &["it no longer appears", "OUT OF DATE"],
    );
    known.write(&format!(
        "[[finding]]\nid = \"{MIN}\"\nreason = \"x\"\nchance = true\n"
    ));
    known.run(&["--samples", "0"], 0, &["CONFORMS"]);
}

#[test]
fn what_is_stable_is_confirmed() {
    check(
        &[&["run", "--no-regressions", "--confirm", "1"], &DEFECT[..]].concat(),
        1,
        &["FAIL "],
    );
    check(
        &[
            &[
                "run",
                "--no-regressions",
                "--confirm",
                "0",
                "--fail-unstable",
            ],
            &DEFECT[..],
        ]
        .concat(),
        1,
        &["FAIL "],
    );
    check(&["run", "--baseline-update"], 2, &["--baseline"]);
}
