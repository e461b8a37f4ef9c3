//! Where an answer shows the members that name a thing, and where a list shows its things.

use super::words::{plain, singular};
use crate::contract::{AnswerLocation, Contract, RuleKind, Shape, ShapeType};

/// A member of an answer whose value is one text or number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The JSON pointer to the object that it stands in.
    pub(crate) at: String,
    /// Its key there.
    pub(crate) key: String,
    /// Its name in the contract.
    pub(crate) member: String,
    /// Whether it is a text.
    pub(crate) is_text: bool,
}

/// The things of a list.
#[derive(Clone, Debug)]
pub(crate) struct Items {
    /// The JSON pointer to the list.
    pub(crate) pointer: String,
    /// What one of them shows.
    pub(crate) members: Vec<Shown>,
}

impl Shown {
    /// The JSON pointer to it.
    pub(crate) fn pointer(&self) -> String {
        format!("{}{}", self.at, self.own_pointer())
    }

    /// The JSON pointer to it within its object.
    pub(crate) fn own_pointer(&self) -> String {
        step(&self.key)
    }
}

/// What a successful answer shows: the members of its document, and those of a structure that
/// stands alone in it.
pub(crate) fn shown(contract: &Contract) -> Vec<Shown> {
    let mut all = Vec::new();
    let mut inner = Vec::new();
    for member in &contract.output {
        let shape = contract.resolve(&member.shape);
        match (member.location, shape.kind) {
            (AnswerLocation::Body, ShapeType::Structure) => {
                inner.extend(of_structure(contract, shape, &step(&member.wire_name)));
            }
            (AnswerLocation::Payload, ShapeType::Structure) => {
                all.extend(of_structure(contract, shape, ""));
            }
            (AnswerLocation::Body, kind) if is_scalar(shape, kind) => all.push(Shown {
                at: String::new(),
                key: member.wire_name.clone(),
                member: member.name.clone(),
                is_text: kind == ShapeType::String,
            }),
            _ => {}
        }
    }
    all.extend(inner);
    all
}

/// The list of things of that noun that an answer shows.
pub(crate) fn items(contract: &Contract, noun: &str) -> Option<Items> {
    let paged = contract.rules.iter().find_map(|rule| match &rule.kind {
        RuleKind::Pages(pages) => Some(pages.items.as_slice()),
        _ => None,
    });
    let mut lists = contract.output.iter().filter_map(|member| {
        let shape = contract.resolve(&member.shape);
        let is_list = shape.kind == ShapeType::List && member.location == AnswerLocation::Body;
        Some((member, shape.element.as_deref().filter(|_| is_list)?))
    });
    let of_noun = |name: &str| plain(&singular(name)) == plain(noun);
    let all: Vec<_> = lists.by_ref().collect();
    let named = all.iter().find(|(member, _)| of_noun(&member.name));
    let of_pages = || {
        let [name] = paged? else { return None };
        all.iter().find(|(member, _)| member.name == *name)
    };
    let only = || match all.as_slice() {
        [one] => Some(one),
        _ => None,
    };
    let (member, element) = named.or_else(of_pages).or_else(only)?;
    let element = contract.resolve(element);
    Some(Items {
        pointer: step(&member.wire_name),
        members: match element.kind {
            ShapeType::Structure => of_structure(contract, element, ""),
            _ => Vec::new(),
        },
    })
}

fn of_structure(contract: &Contract, shape: &Shape, at: &str) -> Vec<Shown> {
    let members = shape.members.iter().filter_map(|(name, member)| {
        let shape = contract.resolve(&member.shape);
        is_scalar(shape, shape.kind).then(|| Shown {
            at: at.to_owned(),
            key: member.wire_name.clone(),
            member: name.clone(),
            is_text: shape.kind == ShapeType::String,
        })
    });
    members.collect()
}

fn is_scalar(shape: &Shape, kind: ShapeType) -> bool {
    let is_one = matches!(
        kind,
        ShapeType::String | ShapeType::Integer | ShapeType::Long
    );
    is_one && shape.values().is_none()
}

/// One step of a JSON pointer.
pub(crate) fn step(key: &str) -> String {
    format!("/{}", key.replace('~', "~0").replace('/', "~1"))
}
