//! Paths: whether requests can go there, and labels by the names of members.

use std::collections::HashSet;

use super::name::is_text;
use crate::contract::ShapeType;
use crate::import::graph::OperationNode;
use crate::import::loss::{Losses, Lost};
use crate::import::operation::{Member, Place};
use crate::import::shape::Shape;
use crate::support::echo::shown;

/// Why no request of an operation can be sent.
pub(in crate::import) fn unsendable(node: &OperationNode) -> Option<String> {
    let is_method = !node.method.is_empty() && node.method.bytes().all(|b| b.is_ascii_uppercase());
    if !is_method {
        return Some(format!("`{}` is no method of HTTP", shown(&node.method)));
    }
    let (path, query) = node.uri.split_once('?').unwrap_or((&node.uri, ""));
    let is_bad = |c: char| c.is_whitespace() || c.is_control() || c == '#' || c == '"';
    let labels = |text: &str| -> Vec<bool> {
        let inside = text
            .split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'));
        inside.map(|(label, _)| label.ends_with('+')).collect()
    };
    let (of_path, of_query) = (labels(path), labels(query));
    // A label that keeps slashes ends where the path does.
    let greedy = of_path.iter().position(|is_greedy| *is_greedy);
    let is_last = greedy.is_none_or(|at| at + 1 == of_path.len());
    let is_path = path.starts_with('/') && !node.uri.contains(is_bad);
    let is_sendable = is_path && is_last && !of_query.contains(&true) && has_names(&node.uri);
    (!is_sendable).then(|| format!("no request goes to the path `{}`", shown(&node.uri)))
}

/// Whether every label of a path has a name, and each its own.
fn has_names(uri: &str) -> bool {
    let inside = uri.split('{').skip(1).map(|rest| rest.split_once('}'));
    let mut seen = HashSet::new();
    let mut is_whole = true;
    for label in inside {
        let name = label.map(|(label, _)| label.trim_end_matches('+'));
        is_whole &= name.is_some_and(|name| is_text(name) && seen.insert(name));
    }
    is_whole
}

/// The path, with the names of members as its labels. Each label has a member, and each member that
/// is one a label.
pub(super) fn labels(
    uri: &str,
    names: Vec<(&str, &str)>,
    members: &mut Vec<Member>,
    losses: &mut Losses,
) -> String {
    let mut path = String::with_capacity(uri.len());
    let mut found = HashSet::new();
    let mut rest = uri;
    while let Some((before, behind)) = rest.split_once('{') {
        path.push_str(before);
        let Some((label, behind)) = behind.split_once('}') else {
            path.push_str("%7B");
            rest = behind;
            continue;
        };
        let (plain, greedy) = match label.strip_suffix('+') {
            Some(plain) => (plain, "+"),
            None => (label, ""),
        };
        let by_wire = names.iter().find(|(wire, _)| *wire == plain);
        let name = by_wire.map_or(plain, |(_, name)| name);
        path.push_str(&format!("{{{name}{greedy}}}"));
        found.insert(name.to_owned());
        rest = behind;
    }
    path.push_str(rest);

    members.retain(|member| {
        let lost = member.place == Place::Label && !found.contains(&member.name);
        if lost {
            losses.add(Lost {
                of: member.name.clone(),
                line: None,
                what: "member",
                why: "it is a label, and the path has none of its name".to_owned(),
            });
        }
        !lost
    });
    let is_label = |member: &&Member| member.place == Place::Label;
    let known: HashSet<String> = members
        .iter()
        .filter(is_label)
        .map(|m| m.name.clone())
        .collect();
    let mut missing: Vec<&String> = found.iter().filter(|name| !known.contains(*name)).collect();
    missing.sort();
    for name in missing {
        losses.add(Lost {
            of: name.clone(),
            line: None,
            what: "member",
            why: "the path has the label, and the request no such member: any text is sent"
                .to_owned(),
        });
        members.retain(|member| member.name != *name);
        members.insert(
            0,
            Member {
                name: name.clone(),
                wire_name: None,
                place: Place::Label,
                required: true,
                idempotency_token: false,
                section: None,
                shape: Shape::of(ShapeType::String),
                type_unsaid: true,
                required_unsaid: true,
            },
        );
    }
    path
}
