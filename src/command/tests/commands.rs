//! The commands that judge nothing.

use serde_json::json;

use super::process::{check, proofmark, said, say, serve};

const CASE: &str = "update-event-source-mapping::request::BatchSize::range::min::below-min";
const ATOM: &str = "update-event-source-mapping::request::BatchSize::range::min";
const FINDING: &str =
    "update-event-source-mapping::request::BatchSize::range::min::range::accepted";

#[test]
fn list() {
    let cases = check(&["list"], 0, &[CASE]).out;
    assert!(cases.lines().count() > 1000, "{}", cases.lines().count());
    assert!(
        cases
            .lines()
            .all(|l| l.starts_with("update-event-source-mapping::")),
        "an id of another form"
    );
    let exact = check(&["list", "--exact", CASE], 0, &[CASE]).out;
    assert_eq!(exact.lines().count(), 1);
    let atoms = check(
        &["list", "--atoms"],
        0,
        &[ATOM, "BatchSize is at least 1", "[page: "],
    )
    .out;
    assert!(atoms.lines().count() > 50, "{atoms}");
    // An id of one list is an id for `explain`.
    assert!(
        atoms.lines().any(|l| l.starts_with(&format!("{ATOM}: "))),
        "{atoms}"
    );
}

#[test]
fn explain() {
    check(
        &["explain", CASE],
        0,
        &[
            "says",
            "control",
            "request",
            "expected",
            "InvalidParameterValueException",
            "basis",
        ],
    );
    check(
        &["explain", ATOM],
        0,
        &["BatchSize is at least 1", "section", "basis", CASE],
    );
    check(&["explain", FINDING], 0, &["BatchSize is at least 1", CASE]);
    let unknown = check(
        &["explain", "below-min"],
        2,
        &["no case or promise `below-min`", CASE],
    );
    assert!(unknown.out.is_empty());
    check(
        &["explain", "nothing-like-that"],
        2,
        &["no case or promise `nothing-like-that`"],
    );
}

#[test]
fn lint() {
    check(&["lint"], 0, &["contracts", "cases are in order"]);
}

#[test]
fn replay() {
    let text = check(
        &["replay", CASE, "--defect", "batch-size-min-zero"],
        1,
        &["> PUT", "< 202", "verdict      fail"],
    );
    assert!(text.out.contains(FINDING), "{}", text.out);
    check(&["replay", CASE], 0, &["< 400", "verdict      pass"]);
}

#[test]
fn fixtures_print_what_a_shell_reads() {
    let served = serve(&[]);
    let text = check(
        &["fixtures", "--endpoint", &served.url],
        0,
        &["mapping=", "function=", "proofmark_undo() {"],
    )
    .out;
    let script = format!("set -eu\n{text}\ntest -n \"$mapping\"\nproofmark_undo\n");
    let output = std::process::Command::new("bash")
        .args(["-c", &script])
        .output()
        .expect("bash");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    check(&["fixtures"], 2, &["--endpoint"]);
    check(
        &["fixtures", "--endpoint", "http://127.0.0.1:9"],
        3,
        &["the target cannot be reached"],
    );
}

#[test]
fn patterns_are_checked_and_none_is_passed_over() {
    let file = |name: &str, text: &str| {
        let path = format!("{}/{name}", env!("CARGO_TARGET_TMPDIR"));
        std::fs::write(&path, text).expect("the folder of the tests can be written");
        path
    };
    let model = r#"{"shapes": {
        "Alias": {"type": "string", "min": 1, "max": 128, "pattern": "(?!^[0-9]+$)([a-zA-Z0-9-_]+)"},
        "Twice": {"type": "string", "pattern": "(a)\\1"},
        "All": {"type": "string", "max": 20, "pattern": "[\\s\\S]*"},
        "None": {"type": "string", "min": 9, "max": 20, "pattern": "[a-c]{3}"}
    }}"#;
    let good = file("patterns.json", model);
    let words = [
        "200 samples accepted",
        "unsupported: character 4 of the pattern: a back-reference",
        "impossible: under some reading every string of a legal length matches",
        "impossible: no string of a legal length matches",
        "without a greatest length up to 4096",
    ];
    let once = check(&["patterns", &good, "--samples", "100"], 0, &words);
    assert_eq!(once.out, say(&["patterns", &good, "--samples", "100"]).out);
    check(
        &["patterns", &good, "--samples", "10", "--timings"],
        0,
        &["build", "ms"],
    );
    check(
        &["patterns", &file("broken.json", "{")],
        2,
        &["broken.json:1: expected a service model"],
    );
    check(
        &["patterns", "no-such-file.json"],
        2,
        &["no-such-file.json: No such file"],
    );
}

#[test]
fn patterns_of_a_folder_of_packed_models_are_listed_once() {
    let root = format!("{}/patterns-folder", env!("CARGO_TARGET_TMPDIR"));
    let model = |service: &str, version: &str, text: &str| {
        let folder = format!("{root}/{service}/{version}");
        std::fs::create_dir_all(&folder).expect("the folder of the tests can be written");
        let file = std::fs::File::create(format!("{folder}/service-2.json.gz")).expect("a file");
        let mut packed = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        std::io::Write::write_all(&mut packed, text.as_bytes()).expect("a file");
        packed.finish().expect("a file");
    };
    let shape = |name: &str, pattern: &str| {
        let shape = json!({ "type": "string", "max": 300, "pattern": pattern });
        json!({ "shapes": { name: shape } }).to_string()
    };
    model("one", "2015-03-31", &shape("Old", "(a)\\1"));
    model("one", "2024-03-31", &shape("Name", r"[\w-]{1,255}"));
    model("two", "2016-01-01", &shape("Title", r"[\w-]{1,255}"));
    model("three", "2016-01-01", &shape("Flag", "(?i)(yes|no)"));
    model("four", "2016-01-01", &shape("Twice", "(a)\\1"));
    model("five", "2016-01-01", r#"{"shapes": {}}"#);
    std::fs::write(format!("{root}/endpoints.json"), "{\"partitions\": []}").expect("a file");

    let words = [
        "one.Name",
        "20 of 20 samples accepted",
        "5 models, 4 shapes with a pattern",
        "1 without samples, by cause:\n     1  unsupported: a back-reference",
    ];
    let table = check(&["patterns", &root, "--samples", "10"], 0, &words);
    assert!(!table.out.contains("Title"), "{}", table.out);
    assert!(!table.out.contains("Old"), "{}", table.out);
    let packed = format!("{root}/three/2016-01-01/service-2.json.gz");
    check(
        &["patterns", &packed, "--samples", "10"],
        0,
        &["10 of 10 samples"],
    );

    // One that is broken costs the others nothing, and is told.
    std::fs::write(
        format!("{root}/two/2016-01-01/service-2.json.gz"),
        [0x1f, 0x8b, 0],
    )
    .expect("a file");
    let words = ["one.Name", "service-2.json.gz: it cannot be unpacked"];
    check(&["patterns", &root, "--samples", "10"], 2, &words);
}

#[test]
fn serve_lists_defects_and_knows_them() {
    check(&["serve", "--defect", "list"], 0, &["batch-size-min-zero"]);
    check(
        &["serve", "--defect", "no-such"],
        2,
        &["no defect `no-such`"],
    );
    let taken = serve(&[]);
    let port = taken.url.rsplit(':').next().unwrap_or_default();
    let said = say(&["serve", "--port", port]);
    assert_eq!(said.code, Some(3), "{}", said.err);
}

#[test]
fn coverage() {
    check(
        &["coverage"],
        0,
        &[
            "request::BatchSize::range::min",
            "exercised",
            " 0 masked, 0 untested",
        ],
    );
    check(
        &["coverage", "-v"],
        0,
        &[
            "list-event-source-mappings::rule::shows-each-once",
            "numbers.toml ",
        ],
    );
}

#[test]
fn self_check() {
    let row = "| bounds            |      1 |      0 |      0 |      0 |       0 |";
    let first = check(&["self-check", "batch-size-max-none"], 0, &[row]).out;
    assert_eq!(
        check(&["self-check", "batch-size-max-none"], 0, &[]).out,
        first
    );
    check(
        &["self-check", "no-such-defect"],
        2,
        &["no defect has an id that contains `no-such-defect`"],
    );
    // Without the cases that find it, it is told which promise has no cover.
    check(
        &["self-check", "--samples", "0", "chance-multiple-of-37"],
        1,
        &["MISSED  chance-multiple-of-37", "No cover: "],
    );
}

/// What a run names on its screen leads on: to all of a cause, and to its requests.
#[test]
fn the_last_report_knows_its_causes() {
    let folder = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("last-report");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let run = |arguments: &[&str]| {
        let command = proofmark().args(arguments).current_dir(&folder).output();
        said(command.expect("the binary starts"))
    };
    // Before any run nobody knows them.
    let before = run(&["explain", "60fe"]);
    assert_eq!(before.code, Some(2), "{}", before.out);
    assert!(before.err.contains("last report"), "{}", before.err);

    let defect = ["--defect", "batch-size-min-zero"];
    let screen = run(&[&["run", "BatchSize::range"], &defect[..]].concat());
    assert_eq!(screen.code, Some(1), "{}", screen.err);
    let row = screen.out.lines().find(|line| line.starts_with("FAIL  "));
    let name = row.and_then(|row| row.split_whitespace().nth(1));
    let name = name.expect("a cause");
    let cause = "update-event-source-mapping::cause::accepted::request::BatchSize::range::min";
    for id in [name, cause] {
        let whole = run(&["explain", id]);
        assert_eq!(whole.code, Some(0), "{}", whole.err);
        for part in [FINDING, cause, "requirement", "actual", "replay"] {
            assert!(whole.out.contains(part), "no {part} in {}", whole.out);
        }
        let again = run(&[&["replay", id], &defect[..]].concat());
        assert!(
            again.code == Some(1) && again.out.contains("> PUT"),
            "{}",
            again.out
        );
        let mended = run(&["replay", id]);
        assert_eq!(mended.code, Some(0), "{}", mended.out);
    }
    let finding = run(&[&["replay", FINDING], &defect[..]].concat());
    assert_eq!(finding.code, Some(1), "{}", finding.err);
    // A report that was kept is asked in the same way.
    let kept = run(&["explain", "target/proofmark/last.json", name]);
    assert!(
        kept.code == Some(0) && kept.out.contains(FINDING),
        "{}",
        kept.err
    );
    let none = run(&["explain", "target/proofmark/last.json", "ffffffff"]);
    assert_eq!(none.code, Some(2), "{}", none.out);
}
