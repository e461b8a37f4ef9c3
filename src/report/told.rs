//! A report as text, from the document alone: what `merge` prints.

use std::fmt::Write as _;

use super::cause::cause_text;
use super::document::{Outcome, Report, State, Told};
use super::format::plain;
use super::{Style, plural};

/// The findings, and what it all comes to in the last line.
pub(crate) fn report_text(report: &Report) -> String {
    let report = &plain(report);
    let mut text = String::new();
    for told in report.told() {
        one(report, &told, &mut text);
    }
    let errors = report
        .cases
        .iter()
        .filter(|case| case.verdict == Outcome::Error);
    for case in errors.take(5) {
        let _ = writeln!(
            text,
            "could not tell {}: {}",
            case.id,
            case.reason.as_deref().unwrap_or_default()
        );
    }
    let count = |state: State| report.promises.iter().filter(|p| p.state == state).count();
    let mut states = vec![
        format!("{} kept", count(State::Kept)),
        format!("{} broken", count(State::Broken)),
    ];
    for state in [
        State::Warned,
        State::Masked,
        State::Impossible,
        State::NotOffered,
        State::Untested,
    ] {
        if count(state) > 0 {
            states.push(format!("{} {}", count(state), state.name()));
        }
    }
    let (run, all) = (&report.run, report.promises.len());
    let _ = writeln!(
        text,
        "{all} promises of {} ({}): {}",
        run.operation,
        run.revision,
        states.join(", ")
    );
    for note in &report.notes {
        let _ = writeln!(text, "note {note}");
    }
    for left in &report.leftovers {
        let _ = writeln!(text, "not removed {} ({})", left.what, left.why);
    }
    let verdicts: Vec<_> = report
        .counts
        .iter()
        .map(|(v, count)| format!("{count} {}", v.name()))
        .collect();
    let _ = writeln!(
        text,
        "{} of {}: {}; {}",
        report.cases.len(),
        plural(report.plan.cases, "case"),
        verdicts.join(", "),
        plural(report.requests, "request")
    );
    let _ = writeln!(text, "{}", report.headline);
    text
}

/// One cause, with the request that shows it.
fn one(report: &Report, told: &Told<'_>, text: &mut String) {
    let finding = told.finding;
    let mark = match finding.fails(report.run.gate) {
        true => "FAIL",
        false if finding.known.is_some() => "KNOWN",
        false if finding.unstable => "UNSTABLE",
        false => "WARN",
    };
    let times = if told.cases() == 1 {
        String::new()
    } else {
        format!("  ({} cases)", told.cases())
    };
    let _ = writeln!(text, "{mark} {}{times}", finding.id);
    let _ = writeln!(
        text,
        "  requirement  {}  [{}: {}]",
        finding.requirement, finding.basis, finding.section
    );
    if let Some(cause) = told.cause {
        text.push_str(&cause_text(cause, Style::default()));
    }
    if let Some(sent) = told.sent() {
        let _ = writeln!(text, "  sent         {sent}");
    }
    let _ = writeln!(
        text,
        "  expected     {}\n  actual       {}",
        told.expected(),
        told.actual()
    );
    for (number, line) in told.curl().iter().enumerate() {
        let label = if number == 0 { "curl" } else { "then" };
        let _ = writeln!(text, "  {label:<12} {line}");
    }
    if finding.data_plane {
        text.push_str("  curl         none: it shows in the records that functions receive, and in no answer\n");
    }
    let _ = writeln!(text, "  replay       {}", told.replay());
    if let Some(how) = &finding.retried {
        let _ = writeln!(text, "  tried again  {how}");
    }
    text.push('\n');
}
