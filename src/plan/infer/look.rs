//! How things are looked for: one by its name, all in a list, and while one is in a transition.

use toml::{Table, Value};

use super::call::call;
use super::family::Source;
use super::fill::{Filler, Wish};
use super::filled::Thing;
use super::making::{Making, Way};
use super::shown::{Shown, items, shown};
use super::states::passing;
use super::words::{Kind, names_itself, names_thing, plain};
use crate::contract::{Contract, Location, RuleKind};

impl Filler<'_> {
    /// How a thing is looked for: by its name, or in a list of all.
    pub(super) fn find(&self, place: usize, making: &Making, own: &str, way: Way) -> Option<Value> {
        let (family, _) = self.family(place)?;
        // An ARN has the name as one of its parts.
        let showing = |all: &[Shown], exact: &str| {
            let kind = |shown: &Shown| {
                names_thing(&shown.member, &family.noun).or_else(|| names_itself(&shown.member))
            };
            let same = |shown: &&Shown| shown.is_text && plain(&shown.member) == plain(exact);
            let of = |wanted: Kind| all.iter().find(|s| s.is_text && kind(s) == Some(wanted));
            let found = all
                .iter()
                .find(same)
                .or_else(|| of(Kind::Name))
                .or_else(|| of(Kind::Arn));
            found.cloned()
        };
        let markers = family.markers(self.contracts);
        let marker = markers.get(way.marker)?;

        let by_name = || {
            let read = family.read?;
            let contract = self.contracts.get(read)?;
            // What the target names is not known before.
            if family.answers().next().is_some() {
                return None;
            }
            let all = shown(contract);
            let shown = showing(&all, marker)?;
            let mut named = making.thing.clone();
            for ((_, template), part) in named.parts.iter_mut().zip(&family.identity) {
                if matches!(part.source, Source::Name(_)) {
                    *template = own.to_owned();
                }
            }
            named.name = Some(own.to_owned());
            let filled = self.request(
                read,
                &Wish {
                    about: Some(&named),
                    ..Wish::default()
                },
            );
            let call = call(contract, self.service, &filled).filter(|_| filled.lacks.is_none())?;
            let mut find = Table::new();
            find.insert("call".to_owned(), call);
            find.insert("at".to_owned(), shown.at.as_str().into());
            let absent: Vec<Value> = contract
                .errors
                .iter()
                .filter(|error| error.status != 404 && says_absent(&error.name))
                .map(|error| error.name.as_str().into())
                .collect();
            if !absent.is_empty() {
                find.insert("absent".to_owned(), absent.into());
            }
            find.insert("ours".to_owned(), ours(&shown, own));
            Some(find.into())
        };
        let in_list = || {
            let (items, mut find) = self.listing(place)?;
            let shown = showing(&items, marker)?;
            find.insert("ours".to_owned(), ours(&shown, own));
            Some(find.into())
        };
        by_name().or_else(in_list)
    }

    /// What a list shows of its things, and how it is read.
    pub(super) fn listing(&self, place: usize) -> Option<(Vec<Shown>, Table)> {
        let (family, _) = self.family(place)?;
        let list = family.list?;
        let contract = self.contracts.get(list)?;
        let items = items(contract, &family.noun)?;
        let nothing = Thing::default();
        let wish = Wish {
            about: Some(&nothing),
            ..Wish::default()
        };
        let filled = self.request(list, &wish);
        let call = call(contract, self.service, &filled).filter(|_| filled.lacks.is_none())?;
        let mut find = Table::new();
        find.insert("call".to_owned(), call);
        find.insert("list".to_owned(), items.pointer.as_str().into());
        find.extend(next_page(contract).map(|next| ("next".to_owned(), next)));
        Some((items.members, find))
    }

    /// What is waited for after a thing was made.
    pub(super) fn wait(&self, place: usize, thing: &Thing) -> Option<Value> {
        let (family, _) = self.family(place)?;
        let contract = self.contracts.get(family.read?)?;
        let (pointer, states) = passing(contract)?;
        let wish = Wish {
            about: Some(thing),
            ..Wish::default()
        };
        let filled = self.request(family.read?, &wish);
        let call = call(contract, self.service, &filled).filter(|_| filled.lacks.is_none())?;
        let mut wait = Table::new();
        wait.insert("call".to_owned(), call);
        wait.insert("json".to_owned(), pointer.into());
        wait.insert("while".to_owned(), states.into());
        Some(wait.into())
    }
}

/// Whether an error's name says that something is not there.
fn says_absent(error: &str) -> bool {
    let error = plain(error);
    [
        "notfound",
        "nosuch",
        "doesnotexist",
        "notexist",
        "nonexistent",
    ]
    .iter()
    .any(|word| error.contains(word))
}

/// How a list is asked for its next page.
fn next_page(contract: &Contract) -> Option<Value> {
    let pages = contract.rules.iter().find_map(|rule| match &rule.kind {
        RuleKind::Pages(pages) => Some(pages),
        _ => None,
    })?;
    let from = contract.output_member(&pages.output_token)?;
    let to = contract.member(&pages.input_token)?;
    let mut next = Table::new();
    next.insert(
        "json".to_owned(),
        super::shown::step(&from.wire_name).into(),
    );
    let key = match to.location {
        Location::Query => "query",
        Location::Body => "member",
        _ => return None,
    };
    next.insert(key.to_owned(), to.wire_name.as_str().into());
    Some(next.into())
}

fn ours(shown: &Shown, own: &str) -> Value {
    let ours: Table = [(shown.own_pointer(), Value::from(own))]
        .into_iter()
        .collect();
    ours.into()
}
