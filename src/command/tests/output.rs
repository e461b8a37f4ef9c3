//! Results that cannot be written: told, and no success; but for a reader that has read enough.

use std::process::{Command, Stdio};

use super::process::{proofmark, said, serve};

const FEW: &str = "BatchSize::range";

/// Commands that print a result, on the built-in reference and files of the repository.
fn commands() -> Vec<Vec<String>> {
    let words = |line: &str| line.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let recording = concat!(env!("CARGO_MANIFEST_DIR"), "/snapshots/recordings");
    let mut recordings: Vec<_> = std::fs::read_dir(recording)
        .expect("a folder")
        .flatten()
        .map(|e| e.path())
        .collect();
    recordings.sort();
    let recording = recordings
        .iter()
        .find(|path| path.is_file() && path.extension().is_some_and(|e| e != "md"));
    let judge = format!("judge {}", recording.expect("a recording").display());
    [
        "--help",
        "--version",
        "run --help",
        "help list",
        "list",
        "list --atoms",
        "schema",
        "man",
        "completions bash",
        "explain update-event-source-mapping::request::BatchSize::range::min",
        "lint",
        "drift --schema",
        "matrix --schema",
        "diff --schema",
        "serve --defect list",
        "serve --port 0",
        "self-check batch-size-min-zero",
        "replay update-event-source-mapping::request::BatchSize::range::min::below-min",
        "run BatchSize::range",
        "run BatchSize::range --report json=-",
        "run BatchSize::range --defect batch-size-min-zero --no-regressions",
        &judge,
    ]
    .into_iter()
    .map(words)
    .collect()
}

fn command(arguments: &[String]) -> Command {
    let mut command = proofmark();
    command.args(arguments).stderr(Stdio::piped());
    command
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    for arguments in commands() {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("a device");
        let output = command(&arguments)
            .stdout(full)
            .spawn()
            .and_then(std::process::Child::wait_with_output);
        let said = said(output.expect("the binary starts"));
        assert_eq!(said.code, Some(3), "{arguments:?}: {}", said.err);
        assert!(
            said.err
                .contains("standard output cannot be written: No space left"),
            "{arguments:?}: {}",
            said.err
        );
    }
}

#[test]
fn a_reader_that_went_away_is_no_fault() {
    // What serves goes on until it is stopped.
    for arguments in commands()
        .into_iter()
        .filter(|arguments| arguments.join(" ") != "serve --port 0")
    {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = command(&arguments)
            .stdout(writer)
            .spawn()
            .and_then(std::process::Child::wait_with_output);
        let said = said(output.expect("the binary starts"));
        let found = arguments.iter().any(|a| a == "batch-size-min-zero") && arguments[0] == "run";
        let judged = arguments[0] == "judge";
        assert!(
            judged || said.code == Some(i32::from(found)),
            "{arguments:?}: {:?} {}",
            said.code,
            said.err
        );
        assert!(
            !said.err.contains("panicked") && !said.err.contains("cannot be written"),
            "{}",
            said.err
        );
    }
}

/// Nothing is left on a target by a command whose output, which says how to remove it, is lost.
#[cfg(target_os = "linux")]
#[test]
fn fixtures_that_nobody_is_told_of_are_removed() {
    let served = serve(&[]);
    let arguments = ["fixtures", "--endpoint", &served.url].map(str::to_owned);
    let full = std::fs::File::options()
        .write(true)
        .open("/dev/full")
        .expect("a device");
    let said = said(
        command(&arguments)
            .stdout(full)
            .output()
            .expect("the binary starts"),
    );
    assert_eq!(said.code, Some(3), "{}", said.err);
    assert!(
        said.err.contains("removed again") && !said.err.contains("not removed"),
        "{}",
        said.err
    );
    assert!(!super::runs::mappings(&served.url).contains("UUID"));
}

/// A disk that fills while a run goes on is no fault of the command line.
#[cfg(target_os = "linux")]
#[test]
fn files_on_a_full_disk() {
    for report in [
        "--report=json=/dev/full",
        "--report=ndjson=/dev/full",
        "--record=/dev/full",
    ] {
        let said = said(
            proofmark()
                .args(["run", FEW, report])
                .output()
                .expect("the binary starts"),
        );
        assert_eq!(said.code, Some(3), "{report}: {}", said.err);
        assert!(said.err.contains("/dev/full"), "{}", said.err);
        // The other outputs are there.
        assert!(said.out.contains("\nCONFORMS. "), "{}", said.out);
    }
    // A path that is wrong is one of the command line.
    let said = said(
        proofmark()
            .args(["run", FEW, "--report=json=/proc/no/report"])
            .output()
            .expect("a start"),
    );
    assert_eq!(said.code, Some(2), "{}", said.err);
}

/// No panic and no other code where messages cannot be read.
#[cfg(target_os = "linux")]
#[test]
fn messages_that_nobody_can_read() {
    for (arguments, code) in [
        (vec!["run", "--endpoint", "http://a:b@127.0.0.1"], 2),
        (vec!["run", "--no-such-flag"], 2),
        (vec!["run", FEW, "--endpoint", "http://127.0.0.1:9"], 3),
        (vec!["self-check", "batch-size-min-zero", "-v"], 0),
        (vec!["explain", "nothing"], 2),
    ] {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .expect("a device");
        let ended = proofmark()
            .args(&arguments)
            .stdout(Stdio::null())
            .stderr(full)
            .status();
        assert_eq!(
            ended.expect("the binary starts").code(),
            Some(code),
            "{arguments:?}"
        );
    }
}
