//! What the data plane came to, for a report.

use std::fmt::Write as _;

use super::known::retried_text;
use super::{Standing, Style, Summary, Where};
use crate::contract::Level;
use crate::plan::Plan;
use crate::support::sink::one_line;

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
        let standing = summary.standing(finding, gate);
        if standing == Standing::Known {
            continue;
        }
        let mark = style.standing(standing);
        let _ = writeln!(text, "{mark} {}", one_line(&finding.id()));
        if let Some(atom) = plan.atom(&finding.atom) {
            let section = style.dim(&format!("[{}: {}]", finding.basis, atom.section));
            let _ = writeln!(text, "  requirement  {}  {section}", one_line(&atom.says));
        }
        let _ = writeln!(text, "  expected     {}", one_line(&finding.expected));
        let _ = writeln!(text, "  actual       {}", one_line(&finding.actual));
        if let Some(line) = retried_text(summary, finding) {
            let _ = writeln!(text, "  tried again  {}", one_line(&line));
        }
        text.push_str("  curl         none: it shows in the records that functions receive, and in no answer\n");
        let again = format!("proofmark run --data-plane {}", at.flags);
        let _ = writeln!(text, "  again        {}\n", one_line(again.trim_end()));
    }
}

/// Why it could not be tested, where that is so.
pub(super) fn note(summary: &Summary) -> Option<String> {
    let why = summary.data_plane.as_ref()?.not_offered.as_ref()?;
    Some(format!("data plane: not offered by the target: {why}"))
}
