//! Commands to GitHub's runner, which shows them as annotations of a job.

use crate::report::Exit;
use crate::report::document::{Report, Told};
use crate::support::sink::github::command;
use crate::support::sink::one_line;

pub(super) fn render(report: &Report) -> String {
    let mut text = String::new();
    for told in report.told() {
        text.push_str(&annotation(report, &told));
    }
    let level = match report.outcome() {
        Exit::Conforms => "notice",
        _ => "error",
    };
    text.push_str(&command(
        level,
        &[("title", "proofmark")],
        &one_line(&report.headline),
    ));
    text
}

fn annotation(report: &Report, told: &Told<'_>) -> String {
    let finding = told.finding;
    let level = if finding.fails(report.run.gate) {
        "error"
    } else {
        "warning"
    };
    let line = finding.line.map(|line| line.to_string());
    let mut properties = Vec::new();
    properties.extend(finding.file.as_deref().map(|file| ("file", file)));
    properties.extend(line.as_deref().map(|line| ("line", line)));
    properties.push(("title", finding.id.as_str()));
    let message = format!(
        "{} [{}: {}]\n{}expected: {}\nactual: {}\n{}",
        one_line(&finding.requirement),
        finding.basis,
        one_line(&finding.section),
        cause(told),
        one_line(told.expected()),
        one_line(told.actual()),
        one_line(told.replay())
    );
    command(level, &properties, &message)
}

/// What the finding has in common with others.
fn cause(told: &Told<'_>) -> String {
    let others = told
        .others()
        .map(|id| format!("also breaks: {}\n", one_line(id)));
    format!(
        "cause: {}\n{}",
        one_line(told.says()),
        others.collect::<String>()
    )
}
