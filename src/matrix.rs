//! The scoreboard: what became of each promise on several targets, side by side, made of their reports alone.
//!
//! A score counts promises and not requests. Nothing here depends on the time but the day that is given.

mod badge;
mod build;
mod follows;
mod format;
mod html;
mod markdown;
mod stable;
mod text;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::contract::{Basis, Level};
use crate::report::State;
use crate::report::document::{ReportedPromise, Tool};

pub use badge::badge;
pub use build::{Judged, Source};
pub use follows::{Following, Follows};
pub use format::Format;
pub use text::text;

/// The version of the form. It is raised where a reader of the older one would misread a document.
pub const VERSION: u32 = 1;

/// What became of each promise on each target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Matrix {
    /// The version of this form: 1.
    pub version: u32,
    /// What wrote it.
    pub tool: Tool,
    /// The day it was made, `YYYY-MM-DD` in UTC.
    pub date: String,
    /// The operation as documented, `UpdateEventSourceMapping`; empty where no target was judged.
    pub operation: String,
    /// The targets, in the order they were given; one judged by two revisions has two columns side by side.
    pub columns: Vec<Column>,
    /// The promises, in the order of the contract; what only a later revision promises comes last.
    pub rows: Vec<Row>,
    /// What the targets do wrong, each once, in the order of the rows; of promises of other operations last.
    pub findings: Vec<MatrixFinding>,
}

/// One target, judged by one revision of the contract.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// The target's name.
    pub target: String,
    /// The target's own version, where it is known.
    pub release: Option<String>,
    /// The revision of the contract.
    pub revision: String,
    /// Whether it was judged.
    pub standing: Standing,
    /// Why it was not judged, or not wholly.
    pub why: Option<String>,
    /// The verdict on it in one line, where there is one.
    pub headline: Option<String>,
    /// How many cases were fired.
    pub cases: usize,
    /// How many the plan has: more, where only those that show most were meant.
    pub planned: usize,
    /// How many promises came to each mark; one that none came to is left out.
    pub counts: BTreeMap<Mark, usize>,
    /// How many promises it keeps; none where it was not judged wholly.
    pub score: Option<Score>,
}

/// Whether a target was judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// By the whole plan.
    Judged,
    /// The run stopped early, or the target accepted no valid request: the marks are of what was fired until then.
    Stopped,
    /// The target ended during the run, although nobody asked for that.
    Died,
    /// The target could not be started, or not be reached.
    NotStarted,
}

/// What became of one promise on one target.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mark {
    /// A finding that fails a run breaks it.
    Broken,
    /// The target does not implement what the cases about it need.
    NotImplemented,
    /// Its cases came to no verdict, because valid requests were refused.
    Masked,
    /// Only a finding that is a warning is about it.
    Warned,
    /// Tested, and kept.
    Holds,
    /// No case came to a verdict, or none can.
    Untested,
}

/// How many promises a target keeps, of those that a verdict could be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Score {
    /// Promises that hold, those with warnings among them.
    pub holds: usize,
    /// All but the untested ones: what is not implemented and what is masked is not kept.
    pub of: usize,
}

/// One promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Row {
    /// Its id.
    pub id: String,
    /// What is promised, in words; of several revisions the first that promises it.
    pub says: String,
    /// The section of the page that makes it.
    pub section: String,
    /// Why it is expected.
    pub basis: Basis,
    /// What breaking it does to a run.
    pub level: Level,
    /// What became of it, for each column; none where the column's revision makes no such promise, or nothing was judged.
    pub cells: Vec<Option<Cell>>,
    /// What each revision says, by its name, where they disagree; one that promises nothing of the kind is left out.
    pub texts: BTreeMap<String, String>,
    /// Which revision each target follows, where they disagree.
    pub follows: Vec<Following>,
}

/// What became of one promise on one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// In one word.
    pub mark: Mark,
    /// Why it came to no verdict, where that is so.
    pub why: Option<String>,
}

/// One thing that one target does wrong, or several do alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MatrixFinding {
    /// Its identity: promise, class and symptom.
    pub id: String,
    /// The promise it breaks.
    pub promise: String,
    /// The promise in words.
    pub requirement: String,
    /// The section of the page that makes it.
    pub section: String,
    /// Why it is expected.
    pub basis: Basis,
    /// Whether it fails a run.
    pub level: Level,
    /// How it shows.
    pub symptom: String,
    /// The columns that show it.
    pub shown: Vec<Shown>,
}

/// A finding as one target shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Shown {
    /// The column, from 0.
    pub column: usize,
    /// The smallest request that shows it, in words.
    pub sent: Option<String>,
    /// What was expected.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// How many cases show it.
    pub cases: usize,
    /// Lines of a POSIX shell that show it, in order; none where the target listens nowhere.
    pub curl: Vec<String>,
    /// The command that shows it again.
    pub replay: String,
    /// Whether it did not come back when it was tried again.
    pub unstable: bool,
}

impl Mark {
    /// Every mark, the worst first.
    pub const ALL: [Self; 6] =
        [Self::Broken, Self::NotImplemented, Self::Masked, Self::Warned, Self::Holds, Self::Untested];

    /// The mark for what a report says.
    ///
    /// Cases may not apply for other reasons than that the target lacks something: nothing has to show the promise, or
    /// its ground does not count in the run. That is not held against it.
    #[must_use]
    pub fn of(promise: &ReportedPromise) -> Self {
        let lacks = |why: &String| why.starts_with("the target offers no") || why.starts_with("the target says");
        match promise.state {
            State::Kept => Self::Holds,
            State::Broken => Self::Broken,
            State::Warned => Self::Warned,
            State::Masked => Self::Masked,
            State::NotOffered if promise.facts.skipped.as_ref().is_some_and(lacks) => Self::NotImplemented,
            State::NotOffered | State::Impossible | State::Untested => Self::Untested,
        }
    }

    /// The mark in words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::Warned => "warned",
            Self::NotImplemented => "not implemented",
            Self::Masked => "masked",
            Self::Untested => "untested",
        }
    }

    /// The sign that tells it apart without colours.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::Holds => "✓",
            Self::Broken => "✗",
            Self::Warned => "!",
            Self::NotImplemented => "∅",
            Self::Masked => "◐",
            Self::Untested => "?",
        }
    }

    /// What it means, in a sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Holds => "every case that tested it passed",
            Self::Broken => "an answer goes against it; the cell leads to the request that shows it",
            Self::Warned => "an answer goes against what ought to be; the documentation leaves room",
            Self::NotImplemented => "the target does not offer what a test of it needs; not a pass",
            Self::Masked => "the valid request to compare with was refused; not a pass",
            Self::Untested => "no request can test it, or none was sent; it counts neither way",
        }
    }
}

impl Standing {
    /// The standing in words.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Judged => "judged",
            Self::Stopped => "stopped",
            Self::Died => "died",
            Self::NotStarted => "did not start",
        }
    }
}

impl Score {
    /// In hundredths, rounded down, so that 100 is every promise.
    #[must_use]
    pub fn percent(self) -> usize {
        (self.holds * 100).checked_div(self.of).unwrap_or_default()
    }
}

impl std::fmt::Display for Score {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} of {} ({} %)", self.holds, self.of, self.percent())
    }
}

impl Column {
    /// The target's name, with the revision where it has a column for each of several.
    #[must_use]
    pub fn name(&self, several: bool) -> String {
        if several { format!("{} ({})", self.target, self.revision) } else { self.target.clone() }
    }
}

impl Matrix {
    /// Whether targets were judged by several revisions.
    #[must_use]
    pub fn several_revisions(&self) -> bool {
        self.columns.iter().any(|c| self.columns.first().is_some_and(|first| first.revision != c.revision))
    }

    /// The names of the columns.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        let several = self.several_revisions();
        self.columns.iter().map(|c| c.name(several)).collect()
    }

    /// The findings that several targets show, not only several columns of one.
    pub fn shared(&self) -> impl Iterator<Item = (&MatrixFinding, Vec<&str>)> {
        self.findings.iter().map(|f| (f, self.targets_of(f))).filter(|(_, targets)| targets.len() > 1)
    }

    /// The targets that show a finding, each once.
    #[must_use]
    pub fn targets_of(&self, finding: &MatrixFinding) -> Vec<&str> {
        let mut targets = Vec::new();
        for column in finding.shown.iter().filter_map(|s| self.columns.get(s.column)) {
            if !targets.contains(&column.target.as_str()) {
                targets.push(&column.target);
            }
        }
        targets
    }

    /// The findings about a promise that a column shows.
    pub fn findings_of<'a>(
        &'a self,
        promise: &'a str,
        column: usize,
    ) -> impl Iterator<Item = (&'a MatrixFinding, &'a Shown)> {
        let about = self.findings.iter().filter(move |f| f.promise == promise);
        about.filter_map(move |f| f.shown.iter().find(|s| s.column == column).map(|shown| (f, shown)))
    }

    /// Whether every target was judged by the whole plan.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.columns.iter().all(|c| c.standing == Standing::Judged)
    }

    /// Whether a target breaks a promise.
    #[must_use]
    pub fn broken(&self) -> bool {
        self.columns.iter().any(|c| c.counts.contains_key(&Mark::Broken))
    }
}

impl Row {
    /// Whether every column that makes the promise has the same mark.
    #[must_use]
    pub fn alike(&self) -> bool {
        let mut marks = self.cells.iter().flatten().map(|cell| cell.mark);
        marks.next().is_none_or(|first| marks.all(|mark| mark == first))
    }

    /// Whether it holds wherever it was tested.
    #[must_use]
    pub fn quiet(&self) -> bool {
        self.cells.iter().flatten().all(|cell| matches!(cell.mark, Mark::Holds | Mark::Untested))
    }

    /// The id without its operation.
    #[must_use]
    pub fn path(&self) -> &str {
        self.id.split_once("::").map_or(&self.id, |(_, path)| path)
    }
}

/// The form of the document as a JSON Schema.
#[must_use]
pub fn schema() -> String {
    let mut text = serde_json::to_string_pretty(&schemars::schema_for!(Matrix)).unwrap_or_default();
    text.push('\n');
    text
}

#[cfg(test)]
mod tests;
