//! Why patterns have no samples or no violations, and how many have none for the same cause.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Why one pattern has none.
#[derive(Clone, Debug)]
pub(super) struct Reason {
    /// With the place in the pattern.
    pub(super) text: String,
    /// Without it: what many patterns may have in common.
    pub(super) cause: String,
}

impl From<String> for Reason {
    fn from(text: String) -> Self {
        Self {
            cause: text.clone(),
            text,
        }
    }
}

impl From<&str> for Reason {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// How many patterns have none, by cause.
#[derive(Debug, Default)]
pub(super) struct Causes(BTreeMap<String, usize>);

impl Causes {
    pub(super) fn add(&mut self, reason: Reason) {
        *self.0.entry(reason.cause).or_default() += 1;
    }

    /// A table of the causes, the most frequent first; nothing where there are none.
    pub(super) fn write(&self, what: &str, text: &mut String) {
        let all: usize = self.0.values().sum();
        if all == 0 {
            return;
        }
        let _ = writeln!(text, "{all} without {what}, by cause:");
        let mut causes: Vec<(&String, usize)> = self.0.iter().map(|(c, n)| (c, *n)).collect();
        causes.sort_by_key(|(_, times)| Reverse(*times));
        for (cause, times) in causes {
            let _ = writeln!(text, "{times:>6}  {cause}");
        }
    }
}
