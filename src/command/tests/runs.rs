//! Runs of the binary: exit codes, levels, pipes and Ctrl-C.

use std::process::Stdio;
use std::time::Duration;

use super::process::{check, proofmark, said, say, serve};

/// Few cases, since the binary under test is not optimised.
const FEW: &str = "BatchSize::range";

#[test]
fn the_reference_conforms() {
    let said = check(&["run", FEW], 0, &["CONFORMS", " pass"]);
    let verdict = said.out.lines().last().unwrap_or_default();
    assert!(
        verdict.starts_with("CONFORMS. built-in reference, "),
        "{verdict}"
    );
    let quiet = check(&["run", FEW, "--quiet"], 0, &[]);
    assert_eq!(quiet.out, format!("{verdict}\n"));
    assert!(said.err.is_empty(), "{}", said.err);
    // `run` is what happens without a command.
    check(&[FEW], 0, &["CONFORMS"]);
}

#[test]
fn a_defect_is_found() {
    let said = check(
        &["run", FEW, "--defect", "batch-size-min-zero", "--verbose"],
        1,
        &["DOES NOT CONFORM", "FAIL update-"],
    );
    for part in ["requirement", "sent", "expected", "actual", "replay"] {
        assert!(
            said.out
                .lines()
                .any(|l| l.starts_with(&format!("  {part} "))),
            "no {part} in:\n{}",
            said.out
        );
    }
}

#[test]
fn warnings_fail_a_run_at_their_level() {
    let served = serve(&["--defect", "null-disables"]);
    let must = say(&["run", "Enabled", "--endpoint", &served.url]);
    let should = say(&[
        "run",
        "Enabled",
        "--endpoint",
        &served.url,
        "--level",
        "should",
    ]);
    assert!(
        must.code == Some(0) && must.out.contains("WARN "),
        "{}",
        must.out
    );
    assert!(
        should.code == Some(1) && !should.out.contains("WARN "),
        "{}",
        should.out
    );
}

#[test]
fn only_the_grounds_that_count() {
    // That an identifier is decoded once is a rule of HTTP, not of the page.
    let run = [
        "run",
        "identifiers::encoded",
        "BatchSize::range",
        "--defect",
        "uuid-decoded-twice",
        "--verbose",
    ];
    let with = |more: &[&str], code, words: &[&str]| check(&[&run[..], more].concat(), code, words);
    with(
        &[],
        1,
        &["identifiers", "::accepted", "  ground       protocol: "],
    );
    with(&["--basis", "page,protocol"], 1, &["::accepted"]);
    with(&["--basis", "page"], 0, &["CONFORMS"]);
    let page = with(
        &["--basis", "page"],
        0,
        &["its ground is protocol, which does not count in this run"],
    );
    assert!(!page.out.contains("encoded"), "{}", page.out);
    assert_eq!(say(&["run", "--basis", "hearsay"]).code, Some(2));
    // What AWS is seen to answer is no fault by the page alone either.
    check(
        &[
            "run",
            "BatchSize::range",
            "--basis",
            "page",
            "--defect",
            "constraints-validation-exception",
        ],
        0,
        &["CONFORMS"],
    );
    check(
        &[
            "explain",
            "update-event-source-mapping::request::BatchSize::range::min::range::accepted",
        ],
        0,
        &[
            "basis        page",
            "accepted     400 InvalidParameterValueException (page)",
            "accepted     400 ValidationException (aws)",
        ],
    );
}

#[test]
fn an_endpoint_that_is_served() {
    let served = serve(&["--throttle-every", "40"]);
    check(
        &["run", FEW, "--endpoint", &served.url, "--jobs", "4"],
        0,
        &["CONFORMS"],
    );
    let output = proofmark()
        .args(["run", FEW])
        .env("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
        .output();
    assert_eq!(said(output.expect("the binary starts")).code, Some(3));
}

#[test]
fn a_pipe_gets_no_colours_and_no_bar() {
    let arguments = ["run", FEW, "--defect", "batch-size-min-zero"];
    let piped = check(&arguments, 1, &[]);
    let plain = proofmark()
        .args(arguments)
        .env("NO_COLOR", "1")
        .output()
        .expect("the binary starts");
    let plain = said(plain);
    for text in [&piped.out, &piped.err, &plain.out, &plain.err] {
        assert!(!text.contains('\x1b') && !text.contains('\r'), "{text:?}");
    }
    assert!(piped.err.is_empty(), "{}", piped.err);
    let coloured = check(&["run", FEW, "--color", "always"], 0, &[]);
    assert!(coloured.out.contains("\x1b["), "{}", coloured.out);
}

/// Ctrl-C: what the run made is removed, the report is printed, and the exit code says what
/// happened.
#[cfg(unix)]
#[test]
fn interrupted() {
    use std::io::Read as _;

    let served = serve(&[]);
    let mut child = proofmark()
        .args(["run", "--rate", "200", "--endpoint", &served.url])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary starts");
    // The rate makes the run last; a mapping shows that it has begun.
    while !mappings(&served.url).contains("UUID") {
        assert!(
            child.try_wait().is_ok_and(|ended| ended.is_none()),
            "the run ended before its first mapping"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    let id = child.id().to_string();
    let sent = std::process::Command::new("bash")
        .args(["-c", &format!("kill -INT {id}")])
        .status();
    assert!(sent.is_ok_and(|s| s.success()));
    let status = child.wait().expect("an end");
    let (mut out, mut err) = (String::new(), String::new());
    child
        .stdout
        .take()
        .expect("a pipe")
        .read_to_string(&mut out)
        .expect("text");
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut err)
        .expect("text");
    assert_eq!(status.code(), Some(130), "{out}\n{err}");
    assert!(
        out.contains("INTERRUPTED") && err.contains("interrupted; removing"),
        "{out}\n{err}"
    );
    assert!(!out.contains("not removed"), "{out}");
    assert!(!mappings(&served.url).contains("UUID"), "{out}");
}

/// The mappings that the server at this URL has, as it lists them.
#[cfg(unix)]
pub fn mappings(url: &str) -> String {
    let list = format!("{url}/2015-03-31/event-source-mappings/");
    let output = std::process::Command::new("curl")
        .args(["-sS", &list])
        .output()
        .expect("curl");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}
