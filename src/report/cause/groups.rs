//! Groups of evidence while causes are put together, and the two ways in which evidence moves
//! between them.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::{CauseKind, Evidence, EvidenceKind, Report};
use super::explained::Group;
use super::key::{Key, slug};

/// The causes so far.
pub(super) type Groups<'a> = BTreeMap<Key, Group<'a>>;

/// For each cause the places of the cases that show it.
pub(super) type Shown = BTreeMap<Key, BTreeSet<usize>>;

/// Moves evidence of one cause to others, piece by piece. Where `follows` holds, what it shows
/// there is only a consequence.
pub(super) fn move_evidence(
    groups: &mut Groups<'_>,
    from: &Key,
    follows: bool,
    to: impl Fn(&Evidence) -> Option<Key>,
) {
    let Some(group) = groups.remove(from) else {
        return;
    };
    let mut rest = Group {
        follows: group.follows.clone(),
        ..Group::default()
    };

    for (place, evidence) in group.evidence {
        if evidence.is_empty() {
            rest.evidence.entry(place).or_default();
        }
        for one in evidence {
            let known = to(one)
                .filter(|key| key != from)
                .and_then(|key| groups.get_mut(&key));
            let Some(known) = known else {
                rest.evidence.entry(place).or_default().push(one);
                continue;
            };
            if follows && !known.evidence.contains_key(&place) {
                known.follows.insert(place);
            }
            known.evidence.entry(place).or_default().push(one);
        }
    }

    rest.follows
        .retain(|place| rest.evidence.contains_key(place));
    if !rest.evidence.is_empty() {
        groups.insert(from.clone(), rest);
    }
}

/// Puts a cause as a whole with another, which need not be there yet.
pub(super) fn absorb(groups: &mut Groups<'_>, from: &Key, to: &Key) {
    if from == to {
        return;
    }
    let Some(group) = groups.remove(from) else {
        return;
    };
    let known = groups.entry(to.clone()).or_default();
    let own = group
        .evidence
        .keys()
        .filter(|place| !group.follows.contains(place));

    own.for_each(|place| {
        known.follows.remove(place);
    });
    known.follows.extend(
        group
            .follows
            .iter()
            .filter(|place| !known.evidence.contains_key(place)),
    );

    for (place, evidence) in group.evidence {
        known.evidence.entry(place).or_default().extend(evidence);
    }
}

/// Puts causes with the one of them whose finding comes first in the report.
pub(super) fn absorb_into_first(groups: &mut Groups<'_>, keys: &[Key]) {
    let first = |key: &&Key| {
        groups
            .get(*key)
            .and_then(|group| group.evidence.keys().next().copied())
    };
    let Some(to) = keys.iter().min_by_key(first).cloned() else {
        return;
    };
    keys.iter().for_each(|key| absorb(groups, key, &to));
}

/// The causes of one kind.
pub(super) fn of_kind(groups: &Groups<'_>, kind: CauseKind) -> Vec<Key> {
    groups
        .keys()
        .filter(|key| key.kind == kind)
        .cloned()
        .collect()
}

/// Which cases show each cause.
pub(super) fn shown(report: &Report, groups: &Groups<'_>) -> Shown {
    let mut by_finding: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for case in &report.cases {
        for id in &case.findings {
            by_finding.entry(id).or_default().insert(case.place);
        }
    }

    let cases = |group: &Group<'_>| -> BTreeSet<usize> {
        let findings = group
            .evidence
            .keys()
            .filter_map(|place| report.findings.get(*place));
        findings
            .filter_map(|f| by_finding.get(f.id.as_str()))
            .flatten()
            .copied()
            .collect()
    };

    groups
        .iter()
        .map(|(key, group)| (key.clone(), cases(group)))
        .collect()
}

/// The symptom that a cause of a single finding, of a form or of an answer is about.
pub(super) fn symptom(key: &Key) -> &str {
    key.about.last().map(String::as_str).unwrap_or_default()
}

/// All evidence of a cause.
pub(super) fn evidence<'g, 'a>(group: &'g Group<'a>) -> impl Iterator<Item = &'a Evidence> + 'g {
    group.evidence.values().flatten().copied()
}

/// What the requests had that showed a cause.
pub(super) fn kinds<'a>(group: &Group<'a>) -> impl Iterator<Item = &'a EvidenceKind> {
    group.evidence.values().flatten().map(|e| &e.kind)
}

/// What these requests were answered.
pub(super) fn cames<'a>(group: &Group<'a>) -> BTreeSet<&'a str> {
    kinds(group).map(|kind| kind.came.as_str()).collect()
}

/// The first words of what they were answered.
pub(super) fn slugs(group: &Group<'_>) -> BTreeSet<String> {
    kinds(group).map(|kind| slug(&kind.came)).collect()
}

/// The classes of violation that they are of.
pub(super) fn classes<'a>(group: &Group<'a>) -> BTreeSet<&'a str> {
    kinds(group)
        .map(|kind| kind.class.as_str())
        .filter(|class| *class != "valid")
        .collect()
}

/// The promises that they break.
pub(super) fn paths<'a>(group: &Group<'a>) -> BTreeSet<&'a str> {
    kinds(group)
        .filter_map(|kind| kind.fault.as_deref())
        .collect()
}

/// The members that their faults are about.
pub(super) fn members<'a>(group: &Group<'a>) -> BTreeSet<&'a str> {
    kinds(group)
        .filter_map(|kind| {
            kind.fault_member
                .as_deref()
                .filter(|_| kind.fault.is_some())
        })
        .collect()
}
