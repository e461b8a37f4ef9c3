//! What is wrong with a file of written cases is said with its line and with what was expected.

use crate::harness::testing::{assert_refused, plan};
use crate::plan::case::Case;
use crate::support::files::{FileError, Source};

/// One case that is right: its id stands in line 2, and what a test adds in line 9.
const CASE: &str = "[[case]]\nid = \"a\"\nsays = \"s\"\natoms = [\"request::http\"]\nbasis = \"page\"\nwhy = \"w\"\n\
                    body = '{}'\nexpect = \"accept\"\n";

/// Reads a file of cases.
pub(super) fn load(text: &str) -> Result<Vec<Case>, FileError> {
    let file = Source {
        name: "odd.toml".to_owned(),
        text: text.to_owned(),
    };
    plan().read_cases(&file, "odd")
}

fn check(text: &str, expected: &str) {
    let found = load(text).map(|cases| cases.len());
    match expected {
        "" => assert_eq!(found, Ok(1), "{text}"),
        _ => assert_refused(found, expected),
    }
}

fn with(from: &str, to: &str, expected: &str) {
    assert!(CASE.contains(from), "{from}");
    check(&CASE.replace(from, to), expected);
}

#[test]
fn what_tests_start_from_is_right() {
    check(CASE, "");
}

#[test]
fn keys_and_ids() {
    check(
        &format!("{CASE}bodie = 'x'\n"),
        "odd.toml:9: unknown field `bodie`, expected one of …",
    );
    check(&format!("{CASE}body = 'x'\n"), "odd.toml:9: duplicate key");
    check(
        &format!("{CASE}{CASE}"),
        "odd.toml:10: case id `a` stands twice in this file",
    );
    check(
        "",
        "odd.toml:1: expected at least one [[case]] or [[sequence]]",
    );
    with(
        "\"a\"",
        "\"A b\"",
        "odd.toml:2: expected an id of lower-case letters, digits and dashes",
    );
    with(
        "\"a\"",
        "\"\"",
        "odd.toml:2: expected an id of lower-case letters, digits and dashes",
    );
    with("says = \"s\"\n", "", "odd.toml:1: missing field `says`");
    with(
        "\"page\"",
        "\"book\"",
        "odd.toml:5: unknown value `book`, expected one of `page`, `protocol`, `aws`, `inferred`",
    );
    check(
        &format!("{CASE}level = \"may\"\n"),
        "odd.toml:9: unknown value `may`, expected `must` or `should`",
    );
    check(
        &format!("{CASE}variant = \"steam\"\n"),
        "odd.toml:9: unknown variant `steam`; did you mean `stream`?",
    );
}

#[test]
fn atoms() {
    with(
        "request::http",
        "request::nothing",
        "odd.toml:4: unknown promise `request::nothing`: expected the id of an atom of UpdateEventSourceMapping",
    );
    with(
        "[\"request::http\"]",
        "[]",
        "odd.toml:4: expected at least one promise the case is about",
    );
}

#[test]
fn expectations() {
    with(
        "\"accept\"",
        "\"accepted\"",
        "odd.toml:8: unknown value `accepted`, expected one of `accept`, `reject`, `either`, `no-effect`, `probe`, `like-twin`, `as-twin`; did you mean `accept`?",
    );
    with(
        "\"accept\"",
        "\"reject\"",
        "odd.toml:8: expected `violates` beside it: what the request breaks",
    );
    with(
        "\"accept\"",
        "\"like-twin\"",
        "odd.toml:8: expected `twin` beside it: the body to compare with",
    );
    with("\"accept\"", "\"as-twin\"\ntwin = '{}'", "");
    with(
        "\"accept\"",
        "\"accept\"\ntwin = '{}'",
        "odd.toml:9: `twin` goes with `reject`, `like-twin` and `as-twin` only",
    );
    with(
        "\"accept\"",
        "\"either\"",
        "odd.toml:8: expected `violates` beside it: what the request breaks",
    );
    with(
        "\"accept\"",
        "\"reject\"\nviolates = \"shape\"",
        "odd.toml:9: unknown violation class `shape`: expected one of …",
    );
    with(
        "\"accept\"",
        "\"accept\"\nviolates = \"range\"",
        "odd.toml:8: an accepted request violates nothing",
    );
    with(
        "\"accept\"",
        "\"probe\"\nthen = { BatchSize = 1 }",
        "odd.toml:9: `then` goes with `expect = \"accept\"` only",
    );
    check(
        &format!("{CASE}then = {{ BatchSise = 1 }}\n"),
        "odd.toml:9: unknown answer member `BatchSise`; did you mean `BatchSize`?",
    );
    check(
        &format!("{CASE}then = {{ BatchSize = 1.5 }}\n"),
        "odd.toml:9: expected a string, a whole number or a boolean",
    );
    check(
        &format!("{CASE}then = {{ FunctionArn = \"${{x}}\" }}\n"),
        "odd.toml:9: `${x}` is offered by no fixture: expected one of …",
    );
}

#[test]
fn requests() {
    with(
        "'{}'",
        "'${nobody}'",
        "odd.toml:7: `${nobody}` is offered by no fixture: expected one of …",
    );
    with(
        "'{}'",
        "'${function'",
        "odd.toml:7: expected `}` after `${`",
    );
    with(
        "'{}'",
        "'${repeat x y}'",
        "odd.toml:7: expected `${repeat COUNT TEXT}`, at most 16777216 bytes, found `repeat x y`",
    );
    check(
        &format!("{CASE}given = '${{nobody}}'\n"),
        "odd.toml:9: `${nobody}` is offered by no fixture: expected one of …",
    );
    check(
        &format!("{CASE}body-hex = '00'\n"),
        "odd.toml:9: expected `body` or `body-hex`, found both",
    );
    with(
        "body = '{}'",
        "body-hex = '0g'",
        "odd.toml:7: expected pairs of hexadecimal digits",
    );
    check(
        &format!("{CASE}path = 'x'\n"),
        "odd.toml:9: expected a path that starts with `/`",
    );
    check(
        &format!("{CASE}path = '/x'\nlabel = {{ UUID = 'a' }}\n"),
        "odd.toml:9: expected `path` or `label`, found both",
    );
    check(
        &format!("{CASE}label = {{ Id = 'a' }}\n"),
        "odd.toml:9: the path has no label `Id`",
    );
    check(
        &format!("{CASE}headers = {{ a = '${{nobody}}' }}\n"),
        "odd.toml:9: `${nobody}` is offered by no fixture: expected one of …",
    );
    check(
        &format!("{CASE}chunked = 0\n"),
        "odd.toml:9: expected chunks of at least one byte",
    );
}
