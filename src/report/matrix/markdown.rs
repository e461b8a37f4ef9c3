//! The scoreboard in Markdown: a table of targets, what several of them do wrong, and the promises
//! that not all keep.

use std::fmt::Write as _;

use super::{Column, Mark, Matrix, Row};
use crate::support::sink::markdown::{cell, code};

pub(super) fn render(matrix: &Matrix) -> String {
    let names = matrix.names();
    let mut text = format!("# Scoreboard of {}\n\n", cell(&matrix.operation));
    let cases: Vec<_> = matrix.columns.iter().map(|c| c.revision.as_str()).collect();
    let mut revisions = cases;
    revisions.dedup();
    revisions.sort_unstable();
    revisions.dedup();
    let _ = writeln!(
        text,
        "Made on {} by {} {}, by revision {} of the contract. The score counts promises, not requests.\n",
        matrix.date,
        matrix.tool.name,
        matrix.tool.version,
        cell(&revisions.join(" and "))
    );

    let marks: Vec<_> = Mark::ALL
        .into_iter()
        .map(|mark| format!("{} {}", mark.sign(), mark.word()))
        .collect();

    let _ = writeln!(
        text,
        "| target | version | score | causes | {} | cases |",
        marks.join(" | ")
    );

    let _ = writeln!(
        text,
        "| --- | --- | --- | ---: |{} ---: |",
        " ---: |".repeat(Mark::ALL.len())
    );

    for (column, name) in matrix.columns.iter().zip(&names) {
        text.push_str(&target(column, name));
    }
    not_judged(matrix, &mut text);
    shared(matrix, &mut text);
    let (loud, quiet): (Vec<_>, Vec<_>) = matrix
        .rows
        .iter()
        .partition(|row| !row.quiet() || !row.follows.is_empty());

    if !loud.is_empty() {
        text.push_str("\n## Promises that not every target keeps\n\n");
        table(matrix, &loud, &mut text);
    }

    disagreements(matrix, &mut text);
    if !quiet.is_empty() {
        let _ = writeln!(
            text,
            "\n<details><summary>{} promises hold wherever they were tested</summary>\n",
            quiet.len()
        );
        table(matrix, &quiet, &mut text);
        text.push_str("\n</details>\n");
    }

    text
}

/// The operations that were not judged, target by target.
fn not_judged(matrix: &Matrix, text: &mut String) {
    if matrix.columns.iter().all(|column| column.open.is_empty()) {
        return;
    }
    text.push_str("\n## Operations that were not judged\n\n");
    text.push_str("| target | operation | state | why |\n| --- | --- | --- | --- |\n");
    for (column, name) in matrix.columns.iter().zip(matrix.names()) {
        for operation in &column.open {
            let _ = writeln!(
                text,
                "| {} | {} | {} | {} |",
                cell(&name),
                code(&operation.slug),
                operation.state.name(),
                cell(operation.why.as_deref().unwrap_or_default())
            );
        }
    }
}

fn target(column: &Column, name: &str) -> String {
    let score = match (&column.score, &column.why) {
        (Some(score), _) => score.to_string(),
        (None, Some(why)) => format!(
            "{}: {}",
            column.standing.word(),
            cell(why.lines().next().unwrap_or_default())
        ),
        (None, None) => column.standing.word().to_owned(),
    };

    let counts = Mark::ALL
        .into_iter()
        .map(|mark| match column.counts.get(&mark) {
            Some(count) => format!(" {count} |"),
            None => " |".to_owned(),
        });

    let counts: String = counts.collect();
    let release = column.release.as_deref().map(cell).unwrap_or_default();
    let causes = column
        .causes
        .map(|causes| format!(" {}", causes.all))
        .unwrap_or_default();

    format!(
        "| {} | {release} | {score} |{causes} |{counts} {} |\n",
        cell(name),
        fired(column)
    )
}

/// How many cases were fired, and of how many where that was not all of them.
fn fired(column: &Column) -> String {
    match (column.cases, column.planned) {
        (0, 0) => String::new(),
        (cases, planned) if cases == planned => cases.to_string(),
        (cases, planned) => format!("{cases} of {planned}"),
    }
}

fn shared(matrix: &Matrix, text: &mut String) {
    let shared: Vec<_> = matrix.shared().collect();
    if shared.is_empty() {
        return;
    }
    let (some, all) = (shared.len(), matrix.findings.len());
    let _ = writeln!(
        text,
        "\n## Shared by several targets\n\n{some} of {all} findings.\n"
    );

    text.push_str("| finding | requirement | targets |\n| --- | --- | --- |\n");
    for (finding, targets) in shared {
        let targets: Vec<_> = targets.into_iter().map(cell).collect();
        let _ = writeln!(
            text,
            "| {} | {} | {} |",
            code(&finding.id),
            cell(&finding.requirement),
            targets.join(", ")
        );
    }
}

fn table(matrix: &Matrix, rows: &[&Row], text: &mut String) {
    let names = matrix.names();
    let heads: Vec<_> = names.iter().map(|name| cell(name)).collect();
    let _ = writeln!(text, "| promise | {} |", heads.join(" | "));
    let _ = writeln!(text, "| --- |{}", " :---: |".repeat(names.len()));
    for row in rows {
        let marks = row
            .cells
            .iter()
            .map(|cell| cell.as_ref().map_or("·", |cell| cell.mark.sign()));
        let marks: Vec<_> = marks.collect();
        let _ = writeln!(
            text,
            "| {} {} | {} |",
            cell(&row.says),
            code(matrix.name_of(row)),
            marks.join(" | ")
        );
    }
}

/// Promises about which revisions disagree, and which of them each target follows.
fn disagreements(matrix: &Matrix, text: &mut String) {
    let rows: Vec<_> = matrix
        .rows
        .iter()
        .filter(|row| !row.follows.is_empty())
        .collect();

    let Some(first) = rows.first() else { return };
    text.push_str("\n## Where the revisions disagree\n\n");
    let heads: Vec<_> = first.follows.iter().map(|f| cell(&f.target)).collect();
    let _ = writeln!(
        text,
        "Which revision each target follows.\n\n| promise | {} |",
        heads.join(" | ")
    );

    let _ = writeln!(text, "| --- |{}", " --- |".repeat(heads.len()));
    for row in rows {
        let texts: Vec<_> = row
            .texts
            .iter()
            .map(|(revision, says)| format!("{revision}: {}", cell(says)))
            .collect();
        let follows: Vec<_> = row
            .follows
            .iter()
            .map(|f| cell(&f.follows.words()))
            .collect();
        let _ = writeln!(
            text,
            "| {}<br>{} | {} |",
            code(matrix.name_of(row)),
            texts.join("<br>"),
            follows.join(" | ")
        );
    }
}
