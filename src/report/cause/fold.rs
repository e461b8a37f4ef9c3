//! What only follows from another cause is folded under it: reads that show what a request left behind.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::{CauseKind, Evidence, Report, ReportedFinding};
use super::group::Group;
use super::join::{absorb, move_evidence};
use super::key::Key;

/// Folds causes under others that explain them.
///
/// One follows from another where it shows in nothing but what requests leave behind, and only in cases that show the other
/// as well; or where the values that it is about are those that the other accepted.
pub(super) fn fold<'a>(report: &'a Report, groups: &mut BTreeMap<Key, Group<'a>>) {
    same_failure(groups);
    same_end(groups);
    delivered_elsewhere(report, groups);
    of_one_member(groups);
    let mut shown: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for case in &report.cases {
        for id in &case.findings {
            shown.entry(id).or_default().insert(case.place);
        }
    }
    let cases = |group: &Group<'_>| -> BTreeSet<usize> {
        let findings = group.evidence.keys().filter_map(|place| report.findings.get(*place));
        findings.filter_map(|f| shown.get(f.id.as_str())).flatten().copied().collect()
    };
    let all: BTreeMap<Key, BTreeSet<usize>> = groups.iter().map(|(key, group)| (key.clone(), cases(group))).collect();
    same_member(&all, groups);
    no_json(&all, groups);
    every_member(report, groups);
    gone(report, groups);
    let all: BTreeMap<Key, BTreeSet<usize>> = groups.iter().map(|(key, group)| (key.clone(), cases(group))).collect();
    let keys: Vec<Key> = groups.keys().cloned().collect();
    // What follows from most comes last, so that a chain is folded from its end.
    let mut later: Vec<&Key> = keys.iter().filter(|key| rank(report, key, groups).is_some_and(|r| r > 0)).collect();
    later.sort_by_key(|key| (std::cmp::Reverse(rank(report, key, groups)), (*key).clone()));
    for key in later {
        let Some(own) = rank(report, key, groups) else { continue };
        let earlier = keys.iter().filter(|other| rank(report, other, groups).is_some_and(|r| r < own));
        let explains = |other: &&Key| {
            let (these, those) = (all.get(key), all.get(other));
            let within = these.zip(those).is_some_and(|(these, those)| !these.is_empty() && these.is_subset(those));
            within || accepted_it(report, groups, key, other)
        };
        // The narrowest explains most.
        let best =
            earlier.filter(explains).min_by_key(|other| (all.get(*other).map_or(0, BTreeSet::len), (*other).clone()));
        let Some(best) = best.cloned() else { continue };
        let Some(group) = groups.remove(key) else { continue };
        let Some(known) = groups.get_mut(&best) else { continue };
        for (place, evidence) in group.evidence {
            if !known.evidence.contains_key(&place) {
                known.follows.insert(place);
            }
            known.evidence.entry(place).or_default().extend(evidence);
        }
        known.follows.extend(group.follows);
    }
}

/// Moves what reads show of a member to what is told of that member already.
fn of_one_member(groups: &mut BTreeMap<Key, Group<'_>>) {
    let told = |key: &&Key| matches!(key.kind, CauseKind::Stored | CauseKind::Changed | CauseKind::Answer);
    let members: BTreeMap<String, Key> =
        groups.keys().rev().filter(told).filter_map(|key| Some((key.about.first()?.clone(), key.clone()))).collect();
    // Of what is told of one member the first kind counts: what is stored, before what changes.
    let stored = groups.keys().filter(|key| key.kind == CauseKind::Stored);
    let stored: BTreeMap<String, Key> =
        stored.filter_map(|key| Some((key.about.first()?.clone(), key.clone()))).collect();
    let singles: Vec<Key> = groups.keys().filter(|key| key.kind == CauseKind::Single).cloned().collect();
    for key in singles {
        let is_left = key.about.last().is_some_and(|symptom| SHOWN.contains(&symptom.as_str()));
        if !is_left {
            continue;
        }
        move_evidence(groups, &key, false, |e| {
            let member = e.kind.member.as_ref()?;
            stored.get(member).or_else(|| members.get(member)).cloned()
        });
    }
    // Where nothing else is told of a member, what is left of it is one.
    let left: Vec<Key> = groups.keys().filter(|key| key.kind == CauseKind::Single).cloned().collect();
    let mut first: BTreeMap<String, Key> = BTreeMap::new();
    for key in left.iter().rev().filter(|key| key.about.last().is_some_and(|symptom| SHOWN.contains(&symptom.as_str())))
    {
        let Some(group) = groups.get(key) else { continue };
        let members: BTreeSet<Option<&String>> =
            group.evidence.values().flatten().map(|e| e.kind.member.as_ref()).collect();
        let Some(Some(member)) = members.first().filter(|_| members.len() == 1) else { continue };
        match first.get(*member) {
            Some(to) => absorb(groups, key, to),
            None => {
                first.insert((*member).clone(), key.clone());
            }
        }
    }
    // What is not stored is not left as it was either.
    let changed: Vec<Key> = groups.keys().filter(|key| key.kind == CauseKind::Changed).cloned().collect();
    for key in changed {
        let reads = |group: &Group<'_>| group.evidence.values().flatten().all(|e| e.kind.operation == "read");
        let Some(to) = key.about.first().and_then(|member| stored.get(member)) else { continue };
        let both = [&key, to].into_iter().all(|key| groups.get(key).is_some_and(reads));
        if both {
            absorb(groups, &key, to);
        }
    }
}

/// Where records go to follows from what is stored: where that is told, they are told with it.
fn delivered_elsewhere(report: &Report, groups: &mut BTreeMap<Key, Group<'_>>) {
    let promise = |place: &usize| report.findings.get(*place).map(|f| &f.promise);
    let is_open = |group: &Group<'_>| group.evidence.values().all(Vec::is_empty);
    let open: Vec<Key> = groups.iter().filter(|(_, group)| is_open(group)).map(|(key, _)| key.clone()).collect();
    for key in open {
        let Some(group) = groups.get(&key) else { continue };
        let promises: BTreeSet<_> = group.evidence.keys().filter_map(promise).collect();
        // An answer that shows what an accepted request left behind breaks the same bound of the same member.
        let bound = |promise: &str| promise.split_once("response::").map(|(_, path)| format!("request::{path}"));
        let bounds: BTreeSet<String> = promises.iter().filter_map(|promise| bound(promise)).collect();
        let tells = |(of, other): &(&Key, &Group<'_>)| {
            if of.kind == CauseKind::Accepted {
                let faults = other.evidence.values().flatten().filter_map(|e| e.kind.fault.as_ref());
                let mut faults = faults.filter(|fault| bounds.contains(*fault));
                return faults.next().is_some();
            }
            !is_open(other) && other.evidence.keys().filter_map(promise).any(|of| promises.contains(of))
        };
        let Some(to) = groups.iter().find(tells).map(|(key, _)| key.clone()) else { continue };
        let places: Vec<usize> = group.evidence.keys().copied().collect();
        absorb(groups, &key, &to);
        groups.entry(to).or_default().follows.extend(places);
    }
}

/// What answers show that is no JSON has no error type and no content type of JSON either.
fn no_json(all: &BTreeMap<Key, BTreeSet<usize>>, groups: &mut BTreeMap<Key, Group<'_>>) {
    let symptom = |key: &Key| key.about.last().cloned().unwrap_or_default();
    let form = |key: &&Key| key.kind == CauseKind::Form;
    let Some(root) = groups.keys().filter(form).find(|key| symptom(key) == "not-json").cloned() else { return };
    let Some(cases) = all.get(&root) else { return };
    let within = |key: &&Key| {
        matches!(symptom(key).as_str(), "content-type" | "no-error-type" | "wrong-status")
            && all.get(*key).is_some_and(|those| those.is_subset(cases))
    };
    let keys: Vec<Key> = groups.keys().filter(form).filter(within).cloned().collect();
    for key in keys {
        absorb(groups, &key, &root);
    }
}

/// Puts together what is wrong with every member that updates name, or what answers lack of many.
fn every_member(report: &Report, groups: &mut BTreeMap<Key, Group<'_>>) {
    let members = |kind: CauseKind, groups: &BTreeMap<Key, Group<'_>>| -> BTreeSet<String> {
        groups.keys().filter(|key| key.kind == kind).filter_map(|key| key.about.first().cloned()).collect()
    };
    let together = |kind: CauseKind, symptom: Option<&str>| Key {
        kind,
        about: std::iter::once("members").chain(symptom).map(str::to_owned).collect(),
    };
    let is_missing =
        |key: &&Key| key.kind == CauseKind::Answer && key.about.last().is_some_and(|symptom| symptom == "missing");
    let missing: Vec<Key> = groups.keys().filter(is_missing).cloned().collect();
    if missing.len() >= MANY {
        let lacking: BTreeSet<String> = missing.iter().filter_map(|key| key.about.first().cloned()).collect();
        let to = together(CauseKind::Answer, Some("missing"));
        let null = |key: &&Key| {
            key.kind == CauseKind::Stored && key.about.first().is_some_and(|member| lacking.contains(member))
        };
        let stored: Vec<Key> = groups.keys().filter(null).cloned().collect();
        missing.iter().chain(&stored).for_each(|key| absorb(groups, key, &to));
    }
    let named: BTreeSet<&String> =
        report.traffic.valid.keys().filter(|name| !name.is_empty() && !name.contains('=')).collect();
    let stored = members(CauseKind::Stored, groups);
    let shown = || groups.iter().filter(|(key, _)| key.kind == CauseKind::Stored);
    let reads = |group: &Group<'_>| group.evidence.values().flatten().any(|e| e.kind.operation == "read");
    // A member that no update stores anyway, such as an identity, says nothing.
    let moves = |name: &str| report.traffic.moved.contains_key(name);
    let every =
        |told: &BTreeSet<String>| told.len() > 1 && named.iter().all(|name| told.contains(*name) || !moves(name));
    let all = every(&stored);
    if all && shown().all(|(_, group)| reads(group)) {
        let to = together(CauseKind::Stored, None);
        let left = |key: &&Key| {
            matches!(key.kind, CauseKind::Stored | CauseKind::Changed)
                || (key.kind == CauseKind::Single
                    && key.about.last().is_some_and(|symptom| SHOWN.contains(&symptom.as_str())))
        };
        let keys: Vec<Key> = groups.keys().filter(left).cloned().collect();
        keys.iter().for_each(|key| absorb(groups, key, &to));
        // What is not read of updates that name several members is accepted, whatever is wrong with it.
        let among_others = |(key, group): &(&Key, &Group<'_>)| {
            let plain = |e: &Evidence| e.kind.names.iter().filter(|name| !name.contains('=')).count();
            key.kind == CauseKind::Accepted && group.evidence.values().flatten().all(|e| plain(e) > 1)
        };
        let keys: Vec<Key> = groups.iter().filter(among_others).map(|(key, _)| key.clone()).collect();
        keys.iter().for_each(|key| absorb(groups, key, &to));
    }
    let changed = members(CauseKind::Changed, groups);
    if every(&changed) {
        let to = together(CauseKind::Changed, None);
        let keys: Vec<Key> = groups.keys().filter(|key| key.kind == CauseKind::Changed).cloned().collect();
        keys.iter().for_each(|key| absorb(groups, key, &to));
    }
}

/// What is gone cannot be updated any more.
fn gone(report: &Report, groups: &mut BTreeMap<Key, Group<'_>>) {
    let is_gone =
        |key: &&Key| key.kind == CauseKind::Single && key.about.last().is_some_and(|symptom| symptom == "gone");
    let Some(to) = groups.keys().find(is_gone).cloned() else { return };
    let unknown: BTreeSet<&String> = report
        .traffic
        .faults
        .get("unknown-resource")
        .into_iter()
        .flat_map(BTreeMap::values)
        .flat_map(BTreeMap::keys)
        .collect();
    let lists = |group: &Group<'_>| group.evidence.values().flatten().all(|e| e.kind.operation == "list");
    let is_lacked = |(key, group): &(&Key, &Group<'_>)| {
        key.kind == CauseKind::Single && key.about.last().is_some_and(|symptom| symptom == "missing") && lists(group)
    };
    let lacked: Vec<Key> = groups.iter().filter(is_lacked).map(|(key, _)| key.clone()).collect();
    for key in lacked {
        move_evidence(groups, &key, true, |_| Some(to.clone()));
    }
    let keys: Vec<Key> = groups.keys().filter(|key| key.kind == CauseKind::Refused).cloned().collect();
    for key in keys {
        move_evidence(groups, &key, true, |e| unknown.contains(&e.kind.came).then(|| to.clone()));
    }
}

/// Puts failures of the service of which it is open what led to them where the same failure is told with what did.
fn same_failure(groups: &mut BTreeMap<Key, Group<'_>>) {
    let is_open = |group: &Group<'_>| {
        group.evidence.values().flatten().all(|e| e.kind.fault.is_none() && e.kind.class != "valid")
    };
    let crashes: Vec<Key> = groups.keys().filter(|key| key.kind == CauseKind::Crash).cloned().collect();
    let came = |group: &Group<'_>| -> BTreeSet<String> {
        group.evidence.values().flatten().map(|e| e.kind.came.clone()).collect()
    };
    for key in &crashes {
        let Some(group) = groups.get(key).filter(|group| is_open(group)) else { continue };
        let texts = came(group);
        let told =
            |other: &&Key| groups.get(*other).is_some_and(|other| !is_open(other) && texts.is_subset(&came(other)));
        let Some(known) = crashes.iter().find(told) else { continue };
        let Some(group) = groups.remove(key) else { continue };
        let Some(known) = groups.get_mut(known) else { continue };
        for (place, evidence) in group.evidence {
            known.evidence.entry(place).or_default().extend(evidence);
        }
    }
}

/// Puts together valid updates that end alike, where what they name differs: that is not what they have in common.
fn same_end(groups: &mut BTreeMap<Key, Group<'_>>) {
    let mut alike: BTreeMap<(CauseKind, String), Vec<Key>> = BTreeMap::new();
    for (key, group) in groups.iter() {
        let refused = matches!(key.kind, CauseKind::Refused | CauseKind::EveryUpdateWith);
        let valid =
            refused || (key.kind == CauseKind::Crash && key.about.first().is_some_and(|first| first == "valid"));
        let came = group.evidence.values().flatten().map(|e| &e.kind.came).min();
        if let (true, Some(came)) = (valid, came) {
            let kind = if refused { CauseKind::Refused } else { key.kind };
            alike.entry((kind, came.clone())).or_default().push(key.clone());
        }
    }
    // All updates of one form may be but some of those that fail.
    let every: Vec<Key> = groups
        .keys()
        .filter(|key| key.kind == CauseKind::EveryUpdateWith && key.about.last().is_some_and(|h| h == "crashed"))
        .cloned()
        .collect();
    for key in every {
        let texts = |group: &Group<'_>| -> BTreeSet<String> {
            group.evidence.values().flatten().map(|e| e.kind.came.clone()).collect()
        };
        let Some(own) = groups.get(&key) else { continue };
        let (own, count) = (texts(own), own.evidence.len());
        let some = |(other, group): &(&Key, &Group<'_>)| {
            let valid = other.kind == CauseKind::Crash
                && other.about.len() == 2
                && other.about.first().is_some_and(|a| a == "valid");
            valid && own.is_subset(&texts(group)) && count <= group.evidence.len()
        };
        let Some(to) = groups.iter().find(some).map(|(key, _)| key.clone()) else { continue };
        absorb(groups, &key, &to);
    }
    for ((kind, _), keys) in alike.into_iter().filter(|(_, keys)| keys.len() > 1) {
        let Some(end) = keys.first().and_then(|key| key.about.last()).cloned() else { continue };
        let members: BTreeSet<&str> = keys.iter().map(member_of).collect();
        let forms: BTreeSet<&str> = keys.iter().filter_map(form_of).collect();
        let all_forms = keys.iter().all(|key| key.kind == CauseKind::EveryUpdateWith && form_of(key).is_some());
        if let (true, 1, Some(form)) = (all_forms, forms.len(), forms.first()) {
            let to = Key { kind: CauseKind::EveryUpdateWith, about: vec![format!("any={form}"), end] };
            keys.iter().for_each(|key| absorb(groups, key, &to));
            continue;
        }
        // What every update that names one member is answered stays apart from what some with others are.
        let keys: Vec<Key> = match members.len() {
            1 => keys.clone(),
            _ => keys.iter().filter(|key| key.kind != CauseKind::EveryUpdateWith).cloned().collect(),
        };
        let member = members.first().filter(|_| members.len() == 1).copied().unwrap_or("any");
        let about = match kind {
            CauseKind::Crash if member == "any" => vec!["valid".to_owned(), end],
            CauseKind::Crash => vec!["valid".to_owned(), member.to_owned(), end],
            _ => vec![member.to_owned(), end],
        };
        let together = Key { kind, about };
        for key in &keys {
            let Some(group) = groups.remove(key) else { continue };
            let known = groups.entry(together.clone()).or_default();
            for (place, evidence) in group.evidence {
                known.evidence.entry(place).or_default().extend(evidence);
            }
        }
    }
}

/// The member that valid updates name which end alike.
fn member_of(key: &Key) -> &str {
    let name = match (key.kind, key.about.as_slice()) {
        (CauseKind::Crash, [_, name, _]) => name,
        (CauseKind::Refused | CauseKind::EveryUpdateWith, [name, _]) => name,
        _ => return "any",
    };
    name.split('=').next().unwrap_or_default()
}

/// The form in which they name it.
fn form_of(key: &Key) -> Option<&str> {
    key.about.first()?.split_once('=').map(|(_, form)| form)
}

/// Puts together what is wrong with one member in the same cases: a value that is malformed is no echo of what was sent either.
fn same_member(all: &BTreeMap<Key, BTreeSet<usize>>, groups: &mut BTreeMap<Key, Group<'_>>) {
    let shown = |key: &Key| all.get(key).map_or(0, BTreeSet::len);
    let is_shown = |key: &&Key| matches!(key.kind, CauseKind::Stored | CauseKind::Changed | CauseKind::Answer);
    let mut keys: Vec<Key> = groups.keys().filter(is_shown).cloned().collect();
    keys.sort_by_key(|key| (shown(key), key.clone()));
    for (place, key) in keys.iter().enumerate() {
        let within = |other: &&Key| {
            let cases = all.get(key).zip(all.get(*other));
            other.about.first() == key.about.first() && cases.is_some_and(|(these, those)| these.is_subset(those))
        };
        // The one of most cases explains the others.
        let Some(wider) = keys.iter().skip(place + 1).rev().find(within) else { continue };
        let Some(group) = groups.remove(key) else { continue };
        let Some(known) = groups.get_mut(wider) else { continue };
        for (place, evidence) in group.evidence {
            known.evidence.entry(place).or_default().extend(evidence);
        }
    }
}

/// How far a cause is from a request: 0 for what a request was answered, more for what it left behind. `None`: it follows
/// from nothing, and nothing from it.
fn rank(report: &Report, key: &Key, groups: &BTreeMap<Key, Group<'_>>) -> Option<u8> {
    match key.kind {
        CauseKind::Form => None,
        CauseKind::Stored => Some(1),
        CauseKind::Changed | CauseKind::Answer => Some(2),
        CauseKind::Single => {
            let group = groups.get(key)?;
            let left = |f: &ReportedFinding| LEFT.contains(&f.symptom.as_str());
            let mut findings = group.evidence.keys().filter_map(|place| report.findings.get(*place));
            let asked = |f: &ReportedFinding| matches!(f.symptom.as_str(), "refused" | "accepted");
            match findings.clone().all(left) {
                true => Some(3),
                false => findings.all(asked).then_some(0),
            }
        }
        _ => Some(0),
    }
}

/// So many members that answers lack are lacked for one reason.
const MANY: usize = 3;

/// What reads and lists show of the value of a member.
const SHOWN: [&str; 6] =
    ["changed-by-refusal", "mutated", "not-echoed", "out-of-contract", "read-disagrees", "stands-still"];

/// What a request may leave behind for reads, and for the requests after it.
const LEFT: [&str; 12] = [
    "changed",
    "changed-by-refusal",
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

/// Whether what answers show of a member is what a cause accepted as that member.
fn accepted_it(report: &Report, groups: &BTreeMap<Key, Group<'_>>, key: &Key, other: &Key) -> bool {
    let (CauseKind::Answer, CauseKind::Accepted | CauseKind::Ignored) = (key.kind, other.kind) else { return false };
    let Some((shows, accepts)) = groups.get(key).zip(groups.get(other)) else { return false };
    let Some(member) = key.about.first() else { return false };
    let about =
        |group: &Group<'_>| group.evidence.values().flatten().any(|e| e.kind.fault_member.as_ref() == Some(member));
    let values = |group: &Group<'_>| -> BTreeSet<&String> {
        group.evidence.keys().filter_map(|place| report.findings.get(*place)).flat_map(|f| &f.values).collect()
    };
    // What a range admits on neither side may have been accepted by two causes.
    let kinds = [CauseKind::Accepted, CauseKind::Ignored];
    let all = groups.iter().filter(|(key, group)| kinds.contains(&key.kind) && about(group));
    let accepted: BTreeSet<&String> = all.flat_map(|(_, group)| values(group)).collect();
    let shown = values(shows);
    about(accepts) && shown.is_subset(&accepted) && !shown.is_disjoint(&values(accepts))
}
