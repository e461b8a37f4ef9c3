//! The row of a scoreboard: one promise, and what became of it on each target.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Following, Mark};
use crate::contract::{Basis, Level};

/// One promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Row {
    /// Its id.
    pub(crate) id: String,
    /// What is promised, in words; of several revisions the first that promises it.
    pub(crate) says: String,
    /// The section of the page that makes it.
    pub(crate) section: String,
    /// Why it is expected.
    pub(crate) basis: Basis,
    /// What breaking it does to a run.
    pub(crate) level: Level,
    /// What became of it, for each column; none where the column's revision makes no such promise,
    /// or nothing was judged.
    pub(crate) cells: Vec<Option<Cell>>,
    /// What each revision says, by its name, where they disagree; one that promises nothing of the
    /// kind is left out.
    pub(crate) texts: BTreeMap<String, String>,
    /// Which revision each target follows, where they disagree.
    pub(crate) follows: Vec<Following>,
}

/// What became of one promise on one target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Cell {
    /// In one word.
    pub(crate) mark: Mark,
    /// Why it came to no verdict, where that is so.
    pub(crate) why: Option<String>,
    /// Where it holds: the cases that showed it, one for each side from which cases test it.
    #[serde(default)]
    pub(crate) shown_by: Vec<String>,
}

impl Row {
    /// Whether every column that makes the promise has the same mark.
    pub(crate) fn alike(&self) -> bool {
        let mut marks = self.cells.iter().flatten().map(|cell| cell.mark);
        marks
            .next()
            .is_none_or(|first| marks.all(|mark| mark == first))
    }

    /// Whether it holds wherever it was tested.
    pub(crate) fn quiet(&self) -> bool {
        self.cells
            .iter()
            .flatten()
            .all(|cell| matches!(cell.mark, Mark::Holds | Mark::Untested))
    }

    /// The id without its operation.
    pub(crate) fn path(&self) -> &str {
        self.id.split_once("::").map_or(&self.id, |(_, path)| path)
    }
}
