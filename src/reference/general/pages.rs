//! Lists: where the items of an answer stand, and one page of them after another.

use serde_json::{Map, Value};

use super::bend::PageBend;
use crate::contract::oracle::Oracle;
use crate::contract::{AnswerLocation, Contract, Pagination, RuleKind, Shape, ShapeType};

/// Where the items of a list stand, and the shape of an item.
pub(crate) struct Items<'c> {
    path: Vec<String>,
    pub(crate) element: &'c Shape,
}

/// How an operation is asked for one page after another.
pub(crate) fn pagination(contract: &Contract) -> Option<&Pagination> {
    contract.rules.iter().find_map(|rule| match &rule.kind {
        RuleKind::Pages(pages) => Some(pages),
        _ => None,
    })
}

impl<'c> Items<'c> {
    /// The list of an answer: the one that its pages are of, the one that a rule is about, or the
    /// only one.
    pub(crate) fn of(contract: &'c Contract) -> Option<Self> {
        let ruled = || {
            contract.rules.iter().find_map(|rule| match &rule.kind {
                RuleKind::Listed { output, .. } => Some(vec![output.clone()]),
                _ => None,
            })
        };
        let only = || {
            let is_list = |shape: &Shape| contract.resolve(shape).kind == ShapeType::List;
            let mut lists = contract.output.iter().filter(|m| is_list(&m.shape));
            let first = lists.next()?;
            lists.next().is_none().then(|| vec![first.name.clone()])
        };
        let paged = pagination(contract).map(|pages| pages.items.clone());
        let path = paged.or_else(ruled).or_else(only)?;

        let mut names = path.iter();
        let first = contract.output_member(names.next()?)?;
        let mut shape = contract.resolve(&first.shape);
        for name in names {
            let mut members = shape.members.values();
            shape = contract.resolve(&members.find(|m| m.wire_name == *name)?.shape);
        }
        let element = shape.element.as_deref()?;
        Some(Self { path, element })
    }

    /// The items that an answer has already.
    pub(crate) fn within<'m>(&self, answer: &'m Map<String, Value>) -> &'m [Value] {
        let mut names = self.path.iter();
        let first = names.next().and_then(|name| answer.get(name));
        let last = names.fold(first, |value, name| value?.get(name));
        last.and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default()
    }

    /// Puts the items into the answer.
    pub(crate) fn put(&self, answer: &mut Map<String, Value>, items: Vec<Value>) {
        put_at(answer, &self.path, items);
    }
}

fn put_at(within: &mut Map<String, Value>, path: &[String], items: Vec<Value>) {
    match path {
        [] => {}
        [name] => {
            within.insert(name.clone(), Value::Array(items));
        }
        [name, deeper @ ..] => {
            let place = within.entry(name.clone()).or_insert(Value::Null);
            if !place.is_object() {
                *place = Value::Object(Map::new());
            }
            if let Value::Object(within) = place {
                put_at(within, deeper, items);
            }
        }
    }
}

/// The items of the page that a request asks for, and where the next page begins.
pub(crate) fn page(
    oracle: Oracle<'_>,
    asked: &Map<String, Value>,
    items: Vec<Value>,
    bend: PageBend,
) -> (Vec<Value>, Option<(String, Value)>) {
    let Some(pages) = pagination(oracle.contract) else {
        return (items, None);
    };
    let begin = asked.get(&pages.input_token).map_or(0, place);
    let size = pages.page_size.as_ref().and_then(|name| asked.get(name));
    let size = size.and_then(Value::as_u64).filter(|size| *size > 0);
    let size = size.and_then(|size| usize::try_from(size).ok());
    let size = size.filter(|_| !bend.ignores_size);

    let end = size.map_or(items.len(), |size| begin.saturating_add(size));
    if end >= items.len() {
        return (items.into_iter().skip(begin).collect(), None);
    }
    match token(
        oracle,
        &pages.output_token,
        end.saturating_add_signed(bend.shift),
    ) {
        Some(next) => {
            let own = items.into_iter().take(end).skip(begin).collect();
            (own, Some((pages.output_token.clone(), next)))
        }
        // No token of ours has the documented form: all is on one page.
        None => (items, None),
    }
}

/// Where a page begins, as a token.
fn token(oracle: Oracle<'_>, member: &str, place: usize) -> Option<Value> {
    let texts = [
        format!("from-{place}"),
        place.to_string(),
        format!("{place:08}"),
        format!("{place:032}"),
        format!("{place:0128}"),
    ];
    let mut values = texts.into_iter().map(Value::from);
    let is_body = |member: &str| {
        let member = oracle.contract.output_member(member);
        member.is_some_and(|m| m.location != AnswerLocation::StatusCode)
    };
    values.find(|value| is_body(member) && oracle.answer_violations(member, value).is_empty())
}

/// Where a token says that a page begins.
fn place(token: &Value) -> usize {
    let text = token.as_str().unwrap_or_default();
    let head = text.trim_end_matches(|c: char| c.is_ascii_digit());
    let digits = text.get(head.len()..).unwrap_or_default();
    digits.parse().unwrap_or(0)
}
