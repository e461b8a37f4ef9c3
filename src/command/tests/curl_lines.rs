//! Every curl line of a report shows the finding it stands under.
//!
//! For each kind of finding a server with such a defect is judged, the printed lines are carried
//! out by bash on fixtures that `proofmark fixtures` made, and the last answer is compared with
//! what the report says came.

use std::process::Command;

use super::process::{proofmark, said, say, serve};

/// The run's fixtures and those made for its curl lines get the same names, so that answers can be
/// compared.
const TOKEN: &str = "proofcli";

/// One cause of a report: the finding that shows it, all findings it explains, the line on what
/// came, and the curl lines in order.
struct Printed {
    id: String,
    all: Vec<String>,
    actual: String,
    lines: Vec<String>,
}

fn printed(report: &str) -> Vec<Printed> {
    let mut all: Vec<Printed> = Vec::new();
    for line in report.lines() {
        if let Some(id) = line.strip_prefix("FAIL ").or(line.strip_prefix("WARN ")) {
            let id = id.split("  ").next().unwrap_or_default().to_owned();
            all.push(Printed {
                all: vec![id.clone()],
                id,
                actual: String::new(),
                lines: Vec::new(),
            });
        }
        let Some(last) = all.last_mut() else { continue };
        // Others stand below one another.
        for label in ["  also breaks  ", "  so that      ", "               "] {
            last.all.extend(line.strip_prefix(label).map(str::to_owned));
        }
        if let Some(actual) = line.strip_prefix("  actual       ") {
            last.actual = actual.to_owned();
        }
        for label in ["  curl         ", "  then         "] {
            last.lines
                .extend(line.strip_prefix(label).map(str::to_owned));
        }
    }
    all
}

/// What the last of the lines shows on new fixtures: its status, and everything it printed.
fn carried_out(url: &str, lines: &[String]) -> (String, String) {
    // What lines create is theirs to remove, and another run of this token is told that it is
    // there.
    let cleaned = say(&["clean", "--endpoint", url]);
    assert_eq!(cleaned.code, Some(0), "{}{}", cleaned.out, cleaned.err);
    let fixtures = say(&["fixtures", "--endpoint", url, "--token", TOKEN]);
    assert_eq!(fixtures.code, Some(0), "{}", fixtures.err);
    let (last, first) = lines.split_last().expect("a curl line");
    let before: String = first.iter().map(|l| format!("{l} > /dev/null\n")).collect();
    let script = format!(
        "set -u\n{}\n{before}{last}\ncode=$?\nproofmark_undo\nexit $code\n",
        fixtures.out
    );
    let output = Command::new("bash")
        .args(["-c", &script])
        .output()
        .expect("bash");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(
        !error.contains("unbound variable") && !error.contains("syntax error"),
        "{error}\n{lines:#?}"
    );
    // What came before the final answer is "100 Continue" at most.
    let status = text.lines().rfind(|l| l.starts_with("HTTP/1.1 "));
    let status = status
        .and_then(|l| l.split(' ').nth(1))
        .unwrap_or("none")
        .to_owned();
    (status, format!("{text}{error}"))
}

/// The defect leads to a finding of that symptom, and each finding's lines show what the finding
/// says.
#[track_caller]
fn check(defect: &str, symptom: &str, filters: &[&str]) {
    let served = serve(&["--defect", defect]);
    let report = proofmark()
        .args(["run", "-v", "--endpoint", &served.url, "--token", TOKEN])
        .args(filters)
        .output();
    let report = said(report.expect("the binary starts"));
    let findings = printed(&report.out);
    let shows = |f: &Printed| f.all.iter().any(|id| id.ends_with(symptom));
    assert!(
        findings.iter().any(shows),
        "no {symptom} in:\n{}",
        report.out
    );
    for finding in findings {
        let (status, text) = carried_out(&served.url, &finding.lines);
        let context = format!(
            "{defect}: {}\nactual {}\n{:#?}\n{text}",
            finding.id, finding.actual, finding.lines
        );
        let claimed = finding
            .actual
            .strip_prefix("status ")
            .map(|a| a.chars().take(3).collect::<String>());
        if let Some(claimed) = claimed {
            assert_eq!(status, claimed, "{context}");
        }
        // `Member: value` is a member of the answer's body, or a header.
        if let Some((member, value)) = finding.actual.split_once(": ")
            && !member.contains(' ')
        {
            let tight = |text: &str| text.split_whitespace().collect::<String>();
            let value = value
                .split(" (")
                .next()
                .and_then(|v| v.split(", ").next())
                .unwrap_or_default();
            let forms = [
                format!("\"{member}\":{value}"),
                format!("\"{member}\":\"{value}\""),
                format!("{member}:{value}"),
            ];
            assert!(
                forms.iter().any(|f| tight(&text).contains(&tight(f))),
                "{context}"
            );
        }
        let word = finding
            .actual
            .split_whitespace()
            .find(|w| w.ends_with("Exception"));
        assert!(word.is_none_or(|w| text.contains(w)), "{context}");
        assert!(!finding.lines.is_empty(), "{context}");
    }
}

#[test]
fn accepted() {
    check("batch-size-min-zero", "::accepted", &["BatchSize::range"]);
    check(
        "name-quote-crashes",
        "::server-error",
        &["FunctionName::pattern"],
    );
    check("cut-json-accepted", "::accepted", &["json"]);
}

#[test]
fn refused() {
    check(
        "batch-size-100-refused",
        "::refused",
        &["numbers", "BatchSize"],
    );
    check("bare-name-max-63", "::refused", &["bare-name-length"]);
    check("partial-arn-unsupported", "::refused", &["partial-arn"]);
}

#[test]
fn wrong_error_type() {
    check(
        "constraint-wrong-type",
        "::wrong-refusal",
        &["BatchSize::range"],
    );
    check(
        "unknown-mapping-400",
        "::wrong-error-status",
        &["identifiers::zero"],
    );
    check(
        "error-type-missing",
        "::no-error-type",
        &["BatchSize::range"],
    );
}

#[test]
fn wrong_status() {
    check("status-200", "::wrong-status", &["BatchSize::range"]);
    check("syntax-crashes", "::server-error", &["json"]);
}

#[test]
fn not_stored() {
    check(
        "batch-size-not-stored",
        "::not-stored",
        &["BatchSize::range"],
    );
    check("enabled-inverted", "::wrong-state", &["Enabled"]);
}

#[test]
fn changed_by_a_refusal() {
    check(
        "refused-for-range-stored",
        "::changed-by-refusal",
        &["BatchSize::range"],
    );
}

#[test]
fn changed_without_being_sent() {
    check("batch-size-reset", "::changed", &["BatchSize", "unsent"]);
}

#[test]
fn seen_in_a_read() {
    check("get-unknown-200", "::created", &["identifiers::unknown"]);
    check(
        "refused-deletes",
        "::gone",
        &["FunctionName::pattern::refuses::qualified-arn::group-1"],
    );
    check(
        "get-drops-qualifier",
        "::not-stored",
        &["function-name::name-with"],
    );
}

#[test]
fn on_the_kind_of_source_it_needs() {
    check(
        "answer-result-for-queues",
        "::not-null",
        &["variant::queue"],
    );
}

#[test]
fn told_by_the_form_of_an_answer() {
    check(
        "content-type-html",
        "::content-type",
        &["BatchSize::range::min"],
    );
    check(
        "body-trailing-comma",
        "::not-json",
        &["BatchSize::range::min"],
    );
    check(
        "answer-state-lower-case",
        "::out-of-contract",
        &["BatchSize::range::min"],
    );
}

#[test]
fn paths_and_headers_as_they_were() {
    check(
        "uuid-suffix-ignored",
        "::accepted",
        &["identifiers::digit-after"],
    );
    check(
        "uuid-decoded-twice",
        "::accepted",
        &["identifiers::encoded-twice"],
    );
    check(
        "query-crashes",
        "::server-error",
        &["identifiers", "methods"],
    );
    check("post-is-put", "::accepted", &["methods"]);
    check("chunked-request-empty", "::not-stored", &["chunked"]);
}

#[test]
fn bodies_that_are_no_plain_text() {
    check(
        "name-nul-crashes",
        "::server-error",
        &["members", "function-name"],
    );
    check(
        "name-non-ascii-crashes",
        "::server-error",
        &["function-name"],
    );
    check(
        "name-very-long-crashes",
        "::server-error",
        &["FunctionName", "function-name"],
    );
}

#[test]
fn in_sequences() {
    check("batch-size-shared", "::changed", &["sequences::bystanders"]);
    check(
        "shared-by-source",
        "::changed",
        &["sequences::two-on-one-queue"],
    );
    check(
        "lost-after-refusal",
        "::not-stored",
        &["sequences::after-refused-range-min"],
    );
    check(
        "deleted-accepts-updates",
        "::accepted",
        &["sequences::deleted-stream"],
    );
    check(
        "recreated-remembers",
        "::not-stored",
        &["sequences::created-again-queue"],
    );
    check(
        "list-shows-deleted",
        "::lingers",
        &["sequences::deleted-queue"],
    );
}
