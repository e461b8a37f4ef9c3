//! What is new in the answers to a sequence: it takes the place that coverage has where the program
//! is at hand.
//!
//! Of each exchange there is a signature: what was asked, the status, the type of an error, the
//! members and types of the body, which members changed since the same resource was read before,
//! and the order of magnitude of a slow answer. No value is in it, or every answer would be new.
//! Two signatures in a row count as one of their own.

use std::collections::{BTreeSet, HashMap, HashSet};

use bytes::Bytes;
use serde_json::{Map, Value};

use crate::contract::Service;
use crate::judge::{Fired, Observation, error_type};
use crate::plan::case::{Action, Case, Step};
use crate::support::digest::Digest;
use crate::wire::exchange::{Answer, Exchange, ParsedBody, Silence};

/// The signatures seen so far, up to a limit: more than that is noise.
#[derive(Debug, Default)]
pub(crate) struct Novelty {
    seen: HashSet<u64>,
}

/// So many signatures are kept.
const MOST: usize = 1 << 18;

impl Novelty {
    /// Takes in signatures, and says how many of them are new.
    pub(crate) fn add(&mut self, signatures: &BTreeSet<u64>) -> usize {
        if self.seen.len() >= MOST {
            return 0;
        }
        signatures
            .iter()
            .filter(|one| self.seen.insert(**one))
            .count()
    }

    /// How many different ones there were.
    pub(crate) fn len(&self) -> usize {
        self.seen.len()
    }
}

/// The signatures of what was seen of a sequence: of each exchange, and of each two in a row.
#[derive(Debug)]
pub(crate) struct Signatures<'a> {
    service: &'a Service,
    case: &'a Case,
    found: BTreeSet<u64>,
    /// The bodies of the answers that were new in this sequence.
    bodies: Vec<Bytes>,
    /// How a read showed each resource last.
    shown: HashMap<String, ParsedBody>,
    /// The signature of the exchange before.
    before: u64,
    /// The first exchange that was not looked at.
    next: usize,
}

impl<'a> Signatures<'a> {
    /// None yet of that case.
    pub(crate) fn new(service: &'a Service, case: &'a Case) -> Self {
        Self {
            service,
            case,
            found: BTreeSet::new(),
            bodies: Vec::new(),
            shown: HashMap::new(),
            before: 0,
            next: 0,
        }
    }

    /// Looks at what was fired since it last did.
    pub(crate) fn follow(&mut self, seen: &Observation) {
        for fired in seen.fired.iter().skip(self.next) {
            if let Some(step) = self.case.steps.get(fired.step) {
                self.add(fired, step);
            }
        }
        self.next = seen.fired.len();
    }

    /// All of them.
    pub(crate) fn found(&self) -> &BTreeSet<u64> {
        &self.found
    }

    /// The whole numbers that the answers show in which something was new, in bodies and in
    /// messages.
    pub(crate) fn numbers(&self) -> BTreeSet<i64> {
        let texts = self.bodies.iter().map(|body| String::from_utf8_lossy(body));
        let mut found = BTreeSet::new();
        for text in texts {
            // A run of digits that is a part of an identifier says nothing.
            let words = text.split(|c: char| !(c.is_alphanumeric() || "-_:.".contains(c)));
            let words = words.map(|word| word.trim_matches([':', '.']));
            found.extend(words.filter_map(|word| word.parse::<i64>().ok()).take(64));
        }
        found
    }

    fn add(&mut self, fired: &Fired, step: &Step) {
        let reads = fired.around || step.action == Action::Read;
        let mut one = Digest::new();
        one.add_whole(if reads { "read" } else { step.action.name() }.as_bytes());
        one.add_whole(
            step.refused()
                .filter(|_| !reads)
                .unwrap_or_default()
                .as_bytes(),
        );

        let document = answered(&mut one, self.service, &fired.exchange);
        if let (Some(Value::Object(object)), Some(on), Some(answer), true) = (
            document,
            fired.on.as_deref(),
            fired.exchange.answer(),
            reads,
        ) {
            let shown = answer.body.said();
            match self.shown.get_mut(on) {
                Some(before) => {
                    changed(&mut one, before.value(), object);
                    *before = shown;
                }
                None => drop(self.shown.insert(on.to_owned(), shown)),
            }
        }

        let one = one.value();
        let mut pair = Digest::new();
        pair.add_whole(&self.before.to_le_bytes());
        pair.add_whole(&one.to_le_bytes());
        let new = self.found.insert(one) | self.found.insert(pair.value());
        if let (true, Some(answer)) = (new, fired.exchange.answer()) {
            self.bodies.push(Bytes::clone(&answer.body));
        }
        self.before = one;
    }
}

/// Adds the names of the members that are not as before.
fn changed(one: &mut Digest, before: Option<&Value>, object: &Map<String, Value>) {
    let Some(Value::Object(before)) = before else {
        return;
    };
    let mut was = before.iter();

    for (name, value) in object {
        // Mostly the members stand in the same order.
        let was = was
            .next()
            .filter(|(before, _)| *before == name)
            .map(|(_, value)| value);
        if was.or_else(|| before.get(name.as_str())) != Some(value) {
            one.add_whole(name.as_bytes());
        }
    }
}

/// Adds what an answer shows, and gives its document.
fn answered<'e>(one: &mut Digest, service: &Service, exchange: &'e Exchange) -> Option<&'e Value> {
    // Below a tenth of a second nobody knows what took the time.
    let slow = exchange
        .elapsed
        .as_millis()
        .checked_ilog10()
        .filter(|order| *order >= 2)
        .unwrap_or(0);

    one.add_whole(&slow.to_le_bytes());
    let answer: &Answer = match &exchange.outcome {
        Ok(answer) => answer,
        Err(silence) => {
            let kind: &[u8] = match silence {
                Silence::Unreachable(_) => b"unreachable",
                Silence::Closed(_) => b"closed",
                Silence::Cut { .. } => b"cut",
                Silence::TimedOut(_) => b"timed out",
                Silence::TooLarge { .. } => b"too large",
                Silence::NotHttp(_) => b"no HTTP",
                Silence::Ours(_) => b"nothing sent",
            };
            one.add_whole(kind);
            return None;
        }
    };

    one.add_whole(&answer.status.to_le_bytes());
    if answer.status >= 300 {
        one.add_whole(error_type(service, answer).unwrap_or_default().as_bytes());
    }

    match answer.body.value() {
        Some(document) => {
            shape(one, document);
            Some(document)
        }
        None => {
            one.add_whole(if answer.body.is_empty() {
                b"empty"
            } else {
                b"no JSON"
            });
            None
        }
    }
}

/// The members and types of a value; of an array each kind of element once.
fn shape(one: &mut Digest, value: &Value) {
    match value {
        Value::Null => one.add_whole(b"null"),
        Value::Bool(_) => one.add_whole(b"boolean"),
        Value::Number(_) => one.add_whole(b"number"),
        Value::String(_) => one.add_whole(b"string"),
        Value::Array(elements) => {
            let kinds: BTreeSet<u64> = elements
                .iter()
                .map(|element| {
                    let mut inner = Digest::new();
                    shape(&mut inner, element);
                    inner.value()
                })
                .collect();
            one.add_whole(b"[");
            kinds
                .iter()
                .for_each(|kind| one.add_whole(&kind.to_le_bytes()));
        }
        Value::Object(members) => {
            one.add_whole(b"{");
            for (name, value) in members {
                one.add_whole(name.as_bytes());
                shape(one, value);
            }
            one.add_whole(b"}");
        }
    }
}
