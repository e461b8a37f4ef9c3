//! The scoreboard as one page: the targets, the table, and behind each cell what shows it. It needs
//! no network, and no script but for sorting and filtering.

mod detail;
mod table;
mod tone;

use maud::{Markup, html};

use self::tone::tone;
use super::{Column, Matrix, Standing};
use crate::report::html::{STYLE, document, plain, stamp};

const BOARD: &str = include_str!("html/board.css");
const SCRIPT: &str = include_str!("html/board.js");
/// What a browser may use: these styles and scripts, known by their digests. A test tells what they
/// have to be.
const POLICY: &str = "default-src 'none'; \
    style-src 'sha256-8/E6KlZneovdcd6k24ER59qXlAJHHX1kAiP8O6u1Rro=' 'sha256-blsRNwM3IFNQph6s5ZhhT3pwM7LrbrDCDIeXO2x56Z4='; \
    script-src 'sha256-ZAbNsoBkotwLHR5rlBKUL1YX5DGCdqYbOUJOBpHyUWs=' 'sha256-iTGR21Z1URLTJyrH9OrNIOHsiL7LmWzrvQmpjaV0QeM='; \
    base-uri 'none'; form-action 'none'";

/// The scoreboard as one page.
pub(super) fn render(matrix: &Matrix) -> String {
    let title = format!("Scoreboard of {} – proofmark", plain(&matrix.operation));
    let body = html! {
        a class="skip" href="#main" { "To the scoreboard" }
        header class="top" {
            p class="brand" { (stamp()) " proofmark" }
            nav aria-label="Parts of the scoreboard" {
                a href="#targets" { "Targets" }
                a href="#promises" { "Promises" }
                a href="#details" { "Details" }
            }
        }
        main id="main" {
            h1 { "Scoreboard of " (plain(&matrix.operation)) }
            p class="lead" {
                "Made on " time datetime=(matrix.date) { (plain(&matrix.date)) } " by "
                (plain(&matrix.tool.name)) " " (plain(&matrix.tool.version))
                ". A score counts promises, not requests: what is not implemented or masked is not kept, and \
                 what is untested counts neither way."
            }
            (targets(matrix))
            (table::promises(matrix))
            (shared(matrix))
            (detail::details(matrix))
        }
        footer { p { "This page is one file and loads nothing." } }
    };
    document(&title, POLICY, &[STYLE, BOARD], SCRIPT, &body)
}

/// A card for each target.
fn targets(matrix: &Matrix) -> Markup {
    html! {
        section id="targets" aria-labelledby="targets-title" {
            h2 id="targets-title" { "Targets" }
            div class="figures" {
                @for (column, name) in matrix.columns.iter().zip(matrix.names()) { (target(column, &name)) }
            }
        }
    }
}

fn target(column: &Column, name: &str) -> Markup {
    let all: usize = column.counts.values().sum();
    html! {
        div class="figure" {
            h3 {
                strong { (plain(name)) }
                @if let Some(release) = &column.release { " " (plain(release)) }
            }
            @match &column.score {
                Some(score) => p {
                    span class="big" { (score.percent()) " %" } " " (score.holds) " of " (score.of) " promises"
                    // A score by fewer cases is easily higher.
                    @if column.cases < column.planned { ", by " (column.cases) " of " (column.planned) " cases" }
                },
                None => p class="incomplete" {
                    strong { (column.standing.word()) } " "
                    @if column.standing == Standing::NotStarted && column.why.as_ref().is_some_and(|w| w.contains('\n')) {
                        pre { (plain(column.why.as_deref().unwrap_or_default())) }
                    } @else {
                        (plain(column.why.as_deref().unwrap_or_default()))
                    }
                },
            }
            @for (state, operations) in column.states() {
                p class="incomplete" {
                    strong { (state.name()) } " "
                    @for (place, operation) in operations.iter().enumerate() {
                        @if place > 0 { ", " }
                        code title=(plain(operation.why.as_deref().unwrap_or_default())) { (plain(&operation.slug)) }
                    }
                }
            }
            @if all > 0 {
                (bar(column, all))
                ul class="legend" {
                    @for (mark, count) in &column.counts {
                        li { (tone(*mark).badge(&format!("{count} {}", mark.word()))) }
                    }
                }
                p class="meta" {
                    "revision " (plain(&column.revision))
                    @if column.score.is_none() || column.cases == column.planned {
                        " · " (column.cases)
                        @if column.cases < column.planned { " of " (column.planned) }
                        " cases"
                    }
                    @if let Some(causes) = column.causes { " · " (causes) }
                    @if let Some(headline) = &column.headline { " · " (plain(headline)) }
                }
            }
        }
    }
}

fn bar(column: &Column, all: usize) -> Markup {
    const WIDTH: usize = 1000;
    let mut end = 0;
    let parts: Vec<_> = column
        .counts
        .iter()
        .map(|(mark, count)| {
            let (start, width) = (end, count * WIDTH / all);
            end += width;
            (tone(*mark).class, start, width)
        })
        .collect();
    html! {
        svg class="bar" viewBox={ "0 0 " (WIDTH) " 12" } preserveAspectRatio="none" aria-hidden="true" {
            @for (class, start, width) in parts {
                rect class=(class) x=(start) y="0" width=(width.max(4)) height="12" {}
            }
        }
    }
}

/// What several targets do wrong alike.
fn shared(matrix: &Matrix) -> Markup {
    let shared: Vec<_> = matrix.shared().collect();
    if shared.is_empty() {
        return html! {};
    }
    html! {
        section id="shared" aria-labelledby="shared-title" {
            h2 id="shared-title" { "Shared by several targets " span class="count" { (shared.len()) " of " (matrix.findings.len()) " findings" } }
            ul class="shared" {
                @for (finding, targets) in shared {
                    li {
                        a href={ "#" (detail::place(&finding.promise)) } { (plain(&finding.requirement)) }
                        " " span class="symptom" { (plain(&finding.symptom.replace('-', " "))) }
                        " · " span class="count" { (plain(&targets.join(", "))) }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
