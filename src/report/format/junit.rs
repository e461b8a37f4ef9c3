//! JUnit XML, as Jenkins, GitLab and others read it: one test case for each case that was fired.
//!
//! It fits the schema of Jenkins' xUnit plug-in, which has no properties of a test case: promises,
//! basis and curl lines stand in its output, as lines `name: value`.

use std::collections::HashMap;
use std::fmt::Write as _;

use quick_junit::{NonSuccessKind, Property, TestCase, TestCaseStatus, TestSuite};

use crate::report::Exit;
use crate::report::document::{
    CauseKind, Outcome, Report, ReportedCase, ReportedCause, ReportedFinding,
};

pub(super) fn render(report: &Report) -> String {
    // XML knows no way to write some characters down, and a value must begin no line of an output.
    let report = &super::plain(report);
    let mut suite = TestSuite::new(report.run.slug.as_str());
    for (name, value) in [
        ("revision", report.run.revision.clone()),
        ("target", report.run.target.clone()),
        ("seed", report.run.seed.to_string()),
        ("samples", report.run.samples.to_string()),
        ("headline", report.headline.clone()),
    ] {
        suite.add_property(Property::new(name, value));
    }

    // All draws of a kind have one id, but a reader takes two test cases of one name for the same.
    let mut names: HashMap<&str, usize> = HashMap::new();
    for case in &report.cases {
        let seen = names.entry(&case.id).or_default();
        *seen += 1;
        let name = if *seen == 1 {
            case.id.clone()
        } else {
            format!("{} ({seen})", case.id)
        };
        suite.add_test_case(of_case(report, case, name));
    }

    for cause in report.causes.iter().filter(|cause| is_global(cause)) {
        suite.add_test_case(of_cause(report, cause));
    }
    for finding in report.findings.iter().filter(|f| f.data_plane) {
        let status = status_of(&failing(report, &[finding]));
        let mut test = TestCase::new(finding.id.as_str(), status);
        test.set_classname(finding.promise.as_str())
            .set_system_out(output(report, &[finding]));
        suite.add_test_case(test);
    }

    // What went wrong with the run itself is no case's, and must be seen.
    if ![Exit::Conforms, Exit::Findings].contains(&report.outcome()) {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_message(report.headline.as_str()).set_type("run");
        let mut test = TestCase::new("the run as a whole", status);
        test.set_classname(report.run.slug.as_str());
        suite.add_test_case(test);
    }

    let mut whole = quick_junit::Report::new("proofmark");
    whole.add_test_suite(suite);
    // The schema has no such attribute of the whole.
    let attribute = format!(" skipped=\"{}\"", whole.skipped);
    let text = whole.to_string().unwrap_or_default();
    text.replacen(&attribute, "", 1)
}

fn of_case(report: &Report, case: &ReportedCase, name: String) -> TestCase {
    let findings: Vec<_> = case
        .findings
        .iter()
        .filter_map(|id| report.finding(id))
        .collect();

    let mut fails = failing(report, &findings);
    fails.retain(|f| !is_of_global(report, f));

    let error = || TestCaseStatus::non_success(NonSuccessKind::Error);
    let mut status = match case.verdict {
        Outcome::Masked | Outcome::NotImplemented | Outcome::Error => error(),
        _ if !fails.is_empty() => failure(&fails),
        Outcome::Skip | Outcome::Probe => TestCaseStatus::skipped(),
        Outcome::Pass | Outcome::Fail => TestCaseStatus::success(),
    };

    let reason = case.reason.as_deref().unwrap_or(match case.verdict {
        Outcome::NotImplemented => "the target says that it does not implement this",
        _ => "",
    });

    if !matches!(status, TestCaseStatus::Success { .. })
        && fails.is_empty() | status_is_error(&status)
    {
        status
            .set_message(format!("{}: {reason}", case.verdict.name()))
            .set_type(case.verdict.name());
    }

    let mut text = String::new();
    for promise in &case.promises {
        let _ = writeln!(text, "promise: {promise}");
    }
    let _ = writeln!(
        text,
        "says: {}\nbasis: {}\nlevel: {}",
        case.says, case.basis, case.level
    );

    text.push_str(&output(report, &findings));
    let mut test = TestCase::new(name, status);
    test.set_classname(
        case.promises
            .first()
            .map_or(report.run.slug.as_str(), String::as_str),
    )
    .set_system_out(text);

    test
}

/// Whether a cause shows in every answer or every refusal: a case that shows nothing else is not to
/// blame.
fn is_global(cause: &ReportedCause) -> bool {
    matches!(cause.kind, CauseKind::Form | CauseKind::EveryRefusal)
}

fn is_of_global(report: &Report, finding: &ReportedFinding) -> bool {
    report.causes_of(&finding.id).any(is_global)
}

/// What shows everywhere is a test case of its own.
fn of_cause(report: &Report, cause: &ReportedCause) -> TestCase {
    let findings: Vec<_> = cause
        .findings
        .iter()
        .filter_map(|id| report.finding(id))
        .collect();

    let status = status_of(&failing(report, &findings));
    let mut test = TestCase::new(cause.id.as_str(), status);
    test.set_classname(report.run.slug.as_str())
        .set_system_out(output(report, &findings));
    test
}

fn status_is_error(status: &TestCaseStatus) -> bool {
    matches!(
        status,
        TestCaseStatus::NonSuccess {
            kind: NonSuccessKind::Error,
            ..
        }
    )
}

/// Those of the findings that fail the run.
fn failing<'a>(report: &Report, findings: &[&'a ReportedFinding]) -> Vec<&'a ReportedFinding> {
    let findings = findings.iter().copied();
    findings.filter(|f| f.fails(report.run.gate)).collect()
}

/// A failure where there are findings that fail the run.
fn status_of(fails: &[&ReportedFinding]) -> TestCaseStatus {
    match fails {
        [] => TestCaseStatus::success(),
        fails => failure(fails),
    }
}

fn failure(findings: &[&ReportedFinding]) -> TestCaseStatus {
    let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
    if let Some(first) = findings.first() {
        status
            .set_type(first.id.as_str())
            .set_message(format!("expected {}; {}", first.expected, first.actual));
    }

    let mut text = String::new();
    for f in findings {
        let _ = writeln!(
            text,
            "{}\nrequirement: {} [{}: {}]\nexpected: {}\nactual: {}",
            f.id, f.requirement, f.basis, f.section, f.expected, f.actual
        );
    }

    status.set_description(text);
    status
}

/// How to see the findings again.
fn output(report: &Report, findings: &[&ReportedFinding]) -> String {
    let mut text = String::new();
    for finding in findings {
        let _ = writeln!(text, "finding: {}", finding.id);
        for cause in report.causes_of(&finding.id) {
            let _ = writeln!(text, "cause: {}", cause.id);
        }
        for line in &finding.curl {
            let _ = writeln!(text, "curl: {line}");
        }
        let _ = writeln!(text, "replay: {}", finding.replay);
    }

    text
}
