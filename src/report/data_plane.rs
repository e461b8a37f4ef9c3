//! What the data plane came to, for a report.

use std::fmt::Write as _;

use super::Summary;
use super::text::{Style, Where};
use crate::contract::Level;
use crate::plan::Plan;

/// Its findings, each with its requirement and how to see it again.
pub(super) fn data_plane_text(
    plan: &Plan,
    summary: &Summary,
    at: &Where<'_>,
    gate: Level,
    style: Style,
    text: &mut String,
) {
    for finding in summary.data_plane.iter().flat_map(|d| &d.findings) {
        let mark = if finding.level <= gate { style.red("FAIL") } else { style.yellow("WARN") };
        let _ = writeln!(text, "{mark} {}", finding.id());
        if let Some(atom) = plan.atom(&finding.atom) {
            let section = style.dim(&format!("[{}: {}]", finding.basis, atom.section));
            let _ = writeln!(text, "  requirement  {}  {section}", atom.says);
        }
        let _ = writeln!(text, "  expected     {}", finding.expected);
        let _ = writeln!(text, "  actual       {}", finding.actual);
        let again = format!("proofmark run --data-plane {}", at.flags);
        let _ = writeln!(text, "  again        {}\n", again.trim_end());
    }
}

/// Why it could not be tested, where that is so.
pub(super) fn note(summary: &Summary) -> Option<String> {
    let why = summary.data_plane.as_ref()?.not_offered.as_ref()?;
    Some(format!("data plane: not offered by the target: {why}"))
}

/// How many of its findings fail the run, and how many do not.
pub(super) fn counted(summary: &Summary, gate: Level) -> (usize, usize) {
    let findings = || summary.data_plane.iter().flat_map(|d| &d.findings);
    let fails = findings().filter(|f| f.level <= gate).count();
    (fails, findings().count() - fails)
}
