//! Values proposed for a shape, so that each of its promises is reached.

use serde_json::{Map, Value};

use super::few::{Kinds, Much, OF_ANOTHER_TYPE};
use super::lengths::lengths;
use super::shape::{MAX_DEPTH, overflows, simplest};
use super::shortest::{admitted, broken};
use crate::contract::constraint;
use crate::contract::pattern::Pattern;
use crate::contract::{Contract, Level, Service, Shape, ShapeType};

/// Characters of one to four bytes in UTF-8, one of which combines with the one before it.
const UNICODE: &str = "Füße, déja\u{300} 世界 🚀";
/// What JSON, HTML, SQL, a shell and a template each read in their own way.
const PUNCTUATION: &str = r#"it's "quoted" \ <b>&amp;</b> $HOME {{name}} %s; --"#;

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

/// What is known of a shape beside itself.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    /// Named valid strings to start violations from.
    pub(crate) bases: &'a [(String, String)],
    /// The same shape in other revisions.
    pub(crate) others: &'a [&'a Shape],
    /// How many values are proposed.
    pub(crate) much: Much,
    /// Which proposals can be sent at all, where that is not each.
    pub(crate) fits: Option<&'a dyn Fn(&Proposal) -> bool>,
}

/// Values that reach every promise about a shape and what is inside it.
pub(crate) fn proposals(
    contract: &Contract,
    service: &Service,
    shape: &Shape,
    beside: Beside<'_>,
) -> Vec<Proposal> {
    let mut explorer = Explorer {
        contract,
        service,
        much: beside.much,
        fits: beside.fits,
        found: Vec::new(),
    };
    let member = Place {
        path: "",
        depth: 0,
        within: None,
    };
    explorer.explore(shape, beside.bases, beside.others, &member);
    explorer.found
}

/// Looks for values, from a member down to all that is inside it.
struct Explorer<'a> {
    contract: &'a Contract,
    service: &'a Service,
    much: Much,
    fits: Option<&'a dyn Fn(&Proposal) -> bool>,
    found: Vec<Proposal>,
}

/// A place within a member, and how a value there becomes one of the whole member.
struct Place<'p> {
    path: &'p str,
    depth: usize,
    /// The place around it, and what makes a value of that one.
    within: Option<(&'p Place<'p>, &'p dyn Fn(Value) -> Value)>,
}

impl Place<'_> {
    /// The member's whole value, with that value here.
    fn whole(&self, value: Value) -> Value {
        match self.within {
            Some((around, wrap)) => around.whole(wrap(value)),
            None => value,
        }
    }

    fn proposal(&self, side: &str, id: String, value: Value) -> Proposal {
        Proposal {
            path: self.path.to_owned(),
            side: side.to_owned(),
            id,
            value: self.whole(value),
            confusion: None,
            lenient: false,
            overflows: false,
        }
    }
}

impl<'a> Explorer<'a> {
    fn explore(
        &mut self,
        shape: &Shape,
        bases: &[(String, String)],
        others: &[&Shape],
        place: &Place<'_>,
    ) {
        if place.depth > MAX_DEPTH {
            return;
        }
        let contract = self.contract;
        let shape = contract.resolve(shape);
        self.numbers_and_values(shape, place);
        if let Some(pattern) = shape.pattern() {
            self.strings(shape, pattern, bases, others, place);
        }

        let is_plain = shape.kind == ShapeType::String && shape.pattern().is_none();
        if is_plain && place.depth == 0 && shape.values().is_none() {
            for (id, text) in [("unicode", UNICODE), ("punctuation", PUNCTUATION)] {
                let most = shape
                    .length()
                    .and_then(|length| usize::try_from(length.max?).ok());
                let text: String = text.chars().take(most.unwrap_or(usize::MAX)).collect();
                self.push(shape, place, "type", format!("text/{id}"), text.into());
            }
        }

        if let Some(length) = shape.length() {
            let much = self.much;
            lengths(
                contract,
                shape,
                length,
                others,
                much,
                &mut |side, id, value| {
                    self.push(shape, place, side, id, value);
                },
            );
        }
        if shape.kind == ShapeType::Timestamp {
            for (time, lenient) in constraint::timestamp::proposed(shape.timestamp) {
                let proposal = place.proposal(time.side, time.id, time.value);
                self.add(Proposal {
                    lenient,
                    ..proposal
                });
            }
        }
        self.of_another_type(shape, place);
        self.inside(shape, place);
    }

    fn push(&mut self, shape: &Shape, place: &Place<'_>, side: &str, id: String, value: Value) {
        let overflows = overflows(shape.kind, &value);
        let proposal = place.proposal(side, id, value);
        self.add(Proposal {
            overflows,
            ..proposal
        });
    }

    /// Adds a proposal, if it can be sent.
    fn add(&mut self, proposal: Proposal) -> bool {
        let fits = self.fits.is_none_or(|fits| fits(&proposal));
        if fits {
            self.found.push(proposal);
        }
        fits
    }

    fn numbers_and_values(&mut self, shape: &Shape, place: &Place<'_>) {
        let range = shape.range().into_iter().flat_map(|bound| {
            let within = constraint::range::satisfy(bound).into_iter();
            within.chain(constraint::range::breaks(bound))
        });
        let limits = shape
            .limits()
            .into_iter()
            .flat_map(|limits| limits.satisfy().into_iter().chain(limits.breaks()));
        let values = shape.values().into_iter().flat_map(|values| {
            let listed = constraint::enumeration::satisfy(values).into_iter();
            listed.chain(constraint::enumeration::breaks(values))
        });
        for c in range.chain(limits).chain(values) {
            self.push(shape, place, c.side, c.id, c.value);
        }
    }

    /// Strings that cover the places of a pattern, and such that break it.
    fn strings(
        &mut self,
        shape: &Shape,
        pattern: &Pattern,
        bases: &[(String, String)],
        others: &[&Shape],
        place: &Place<'_>,
    ) {
        let admitted = match self.much {
            Much::Few => Vec::new(),
            Much::Each | Much::EachLength => admitted(pattern, shape.length()),
        };
        for c in admitted {
            self.push(shape, place, c.side, format!("admits::{}", c.id), c.value);
        }

        let also: Vec<&Pattern> = others.iter().filter_map(|s| s.pattern()).collect();
        let own = match bases.is_empty().then(|| simplest(self.contract, shape, 0)) {
            Some(Some(Value::String(text))) => Some(("simplest".to_owned(), text)),
            _ => None,
        };
        let anchoring = self.service.protocol.anchoring;
        for (name, base) in bases.iter().chain(&own) {
            let refused = broken(pattern, shape.length(), base, anchoring, &also);
            let mut kinds = Kinds::default();
            for c in refused {
                if self.much == Much::Few && !kinds.lacks(&c.id) {
                    continue;
                }
                let id = format!("refuses::{name}::{}", c.id);
                if self.add(place.proposal(c.side, id, c.value)) {
                    kinds.take(&c.id);
                }
            }
        }
    }

    /// Values of another type, and notations of this one, from the service's table.
    fn of_another_type(&mut self, shape: &Shape, place: &Place<'_>) {
        let service = self.service;
        let fit = service
            .confusions
            .iter()
            .enumerate()
            .filter(|(_, c)| c.types.contains(&shape.kind))
            .filter_map(|(at, c)| Some((at, c, serde_json::from_str(&c.text).ok()?)));
        let is_few = self.much == Much::Few;
        let mut sent = 0;
        for (at, confusion, value) in fit {
            if is_few && (sent == OF_ANOTHER_TYPE || confusion.level != Level::Must) {
                continue;
            }
            let proposal = place.proposal("type", confusion.id.clone(), value);
            let is_added = self.add(Proposal {
                confusion: Some(at),
                ..proposal
            });
            sent += usize::from(is_added);
        }
    }

    /// Proposals for what a structure, list or map holds, each wrapped in the simplest valid whole.
    fn inside(&mut self, shape: &Shape, place: &Place<'_>) {
        let whole = simplest(self.contract, shape, 0);
        for (name, member) in &shape.members {
            let Some(Value::Object(object)) = &whole else {
                break;
            };
            let object = match shape.kind {
                ShapeType::Union => Map::new(),
                _ => object.clone(),
            };
            let path = format!("{}.{name}", place.path);
            self.within(&member.shape, place, &path, &|value| {
                let mut object = object.clone();
                object.insert(member.wire_name.clone(), value);
                Value::Object(object)
            });
            if member.required {
                let mut without = object.clone();
                without.shift_remove(&member.wire_name);
                let left_out = place.proposal("required", "left-out".to_owned(), without.into());
                self.add(Proposal { path, ..left_out });
            }
        }

        let Some(element) = &shape.element else {
            return;
        };
        let path = format!("{}[]", place.path);
        if shape.kind == ShapeType::List {
            self.within(element, place, &path, &|value| Value::Array(vec![value]));
            return;
        }
        let key = shape.key.as_deref();
        if let Some(Value::String(key)) = key.and_then(|key| simplest(self.contract, key, 0)) {
            self.within(element, place, &path, &|value| {
                Value::Object(Map::from_iter([(key.clone(), value)]))
            });
        }
        self.keys(shape, place);
    }

    /// Proposals for the keys of a map. A key is text whatever is sent: no other type can stand there.
    fn keys(&mut self, shape: &Shape, place: &Place<'_>) {
        let element = shape.element.as_deref();
        let element = element.and_then(|element| simplest(self.contract, element, 0));
        let (Some(key), Some(element)) = (shape.key.as_deref(), element) else {
            return;
        };
        let resolved = self.contract.resolve(key);
        if resolved.constraints.is_empty() {
            return;
        }
        let path = format!("{}{{}}", place.path);
        let before = self.found.len();
        self.within(key, place, &path, &|value| match value {
            Value::String(key) => Value::Object(Map::from_iter([(key, element.clone())])),
            _ => Value::Null,
        });
        let found = self.found.split_off(before);
        let is_of_key = |proposal: &Proposal| proposal.path == path && proposal.side != "type";
        self.found.extend(found.into_iter().filter(is_of_key));
    }

    fn within(
        &mut self,
        shape: &Shape,
        around: &Place<'_>,
        path: &str,
        wrap: &dyn Fn(Value) -> Value,
    ) {
        let place = Place {
            path,
            depth: around.depth + 1,
            within: Some((around, wrap)),
        };
        self.explore(shape, &[], &[], &place);
    }
}
