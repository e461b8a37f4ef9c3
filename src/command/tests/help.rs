//! What goes wrong before anything is sent, and what the help says.

use std::path::{Path, PathBuf};

use super::process::{check, say};

#[test]
fn help_documents_the_exit_codes() {
    let help = check(
        &["--help"],
        0,
        &[
            "Exit codes:",
            "PROOFMARK_ENDPOINT",
            "run",
            "explain",
            "replay",
        ],
    )
    .out;
    for (code, word) in [
        ("0", "the target conforms"),
        ("1", "there are findings"),
        ("2", "the command line, a case file or a contract is wrong"),
        ("3", "could not be reached"),
        ("4", "nothing was tested"),
        ("5", "the baseline has entries to remove"),
        ("130", "interrupted"),
    ] {
        let line = help
            .lines()
            .find(|l| l.trim_start().starts_with(&format!("{code} ")) && l.contains(word));
        assert!(line.is_some(), "no line on exit code {code} in:\n{help}");
    }
}

#[test]
fn wrong_command_lines() {
    check(&["--nonsense"], 2, &["--nonsense"]);
    check(&["run", "--level", "may"], 2, &["expected must or should"]);
    check(
        &["run", "--timeout", "0"],
        2,
        &["--timeout", "expected a time above 0"],
    );
    check(
        &["run", "--rate", "20/day"],
        2,
        &["--rate", "expected a rate above 0"],
    );
    check(
        &["run", "--reference", "--endpoint", "http://127.0.0.1:9"],
        2,
        &["--reference"],
    );
    check(
        &["run", "--defect", "no-such"],
        2,
        &["the reference has no `no-such`"],
    );
    check(
        &["run", "--revision", "1999"],
        2,
        &["no revision `1999`", "2018"],
    );
    check(&["run", "--header", "x"], 2, &["expected `NAME: VALUE`"]);
}

#[test]
fn wrong_endpoints() {
    check(
        &["run", "--endpoint", "127.0.0.1:4566"],
        2,
        &["did you mean `http://127.0.0.1:4566`?"],
    );
    check(
        &["run", "--endpoint", "ftp://127.0.0.1"],
        2,
        &["scheme `ftp`"],
    );
    check(
        &["run", "--endpoint", "http://192.0.2.1:1"],
        2,
        &["--allow-host 192.0.2.1"],
    );
    check(
        &[
            "run",
            "--endpoint",
            "https://lambda.us-east-1.amazonaws.com",
        ],
        2,
        &["--allow-host lambda."],
    );
}

#[test]
fn nobody_listens() {
    // Port 9 is discard; nobody serves it on loopback.
    let last = check(
        &["run", "--endpoint", "http://127.0.0.1:9"],
        3,
        &["COULD NOT TELL"],
    );
    let line = last.out.lines().last().unwrap_or_default();
    assert!(line.contains("the target cannot be reached"), "{line}");
    assert!(line.contains("is it running? --wait"), "{line}");
    assert!(!line.contains("0 of"), "{line}");
    assert!(last.out.lines().count() < 10, "{}", last.out);
    check(
        &["replay", "no-such-case"],
        2,
        &["no case `no-such-case`", "proofmark list"],
    );
}

#[test]
fn no_case_matches() {
    check(&["run", "no-such-case"], 4, &["no case", "no-such-case"]);
}

#[test]
fn case_files_that_are_wrong() {
    let numbers = "lambda/update-event-source-mapping/numbers.toml";
    let broken = Copy::new("broken", numbers, |text| format!("{text}\n[[case\n"));
    let said = check(&["run", "--cases", broken.path()], 2, &["numbers.toml:"]);
    assert!(said.out.is_empty(), "{}", said.out);
    let line = said.err.lines().next().unwrap_or_default();
    let number = line
        .split("numbers.toml:")
        .nth(1)
        .and_then(|l| l.split(':').next());
    assert!(
        number.is_some_and(|n| n.parse::<usize>().is_ok_and(|n| n > 100)),
        "{line}"
    );

    let unknown = Copy::new("unknown", numbers, |text| {
        text.replacen("says = ", "sais = ", 1)
    });
    check(
        &["run", "--cases", unknown.path()],
        2,
        &["numbers.toml:", "sais"],
    );
    check(
        &["list", "--cases", unknown.path()],
        2,
        &["numbers.toml:", "sais"],
    );
    check(
        &["lint", "--cases", unknown.path()],
        2,
        &["numbers.toml:", "sais"],
    );

    let contract = "lambda/update-event-source-mapping/contract.toml";
    let contract = Copy::new("contract", contract, |text| {
        format!("colour = \"red\"\n{text}")
    });
    check(
        &["run", "--cases", contract.path()],
        2,
        &["contract.toml:1", "colour"],
    );

    check(
        &["run", "--cases", "/no/such/folder"],
        2,
        &["/no/such/folder"],
    );
}

/// A copy of the case files with one of them changed.
struct Copy {
    folder: PathBuf,
}

impl Copy {
    fn new(name: &str, file: &str, change: impl Fn(String) -> String) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("cases-{name}-{}", std::process::id()));
        copy(
            &Path::new(env!("CARGO_MANIFEST_DIR")).join("cases"),
            &folder,
        );
        let path = folder.join(file);
        let text = std::fs::read_to_string(&path).expect("a case file");
        let changed = change(text.clone());
        assert_ne!(text, changed);
        std::fs::write(path, changed).expect("a file that can be written");
        Self { folder }
    }

    fn path(&self) -> &str {
        self.folder.to_str().expect("a path of text")
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let entry = entry.expect("an entry");
        let goal = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &goal);
        } else {
            std::fs::copy(entry.path(), goal).expect("a copy");
        }
    }
}

#[test]
fn a_reader_that_goes_away_is_no_fault() {
    assert_eq!(say(&["list"]).code, Some(0));
    let binary = env!("CARGO_BIN_EXE_proofmark");
    let script = format!("set -o pipefail; '{binary}' list | head -n 1");
    let output = std::process::Command::new("bash")
        .args(["-c", &script])
        .output()
        .expect("bash");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}
