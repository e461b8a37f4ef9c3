//! Refused updates that change the resource all the same, which is a cause of its own unless
//! something explains the reads.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::{CauseKind, Evidence};
use super::follow::SHOWN;
use super::groups::{Groups, absorb, kinds, move_evidence, of_kind, symptom};
use super::key::{Key, how, refuses};

/// Moves what reads show after refused updates to what reads show of the same member after accepted
/// ones, and what a failure left half done to that failure. Nothing else explains that a refused
/// update is stored.
pub(super) fn explained(groups: &mut Groups<'_>) {
    let mut reads: BTreeMap<String, Key> = BTreeMap::new();
    for (key, group) in groups.iter() {
        let told = matches!(
            key.kind,
            CauseKind::Stored | CauseKind::Changed | CauseKind::Answer | CauseKind::Single
        );
        let wrong =
            kinds(group).filter(|kind| told && kind.operation == "read" && kind.class == "valid");
        for member in wrong.filter_map(|kind| kind.member.clone()) {
            reads.entry(member).or_insert_with(|| key.clone());
        }
    }
    let mut failures: Vec<(String, Option<String>, Key)> = Vec::new();
    for (key, group) in groups
        .iter()
        .filter(|(key, _)| key.kind == CauseKind::Crash)
    {
        failures
            .extend(kinds(group).map(|kind| (kind.came.clone(), kind.fault.clone(), key.clone())));
    }

    let failure = |e: &Evidence| {
        let mut same = failures
            .iter()
            .filter(|(came, fault, _)| *came == e.kind.came && *fault == e.kind.fault);
        same.next()
            .map(|(.., key)| key.clone())
            .filter(|_| how(&e.kind.came) == "crashed")
    };
    let read = |e: &Evidence| {
        e.kind
            .member
            .as_ref()
            .and_then(|member| reads.get(member))
            .cloned()
    };
    for key in of_kind(groups, CauseKind::ChangedByRefusal) {
        move_evidence(groups, &key, true, |e| failure(e).or_else(|| read(e)));
    }
}

/// Puts with such updates what else shows of the members that they change: what reads show after
/// them, and what stands still or is no echo because of them.
pub(super) fn with_what_they_show(groups: &mut Groups<'_>) {
    for to in of_kind(groups, CauseKind::ChangedByRefusal) {
        let Some(group) = groups.get(&to) else {
            continue;
        };
        let members: BTreeSet<&String> = kinds(group)
            .filter_map(|kind| kind.member.as_ref())
            .collect();
        let about = |e: &Evidence| {
            e.kind
                .member
                .as_ref()
                .is_some_and(|member| members.contains(member))
        };

        let answers = of_kind(groups, CauseKind::Answer);
        let singles = of_kind(groups, CauseKind::Single);
        for key in &answers {
            let shows = |e: &Evidence| {
                about(e) && e.kind.operation == "read" && refuses(&e.kind.came.as_str())
            };
            move_evidence(groups, key, true, |e| shows(e).then(|| to.clone()));
        }
        for key in singles.iter().filter(|key| SHOWN.contains(&symptom(key))) {
            let all = groups
                .get(key)
                .is_some_and(|group| group.evidence.values().flatten().all(|e| about(e)));
            if all {
                absorb(groups, key, &to);
            }
        }
    }
}
