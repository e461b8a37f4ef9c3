//! What only follows from another cause: reads that show what a request left behind.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::super::document::{CauseKind, Report, ReportedFinding};
use super::accepted::shown_again;
use super::groups::{Groups, Shown, kinds, shown, symptom};
use super::key::Key;

/// What reads and lists show of the value of a member.
pub(super) const SHOWN: [&str; 6] = [
    "mutated",
    "never-settles",
    "not-echoed",
    "out-of-contract",
    "read-disagrees",
    "stands-still",
];

/// What a request may leave behind for reads, and for the requests after it. What a refused one
/// changes is a cause of its own.
const LEFT: [&str; 11] = [
    "changed",
    "created",
    "gone",
    "inconsistent",
    "lingers",
    "missing",
    "mutated",
    "never-settles",
    "not-stored",
    "read-disagrees",
    "went-back",
];

/// Folds causes under others that explain them.
///
/// One follows from another where it shows in nothing but what requests leave behind, and only in
/// cases that show the other as well; or where the values that it is about are those that the other
/// accepted.
pub(super) fn from_others(report: &Report, groups: &mut Groups<'_>) {
    let all = shown(report, groups);
    let keys: Vec<Key> = groups.keys().cloned().collect();
    // What follows from most comes last, so that a chain is folded from its end.
    let mut later: Vec<&Key> = keys
        .iter()
        .filter(|key| rank(report, key, groups).is_some_and(|r| r > 0))
        .collect();
    later.sort_by_key(|key| (Reverse(rank(report, key, groups)), (*key).clone()));

    for key in later {
        let Some(own) = rank(report, key, groups) else {
            continue;
        };
        let earlier = keys
            .iter()
            .filter(|other| rank(report, other, groups).is_some_and(|r| r < own));
        let explains = |other: &&Key| {
            (within(&all, key, other) && may_follow(key, other))
                || shown_again(report, groups, key, other)
        };
        // The narrowest explains most.
        let narrow = |other: &&Key| (all.get(*other).map_or(0, BTreeSet::len), (*other).clone());
        let Some(best) = earlier.filter(explains).min_by_key(narrow).cloned() else {
            continue;
        };
        fold(groups, key, &best);
    }
}

/// Puts a cause under another, from which all that it tells alone follows.
fn fold(groups: &mut Groups<'_>, key: &Key, under: &Key) {
    if !groups.contains_key(under) {
        return;
    }
    let Some(group) = groups.remove(key) else {
        return;
    };
    let Some(known) = groups.get_mut(under) else {
        return;
    };

    for (place, evidence) in group.evidence {
        if !known.evidence.contains_key(&place) {
            known.follows.insert(place);
        }
        known.evidence.entry(place).or_default().extend(evidence);
    }

    known.follows.extend(group.follows);
}

/// Whether a cause shows only in cases that show another.
fn within(all: &Shown, key: &Key, other: &Key) -> bool {
    all.get(key)
        .zip(all.get(other))
        .is_some_and(|(these, those)| !these.is_empty() && these.is_subset(those))
}

/// A list holds entries that its filter is not about where the member that it filters by is not
/// what was stored, and for no other reason.
fn may_follow(key: &Key, other: &Key) -> bool {
    let strays = key.kind == CauseKind::Single && symptom(key) == "out-of-contract";
    !strays || matches!(other.kind, CauseKind::Stored | CauseKind::Changed)
}

/// How far a cause is from a request: 0 for what a request was answered, more for what it left
/// behind. `None`: it follows from nothing, and nothing from it.
fn rank(report: &Report, key: &Key, groups: &Groups<'_>) -> Option<u8> {
    match key.kind {
        CauseKind::Form => None,
        CauseKind::Stored => Some(1),
        CauseKind::Changed | CauseKind::Answer => Some(2),
        CauseKind::Single => {
            let group = groups.get(key)?;
            let lists = kinds(group).all(|kind| kind.operation == "list")
                && symptom(key) == "out-of-contract";
            let left = |f: &ReportedFinding| lists || LEFT.contains(&f.symptom.as_str());
            let asked = |f: &ReportedFinding| matches!(f.symptom.as_str(), "refused" | "accepted");
            let mut findings = group
                .evidence
                .keys()
                .filter_map(|place| report.findings.get(*place));
            match findings.clone().all(left) {
                true => Some(3),
                false => findings.all(asked).then_some(0),
            }
        }
        _ => Some(0),
    }
}
