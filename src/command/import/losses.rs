//! Lost promises by kind and reason.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::import::{Document, Lost};

/// Counts lost promises.
#[derive(Default)]
pub(super) struct Losses {
    counts: BTreeMap<(&'static str, String), usize>,
}

impl Losses {
    pub(super) fn add(&mut self, lost: &Lost) {
        *self
            .counts
            .entry((lost.what, in_general(&lost.why)))
            .or_default() += 1;
    }

    pub(super) fn of(documents: &[Document]) -> Self {
        let mut losses = Self::default();
        // A promise of a shape is lost once for a service, however many operations use the shape.
        for document in documents {
            let mut seen = std::collections::HashSet::new();
            for lost in document
                .operations
                .iter()
                .flat_map(|operation| &operation.lost)
            {
                if seen.insert(lost) {
                    losses.add(lost);
                }
            }
        }
        losses
    }

    /// A line for each kind and reason, the most frequent first.
    pub(super) fn text(&self) -> String {
        let mut rows: Vec<_> = self.counts.iter().collect();
        rows.sort_by_key(|((what, why), count)| (std::cmp::Reverse(**count), *what, why.as_str()));
        let mut text = String::new();
        for ((what, why), count) in rows {
            // Writing to a text does not fail.
            let _ = writeln!(text, "{count:>7}  {what:<18} {why}");
        }
        text
    }
}

/// A reason without the names and numbers of one case.
fn in_general(why: &str) -> String {
    let mut general = String::new();
    for (at, part) in why.split('`').enumerate() {
        general.push_str(if at % 2 == 0 { part } else { "…" });
    }
    let mut digits = false;
    let mut text = String::new();
    for c in general.chars() {
        if c.is_ascii_digit() {
            if !digits {
                text.push('N');
            }
            digits = true;
        } else {
            digits = false;
            text.push(c);
        }
    }
    text
}
