//! Comparing two observations of one case, exchange by exchange in the order they were made.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::kind::{Came, Hand, Kind};
use super::seen::{Body, Member, Reader, Seen};
use crate::case::{Action, Case, Expect};
use crate::contract::Contract;
use crate::exchange::Exchange;
use crate::plan::Plan;
use crate::verdict::json;
use crate::verdict::{Observation, Role};

/// A difference in one exchange of a case.
#[derive(Debug)]
pub(super) struct Found {
    pub kind: Kind,
    pub role: Role,
    /// The operation whose answer shows it.
    pub operation: String,
    /// What was seen on the left, in words.
    pub left: String,
    /// And on the right.
    pub right: String,
}

/// An exchange of each target in the same place of a case.
struct Pair<'a> {
    role: Role,
    contract: Option<&'a Contract>,
    /// What the request of that exchange is meant to be.
    class: &'a str,
    /// The promise it is about, where it is the case's own.
    promise: Option<String>,
    left: Option<&'a Exchange>,
    right: Option<&'a Exchange>,
}

impl Pair<'_> {
    /// Whether an answer shows any member that the contract knows.
    fn shows(&self, members: &BTreeMap<String, Member>) -> bool {
        self.contract.is_none_or(|contract| members.keys().any(|name| contract.output_member(name).is_some()))
    }
}

/// What two targets did differently in a case. What follows from an earlier difference of the same case is not told.
pub(super) fn compare(plan: &Plan, case: &Case, left: &Observation, right: &Observation) -> Vec<Found> {
    let identity = plan.judge().identity();
    let reader =
        |contract, bindings| Reader { service: &plan.service, contract, entry: plan.read.as_ref(), identity, bindings };
    let mut found: Vec<Found> = Vec::new();
    // Members whose values went apart: they stay so for the rest of the case.
    let mut apart = BTreeSet::new();
    for pair in pairs(plan, case, left, right) {
        let (Some(l), Some(r)) = (pair.left, pair.right) else { break };
        let operation = pair.contract.map_or_else(String::new, |contract| contract.slug.clone());
        let seen = (reader(pair.contract, &left.bindings).read(l), reader(pair.contract, &right.bindings).read(r));
        let role = pair.role;
        let mut tell = |kind: Kind, left: String, right: String| {
            if !found.iter().any(|f| f.kind == kind) {
                found.push(Found { kind, role, operation: operation.clone(), left, right });
            }
        };
        let go_on = one(&pair, &seen.0, &seen.1, &mut apart, &mut tell);
        if !go_on {
            return found;
        }
    }
    if found.is_empty() && left.unsettled.is_some() != right.unsettled.is_some() {
        let only = if left.unsettled.is_some() { Hand::Right } else { Hand::Left };
        let said = |seen: &Observation| match &seen.unsettled {
            Some(state) => format!("{state} does not end"),
            None => "at rest".to_owned(),
        };
        let operation = plan.contract.slug.clone();
        let kind = Kind::Settles { only };
        found.push(Found { kind, role: Role::Subject, operation, left: said(left), right: said(right) });
    }
    found
}

/// The exchanges that can be compared, in the order they were made.
fn pairs<'a>(plan: &'a Plan, case: &'a Case, left: &'a Observation, right: &'a Observation) -> Vec<Pair<'a>> {
    if case.expect == Expect::Model {
        return steps(plan, case, left, right);
    }
    let (update, read) = (Some(&plan.contract), plan.read.as_ref());
    let own = case.expect.class();
    let promise = case.atoms.first().map(ToString::to_string);
    let at = |role: Role, contract, class| Pair {
        role,
        contract,
        class,
        promise: if role == Role::Subject { promise.clone() } else { None },
        left: left.at(role),
        right: right.at(role),
    };
    let mut all = vec![
        at(Role::Twin, update, "valid"),
        at(Role::Given, update, "valid"),
        at(Role::Before, read, "valid"),
        at(Role::Subject, update, own),
        at(Role::After, read, own),
        at(Role::Named, read, own),
    ];
    // What neither was asked is no end of the comparison.
    all.retain(|pair| pair.left.is_some() || pair.right.is_some());
    all
}

/// The exchanges of a sequence, up to the first that is sent at the same time as others: whose update is the last is then
/// open, and with it all that follows.
fn steps<'a>(plan: &'a Plan, case: &'a Case, left: &'a Observation, right: &'a Observation) -> Vec<Pair<'a>> {
    let mut all = Vec::new();
    for (place, (l, r)) in left.steps.iter().zip(&right.steps).enumerate() {
        let Some(step) = case.sequence.get(l.step) else { break };
        if (l.step, &l.on, l.settled) != (r.step, &r.on, r.settled) || step.together.is_some() {
            break;
        }
        let action = if l.settled { Action::Read } else { step.action };
        let class = step.refused.as_deref().filter(|_| !l.settled).unwrap_or("valid");
        let promise = step.breaks.as_ref().or_else(|| case.atoms.first()).filter(|_| !l.settled);
        all.push(Pair {
            role: Role::Step(place),
            contract: plan.operations().map(|operations| operations.of(action)),
            class,
            promise: promise.map(ToString::to_string),
            left: Some(&l.exchange),
            right: Some(&r.exchange),
        });
    }
    all
}

/// Compares one exchange. `false`: the two are in different states from here on.
fn one(
    pair: &Pair<'_>,
    left: &Seen,
    right: &Seen,
    apart: &mut BTreeSet<String>,
    tell: &mut impl FnMut(Kind, String, String),
) -> bool {
    let (l, r) = (left.status.clone(), right.status.clone());
    if left.came != right.came {
        let (promise, class) = (pair.promise.clone(), pair.class.to_owned());
        tell(Kind::Outcome { promise, class, left: left.came, right: right.came }, l, r);
        return false;
    }
    if left.came == Came::Silent {
        return false;
    }
    if l != r {
        // How success is told, and failure, does not depend on what was sent.
        let class = match left.came {
            Came::Refused => pair.class,
            came => came.name(),
        };
        tell(Kind::Status { class: class.to_owned(), left: l.clone(), right: r.clone() }, l, r);
    }
    if left.media != right.media {
        let of = |seen: &Seen| seen.media.clone().unwrap_or_else(|| "none".to_owned());
        let accepted = left.came == Came::Accepted;
        tell(Kind::ContentType { accepted, left: of(left), right: of(right) }, of(left), of(right));
    }
    match (&left.body, &right.body) {
        (Body::Object(l), Body::Object(r)) if pair.shows(l) == pair.shows(r) => {
            members(pair.class != "valid", l, r, apart, tell);
        }
        (Body::Object(l), Body::Object(_)) => {
            // One that shows nothing at all is one difference, not one for each member.
            let (shown, nothing) = ("members of the contract".to_owned(), "none of them".to_owned());
            let (left, right) = if pair.shows(l) { (shown, nothing) } else { (nothing, shown) };
            tell(Kind::Body { left: left.clone(), right: right.clone() }, left, right);
        }
        (left, right) if left.word() != right.word() => {
            let (left, right) = (left.word().to_owned(), right.word().to_owned());
            tell(Kind::Body { left: left.clone(), right: right.clone() }, left, right);
        }
        _ => {}
    }
    true
}

fn members(
    invalid: bool,
    left: &BTreeMap<String, Member>,
    right: &BTreeMap<String, Member>,
    apart: &mut BTreeSet<String>,
    tell: &mut impl FnMut(Kind, String, String),
) {
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    for name in names {
        let of = name.clone();
        match (left.get(name), right.get(name)) {
            (Some(l), None) => tell(Kind::Member { name: of, only: Hand::Left }, l.said(name), absent(name)),
            (None, Some(r)) => tell(Kind::Member { name: of, only: Hand::Right }, absent(name), r.said(name)),
            (Some(Member::Entries(l)), Some(Member::Entries(r))) => entries(invalid, l, r, apart, tell),
            (Some(l), Some(r)) if l.kind() != r.kind() => {
                let (left, right) = (l.kind().to_owned(), r.kind().to_owned());
                tell(Kind::Type { name: of, left, right }, l.said(name), r.said(name));
            }
            (Some(Member::Value(l)), Some(Member::Value(r))) if !json::same(l, r) && !apart.contains(name) => {
                apart.insert(of.clone());
                let values = if invalid { None } else { few(l, r) };
                let kind = Kind::Value { name: of, invalid, values };
                tell(kind, format!("{name}: {l}"), format!("{name}: {r}"));
            }
            _ => {}
        }
    }
}

fn entries(
    invalid: bool,
    left: &BTreeMap<String, BTreeMap<String, Member>>,
    right: &BTreeMap<String, BTreeMap<String, Member>>,
    apart: &mut BTreeSet<String>,
    tell: &mut impl FnMut(Kind, String, String),
) {
    let names: BTreeSet<&String> = left.keys().chain(right.keys()).collect();
    for name in names {
        let (there, missing) = (format!("${{{name}}} is listed"), format!("${{{name}}} is not listed"));
        match (left.get(name), right.get(name)) {
            (Some(_), None) => tell(Kind::Listed { only: Hand::Left }, there, missing),
            (None, Some(_)) => tell(Kind::Listed { only: Hand::Right }, missing, there),
            (Some(left), Some(right)) => members(invalid, left, right, apart, tell),
            (None, None) => {}
        }
    }
}

fn absent(name: &str) -> String {
    format!("no {name}")
}

/// Two values, where they are words of which there are a few, such as states.
fn few(left: &Value, right: &Value) -> Option<(String, String)> {
    let word = |value: &Value| match value {
        Value::String(text) if text.chars().all(|c| c.is_ascii_alphabetic() || c == ' ' || c == '_') => {
            Some(text.clone())
        }
        Value::Bool(truth) => Some(truth.to_string()),
        _ => None,
    };
    Some((word(left)?, word(right)?))
}

impl Body {
    fn word(&self) -> &'static str {
        match self {
            Self::Object(_) => "a JSON object",
            Self::Other(word) => word,
        }
    }
}

impl Member {
    fn kind(&self) -> &'static str {
        match self {
            Self::Value(value) => crate::constraint::kind::name(value),
            Self::Typed(kind) => kind,
            Self::Entries(_) => "an array",
        }
    }

    fn said(&self, name: &str) -> String {
        match self {
            Self::Value(value) => format!("{name}: {value}"),
            Self::Typed(_) | Self::Entries(_) => format!("{name}: {}", self.kind()),
        }
    }
}
