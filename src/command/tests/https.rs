//! Real credentials and a private authority, from the command line to the server: who is let in,
//! and what is said where somebody is not.

use std::process::Command;

use super::process::{Said, proofmark, said, say};
use super::tls_front::{Front, Https, KEY, SECRET, TOKEN};

const FEW: &str = "BatchSize::range";

/// What is set, beside a bundle of the right authority: the credentials of the server's one user.
const RIGHT: [(&str, &str); 3] = [
    ("AWS_ACCESS_KEY_ID", KEY),
    ("AWS_SECRET_ACCESS_KEY", SECRET),
    ("AWS_SESSION_TOKEN", TOKEN),
];

/// What the command says to these arguments, with credentials and bundle in the environment, and
/// some of it otherwise.
fn run(server: &Https, arguments: &[&str], otherwise: &[(&str, Option<&str>)]) -> Said {
    let mut command = proofmark();
    command
        .args(arguments)
        .args(["--endpoint", &server.url, "--timeout", "5s"]);
    command.envs(RIGHT).env("AWS_CA_BUNDLE", &server.bundle);
    for (name, value) in otherwise {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    said(command.output().expect("the binary starts"))
}

#[track_caller]
fn check(said: &Said, code: i32, words: &[&str]) {
    let all = format!("{}\n{}", said.out, said.err);
    assert_eq!(said.code, Some(code), "{all}");
    for word in words {
        assert!(all.contains(word), "`{word}` is not in:\n{all}");
    }
    assert!(
        !all.contains("panicked") && !all.contains(SECRET) && !all.contains(TOKEN),
        "{all}"
    );
}

#[test]
fn who_signs_rightly_and_trusts_the_authority_is_let_in() {
    let server = Https::new(Front::Sound, &[]);
    check(&run(&server, &["run", FEW], &[]), 0, &["CONFORMS"]);
    // Requests of our own writer go the same way: paths, methods and bodies that a client library
    // would not send.
    check(
        &run(
            &server,
            &["run", "identifiers", "methods-and-headers", "json::"],
            &[],
        ),
        0,
        &["CONFORMS"],
    );
}

#[test]
fn whoever_is_not_trusted_is_told_apart() {
    let server = Https::new(Front::Sound, &[]);
    let other = Https::new(Front::Sound, &[]);
    let bundle = other.bundle.to_str().expect("a path");
    for otherwise in [None, Some(bundle)] {
        let said = run(&server, &["run", FEW], &[("AWS_CA_BUNDLE", otherwise)]);
        check(
            &said,
            3,
            &["cannot be reached", "certificate", "AWS_CA_BUNDLE"],
        );
    }
    check(
        &run(
            &server,
            &["run", FEW],
            &[("AWS_CA_BUNDLE", Some("/no/such/file"))],
        ),
        2,
        &["AWS_CA_BUNDLE: /no/such/file"],
    );
    let own = Https::new(Front::SelfSigned, &[]);
    check(
        &run(&own, &["run", FEW], &[]),
        3,
        &["cannot be reached", "CA:FALSE", "AWS_CA_BUNDLE"],
    );
    let expired = Https::new(Front::Expired, &[]);
    check(
        &run(&expired, &["run", FEW], &[]),
        3,
        &["cannot be reached", "expired"],
    );
}

#[test]
fn a_signature_that_does_not_hold_is_told() {
    let server = Https::new(Front::Sound, &[]);
    for (name, value, why) in [
        (
            "AWS_SECRET_ACCESS_KEY",
            Some("another+secret/0123456789"),
            "signature",
        ),
        ("AWS_ACCESS_KEY_ID", Some("AKIASOMEBODYELSE0001"), "key"),
        ("AWS_SESSION_TOKEN", None, "token"),
    ] {
        let said = run(&server, &["run", FEW], &[(name, value)]);
        check(
            &said,
            4,
            &[
                "status 403",
                "InvalidSignatureException",
                &format!("does not hold: {why}"),
            ],
        );
    }
    let ahead = Https::new(Front::Ahead, &[]);
    check(
        &run(&ahead, &["run", FEW], &[]),
        4,
        &["status 403", "does not hold: clock"],
    );
}

/// The lines of a report sign and trust as the run did, with what is in the environment.
#[test]
fn curl_lines_get_in_too() {
    let server = Https::new(Front::Sound, &["--defect", "batch-size-min-zero"]);
    let report = run(&server, &["run", FEW, "-v", "--token", "proofssl"], &[]);
    check(
        &report,
        1,
        &[
            "--cacert \"$AWS_CA_BUNDLE\"",
            "x-amz-security-token: $AWS_SESSION_TOKEN",
        ],
    );
    let line = report
        .out
        .lines()
        .find_map(|line| line.strip_prefix("  curl         "))
        .expect("a curl line");
    let fixtures = run(&server, &["fixtures", "--token", "proofssl"], &[]);
    assert_eq!(fixtures.code, Some(0), "{}", fixtures.err);
    let script = format!("{}\n{line}\nproofmark_undo\n", fixtures.out);
    let bash = Command::new("bash")
        .args(["-c", &script])
        .envs(RIGHT)
        .env("AWS_CA_BUNDLE", &server.bundle)
        .output();
    let told = said(bash.expect("bash"));
    assert!(
        told.out.contains("HTTP/1.1 202") && told.out.contains("\"BatchSize\":0"),
        "{line}\n{}\n{}",
        told.out,
        told.err
    );
    // Without a target of its own kind, a line names neither.
    let plain = say(&["run", FEW, "--reference", "--defect", "batch-size-min-zero"]);
    assert!(!plain.out.contains("--cacert"), "{}", plain.out);
}
