//! What cases take from the defaults of their file, and what is wrong with defaults.

use crate::contract::{Basis, Level};
use crate::harness::testing::{assert_refused, given_of};
use crate::plan::case::file::tests::load;
use crate::plan::case::{BodyDraft, Case, Expect, Origin, Variant};

/// What the cases below share. What a test adds stands in line 5.
const DEFAULTS: &str =
    "[defaults]\natoms = [\"request::http\"]\nbasis = \"page\"\nexpect = \"accept\"\n";

/// A case that leaves to the defaults what it can.
const CASE: &str = "[[case]]\nid = \"a\"\nsays = \"s\"\nwhy = \"w\"\nbody = '{}'\n";

const SEQUENCE: &str =
    "[[sequence]]\nid = \"b\"\nsays = \"s\"\nwhy = \"w\"\nsteps = [{ read = \"mapping\" }]\n";

fn cases(text: &str) -> Vec<Case> {
    load(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

fn refused(text: &str, expected: &str) {
    assert_refused(load(text), expected);
}

fn content(cases: &[Case]) -> String {
    let plain = |case: &Case| {
        format!(
            "{:?}",
            Case {
                origin: Origin::Derived,
                ..case.clone()
            }
        )
    };
    cases.iter().map(plain).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_a_case_leaves_out_is_taken() {
    let shared = "given = '{\"BatchSize\": 7}'\nlevel = \"should\"\nvariant = \"queue\"\n";
    let own = "atoms = [\"request::http\"]\nbasis = \"page\"\n";
    let short = cases(&format!("{DEFAULTS}{shared}{CASE}{SEQUENCE}"));
    let sequence = "level = \"should\"\nvariant = \"queue\"\n";
    let whole = cases(&format!(
        "{CASE}{own}expect = \"accept\"\n{shared}{SEQUENCE}{own}{sequence}"
    ));
    assert_eq!(content(&short), content(&whole));
    assert_eq!(short[0].variant, Variant::named("queue"));
}

#[test]
fn a_case_says_what_differs() {
    let own =
        "basis = \"aws\"\ngiven = '{\"BatchSize\": 8}'\nlevel = \"must\"\nvariant = \"any\"\n";
    let shared = "given = '{\"BatchSize\": 7}'\nlevel = \"should\"\nvariant = \"queue\"\n";
    let read = cases(&format!(
        "{DEFAULTS}{shared}{CASE}{own}{}",
        CASE.replace("\"a\"", "\"c\"")
    ));
    let [first, second] = read.as_slice() else {
        panic!("two cases")
    };
    assert_eq!(
        (first.basis, first.level, first.variant.clone()),
        (Basis::Aws, Level::Must, Variant::ANY)
    );
    assert_eq!(
        given_of(first).body,
        BodyDraft::Text("{\"BatchSize\": 8}".to_owned())
    );
    assert_eq!(
        (second.basis, second.level, second.variant.clone()),
        (Basis::Page, Level::Should, Variant::named("queue"))
    );
    assert_eq!(
        given_of(second).body,
        BodyDraft::Text("{\"BatchSize\": 7}".to_owned())
    );
}

#[test]
fn a_class_is_taken_where_one_is_needed() {
    let with = |expect: &str| {
        CASE.replace("\"a\"", &format!("\"{expect}\"")) + &format!("expect = \"{expect}\"\n")
    };
    let text = format!(
        "{DEFAULTS}violates = \"syntax\"\n{CASE}{}{}{}{}",
        with("reject"),
        with("either"),
        with("no-effect"),
        with("probe")
    );
    let expects: Vec<Expect> = cases(&text)
        .into_iter()
        .map(|case| case.expect().clone())
        .collect();
    let syntax = || "syntax".to_owned();
    let expected = [
        Expect::Accept,
        Expect::Reject(syntax()),
        Expect::Either(syntax()),
        Expect::NoEffect(syntax()),
        Expect::Probe("unsettled".to_owned()),
    ];
    assert_eq!(expects, expected);
}

#[test]
fn unknown_defaults() {
    let known = "`atoms`, `given`, `expect`, `violates`, `basis`, `level`, `variant`";
    refused(
        &format!("{DEFAULTS}gven = '{{}}'\n{CASE}"),
        &format!(
            "odd.toml:5: unknown field `gven`, expected one of {known}; did you mean `given`?"
        ),
    );
    refused(
        &format!("{DEFAULTS}body = '{{}}'\n{CASE}"),
        &format!("odd.toml:5: unknown field `body`, expected one of {known}"),
    );
    refused(
        &format!("[default]\nbasis = \"page\"\n{CASE}"),
        "odd.toml:1: unknown field `default`, expected one of `defaults`, `case`, `sequence`; did you mean `defaults`?",
    );
    refused(
        &format!("defaults = 3\n{CASE}"),
        "odd.toml:1: expected a table [defaults] with what cases share",
    );
    refused(
        &format!("[[defaults]]\n{CASE}"),
        "odd.toml:1: expected a table [defaults] with what cases share",
    );
}

#[test]
fn a_default_is_taken_by_some_case() {
    let unused = |key: &str, line: usize| {
        format!("odd.toml:{line}: no case takes the default of `{key}`; remove it")
    };
    refused(
        &format!("{DEFAULTS}{CASE}basis = \"aws\"\n"),
        &unused("basis", 3),
    );
    refused(
        &format!("{DEFAULTS}violates = \"syntax\"\n{CASE}"),
        &unused("violates", 5),
    );
    refused(&format!("{DEFAULTS}{SEQUENCE}"), &unused("expect", 4));
    refused(
        DEFAULTS,
        "odd.toml:1: expected at least one [[case]] or [[sequence]]",
    );
}

#[test]
fn faults_are_told_where_they_stand() {
    let without_basis = DEFAULTS.replace("basis = \"page\"\n", "");
    refused(
        &format!("{without_basis}{CASE}"),
        "odd.toml:4: missing field `basis`",
    );
    refused(
        &format!("{}{CASE}", DEFAULTS.replace("\"page\"", "\"book\"")),
        "odd.toml:3: unknown value `book`, expected one of `page`, `protocol`, `aws`, `inferred`",
    );
    refused(
        &format!(
            "{}{CASE}",
            DEFAULTS.replace("request::http", "request::nothing")
        ),
        "odd.toml:2: unknown promise `request::nothing`: …",
    );
    refused(
        &format!("{DEFAULTS}given = '${{nobody}}'\n{CASE}"),
        "odd.toml:5: `${nobody}` is offered by no fixture: expected one of …",
    );
}

/// A short file must not stand for gigabytes.
#[test]
fn what_is_taken_has_a_limit() {
    let many: String = (0..20)
        .map(|number| CASE.replace("\"a\"", &format!("\"a{number}\"")))
        .collect();
    refused(
        &format!("{DEFAULTS}given = '{}'\n{many}", "x".repeat(1 << 20)),
        "odd.toml:81: expected tables that take at most 16 MiB from other tables of the file",
    );
}
