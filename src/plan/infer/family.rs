//! Families: the operations that make, read, change, list and remove things of one noun, and what
//! names one of these things.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::shown::{Items, Shown, items, shown};
use super::words::{Kind, Verb, Words, base, is_long, names_itself, names_thing, plain};
use crate::contract::{Contract, Location, Member, Shape, ShapeType};

/// Operations about things of one noun. Operations are named by their place among the contracts.
#[derive(Clone, Debug)]
pub(crate) struct Family {
    pub(crate) noun: String,
    pub(crate) create: usize,
    pub(crate) read: Option<usize>,
    pub(crate) list: Option<usize>,
    pub(crate) delete: Option<usize>,
    /// What names one of the things, in the order of the operation that says so.
    pub(crate) identity: Vec<Part>,
    /// The families whose things it needs, by their places.
    pub(crate) parents: BTreeSet<usize>,
}

/// One member that names a thing, as the operations have it that read or remove it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) member: String,
    pub(crate) source: Source,
}

/// Where the value of such a member comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// Whoever makes the thing says so, in this member.
    Name(String),
    /// The answer to the creation says so.
    Answer(Shown),
    /// It names the thing that this one belongs to.
    Parent(usize),
    /// It names nothing that the service's operations make.
    Given,
}

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
            kin.max_by_key(|(_, family)| family.noun.len()).map(|(place, _)| place)
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

impl Family {
    /// Whether the things belong to others wholly: each of these has one at most.
    pub(crate) fn is_single(&self) -> bool {
        let is_own = |part: &Part| matches!(part.source, Source::Name(_) | Source::Answer(_));
        !self.identity.iter().any(is_own)
    }

    /// Whether it is known what names one of the things.
    pub(crate) fn is_named(&self) -> bool {
        let is_parent = |part: &Part| matches!(part.source, Source::Parent(_));
        !self.is_single() || self.identity.iter().any(is_parent)
    }

    /// The member of the creation that says what the thing is called.
    pub(crate) fn name_member(&self) -> Option<&str> {
        self.identity.iter().find_map(|part| match &part.source {
            Source::Name(member) => Some(member.as_str()),
            _ => None,
        })
    }

    /// The members of an answer that name the thing.
    pub(crate) fn answers(&self) -> impl Iterator<Item = &Shown> {
        self.identity.iter().filter_map(|part| match &part.source {
            Source::Answer(shown) => Some(shown),
            _ => None,
        })
    }

    /// What its list shows of one thing.
    pub(crate) fn items(&self, contracts: &[Contract]) -> Option<Items> {
        items(contracts.get(self.list?)?, &self.noun)
    }

    /// The member of the creation that can hold a name of ours by which the thing is told from
    /// others: the one that names it, or a text that a list or a read shows.
    pub(crate) fn markers(&self, contracts: &[Contract]) -> Vec<String> {
        if let Some(name) = self.name_member() {
            return vec![name.to_owned()];
        }
        let Some(create) = contracts.get(self.create) else {
            return Vec::new();
        };
        let listed = self.items(contracts).map(|items| items.members);
        let read = self.read.and_then(|read| contracts.get(read)).map(shown);
        let visible: Vec<Shown> = listed.or(read).unwrap_or_default();
        let shows = |member: &&Member| {
            let same = |shown: &Shown| shown.is_text && plain(&shown.member) == plain(&member.name);
            visible.iter().any(same)
        };
        let rank = |member: &&Member| {
            let own = names_thing(&member.name, &self.noun).or(names_itself(&member.name));
            let is_name = own == Some(Kind::Name) || plain(&member.name).ends_with("name");
            (!is_name, !member.required)
        };
        if self.is_single() {
            return Vec::new();
        }
        // What names another thing cannot be a name of ours.
        let names_other = |member: &&Member| {
            let is_parent = |part: &Part| {
                matches!(part.source, Source::Parent(_)) && plain(&part.member) == plain(&member.name)
            };
            if self.identity.iter().any(is_parent) {
                return true;
            }
            let own = names_thing(&member.name, &self.noun).or(names_itself(&member.name));
            let plain = plain(&member.name);
            let ends = ["id", "arn", "identifier"].iter().any(|end| plain.ends_with(end));
            let names = ["name", "title", "label", "description", "comment", "summary"];
            let speaks = member.required || names.iter().any(|end| plain.ends_with(end));
            ends || !speaks || matches!(own, Some(Kind::Id | Kind::Arn))
        };
        let texts = create.input.iter().filter(|member| is_free_text(create, member));
        let texts: Vec<&Member> = texts.filter(|member| !names_other(member)).collect();
        let mut markers: Vec<&Member> = texts.iter().copied().filter(|m| shows(m)).collect();
        markers.sort_by_key(rank);
        // An ARN may end with a name that nothing shows by itself.
        if markers.is_empty() {
            let own = |member: &&&Member| {
                let own = names_thing(&member.name, &self.noun).or(names_itself(&member.name));
                own == Some(Kind::Name)
            };
            markers.extend(texts.iter().filter(own).take(1));
        }
        // A token that lists show tells one from others too.
        let token = create.input.iter().filter(|member| member.is_token);
        markers.extend(token.filter(shows));
        markers.into_iter().map(|member| member.name.clone()).collect()
    }
}

/// Whether any text may stand in the member, as far as its type goes.
pub(crate) fn is_free_text(contract: &Contract, member: &Member) -> bool {
    let shape = contract.resolve(&member.shape);
    let is_text = shape.kind == ShapeType::String && shape.values().is_none();
    is_text && !member.is_token && member.location != Location::Payload
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

/// What names one thing of a family.
fn identity(place: usize, all: &[Family], contracts: &[Contract]) -> Vec<Part> {
    let Some(family) = all.get(place) else {
        return Vec::new();
    };
    let keys = [family.delete, family.read];
    let Some(key) = keys.into_iter().flatten().next().and_then(|key| contracts.get(key)) else {
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
        let named = texts().find(|m| is_alike(&m.name, Kind::Name) || is_alike(&m.name, Kind::Bare));
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
        let base = base(&key.name);
        let is_base = |shown: &Shown| super::words::base(&shown.member) == base;
        answer(&is_base).map(Source::Answer)
    };
    found.or_else(alike).unwrap_or(Source::Given)
}

/// The family whose things a member names: that of the longest noun, or one whose things are named
/// by a member of that name.
fn owner(all: &[Family], member: &str, but: Option<usize>) -> Option<(usize, Kind)> {
    let others = || all.iter().enumerate().filter(|(place, _)| Some(*place) != but);
    let by_noun = others().filter_map(|(place, family)| {
        let kind = names_thing(member, &family.noun)?;
        Some((family.noun.len(), place, kind))
    });
    if let Some((_, place, kind)) = by_noun.max_by_key(|(length, place, _)| (*length, usize::MAX - place)) {
        return Some((place, kind));
    }
    let says_so = ["id", "name", "arn", "number", "identifier"];
    let says_so = says_so.iter().any(|end| plain(member).ends_with(end));
    if names_itself(member).is_some() || !says_so {
        return None;
    }
    // What a thing belongs to is named by less than the thing.
    let most = but.and_then(|place| all.get(place)).map(|family| family.identity.len());
    let by_member = others().filter(|(_, family)| {
        let own = family.identity.iter().filter(|part| {
            matches!(part.source, Source::Name(_) | Source::Answer(_))
        });
        let is_above = most.is_none_or(|most| family.identity.len() < most);
        is_above && own.into_iter().any(|part| plain(&part.member) == plain(member))
    });
    let by_member = by_member.min_by_key(|(place, family)| (family.identity.len(), *place));
    by_member.map(|(place, _)| (place, if is_long(member) { Kind::Arn } else { Kind::Bare }))
}

/// The families whose things a creation needs.
fn parents(place: usize, all: &[Family], contracts: &[Contract]) -> BTreeSet<usize> {
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
                named_in(create, &member.shape, &member.name, (place, all), 0, &mut parents);
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
            let own = all.get(place).and_then(|family| names_thing(name, &family.noun));
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
                let one = super::words::singular(name);
                named_in(contract, element, &one, (place, all), depth + 1, into);
            }
        }
        _ => {}
    }
}

/// The families in the order of their lives: those that others need first, and else as the contracts
/// have them.
fn ordered(all: Vec<Family>) -> Vec<Family> {
    let mut order: Vec<usize> = Vec::new();
    while order.len() < all.len() {
        let waits = |place: &usize| !order.contains(place);
        let is_ready = |place: &usize| {
            let needed = all.get(*place).map(|family| &family.parents);
            needed.is_none_or(|needed| needed.iter().all(|parent| !waits(parent) || parent == place))
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
    order.iter().filter_map(|old| all.get(*old)).map(moved).collect()
}
