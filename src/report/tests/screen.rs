//! The screen that a run ends with: all that is wrong in a line each, the worst of it whole, and the
//! verdict.

use std::sync::Arc;

use crate::contract::Level;
use crate::harness::testing::{cases, options, plan, snapshot};
use crate::reference::{Clock, Options, Reference, find_defect};
use crate::report::curl::CurlTarget;
use crate::report::{Facts, Report, Style, Summary, Where, report_text, verdict_text};
use crate::run::Runner;
use crate::wire::target::{Settings, Target};

/// Faults of a target as they come together: one in the form of every answer, and some about values.
const DEFECTS: [&str; 4] = [
    "batch-size-min-zero",
    "content-type-html",
    "status-500",
    "batch-size-not-stored",
];

/// The report of a run that meets each of those defects in turn: each has a part of the cases.
async fn report(defects: &[&str]) -> Report {
    let plan = plan();
    let some = cases(|c| c.id.as_str().contains("BatchSize"), usize::MAX);
    let mut summary = Summary::default();
    let (_sender, stop) = tokio::sync::watch::channel(false);
    let parts: Vec<Option<&str>> = match defects {
        [] => vec![None],
        some => some.iter().copied().map(Some).collect(),
    };
    for (number, defect) in parts.iter().enumerate() {
        let reference = Reference::new(Options {
            defect: defect.map(|id| find_defect(id).expect(id)),
            clock: Clock::tokio(),
            ..Options::default()
        });
        let target = Target::service(reference, Settings::default()).expect("a target");
        let mine: Vec<usize> = some
            .iter()
            .copied()
            .skip(number)
            .step_by(parts.len())
            .collect();
        let ended = Runner::new(Arc::clone(&plan), target, options())
            .run(&mine, stop.clone(), |event| summary.add(&plan, event))
            .await;
        summary.end(ended);
    }
    let url = "http://127.0.0.1:4566".to_owned();
    let curl = CurlTarget::new(&url, "us-east-1");
    let at = Where {
        curl: Some(&curl),
        flags: format!("--endpoint {url}"),
    };
    let facts = Facts {
        url: Some(url),
        version: Some("5.2.5".to_owned()),
        ..Facts::of(&at, Level::Must)
    };
    Report::new(&plan, &summary, &facts)
}

fn screen(report: &Report, width: Option<usize>) -> String {
    let style = Style {
        width,
        ..Style::default()
    };
    report_text(report, style)
}

/// How many lines a screen of that width shows.
fn lines(text: &str, width: usize) -> usize {
    let of = |line: &str| line.chars().count().div_ceil(width).max(1);
    text.lines().map(of).sum()
}

#[tokio::test(start_paused = true)]
async fn what_a_faulty_target_ends_with() {
    let report = report(&DEFECTS).await;
    for width in [80, 60] {
        let text = screen(&report, Some(width));
        snapshot("report", &format!("screen-{width}"), &text);
        assert!(lines(&text, width) <= 30 + 80 - width, "{text}");
        // Only what is to be copied is in one piece, however wide.
        let copied = ["  curl ", "  then ", "  replay ", "  before "];
        for line in text.lines() {
            let whole = copied.iter().any(|label| line.starts_with(label));
            assert!(whole || line.chars().count() <= width, "{line}");
        }
    }
    // In a pipe the verdict is one line, and `replay` names the case itself.
    let text = screen(&report, None);
    let verdict = verdict_text(&report, Style::default());
    assert_eq!(text.lines().last(), Some(verdict.trim_end()));
    assert!(
        text.contains("proofmark replay update-event-source-mapping::"),
        "{text}"
    );
    // What keeps promises is never told as if nothing passed.
    assert!(
        !text.contains(" 0 pass") && !text.contains("impossible"),
        "{text}"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_conforming_target_ends_with() {
    let report = report(&[]).await;
    snapshot("report", "screen-conforms", &screen(&report, Some(80)));
}

#[tokio::test(start_paused = true)]
async fn every_name_on_the_screen_leads_to_its_cause() {
    let report = report(&DEFECTS).await;
    let text = screen(&report, Some(80));
    let mut names = 0;
    for told in report.told() {
        let short = report.short(told.id());
        assert!(text.contains(&short), "{short} of {} in {text}", told.id());
        for id in [short.as_str(), told.id()] {
            let meant = report.meant(id).map(|told| told.id());
            assert_eq!(meant, Some(told.id()), "{id}");
        }
        names += 1;
    }
    assert!(names > 3, "{names} causes");
    for finding in &report.findings {
        let meant = report.meant(&finding.id).map(|told| &told.finding.id);
        assert_eq!(meant, Some(&finding.id));
    }
    assert!(report.meant("zzzz").is_none() && report.meant("").is_none());
}

/// A request is printed without what no check needs: under 200 characters, but for its body.
#[tokio::test(start_paused = true)]
async fn curl_lines_are_short() {
    let report = report(&DEFECTS).await;
    let mut seen = 0;
    for line in report.findings.iter().flat_map(|f| &f.curl) {
        let body = line.split_once(" -d ").map_or(0, |(_, body)| body.len());
        let kept = line
            .find("| tee /dev/stderr")
            .map_or(0, |at| line.len() - at + 20);
        assert!(line.len() - body - kept < 200, "{line}");
        assert!(
            !line.to_ascii_lowercase().contains("authorization"),
            "{line}"
        );
        seen += 1;
    }
    assert!(seen > 3, "{seen} lines");
}
