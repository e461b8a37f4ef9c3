//! A family: the operations that make, read, change, list and remove things of one noun, and what
//! names one of these things.

use std::collections::BTreeSet;

use super::shown::{Items, Shown, items, shown};
use super::words::{Kind, names_itself, names_thing, plain};
use crate::contract::{Contract, Location, Member, ShapeType};

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
                matches!(part.source, Source::Parent(_))
                    && plain(&part.member) == plain(&member.name)
            };
            if self.identity.iter().any(is_parent) {
                return true;
            }
            let own = names_thing(&member.name, &self.noun).or(names_itself(&member.name));
            let plain = plain(&member.name);
            let ends = ["id", "arn", "identifier"]
                .iter()
                .any(|end| plain.ends_with(end));
            let names = [
                "name",
                "title",
                "label",
                "description",
                "comment",
                "summary",
            ];
            let speaks = member.required || names.iter().any(|end| plain.ends_with(end));
            ends || !speaks || matches!(own, Some(Kind::Id | Kind::Arn))
        };
        let texts = create
            .input
            .iter()
            .filter(|member| is_free_text(create, member));
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
        markers
            .into_iter()
            .map(|member| member.name.clone())
            .collect()
    }
}

/// Whether any text may stand in the member, as far as its type goes.
pub(crate) fn is_free_text(contract: &Contract, member: &Member) -> bool {
    let shape = contract.resolve(&member.shape);
    let is_text = shape.kind == ShapeType::String && shape.values().is_none();
    is_text && !member.is_token && member.location != Location::Payload
}
