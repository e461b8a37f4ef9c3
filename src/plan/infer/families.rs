//! The families of a service, in the order of their lives.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::family::{Family, Part, Source};
use super::identity::{identity, owner, parents};
use super::shown::items;
use super::words::{Kind, Verb, Words};
use crate::contract::Contract;

/// The families of a service, and what each operation does.
#[derive(Clone, Debug, Default)]
pub(crate) struct Families {
    /// Those that others stand on first.
    pub(crate) all: Vec<Family>,
    /// Of each operation its name taken apart, and the family that it is of.
    pub(crate) roles: Vec<(Words, Option<usize>)>,
}

impl Families {
    /// The families of these operations.
    pub(crate) fn of(contracts: &[Contract]) -> Self {
        let words: Vec<Words> = contracts.iter().map(|c| Words::of(&c.slug)).collect();
        let mut groups: IndexMap<&str, Vec<usize>> = IndexMap::new();
        for (place, words) in words.iter().enumerate() {
            let is_about = !words.noun.is_empty() && words.verb != Verb::Tag;
            if is_about {
                groups.entry(&words.noun).or_default().push(place);
            }
        }

        let mut all: Vec<Family> = groups
            .iter()
            .filter_map(|(noun, group)| family(noun, group, &words, contracts))
            .collect();
        // What a thing belongs to is seen once it is known what names the others.
        for _ in 0..2 {
            let all_parts = (0..all.len()).map(|place| identity(place, &all, contracts));
            let all_parts: Vec<Vec<Part>> = all_parts.collect();
            for (family, parts) in all.iter_mut().zip(all_parts) {
                family.identity = parts;
            }
        }
        for place in 0..all.len() {
            let parents = parents(place, &all, contracts);
            if let Some(family) = all.get_mut(place) {
                family.parents = parents;
            }
        }

        let all = ordered(all);
        let of = |noun: &str| all.iter().position(|family| family.noun == noun);
        // `get-shelf-settings` is about a shelf, where nothing makes settings.
        let kin = |noun: &str| {
            let begins = |family: &Family| {
                let rest = noun.strip_prefix(family.noun.as_str());
                rest.is_some_and(|rest| rest.starts_with('-'))
            };
            let kin = all.iter().enumerate().filter(|(_, family)| begins(family));
            kin.max_by_key(|(_, family)| family.noun.len())
                .map(|(place, _)| place)
        };
        let roles = words.iter().map(|words| {
            let family = of(&words.noun).or_else(|| kin(&words.noun));
            (words.clone(), family.filter(|_| words.verb != Verb::Tag))
        });
        Self {
            roles: roles.collect(),
            all,
        }
    }

    /// The family whose things a member names, and by what. `but`: the family that it is not.
    pub(crate) fn owner(&self, member: &str, but: Option<usize>) -> Option<(usize, Kind)> {
        owner(&self.all, member, but)
    }
}

/// The operations of a noun, where one of them makes a thing.
fn family(noun: &str, group: &[usize], words: &[Words], contracts: &[Contract]) -> Option<Family> {
    let with = |verb: Verb| {
        let is_of = move |place: &usize| words.get(*place).is_some_and(|w| w.verb == verb);
        group.iter().copied().filter(is_of)
    };
    // `create-x` before `add-x`, and `delete-x` before `remove-x`; and one thing before several.
    let first = |verb: Verb, usual: &str| {
        let is_usual = |place: &usize| {
            let contract = contracts.get(*place);
            contract.is_some_and(|c| c.slug.split('-').next() == Some(usual))
        };
        let is_plural = |place: &usize| words.get(*place).is_some_and(|w| w.plural);
        with(verb).min_by_key(|place| (is_plural(place), !is_usual(place), *place))
    };

    let of_one = |place: &usize| {
        let contract = contracts.get(*place)?;
        let plural = words.get(*place)?.plural;
        let lists = plural && items(contract, noun).is_some();
        Some(lists)
    };
    let reads = || with(Verb::Read);
    let read = reads().find(|place| of_one(place) == Some(false));
    let listed = with(Verb::List).next();
    let list = listed.or_else(|| reads().find(|place| of_one(place) == Some(true)));
    Some(Family {
        noun: noun.to_owned(),
        create: first(Verb::Create, "create").or_else(|| first(Verb::Put, "put"))?,
        read,
        list,
        delete: first(Verb::Delete, "delete"),
        identity: Vec::new(),
        parents: BTreeSet::new(),
    })
}

/// The families in the order of their lives: those that others need first, and else as the contracts
/// have them.
fn ordered(all: Vec<Family>) -> Vec<Family> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < all.len() {
        let waits = |place: &usize| !order.contains(place);
        let is_ready = |place: &usize| {
            let needed = all.get(*place).map(|family| &family.parents);
            needed.is_none_or(|needed| {
                needed
                    .iter()
                    .all(|parent| !waits(parent) || parent == place)
            })
        };
        let mut left = (0..all.len()).filter(waits);
        // Of families that need each other the first goes first.
        let first = left.clone().next();
        let Some(next) = left.find(is_ready).or(first) else {
            break;
        };
        order.push(next);
    }

    let place = |old: usize| order.iter().position(|place| *place == old).unwrap_or(old);
    let moved = |family: &Family| {
        let mut family = family.clone();
        family.parents = family.parents.iter().map(|parent| place(*parent)).collect();
        for part in &mut family.identity {
            if let Source::Parent(parent) = &mut part.source {
                *parent = place(*parent);
            }
        }
        family
    };
    order
        .iter()
        .filter_map(|old| all.get(*old))
        .map(moved)
        .collect()
}
