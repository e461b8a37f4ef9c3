//! Failures of the service: which of them one fix would mend.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::{CauseKind, Evidence};
use super::explained::Group;
use super::faults::{CLASSES, Faults, is_fault, together};
use super::groups::{
    Groups, absorb, cames, classes, evidence, kinds, members, move_evidence, of_kind, paths, slugs,
};
use super::key::{Key, how, slug};

/// So many updates are enough to see that some of them fail, whatever they name.
const MANY: usize = 10;

/// Puts failures of one text together that requests of one class, promise or member get, or of
/// every class.
pub(super) fn of_one_text(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    let keys = groups
        .keys()
        .filter(|key| is_fault(CauseKind::Crash, key))
        .cloned()
        .collect();
    together(groups, keys, CauseKind::Crash, |one, other| {
        alike(faults, one, other)
    });
}

fn alike(faults: &Faults<'_>, one: &Group<'_>, other: &Group<'_>) -> bool {
    let same_text = !slugs(one).is_disjoint(&slugs(other));
    let same_class = !classes(one).is_disjoint(&classes(other));
    let same_promise = !paths(one).is_disjoint(&paths(other));

    let crashes = |came: &str| {
        matches!(how(came), "crashed" | "not-answered") && came != super::key::ACCEPTED
    };
    let entire = |group: &Group<'_>| faults.entire(&paths(group), crashes);
    let same_member = !members(one).is_disjoint(&members(other)) && entire(one) && entire(other);

    let whole = faults.classes(crashes);
    let is_whole = |group: &Group<'_>| classes(group).iter().any(|class| whole.contains(class));
    let many = whole.len() >= CLASSES && is_whole(one) && is_whole(other);
    same_text && (same_class || same_member || same_promise || many)
}

/// Moves failures that are told without what led to them to those of the same text that are.
pub(super) fn without_fault(groups: &mut Groups<'_>) {
    let is_open = |key: &&Key| key.about.len() == 2;
    for key in of_kind(groups, CauseKind::Crash).iter().filter(is_open) {
        let is_told = |other: &Key| is_fault(CauseKind::Crash, other) && other != key;
        let Some(group) = groups.get(key) else {
            continue;
        };
        let find = |e: &Evidence| {
            let mut told = groups
                .iter()
                .filter(|(other, _)| e.kind.fault.is_none() && is_told(other));
            told.find(|(_, group)| led_to(e, group))
                .map(|(key, _)| key.clone())
        };
        let all: Vec<(&Evidence, Option<Key>)> = evidence(group).map(|e| (e, find(e))).collect();
        move_evidence(groups, key, false, |e| {
            all.iter()
                .find(|(other, _)| std::ptr::eq(*other, e))
                .and_then(|(_, to)| to.clone())
        });
    }
}

/// Whether a failure is told with what led to it by another cause.
fn led_to(open: &Evidence, group: &Group<'_>) -> bool {
    kinds(group)
        .filter(|kind| kind.fault.is_some())
        .any(|kind| {
            let about = kind
                .fault_member
                .as_ref()
                .is_some_and(|member| open.kind.names.contains(member));
            slug(&kind.came) == slug(&open.kind.came) && (kind.class == open.kind.class || about)
        })
}

/// Puts failures of which nothing tells what led to them where the very same answer is told with
/// what did.
pub(super) fn of_one_answer(groups: &mut Groups<'_>) {
    let is_open =
        |group: &Group<'_>| kinds(group).all(|kind| kind.fault.is_none() && kind.class != "valid");
    let crashes = of_kind(groups, CauseKind::Crash);
    for key in &crashes {
        let Some(group) = groups.get(key).filter(|group| is_open(group)) else {
            continue;
        };
        let answers = cames(group);
        let told = |other: &&Key| {
            groups
                .get(*other)
                .is_some_and(|other| !is_open(other) && answers.is_subset(&cames(other)))
        };
        let Some(known) = crashes.iter().find(told).cloned() else {
            continue;
        };
        absorb(groups, key, &known);
    }
}

/// Puts failures of one text together that come whatever an update names: what fails is the state,
/// or the service as a whole, and no request is to blame.
pub(super) fn whatever_is_sent(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    let crashes = of_kind(groups, CauseKind::Crash);
    let texts: BTreeSet<String> = crashes
        .iter()
        .filter_map(|key| groups.get(key))
        .flat_map(slugs)
        .collect();

    for text in texts
        .iter()
        .filter(|text| comes_with_everything(faults, text))
    {
        let only = |key: &&Key| {
            groups
                .get(*key)
                .is_some_and(|group| slugs(group).iter().all(|slug| slug == text))
        };
        let keys: Vec<Key> = crashes.iter().filter(only).cloned().collect();
        let to = Key {
            kind: CauseKind::Crash,
            about: vec!["valid".to_owned(), text.clone()],
        };
        keys.iter().for_each(|key| absorb(groups, key, &to));
    }
}

/// Whether some of the valid updates that name each member fail with that text, and some do not.
fn comes_with_everything(faults: &Faults<'_>, text: &str) -> bool {
    let fails = |outcomes: &BTreeMap<String, usize>| {
        let failed: usize = outcomes
            .iter()
            .filter(|(came, _)| slug(came) == text)
            .map(|(_, count)| count)
            .sum();
        (failed, outcomes.values().sum::<usize>())
    };

    // Few updates may meet what fails: of those with one form of a value perhaps none.
    let members = faults
        .traffic
        .valid
        .iter()
        .filter(|(name, _)| !name.contains('='));

    let all: Vec<(usize, usize)> = members
        .map(|(_, outcomes)| fails(outcomes))
        .filter(|(_, total)| *total >= MANY)
        .collect();

    all.len() >= CLASSES
        && all
            .iter()
            .all(|(failed, total)| *failed > 0 && failed < total)
}

/// Puts failures of requests that break a promise with those of the same text that valid updates
/// get, where requests that break it are accepted as well: what an accepted one left behind fails,
/// and not the fault.
pub(super) fn after_accepted(groups: &mut Groups<'_>) {
    let accepted: BTreeSet<String> = groups
        .iter()
        .filter(|(key, _)| is_fault(CauseKind::Accepted, key))
        .flat_map(|(_, group)| paths(group))
        .map(str::to_owned)
        .collect();

    let is_valid = |key: &Key| {
        key.kind == CauseKind::Crash && key.about.first().is_some_and(|first| first == "valid")
    };
    for key in groups
        .keys()
        .filter(|key| is_fault(CauseKind::Crash, key))
        .cloned()
        .collect::<Vec<_>>()
    {
        let Some(group) = groups.get(&key) else {
            continue;
        };
        if !paths(group).iter().all(|path| accepted.contains(*path)) {
            continue;
        }
        let alike = |(other, valid): &(&Key, &Group<'_>)| {
            is_valid(other) && !slugs(group).is_disjoint(&slugs(valid))
        };
        let Some(to) = groups.iter().find(alike).map(|(key, _)| key.clone()) else {
            continue;
        };
        absorb(groups, &key, &to);
    }
}
