//! One finding: what was promised and what came, the exchanges that show it, and how to see it
//! again.

use maud::{Markup, html};

use super::exchange::{one, rows};
use super::group::Group;
use super::words::{anchor, counted, plain};
use crate::report::document::{Report, ReportedCause, ReportedFinding, ReportedStep};

/// Of so many findings the exchanges are unfolded from the start; of more they would bury the
/// findings.
const UNFOLDED: usize = 3;

/// More findings than so many are laid out only as they come into view.
const MANY: usize = 200;

/// The findings, each group under its own heading.
pub(super) fn findings(report: &Report) -> Markup {
    html! {
        section id="findings" class=[(report.findings.len() > MANY).then_some("many")] aria-labelledby="findings-title" {
            h2 id="findings-title" { "Findings" }
            @if report.findings.is_empty() {
                p { "Nothing that the target did breaks a promise." }
            }
            @for group in Group::ALL {
                (of_group(report, group))
            }
        }
    }
}

fn of_group(report: &Report, group: Group) -> Markup {
    let mut findings: Vec<_> = report
        .findings
        .iter()
        .filter(|f| Group::of(report, f) == group)
        .collect();
    // Those of one cause stand together, the one that shows it best before the others.
    findings.sort_by_key(|f| {
        let place = report
            .causes
            .iter()
            .position(|cause| cause.findings.contains(&f.id));
        let shows = place
            .and_then(|place| report.causes.get(place))
            .is_some_and(|cause| cause.shown_by == f.id);
        (place.unwrap_or(usize::MAX), !shows)
    });
    if findings.is_empty() {
        return html! {};
    }
    html! {
        section class="group" data-group {
            h3 { (group.title()) " " span class="count" { (findings.len()) } }
            p class="lead" { (group.meaning()) }
            @for finding in &findings {
                (of(report, finding, group, findings.len() <= UNFOLDED))
            }
        }
    }
}

fn of(report: &Report, finding: &ReportedFinding, group: Group, unfolded: bool) -> Markup {
    let tone = group.tone();
    // Only where it is another than that of the whole report.
    let operation = finding
        .promise
        .split("::")
        .next()
        .filter(|slug| *slug != report.run.slug);
    html! {
        article class={ "finding " (tone.class) } id=(anchor(&finding.id))
            data-item="finding" data-state=(group.word()) data-level=(finding.level) {
            div class="told" {
                h4 {
                    (tone.badge(group.word())) " " (plain(&finding.requirement)) " "
                    span class="symptom" { (plain(&finding.symptom.replace('-', " "))) }
                }
                p class="meta" {
                    strong { (finding.level) } " · " (finding.basis) ": " (plain(&finding.section))
                    @if let Some(operation) = operation { " · of " code { (plain(operation)) } }
                    " · " (counted(finding.count, "case", "cases"))
                    @if finding.data_plane { " · in the records that functions receive" }
                }
                dl class="facts" {
                    @for cause in report.causes_of(&finding.id) {
                        dt { "Cause" }
                        dd { (plain(&cause.says)) " " code { (plain(&cause.id)) } (beside(cause, finding)) }
                    }
                    @if let Some(sent) = &finding.sent { dt { "Sent" } dd { code { (plain(sent)) } } }
                    dt { "Expected" } dd class="expected" { code { (plain(&finding.expected)) } }
                    dt { "Actual" } dd class="actual" { code { (plain(&finding.actual)) } }
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
            @if !finding.steps.is_empty() {
                (sequence(finding, unfolded))
            } @else if !finding.exchanges.is_empty() {
                (exchanges(finding, unfolded))
            }
            (again(finding, unfolded))
        }
    }
}

/// What a finding is to a cause that explains others as well.
fn beside(cause: &ReportedCause, finding: &ReportedFinding) -> Markup {
    let others = cause.findings.len() - 1;
    html! {
        @if cause.shown_by == finding.id && others > 0 {
            ", which explains " (counted(others, "more finding", "more findings"))
        } @else if cause.follows.contains(&finding.id) {
            ": this only follows from it"
        } @else if cause.shown_by != finding.id {
            ", shown best by " a href={ "#" (anchor(&cause.shown_by)) } { "another finding" }
        }
    }
}

/// The exchanges of a case that is no sequence: those that matter, and then the others.
fn exchanges(finding: &ReportedFinding, unfolded: bool) -> Markup {
    let (shown, others): (Vec<_>, Vec<_>) = rows(finding)
        .into_iter()
        .partition(|row| row.matters(finding));
    let pair = shown.iter().any(|row| row.is_pair());
    let title = if pair {
        "The exchange, beside the one to compare it with"
    } else {
        "The exchange"
    };
    html! {
        details class="exchanges" open[unfolded] {
            summary { (title) }
            @for row in &shown { (row.markup(finding)) }
            @if !others.is_empty() {
                details {
                    summary { "The other exchanges of the case" }
                    @for row in &others { (row.markup(finding)) }
                }
            }
        }
    }
}

/// The steps of a sequence, each with its exchanges; that of the finding is the last.
fn sequence(finding: &ReportedFinding, unfolded: bool) -> Markup {
    html! {
        details class="exchanges" open[unfolded] {
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
    let exchanges = finding
        .exchanges
        .iter()
        .enumerate()
        .filter(|(_, e)| e.step == Some(place));
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
fn again(finding: &ReportedFinding, unfolded: bool) -> Markup {
    html! {
        details class="again" open[unfolded] {
            summary { "See it again" }
            @if !finding.curl.is_empty() {
                p class="label" {
                    (counted(finding.curl.len(), "curl line", "curl lines"))
                    ", once " code { "proofmark fixtures" } " has made what they name"
                }
                // What is copied stays as it is: a curl line holds nothing that is hidden.
                pre class="copy" { code { (plain(&finding.curl.join("\n"))) } }
            }
            p class="label" { "The case again, with every exchange" }
            pre class="copy" { code { (plain(&finding.replay)) } }
        }
    }
}
