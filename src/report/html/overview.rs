//! What it all comes to: the verdict, what was judged and how, cases and promises counted, and what
//! is incomplete.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::group::{Tone, state_word};
use super::words::{counted, number, plain};
use crate::contract::Level;
use crate::report::document::{Outcome, Report, State};
use crate::report::scoreboard::Row;

/// So many cases without a verdict are named for each reason.
const NAMED: usize = 20;
/// So many reasons are told.
const REASONS: usize = 100;
/// So many lines of a kind are shown at once.
const UNFOLDED: usize = 3;
/// The width of a bar, in the units of its drawing.
const WIDTH: usize = 1000;

/// The verdict, and whether it is of the whole plan.
pub(super) fn verdict(report: &Report) -> Markup {
    let (tone, sign) = match report.exit.code {
        0 => ("kept", "✓"),
        1 => ("broken", "✗"),
        _ => ("warned", "?"),
    };

    html! {
        div class={ "verdict " (tone) } {
            span class="sign" aria-hidden="true" { (sign) }
            div {
                h1 { (plain(&report.headline)) }
                // The headline says as much of the codes 0 and 1.
                @if report.exit.code > 1 {
                    p { "Exit code " (report.exit.code) ": " (plain(&report.exit.meaning)) "." }
                }
            }
        }
        @for line in incomplete(report) {
            p class="incomplete" { strong { "Incomplete. " } (plain(&line)) }
        }
    }
}

/// Why the report is not of the whole plan.
fn incomplete(report: &Report) -> Vec<String> {
    let (fired, plan) = (report.cases.len(), &report.plan);
    let mut lines = Vec::new();
    if let Some(stopped) = &report.stopped {
        lines.push(format!(
            "The run stopped early: {}.",
            stopped.why.trim_end_matches('.')
        ));
    }

    if fired < plan.share {
        lines.push(format!(
            "{} of {} were fired.",
            number(fired),
            counted(plan.share, "case", "cases")
        ));
    }

    if let Some(shard) = report.run.shard {
        let share = counted(plan.share, "case", "cases");
        lines.push(format!(
            "This is share {} of {}: {share} of {}.",
            shard.number,
            shard.of,
            number(plan.selected)
        ));
    }

    if plan.selected < plan.cases {
        let (some, all) = (number(plan.selected), counted(plan.cases, "case", "cases"));
        lines.push(format!("Filters left {some} of {all}."));
    }

    lines
}

/// The figures.
pub(super) fn overview(report: &Report) -> Markup {
    let mut states: BTreeMap<State, usize> = BTreeMap::new();
    for promise in &report.promises {
        *states.entry(promise.state).or_default() += 1;
    }
    let states: Vec<_> = states
        .into_iter()
        .map(|(state, count)| (Tone::of_state(state), state_word(state), count))
        .collect();

    let held = report
        .baseline
        .iter()
        .flat_map(|held| held.remove.iter().map(|(id, why)| (&held.file, id, why)));

    let outdated: Vec<_> = held
        .map(|(file, id, why)| format!("{id} from {file}: {why}"))
        .collect();
    let left: Vec<_> = report
        .leftovers
        .iter()
        .map(|l| format!("{} ({})", l.what, l.why))
        .collect();

    let operations: Vec<_> = report.scoreboard().iter().map(Row::line).collect();
    let counts = Outcome::ALL
        .into_iter()
        .map(|o| (Tone::of_outcome(o), o.name(), report.count(o)));
    let counts: Vec<_> = counts.filter(|(.., count)| *count > 0).collect();
    html! {
        section id="overview" aria-labelledby="overview-title" {
            h2 id="overview-title" { "The run" }
            div class="figures" {
                (figure(report.promises.len(), "promises", &states))
                (figure(report.cases.len(), "cases", &counts))
            }
            details {
                summary { "What was judged, and how" }
                dl class="facts run" { (facts(report)) }
            }
            (told("Operations", &operations))
            (told("To remove from the baseline", &outdated))
            (told("Notes", &report.notes))
            (told("Not removed from the target", &left))
            (reasons(report))
        }
    }
}

fn figure(all: usize, what: &str, parts: &[(Tone, &'static str, usize)]) -> Markup {
    let whole: usize = parts.iter().map(|(.., count)| count).sum();
    let widths = parts
        .iter()
        .map(|(tone, _, count)| (tone.class, count * WIDTH / whole.max(1)));
    let bars = widths.scan(0, |end, (class, width)| {
        let start = *end;
        *end += width;
        Some((class, start, width))
    });
    html! {
        div class="figure" {
            h3 { span class="big" { (number(all)) } " " (what) }
            @if whole > 0 {
                svg class="bar" viewBox={ "0 0 " (WIDTH) " 12" } preserveAspectRatio="none" aria-hidden="true" {
                    @for (class, start, width) in bars {
                        // A few of many would be too thin to see.
                        rect class=(class) x=(start) y="0" width=(width.max(4)) height="12" {}
                    }
                }
                ul class="legend" {
                    @for (tone, word, count) in parts {
                        li { (tone.badge(&format!("{} {word}", number(*count)))) }
                    }
                }
            }
        }
    }
}

fn facts(report: &Report) -> Markup {
    let (run, plan) = (&report.run, &report.plan);
    let data_plane = report
        .data_plane
        .as_ref()
        .map(|d| d.not_offered.as_deref().unwrap_or("tested"));

    html! {
        dt { "Target" } dd { code { (plain(&run.target)) } }
        dt { "Contract" }
        dd {
            (plain(&run.subject())) ", revision " (plain(&run.revision)) ", from " (plain(&run.source))
            " (" code { (plain(&run.contract)) } ")"
        }
        dt { "Cases" }
        dd {
            (number(report.cases.len())) " fired of " (number(plan.selected)) " selected and " (number(plan.cases))
            " planned, with " (counted(report.requests, "request", "requests"))
        }
        dt { "By chance" }
        dd {
            (counted(run.samples, "request", "requests")) " drawn with seed " (run.seed)
            @if run.exhaustive { ", and every value of every integer range" }
        }
        dt { "Fails on" }
        dd { "findings of level " (run.gate) @if run.gate == Level::Should { " and worse" } }
        @if let Some(of) = run.merged.filter(|of| *of > 1) {
            dt { "Merged" }
            dd { "of " (counted(of, "report", "reports")) }
        }
        @if let Some(data_plane) = data_plane { dt { "Data plane" } dd { (plain(data_plane)) } }
        @if !run.flags.is_empty() { dt { "Flags" } dd { code { (plain(&run.flags)) } } }
        dt { "Plan" } dd { code { (plain(&plan.digest)) } }
        dt { "Written by" } dd { (plain(&report.tool.name)) " " (plain(&report.tool.version)) }
    }
}

fn told(title: &str, lines: &[String]) -> Markup {
    html! {
        @if !lines.is_empty() {
            details open[lines.len() <= UNFOLDED] {
                summary { (title) " " span class="count" { (lines.len()) } }
                ul class="notes" { @for line in lines { li { (plain(line)) } } }
            }
        }
    }
}

/// The cases that came to no verdict, by why.
fn reasons(report: &Report) -> Markup {
    let mut groups: BTreeMap<(Outcome, &str), Vec<&str>> = BTreeMap::new();
    for case in report
        .cases
        .iter()
        .filter(|c| !matches!(c.verdict, Outcome::Pass | Outcome::Fail))
    {
        groups
            .entry((case.verdict, case.reason.as_deref().unwrap_or_default()))
            .or_default()
            .push(&case.id);
    }

    if groups.is_empty() {
        return html! {};
    }
    let count: usize = groups.values().map(Vec::len).sum();
    html! {
        details {
            summary { (counted(count, "case", "cases")) " that came neither to pass nor to fail" }
            ul class="reasons" {
                @for ((outcome, why), cases) in groups.iter().take(REASONS) {
                    li {
                        p {
                            (Tone::of_outcome(*outcome).badge(outcome.name())) " " (number(cases.len()))
                            @if !why.is_empty() { ": " (plain(why)) }
                        }
                        ul {
                            @for case in cases.iter().take(NAMED) { li { code { (plain(case)) } } }
                            @if cases.len() > NAMED { li { "and " (number(cases.len() - NAMED)) " more" } }
                        }
                    }
                }
                @if groups.len() > REASONS { li { "and " (number(groups.len() - REASONS)) " other reasons" } }
            }
        }
    }
}
