//! `proofmark diff`: exit codes, both ways to name a side, and JSON.

use super::process::{check, say};

const FEW: &str = "BatchSize::range";

#[test]
fn two_targets() {
    check(
        &["diff", FEW, "--left", "reference", "--right", "reference"],
        0,
        &["ALIKE", "0 kinds"],
    );
    let words = [
        "DIFF outcome::update-event-source-mapping::request::BatchSize::range::min::refused/accepted",
        "  contract     supports left: BatchSize is at least 1  [page: Request Body / BatchSize]",
        "DIFFERENT: reference and reference:batch-size-min-zero: 1 kind of difference; the contract decides 1;",
    ];
    let other = "reference:batch-size-min-zero";
    let told = check(
        &["diff", FEW, "--left", "reference", "--right", other],
        1,
        &words,
    );
    assert_eq!(
        say(&["diff", FEW, "--left", "reference", "--right", other]).out,
        told.out,
        "the same bytes"
    );
    let json = check(
        &[
            "diff",
            FEW,
            "--left",
            other,
            "--right",
            "reference",
            "--json",
        ],
        1,
        &[],
    );
    let document: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    let one = &document["differences"][0];
    assert_eq!(one["supports"], "right");
    assert!(
        document["left_out"].is_object()
            && one["curl_left"].is_array()
            && one["variants"][0]["class"] == "range"
    );
    let schema = check(&["diff", "--schema"], 0, &["left_out", "VariantForm"]);
    assert!(
        serde_json::from_str::<serde_json::Value>(&schema.out)
            .is_ok_and(|s| s["title"] == "DiffDocument")
    );
}

#[test]
fn a_recording_is_a_side() {
    let file = format!(
        "{}/diff-{}.ndjson",
        env!("CARGO_TARGET_TMPDIR"),
        std::process::id()
    );
    check(
        &[
            "run",
            FEW,
            "--reference",
            "--no-regressions",
            "--record",
            &file,
        ],
        0,
        &[],
    );
    check(
        &["diff", FEW, "--left", "reference", "--right", &file],
        0,
        &["ALIKE"],
    );
    check(
        &[
            "diff",
            FEW,
            "--left",
            &file,
            "--right",
            "reference:status-200",
        ],
        1,
        &["DIFF status::202/200"],
    );
    check(
        &["diff", "--left", &file, "--right", &file],
        2,
        &["found two recordings"],
    );
    // What stays lies in the target folder, and harms nobody.
    let _ = std::fs::remove_file(&file);
}

#[test]
fn wrong_sides() {
    check(&["diff", "--left", "reference"], 2, &["--right"]);
    check(
        &[
            "diff",
            "--left",
            "reference",
            "--right",
            "reference",
            "--reference",
        ],
        2,
        &["expected --left and --right"],
    );
    check(
        &[
            "diff",
            "--left",
            "reference",
            "--right",
            "reference:no-such",
        ],
        2,
        &["the reference has no `no-such`"],
    );
    check(
        &["diff", "--left", "reference", "--right", "no-such"],
        2,
        &["target `no-such`"],
    );
    // Port 9 is discard; nobody serves it on loopback.
    check(
        &[
            "diff",
            FEW,
            "--left",
            "reference",
            "--right",
            "http://127.0.0.1:9",
        ],
        3,
        &["cannot be reached"],
    );
    check(
        &[
            "diff",
            "no-such",
            "--left",
            "reference",
            "--right",
            "reference",
        ],
        4,
        &["no case"],
    );
}
