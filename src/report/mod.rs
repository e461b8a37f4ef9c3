//! What a run says: findings grouped by cause, the state of each promise, and one exit code.

mod again;
pub(crate) mod baseline;
mod budget;
mod build;
mod cause;
mod conclude;
pub(crate) mod coverage;
pub(crate) mod curl;
pub(crate) mod diff;
pub(crate) mod document;
pub(crate) mod drift;
mod exchanges;
mod exit;
mod explain;
pub(crate) mod format;
mod found;
mod headline;
mod held;
pub(crate) mod html;
mod join;
pub(crate) mod matrix;
mod merge;
mod operation_state;
mod records;
pub(crate) mod reproducer;
mod request;
mod retried;
mod scoreboard;
mod secrets;
mod sent;
pub(crate) mod shell;
mod shell_template;
mod standing;
pub(crate) mod steps;
mod style;
mod summary;
mod text;
mod words;

pub(crate) use budget::Budget;
pub(crate) use build::{Facts, promises_beside};
pub(crate) use document::{Report, State};
pub use exit::Exit;
pub(crate) use explain::explain;
pub(crate) use format::{Format, Stream};
pub(crate) use found::{Found, size};
pub(crate) use held::{Held, Mask, Standing};
pub(crate) use join::{JudgedOperation, joined};
pub(crate) use merge::merge;
pub(crate) use request::{draft_text, sent_text};
pub(crate) use secrets::Secrets;
pub(crate) use steps::lines as exchange_lines;
pub(crate) use style::{Style, Where};
pub(crate) use summary::Summary;
pub(crate) use text::{finding_text, outdated_text, report_text, told_text, verdict_text};
pub(crate) use words::plural;

#[cfg(test)]
mod schemas;
#[cfg(test)]
mod tests;
