//! The causes, worst first: each folded to a line, with the findings that it explains inside.

use maud::{Markup, html};

use super::finding::{again, brief, whole};
use super::group::{Group, Tone};
use super::words::{anchor, counted, plain};
use crate::report::document::{Example, Report, ReportedCause, ReportedFinding};

/// The causes, and what no cause explains.
pub(super) fn causes(report: &Report) -> Markup {
    let sections = sections(report);
    html! {
        section id="causes" aria-labelledby="causes-title" {
            h2 id="causes-title" { "Causes " span class="count" { (sections.len()) } }
            @if sections.is_empty() {
                p { "Nothing that the target did breaks a promise." }
            }
            @for (at, section) in sections.iter().enumerate() { (folded(report, section, at == 0)) }
        }
    }
}

/// A cause with the findings that are shown under it; none for those that no cause explains.
struct Section<'a> {
    group: Group,
    cause: Option<&'a ReportedCause>,
    findings: Vec<&'a ReportedFinding>,
}

/// Every cause, and every finding once: under the cause that it shows best, or else under the first
/// that explains it.
fn sections(report: &Report) -> Vec<Section<'_>> {
    let home = |finding: &ReportedFinding| {
        let mut causes = report.causes_of(&finding.id);
        let first = causes.next()?;
        let shows = |cause: &&ReportedCause| cause.shown_by == finding.id;
        let best = Some(first).filter(shows).or_else(|| causes.find(shows));
        Some(best.unwrap_or(first).id.as_str())
    };
    let mut sections: Vec<_> = report
        .causes
        .iter()
        .map(|cause| {
            let mut findings: Vec<_> = report
                .findings
                .iter()
                .filter(|finding| home(finding) == Some(cause.id.as_str()))
                .collect();
            findings.sort_by_key(|finding| finding.id != cause.shown_by);
            let group = Group::of_cause(report, cause);
            let cause = Some(cause);
            Section {
                group,
                cause,
                findings,
            }
        })
        .collect();

    let alone = report.findings.iter().filter(|f| home(f).is_none());
    sections.extend(alone.map(|finding| Section {
        group: Group::of(report, finding),
        cause: None,
        findings: vec![finding],
    }));
    sections.sort_by_key(|section| section.group);
    sections
}

fn folded(report: &Report, section: &Section<'_>, open: bool) -> Markup {
    let tone = section.group.tone();
    let says = section.cause.map(|cause| &cause.says);
    let says = says.or_else(|| section.findings.first().map(|f| &f.requirement));
    html! {
        details class={ "cause " (tone.class) } id=[section.cause.map(|cause| anchor(&cause.id))]
            data-group[!section.findings.is_empty()] open[open] {
            summary {
                (tone.badge(section.group.word())) " "
                strong { (plain(says.map_or("", String::as_str))) } " "
                span class="count" { (counts(section)) }
            }
            @if let Some(cause) = section.cause {
                @if let Some(why) = &cause.known { p class="meta" { "Known: " (plain(why)) } }
                @if let Some(example) = &cause.example { (other_request(example)) }
                (elsewhere(report, cause, &section.findings))
            }
            @if let Some((best, others)) = section.findings.split_first() {
                (whole(report, best))
                @if !others.is_empty() {
                    details {
                        summary { (counted(others.len(), "more finding", "more findings")) }
                        @for finding in others { (brief(report, finding)) }
                    }
                }
            }
        }
    }
}

fn counts(section: &Section<'_>) -> String {
    let cases = |count| counted(count, "case", "cases");
    match section.cause {
        Some(cause) => {
            let promises = counted(cause.promises.len(), "promise", "promises");
            format!("{promises} · {}", cases(cause.cases))
        }
        None => cases(section.findings.iter().map(|f| f.count).sum()),
    }
}

/// The request that shows a cause, where that of its finding shows another.
fn other_request(example: &Example) -> Markup {
    html! {
        div class="example" {
            dl class="facts" {
                dt { "Sent" } dd { code { (plain(&example.sent)) } }
                dt { "Expected" } dd class="expected" { code { (plain(&example.expected)) } }
                dt { "Actual" } dd class="actual" { code { (plain(&example.actual)) } }
            }
            (again(&example.curl, &example.replay))
        }
    }
}

/// The findings of a cause that stand under another one.
fn elsewhere(report: &Report, cause: &ReportedCause, here: &[&ReportedFinding]) -> Markup {
    let others = report
        .findings
        .iter()
        .filter(|f| cause.findings.contains(&f.id) && here.iter().all(|own| own.id != f.id));

    let others: Vec<_> = others.collect();
    html! {
        @if !others.is_empty() {
            p class="meta" { "It also shows in findings of another cause:" }
            ul class="elsewhere" {
                @for finding in others {
                    li {
                        a href={ "#" (anchor(&finding.id)) } class=(Tone::QUIET.class) {
                            (plain(&finding.id))
                        }
                    }
                }
            }
        }
    }
}
