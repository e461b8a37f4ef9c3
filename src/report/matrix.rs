//! The scoreboard: what became of each promise on several targets, side by side, made of their
//! reports alone.
//!
//! A score counts promises and not requests. Nothing here depends on the time but the day that is
//! given.

mod badge;
mod build;
mod column;
mod finding;
mod following;
mod follows;
mod format;
mod html;
mod mark;
mod markdown;
mod row;
mod stable;
mod text;

use serde::{Deserialize, Serialize};

use crate::report::document::Tool;

pub(crate) use badge::badge;
pub(crate) use build::{Judged, Source};
pub(crate) use column::{Causes, Column, Score, Standing};
pub(crate) use finding::{MatrixFinding, Shown};
pub(crate) use following::{Following, Follows};
pub(crate) use format::Format;
pub(crate) use mark::Mark;
pub(crate) use row::{Cell, Row};
pub(crate) use text::text;

/// The version of the form. It is raised where a reader of the older one would misread a document.
pub(crate) const VERSION: u32 = 1;

/// What became of each promise on each target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Matrix {
    /// The version of this form: 1.
    pub(crate) version: u32,
    /// What wrote it.
    pub(crate) tool: Tool,
    /// The day it was made, `YYYY-MM-DD` in UTC.
    pub(crate) date: String,
    /// The operation as documented, `UpdateEventSourceMapping`; empty where no target was judged.
    pub(crate) operation: String,
    /// The targets, in the order they were given; one judged by two revisions has two columns side
    /// by side.
    pub(crate) columns: Vec<Column>,
    /// The promises, in the order of the contract; what only a later revision promises comes last.
    pub(crate) rows: Vec<Row>,
    /// What the targets do wrong, each once, in the order of the rows; of promises of other
    /// operations last.
    pub(crate) findings: Vec<MatrixFinding>,
}

impl Matrix {
    /// Whether targets were judged by several revisions.
    pub(crate) fn several_revisions(&self) -> bool {
        self.columns.iter().any(|c| {
            self.columns
                .first()
                .is_some_and(|first| first.revision != c.revision)
        })
    }

    /// The names of the columns.
    pub(crate) fn names(&self) -> Vec<String> {
        let several = self.several_revisions();
        self.columns.iter().map(|c| c.name(several)).collect()
    }

    /// What a row is called: without the operation, where all promises are of one.
    pub(crate) fn name_of<'a>(&self, row: &'a Row) -> &'a str {
        fn operation(row: &Row) -> Option<&str> {
            row.id.split("::").next()
        }
        let first = self.rows.first().and_then(operation);
        match self.rows.iter().all(|row| operation(row) == first) {
            true => row.path(),
            false => &row.id,
        }
    }

    /// The findings that several targets show, not only several columns of one.
    pub(crate) fn shared(&self) -> impl Iterator<Item = (&MatrixFinding, Vec<&str>)> {
        self.findings
            .iter()
            .map(|f| (f, self.targets_of(f)))
            .filter(|(_, targets)| targets.len() > 1)
    }

    /// The targets that show a finding, each once.
    pub(crate) fn targets_of(&self, finding: &MatrixFinding) -> Vec<&str> {
        let mut targets = Vec::new();
        for column in finding
            .shown
            .iter()
            .filter_map(|s| self.columns.get(s.column))
        {
            if !targets.contains(&column.target.as_str()) {
                targets.push(&column.target);
            }
        }
        targets
    }

    /// The findings about a promise that a column shows.
    pub(crate) fn findings_of<'a>(
        &'a self,
        promise: &'a str,
        column: usize,
    ) -> impl Iterator<Item = (&'a MatrixFinding, &'a Shown)> {
        let about = self.findings.iter().filter(move |f| f.promise == promise);
        about.filter_map(move |f| {
            f.shown
                .iter()
                .find(|s| s.column == column)
                .map(|shown| (f, shown))
        })
    }

    /// Whether every target was judged by the whole plan.
    pub(crate) fn complete(&self) -> bool {
        self.columns.iter().all(|c| c.standing == Standing::Judged)
    }

    /// Whether a target breaks a promise.
    pub(crate) fn broken(&self) -> bool {
        self.columns
            .iter()
            .any(|c| c.counts.contains_key(&Mark::Broken))
    }
}

/// The form of the document as a JSON Schema.
pub(crate) fn schema() -> String {
    include_str!("schemas/matrix.json").to_owned()
}

#[cfg(test)]
mod tests;
