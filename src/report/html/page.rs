//! The page as a whole: its head, which forbids it the network, its parts, and the filter.

use std::collections::BTreeSet;

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::finding::findings;
use super::group::{Group, Tone, state_word};
use super::matrix::promises;
use super::overview::{overview, verdict};
use super::words::plain;
use crate::contract::Level;
use crate::report::document::{Report, State};

pub(crate) const STYLE: &str = include_str!("style.css");
pub(super) const SCRIPT: &str = include_str!("script.js");

/// What a browser may use: this very style and script, known by their digests, and nothing from anywhere else. A test
/// tells what the digests have to be.
pub(super) const POLICY: &str = "default-src 'none'; \
    style-src 'sha256-00kTSSnuk2qcjcEKurLR5FQtZ4WqEW/7HpkYWCTdoo0='; \
    script-src 'sha256-PolVbWQCgskZJYVTtLsqGa+vn/KvAthGFhmJwMRgmew='; \
    base-uri 'none'; form-action 'none'";

/// The report as one page.
pub(in crate::report) fn render(report: &Report) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (plain(&report.headline)) " – " (plain(&report.run.operation)) " – proofmark" }
                style { (PreEscaped(STYLE)) }
            }
            body {
                a class="skip" href="#main" { "To the report" }
                header class="top" {
                    p class="brand" { (mark()) " proofmark" }
                    nav aria-label="Parts of the report" {
                        a href="#overview" { "Overview" }
                        a href="#findings" { "Findings" }
                        a href="#promises" { "Promises" }
                    }
                }
                main id="main" {
                    p class="subject" {
                        (plain(&report.run.operation)) " (" (plain(&report.run.revision)) ") at "
                        code { (plain(&report.run.target)) }
                    }
                    (verdict(report))
                    (overview(report))
                    (filter(report))
                    (findings(report))
                    (promises(report))
                }
                footer {
                    p {
                        "Written by " (plain(&report.tool.name)) " " (plain(&report.tool.version))
                        ". This page is one file and loads nothing."
                    }
                }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}

/// A hallmark, as a stamp.
pub(crate) fn mark() -> Markup {
    html! {
        svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" {
            path class="stamp" d="M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9z" {}
            path class="tick" d="M7 12.5l3.4 3.4L17.2 8.6" {}
        }
    }
}

/// What to show of findings and promises. It is of no use without the script, which makes it appear.
fn filter(report: &Report) -> Markup {
    let groups: BTreeSet<_> = report.findings.iter().map(|f| Group::of(report, f)).collect();
    let states: BTreeSet<_> = report.promises.iter().map(|p| p.state).collect();
    let mut words: Vec<_> = groups.iter().map(|g| (g.word(), g.tone())).collect();
    for state in states {
        let word = if state == State::Warned { Group::Warning.word() } else { state_word(state) };
        if !words.iter().any(|(known, _)| *known == word) {
            words.push((word, Tone::of_state(state)));
        }
    }
    html! {
        form id="filter" role="search" aria-label="Filter findings and promises" hidden {
            div class="line" {
                label for="filter-text" { "Filter" }
                input id="filter-text" type="search" placeholder="a promise, a class, a value …"
                    autocomplete="off" spellcheck="false";
                output id="filter-count" for="filter-text" aria-live="polite" {}
            }
            details {
                summary { "States and levels" }
                fieldset {
                    legend { "State" }
                    @for (word, tone) in words {
                        label { input type="checkbox" name="state" value=(word) checked; " " (tone.badge(word)) }
                    }
                }
                fieldset {
                    legend { "Level" }
                    @for level in [Level::Must, Level::Should] {
                        label { input type="checkbox" name="level" value=(level) checked; " " (level) }
                    }
                }
            }
        }
    }
}
