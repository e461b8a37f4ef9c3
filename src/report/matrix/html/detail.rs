//! Behind the cells: of each promise the requirement, and of each target what was expected, what
//! came, and curl lines.

use maud::{Markup, html};

use super::tone::tone;
use crate::report::html::{anchor, counted, plain};
use crate::report::matrix::{Cell, Matrix, MatrixFinding, Row, Shown};

/// The place of a promise in the page.
pub(super) fn place(promise: &str) -> String {
    format!("p-{}", anchor(promise))
}

/// The place of what one target did with it.
pub(super) fn place_in(promise: &str, column: usize) -> String {
    format!("{}-t{column}", place(promise))
}

/// Whether there is more to tell of a cell than its mark.
pub(super) fn has_detail(matrix: &Matrix, row: &Row, column: usize) -> bool {
    let why = row
        .cells
        .get(column)
        .and_then(Option::as_ref)
        .is_some_and(|cell| cell.why.is_some());
    why || matrix.findings_of(&row.id, column).next().is_some()
}

/// Every promise of which there is more to tell, and what belongs to other operations.
pub(super) fn details(matrix: &Matrix) -> Markup {
    let columns = 0..matrix.columns.len();
    let told =
        |row: &&Row| !row.texts.is_empty() || columns.clone().any(|at| has_detail(matrix, row, at));
    let known = |f: &&MatrixFinding| matrix.rows.iter().any(|row| row.id == f.promise);
    let mut elsewhere: Vec<&MatrixFinding> = Vec::new();

    for finding in matrix.findings.iter().filter(|f| !known(f)) {
        if !elsewhere.iter().any(|f| f.promise == finding.promise) {
            elsewhere.push(finding);
        }
    }

    html! {
        section id="details" aria-labelledby="details-title" {
            h2 id="details-title" { "Details" }
            @for row in matrix.rows.iter().filter(told) { (promise(matrix, row)) }
            @if !elsewhere.is_empty() {
                h3 { "Promises of other operations" }
                p class="lead" { "Requests that prepare cases and read state are judged as well." }
                @for finding in elsewhere { (other(matrix, finding)) }
            }
        }
    }
}

fn promise(matrix: &Matrix, row: &Row) -> Markup {
    html! {
        article class="finding" id=(place(&row.id)) {
            h4 { (plain(&row.says)) }
            p class="meta" { code { (plain(&row.id)) } " · " (row.basis) ": " (plain(&row.section)) }
            @if !row.texts.is_empty() {
                dl class="facts" {
                    @for (revision, says) in &row.texts { dt { (plain(revision)) } dd { (plain(says)) } }
                    @for follows in &row.follows {
                        dt { (plain(&follows.target)) } dd { "follows " strong { (plain(&follows.follows.words())) } }
                    }
                }
            }
            @for column in (0..matrix.columns.len()).filter(|at| has_detail(matrix, row, *at)) {
                (of_target(matrix, &row.id, column, row.cells.get(column).and_then(Option::as_ref)))
            }
        }
    }
}

fn other(matrix: &Matrix, finding: &MatrixFinding) -> Markup {
    let shows = |column: &usize| {
        matrix
            .findings_of(&finding.promise, *column)
            .next()
            .is_some()
    };

    html! {
        article class="finding" id=(place(&finding.promise)) {
            h4 { (plain(&finding.requirement)) }
            p class="meta" { code { (plain(&finding.promise)) } " · " (finding.basis) ": " (plain(&finding.section)) }
            @for column in (0..matrix.columns.len()).filter(shows) { (of_target(matrix, &finding.promise, column, None)) }
        }
    }
}

/// What one target did. A link to the inner place unfolds it, without a script too.
fn of_target(matrix: &Matrix, promise: &str, column: usize, cell: Option<&Cell>) -> Markup {
    let name = matrix.names().get(column).cloned().unwrap_or_default();
    let findings: Vec<_> = matrix.findings_of(promise, column).collect();
    html! {
        details class="of-target" {
            summary {
                @if let Some(cell) = cell { (tone(cell.mark).badge(cell.mark.word())) " " }
                strong { (plain(&name)) }
                @if !findings.is_empty() { " " span class="count" { (counted(findings.len(), "finding", "findings")) } }
            }
            div class="shown" id=(place_in(promise, column)) {
                @if let Some(why) = cell.and_then(|cell| cell.why.as_ref()) { p { (plain(why)) } }
                @for (finding, shown) in findings { (one(finding, shown)) }
            }
        }
    }
}

fn one(finding: &MatrixFinding, shown: &Shown) -> Markup {
    html! {
        dl class="facts" {
            dt { "Finding" }
            dd {
                code { (plain(&finding.id)) } " · " (finding.level) " · " (counted(shown.cases, "case", "cases"))
                @if shown.unstable { " · did not come back when it was tried again" }
            }
            @if let Some(sent) = &shown.sent { dt { "Sent" } dd { code { (plain(sent)) } } }
            dt { "Expected" } dd class="expected" { code { (plain(&shown.expected)) } }
            dt { "Actual" } dd class="actual" { code { (plain(&shown.actual)) } }
        }
        @if !shown.curl.is_empty() {
            p class="label" { "curl, once " code { "proofmark fixtures" } " has made what the lines name" }
            // What is copied stays as it is: a curl line holds nothing that is hidden.
            pre class="copy" { code { (plain(&shown.curl.join("\n"))) } }
        }
        p class="label" { "The case again, with every exchange" }
        pre class="copy" { code { (plain(&shown.replay)) } }
    }
}
