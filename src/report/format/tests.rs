//! Every format says what the document says, and is well formed.

use regex::Regex;
use serde_json::Value;

use super::Format;
use crate::harness::testing::{cases, snapshot};
use crate::report::Report;
use crate::report::document::tests::{document, ran};
use crate::report::document::{CauseKind, Outcome, ReportedFinding, StopKind, Stopped};

async fn report_of(defect: &str) -> Report {
    let some = cases(|c| c.id.as_str().contains("BatchSize"), 60);
    document(&ran(Some(defect), &some).await, &some).0
}

/// What Jenkins' schema allows: an element, its attributes, and what it may hold.
const JUNIT: [(&str, &[&str], &[&str]); 8] = [
    (
        "testsuites",
        &["name", "tests", "failures", "errors"],
        &["testsuite"],
    ),
    (
        "testsuite",
        &["name", "tests", "skipped", "errors", "failures"],
        &["properties", "testcase"],
    ),
    ("properties", &[], &["property"]),
    ("property", &["name", "value"], &[]),
    (
        "testcase",
        &["name", "classname"],
        &["failure", "error", "skipped", "system-out"],
    ),
    ("failure", &["type", "message"], &[]),
    ("error", &["type", "message"], &[]),
    ("skipped", &["type", "message"], &[]),
];

fn check_junit(text: &str) {
    let tag = Regex::new(r#"<(/?)([a-z-]+)((?: [a-z]+="[^"<]*")*) ?(/?)>"#).expect("a pattern");
    let attribute = Regex::new(r#" ([a-z]+)=""#).expect("a pattern");
    let mut open: Vec<&str> = Vec::new();
    let body = text
        .strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
        .expect("a declaration");
    assert_eq!(
        tag.find_iter(body).count(),
        body.matches('<').count(),
        "a tag of another form"
    );
    for found in tag.captures_iter(body) {
        let name = found.get(2).expect("a name").as_str();
        if !found[1].is_empty() {
            assert_eq!(open.pop(), Some(name));
            continue;
        }
        if let Some(within) = open.last() {
            let row = JUNIT
                .iter()
                .find(|(of, ..)| of == within)
                .unwrap_or_else(|| panic!("{name} in {within}"));
            assert!(row.2.contains(&name), "{name} in {within}");
        }
        if name != "system-out" {
            let row = JUNIT
                .iter()
                .find(|(of, ..)| *of == name)
                .unwrap_or_else(|| panic!("an element {name}"));
            for a in attribute.captures_iter(&found[3]) {
                assert!(row.1.contains(&&a[1]), "{name} with {}", &a[1]);
            }
        }
        if found[4].is_empty() {
            open.push(name);
        }
    }
    assert!(open.is_empty());
}

#[tokio::test(start_paused = true)]
async fn junit_keeps_failures_errors_and_skips_apart() {
    let mut report = report_of("batch-size-min-zero").await;
    for (place, verdict) in [
        Outcome::Masked,
        Outcome::NotImplemented,
        Outcome::Error,
        Outcome::Skip,
        Outcome::Probe,
    ]
    .into_iter()
    .enumerate()
    {
        let case = report
            .cases
            .iter_mut()
            .filter(|c| c.findings.is_empty())
            .nth(place)
            .expect("a case");
        (case.verdict, case.reason) = (verdict, Some("<&\"\u{1}".to_owned()));
    }
    let text = Format::Junit.render(&report);
    check_junit(&text);
    let failing = report
        .cases
        .iter()
        .filter(|c| !c.findings.is_empty())
        .count();
    assert!(failing > 0);
    assert_eq!(text.matches("<failure ").count(), failing);
    assert_eq!(text.matches("<error ").count(), 3);
    let skips = report
        .cases
        .iter()
        .filter(|c| matches!(c.verdict, Outcome::Skip | Outcome::Probe))
        .count();
    assert_eq!(text.matches("<skipped ").count(), skips);
    let suite = text.lines().nth(2).expect("the suite");
    assert!(
        suite.contains(&format!("tests=\"{}\"", report.cases.len())),
        "{suite}"
    );
    assert!(
        suite.contains("errors=\"3\"") && suite.contains(&format!("failures=\"{failing}\"")),
        "{suite}"
    );
    // What stopped the run is an error of its own.
    report.stopped = Some(Stopped {
        kind: StopKind::Unreachable,
        why: "nobody there".to_owned(),
        enough: false,
    });
    report.conclude();
    let text = Format::Junit.render(&report);
    check_junit(&text);
    assert!(
        text.contains("COULD NOT TELL: nobody there"),
        "a run that was cut short"
    );
}

#[tokio::test(start_paused = true)]
async fn sarif_names_rules_and_places() {
    let report = report_of("batch-size-min-zero").await;
    let text = Format::Sarif.render(&report);
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!(document["version"], "2.1.0");
    let run = &document["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let mut ids: Vec<_> = rules
        .iter()
        .map(|r| r["id"].as_str().expect("an id"))
        .collect();
    assert!(rules.iter().all(|r| {
        r["help"]["text"]
            .as_str()
            .is_some_and(|help| !help.is_empty())
    }));
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), report.shown().count());
    for (result, finding) in results.iter().zip(report.shown()) {
        let place =
            usize::try_from(result["ruleIndex"].as_u64().expect("a place")).expect("a place");
        assert_eq!(result["ruleId"].as_str(), Some(ids[place]));
        assert_eq!(
            result["partialFingerprints"]["proofmarkFinding/v1"].as_str(),
            Some(finding.id.as_str())
        );
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
            .as_str()
            .expect("a place");
        assert!(
            uri.starts_with("cases/") && !uri.contains([' ', '\\', ':']),
            "{uri}"
        );
        assert!(["error", "warning", "note"].contains(&result["level"].as_str().expect("a level")));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), rules.len(), "no rule twice");
}

/// GitHub shows ten annotations of a level for each step.
#[tokio::test(start_paused = true)]
async fn as_many_annotations_as_are_shown() {
    let mut report = report_of("batch-size-min-zero").await;
    let finding = report.findings[0].clone();
    report.causes.clear();
    report.findings = (0..12)
        .map(|n| ReportedFinding {
            id: format!("{}-{n}", finding.id),
            ..finding.clone()
        })
        .collect();
    let text = Format::Github.render(&report);
    assert_eq!(text.matches("::error ").count(), 10, "{text}");
    let verdict = text.lines().last().expect("a verdict");
    assert!(
        verdict.contains("3 more causes are in the summary"),
        "{verdict}"
    );
}

/// What every answer has wrong is one test case that fails, not all of them.
#[tokio::test(start_paused = true)]
async fn what_every_answer_has_wrong_fails_no_other_case() {
    let report = report_of("content-type-html").await;
    let global = report.causes.iter().filter(|c| c.kind == CauseKind::Form);
    assert_eq!(global.count(), report.causes.len());
    let text = Format::Junit.render(&report);
    check_junit(&text);
    assert_eq!(text.matches("<failure ").count(), report.causes.len());
    assert!(report.count(Outcome::Fail) > 1);
}

#[tokio::test(start_paused = true)]
async fn markdown_is_a_table_whatever_a_target_says() {
    let mut report = report_of("batch-size-min-zero").await;
    report.findings[0].actual = "a | b\n`c` <script> $d".to_owned();
    let text = Format::Markdown.render(&report);
    for row in text
        .lines()
        .filter(|l| l.starts_with("| FAIL") || l.starts_with("| WARN"))
    {
        assert_eq!(row.replace("\\|", "").matches('|').count(), 7, "{row}");
        assert!(!row.contains("<script>"));
    }
    let finding = report.findings[0].clone();
    report.findings = (0..20_000)
        .map(|n| ReportedFinding {
            id: format!("{}-{n}", finding.id),
            ..finding.clone()
        })
        .collect();
    let text = Format::Markdown.render(&report);
    assert!(
        text.len() <= 1024 * 1024 && text.contains("more findings are left out here"),
        "{}",
        text.len()
    );
    assert!(
        text.contains("| kept |"),
        "the promises are counted all the same"
    );
}

#[tokio::test(start_paused = true)]
async fn ndjson_is_a_document_a_line() {
    let report = report_of("batch-size-min-zero").await;
    let text = Format::Ndjson.render(&report);
    let lines: Vec<Value> = text
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.first().map(|l| &l["event"]), Some(&"start".into()));
    assert_eq!(
        lines.last().map(|l| &l["headline"]),
        Some(&report.headline.as_str().into())
    );
    let cases = lines.iter().filter(|l| l["event"] == "case").count();
    assert_eq!(cases, report.cases.len());
}

#[tokio::test(start_paused = true)]
async fn the_fixed_run_for_review() {
    let report = report_of("batch-size-min-zero").await;
    snapshot(
        "report",
        "batch-size-zero-accepted-markdown",
        &Format::Markdown.render(&report),
    );
    snapshot(
        "report",
        "batch-size-zero-accepted-github",
        &Format::Github.render(&report),
    );
}
