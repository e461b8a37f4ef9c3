//! The table of promises and targets, and the filter above it.

use maud::{Markup, html};

use super::detail::{has_detail, place, place_in};
use super::tone::tone;
use crate::contract::Level;
use crate::report::html::{Tone, plain};
use crate::report::matrix::{Cell, Mark, Matrix, Row};

/// The promises, one row each: broken ones first, of these and of the others those in which targets
/// differ.
pub(super) fn promises(matrix: &Matrix) -> Markup {
    let names = matrix.names();
    let mut rows: Vec<_> = matrix.rows.iter().collect();
    rows.sort_by_key(|row| (row.quiet(), row.alike()));
    html! {
        section id="promises" aria-labelledby="promises-title" {
            h2 id="promises-title" { "Promises " span class="count" { (matrix.rows.len()) } }
            (key())
            (filter(matrix))
            @if matrix.rows.is_empty() { p { "No target was judged." } } @else {
                // The roles stay where a narrow page shows rows as blocks.
                table role="table" class="board" aria-label="Promises and targets" {
                    thead role="rowgroup" {
                        tr role="row" {
                            th role="columnheader" scope="col" { "promise" }
                            @for name in &names { th role="columnheader" scope="col" { (plain(name)) } }
                        }
                    }
                    tbody role="rowgroup" { @for row in rows { (line(matrix, row, &names)) } }
                }
            }
        }
    }
}

/// What the marks mean.
fn key() -> Markup {
    html! {
        dl class="key" {
            @for mark in Mark::ALL { div { dt { (tone(mark).badge(mark.word())) } dd { (mark.meaning()) } } }
        }
    }
}

/// What to show. It is of no use without the script, which makes it appear.
fn filter(matrix: &Matrix) -> Markup {
    let seen = |mark: &Mark| matrix.columns.iter().any(|c| c.counts.contains_key(mark));
    html! {
        form id="filter" role="search" aria-label="Filter promises" hidden {
            div class="line" {
                label for="filter-text" { "Filter" }
                input id="filter-text" type="search" placeholder="a promise, a member …" autocomplete="off" spellcheck="false";
                output id="filter-count" for="filter-text" aria-live="polite" {}
            }
            fieldset {
                legend { "Any" }
                @for mark in Mark::ALL.into_iter().filter(seen) {
                    label { input type="checkbox" name="mark" value=(mark.word()) checked; " " (tone(mark).badge(mark.word())) }
                }
            }
            fieldset {
                legend { "Only" }
                label { input id="filter-differ" type="checkbox"; " where targets differ" }
            }
        }
    }
}

fn line(matrix: &Matrix, row: &Row, names: &[String]) -> Markup {
    let marks: Vec<&str> = row
        .cells
        .iter()
        .flatten()
        .map(|cell| cell.mark.word())
        .collect();
    html! {
        tr role="row" data-item="promise" data-marks=(marks.join(",")) data-differ[!row.alike()] {
            th role="rowheader" scope="row" {
                span class="says" { (plain(&row.says)) }
                code class="path" { (plain(matrix.name_of(row))) }
                span class="source" {
                    @if row.level == Level::Should { strong { "should" } " · " }
                    (row.basis) ": " (plain(&row.section))
                }
                @if !row.follows.is_empty() {
                    span class="source" {
                        "The revisions disagree. "
                        @for (at, follows) in row.follows.iter().enumerate() {
                            @if at > 0 { ", " }
                            (plain(&follows.target)) " follows " strong { (plain(&follows.follows.words())) }
                        }
                    }
                }
            }
            @for (column, (cell, name)) in row.cells.iter().zip(names).enumerate() {
                td role="cell" data-target=(plain(name)) data-rank=(rank(cell.as_ref())) {
                    (one(matrix, row, column, cell.as_ref()))
                }
            }
        }
    }
}

/// The worst first, where a column is sorted.
fn rank(cell: Option<&Cell>) -> usize {
    let place = |cell: &Cell| Mark::ALL.iter().position(|mark| *mark == cell.mark);
    cell.and_then(place).unwrap_or(Mark::ALL.len())
}

fn one(matrix: &Matrix, row: &Row, column: usize, cell: Option<&Cell>) -> Markup {
    let Some(cell) = cell else {
        return html! { span class="none" { span aria-hidden="true" { "·" } span class="unseen" { "not promised" } } };
    };
    let tone: Tone = tone(cell.mark);
    html! {
        @if has_detail(matrix, row, column) {
            a class={ "badge " (tone.class) } href={ "#" (place_in(&row.id, column)) } { (tone.signed(cell.mark.word())) }
        } @else {
            (tone.badge(cell.mark.word()))
        }
        @if row.texts.is_empty() {} @else { " " a class="count" href={ "#" (place(&row.id)) } { "both texts" } }
    }
}
