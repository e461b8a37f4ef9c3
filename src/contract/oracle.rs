//! The oracle: which promises a request breaks. It reads the contract, and nothing else.
//!
//! The generator makes requests; this module says, independently of how they were made, what is
//! wrong with them. Every derived case passes through it: a valid case breaks nothing under any
//! reading, an invalid one breaks exactly one promise under every reading.

use std::borrow::Cow;
use std::fmt;

use serde_json::{Map, Value};

use crate::contract::constraint::{self, Zone};
use crate::contract::pattern;
use crate::contract::{
    Constraint, Contract, Location, Member, RuleKind, Service, Shape, ShapeType,
};

/// One promise that a request breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Violation {
    /// The promise, as a path within the operation: `request::Capacity::range::min`.
    pub(crate) atom: String,
    /// The class of violation, as error families name it.
    pub(crate) class: &'static str,
    /// Under every reading; or only under some, and what they differ about.
    pub(crate) zone: Zone,
}

impl Violation {
    /// The top-level member it is about; `None` for a rule, which names none.
    pub(crate) fn member(&self) -> Option<&str> {
        member_of(&self.atom)
    }
}

/// A contract, and the other revisions of the same operation: readings of one API.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Oracle<'a> {
    /// The revision that is judged by.
    pub(crate) contract: &'a Contract,
    /// Every other revision known.
    pub(crate) others: &'a [Contract],
    /// What the operations share.
    pub(crate) service: &'a Service,
}

const REVISIONS_DIFFER: &str = "the revision of the contract";

impl<'a> Oracle<'a> {
    /// The oracle of a contract that has one reading only.
    pub(crate) fn of(contract: &'a Contract, service: &'a Service) -> Self {
        Self {
            contract,
            others: &[],
            service,
        }
    }
}

impl Oracle<'_> {
    /// Every promise about the body's members that the request breaks, under all readings or some.
    /// The body is the document as it is sent.
    pub(crate) fn violations(&self, body: &Map<String, Value>) -> Vec<Violation> {
        let of_body =
            |member: &Member| member.location.is_json() || member.location == Location::Payload;
        self.violations_where(&self.contract.members_in(Cow::Borrowed(body)), of_body)
    }

    /// The same of the members in the body, the query, the header and the path. A label that is
    /// not among them has the usual value.
    pub(crate) fn violations_anywhere(&self, members: &Map<String, Value>) -> Vec<Violation> {
        self.violations_where(members, |member| {
            member.location != Location::Label || members.contains_key(&member.name)
        })
    }

    /// The same of a request that has certain members besides, which break nothing, unless it has
    /// other values for them.
    pub(crate) fn violations_beside(
        &self,
        members: &Map<String, Value>,
        is_beside: impl Fn(&str) -> bool,
    ) -> Vec<Violation> {
        self.violations_where(members, |member: &Member| {
            members.contains_key(&member.name)
                || (member.location != Location::Label && !is_beside(&member.name))
        })
    }

    fn violations_where(
        &self,
        members: &Map<String, Value>,
        counts: impl Fn(&Member) -> bool + Copy,
    ) -> Vec<Violation> {
        let mut found = violations_of(self.contract, self.service, members, counts);
        for other in self.others {
            let readings = violations_of(other, self.service, members, counts);
            let knows = |atom: &str| member_of(atom).is_some_and(|m| other.member(m).is_some());
            for violation in &mut found {
                let same = readings
                    .iter()
                    .any(|v| same_place(v, violation) && v.zone == Zone::Invalid);
                if knows(&violation.atom) && !same && violation.zone == Zone::Invalid {
                    violation.zone = Zone::Depends(REVISIONS_DIFFER);
                }
            }
            for reading in readings {
                let known_here =
                    member_of(&reading.atom).is_some_and(|m| self.contract.member(m).is_some());
                if known_here && !found.iter().any(|v| same_place(v, &reading)) {
                    found.push(Violation {
                        zone: Zone::Depends(REVISIONS_DIFFER),
                        ..reading
                    });
                }
            }
        }

        found
    }

    /// Every promise about an answer's member that its value breaks, under all readings or some.
    pub(crate) fn answer_violations(&self, name: &str, value: &Value) -> Vec<Violation> {
        let of = |contract: &Contract| {
            let member = contract.output_member(name)?;
            let mut check = Check {
                contract,
                service: self.service,
                found: Vec::new(),
            };
            check.value(&format_args!("response::{name}"), &member.shape, value, 0);
            Some(check.found)
        };

        let mut found = of(self.contract).unwrap_or_default();
        if found.is_empty() {
            return found;
        }

        for readings in self.others.iter().filter_map(of) {
            for violation in &mut found {
                if !readings
                    .iter()
                    .any(|v| v.class == violation.class && v.zone == Zone::Invalid)
                {
                    violation.zone = Zone::Depends(REVISIONS_DIFFER);
                }
            }
        }

        found
    }
}

/// The same member broken in the same class: the bound's side may differ between revisions, the
/// place may not.
fn same_place(a: &Violation, b: &Violation) -> bool {
    a.class == b.class && a.member() == b.member()
}

/// The top-level member in an atom's path; rules are about no single member by name.
fn member_of(atom: &str) -> Option<&str> {
    atom.strip_prefix("request::")?
        .split(['.', '[', '{', ':'])
        .next()
}

fn violations_of(
    contract: &Contract,
    service: &Service,
    members: &Map<String, Value>,
    counts: impl Fn(&Member) -> bool,
) -> Vec<Violation> {
    let mut check = Check {
        contract,
        service,
        found: Vec::new(),
    };

    for member in contract.input.iter().filter(|m| counts(m)) {
        match members.get(&member.name) {
            // AWS reads null as absent.
            None | Some(Value::Null) if member.required => {
                check.push(
                    || format!("request::{}::required", member.name),
                    "required",
                    Zone::Invalid,
                );
            }
            None | Some(Value::Null) => {}
            Some(value) => check.value(
                &format_args!("request::{}", member.name),
                &member.shape,
                value,
                0,
            ),
        }
    }

    for rule in &contract.rules {
        if let RuleKind::LimitedWhen {
            member,
            when,
            length,
        } = &rule.kind
            && let Some(Value::String(text)) = members.get(member)
            && when.is_match(text)
        {
            check.push(
                || format!("rule::{}", rule.id),
                "rule",
                constraint::length::admits_text(*length, text),
            );
        }
    }

    check.found
}

/// Looks for what a value breaks. Paths are written out where something is broken, which of answers
/// is rare.
struct Check<'a> {
    contract: &'a Contract,
    service: &'a Service,
    found: Vec<Violation>,
}

/// Deeper than any documented shape: a value nested deeper than this is not looked into.
const MAX_DEPTH: usize = 64;

impl Check<'_> {
    fn push(&mut self, atom: impl FnOnce() -> String, class: &'static str, zone: Zone) {
        if zone != Zone::Valid {
            self.found.push(Violation {
                atom: atom(),
                class,
                zone,
            });
        }
    }

    fn value(&mut self, path: &dyn fmt::Display, shape: &Shape, value: &Value, depth: usize) {
        #[cfg(test)]
        crate::contract::counted::count(&crate::contract::counted::LOOKS);
        let shape = self.contract.resolve(shape);
        let kind = constraint::kind::admits(shape, value);
        // A number far outside the range is outside in every notation: then the notation does not
        // matter.
        let out_of_range = match (shape.range(), value) {
            (Some(bound), Value::Number(n)) => {
                constraint::range::admits(bound, n.as_str()) == Zone::Invalid
            }
            _ => false,
        };

        if kind != Zone::Valid && !(out_of_range && kind != Zone::Invalid) {
            self.push(|| format!("{path}::type"), "type", kind);
        }
        if kind == Zone::Invalid || depth > MAX_DEPTH {
            return;
        }
        for restriction in &shape.constraints {
            self.constraint(path, shape, restriction, value);
        }

        match value {
            Value::Object(object) => {
                for (name, member) in &shape.members {
                    match object.get(&member.wire_name) {
                        None | Some(Value::Null) if member.required => {
                            self.push(
                                || format!("{path}.{name}::required"),
                                "required",
                                Zone::Invalid,
                            );
                        }
                        None | Some(Value::Null) => {}
                        Some(value) => self.value(
                            &format_args!("{path}.{name}"),
                            &member.shape,
                            value,
                            depth + 1,
                        ),
                    }
                }
                if shape.kind == ShapeType::Map {
                    for (key, value) in object {
                        if let Some(of) = &shape.key {
                            self.value(
                                &format_args!("{path}{{}}"),
                                of,
                                &Value::from(key.as_str()),
                                depth + 1,
                            );
                        }
                        if let Some(of) = &shape.element {
                            self.value(&format_args!("{path}[]"), of, value, depth + 1);
                        }
                    }
                }
            }
            Value::Array(elements) => {
                if let Some(of) = &shape.element {
                    for element in elements {
                        self.value(&format_args!("{path}[]"), of, element, depth + 1);
                    }
                }
            }
            _ => {}
        }
    }

    fn constraint(
        &mut self,
        path: &dyn fmt::Display,
        shape: &Shape,
        restriction: &Constraint,
        value: &Value,
    ) {
        match (restriction, value) {
            (Constraint::Range(bound), Value::Number(number)) => {
                let zone = constraint::range::admits(*bound, number.as_str());
                if zone == Zone::Valid {
                    return;
                }
                let below = bound.min.is_some_and(|min| {
                    constraint::number::Decimal::parse(number.as_str())
                        .is_some_and(|n| n.compare(min).is_lt())
                });
                self.push(
                    || format!("{path}::range::{}", if below { "min" } else { "max" }),
                    "range",
                    zone,
                );
            }
            (Constraint::Fraction(limits), Value::Number(number)) => {
                if let Some(side) = limits.beyond(number.as_str()) {
                    self.push(|| format!("{path}::{side}"), "range", Zone::Invalid);
                }
            }
            (Constraint::Length(bound), value) => {
                let (zone, size) = match value {
                    // Of bytes, JSON shows a text that is longer.
                    Value::String(text) if shape.kind == ShapeType::Blob => {
                        match constraint::length::bytes_of(text) {
                            Some(size) => (constraint::length::admits_count(*bound, size), size),
                            None => return,
                        }
                    }
                    Value::String(text) => (
                        constraint::length::admits_text(*bound, text),
                        text.chars().count(),
                    ),
                    Value::Array(elements) => (
                        constraint::length::admits_count(*bound, elements.len()),
                        elements.len(),
                    ),
                    Value::Object(object) => (
                        constraint::length::admits_count(*bound, object.len()),
                        object.len(),
                    ),
                    _ => return,
                };
                let below = bound.min.is_some_and(|min| {
                    i128::try_from(size).is_ok_and(|size| size < i128::from(min))
                });
                self.push(
                    || format!("{path}::length::{}", if below { "min" } else { "max" }),
                    "length",
                    zone,
                );
            }
            (Constraint::Pattern(of), Value::String(text)) => {
                let zone = match of.zone(text, self.service.protocol.anchoring) {
                    pattern::Zone::Inside => Zone::Valid,
                    pattern::Zone::Outside => Zone::Invalid,
                    pattern::Zone::Depends(_) => Zone::Depends("the reading of the pattern"),
                };
                self.push(|| format!("{path}::pattern"), "pattern", zone);
            }
            (Constraint::Enum(values), Value::String(text)) => {
                let zone = match shape.kind {
                    // A closed set that is documented in prose alone restricts nothing that is
                    // sent.
                    ShapeType::String | ShapeType::Enum => {
                        constraint::enumeration::admits(values, text)
                    }
                    _ => Zone::Valid,
                };
                self.push(|| format!("{path}::enum"), "enum", zone);
            }
            _ => {}
        }
    }
}
