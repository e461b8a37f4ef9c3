//! Requests that break promises and are accepted: which of them one fix would mend, and what they
//! leave behind.

use crate::contract::PromisePath;
use std::collections::BTreeSet;

use super::super::document::{CauseKind, Evidence, EvidenceKind, Report};
use super::explained::Group;
use super::faults::{CLASSES, Faults, is_fault, together};
use super::groups::{Groups, classes, kinds, members, move_evidence, paths};
use super::key::{ACCEPTED, Key};
use super::outcome::WIDE;

/// Moves what answers show of requests that should have been refused, and were not: that they were
/// accepted explains it.
pub(super) fn with_what_they_show(groups: &mut Groups<'_>) {
    let accepted = groups
        .iter()
        .filter(|(key, _)| key.kind == CauseKind::Accepted);
    let of: Vec<(EvidenceKind, Key)> = accepted
        .flat_map(|(key, group)| kinds(group).map(move |kind| (kind.clone(), key.clone())))
        .collect();

    let from: Vec<Key> = groups.keys().filter(|key| is_shown(key)).cloned().collect();
    for key in from {
        let to = |e: &Evidence| {
            let is_of = |kind: &EvidenceKind| match &e.kind.fault {
                Some(fault) => kind.fault.as_ref() == Some(fault),
                // Where it is open what the request breaks, its class tells, or the member that it
                // names.
                None => {
                    kind.class == e.kind.class
                        || kind
                            .fault_member
                            .as_ref()
                            .is_some_and(|m| e.kind.names.contains(m))
                }
            };
            let broken = e.kind.class != "valid" && e.kind.came == ACCEPTED;
            of.iter()
                .find(|(kind, _)| broken && is_of(kind))
                .map(|(_, key)| key.clone())
        };
        move_evidence(groups, &key, true, to);
    }
}

/// Whether a cause is about what answers show, or what requests leave behind.
fn is_shown(key: &Key) -> bool {
    use CauseKind::{Answer, Changed, Form, Single, Stored};
    matches!(key.kind, Form | Answer | Stored | Changed | Single)
}

/// Puts acceptances together where a class, a member or a kind of promise is not looked at at all,
/// or where a member's numbers are cut.
pub(super) fn not_looked_at(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    let keys = groups
        .keys()
        .filter(|key| is_fault(CauseKind::Accepted, key))
        .cloned()
        .collect();
    together(groups, keys, CauseKind::Accepted, |one, other| {
        alike(faults, one, other) || both_cut(one, other)
    });
}

fn alike(faults: &Faults<'_>, one: &Group<'_>, other: &Group<'_>) -> bool {
    let accepts = |came: &str| came == ACCEPTED;
    let whole = faults.classes(accepts);
    let of_whole = |of: BTreeSet<&str>| -> BTreeSet<String> {
        of.into_iter()
            .filter(|class| whole.contains(class))
            .map(str::to_owned)
            .collect()
    };
    let (these, those) = (of_whole(classes(one)), of_whole(classes(other)));
    let same_class = !these.is_disjoint(&those);
    let many = whole.len() >= CLASSES && !these.is_empty() && !those.is_empty();

    let last = |group: &Group<'_>| -> BTreeSet<String> {
        let last = |path: &str| {
            let path = PromisePath::new(path);
            path.request_member().map(|_| path.last().to_owned())
        };
        paths(group).into_iter().filter_map(last).collect()
    };
    let related =
        !members(one).is_disjoint(&members(other)) || !last(one).is_disjoint(&last(other));
    let entire = |group: &Group<'_>| faults.entire(&paths(group), accepts);
    same_class || many || (related && entire(one) && entire(other))
}

/// Whether of one member nothing but numbers of many bits is accepted, on either side of its range:
/// such a number is cut to its lowest bits, and what is left of it is within the range.
fn both_cut(one: &Group<'_>, other: &Group<'_>) -> bool {
    let wide = |group: &Group<'_>| {
        kinds(group).all(|kind| {
            kind.fault_member
                .as_ref()
                .is_some_and(|m| kind.names.contains(&format!("{m}={WIDE}")))
        })
    };
    !members(one).is_disjoint(&members(other)) && wide(one) && wide(other)
}

/// Whether what answers show of a member is what a cause accepted as that member.
pub(super) fn shown_again(report: &Report, groups: &Groups<'_>, key: &Key, other: &Key) -> bool {
    let (CauseKind::Answer, CauseKind::Accepted | CauseKind::Ignored) = (key.kind, other.kind)
    else {
        return false;
    };
    let Some((shows, accepts)) = groups.get(key).zip(groups.get(other)) else {
        return false;
    };
    let Some(member) = key.about.first() else {
        return false;
    };
    let about =
        |group: &Group<'_>| kinds(group).any(|kind| kind.fault_member.as_ref() == Some(member));
    let values = |group: &Group<'_>| -> BTreeSet<&String> {
        group
            .evidence
            .keys()
            .filter_map(|place| report.findings.get(*place))
            .flat_map(|f| &f.values)
            .collect()
    };

    // What a range admits on neither side may have been accepted by two causes.
    let of_kind = |key: &Key| matches!(key.kind, CauseKind::Accepted | CauseKind::Ignored);
    let all = groups
        .iter()
        .filter(|(key, group)| of_kind(key) && about(group));
    let accepted: BTreeSet<&String> = all.flat_map(|(_, group)| values(group)).collect();
    let shown = values(shows);
    about(accepts) && shown.is_subset(&accepted) && !shown.is_disjoint(&values(accepts))
}
