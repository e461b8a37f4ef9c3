//! Markdown for a page of a CI: the verdict, a table of findings, and the promises counted.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::report::document::{Report, State, Told};
use crate::report::plural;
use crate::support::sink::markdown::{self as sink, cell, code};
use crate::support::sink::one_line;

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
        sink::text(&run.subject()),
        sink::text(&run.revision),
        code(&run.target),
        report.cases.len(),
        plural(report.plan.selected, "case"),
        plural(report.requests, "request")
    );

    let verdicts: Vec<_> = report
        .counts
        .iter()
        .map(|(v, count)| format!("{count} {}", v.name()))
        .collect();

    if !verdicts.is_empty() {
        let _ = writeln!(text, "Verdicts: {}.\n", verdicts.join(", "));
    }
    let shown: Vec<_> = report.told().collect();
    if !shown.is_empty() {
        text.push_str("| | finding | cases | cause | expected | actual |\n| --- | --- | ---: | --- | --- | --- |\n");
    }

    for (number, told) in shown.iter().enumerate() {
        let row = row(report, told);
        if text.len() + row.len() > MOST - REST {
            let _ = writeln!(
                text,
                "\n{} more findings are left out here.",
                shown.len() - number
            );
            break;
        }
        text.push_str(&row);
    }

    for told in &shown {
        let details = details(told);
        if text.len() + details.len() > MOST - REST {
            break;
        }
        text.push_str(&details);
    }

    operations(report, &mut text);
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    for promise in &report.promises {
        *states.entry(promise.state).or_default() += 1;
    }
    let _ = writeln!(
        text,
        "\n| promises | {} |\n| --- | ---: |",
        report.promises.len()
    );

    for (state, count) in states {
        let _ = writeln!(text, "| {} | {count} |", state.name());
    }
    let notes = report
        .notes
        .iter()
        .map(|note| format!("- {}\n", cell(note)));

    let left = report
        .leftovers
        .iter()
        .map(|l| format!("- not removed: {} ({})\n", cell(&l.what), cell(&l.why)));

    text.push('\n');
    for line in notes.chain(left) {
        if text.len() + line.len() > MOST {
            break;
        }
        text.push_str(&line);
    }

    text
}

/// What became of each operation, where there is something to say of them.
fn operations(report: &Report, text: &mut String) {
    let rows = report.scoreboard();
    if rows.is_empty() {
        return;
    }
    text.push_str(
        "\n| operation | state | kept | broken | warned | cases | why |\n\
         | --- | --- | ---: | ---: | ---: | ---: | --- |\n",
    );
    for row in rows {
        let operation = row.operation;
        let line = format!(
            "| {} | {} | {} of {} | {} | {} | {} | {} |\n",
            code(&operation.slug),
            operation.state.name(),
            row.kept,
            row.of,
            row.broken,
            row.warned,
            operation.cases,
            cell(operation.why.as_deref().unwrap_or_default())
        );
        if text.len() + line.len() > MOST - REST {
            break;
        }
        text.push_str(&line);
    }
}

fn row(report: &Report, told: &Told<'_>) -> String {
    let finding = told.finding;
    let mark = match (finding.fails(report.run.gate), &finding.known) {
        (true, _) => "FAIL",
        (false, Some(_)) => "KNOWN",
        (false, None) => "WARN",
    };

    format!(
        "| {mark} | {} | {} | {}{} ({}: {}) | {} | {} |\n",
        code(&finding.id),
        told.cases(),
        cell(told.says()),
        and_more(told),
        finding.basis,
        cell(&finding.section),
        cell(told.expected()),
        code(told.actual())
    )
}

/// How many other findings the cause explains.
fn and_more(told: &Told<'_>) -> String {
    match told.others().count() {
        0 => String::new(),
        more => format!(", and {} more", plural(more, "finding")),
    }
}

/// How to see a cause again, and what else it explains, folded away.
fn details(told: &Told<'_>) -> String {
    let others: Vec<String> = told
        .others()
        .map(|id| format!("also breaks {}", one_line(id)))
        .collect();

    let again = told
        .curl()
        .iter()
        .map(String::as_str)
        .chain([told.replay()]);

    let lines: Vec<&str> = others.iter().map(String::as_str).chain(again).collect();
    let id = sink::html(&one_line(&told.finding.id));
    format!(
        "\n<details><summary>{id}</summary>\n{}\n</details>\n",
        sink::preformatted(&lines)
    )
}
