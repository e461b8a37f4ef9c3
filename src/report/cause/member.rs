//! What is told of one member: what answers and reads show of it.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::CauseKind;
use super::follow::SHOWN;
use super::groups::{
    Groups, Shown, absorb, absorb_into_first, kinds, move_evidence, of_kind, symptom,
};
use super::key::Key;

/// Moves what reads show of a member to what is told of that member already: of its value in the
/// answer, and of what is stored.
pub(super) fn with_what_is_told(groups: &mut Groups<'_>) {
    let told = |key: &&Key| {
        matches!(
            key.kind,
            CauseKind::Stored | CauseKind::Changed | CauseKind::Answer
        )
    };

    let members: BTreeMap<String, Key> = groups
        .keys()
        .rev()
        .filter(told)
        .filter_map(|key| Some((key.about.first()?.clone(), key.clone())))
        .collect();

    // Of what is told of one member the first kind counts: what is stored, before what changes.
    let stored = stored(groups);
    for key in of_kind(groups, CauseKind::Single)
        .iter()
        .filter(|key| SHOWN.contains(&symptom(key)))
    {
        move_evidence(groups, key, false, |e| {
            let member = e.kind.member.as_ref()?;
            stored.get(member).or_else(|| members.get(member)).cloned()
        });
    }
}

/// Puts what reads show of one member together, where nothing else is told of it.
pub(super) fn with_each_other(groups: &mut Groups<'_>) {
    let mut first: BTreeMap<String, Key> = BTreeMap::new();
    for key in of_kind(groups, CauseKind::Single)
        .iter()
        .rev()
        .filter(|key| SHOWN.contains(&symptom(key)))
    {
        let Some(group) = groups.get(key) else {
            continue;
        };
        let members: BTreeSet<Option<&String>> =
            kinds(group).map(|kind| kind.member.as_ref()).collect();
        let Some(Some(member)) = members.first().filter(|_| members.len() == 1) else {
            continue;
        };
        match first.get(*member) {
            Some(to) => absorb(groups, key, to),
            None => {
                first.insert((*member).clone(), key.clone());
            }
        }
    }
}

/// Puts a member that changes although no update names it with its values that are not stored,
/// where reads alone show both: what is not stored is not left as it was either.
pub(super) fn changed_as_stored(groups: &mut Groups<'_>) {
    let stored = stored(groups);
    for key in of_kind(groups, CauseKind::Changed) {
        let reads = |key: &Key| {
            groups
                .get(key)
                .is_some_and(|g| kinds(g).all(|kind| kind.operation == "read"))
        };
        let Some(to) = key.about.first().and_then(|member| stored.get(member)) else {
            continue;
        };
        if reads(&key) && reads(to) {
            absorb(groups, &key, to);
        }
    }
}

/// Puts what is wrong with one member in the same cases together: a value that is malformed is no
/// echo of what was sent either.
pub(super) fn in_the_same_cases(all: &Shown, groups: &mut Groups<'_>) {
    let shown = |key: &Key| all.get(key).map_or(0, BTreeSet::len);
    let is_shown = |key: &&Key| {
        matches!(
            key.kind,
            CauseKind::Stored | CauseKind::Changed | CauseKind::Answer
        )
    };

    let mut keys: Vec<Key> = groups.keys().filter(is_shown).cloned().collect();
    keys.sort_by_key(|key| (shown(key), key.clone()));
    for (place, key) in keys.iter().enumerate() {
        let within = |other: &&Key| {
            let cases = all.get(key).zip(all.get(*other));
            other.about.first() == key.about.first()
                && cases.is_some_and(|(these, those)| these.is_subset(those))
        };
        // The one of most cases explains the others.
        let Some(wider) = keys.iter().skip(place + 1).rev().find(within) else {
            continue;
        };
        absorb(groups, key, wider);
    }
}

/// Puts values of several members together that are not stored in the very same cases: these
/// updates reach something else than they name. Faults of each member by itself show where an
/// update names but one of them.
pub(super) fn lost_together(all: &Shown, groups: &mut Groups<'_>) {
    let mut by_cases: BTreeMap<&BTreeSet<usize>, Vec<Key>> = BTreeMap::new();
    for key in of_kind(groups, CauseKind::Stored) {
        if let Some(cases) = all.get(&key) {
            by_cases.entry(cases).or_default().push(key);
        }
    }
    by_cases
        .values()
        .filter(|keys| keys.len() > 1)
        .for_each(|keys| absorb_into_first(groups, keys));
}

/// For each member of which it is told, what tells that it is not stored.
fn stored(groups: &Groups<'_>) -> BTreeMap<String, Key> {
    let stored = groups.keys().filter(|key| key.kind == CauseKind::Stored);
    stored
        .filter_map(|key| Some((key.about.first()?.clone(), key.clone())))
        .collect()
}
