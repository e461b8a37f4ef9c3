//! The promises as a matrix: from which sides each was tested, and what came of it.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::group::{Group, Tone, state_word};
use super::words::{anchor, counted, number, plain};
use crate::contract::{Level, PromisePath};
use crate::report::document::{
    Report, ReportedFinding, ReportedPromise, ReportedSide, SideState, State,
};

/// The parts of a contract: the word of ids, and a heading.
const PARTS: [(&str, &str); 5] = [
    ("request", "Request members"),
    ("response", "Response members"),
    ("error", "Errors"),
    ("rule", "Rules"),
    ("protocol", "Protocol"),
];

/// The sides of a promise, as [`ReportedPromise::sides`] names them, with what each asks.
const SIDES: [(&str, &str); 4] = [
    ("valid", "A request that keeps it is accepted"),
    ("invalid", "A request that breaks it is refused"),
    ("answer", "Answers show it"),
    ("state", "Reads and later requests show it"),
];

/// The promises, each part of the contract in a table of its own.
pub(super) fn promises(report: &Report) -> Markup {
    let of_part = |word: &str| -> Vec<_> {
        report
            .promises
            .iter()
            .filter(|p| part(report, p) == word)
            .collect()
    };

    let known: Vec<_> = PARTS.iter().map(|(word, _)| *word).collect();
    let others: Vec<_> = report
        .promises
        .iter()
        .filter(|p| !known.contains(&part(report, p)))
        .collect();

    let elsewhere = |f: &&ReportedFinding| !report.promises.iter().any(|p| p.id == f.promise);
    let elsewhere: Vec<_> = report.findings.iter().filter(elsewhere).collect();
    html! {
        section id="promises" aria-labelledby="promises-title" {
            h2 id="promises-title" { "Promises" }
            p class="lead" {
                "Each promise of the contract, and from which sides it was tested. The number is that of the cases. "
            }
            dl class="key" {
                @for (side, meaning) in SIDES { div { dt { (side) } dd { (meaning) } } }
                div { dt { "·" } dd { "The promise has no such side" } }
            }
            @for (word, title) in PARTS {
                (table(report, title, &of_part(word)))
            }
            (table(report, "Others", &others))
            @if !elsewhere.is_empty() {
                h3 { "Promises of other operations" }
                p class="lead" {
                    "Requests that prepare cases and read state are judged as well. These findings are of them."
                }
                ul class="elsewhere" {
                    @for finding in elsewhere { li { (link(report, finding, &plain(&finding.id))) } }
                }
            }
        }
    }
}

/// The part of the contract that a promise is in.
fn part<'a>(report: &Report, promise: &'a ReportedPromise) -> &'a str {
    PromisePath::new(path(report, promise)).part()
}

/// The id without the operation, which is that of the whole report.
fn path<'a>(report: &Report, promise: &'a ReportedPromise) -> &'a str {
    let id = promise.id.as_str();
    id.strip_prefix(report.run.slug.as_str())
        .and_then(|rest| rest.strip_prefix("::"))
        .unwrap_or(id)
}

fn table(report: &Report, title: &str, promises: &[&ReportedPromise]) -> Markup {
    if promises.is_empty() {
        return html! {};
    }
    // The order of the contract, but what is broken first.
    let mut by_state = promises.to_vec();
    by_state.sort_by_key(|promise| !matches!(promise.state, State::Broken | State::Warned));
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    for promise in promises {
        *states.entry(promise.state).or_default() += 1;
    }
    html! {
        details class="group" data-group {
            summary {
                h3 { (title) " " span class="count" { (promises.len()) } }
                @for (state, count) in states {
                    " " (Tone::of_state(state).badge(&format!("{} {}", number(count), state_word(state))))
                }
            }
            // The roles stay where a narrow page shows rows as blocks.
            table role="table" class="matrix" aria-label=(title) {
                thead role="rowgroup" {
                    tr role="row" {
                        th role="columnheader" scope="col" { "promise" }
                        th role="columnheader" scope="col" { "outcome" }
                        @for (side, meaning) in SIDES {
                            th role="columnheader" scope="col" title=(meaning) { (side) }
                        }
                    }
                }
                tbody role="rowgroup" {
                    @for promise in by_state { (row(report, promise)) }
                }
            }
        }
    }
}

fn row(report: &Report, promise: &ReportedPromise) -> Markup {
    let findings: Vec<_> = report
        .findings
        .iter()
        .filter(|f| f.promise == promise.id)
        .collect();
    let (tone, word) = (Tone::of_state(promise.state), state_word(promise.state));
    // What a side tells is not told twice.
    let mut reasons: Vec<&str> = promise.why.as_deref().into_iter().collect();
    for why in promise
        .sides()
        .iter()
        .filter_map(|(_, side)| side.why.as_deref())
    {
        if !reasons.contains(&why) {
            reasons.push(why);
        }
    }
    html! {
        tr role="row" data-item="promise" data-state=(filter_word(word)) data-level=(promise.level) {
            th role="rowheader" scope="row" {
                span class="says" { (plain(&promise.says)) }
                code class="path" { (plain(path(report, promise))) }
                span class="source" {
                    @if promise.level == Level::Should { strong { "should" } " · " }
                    (promise.basis) ": " (plain(&promise.section))
                }
                @for why in reasons { span class="why" { (plain(why)) } }
                @if !findings.is_empty() {
                    ul class="links" {
                        @for finding in &findings { li { (link(report, finding, &name(finding))) } }
                    }
                }
            }
            td role="cell" class="outcome" { (tone.badge(word)) }
            @for (name, side) in promise.sides() {
                td role="cell" data-side=(name) { (cell(report, promise, name, side, &findings)) }
            }
        }
    }
}

/// A warning is one word in the filter, whether of a finding or of a promise.
fn filter_word(word: &str) -> &str {
    if word == "warned" { "warning" } else { word }
}

fn name(finding: &ReportedFinding) -> String {
    let shown = match finding.class.as_str() {
        "answer" | "refusal" => plain(&finding.symptom),
        class => format!("{} {}", plain(class), plain(&finding.symptom)),
    };
    format!("{shown} ({})", counted(finding.count, "case", "cases"))
}

fn link(report: &Report, finding: &ReportedFinding, text: &str) -> Markup {
    let tone = Group::of(report, finding).tone();
    html! {
        a href={ "#" (anchor(&finding.id)) } class=(tone.class) { (tone.signed(text)) }
    }
}

fn cell(
    report: &Report,
    promise: &ReportedPromise,
    name: &str,
    side: &ReportedSide,
    findings: &[&ReportedFinding],
) -> Markup {
    let worst = findings
        .iter()
        .filter(|f| side_of(promise, f) == name)
        .min_by_key(|f| Group::of(report, f));

    if let Some(finding) = worst {
        // A promise is broken, too, where another finding tells of it already.
        let group = Some(Group::of(report, finding))
            .filter(|group| *group != Group::Repeated)
            .unwrap_or(Group::Broken);
        return html! {
            a class={ "badge " (group.tone().class) } href={ "#" (anchor(&finding.id)) } {
                (group.tone().signed(group.word()))
            }
            (cases(side))
        };
    }

    match side.state {
        SideState::Exercised => html! {
            @let shown_by = side.shown_by.as_ref().map(|showing| format!("shown by {}", plain(&showing.case)));
            span title=[shown_by] { (Tone::KEPT.badge("kept")) (cases(side)) }
        },
        SideState::Unshown => html! { (Tone::MASKED.badge("not shown")) (cases(side)) },
        SideState::Masked => Tone::MASKED.badge("masked"),
        SideState::Impossible => Tone::of_state(State::Impossible).badge("impossible"),
        SideState::Untested => Tone::UNTESTED.badge("untested"),
        SideState::None => {
            html! { span class="none" { "·" } }
        }
    }
}

fn cases(side: &ReportedSide) -> Markup {
    if side.cases == 0 {
        return html! {};
    }
    html! { " " span class="cases" { (number(side.cases)) span class="unseen" { " cases" } } }
}

/// The side of a promise that a finding shows on: the one its exchange and class tell of, or the
/// first that was tested.
fn side_of(promise: &ReportedPromise, finding: &ReportedFinding) -> &'static str {
    let told = match (finding.role.as_str(), finding.class.as_str()) {
        _ if finding.data_plane => "state",
        ("before" | "after" | "named" | "step", _) => "state",
        (_, "valid" | "well-formed" | "any-revision") => "valid",
        (_, "answer" | "refusal") => "answer",
        _ => "invalid",
    };
    let tested = |(_, side): &&(&'static str, &ReportedSide)| {
        matches!(side.state, SideState::Exercised | SideState::Unshown)
    };
    let sides = promise.sides();
    if sides.iter().filter(tested).any(|(name, _)| *name == told) {
        return told;
    }
    sides.iter().find(tested).map_or(told, |(name, _)| name)
}
