//! How two documents differ: which operations only one of them has, and what the others promise
//! differently.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::text::differences;
use super::{Change, Drift, VERSION};
use crate::support::sink::{json, one_line};

/// How two documents differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentDrift {
    /// The version of this form: 1.
    pub(crate) version: u32,
    /// The older document, as it was named.
    pub(crate) from: String,
    /// The newer one.
    pub(crate) to: String,
    /// The operations that both have, by name.
    pub(crate) operations: Vec<Drift>,
    /// Operations of the older document alone.
    pub(crate) only_from: Vec<String>,
    /// Operations of the newer one alone.
    pub(crate) only_to: Vec<String>,
    /// Operations of both that could not be compared.
    pub(crate) not_compared: Vec<String>,
}

impl DocumentDrift {
    pub(crate) fn new(from: &str, to: &str) -> Self {
        Self {
            version: VERSION,
            from: from.to_owned(),
            to: to.to_owned(),
            operations: Vec::new(),
            only_from: Vec::new(),
            only_to: Vec::new(),
            not_compared: Vec::new(),
        }
    }

    /// The difference as JSON.
    pub(crate) fn json(&self) -> String {
        json::pretty(self)
    }

    /// The difference in lines: a table of operations, and then each of them that differs.
    pub(crate) fn text(&self) -> String {
        let mut lines = String::new();
        let differ = self.operations.iter().filter(|drift| drift.differs());
        let differ: Vec<&Drift> = differ.collect();
        let _ = writeln!(
            lines,
            "from {} to {}: {} of {} operations differ",
            one_line(&self.from),
            one_line(&self.to),
            differ.len(),
            self.operations.len()
        );
        for (names, what) in [
            (&self.only_from, format!("only in {}", self.from)),
            (&self.only_to, format!("only in {}", self.to)),
            (&self.not_compared, "not compared".to_owned()),
        ] {
            if !names.is_empty() {
                let _ = writeln!(
                    lines,
                    "\n{} {}: {}",
                    names.len(),
                    one_line(&what),
                    one_line(&names.join(", "))
                );
            }
        }
        if differ.is_empty() {
            return lines;
        }

        table(&mut lines, &differ);
        for drift in differ {
            lines.push('\n');
            lines.push_str(&differences(drift));
        }
        lines
    }
}

fn table(lines: &mut String, differ: &[&Drift]) {
    let names = differ.iter().map(|d| d.operation.chars().count());
    let width = names.chain(["operation".len()]).max().unwrap_or_default();
    let _ = writeln!(
        lines,
        "\n{:width$}  {:>7}  {:>7}  {:>5}  {:>5}  {:>14}",
        "operation", "changed", "removed", "added", "same", "other verdicts"
    );
    for drift in differ {
        let count = |change: Change| drift.promises.iter().filter(|p| p.change == change).count();
        let verdicts: usize = drift.verdicts.iter().map(|v| v.cases.len()).sum();
        let _ = writeln!(
            lines,
            "{:width$}  {:>7}  {:>7}  {:>5}  {:>5}  {verdicts:>14}",
            one_line(&drift.operation),
            count(Change::Changed),
            count(Change::Removed),
            count(Change::Added),
            drift.same
        );
    }
}
