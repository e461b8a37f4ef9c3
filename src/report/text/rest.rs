//! What a text says beside causes: what is known, what came to no verdict, what was left out, and
//! how it all ended.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::page::Page;
use super::{Outcome, Report, ReportedFinding, Style, Told, one_line};
use crate::report::document::{HeldBaseline, SpentBudget, State};
use crate::report::{Exit, plural};

/// So many cases without a verdict are named.
const ERRORS: usize = 5;

/// So many promises that were left out are named, unless all are asked for.
const NAMED: usize = 6;

/// How many causes there are, where they are fewer than what they explain.
pub(super) fn counted(told: &[Told<'_>], page: &mut Page) {
    let causes = told.iter().filter_map(|told| told.cause);
    let findings: BTreeSet<&String> = causes.flat_map(|cause| &cause.findings).collect();
    if told.len() < findings.len() {
        let (causes, findings) = (
            plural(told.len(), "cause"),
            plural(findings.len(), "finding"),
        );
        page.whole(&format!("{causes} of what is wrong: {findings}\n"));
    }
}

/// How to try a curl line.
pub(super) fn how_to_try(report: &Report, page: &mut Page) {
    page.whole(&format!(
        "To try a curl line: what it names (${{mapping}} and the like) was removed after the run. Make it anew with\n  \
         eval \"$(proofmark fixtures {})\"\nin a shell, paste the line, and remove it all again with\n  \
         proofmark_undo\nA read is to be sent again while it shows a transition.\n",
        report.run.flags
    ));
}

/// The findings that are known, a line each.
pub(super) fn known(report: &Report, page: &mut Page) {
    let known: Vec<(&ReportedFinding, &String)> = report
        .findings
        .iter()
        .filter_map(|f| Some((f, f.known.as_ref()?)))
        .collect();

    let Some(held) = report.baseline.as_ref().filter(|_| !known.is_empty()) else {
        return;
    };
    page.whole(&format!("Known, by {}:", held.file));

    for (finding, why) in known {
        let why = crate::support::echo::message(why);
        let (known, why) = (page.style.dim("known"), page.style.dim(&why));
        page.line(&format!("  {known} {}  {why}", finding.id), 8);
    }

    page.blank();
}

/// What the target did where readings of the contract differ.
pub(super) fn probes(report: &Report, page: &mut Page) {
    let probes: Vec<_> = cases(report, Outcome::Probe).collect();
    if probes.is_empty() {
        return;
    }
    page.whole("Where readings of the contract differ, the target answered:");
    for (id, outcome) in probes {
        page.whole(&format!("  {outcome:<48} {id}"));
    }
    page.blank();
}

/// The first of the cases that could not be judged.
pub(super) fn errors(report: &Report, page: &mut Page) {
    let mark = page.style.yellow("could not tell");
    for (id, why) in cases(report, Outcome::Error).take(ERRORS) {
        page.line(&format!("{mark} {id}: {why}"), 2);
    }
    if let Some(more) = more(cases(report, Outcome::Error).count(), ERRORS) {
        page.whole(&format!("{mark} {more} more cases"));
    }
}

/// The cases that came to a verdict, and why.
fn cases(report: &Report, verdict: Outcome) -> impl Iterator<Item = (&str, &str)> {
    report
        .cases
        .iter()
        .filter(move |case| case.verdict == verdict)
        .map(|case| (case.id.as_str(), case.reason.as_deref().unwrap_or_default()))
}

fn more(all: usize, shown: usize) -> Option<usize> {
    all.checked_sub(shown).filter(|more| *more > 0)
}

/// What the run says of the target beside verdicts, what it left there, and what the baseline has
/// that is not right any more.
pub(super) fn notes(report: &Report, page: &mut Page) {
    let note = page.style.dim("note");
    for said in once(report.notes.iter().cloned(), page.style) {
        page.line(&format!("{note} {said}"), 5);
    }

    let not_offered = report
        .data_plane
        .as_ref()
        .and_then(|d| d.not_offered.as_ref());

    if let Some(why) = not_offered {
        page.line(
            &format!("{note} data plane: not offered by the target: {why}"),
            5,
        );
    }

    let not_removed = page.style.yellow("not removed");
    let leftovers = report.leftovers.iter();
    let leftovers = leftovers.map(|left| format!("{} ({})", left.what, left.why));
    for left in once(leftovers, page.style) {
        page.line(&format!("{not_removed} {left}"), 2);
    }

    if let Some(held) = &report.baseline {
        outdated(held, page);
    }
}

/// The texts, but those that differ in numbers alone once, with how many more there are: what
/// several workers made has names that differ so.
fn once(texts: impl Iterator<Item = String>, style: Style) -> Vec<String> {
    if style.verbose {
        return texts.collect();
    }
    let mut groups: IndexMap<String, (String, usize)> = IndexMap::new();
    for text in texts {
        let key = text.chars().filter(|c| !c.is_ascii_digit()).collect();
        let group = groups.entry(key);
        group
            .and_modify(|(_, more)| *more += 1)
            .or_insert((text, 0));
    }

    let told = groups.into_values().map(|(text, more)| match more {
        0 => text,
        more => format!("{text} (and {more} more that differ in numbers alone)"),
    });
    told.collect()
}

/// The entries of a baseline that are no longer right, a line each.
pub(crate) fn outdated_text(held: &HeldBaseline, style: Style) -> String {
    let mut page = Page::new(style);
    outdated(held, &mut page);
    page.text()
}

fn outdated(held: &HeldBaseline, page: &mut Page) {
    let (expired, remove) = (page.style.yellow("expired"), page.style.yellow("remove"));
    let shown = crate::support::echo::shown;
    for (id, day) in &held.expired {
        let id = shown(id);
        let line = format!(
            "{expired} {}: it was known until {day}, and counts as new",
            one_line(&id)
        );
        page.line(&line, 2);
    }

    for (id, removal) in &held.remove {
        let (id, file) = (shown(id), one_line(&held.file));
        page.line(
            &format!("{remove} {} from {file}: {removal}", one_line(&id)),
            2,
        );
    }
}

/// What part of the plan the run was about.
pub(super) fn share(report: &Report, page: &mut Page) {
    if let Some(shard) = &report.run.shard {
        page.whole(&format!("shard {}/{} of the plan", shard.number, shard.of));
    }
    let Some(SpentBudget {
        time,
        meant,
        fired,
        left,
    }) = &report.budget
    else {
        return;
    };
    if fired == meant {
        page.whole(&format!("budget of {time}: nothing was left out"));
        return;
    }

    let told = match left.len() {
        0 => "every promise was tested by every kind of case".to_owned(),
        1 => "1 promise was not tested by every kind of case".to_owned(),
        many => format!("{many} promises were not tested by every kind of case"),
    };

    let cases = meant.saturating_sub(*fired);
    page.line(
        &format!("budget of {time}: {cases} of {meant} cases were left out; {told}"),
        2,
    );

    let mark = page.style.yellow("left out   ");
    let named = if page.style.verbose {
        left.len()
    } else {
        NAMED
    };

    for promise in left.iter().take(named) {
        page.whole(&format!("  {mark} {promise}"));
    }
    if let Some(more) = more(left.len(), named) {
        page.whole(&format!("  {mark} {more} more (-v names them)"));
    }
}

/// How much was done.
pub(super) fn counts(report: &Report, page: &mut Page) {
    if report.cases.is_empty() {
        return;
    }
    let form = report.formal();
    let formal = form.len();
    let mut verdicts = Vec::new();

    for (verdict, count) in &report.counts {
        let count = match verdict {
            Outcome::Fail => count.saturating_sub(formal),
            _ => *count,
        };
        if count > 0 {
            verdicts.push(format!("{count} {}", verdict.name()));
        }
    }

    if formal > 0 {
        let first = format!("{formal} pass but for the form");
        verdicts.insert(usize::from(report.count(Outcome::Pass) > 0), first);
    }

    let (all, requests) = (
        plural(report.plan.cases, "case"),
        plural(report.requests, "request"),
    );

    let part = match report.cases.len() {
        fired if fired == report.plan.cases => String::new(),
        fired => format!("{fired} of "),
    };

    let line = format!("{part}{all}: {}; {requests}", verdicts.join(", "));
    page.line(&line, 2);
}

/// The verdict on the target in one line: on which, by which revision, and how many promises it
/// keeps.
pub(super) fn verdict(report: &Report, page: &mut Page) {
    let run = &report.run;
    let version = run.version.iter().map(|version| format!(" ({version})"));
    let target = std::iter::once(run.target.clone()).chain(version);
    // Where nothing was fired there is nothing to count.
    let states = match report.cases.is_empty() {
        true => String::new(),
        false => format!(": {}", counted_states(report)),
    };
    let line = format!(
        "{}. {}, {} ({}){states}",
        report.headline,
        target.collect::<String>(),
        run.subject(),
        run.revision
    );

    let line = match report.outcome() {
        Exit::Conforms => page.style.green(&line),
        Exit::Interrupted => page.style.yellow(&line),
        _ => page.style.red(&line),
    };

    page.line(&line, 2);
}

/// How many promises are in each state.
fn counted_states(report: &Report) -> String {
    let mut counts: IndexMap<State, usize> = [(State::Kept, 0), (State::Broken, 0)].into();
    for promise in &report.promises {
        *counts.entry(promise.state).or_default() += 1;
    }
    // What no request can test is the same in every run, and what a target need not offer is no
    // fault of it.
    let mut all = report.promises.len();
    for state in [State::Impossible, State::NotOffered] {
        all -= counts.shift_remove(&state).unwrap_or_default();
    }
    let words = counts.iter().map(|(state, count)| match state {
        State::Kept => format!("{count} of {all} promises kept"),
        _ => format!("{count} {}", state.name()),
    });

    words.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_differ_in_numbers_are_told_once() {
        let texts = || {
            ["queue q1", "queue q20", "role"]
                .map(str::to_owned)
                .into_iter()
        };
        let told = once(texts(), Style::default());
        let first = "queue q1 (and 1 more that differ in numbers alone)";
        assert_eq!(told, [first, "role"]);

        let verbose = Style {
            verbose: true,
            ..Style::default()
        };
        assert_eq!(once(texts(), verbose).len(), 3);
    }
}
