//! Members that cannot stand beside each other, or where they are put: the later one is dropped, and
//! told.

use std::collections::HashSet;

use super::name::{is_text, is_token};
use crate::contract::ShapeType;
use crate::import::loss::{Losses, Lost};
use crate::import::operation::{Member, Place};

/// What requests cannot have together is dropped, the later one.
pub(super) fn fit_request(members: &mut Vec<Member>, losses: &mut Losses) {
    fit(members, losses);
    let mut has_token = false;
    for member in members {
        let is_text = member.shape.kind == ShapeType::String && member.shape.target.is_none();
        let can_be = is_text && !matches!(member.place, Place::Label | Place::Payload);
        if member.idempotency_token && (has_token || !can_be) {
            member.idempotency_token = false;
            losses.add(Lost {
                of: member.name.clone(),
                line: None,
                what: "idempotency-token",
                why: "a contract has one token at most, and it is a string".to_owned(),
            });
        }
        has_token |= member.idempotency_token;
    }
}

pub(super) fn fit_answer(members: &mut Vec<Member>, losses: &mut Losses) {
    for member in members.iter_mut() {
        // What a model calls a label or a query of an answer has no meaning there.
        if matches!(member.place, Place::Label | Place::Query) {
            member.place = Place::Body;
        }
        member.idempotency_token = false;
    }
    fit(members, losses);
}

/// Names that are taken, and members beside one that is the whole body.
fn fit(members: &mut Vec<Member>, losses: &mut Losses) {
    let has_payload = members.iter().any(|member| member.place == Place::Payload);
    let mut taken: HashSet<(&'static str, String)> = HashSet::new();
    members.retain(|member| {
        let name = match member.place {
            Place::Header | Place::PrefixHeaders => member.on_wire().to_ascii_lowercase(),
            Place::Payload | Place::StatusCode => String::new(),
            _ => member.on_wire().to_owned(),
        };
        let why = match member.place {
            Place::Body if has_payload => Some("another member is the whole body"),
            Place::Header | Place::PrefixHeaders if !is_token(&name) => {
                Some("its name is none of a header field")
            }
            Place::Query | Place::Body if !is_text(&name) => Some("its name is none"),
            Place::Header | Place::PrefixHeaders if has_prefix(&taken, member.place, &name) => {
                Some("its header fields are also those of another member")
            }
            _ if !taken.insert((member.place.word(), name)) => {
                Some("another member has its name on the wire")
            }
            _ => None,
        };
        if let Some(why) = why {
            losses.add(Lost {
                of: member.name.clone(),
                line: None,
                what: "member",
                why: why.to_owned(),
            });
        }
        why.is_none()
    });
}

/// Whether a header field could be of two members, by a prefix that one of them has.
fn has_prefix(taken: &HashSet<(&'static str, String)>, place: Place, name: &str) -> bool {
    let prefix = Place::PrefixHeaders.word();
    taken.iter().any(|(of, other)| {
        let by_other = *of == prefix && name.starts_with(other.as_str());
        let headers = [prefix, Place::Header.word()];
        let by_own =
            place == Place::PrefixHeaders && headers.contains(of) && other.starts_with(name);
        by_other || by_own
    })
}

/// Parameters of the query that stand in the path already.
pub(super) fn fit_query(uri: &str, members: &mut Vec<Member>, losses: &mut Losses) {
    let query = uri.split_once('?').map_or("", |(_, query)| query);
    let fixed: Vec<&str> = query
        .split('&')
        .filter_map(|one| one.split('=').next())
        .collect();
    members.retain(|member| {
        let stands = member.place == Place::Query && fixed.contains(&member.on_wire());
        if stands {
            losses.add(Lost {
                of: member.name.clone(),
                line: None,
                what: "member",
                why: "the path sends the parameter already".to_owned(),
            });
        }
        !stands
    });
}
