//! Commands to GitHub's runner, which shows them as annotations of a job.

use super::place;
use crate::report::Exit;
use crate::report::document::{Report, Told};
use crate::support::sink::github::command;
use crate::support::sink::one_line;

/// GitHub shows so many annotations of each level for a step. The verdict is one of the errors.
const SHOWN: usize = 10;

pub(super) fn render(report: &Report) -> String {
    let (fail, warn): (Vec<_>, Vec<_>) = report
        .told()
        .partition(|told| told.finding.fails(report.run.gate));
    let mut text = String::new();
    let shown = fail.iter().take(SHOWN - 1).chain(warn.iter().take(SHOWN));
    shown.for_each(|told| text.push_str(&annotation(report, told)));

    let level = match report.outcome() {
        Exit::Conforms => "notice",
        _ => "error",
    };
    let hidden = fail.len().saturating_sub(SHOWN - 1) + warn.len().saturating_sub(SHOWN);
    let rest = match hidden {
        0 => String::new(),
        1 => "; one more cause is in the summary of the job".to_owned(),
        _ => format!("; {hidden} more causes are in the summary of the job"),
    };
    let verdict = format!("{}{rest}", one_line(&report.headline));
    text.push_str(&command(level, &[("title", "proofmark")], &verdict));
    text
}

fn annotation(report: &Report, told: &Told<'_>) -> String {
    let finding = told.finding;
    let level = if finding.fails(report.run.gate) {
        "error"
    } else {
        "warning"
    };
    let place = place::of(report, finding);
    let line = place.as_ref().and_then(|place| place.line);
    let line = line.map(|line| line.to_string());
    let mut properties = Vec::new();
    properties.extend(place.as_ref().map(|place| ("file", place.file.as_str())));
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
