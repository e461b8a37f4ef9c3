//! Mappings that are gone although nothing removed them, and those that are read although they do
//! not exist.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::{CauseKind, EvidenceKind, Report};
use super::explained::Group;
use super::groups::{Groups, absorb, kinds, move_evidence, of_kind, symptom};
use super::key::{ACCEPTED, Key};

/// Moves what lists lack, and refusals of updates as of what does not exist, to the resources that
/// are gone.
pub(super) fn gone(report: &Report, groups: &mut Groups<'_>) {
    let singles = of_kind(groups, CauseKind::Single);
    let Some(to) = singles.iter().find(|key| symptom(key) == "gone") else {
        return;
    };
    let lists = |key: &Key| {
        groups
            .get(key)
            .is_some_and(|group| kinds(group).all(|kind| kind.operation == "list"))
    };
    let lacked: Vec<&Key> = singles
        .iter()
        .filter(|key| symptom(key) == "missing" && lists(key))
        .collect();
    for key in lacked {
        move_evidence(groups, key, true, |_| Some(to.clone()));
    }

    let faults = report.traffic.faults.get("unknown-resource");
    let outcomes = faults.into_iter().flat_map(BTreeMap::values);
    let unknown: BTreeSet<&String> = outcomes.flat_map(BTreeMap::keys).collect();
    for key in of_kind(groups, CauseKind::Refused) {
        move_evidence(groups, &key, true, |e| {
            unknown.contains(&e.kind.came).then(|| to.clone())
        });
    }
}

/// Puts reads of what does not exist together: of what was never made, of what was deleted, and
/// what their answers lack. Where the update was refused, nothing came into being, and it is the
/// read that is wrong.
pub(super) fn read_without_being(groups: &mut Groups<'_>) {
    let of_refused = |group: &Group<'_>| kinds(group).all(|kind| kind.came != ACCEPTED);
    let root = |(key, group): &(&Key, &Group<'_>)| {
        key.kind == CauseKind::Single && symptom(key) == "created" && of_refused(group)
    };
    let Some(to) = groups.iter().find(root).map(|(key, _)| key.clone()) else {
        return;
    };

    // A read after a deletion follows a request that names nothing, or one that was refused.
    let of_nothing = |kind: &EvidenceKind| kind.names.is_empty() || kind.came != ACCEPTED;
    let of_gone = |group: &Group<'_>| {
        let is_gone = |kind: &EvidenceKind| kind.operation == "gone";
        kinds(group).any(is_gone)
            && kinds(group)
                .all(|kind| is_gone(kind) || (kind.operation == "read" && of_nothing(kind)))
    };
    let same = |(key, group): &(&Key, &Group<'_>)| {
        let told = match key.kind {
            CauseKind::Single => {
                symptom(key) == "lingers" || (symptom(key) == "created" && of_refused(group))
            }
            CauseKind::Answer => symptom(key) == "missing",
            _ => false,
        };
        told && (symptom(key) == "created" || of_gone(group))
    };
    let keys: Vec<Key> = groups
        .iter()
        .filter(same)
        .map(|(key, _)| key.clone())
        .collect();
    keys.iter().for_each(|key| absorb(groups, key, &to));
}
