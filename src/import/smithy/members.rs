//! Members of Smithy's shapes, and where their traits put them.

use super::table::Member;
use super::traits::Traits;
use crate::import::graph::{Edge, Unread};
use crate::import::json::Part;
use crate::import::operation::Place;
use crate::support::files::Source;

/// A member, as an edge of the graph.
pub(super) fn edge(name: &str, member: &Part<Member<'_>>, file: &Source, with_prose: bool) -> Edge {
    let mut edge = Edge {
        name: name.to_owned(),
        ..Edge::default()
    };
    let member = match member {
        Part::Read(member) => member,
        Part::Absent => return edge,
        Part::Unread(why) => {
            edge.faults.push(Unread::new("member", why.clone()));
            return edge;
        }
    };
    edge.target.clone_from(&member.target);
    let traits = match &member.traits {
        Part::Read(traits) => traits,
        Part::Absent => return edge,
        Part::Unread(why) => {
            edge.faults.push(Unread::new("traits", why.clone()));
            return edge;
        }
    };

    place(&mut edge, traits);
    edge.is_required = traits.has("required");
    edge.is_token = traits.has("idempotencyToken");
    edge.timestamp = traits.date(&mut edge.faults);
    let (constraints, faults) = traits.constraints(false);
    edge.constraints = constraints;
    edge.faults.extend(faults);
    edge.listed = traits.listed();
    edge.prose = match with_prose {
        true => traits.prose(file),
        false => None,
    };
    edge
}

fn place(edge: &mut Edge, traits: &Traits<'_>) {
    edge.wire_name = traits.text("jsonName");
    if traits.has("httpLabel") {
        edge.place = Place::Label;
        edge.wire_name = None;
    } else if let Some(name) = traits.text("httpQuery") {
        edge.place = Place::Query;
        edge.wire_name = Some(name);
    } else if traits.has("httpQueryParams") {
        edge.place = Place::Query;
        edge.is_any_query = true;
    } else if let Some(name) = traits.text("httpHeader") {
        edge.place = Place::Header;
        edge.wire_name = Some(name);
    } else if let Some(prefix) = traits.text("httpPrefixHeaders") {
        edge.place = Place::PrefixHeaders;
        edge.wire_name = Some(prefix);
    } else if traits.has("httpPayload") {
        edge.place = Place::Payload;
    } else if traits.has("httpResponseCode") {
        edge.place = Place::StatusCode;
    }
}
