//! Values for a shape: the simplest valid one, and proposals that reach each of its promises.

use std::cell::LazyCell;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde_json::{Map, Value};

use super::shortest::{broken, of_length, shortest};
use crate::contract::constraint;
use crate::contract::constraint::string::{LONGEST, Strings};
use crate::contract::pattern::Pattern;
use crate::contract::{Bound, Contract, Service, Shape, ShapeType, TimestampFormat};

/// A value proposed for one place within a shape, wrapped so that the whole is otherwise valid.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Proposal {
    /// Where within the member: empty at the top, `.Filters[]` deeper down.
    pub(crate) path: String,
    /// The promise it is about, as the last part of the atom's path: `range::max`, `type`.
    pub(crate) side: String,
    /// Names the value in ids.
    pub(crate) id: String,
    /// The member's whole value.
    pub(crate) value: Value,
    /// What the service's table of notations says of it, if it comes from there: its index there.
    pub(crate) confusion: Option<usize>,
    /// Whether a service may lawfully take it otherwise: a notation that many read, or that few
    /// know.
    pub(crate) lenient: bool,
    /// Whether a machine integer of the documented type cannot hold it.
    pub(crate) overflows: bool,
}

/// Deeper than this a shape is not explored; documented shapes are shallow, and a shape may hold
/// itself.
const MAX_DEPTH: usize = 8;

/// No more lengths than this are walked one by one.
const MOST_LENGTHS: i64 = 512;

/// No more bytes than this are sent to see a length refused.
const MOST_BYTES: usize = 1 << 16;

/// Characters of one to four bytes in UTF-8, one of which combines with the one before it.
const UNICODE: &str = "Füße, déja\u{300} 世界 🚀";
/// What JSON, HTML, SQL, a shell and a template each read in their own way.
const PUNCTUATION: &str = r#"it's "quoted" \ <b>&amp;</b> $HOME {{name}} %s; --"#;

/// The simplest valid value of a shape, if one can be made.
pub(crate) fn simplest(contract: &Contract, shape: &Shape, depth: usize) -> Option<Value> {
    if depth > MAX_DEPTH {
        return None;
    }
    let shape = contract.resolve(shape);
    let length = shape.length();
    let least = usize::try_from(length.and_then(|l| l.min).unwrap_or(0).max(0)).ok()?;
    Some(match shape.kind {
        ShapeType::Boolean => Value::Bool(true),
        ShapeType::Float | ShapeType::Double if shape.limits().is_some() => {
            let inside = shape.limits()?.satisfy().into_iter().next_back()?;
            inside.value
        }
        ShapeType::Integer | ShapeType::Long | ShapeType::Float | ShapeType::Double => {
            let bound = shape.range().unwrap_or(Bound {
                min: None,
                max: None,
            });
            [1, 0]
                .into_iter()
                .chain(bound.min)
                .chain(bound.max)
                .find(|v| bound.admits(i128::from(*v)))?
                .into()
        }
        ShapeType::String | ShapeType::Enum => match (shape.values(), shape.pattern()) {
            (Some(values), _) => values.first()?.as_str().into(),
            (None, Some(pattern)) => {
                let top = length
                    .and_then(|l| l.max)
                    .map_or(256, |m| usize::try_from(m.max(0)).unwrap_or(256).min(256));
                shortest(pattern, least, top)?.into()
            }
            (None, None) => "a".repeat(least.max(1)).into(),
        },
        ShapeType::Blob if least > 0 => blob(least).into(),
        ShapeType::Blob => "cHJvb2ZtYXJr".into(),
        ShapeType::Timestamp => match shape.timestamp {
            TimestampFormat::EpochSeconds => 1_700_000_000.into(),
            TimestampFormat::DateTime => "2023-11-14T22:13:20Z".into(),
            TimestampFormat::HttpDate => "Tue, 14 Nov 2023 22:13:20 GMT".into(),
        },
        ShapeType::Structure => {
            let mut object = Map::new();
            for member in shape.members.values().filter(|m| m.required) {
                let name = &member.wire_name;
                object.insert(name.clone(), simplest(contract, &member.shape, depth + 1)?);
            }
            Value::Object(object)
        }
        ShapeType::Union => {
            let (_, member) = shape.members.first()?;
            let value = simplest(contract, &member.shape, depth + 1)?;
            Value::Object(Map::from_iter([(member.wire_name.clone(), value)]))
        }
        ShapeType::List => {
            let element = shape.element.as_deref()?;
            let element = if least > 0 {
                Some(simplest(contract, element, depth + 1)?)
            } else {
                None
            };
            Value::Array(element.into_iter().cycle().take(least).collect())
        }
        ShapeType::Map => Value::Object(Map::new()),
        ShapeType::Document => Value::Object(Map::new()),
    })
}

/// What is known of a shape beside itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Beside<'a> {
    /// Named valid strings to start violations from.
    pub(crate) bases: &'a [(String, String)],
    /// The same shape in other revisions.
    pub(crate) others: &'a [&'a Shape],
    /// Whether strings that cover each place of a pattern are left out.
    pub(crate) few: bool,
}

/// Values that reach every promise about a shape and what is inside it.
pub(crate) fn proposals(
    contract: &Contract,
    service: &Service,
    shape: &Shape,
    beside: Beside<'_>,
) -> Vec<Proposal> {
    let mut found = Vec::new();
    explore(contract, service, shape, beside, 0, &mut found);
    found
}

fn explore(
    contract: &Contract,
    service: &Service,
    shape: &Shape,
    beside: Beside<'_>,
    depth: usize,
    found: &mut Vec<Proposal>,
) {
    if depth > MAX_DEPTH {
        return;
    }
    let Beside { bases, others, few } = beside;
    let shape = contract.resolve(shape);
    let mut push = |side: &str, id: String, value: Value| {
        let overflows = overflows(shape.kind, &value);
        found.push(Proposal {
            path: String::new(),
            side: side.to_owned(),
            id,
            value,
            confusion: None,
            lenient: false,
            overflows,
        });
    };

    if let Some(bound) = shape.range() {
        for c in constraint::range::satisfy(bound)
            .into_iter()
            .chain(constraint::range::breaks(bound))
        {
            push(c.side, c.id, c.value);
        }
    }

    if let Some(limits) = shape.limits() {
        for c in limits.satisfy().into_iter().chain(limits.breaks()) {
            push(c.side, c.id, c.value);
        }
    }

    if let Some(values) = shape.values() {
        for c in constraint::enumeration::satisfy(values)
            .into_iter()
            .chain(constraint::enumeration::breaks(values))
        {
            push(c.side, c.id, c.value);
        }
    }

    if let Some(pattern) = shape.pattern() {
        let admitted = match few {
            true => Vec::new(),
            false => constraint::string::satisfy(pattern, shape.length()),
        };
        for c in admitted {
            push(c.side, format!("admits::{}", c.id), c.value);
        }
        let also: Vec<&Pattern> = others.iter().filter_map(|s| s.pattern()).collect();
        let own = match bases.is_empty().then(|| simplest(contract, shape, 0)) {
            Some(Some(Value::String(text))) => Some(("simplest".to_owned(), text)),
            _ => None,
        };
        for (name, base) in bases.iter().chain(&own) {
            let anchoring = service.protocol.anchoring;
            let broken = match also.is_empty() {
                true => broken(pattern, shape.length(), base, anchoring),
                false => {
                    constraint::string::breaks(pattern, shape.length(), base, anchoring, &also)
                        .unwrap_or_default()
                }
            };
            for c in broken {
                push(c.side, format!("refuses::{name}::{}", c.id), c.value);
            }
        }
    }

    let plain = shape.kind == ShapeType::String && shape.pattern().is_none();
    if plain && depth == 0 && shape.values().is_none() {
        for (id, text) in [("unicode", UNICODE), ("punctuation", PUNCTUATION)] {
            let most = shape
                .length()
                .and_then(|length| usize::try_from(length.max?).ok());
            let text: String = text.chars().take(most.unwrap_or(usize::MAX)).collect();
            push("type", format!("text/{id}"), text.into());
        }
    }

    if let Some(length) = shape.length() {
        lengths(contract, shape, length, others, &mut push);
    }
    if shape.kind == ShapeType::Timestamp {
        for (time, lenient) in constraint::timestamp::proposed(shape.timestamp) {
            found.push(Proposal {
                path: String::new(),
                side: time.side.to_owned(),
                id: time.id,
                value: time.value,
                confusion: None,
                lenient,
                overflows: false,
            });
        }
    }
    for (index, confusion) in service.confusions.iter().enumerate() {
        if confusion.types.contains(&shape.kind)
            && let Ok(value) = serde_json::from_str(&confusion.text)
        {
            found.push(Proposal {
                path: String::new(),
                side: "type".to_owned(),
                id: confusion.id.clone(),
                value,
                confusion: Some(index),
                lenient: false,
                overflows: false,
            });
        }
    }

    inside(contract, service, shape, few, depth, found);
}

/// Proposals for what a structure, list or map holds, each wrapped in the simplest valid whole.
fn inside(
    contract: &Contract,
    service: &Service,
    shape: &Shape,
    few: bool,
    depth: usize,
    found: &mut Vec<Proposal>,
) {
    let beside = Beside {
        few,
        ..Beside::default()
    };
    let wrapped =
        |inner: &Shape, step: &str, found: &mut Vec<Proposal>, wrap: &dyn Fn(Value) -> Value| {
            let mut proposals = Vec::new();
            explore(contract, service, inner, beside, depth + 1, &mut proposals);
            for p in proposals {
                found.push(Proposal {
                    path: format!("{step}{}", p.path),
                    value: wrap(p.value),
                    ..p
                });
            }
        };

    let whole = simplest(contract, shape, 0);
    for (name, member) in &shape.members {
        let Some(Value::Object(object)) = &whole else {
            break;
        };
        let object = if shape.kind == ShapeType::Union {
            Map::new()
        } else {
            object.clone()
        };
        wrapped(&member.shape, &format!(".{name}"), found, &|value| {
            let mut object = object.clone();
            object.insert(member.wire_name.clone(), value);
            Value::Object(object)
        });
        if member.required {
            let mut without = object.clone();
            without.shift_remove(&member.wire_name);
            found.push(Proposal {
                path: format!(".{name}"),
                side: "required".to_owned(),
                id: "left-out".to_owned(),
                value: Value::Object(without),
                confusion: None,
                lenient: false,
                overflows: false,
            });
        }
    }

    if let Some(element) = &shape.element {
        if shape.kind == ShapeType::List {
            wrapped(element, "[]", found, &|value| Value::Array(vec![value]));
        } else if let Some(Value::String(key)) =
            shape.key.as_deref().and_then(|k| simplest(contract, k, 0))
        {
            wrapped(element, "[]", found, &|value| {
                Value::Object([(key.clone(), value)].into_iter().collect())
            });
        }
    }
}

/// That many bytes, in base64.
fn blob(size: usize) -> String {
    BASE64_STANDARD.encode("a".repeat(size))
}

/// Lengths at and just beyond each edge, and beyond the edges of every other revision.
fn lengths(
    contract: &Contract,
    shape: &Shape,
    length: Bound,
    others: &[&Shape],
    push: &mut impl FnMut(&str, String, Value),
) {
    let furthest = others
        .iter()
        .filter_map(|s| s.length()?.max)
        .max()
        .filter(|other| length.max < Some(*other));

    let greatest = furthest.or(length.max);
    // One automaton serves all lengths but the one far off, which needs a larger one.
    let near = [greatest, length.min]
        .into_iter()
        .flatten()
        .filter_map(|bound| usize::try_from(bound).ok());

    let near = near
        .map(|bound| bound + 1)
        .find(|near| *near <= LONGEST)
        .unwrap_or(0);

    let strings = LazyCell::new(|| Strings::new(shape.pattern(), near));
    let make = |size: i64| -> Option<Value> {
        let size = usize::try_from(size).ok()?;
        match shape.kind {
            ShapeType::String => match shape.pattern() {
                Some(pattern) => of_length(pattern, near, size, || strings.of_length(size)),
                None => strings.of_length(size),
            }
            .map(Value::from),
            ShapeType::Blob if size <= MOST_BYTES => Some(blob(size).into()),
            ShapeType::List if size <= 64 => {
                let element = simplest(contract, shape.element.as_deref()?, 0)?;
                Some(Value::Array(vec![element; size]))
            }
            _ => None,
        }
    };

    let mut add = |side: &str, id: &str, size: Option<i64>| {
        if let Some(value) = size.filter(|s| *s >= 0).and_then(make) {
            push(side, id.to_owned(), value);
        }
    };

    if let Some(min) = length.min {
        add("length::min", "at-min", Some(min));
        add("length::min", "below-min", min.checked_sub(1));
    }

    if let Some(max) = length.max {
        add("length::max", "at-max", Some(max));
        add("length::max", "above-max", max.checked_add(1));
        add(
            "length::max",
            "above-max-of-every-revision",
            furthest.and_then(|f| f.checked_add(1)),
        );
        add(
            "length::max",
            "ten-times-max",
            furthest.unwrap_or(max).checked_mul(10),
        );
    }

    // A buffer, a column or a block cipher may draw a line that no documentation has.
    if let (ShapeType::String, Some(min), Some(max)) = (shape.kind, length.min, length.max)
        && max.saturating_sub(min) <= MOST_LENGTHS
    {
        for size in min + 1..max {
            add("length::max", &format!("within::{size}"), Some(size));
        }
    }
}

pub(crate) fn overflows(kind: ShapeType, value: &Value) -> bool {
    let Value::Number(number) = value else {
        return false;
    };
    let Ok(value) = number.as_str().parse::<i128>() else {
        return false;
    };
    match kind {
        ShapeType::Integer => i32::try_from(value).is_err(),
        ShapeType::Long => i64::try_from(value).is_err(),
        _ => false,
    }
}
