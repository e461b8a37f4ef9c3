//! The last lines of a report: how much was done, and what it comes to.

use std::fmt::Write as _;

use super::share::share_text;
use super::text::Style;
use super::{Exit, Summary};
use crate::contract::Level;
use crate::plan::Plan;

/// How many findings a report shows.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shown {
    pub fails: usize,
    pub warns: usize,
}

/// How much was done, and the verdict on the target in one line.
pub(super) fn ending_text(plan: &Plan, summary: &Summary, shown: Shown, gate: Level, style: Style, text: &mut String) {
    share_text(summary, style, text);
    let run: usize = summary.verdicts.values().sum();
    if run > 0 {
        let verdicts = summary.verdicts.iter().map(|(name, count)| format!("{count} {name}"));
        let verdicts = verdicts.collect::<Vec<_>>().join(", ");
        let _ = writeln!(text, "{run} of {} cases: {verdicts}; {} requests", plan.cases.len(), summary.requests);
    }
    let stop = summary.ended().and_then(|e| e.stopped.as_ref());
    let line = match (summary.exit(gate), stop) {
        (Exit::Conforms, Some(stop)) => style.green(&format!("CONFORMS as far as it was tested: {stop}")),
        (Exit::Conforms, _) if shown.warns > 0 => {
            style.green(&format!("CONFORMS, with {}", plural(shown.warns, "warning")))
        }
        (Exit::Conforms, _) => style.green("CONFORMS"),
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
    match (count("error"), count("not implemented"), count("masked")) {
        (0, 0, masked) => format!("the valid request to compare with was refused in {}", plural(masked, "case")),
        (0, lacking, _) => format!("the target says that it does not implement what {} need", plural(lacking, "case")),
        (errors, _, _) => format!("{} came to no verdict", plural(errors, "case")),
    }
}

fn counted(shown: Shown) -> String {
    match shown.warns {
        0 => plural(shown.fails, "finding"),
        warns => format!("{}, {}", plural(shown.fails, "finding"), plural(warns, "warning")),
    }
}

fn plural(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
