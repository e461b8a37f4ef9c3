//! The baseline: findings that are known, each with the reason why it is let be.
//!
//! A finding in it is shown and fails nothing. What it holds is held against each run: an entry
//! whose finding is there no more, that has expired, or that is about no promise of the contract,
//! is to be removed. Nothing here does I/O.

mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::support::date::Date;

use crate::support::echo::nearest;

/// Findings that are known, by identity.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Baseline {
    entries: BTreeMap<String, Entry>,
}

/// What is known of one finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Why it is let be; empty where the tool wrote the entry and nobody has said yet.
    pub(crate) reason: String,
    /// Where it is told of, such as the address of an issue.
    pub(crate) link: Option<String>,
    /// The last day on which it is let be.
    pub(crate) expires: Option<Date>,
    /// Whether another run may miss it, which proves nothing: only requests drawn at random show
    /// it, or it comes and goes.
    pub(crate) chance: bool,
}

/// What a run says about the entries of a baseline.
#[derive(Clone, Copy)]
pub(crate) struct Seen<'a> {
    /// The identities of all that was found.
    pub(crate) found: &'a BTreeSet<String>,
    /// The causes of it, each with the findings that it explains.
    pub(crate) causes: &'a BTreeMap<String, Vec<String>>,
    /// The ids of all promises that there are.
    pub(crate) promises: &'a BTreeSet<String>,
    /// Whether the run would have shown that finding of an entry, were it still there.
    pub(crate) would_show: &'a dyn Fn(&str, &Entry) -> bool,
}

/// A baseline held against a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Comparison {
    /// The findings that are known.
    pub(crate) known: BTreeMap<String, Entry>,
    /// The entries that did not appear, and may yet: not every case was fired that could show them.
    pub(crate) unsure: BTreeSet<String>,
    /// Findings whose entry has expired, and when: they count as new.
    pub(crate) expired: BTreeMap<String, Date>,
    /// The entries to remove, and why.
    pub(crate) remove: BTreeMap<String, Removal>,
}

/// Of so many entries that are about no promise it is told which was probably meant. In a file with
/// more, the reason is another one.
const HINTS: usize = 100;

/// Why an entry is to be removed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Removal {
    /// The finding no longer appears, although its promise was tested.
    Gone,
    /// It has expired, and the finding did not appear.
    Expired(Date),
    /// The contract has no such promise; perhaps this one was meant.
    NoPromise(Option<String>),
}

impl fmt::Display for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = if self.reason.is_empty() {
            "no reason is given"
        } else {
            &self.reason
        };
        f.write_str(&reason.split_whitespace().collect::<Vec<_>>().join(" "))?;
        self.link
            .as_ref()
            .map_or(Ok(()), |link| write!(f, " ({link})"))
    }
}

impl fmt::Display for Removal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Gone => f.write_str("it no longer appears"),
            Self::Expired(day) => write!(f, "it was known until {day}, and did not appear"),
            Self::NoPromise(None) => f.write_str("the contract has no such promise"),
            Self::NoPromise(Some(other)) => {
                write!(
                    f,
                    "the contract has no such promise; did you mean one of {other}?"
                )
            }
        }
    }
}

impl Baseline {
    /// The findings that are known on that day.
    pub(crate) fn known(&self, today: Date) -> BTreeSet<String> {
        self.entries
            .iter()
            .filter(|(_, e)| !e.expired(today))
            .map(|(id, _)| id.clone())
            .collect()
    }

    /// What is known of a finding on that day.
    pub(crate) fn entry(&self, id: &str, today: Date) -> Option<&Entry> {
        self.entries.get(id).filter(|entry| !entry.expired(today))
    }

    /// Holds it against what a run showed.
    pub(crate) fn compare(&self, seen: Seen<'_>, today: Date) -> Comparison {
        let mut comparison = Comparison::default();
        let mut hints = HINTS;
        for (id, entry) in &self.entries {
            let expired = entry.expires.filter(|_| entry.expired(today));
            let there = seen.found.contains(id) || seen.causes.contains_key(id);
            let removal = match (there, expired) {
                (true, None) if is_cause(id) => continue,
                (true, None) => {
                    comparison.known.insert(id.clone(), entry.clone());
                    continue;
                }
                (true, Some(day)) => {
                    comparison.expired.insert(id.clone(), day);
                    continue;
                }
                (false, _) if !is_cause(id) && !seen.promises.contains(promise(id)) => {
                    hints = hints.saturating_sub(1);
                    let promises = seen
                        .promises
                        .iter()
                        .map(String::as_str)
                        .filter(|_| hints > 0);
                    Removal::NoPromise(nearest(promise(id), promises).map(str::to_owned))
                }
                (false, Some(day)) => Removal::Expired(day),
                (false, None) if (seen.would_show)(id, entry) => Removal::Gone,
                (false, None) => {
                    comparison.unsure.insert(id.clone());
                    continue;
                }
            };
            comparison.remove.insert(id.clone(), removal);
        }

        self.known_by_cause(seen, today, &mut comparison);
        comparison
    }

    /// Adds the findings that causes explain which are known, where no other cause explains them as
    /// well.
    fn known_by_cause(&self, seen: Seen<'_>, today: Date, comparison: &mut Comparison) {
        for id in seen.found {
            let of: Vec<&String> = seen
                .causes
                .iter()
                .filter(|(_, findings)| findings.contains(id))
                .map(|(cause, _)| cause)
                .collect();
            let entries: Option<Vec<&Entry>> =
                of.iter().map(|cause| self.entry(cause, today)).collect();
            if let Some(entry) = entries.as_ref().and_then(|entries| entries.first()) {
                comparison
                    .known
                    .entry(id.clone())
                    .or_insert_with(|| (*entry).clone());
            }
        }
    }

    /// Adds a finding without a reason, unless it is there; one that is keeps all that is said of
    /// it.
    ///
    /// `chance`: another run may miss it.
    pub(crate) fn add(&mut self, id: &str, chance: bool) {
        self.entries.entry(id.to_owned()).or_insert_with(|| Entry {
            chance,
            ..Entry::default()
        });
    }

    /// Whether there is such an entry.
    pub(crate) fn has(&self, id: &str) -> bool {
        self.entries.contains_key(id)
    }

    /// Removes an entry.
    pub(crate) fn remove(&mut self, id: &str) {
        self.entries.remove(id);
    }

    /// The entries that do not say why they are known.
    pub(crate) fn without_reason(&self) -> impl Iterator<Item = &str> {
        let silent = self
            .entries
            .iter()
            .filter(|(_, e)| e.reason.trim().is_empty());
        silent.map(|(id, _)| id.as_str())
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }
}

impl Entry {
    fn expired(&self, today: Date) -> bool {
        self.expires.is_some_and(|last| last < today)
    }
}

/// The promise that a finding's identity names: all but its class and its symptom.
pub(crate) fn promise(id: &str) -> &str {
    id.rsplitn(3, "::").nth(2).unwrap_or_default()
}

/// Whether an identity is that of a cause, and not of a finding.
pub(crate) fn is_cause(id: &str) -> bool {
    id.split("::").nth(1) == Some("cause")
}

/// The class that a finding's identity names.
pub(crate) fn class(id: &str) -> &str {
    id.rsplit("::").nth(1).unwrap_or_default()
}

#[cfg(test)]
mod tests;
