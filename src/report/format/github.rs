//! Commands to GitHub's runner, which shows them as annotations of a job.

use crate::report::Exit;
use crate::report::document::{Report, ReportedFinding};
use crate::sink::github::command;
use crate::sink::one_line;

pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for finding in report.shown() {
        text.push_str(&annotation(report, finding));
    }
    let level = match report.outcome() {
        Exit::Conforms => "notice",
        _ => "error",
    };
    text.push_str(&command(level, &[("title", "proofmark")], &one_line(&report.headline)));
    text
}

fn annotation(report: &Report, finding: &ReportedFinding) -> String {
    let level = if finding.fails(report.run.gate) { "error" } else { "warning" };
    let line = finding.line.map(|line| line.to_string());
    let mut properties = Vec::new();
    properties.extend(finding.file.as_deref().map(|file| ("file", file)));
    properties.extend(line.as_deref().map(|line| ("line", line)));
    properties.push(("title", finding.id.as_str()));
    let message = format!(
        "{} [{}: {}]\nexpected: {}\nactual: {}\n{}",
        one_line(&finding.requirement),
        finding.basis,
        one_line(&finding.section),
        one_line(&finding.expected),
        one_line(&finding.actual),
        one_line(&finding.replay)
    );
    command(level, &properties, &message)
}
