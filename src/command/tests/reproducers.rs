//! `run --reproducers`: each file shows its finding on the target that has it, and none on one that
//! has not.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::{Said, check, proofmark, said, say, serve};

/// Judges a server, and writes its reproducers into a folder of that name that is new.
fn written(name: &str, url: &str, filters: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("reproducers-{name}"));
    // What an earlier run left; there may be nothing.
    let _ = std::fs::remove_dir_all(&folder);
    let mut command = proofmark();
    command
        .args([
            "run",
            "--endpoint",
            url,
            "--no-regressions",
            "--reproducers",
        ])
        .arg(&folder)
        .args(filters);
    let report = said(command.output().expect("the binary starts"));
    assert!(
        report.out.contains("FAIL ") || report.out.contains("WARN "),
        "{}\n{}",
        report.out,
        report.err
    );
    folder
}

/// The files of a folder with that ending, sorted.
fn files(folder: &Path, end: &str) -> Vec<PathBuf> {
    let all = std::fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").path());
    let mut all: Vec<_> = all.filter(|p| p.to_string_lossy().ends_with(end)).collect();
    all.sort();
    all
}

fn python(file: &Path, url: &str) -> Said {
    let mut command = Command::new("python3");
    command
        .arg("-B")
        .arg(file)
        .env("PROOFMARK_ENDPOINT", url)
        .env_remove("PYTHONPATH");
    said(command.output().expect("python3"))
}

/// Carries a script out. It is to find its target in the environment, and no program of ours.
fn shell(name: &str, file: &Path, url: &str) -> Said {
    let output = Command::new(name)
        .arg(file)
        .env("PROOFMARK_ENDPOINT", url)
        .output();
    said(output.unwrap_or_else(|e| panic!("{name}: {e}")))
}

/// A finding of that symptom is among the reproducers; every pytest fails where the defect is, and
/// passes where it is not.
#[track_caller]
fn shows(defect: &str, symptom: &str, filters: &[&str]) -> PathBuf {
    let (broken, faithful) = (serve(&["--defect", defect]), serve(&[]));
    let folder = written(defect, &broken.url, filters);
    let tests = files(&folder, ".py");
    let named = symptom.replace('-', "_");
    assert!(
        tests
            .iter()
            .any(|t| t.to_string_lossy().ends_with(&format!("_{named}.py"))),
        "no {symptom}: {tests:?}"
    );
    for test in tests {
        let text = std::fs::read_to_string(&test).expect("a file");
        assert!(
            !text.contains("when it was written"),
            "{}\n{text}",
            test.display()
        );
        let (on_broken, on_faithful) = (python(&test, &broken.url), python(&test, &faithful.url));
        let context = format!(
            "{defect}: {}\n{}{}\n{}",
            test.display(),
            on_broken.err,
            on_faithful.err,
            text
        );
        assert!(
            on_broken.code == Some(1) && on_broken.err.contains("it shows: "),
            "{context}"
        );
        assert!(
            on_faithful.code == Some(0) && on_faithful.out.contains("it does not show"),
            "{context}"
        );
    }
    let scripts: Vec<_> = files(&folder, ".sh")
        .into_iter()
        .filter(|f| !f.to_string_lossy().ends_with(".aws.sh"))
        .collect();
    assert!(
        scripts
            .iter()
            .any(|s| s.to_string_lossy().ends_with(&format!("_{named}.sh"))),
        "no {symptom}: {scripts:?}"
    );
    for script in scripts {
        let on = |url: &str| shell("sh", &script, url);
        let (on_broken, on_faithful) = (on(&broken.url), on(&faithful.url));
        let context = format!(
            "{defect}: {}\n{}{}\n{}",
            script.display(),
            on_broken.err,
            on_faithful.err,
            on_faithful.out
        );
        assert!(
            on_broken.code == Some(1) && on_broken.out.contains("it shows"),
            "{context}\n{}",
            on_broken.out
        );
        assert!(
            !std::fs::read_to_string(&script)
                .expect("a file")
                .contains("proofmark fixtures"),
            "{context}"
        );
        assert!(
            on_faithful.code == Some(0) && on_faithful.out.contains("it does not show"),
            "{context}"
        );
    }
    folder
}

#[test]
fn accepted() {
    let folder = shows("batch-size-min-zero", "accepted", &["BatchSize::range"]);
    let aws = files(&folder, ".aws.sh");
    let text = std::fs::read_to_string(aws.first().expect("the CLI can send it")).expect("a file");
    assert!(
        text.contains(
            "aws lambda update-event-source-mapping --uuid=\"${mapping}\" --batch-size=0 "
        ),
        "{text}"
    );
    shows(
        "uuid-suffix-ignored",
        "accepted",
        &["identifiers::digit-after"],
    );
}

#[test]
fn refused() {
    shows(
        "batch-size-100-refused",
        "refused",
        &["numbers", "BatchSize"],
    );
    shows(
        "constraint-wrong-type",
        "wrong-refusal",
        &["BatchSize::range"],
    );
}

#[test]
fn not_stored() {
    shows("batch-size-not-stored", "not-stored", &["BatchSize::range"]);
    shows("enabled-inverted", "wrong-state", &["Enabled"]);
    shows(
        "refused-for-range-stored",
        "changed-by-refusal",
        &["BatchSize::range"],
    );
}

#[test]
fn no_usable_answer() {
    shows(
        "name-quote-crashes",
        "server-error",
        &["FunctionName::pattern"],
    );
    shows(
        "body-trailing-comma",
        "not-json",
        &["BatchSize::range::min"],
    );
    shows(
        "content-type-html",
        "content-type",
        &["BatchSize::range::min"],
    );
}

#[test]
fn silence() {
    shows(
        "refusal-hangs",
        "timed-out",
        &["BatchSize::range::min", "--timeout", "500ms"],
    );
}

#[test]
fn sequences() {
    shows(
        "lost-after-refusal",
        "not-stored",
        &["sequences::after-refused-range-min"],
    );
    shows(
        "list-shows-deleted",
        "lingers",
        &["sequences::deleted-queue"],
    );
    shows(
        "deleted-accepts-updates",
        "accepted",
        &["sequences::deleted-stream"],
    );
}

#[test]
fn rust_tests() {
    let (broken, faithful) = (serve(&["--defect", "batch-size-not-stored"]), serve(&[]));
    let folder = written(
        "batch-size-not-stored-rust",
        &broken.url,
        &["BatchSize::range"],
    );
    for test in files(&folder, ".rs") {
        let program = test.with_extension("run");
        let built = Command::new("rustc")
            .args(["--edition", "2021", "--test", "-o"])
            .arg(&program)
            .arg(&test)
            .output();
        let built = said(built.expect("rustc"));
        assert_eq!(built.code, Some(0), "{}", built.err);
        let run = |url: &str| {
            said(
                Command::new(&program)
                    .env("PROOFMARK_ENDPOINT", url)
                    .output()
                    .expect("a program"),
            )
        };
        let (on_broken, on_faithful) = (run(&broken.url), run(&faithful.url));
        assert_eq!(
            (on_broken.code, on_faithful.code),
            (Some(101), Some(0)),
            "{}\n{}",
            on_broken.out,
            on_faithful.out
        );
    }
}

#[test]
fn files_are_replayed() {
    let (broken, faithful) = (serve(&["--defect", "batch-size-min-zero"]), serve(&[]));
    let folder = written(
        "batch-size-min-zero-replayed",
        &broken.url,
        &["BatchSize::range"],
    );
    let file = files(&folder, ".toml").remove(0);
    let file = file.to_str().expect("a plain path");
    check(
        &["replay", file, "--endpoint", &broken.url],
        1,
        &["FAIL ", "::accepted", "> PUT"],
    );
    check(
        &["replay", file, "--endpoint", &faithful.url],
        0,
        &["> PUT"],
    );
    let report = folder.join("report.json");
    let report = report.to_str().expect("a plain path");
    let written = format!("json={report}");
    say(&[
        "run",
        "BatchSize::range",
        "--endpoint",
        &broken.url,
        "--no-regressions",
        "--report",
        &written,
    ]);
    check(
        &["replay", report, "--endpoint", &broken.url],
        1,
        &["::accepted"],
    );
    let id = "update-event-source-mapping::request::BatchSize::range::min::range::accepted";
    check(
        &["replay", report, id, "--endpoint", &faithful.url],
        0,
        &["verdict      pass"],
    );
    check(
        &["replay", report, "no-such", "--endpoint", &faithful.url],
        2,
        &["no finding `no-such`"],
    );
    check(&["replay", "no-such.toml"], 2, &["no-such.toml"]);
}
