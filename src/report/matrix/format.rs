//! The formats of a scoreboard, each rendered from the document alone.

use super::{Matrix, html, markdown};
use crate::support::sink::json;

/// A format that a scoreboard can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    /// The document itself, as JSON.
    Json,
    /// Markdown, for a README or the page of a CI.
    Markdown,
    /// One HTML page for people.
    Html,
}

impl Format {
    /// Every format.
    pub(crate) const ALL: [Self; 3] = [Self::Html, Self::Markdown, Self::Json];

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The name of the file it is written to where none is named.
    pub(crate) fn file_name(self) -> &'static str {
        match self {
            Self::Json => "matrix.json",
            Self::Markdown => "matrix.md",
            Self::Html => "matrix.html",
        }
    }

    /// The scoreboard in that format.
    pub(crate) fn render(self, matrix: &Matrix) -> String {
        match self {
            Self::Json => json::pretty(matrix),
            Self::Markdown => markdown::render(matrix),
            Self::Html => html::render(matrix),
        }
    }
}
