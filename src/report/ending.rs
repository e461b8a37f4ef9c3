//! The last lines of a report: how much was done, and what it comes to.

use std::fmt::Write as _;

use super::{Budget, Exit, Style, Summary, plural};
use crate::contract::Level;
use crate::plan::Plan;
use crate::support::units::duration_text;

/// How many findings a report shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub(crate) fails: usize,
    pub(crate) unstable: usize,
    pub(crate) warns: usize,
    pub(crate) known: usize,
}

/// How much was done, and the verdict on the target in one line.
pub(super) fn ending_text(
    plan: &Plan,
    summary: &Summary,
    shown: Shown,
    gate: Level,
    style: Style,
    text: &mut String,
) {
    share_text(summary, style, text);
    let run: usize = summary.verdicts.values().sum();
    if run > 0 {
        let verdicts = summary
            .verdicts
            .iter()
            .map(|(name, count)| format!("{count} {name}"));
        let verdicts = verdicts.collect::<Vec<_>>().join(", ");
        let _ = writeln!(
            text,
            "{run} of {}: {verdicts}; {}",
            plural(plan.cases.len(), "case"),
            plural(summary.requests, "request")
        );
    }
    let stop = summary
        .ended()
        .and_then(|e| e.stopped.as_ref())
        .map(ToString::to_string);
    let exit = summary.exit(gate);
    let count = |name: &str| summary.verdicts.get(name).copied().unwrap_or_default();
    let facts = Facts {
        exit,
        shown,
        stopped: stop.as_deref(),
        untold: Untold {
            errors: count("error"),
            lacking: count("not implemented"),
            masked: summary.masked(),
        },
        baseline: summary
            .baseline
            .as_ref()
            .map(|held| (held.file.as_str(), held.comparison.remove.len())),
    };
    let line = headline(&facts);
    let line = match exit {
        Exit::Conforms => style.green(&line),
        Exit::Interrupted => style.yellow(&line),
        _ => style.red(&line),
    };
    let _ = writeln!(text, "{line}");
}

/// How many cases came to no verdict, and nothing known says why.
#[derive(Clone, Copy, Debug)]
pub(super) struct Untold {
    pub(crate) errors: usize,
    pub(crate) lacking: usize,
    pub(crate) masked: usize,
}

/// What the verdict on a target follows from.
#[derive(Clone, Copy, Debug)]
pub(super) struct Facts<'a> {
    pub(crate) exit: Exit,
    pub(crate) shown: Shown,
    /// Why not every case was fired, where that is so.
    pub(crate) stopped: Option<&'a str>,
    pub(crate) untold: Untold,
    /// The file of the baseline, and how many of its entries are to be removed.
    pub(crate) baseline: Option<(&'a str, usize)>,
}

/// The verdict on the target in one line.
pub(super) fn headline(facts: &Facts<'_>) -> String {
    let shown = facts.shown;
    match (facts.exit, facts.stopped) {
        (Exit::Conforms, Some(why)) => format!("{} as far as it was tested: {why}", conforms(shown)),
        (Exit::Conforms, None) => conforms(shown),
        (Exit::Outdated, _) => {
            let (file, count) = facts.baseline.unwrap_or(("", 0));
            let has = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
            format!("THE BASELINE IS OUT OF DATE: {file} has {has} to remove; --baseline-prune removes them")
        }
        (Exit::Findings, stopped) => {
            let cut = stopped.map(|why| format!("; the run was cut short: {why}")).unwrap_or_default();
            format!("DOES NOT CONFORM: {}{cut}", counted(shown))
        }
        (Exit::CouldNotTell, stopped) => {
            let why = stopped.map_or_else(|| no_verdict(facts.untold), str::to_owned);
            let so_far = if shown.fails > 0 { format!("; until then {}", counted(shown)) } else { String::new() };
            format!("COULD NOT TELL: {why}{so_far}")
        }
        (Exit::NothingTested, Some(why)) => format!("NOTHING WAS TESTED: {why}"),
        (Exit::NothingTested, None) => {
            "NOTHING WAS TESTED: the target accepted not one valid request, so its refusals mean nothing".to_owned()
        }
        (Exit::Interrupted, _) => "INTERRUPTED: this is the report of what was done until then".to_owned(),
        (Exit::Usage, _) => String::new(),
    }
}

/// Why a whole run without a finding is no pass.
fn no_verdict(untold: Untold) -> String {
    match (untold.errors, untold.lacking, untold.masked) {
        (0, 0, masked) => format!(
            "the valid request to compare with was refused in {}",
            plural(masked, "case")
        ),
        (0, lacking, _) => format!(
            "the target says that it does not implement what {} need",
            plural(lacking, "case")
        ),
        (errors, _, _) => format!("{} came to no verdict", plural(errors, "case")),
    }
}

fn counted(shown: Shown) -> String {
    let others = [(shown.unstable, " unstable"), (shown.known, " known")];
    let others = others
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, what)| format!("{count}{what}"));
    let warnings = (shown.warns > 0).then(|| plural(shown.warns, "warning"));
    std::iter::once(plural(shown.fails, "finding"))
        .chain(others)
        .chain(warnings)
        .collect::<Vec<_>>()
        .join(", ")
}

fn conforms(shown: Shown) -> String {
    let known =
        (shown.known > 0).then(|| format!(", but for {}", plural(shown.known, "known finding")));
    let with = [
        (shown.unstable, "unstable finding"),
        (shown.warns, "warning"),
    ];
    let with: Vec<String> = with
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(c, what)| plural(c, what))
        .collect();
    let with = if with.is_empty() {
        String::new()
    } else {
        format!(", with {}", with.join(" and "))
    };
    format!("CONFORMS{}{with}", known.unwrap_or_default())
}

/// So many promises that were left out are named, unless all are asked for.
const NAMED: usize = 6;

/// The lines on shard and budget, which stand before the last two.
fn share_text(summary: &Summary, style: Style, text: &mut String) {
    if let Some(shard) = &summary.share.shard {
        let _ = writeln!(text, "shard {shard} of the plan");
    }
    let Some(budget) = &summary.share.budget else {
        return;
    };
    let Budget {
        time,
        meant,
        fired,
        left,
    } = budget;
    let time = duration_text(*time);
    if fired == meant {
        let _ = writeln!(text, "budget of {time}: nothing was left out");
        return;
    }
    let cases = meant - fired;
    let told = match left.len() {
        0 => "every promise was tested by every kind of case".to_owned(),
        1 => "1 promise was not tested by every kind of case".to_owned(),
        many => format!("{many} promises were not tested by every kind of case"),
    };
    let _ = writeln!(
        text,
        "budget of {time}: {cases} of {meant} cases were left out; {told}"
    );
    let shown = if style.verbose { left.len() } else { NAMED };
    for atom in left.iter().take(shown) {
        let _ = writeln!(text, "  {} {}", style.yellow("left out   "), atom.path());
    }
    if let Some(more) = left.len().checked_sub(shown).filter(|more| *more > 0) {
        let _ = writeln!(
            text,
            "  {} {more} more (-v names them)",
            style.yellow("left out   ")
        );
    }
}
