//! Markdown for a page of a CI: the verdict, a table of findings, and the promises counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::report::document::{Report, ReportedFinding, State};
use crate::report::plural;
use crate::sink::markdown::{self as sink, cell, code};
use crate::sink::one_line;

/// A summary of a GitHub job may have so many bytes.
const MOST: usize = 1024 * 1024;
/// So many bytes are kept for what follows the findings.
const REST: usize = 64 * 1024;

pub(super) fn render(report: &Report) -> String {
    let run = &report.run;
    let mut text = format!("# proofmark: {}\n\n", sink::text(&report.headline));
    let _ = writeln!(
        text,
        "{} ({}) at {}: {} of {}, {}.\n",
        sink::text(&run.operation),
        sink::text(&run.revision),
        code(&run.target),
        report.cases.len(),
        plural(report.plan.selected, "case"),
        plural(report.requests, "request")
    );
    let verdicts: Vec<_> = report.counts.iter().map(|(v, count)| format!("{count} {}", v.name())).collect();
    if !verdicts.is_empty() {
        let _ = writeln!(text, "Verdicts: {}.\n", verdicts.join(", "));
    }
    let shown: Vec<_> = report.shown().collect();
    if !shown.is_empty() {
        text.push_str(
            "| | finding | cases | requirement | expected | actual |\n| --- | --- | ---: | --- | --- | --- |\n",
        );
    }
    for (number, finding) in shown.iter().enumerate() {
        let row = row(report, finding);
        if text.len() + row.len() > MOST - REST {
            let _ = writeln!(text, "\n{} more findings are left out here.", shown.len() - number);
            break;
        }
        text.push_str(&row);
    }
    for finding in shown {
        let details = details(finding);
        if text.len() + details.len() > MOST - REST {
            break;
        }
        text.push_str(&details);
    }
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    for promise in &report.promises {
        *states.entry(promise.state).or_default() += 1;
    }
    let _ = writeln!(text, "\n| promises | {} |\n| --- | ---: |", report.promises.len());
    for (state, count) in states {
        let _ = writeln!(text, "| {} | {count} |", state.name());
    }
    let notes = report.notes.iter().map(|note| format!("- {}\n", cell(note)));
    let left = report.leftovers.iter().map(|l| format!("- not removed: {} ({})\n", cell(&l.what), cell(&l.why)));
    text.push('\n');
    for line in notes.chain(left) {
        if text.len() + line.len() > MOST {
            break;
        }
        text.push_str(&line);
    }
    text
}

fn row(report: &Report, finding: &ReportedFinding) -> String {
    let mark = match (finding.fails(report.run.gate), &finding.known) {
        (true, _) => "FAIL",
        (false, Some(_)) => "KNOWN",
        (false, None) => "WARN",
    };
    format!(
        "| {mark} | {} | {} | {} ({}: {}) | {} | {} |\n",
        code(&finding.id),
        finding.count,
        cell(&finding.requirement),
        finding.basis,
        cell(&finding.section),
        cell(&finding.expected),
        code(&finding.actual)
    )
}

/// How to see a finding again, folded away.
fn details(finding: &ReportedFinding) -> String {
    let lines: Vec<&str> = finding.curl.iter().chain([&finding.replay]).map(String::as_str).collect();
    let id = sink::html(&one_line(&finding.id));
    format!("\n<details><summary>{id}</summary>\n{}\n</details>\n", sink::preformatted(&lines))
}
