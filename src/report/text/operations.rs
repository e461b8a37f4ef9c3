//! A line for each operation: what became of it, and of its promises.

use super::Report;
use super::page::Page;
use crate::report::document::OperationState;
use crate::report::scoreboard::Row;
use crate::support::sink::one_line;

/// So many operations that are not implemented have their reason told without `-v`.
const REASONS: usize = 5;

/// What stands before the reason of an operation that was not judged.
const INDENT: usize = 4;

/// The operations, where there is something to say of them.
pub(super) fn operations(report: &Report, page: &mut Page) {
    let rows = report.scoreboard();
    if rows.is_empty() {
        return;
    }

    let names = rows.iter().map(|row| row.operation.slug.chars().count());
    let width = names.chain(["operation".len()]).max().unwrap_or_default();
    let heading = format!(
        "{:width$}  {:15}  {:>9}  {:>6}  {:>6}  {:>5}",
        "operation", "state", "kept", "broken", "warned", "cases"
    );
    let missing = |row: &Row<'_>| row.operation.state == OperationState::NotImplemented;
    let tells_missing =
        page.style.verbose || rows.iter().filter(|row| missing(row)).count() <= REASONS;
    page.blank();
    page.whole(&page.style.dim(&heading));
    for row in &rows {
        let operation = row.operation;
        let is_judged = operation.state == OperationState::Judged;
        let kept = match is_judged {
            true => format!("{} of {}", row.kept, row.of),
            false => "-".to_owned(),
        };
        let line = format!(
            "{:width$}  {:15}  {kept:>9}  {:>6}  {:>6}  {:>5}",
            one_line(&operation.slug),
            operation.state.name(),
            row.broken,
            row.warned,
            operation.cases
        );
        page.whole(&line);
        if let Some(why) = &operation.why
            && (tells_missing || !missing(row))
        {
            page.line(&format!("{:INDENT$}{}", "", one_line(why)), INDENT);
        }
    }
    page.blank();
    implemented(report, page);
}

/// What became of the operations that the target is to implement.
fn implemented(report: &Report, page: &mut Page) {
    let Some(held) = &report.implemented else {
        return;
    };
    let file = one_line(&held.file);
    let lost = page.style.red("no longer implemented");
    for operation in &held.lost {
        page.line(&format!("{lost} {}, of {file}", one_line(operation)), 2);
    }
    if !held.new.is_empty() {
        let (note, count) = (page.style.dim("note"), held.new.len());
        page.line(
            &format!(
                "{note} {count} judged that {file} does not list: --implemented-update adds them"
            ),
            5,
        );
    }
}
