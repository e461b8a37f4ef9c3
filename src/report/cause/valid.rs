//! Valid updates that end alike although what they name differs.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::CauseKind;
use super::explained::Group;
use super::groups::{Groups, absorb, cames, kinds, of_kind};
use super::key::Key;

/// Stands for a member where updates have none in common.
const ANY: &str = "any";

/// Puts all updates of one form that fail with those of several forms that fail with the same
/// answer: they are but some of them.
pub(super) fn one_form_of_several(groups: &mut Groups<'_>) {
    let crashed = |key: &&Key| key.about.last().is_some_and(|end| end == "crashed");
    for key in of_kind(groups, CauseKind::EveryUpdateWith)
        .iter()
        .filter(crashed)
    {
        let Some(own) = groups.get(key) else { continue };
        let several = |(other, group): &(&Key, &Group<'_>)| {
            let valid = other.kind == CauseKind::Crash
                && other.about.len() == 2
                && other.about.first().is_some_and(|about| about == "valid");
            valid
                && cames(own).is_subset(&cames(group))
                && own.evidence.len() <= group.evidence.len()
        };
        let Some(to) = groups.iter().find(several).map(|(key, _)| key.clone()) else {
            continue;
        };
        absorb(groups, key, &to);
    }
}

/// Puts valid updates together that get the same answer, where what they name differs: that is not
/// what they have in common.
pub(super) fn of_one_answer(groups: &mut Groups<'_>) {
    for ((kind, _), keys) in by_answer(groups)
        .into_iter()
        .filter(|(_, keys)| keys.len() > 1)
    {
        let Some(end) = keys.first().and_then(|key| key.about.last()).cloned() else {
            continue;
        };
        if let Some(form) = one_form(&keys) {
            let to = Key {
                kind: CauseKind::EveryUpdateWith,
                about: vec![format!("any={form}"), end],
            };
            keys.iter().for_each(|key| absorb(groups, key, &to));
            continue;
        }

        // What every update that names one member is answered stays apart from what some with
        // others are.
        let members = members_of(&keys, groups);
        let keys: Vec<Key> = match members.len() {
            1 => keys.clone(),
            _ => keys
                .iter()
                .filter(|key| key.kind != CauseKind::EveryUpdateWith || is_notation(key))
                .cloned()
                .collect(),
        };
        let member = members
            .first()
            .filter(|_| members.len() == 1)
            .map_or(ANY, String::as_str);
        let about = match kind {
            CauseKind::Crash if member == ANY => vec!["valid".to_owned(), end],
            CauseKind::Crash => vec!["valid".to_owned(), member.to_owned(), end],
            _ => vec![member.to_owned(), end],
        };
        let to = Key { kind, about };
        keys.iter().for_each(|key| absorb(groups, key, &to));
    }
}

/// The members that updates name which end alike. Where all of them name one of these, it is that
/// one.
fn members_of(keys: &[Key], groups: &Groups<'_>) -> BTreeSet<String> {
    let members: BTreeSet<String> = keys.iter().map(|key| member_of(key).to_owned()).collect();
    let all_name = |member: &&String| {
        keys.iter()
            .filter_map(|key| groups.get(key))
            .flat_map(kinds)
            .all(|kind| kind.names.contains(*member))
    };

    let shared: Vec<&String> = members.iter().filter(all_name).collect();
    match shared[..] {
        [member] => BTreeSet::from([member.clone()]),
        _ => members,
    }
}

/// Whether all updates of one notation are answered alike, whatever member they name.
fn is_notation(key: &Key) -> bool {
    key.about
        .first()
        .is_some_and(|about| about.starts_with("body="))
}

/// The causes that valid updates show, by whether they are refused or fail, and by the answer.
fn by_answer(groups: &Groups<'_>) -> BTreeMap<(CauseKind, String), Vec<Key>> {
    let mut alike: BTreeMap<(CauseKind, String), Vec<Key>> = BTreeMap::new();
    for (key, group) in groups {
        let refused = matches!(key.kind, CauseKind::Refused | CauseKind::EveryUpdateWith);
        let crashed =
            key.kind == CauseKind::Crash && key.about.first().is_some_and(|first| first == "valid");
        if let (true, Some(came)) = (refused || crashed, cames(group).first()) {
            let kind = if refused {
                CauseKind::Refused
            } else {
                key.kind
            };
            alike
                .entry((kind, (*came).to_owned()))
                .or_default()
                .push(key.clone());
        }
    }

    alike
}

/// The form in which all updates name members that are answered alike, where it is one.
fn one_form(keys: &[Key]) -> Option<&str> {
    let form = |key: &'_ Key| key.kind == CauseKind::EveryUpdateWith && form_of(key).is_some();
    let forms: BTreeSet<&str> = keys.iter().filter_map(form_of).collect();
    forms
        .first()
        .filter(|_| forms.len() == 1 && keys.iter().all(form))
        .copied()
}

/// The form in which an update names a member.
fn form_of(key: &Key) -> Option<&str> {
    key.about.first()?.split_once('=').map(|(_, form)| form)
}

/// The member that valid updates name which end alike.
fn member_of(key: &Key) -> &str {
    let name = match (key.kind, key.about.as_slice()) {
        (CauseKind::Crash, [_, name, _]) => name,
        (CauseKind::Refused | CauseKind::EveryUpdateWith, [name, _]) => name,
        _ => return ANY,
    };
    name.split('=').next().unwrap_or_default()
}
