//! What became of all requests that break promises: what is wrong with one of them is held against
//! the others.

use crate::contract::PromisePath;
use std::collections::BTreeSet;

use super::super::document::{CauseKind, Evidence, EvidenceKind, Report, Traffic};
use super::explained::Group;
use super::groups::{Groups, absorb, kinds};
use super::key::{Key, refuses, slug};

/// So many classes whose requests all end alike have their end in common, and not what is sent.
pub(super) const CLASSES: usize = 3;

/// What became of the requests that break promises.
pub(super) struct Faults<'a> {
    pub(super) traffic: &'a Traffic,
    /// The refusals that are wrong: class, promise and outcome.
    wrong: BTreeSet<(String, String, String)>,
}

impl<'a> Faults<'a> {
    pub(super) fn of(report: &'a Report) -> Self {
        let wrong = report
            .findings
            .iter()
            .filter(|f| f.symptom == "wrong-refusal")
            .flat_map(|f| &f.evidence);

        let of = |e: &Evidence| {
            Some((
                e.kind.class.clone(),
                e.kind.fault.clone()?,
                e.kind.came.clone(),
            ))
        };

        Self {
            traffic: &report.traffic,
            wrong: wrong.filter_map(of).collect(),
        }
    }

    /// Whether no refusal of many classes is right.
    pub(super) fn all_wrong(&self) -> bool {
        let refused = || self.all().filter(|(_, _, came)| refuses(came));
        let classes: BTreeSet<&str> = refused().map(|(class, ..)| class).collect();
        classes.len() >= CLASSES && refused().all(|of| self.is_wrong(of))
    }

    /// Whether an answer is right for some request.
    pub(super) fn is_right(&self, came: &str) -> bool {
        self.all().any(|of| of.2 == came && !self.is_wrong(of))
    }

    /// Whether whatever breaks each of these promises ends as one.
    pub(super) fn entire(&self, paths: &BTreeSet<&str>, ends: impl Fn(&str) -> bool) -> bool {
        let mut of = self
            .all()
            .filter(|(_, path, _)| paths.contains(path))
            .peekable();
        of.peek().is_some() && of.all(|(_, _, came)| ends(came))
    }

    /// The classes of which every request ends as one.
    pub(super) fn classes(&self, ends: impl Fn(&str) -> bool) -> BTreeSet<&str> {
        let all: BTreeSet<&str> = self.all().map(|(class, ..)| class).collect();
        let whole = |class: &&str| {
            self.all()
                .filter(|(of, ..)| of == class)
                .all(|(_, _, came)| ends(came))
        };
        all.into_iter().filter(whole).collect()
    }

    /// Every outcome: class, promise and what came.
    fn all(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.traffic.faults.iter().flat_map(|(class, promises)| {
            promises.iter().flat_map(move |(path, outcomes)| {
                outcomes
                    .keys()
                    .map(move |came| (class.as_str(), path.as_str(), came.as_str()))
            })
        })
    }

    fn is_wrong(&self, (class, path, came): (&str, &str, &str)) -> bool {
        self.wrong
            .contains(&(class.to_owned(), path.to_owned(), came.to_owned()))
    }
}

/// Whether a cause is about requests that break promises.
pub(super) fn is_fault(kind: CauseKind, key: &Key) -> bool {
    let first = key.about.first().map(String::as_str).unwrap_or_default();
    key.kind == kind
        && !matches!(
            first,
            "valid" | "read" | "create" | "list" | "delete" | "gone"
        )
}

/// Puts causes together that are alike, directly or by others between them, under what their
/// requests have in common.
pub(super) fn together(
    groups: &mut Groups<'_>,
    keys: Vec<Key>,
    kind: CauseKind,
    alike: impl Fn(&Group<'_>, &Group<'_>) -> bool,
) {
    let mut sets: Vec<Vec<Key>> = Vec::new();
    for key in keys {
        let Some(group) = groups.get(&key) else {
            continue;
        };
        let with = |other: &Key| groups.get(other).is_some_and(|other| alike(group, other));
        let (joined, mut others): (Vec<_>, Vec<_>) =
            sets.into_iter().partition(|set| set.iter().any(with));
        others.push(joined.into_iter().flatten().chain([key]).collect());
        sets = others;
    }

    for set in sets.into_iter().filter(|set| set.len() > 1) {
        let all: Vec<&EvidenceKind> = set
            .iter()
            .filter_map(|key| groups.get(key))
            .flat_map(kinds)
            .collect();
        let mut about = vec![common(&all)];
        if kind == CauseKind::Crash {
            about.extend(all.iter().map(|kind| slug(&kind.came)).min());
        }
        let to = Key { kind, about };
        set.iter().for_each(|key| absorb(groups, key, &to));
    }
}

/// What requests that break promises have in common: the class, the member, the kind of promise;
/// else nothing.
fn common(kinds: &[&EvidenceKind]) -> String {
    let one = |of: BTreeSet<&str>| {
        of.first()
            .filter(|_| of.len() == 1)
            .map(|one| (*one).to_owned())
    };
    let paths = || kinds.iter().filter_map(|kind| kind.fault.as_deref());

    let classes = || one(kinds.iter().map(|kind| kind.class.as_str()).collect());
    let members = || {
        one(paths()
            .map(|path| PromisePath::new(path).but_last())
            .collect())
    };
    let deeper = || {
        one(paths()
            .map(|path| PromisePath::new(path).subject())
            .collect())
    };
    let last = || one(paths().map(|path| PromisePath::new(path).last()).collect());

    let path = one(paths().collect());
    path.or_else(classes)
        .or_else(members)
        .or_else(deeper)
        .or_else(last)
        .unwrap_or_else(|| "any".to_owned())
}
