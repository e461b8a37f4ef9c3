//! Counterexamples found by chance, kept as cases: so that the next run starts with them, whatever
//! its seed.
//!
//! A file of regressions is a case file, and a table of it may be moved to the files of its
//! operation. It holds requests, not seeds, so that it means the same however values are drawn.

use crate::judge::Finding;
use crate::plan::Plan;
use crate::plan::case::{Case, CaseId};

const HEADER: &str = "\
# Requests that proofmark found by chance and shrunk. Every run fires them first; keep them under version control. A
# table may be moved into a case file of its operation, and removed here.
";

/// The id of the case that shows a finding: made from the finding alone.
pub(crate) fn case_id(slug: &str, finding: &Finding) -> CaseId {
    case_of(slug, &finding.id())
}

/// The id of the case that shows the finding of that identity.
pub(crate) fn case_of(slug: &str, finding: &str) -> CaseId {
    CaseId(format!("{slug}::regressions::{}", name(slug, finding)))
}

/// Whether a case is of a file of regressions.
pub(crate) fn kept(slug: &str, case: &CaseId) -> bool {
    case.as_str()
        .strip_prefix(slug)
        .is_some_and(|rest| rest.starts_with("::regressions::"))
}

/// A finding's id in lower-case letters, digits and dashes.
fn name(slug: &str, id: &str) -> String {
    let id = id
        .strip_prefix(slug)
        .and_then(|id| id.strip_prefix("::"))
        .unwrap_or(id);

    let plain = |c: char| {
        if c.is_ascii_alphanumeric() {
            c.to_ascii_lowercase()
        } else {
            '-'
        }
    };

    id.chars().map(plain).collect()
}

/// The text of a file of regressions with these cases added; those that it has already, by their
/// id, are not.
///
/// `text` is what the file holds now, and empty where there is none.
pub(crate) fn add<'a>(
    plan: &Plan,
    text: &str,
    cases: impl IntoIterator<Item = &'a Case>,
) -> String {
    let mut whole = if text.is_empty() {
        HEADER.to_owned()
    } else {
        text.to_owned()
    };

    for case in cases {
        let name = case.id.as_str().rsplit("::").next().unwrap_or_default();
        let line = format!("id = \"{name}\"");
        if whole.lines().any(|l| l.trim() == line) {
            continue;
        }
        if let Some(table) = plan.print_case(case, name) {
            if !whole.ends_with('\n') {
                whole.push('\n');
            }
            whole.push('\n');
            whole.push_str(&table);
        }
    }

    whole
}
