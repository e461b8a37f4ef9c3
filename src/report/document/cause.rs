//! What findings have in common: the unit of a report.

use serde::{Deserialize, Serialize};

use super::Example;
use crate::contract::Level;

/// One fault of the target, with every finding that it explains.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct ReportedCause {
    /// Its identity, which a baseline may name: operation, `cause`, kind, and what it is about.
    pub(crate) id: String,
    /// Its kind.
    pub(crate) kind: CauseKind,
    /// What it is about: members, forms, classes or promises.
    pub(crate) about: Vec<String>,
    /// What the target does wrong, in words.
    pub(crate) says: String,
    /// The severest level of its findings.
    pub(crate) level: Level,
    /// How many cases showed it.
    pub(crate) cases: usize,
    /// The findings that it explains, in the order of the report.
    pub(crate) findings: Vec<String>,
    /// Those of them that only follow: reads that show what a request left behind.
    pub(crate) follows: Vec<String>,
    /// The promises that it breaks.
    pub(crate) promises: Vec<String>,
    /// The finding that shows it best.
    pub(crate) shown_by: String,
    /// Another request than that of the finding, where that one shows another cause.
    pub(crate) example: Option<Example>,
    /// Whether it fails the run.
    pub(crate) fails: bool,
    /// Why it does not, where it is known.
    pub(crate) known: Option<String>,
}

/// The kinds of causes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum CauseKind {
    /// Every valid update gets the same answer, which is no success.
    EveryUpdate,
    /// Every update gets the same answer, whatever it names.
    SameAnswer,
    /// Valid updates with one trait are all answered alike, and are not accepted.
    EveryUpdateWith,
    /// A member of requests is never read.
    Ignored,
    /// Whatever is refused is refused alike.
    EveryRefusal,
    /// Requests of one class are all refused alike, and not as documented.
    Refusals,
    /// A kind of request makes the service fail, or leaves it without an answer.
    Crash,
    /// Valid requests are refused.
    Refused,
    /// Invalid requests are accepted.
    Accepted,
    /// What is sent is not what is stored.
    Stored,
    /// What was not sent changes.
    Changed,
    /// A refused update changes something all the same.
    ChangedByRefusal,
    /// A member of answers is not as documented.
    Answer,
    /// Every answer, or every refusal, has the same fault of form.
    Form,
    /// Any other finding by itself.
    Single,
}
