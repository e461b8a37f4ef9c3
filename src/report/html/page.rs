//! The page as a whole: what it may use, its parts, and the filter.

use std::collections::BTreeSet;

use maud::{Markup, html};

use super::cause::causes;
use super::frame::{STYLE, document, mark};
use super::group::{Group, Tone, state_word};
use super::matrix::promises;
use super::overview::{overview, verdict};
use super::words::plain;
use crate::contract::Level;
use crate::report::document::{Report, State};

pub(super) const SCRIPT: &str = include_str!("script.js");

/// What a browser may use: this very style and these scripts, known by their digests, and nothing
/// from anywhere else. A test tells what the digests have to be.
pub(super) const POLICY: &str = "default-src 'none'; \
    style-src 'sha256-8/E6KlZneovdcd6k24ER59qXlAJHHX1kAiP8O6u1Rro='; \
    script-src 'sha256-hz5CmCTCr8GL947ID6VOtoW1J3awMdj5gYjfJe6Ek14=' 'sha256-iTGR21Z1URLTJyrH9OrNIOHsiL7LmWzrvQmpjaV0QeM='; \
    base-uri 'none'; form-action 'none'";

/// The report as one page.
pub(crate) fn render(report: &Report) -> String {
    let title = format!(
        "{} – {} – proofmark",
        plain(&report.headline),
        plain(&report.run.subject())
    );

    let body = html! {
        a class="skip" href="#main" { "To the report" }
        header class="top" {
            p class="brand" { (mark()) " proofmark" }
            nav aria-label="Parts of the report" {
                a href="#causes" { "Causes" }
                a href="#promises" { "Promises" }
                a href="#overview" { "The run" }
            }
        }
        main id="main" {
            p class="subject" {
                (plain(&report.run.subject())) " (" (plain(&report.run.revision)) ") at "
                code { (plain(&report.run.target)) }
            }
            (verdict(report))
            (filter(report))
            (causes(report))
            (promises(report))
            (overview(report))
        }
        footer {
            p {
                "Written by " (plain(&report.tool.name)) " " (plain(&report.tool.version))
                ". This page is one file and loads nothing."
            }
        }
    };

    document(&title, POLICY, &[STYLE], SCRIPT, &body)
}

/// What to show of findings and promises. It is of no use without the script, which makes it
/// appear.
fn filter(report: &Report) -> Markup {
    let groups: BTreeSet<_> = report
        .findings
        .iter()
        .map(|f| Group::of(report, f))
        .collect();
    let states: BTreeSet<_> = report.promises.iter().map(|p| p.state).collect();
    let mut words: Vec<_> = groups.iter().map(|g| (g.word(), g.tone())).collect();
    for state in states {
        let word = if state == State::Warned {
            Group::Warning.word()
        } else {
            state_word(state)
        };
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
