//! What is wrong with every member, or with many: one fault of how members are read, stored or
//! written.

use std::collections::BTreeSet;

use super::super::document::{CauseKind, EvidenceKind, Report};
use super::explained::Group;
use super::follow::SHOWN;
use super::groups::{Groups, absorb, kinds, of_kind, symptom};
use super::key::Key;

/// So many members of answers that are wrong alike are wrong for one reason.
const MANY: usize = 3;

/// Puts many members together that answers lack, or that have a wrong type there, and what is told
/// of them as not stored: what is not shown as it should be is no echo.
pub(super) fn of_answers(groups: &mut Groups<'_>, of: &str) {
    let is_of = |key: &Key| symptom(key) == of;
    let keys: Vec<Key> = of_kind(groups, CauseKind::Answer)
        .into_iter()
        .filter(is_of)
        .collect();

    if keys.len() < MANY {
        return;
    }
    let members: BTreeSet<&String> = keys.iter().filter_map(|key| key.about.first()).collect();
    let is_one = |key: &&Key| {
        key.about
            .first()
            .is_some_and(|member| members.contains(member))
    };

    let stored = of_kind(groups, CauseKind::Stored);
    let to = of_members(CauseKind::Answer, Some(of));
    keys.iter()
        .chain(stored.iter().filter(is_one))
        .for_each(|key| absorb(groups, key, &to));
}

/// Puts all together that is not stored, where that is every member which updates name: nothing of
/// an update is stored.
pub(super) fn not_stored(report: &Report, groups: &mut Groups<'_>) {
    let mut stored = groups
        .iter()
        .filter(|(key, _)| key.kind == CauseKind::Stored);
    let by_reads = stored.all(|(_, group)| kinds(group).any(|kind| kind.operation == "read"));
    if !by_reads || !is_every(report, &told(groups, CauseKind::Stored)) {
        return;
    }
    let is_left = |key: &&Key| match key.kind {
        CauseKind::Stored | CauseKind::Changed => true,
        CauseKind::Single => SHOWN.contains(&symptom(key)),
        _ => false,
    };
    let left: Vec<Key> = groups.keys().filter(is_left).cloned().collect();

    // What is not read of updates that name several members is accepted, whatever is wrong with it.
    let among_others = |(key, group): &(&Key, &Group<'_>)| {
        key.kind == CauseKind::Accepted && kinds(group).all(|kind| named(kind) > 1)
    };
    let accepted: Vec<Key> = groups
        .iter()
        .filter(among_others)
        .map(|(key, _)| key.clone())
        .collect();
    let to = of_members(CauseKind::Stored, None);
    left.iter()
        .chain(&accepted)
        .for_each(|key| absorb(groups, key, &to));
}

/// Puts all together that changes although no update names it, where that is every member.
pub(super) fn changed(report: &Report, groups: &mut Groups<'_>) {
    if is_every(report, &told(groups, CauseKind::Changed)) {
        let to = of_members(CauseKind::Changed, None);
        of_kind(groups, CauseKind::Changed)
            .iter()
            .for_each(|key| absorb(groups, key, &to));
    }
}

/// How many members a request names; those that nobody knows are one.
fn named(kind: &EvidenceKind) -> usize {
    kind.names
        .iter()
        .filter(|name| !name.contains('=') || name.as_str() == "body=unknown-member")
        .count()
}

/// The members that causes of a kind are about.
fn told(groups: &Groups<'_>, kind: CauseKind) -> BTreeSet<String> {
    groups
        .keys()
        .filter(|key| key.kind == kind)
        .filter_map(|key| key.about.first().cloned())
        .collect()
}

/// Whether these are all members that updates name, of several. A member that no update stores
/// anyway, such as an identity, says nothing.
fn is_every(report: &Report, told: &BTreeSet<String>) -> bool {
    let mut named = report
        .traffic
        .valid
        .keys()
        .filter(|name| !name.is_empty() && !name.contains('='));
    let moves = |name: &str| report.traffic.moved.contains_key(name);
    told.len() > 1 && named.all(|name| told.contains(name) || !moves(name))
}

fn of_members(kind: CauseKind, symptom: Option<&str>) -> Key {
    Key {
        kind,
        about: std::iter::once("members")
            .chain(symptom)
            .map(str::to_owned)
            .collect(),
    }
}
