//! Refusals that are wrong: which of them one fix would mend.

use std::collections::BTreeSet;

use super::super::document::{CauseKind, Evidence, Report};
use super::explained::Group;
use super::faults::{Faults, is_fault, together};
use super::groups::{
    Groups, absorb, cames, kinds, members, move_evidence, of_kind, paths, symptom,
};
use super::key::Key;

/// Puts wrong refusals together where no refusal is right, and where they have an answer, a promise
/// or a member in common that no right refusal has.
pub(super) fn wrong_alike(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    let keys = of_kind(groups, CauseKind::Refusals);
    if faults.all_wrong() {
        let all = Key {
            kind: CauseKind::EveryRefusal,
            about: Vec::new(),
        };
        keys.iter().for_each(|key| absorb(groups, key, &all));
        return;
    }

    together(groups, keys, CauseKind::Refusals, |one, other| {
        alike(faults, one, other)
    });
}

fn alike(faults: &Faults<'_>, one: &Group<'_>, other: &Group<'_>) -> bool {
    let same_promise = !paths(one).is_disjoint(&paths(other));
    let (these, those) = (cames(one), cames(other));
    let mut same = these.intersection(&those).peekable();
    let same_member = !members(one).is_disjoint(&members(other));
    let is_one = same.peek().is_some() && same_member;
    is_one || same_promise || same.any(|came| !faults.is_right(came))
}

/// Puts wrong refusals with those of valid updates that get the same answer, where no request is
/// rightly given it.
pub(super) fn as_valid_ones(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    for key in of_kind(groups, CauseKind::Refusals) {
        let Some(group) = groups.get(&key) else {
            continue;
        };
        let strange: BTreeSet<&str> = cames(group)
            .into_iter()
            .filter(|came| !faults.is_right(came))
            .collect();
        let same = |(other, group): &(&Key, &Group<'_>)| {
            other.kind == CauseKind::Refused && !strange.is_disjoint(&cames(group))
        };
        let Some(to) = groups.iter().find(same).map(|(key, _)| key.clone()) else {
            continue;
        };
        absorb(groups, &key, &to);
    }
}

/// Puts wrong refusals with those of valid updates that get the same answer and name the member in
/// the same form of several parts: that form is what is refused, and not the fault.
pub(super) fn for_their_form(groups: &mut Groups<'_>) {
    for key in of_kind(groups, CauseKind::Refusals) {
        let Some(group) = groups.get(&key) else {
            continue;
        };
        let same = |(other, valid): &(&Key, &Group<'_>)| {
            let refused = |e: &Evidence| {
                kinds(valid).any(|kind| kind.came == e.kind.came && has_form(e, &kind.names))
            };
            other.kind == CauseKind::Refused
                && group.evidence.values().flatten().all(|e| refused(e))
        };
        let Some(to) = groups.iter().find(same).map(|(key, _)| key.clone()) else {
            continue;
        };
        absorb(groups, &key, &to);
    }
}

/// Whether a request names the member that its fault is about in a form of several parts, which is
/// among these.
fn has_form(e: &Evidence, names: &BTreeSet<String>) -> bool {
    let Some(member) = &e.kind.fault_member else {
        return false;
    };
    let form = |name: &&String| {
        name.split_once('=')
            .is_some_and(|(of, form)| of == member && form.contains('-'))
    };

    e.kind
        .names
        .iter()
        .filter(form)
        .any(|name| names.contains(name))
}

/// Puts a status that does not go with its type where the refusals are told that have it: it is the
/// same wrong answer.
pub(super) fn with_their_status(groups: &mut Groups<'_>) {
    let statuses: Vec<Key> = of_kind(groups, CauseKind::Form);
    for status in statuses
        .iter()
        .filter(|key| symptom(key) == "wrong-error-status")
    {
        let Some(shown) = groups.get(status).map(cames) else {
            continue;
        };
        let tells = |(key, group): &(&Key, &Group<'_>)| {
            key.kind == CauseKind::Refusals
                && !shown.is_disjoint(&cames(group))
                && shown.is_subset(&cames(group))
        };
        let Some(to) = groups.iter().find(tells).map(|(key, _)| key.clone()) else {
            continue;
        };
        absorb(groups, status, &to);
    }
}

/// Puts other requests that are refused, such as a deletion of what is gone, where the same wrong
/// answer is told already: by a right answer they would not be refused.
pub(super) fn of_other_operations(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    let wrong = |key: &Key, came: &str| match key.kind {
        CauseKind::EveryRefusal => true,
        CauseKind::Refusals => !faults.is_right(came),
        CauseKind::Form => symptom(key) == "no-error-type",
        _ => false,
    };
    let told: Vec<(String, Key)> = groups
        .iter()
        .flat_map(|(key, group)| {
            cames(group)
                .into_iter()
                .map(move |came| (came.to_owned(), key.clone()))
        })
        .filter(|(came, key)| wrong(key, came))
        .collect();

    for key in of_kind(groups, CauseKind::Single)
        .iter()
        .filter(|key| symptom(key) == "refused")
    {
        move_evidence(groups, key, true, |e| {
            told.iter()
                .find(|(came, _)| e.kind.operation != "update" && *came == e.kind.came)
                .map(|(_, to)| to.clone())
        });
    }
}

/// Puts wrong refusals with the acceptances of the same promise: it is not looked at, and what
/// breaks it is refused for what comes to light later.
pub(super) fn of_accepted_promise(groups: &mut Groups<'_>) {
    for key in of_kind(groups, CauseKind::Refusals) {
        let Some(faults) = groups.get(&key).map(paths) else {
            continue;
        };
        let accepts = |(other, group): &(&Key, &Group<'_>)| {
            is_fault(CauseKind::Accepted, other)
                && faults.len() == 1
                && faults.is_subset(&paths(group))
        };
        let Some(to) = groups.iter().find(accepts).map(|(key, _)| key.clone()) else {
            continue;
        };
        absorb(groups, &key, &to);
    }
}

/// Puts wrong refusals with the values that are not stored where both break one promise: the same
/// value is taken for another.
pub(super) fn of_stored_promise(report: &Report, groups: &mut Groups<'_>) {
    for key in of_kind(groups, CauseKind::Refusals) {
        let Some(faults) = groups.get(&key).map(paths) else {
            continue;
        };
        let breaks = |(other, group): &(&Key, &Group<'_>)| {
            let findings = group
                .evidence
                .keys()
                .filter_map(|place| report.findings.get(*place));
            let promises: BTreeSet<&str> = findings.map(|f| f.promise_path()).collect();
            other.kind == CauseKind::Stored && faults.len() == 1 && faults.is_subset(&promises)
        };
        let Some(to) = groups.iter().find(breaks).map(|(key, _)| key.clone()) else {
            continue;
        };
        absorb(groups, &key, &to);
    }
}
