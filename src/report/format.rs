//! The formats of a report, each rendered from the document alone.

mod github;
mod json;
mod junit;
mod markdown;
mod ndjson;
mod place;
mod plain;
mod sarif;

use super::document::Report;
use super::html;

pub(crate) use ndjson::Stream;
pub(super) use plain::{plain, plain_finding};

/// A format that a report can be written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Format {
    /// The document itself, as JSON: what `merge` reads.
    Json,
    /// What happens as it happens, one JSON document a line.
    Ndjson,
    /// JUnit XML.
    Junit,
    Markdown,
    /// One HTML page for people.
    Html,
    /// Annotations for GitHub's runner.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

impl Format {
    /// Every format.
    pub(crate) const ALL: [Self; 7] = [
        Self::Json,
        Self::Ndjson,
        Self::Junit,
        Self::Markdown,
        Self::Html,
        Self::Github,
        Self::Sarif,
    ];

    /// Its name on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Junit => "junit",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Github => "github",
            Self::Sarif => "sarif",
        }
    }

    /// The name of the file it is written to where none is named; none for what is of use on
    /// standard output only.
    pub(crate) fn file_name(self) -> Option<&'static str> {
        match self {
            Self::Json => Some("report.json"),
            Self::Ndjson => Some("events.ndjson"),
            Self::Junit => Some("junit.xml"),
            Self::Markdown => Some("summary.md"),
            Self::Html => Some("report.html"),
            // The runner reads them from the output of a step.
            Self::Github => None,
            Self::Sarif => Some("proofmark.sarif"),
        }
    }

    /// The report in that format.
    pub(crate) fn render(self, report: &Report) -> String {
        match self {
            Self::Json => json::render(report),
            Self::Ndjson => ndjson::render(report),
            Self::Junit => junit::render(report),
            Self::Markdown => markdown::render(report),
            Self::Html => html::render(report),
            Self::Github => github::render(report),
            Self::Sarif => sarif::render(report),
        }
    }
}

#[cfg(test)]
mod tests;
