//! The places of members, and the names that they have there: each is of one member alone.

use std::collections::BTreeSet;

use super::super::{AnswerLocation, Location};
use crate::support::echo::shown;

/// What a place is to the checks that requests and answers share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Label,
    Query,
    Header,
    PrefixHeaders,
    StatusCode,
    Body,
    Payload,
}

/// The names that members have so far, and what the body is made of.
#[derive(Default)]
pub(super) struct Taken {
    names: BTreeSet<(Place, String)>,
}

impl Taken {
    /// Takes a name. Says what is wrong where that cannot be.
    pub(super) fn take(&mut self, place: Place, name: &str) -> Option<String> {
        // Header fields are the same in any letter case.
        let name = match place {
            Place::Header | Place::PrefixHeaders => name.to_ascii_lowercase(),
            _ => name.to_owned(),
        };
        let has = |place: Place| self.names.iter().any(|(p, _)| *p == place);
        let wrong = match place {
            Place::Payload if has(Place::Payload) => {
                Some("expected one member that is the whole body".to_owned())
            }
            Place::StatusCode if has(Place::StatusCode) => {
                Some("expected one member that is the status".to_owned())
            }
            Place::Payload if has(Place::Body) => Some(BOTH.to_owned()),
            Place::Body if has(Place::Payload) => Some(BOTH.to_owned()),
            Place::Label | Place::Payload | Place::StatusCode => None,
            _ => self.clash(place, &name),
        };
        self.names.insert((place, name));
        wrong
    }

    /// The member that has the name already.
    fn clash(&self, place: Place, name: &str) -> Option<String> {
        if self.names.contains(&(place, name.to_owned())) {
            return Some(format!(
                "`{}` is the name of another member in the same place",
                shown(name)
            ));
        }
        if name.is_empty() {
            return None;
        }
        let begins = |(other, taken): &&(Place, String)| match (place, other) {
            (Place::Header | Place::PrefixHeaders, Place::PrefixHeaders) => {
                !taken.is_empty() && name.starts_with(taken.as_str())
            }
            (Place::PrefixHeaders, Place::Header) => taken.starts_with(name),
            _ => false,
        };
        let (_, other) = self.names.iter().find(begins)?;
        Some(format!(
            "the header fields of `{}` are also those of `{}`",
            shown(name),
            shown(other)
        ))
    }
}

/// What is wrong with a body that is both.
const BOTH: &str = "a member is the whole body, so that no other member stands in it: expected \
                    locations `payload` or `body`, not both";

/// What kind of name it is that the place cannot have. A query is percent-encoded; the name of a
/// header field is a token of RFC 9110.
pub(super) fn unfit(place: Place, name: &str) -> Option<&'static str> {
    let of_token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    let is_token = !name.is_empty() && name.chars().all(of_token);
    let is_text = !name.is_empty() && !name.contains(char::is_control);
    match place {
        // Without a prefix every header field is an entry.
        Place::PrefixHeaders if name.is_empty() => None,
        Place::Header | Place::PrefixHeaders => (!is_token).then_some("header field"),
        Place::Query => (!is_text).then_some("parameter"),
        Place::Body => (!is_text).then_some("member of a document"),
        Place::Label | Place::StatusCode | Place::Payload => None,
    }
}

impl From<Location> for Place {
    fn from(location: Location) -> Self {
        match location {
            Location::Label => Self::Label,
            Location::Query => Self::Query,
            Location::Header => Self::Header,
            Location::PrefixHeaders => Self::PrefixHeaders,
            Location::Body => Self::Body,
            Location::Payload => Self::Payload,
        }
    }
}

impl From<AnswerLocation> for Place {
    fn from(location: AnswerLocation) -> Self {
        match location {
            AnswerLocation::Header => Self::Header,
            AnswerLocation::PrefixHeaders => Self::PrefixHeaders,
            AnswerLocation::StatusCode => Self::StatusCode,
            AnswerLocation::Body => Self::Body,
            AnswerLocation::Payload => Self::Payload,
        }
    }
}
