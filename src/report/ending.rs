//! The last lines of a report: how much was done, and what it comes to.

use std::fmt::Write as _;

use super::text::Style;
use super::{Exit, Summary};
use crate::contract::Level;
use crate::plan::Plan;

/// How many findings a report shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub fails: usize,
    pub unstable: usize,
    pub warns: usize,
    pub known: usize,
}

/// How much was done, and the verdict on the target in one line.
pub(super) fn ending_text(plan: &Plan, summary: &Summary, shown: Shown, gate: Level, style: Style, text: &mut String) {
    let run: usize = summary.verdicts.values().sum();
    if run > 0 {
        let verdicts = summary.verdicts.iter().map(|(name, count)| format!("{count} {name}"));
        let verdicts = verdicts.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "{run} of {} cases: {verdicts}; {} requests", plan.cases.len(), summary.requests);
    }
    let stop = summary.ended().and_then(|e| e.stopped.as_ref());
    let line = match (summary.exit(gate), stop) {
        (Exit::Conforms, _) => style.green(&conforms(shown)),
        (Exit::Outdated, _) => {
            let (file, count) = summary.baseline.as_ref().map_or(("", 0), |h| (&h.file, h.comparison.remove.len()));
            let has = if count == 1 { "1 entry".to_owned() } else { format!("{count} entries") };
            style
                .red(&format!("THE BASELINE IS OUT OF DATE: {file} has {has} to remove; --baseline-prune removes them"))
        }
        (Exit::Findings, stop) => {
            let cut = stop.map(|s| format!("; the run was cut short: {s}")).unwrap_or_default();
            style.red(&format!("DOES NOT CONFORM: {}{cut}", counted(shown)))
        }
        (Exit::CouldNotTell, stop) => {
            let why = stop.map_or_else(|| no_verdict(summary), ToString::to_string);
            let so_far = if shown.fails > 0 { format!("; until then {}", counted(shown)) } else { String::new() };
            style.red(&format!("COULD NOT TELL: {why}{so_far}"))
        }
        (Exit::NothingTested, Some(stop)) => style.red(&format!("NOTHING WAS TESTED: {stop}")),
        (Exit::NothingTested, None) => {
            style.red("NOTHING WAS TESTED: the target accepted not one valid request, so its refusals mean nothing")
        }
        (Exit::Interrupted, _) => style.yellow("INTERRUPTED: this is the report of what was done until then"),
        (Exit::Usage, _) => String::new(),
    };
    let _ = writeln!(text, "{line}");
}

/// Why a whole run without a finding is no pass.
fn no_verdict(summary: &Summary) -> String {
    let count = |name: &str| summary.verdicts.get(name).copied().unwrap_or_default();
    match (count("error"), count("not implemented"), summary.masked()) {
        (0, 0, masked) => format!("the valid request to compare with was refused in {}", plural(masked, "case")),
        (0, lacking, _) => format!("the target says that it does not implement what {} need", plural(lacking, "case")),
        (errors, _, _) => format!("{} came to no verdict", plural(errors, "case")),
    }
}

fn counted(shown: Shown) -> String {
    let others = [(shown.unstable, " unstable"), (shown.known, " known")];
    let others = others.into_iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count}{what}"));
    let warnings = (shown.warns > 0).then(|| plural(shown.warns, "warning"));
    std::iter::once(plural(shown.fails, "finding")).chain(others).chain(warnings).collect::<Vec<_>>().join(", ")
}

fn conforms(shown: Shown) -> String {
    let known = (shown.known > 0).then(|| format!(", but for {}", plural(shown.known, "known finding")));
    let with = [(shown.unstable, "unstable finding"), (shown.warns, "warning")];
    let with: Vec<String> = with.into_iter().filter(|(count, _)| *count > 0).map(|(c, what)| plural(c, what)).collect();
    let with = if with.is_empty() { String::new() } else { format!(", with {}", with.join(" and ")) };
    format!("CONFORMS{}{with}", known.unwrap_or_default())
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
