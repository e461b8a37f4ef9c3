//! What is wrong with a file: where, and what was expected there.

use std::fmt;

use crate::support::echo;
use crate::support::sink::one_line;

/// What is wrong with a file: where, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) struct FileError {
    /// The file's path.
    pub(crate) file: String,
    /// The line, from 1; none where the whole file is meant.
    pub(crate) line: Option<usize>,
    /// What is wrong, and what was expected.
    pub(crate) message: String,
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = echo::message(&self.message);
        match self.line {
            Some(line) => write!(f, "{}:{line}: {}", one_line(&self.file), one_line(&message)),
            None => write!(f, "{}: {}", one_line(&self.file), one_line(&message)),
        }
    }
}

/// What is wrong with a regular expression, without the picture of it that the engine draws over
/// several lines.
pub(crate) fn regex_fault(error: &regex::Error) -> String {
    let text = error.to_string();
    let last = text.lines().last().unwrap_or_default();
    format!(
        "pattern cannot be compiled: {}",
        last.strip_prefix("error: ").unwrap_or(last)
    )
}
