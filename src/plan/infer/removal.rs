//! How a thing is removed again, and what goes with another one.

use toml::Value;

use super::call::{call_with, in_path};
use super::family::Source;
use super::fill::{Filler, Wish};
use super::filled::Thing;
use super::words::a;
use crate::contract::Location;

impl Filler<'_> {
    /// The request that removes a thing. `member`: where its path names what was sent as a member,
    /// the path says so, in place of the name.
    pub(super) fn removal(&self, place: usize, thing: &Thing, sent: Option<&str>) -> Option<Value> {
        let (family, _) = self.family(place)?;
        let contract = self.contracts.get(family.delete?)?;
        let wish = Wish {
            about: Some(thing),
            ..Wish::default()
        };
        let filled = self.request(family.delete?, &wish);
        if filled.lacks.is_some() || !filled.names_ours {
            return None;
        }
        let is_name = |label: &str| {
            let parts = family.identity.iter();
            let mut named = parts.filter(|part| matches!(part.source, Source::Name(_)));
            named.any(|part| part.member == label)
        };
        call_with(
            contract,
            self.service,
            &filled,
            |label, template| match sent {
                Some(member) if is_name(label) => format!("{{{member}}}"),
                _ => in_path(template),
            },
        )
    }

    /// Whether what names the thing to remove stands in the path alone.
    pub(super) fn is_removed_by_path(&self, place: usize) -> bool {
        let Some((family, _)) = self.family(place) else {
            return false;
        };
        let Some(contract) = family.delete.and_then(|delete| self.contracts.get(delete)) else {
            return false;
        };
        family.identity.iter().all(|part| {
            let member = contract.member(&part.member);
            let in_path = member
                .is_none_or(|member| matches!(member.location, Location::Label | Location::Query));
            in_path || !matches!(part.source, Source::Name(_))
        })
    }

    /// Whether a thing is removed with what it belongs to: its path lies below that of a thing that
    /// is made for it.
    pub(super) fn goes_along(&self, place: usize) -> bool {
        let Some((family, create)) = self.family(place) else {
            return false;
        };
        family.parents.iter().any(|parent| {
            let keys = self
                .family(*parent)
                .map(|(parent, _)| [parent.delete, parent.read]);
            let keys = keys.into_iter().flatten().flatten();
            keys.filter_map(|key| self.contracts.get(key))
                .any(|key| is_below(&create.http.uri, &key.http.uri))
                && self.made.contains_key(parent)
        })
    }

    /// Why what is made would stay.
    pub(super) fn no_removal(&self, place: usize) -> String {
        let noun = self
            .family(place)
            .map_or("thing", |(family, _)| family.noun.as_str());
        match self.family(place).and_then(|(family, _)| family.delete) {
            Some(delete) => {
                let name = self
                    .contracts
                    .get(delete)
                    .map_or("", |c| c.operation.as_str());
                format!(
                    "it would make {}, and nothing says what {name} needs to remove it",
                    a(noun)
                )
            }
            None => format!(
                "it would make {}, and no operation of the model removes one",
                a(noun)
            ),
        }
    }
}

/// Whether a path lies below another one, whatever its labels are called.
fn is_below(path: &str, above: &str) -> bool {
    let parts = |path: &str| -> Vec<String> {
        let path = path
            .split('?')
            .next()
            .unwrap_or_default()
            .trim_end_matches('/');
        let part = |part: &str| match part.starts_with('{') {
            true => "{}".to_owned(),
            false => part.to_owned(),
        };
        // Operations of one service may be of several versions, and say so first.
        let parts = path.split('/').filter(|part| !part.is_empty());
        let is_version =
            |part: &&str| !part.starts_with('{') && part.contains(|c: char| c.is_ascii_digit());
        parts.skip_while(is_version).map(part).collect()
    };
    let (path, above) = (parts(path), parts(above));
    path.len() > above.len() && path.starts_with(&above) && above.iter().any(|part| part == "{}")
}
