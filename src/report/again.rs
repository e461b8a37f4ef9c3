//! The commands that show a finding again.

use super::shell::word;
use super::{Found, Summary, Where};
use crate::plan::Plan;
use crate::plan::case::Case;

/// The command that shows it again.
pub(crate) fn replay_line(plan: &Plan, case: &Case, found: &Found, at: &Where<'_>) -> String {
    // A smaller case that was not kept is known to nobody else.
    let kept = if found.written.is_some() {
        Some(case)
    } else {
        plan.cases.get(found.case)
    };
    format!(
        "proofmark replay {} {}",
        word(kept.unwrap_or(case).id.as_str()),
        at.flags
    )
}

/// The command that shows a finding again whose requests do not by themselves.
pub(crate) fn again_line(
    plan: &Plan,
    summary: &Summary,
    found: &Found,
    at: &Where<'_>,
) -> Option<String> {
    if !summary.only_after_others(&found.finding) {
        return None;
    }
    Some(
        match (
            summary.shown_after(&found.finding),
            found.shown_by(plan),
            summary.shuffle,
        ) {
            // Cases that are named are fired in the order of the plan.
            (_, _, Some(seed)) => format!("{} --shuffle {seed}", run_line(at)),
            ([], _, None) | (_, None, None) => run_line(at),
            (before, Some(case), None) => exact_line(before, case.id.as_str(), at),
        },
    )
}

/// The command that carries the run out again.
pub(crate) fn run_line(at: &Where<'_>) -> String {
    format!("proofmark run {}", at.flags).trim_end().to_owned()
}

/// The command that fires those cases in their order, and then the one that shows a finding after
/// them.
fn exact_line(before: &[String], case: &str, at: &Where<'_>) -> String {
    format!(
        "proofmark run --exact {} {case} {}",
        before.join(" "),
        at.flags
    )
    .trim_end()
    .to_owned()
}
