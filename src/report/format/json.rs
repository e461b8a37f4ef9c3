//! The document itself.

use crate::report::document::Report;

/// The document as JSON of several lines, so that two of them can be compared by eye.
pub(super) fn render(report: &Report) -> String {
    // Nothing in the form can fail to be JSON: every key is text.
    let mut text = serde_json::to_string_pretty(report).unwrap_or_default();
    text.push('\n');
    text
}
