//! The report a person reads, from the document alone.

mod detail;
mod operations;
mod page;
mod promises;
mod rest;
mod screen;

use super::document::{Outcome, Report, ReportedFinding, Told};
use super::format::{plain, plain_finding};
use super::{Standing, Style};
use crate::support::sink::one_line;
use page::Page;

pub(crate) use rest::outdated_text;

/// The report of a run: what fits on a screen, or all of it.
pub(crate) fn report_text(report: &Report, style: Style) -> String {
    let report = &plain(report);
    let mut page = Page::new(style);
    let told = told(report);
    if style.verbose {
        whole(report, &told, &mut page);
    } else {
        screen::table(report, &told, &mut page);
        screen::first(report, &told, &mut page);
    }

    rest::known(report, &mut page);
    if style.verbose {
        rest::probes(report, &mut page);
    }
    rest::errors(report, &mut page);
    operations::operations(report, &mut page);
    promises::promises(report, &mut page);
    rest::notes(report, &mut page);
    rest::share(report, &mut page);
    rest::counts(report, &mut page);
    rest::verdict(report, &mut page);
    page.text()
}

/// Every cause whole, and how to try what shows it.
fn whole(report: &Report, told: &[Told<'_>], page: &mut Page) {
    for told in told {
        detail::detail(report, told, page);
        page.blank();
    }
    rest::counted(told, page);
    if told.iter().any(|told| !told.curl().is_empty()) {
        rest::how_to_try(report, page);
    }
}

/// The verdict alone, in one line.
pub(crate) fn verdict_text(report: &Report, style: Style) -> String {
    let mut page = Page::new(style);
    rest::verdict(&plain(report), &mut page);
    page.text()
}

/// All of one cause, or of one finding.
pub(crate) fn told_text(report: &Report, told: &Told<'_>, style: Style) -> String {
    let report = &plain(report);
    let mut page = Page::new(Style {
        verbose: true,
        ..style
    });

    if let Some(told) = report.meant(told.id()) {
        detail::detail(report, &told, &mut page);
        if !told.curl().is_empty() {
            page.blank();
            rest::how_to_try(report, &mut page);
        }
    }

    page.text()
}

/// One finding of a report by itself, whatever its cause.
pub(crate) fn finding_text(report: &Report, finding: &ReportedFinding, style: Style) -> String {
    let finding = plain_finding(finding);
    let told = Told {
        cause: None,
        finding: &finding,
    };
    let mut page = Page::new(style);
    detail::detail(report, &told, &mut page);
    page.text()
}

/// The causes to be told, worst first. Those that are known have a line each, and are told apart.
fn told(report: &Report) -> Vec<Told<'_>> {
    let place = |told: &Told<'_>| match told.finding.standing(report.run.gate) {
        Standing::Fails => Some(0),
        Standing::Unstable => Some(1),
        Standing::Warns => Some(2),
        Standing::Known => None,
    };

    let mut all: Vec<_> = report
        .told()
        .filter_map(|told| Some((place(&told)?, told)))
        .collect();

    all.sort_by_key(|(place, _)| *place);
    all.into_iter().map(|(_, told)| told).collect()
}
