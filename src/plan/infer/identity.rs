//! What names the things of families, and which of them belong to others.

use std::collections::BTreeSet;

use super::family::{Family, Part, Source, is_free_text};
use super::shown::{Shown, shown};
use super::words::{Kind, base, is_long, names_itself, names_thing, plain, singular};
use crate::contract::{Contract, Member, Shape, ShapeType};

/// What names one thing of a family.
pub(super) fn identity(place: usize, all: &[Family], contracts: &[Contract]) -> Vec<Part> {
    let Some(family) = all.get(place) else {
        return Vec::new();
    };
    let keys = [family.delete, family.read];
    let Some(key) = keys
        .into_iter()
        .flatten()
        .next()
        .and_then(|key| contracts.get(key))
    else {
        return Vec::new();
    };
    let Some(create) = contracts.get(family.create) else {
        return Vec::new();
    };

    let is_scalar = |member: &&Member| {
        let shape = key.resolve(&member.shape);
        let is_one = matches!(
            shape.kind,
            ShapeType::String | ShapeType::Integer | ShapeType::Long
        );
        is_one && shape.values().is_none() && !member.is_token
    };
    let required = key.input.iter().filter(|m| m.required).filter(is_scalar);
    let parts = required.map(|member| Part {
        member: member.name.clone(),
        source: source(member, place, all, create),
    });
    one_name(parts.collect(), &family.noun)
}

/// The parts, of which one at most is a name that whoever makes the thing gives it: the one that
/// says so, or else the last.
fn one_name(mut parts: Vec<Part>, noun: &str) -> Vec<Part> {
    let is_name = |part: &Part| matches!(part.source, Source::Name(_));
    let says_so = |part: &Part| {
        names_thing(&part.member, noun).is_some() || names_itself(&part.member).is_some()
    };
    let named = parts.iter().position(|part| is_name(part) && says_so(part));
    let named = named.or_else(|| parts.iter().rposition(is_name));
    for (place, part) in parts.iter_mut().enumerate() {
        if is_name(part) && Some(place) != named {
            part.source = Source::Given;
        }
    }
    parts
}

/// Where the value of a member that names a thing comes from.
fn source(key: &Member, place: usize, all: &[Family], create: &Contract) -> Source {
    let noun = all.get(place).map_or("", |family| family.noun.as_str());
    let own = names_thing(&key.name, noun).or_else(|| names_itself(&key.name));
    if own.is_none()
        && let Some((parent, _)) = owner(all, &key.name, Some(place))
    {
        return Source::Parent(parent);
    }

    let texts = || create.input.iter().filter(|m| is_free_text(create, m));
    let answers = shown(create);
    let answer = |is: &dyn Fn(&Shown) -> bool| answers.iter().find(|shown| is(shown)).cloned();
    let same = |name: &str| plain(name) == plain(&key.name);
    if let Some(member) = texts().find(|m| same(&m.name)) {
        return Source::Name(member.name.clone());
    }
    if let Some(shown) = answer(&|shown| same(&shown.member)) {
        return Source::Answer(shown);
    }

    let is_alike = |name: &str, kind: Kind| {
        names_thing(name, noun).or_else(|| names_itself(name)) == Some(kind)
    };
    let name = || {
        let named =
            texts().find(|m| is_alike(&m.name, Kind::Name) || is_alike(&m.name, Kind::Bare));
        named.map(|m| Source::Name(m.name.clone()))
    };
    let given = |kind: Kind| answer(&|shown| is_alike(&shown.member, kind)).map(Source::Answer);
    let found = match own {
        Some(Kind::Arn) => given(Kind::Arn),
        Some(Kind::Id) => given(Kind::Id).or_else(name).or_else(|| given(Kind::Arn)),
        Some(Kind::Name) => name().or_else(|| given(Kind::Name)),
        // Where it may be either, a name of ours is the safer one.
        Some(Kind::Bare) => name().or_else(|| given(Kind::Id)),
        None => None,
    };
    let alike = || {
        let own = base(&key.name);
        let is_base = |shown: &Shown| base(&shown.member) == own;
        answer(&is_base).map(Source::Answer)
    };
    found.or_else(alike).unwrap_or(Source::Given)
}

/// The family whose things a member names: that of the longest noun, or one whose things are named
/// by a member of that name.
pub(super) fn owner(all: &[Family], member: &str, but: Option<usize>) -> Option<(usize, Kind)> {
    let others = || {
        all.iter()
            .enumerate()
            .filter(|(place, _)| Some(*place) != but)
    };
    let by_noun = others().filter_map(|(place, family)| {
        let kind = names_thing(member, &family.noun)?;
        Some((family.noun.len(), place, kind))
    });
    if let Some((_, place, kind)) =
        by_noun.max_by_key(|(length, place, _)| (*length, usize::MAX - place))
    {
        return Some((place, kind));
    }
    let says_so = ["id", "name", "arn", "number", "identifier"];
    let says_so = says_so.iter().any(|end| plain(member).ends_with(end));
    if names_itself(member).is_some() || !says_so {
        return None;
    }
    // What a thing belongs to is named by less than the thing.
    let most = but
        .and_then(|place| all.get(place))
        .map(|family| family.identity.len());
    let by_member = others().filter(|(_, family)| {
        let own = family
            .identity
            .iter()
            .filter(|part| matches!(part.source, Source::Name(_) | Source::Answer(_)));
        let is_above = most.is_none_or(|most| family.identity.len() < most);
        is_above
            && own
                .into_iter()
                .any(|part| plain(&part.member) == plain(member))
    });
    let by_member = by_member.min_by_key(|(place, family)| (family.identity.len(), *place));
    by_member.map(|(place, _)| {
        (
            place,
            if is_long(member) {
                Kind::Arn
            } else {
                Kind::Bare
            },
        )
    })
}

/// The families whose things a creation needs.
pub(super) fn parents(place: usize, all: &[Family], contracts: &[Contract]) -> BTreeSet<usize> {
    let mut parents = BTreeSet::new();
    let Some(family) = all.get(place) else {
        return parents;
    };
    for part in &family.identity {
        if let Source::Parent(parent) = part.source {
            parents.insert(parent);
        }
    }
    if let Some(create) = contracts.get(family.create) {
        for member in create.input.iter().filter(|member| member.required) {
            let is_name = family.name_member() == Some(member.name.as_str());
            if !is_name {
                named_in(
                    create,
                    &member.shape,
                    &member.name,
                    (place, all),
                    0,
                    &mut parents,
                );
            }
        }
    }
    parents
}

/// The families whose things are named in a value that is required.
fn named_in(
    contract: &Contract,
    shape: &Shape,
    name: &str,
    (place, all): (usize, &[Family]),
    depth: usize,
    into: &mut BTreeSet<usize>,
) {
    const DEEPEST: usize = 4;
    let shape = contract.resolve(shape);
    match shape.kind {
        ShapeType::String if shape.values().is_none() => {
            let own = all
                .get(place)
                .and_then(|family| names_thing(name, &family.noun));
            let found = owner(all, name, Some(place)).filter(|_| own.is_none());
            into.extend(found.map(|(parent, _)| parent));
        }
        ShapeType::Structure if depth < DEEPEST => {
            for (name, member) in shape.members.iter().filter(|(_, member)| member.required) {
                named_in(contract, &member.shape, name, (place, all), depth + 1, into);
            }
        }
        ShapeType::List if depth < DEEPEST => {
            if let Some(element) = &shape.element {
                let one = singular(name);
                named_in(contract, element, &one, (place, all), depth + 1, into);
            }
        }
        _ => {}
    }
}
