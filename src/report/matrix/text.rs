//! The scoreboard on a terminal.

use std::fmt::Write as _;

use super::{Column, Mark, Matrix};
use crate::report::plural;
use crate::support::sink::one_line;

/// The scoreboard in lines: a summary of each target, what several of them do wrong, and the
/// promises that not all keep.
pub(crate) fn text(matrix: &Matrix) -> String {
    let names = matrix.names();
    let mut text = String::new();
    let width = names
        .iter()
        .map(|name| name.chars().count())
        .max()
        .unwrap_or_default();

    for (column, name) in matrix.columns.iter().zip(&names) {
        let _ = writeln!(
            text,
            "{:width$}  {}",
            one_line(name),
            set_off(&summary(column))
        );
        for (state, operations) in column.states() {
            let slugs: Vec<_> = operations.iter().map(|one| one.slug.as_str()).collect();
            let line = format!("{}: {}", state.name(), slugs.join(", "));
            let _ = writeln!(text, "{:width$}  {}", "", one_line(&line));
        }
    }

    let shared: Vec<_> = matrix.shared().collect();
    if !shared.is_empty() {
        let _ = writeln!(
            text,
            "\nShared by several targets: {} of {}",
            shared.len(),
            plural(matrix.findings.len(), "finding")
        );
        for (finding, targets) in &shared {
            let _ = writeln!(
                text,
                "  {}  {}",
                one_line(&finding.id),
                one_line(&targets.join(", "))
            );
        }
    }

    let rows: Vec<_> = matrix
        .rows
        .iter()
        .filter(|row| !row.quiet() || !row.follows.is_empty())
        .collect();

    if !rows.is_empty() {
        let _ = writeln!(text, "\n{}", signs());
        let _ = writeln!(text, "{}", one_line(&numbers(&names)));
    }

    for row in &rows {
        let signs: Vec<_> = row
            .cells
            .iter()
            .map(|cell| cell.as_ref().map_or("·", |cell| cell.mark.sign()))
            .collect();
        let _ = writeln!(
            text,
            "  {}  {}",
            signs.join(" "),
            one_line(matrix.name_of(row))
        );
        for (revision, says) in &row.texts {
            let _ = writeln!(text, "      {}", one_line(&format!("{revision}: {says}")));
        }
        if !row.follows.is_empty() {
            let follows: Vec<_> = row
                .follows
                .iter()
                .map(|f| format!("{}: {}", f.target, f.follows.words()))
                .collect();
            let _ = writeln!(text, "      follows  {}", one_line(&follows.join(", ")));
        }
    }

    let quiet = matrix.rows.len() - rows.len();
    if !matrix.rows.is_empty() {
        let _ = writeln!(
            text,
            "\n{quiet} of {} promises hold wherever they were tested",
            matrix.rows.len()
        );
    }

    text
}

/// What a target that was started wrote stands on lines of its own, set off from ours.
fn set_off(text: &str) -> String {
    let mut lines = text.lines();
    let first = one_line(lines.next().unwrap_or_default()).into_owned();
    let more = lines.map(|line| {
        format!(
            "\n  | {}",
            one_line(line.strip_prefix("  | ").unwrap_or(line))
        )
    });
    first + &more.collect::<String>()
}

/// A target in one line.
fn summary(column: &Column) -> String {
    let release = column
        .release
        .as_ref()
        .map(|release| format!("{release}: "))
        .unwrap_or_default();

    let counts: Vec<_> = column
        .counts
        .iter()
        .map(|(mark, count)| format!("{count} {}", mark.word()))
        .collect();

    let counts = counts.join(", ");
    match (&column.score, &column.why) {
        (Some(score), _) => {
            let causes = column
                .causes
                .map(|causes| format!("; {causes}"))
                .unwrap_or_default();
            format!("{release}{score} promises: {counts}{causes}")
        }
        (None, why) => {
            let why = why.as_deref().unwrap_or_default();
            let counts = if counts.is_empty() {
                counts
            } else {
                format!(" ({counts})")
            };
            format!("{release}{}: {why}{counts}", column.standing.word())
        }
    }
}

fn signs() -> String {
    let signs: Vec<_> = Mark::ALL
        .into_iter()
        .map(|mark| format!("{} {}", mark.sign(), mark.word()))
        .collect();
    format!("{}, · not promised by that revision", signs.join(", "))
}

fn numbers(names: &[String]) -> String {
    format!("in the order: {}", names.join(", "))
}
