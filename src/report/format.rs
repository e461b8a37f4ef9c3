//! The formats of a report, each rendered from the document alone.

mod json;

use super::document::Report;

/// A format that a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// The document itself, as JSON: what `merge` reads.
    Json,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 1] = [Self::Json];

    /// Its name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
        }
    }

    /// The name of the file it is written to where none is named.
    #[must_use]
    pub fn file_name(self) -> &'static str {
        match self {
            Self::Json => "report.json",
        }
    }

    /// The format of that name.
    #[must_use]
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The report in that format.
    #[must_use]
    pub fn render(self, report: &Report) -> String {
        match self {
            Self::Json => json::render(report),
        }
    }
}
