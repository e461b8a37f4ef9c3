//! Findings that no request of a case shows, such as where records go to.

use crate::contract::PromisePath;
use std::collections::BTreeSet;

use super::super::document::{CauseKind, Report};
use super::explained::Group;
use super::groups::{Groups, absorb, kinds};
use super::key::Key;

/// Puts findings without evidence where a cause breaks the same promise, or accepts what breaks the
/// same bound of the same member: they follow from it.
pub(super) fn of_the_same_promise(report: &Report, groups: &mut Groups<'_>) {
    let open: Vec<Key> = groups
        .iter()
        .filter(|(_, group)| is_open(group))
        .map(|(key, _)| key.clone())
        .collect();
    for key in open {
        let Some(group) = groups.get(&key) else {
            continue;
        };
        let promises = promises(report, group);
        // An answer that shows what an accepted request left behind breaks the same bound of the
        // same member.
        let bound = |promise: &&str| PromisePath::of_id(promise).as_request();
        let bounds: BTreeSet<String> = promises.iter().filter_map(bound).collect();

        let tells = |(of, other): &(&Key, &Group<'_>)| match of.kind {
            CauseKind::Accepted => kinds(other)
                .filter_map(|kind| kind.fault.as_ref())
                .any(|f| bounds.contains(f)),
            _ => !is_open(other) && !promises.is_disjoint(&self::promises(report, other)),
        };
        let Some(to) = groups.iter().find(tells).map(|(key, _)| key.clone()) else {
            continue;
        };
        let places: Vec<usize> = group.evidence.keys().copied().collect();
        absorb(groups, &key, &to);
        groups.entry(to).or_default().follows.extend(places);
    }
}

fn is_open(group: &Group<'_>) -> bool {
    group.evidence.values().all(Vec::is_empty)
}

/// The promises that a cause breaks.
fn promises<'r>(report: &'r Report, group: &Group<'_>) -> BTreeSet<&'r str> {
    group
        .evidence
        .keys()
        .filter_map(|place| report.findings.get(*place))
        .map(|f| f.promise.as_str())
        .collect()
}
