//! The document itself.

use crate::report::document::Report;
use crate::support::sink::json;

/// The document as JSON of several lines, so that two of them can be compared by eye.
pub(super) fn render(report: &Report) -> String {
    json::pretty(report)
}
