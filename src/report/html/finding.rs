//! One finding: what was promised and what came, the exchanges that show it, and how to see it
//! again.

use maud::{Markup, html};

use super::exchange::{one, rows};
use super::group::Group;
use super::words::{anchor, counted, plain};
use crate::report::document::{Report, ReportedFinding, ReportedStep};

/// What was promised and what came, with the exchanges and the curl lines folded.
pub(super) fn whole(report: &Report, finding: &ReportedFinding) -> Markup {
    let more = html! {
        @if !finding.steps.is_empty() {
            (sequence(finding))
        } @else if !finding.exchanges.is_empty() {
            (exchanges(finding))
        }
        (again(&finding.curl, &finding.replay))
    };
    framed(report, finding, &more)
}

/// What was promised and what came, and the command that shows every exchange.
pub(super) fn brief(report: &Report, finding: &ReportedFinding) -> Markup {
    let more = html! { p class="again" { code { (plain(&finding.replay)) } } };
    framed(report, finding, &more)
}

fn framed(report: &Report, finding: &ReportedFinding, more: &Markup) -> Markup {
    let group = Group::of(report, finding);
    html! {
        article class={ "finding " (group.tone().class) } id=(anchor(&finding.id))
            data-item="finding" data-state=(group.word()) data-level=(finding.level) {
            div class="told" {
                (title(report, finding, group))
                (facts(report, finding))
            }
            (more)
        }
    }
}

fn title(report: &Report, finding: &ReportedFinding, group: Group) -> Markup {
    // Only where it is another than that of the whole report.
    let operation = finding
        .promise
        .split("::")
        .next()
        .filter(|slug| *slug != report.run.slug);

    html! {
        h3 {
            (group.tone().badge(group.word())) " " (plain(&finding.requirement)) " "
            span class="symptom" { (plain(&finding.symptom.replace('-', " "))) }
        }
        p class="meta" {
            strong { (finding.level) } " · " (finding.basis) ": " (plain(&finding.section))
            @if let Some(operation) = operation { " · of " code { (plain(operation)) } }
            " · " (counted(finding.count, "case", "cases"))
            @if finding.data_plane { " · in the records that functions receive" }
        }
    }
}

fn facts(report: &Report, finding: &ReportedFinding) -> Markup {
    let follows = report
        .causes_of(&finding.id)
        .all(|cause| cause.follows.contains(&finding.id));
    html! {
        dl class="facts" {
            @if let Some(sent) = &finding.sent { dt { "Sent" } dd { code { (plain(sent)) } } }
            dt { "Expected" } dd class="expected" { code { (plain(&finding.expected)) } }
            dt { "Actual" } dd class="actual" { code { (plain(&finding.actual)) } }
            @if follows && report.causes_of(&finding.id).next().is_some() {
                dt { "Follows" } dd { "This only shows what the requests of the cause left behind." }
            }
            @if let Some(why) = &finding.known { dt { "Known" } dd { (plain(why)) } }
            @if let Some(how) = &finding.retried { dt { "Tried again" } dd { (plain(how)) } }
            @if let Some(file) = &finding.written {
                dt { "Written" } dd { "as a case of its own to " code { (plain(file)) } }
            }
            dt { "Finding" } dd { code { (plain(&finding.id)) } }
            @if let Some(case) = &finding.case {
                dt { "Case" }
                dd {
                    code { (plain(case)) }
                    @if let (Some(file), Some(line)) = (&finding.file, finding.line) {
                        " in " code { (plain(file)) ":" (line) }
                    }
                }
            }
        }
    }
}

/// The exchanges of a case that is no sequence, those that matter: `replay` shows the others.
fn exchanges(finding: &ReportedFinding) -> Markup {
    let shown: Vec<_> = rows(finding)
        .into_iter()
        .filter(|row| row.matters(finding))
        .collect();

    let pair = shown.iter().any(|row| row.is_pair());
    let title = if pair {
        "The exchange, beside the one to compare it with"
    } else {
        "The exchange"
    };

    html! {
        details class="exchanges" {
            summary { (title) }
            @for row in &shown { (row.markup(finding)) }
        }
    }
}

/// The steps of a sequence. The last one shows the finding, and has its exchanges: `replay` shows
/// the others.
fn sequence(finding: &ReportedFinding) -> Markup {
    html! {
        details class="exchanges" {
            summary { (counted(finding.steps.len(), "step", "steps")) " of a sequence" }
            ol class="steps" {
                @for (place, step) in finding.steps.iter().enumerate() {
                    li { (of_step(finding, place, step)) }
                }
            }
        }
    }
}

fn of_step(finding: &ReportedFinding, place: usize, step: &ReportedStep) -> Markup {
    let is_last = place + 1 == finding.steps.len();
    let exchanges = finding
        .exchanges
        .iter()
        .enumerate()
        .filter(|(_, e)| is_last && e.step == Some(place));

    let exchanges: Vec<_> = exchanges.collect();
    let shows = exchanges
        .iter()
        .any(|(at, _)| finding.shown_by == Some(*at));
    html! {
        p {
            strong { (plain(&step.action)) }
            @if let Some(on) = &step.on { " " code { (plain(on)) } }
            @if let Some(class) = &step.refused { " · to be refused: " (plain(class)) }
            @if shows { " " span class="pin" { "← this shows it" } }
        }
        p { code { (plain(&step.sent)) } }
        @if !exchanges.is_empty() {
            details open[shows] {
                summary { (counted(exchanges.len(), "exchange", "exchanges")) }
                @for (at, exchange) in exchanges { (one(finding, at, None, exchange)) }
            }
        }
    }
}

/// How to see it again.
pub(super) fn again(curl: &[String], replay: &str) -> Markup {
    html! {
        details class="again" {
            summary { "See it again" }
            @if !curl.is_empty() {
                p class="label" {
                    (counted(curl.len(), "curl line", "curl lines"))
                    ", once " code { "proofmark fixtures" } " has made what they name"
                }
                // What is copied stays as it is: a curl line holds nothing that is hidden.
                pre class="copy" { code { (plain(&curl.join("\n"))) } }
            }
            p class="label" { "The case again, with every exchange" }
            pre class="copy" { code { (plain(replay)) } }
        }
    }
}
