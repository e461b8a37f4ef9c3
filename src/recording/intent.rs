//! What a recorded request was meant for, as far as anybody can tell, and so what its answer must
//! be.
//!
//! The judge of a run knows the state that a request met, and holds a refusal against the target
//! only if its control was accepted. Here there is neither, so that only what no state explains is
//! held against a target: an accepted request that certainly breaks a promise, a refusal for a
//! fault that the request certainly has not, and an answer that is wrong whatever was asked.

use indexmap::IndexMap;
use serde_json::Value;

use super::entry::{Entry, Operation};
use super::lines::document;
use crate::contract::constraint::Zone;
use crate::contract::oracle::Oracle;
use crate::contract::{Basis, ErrorFamily, Errors, Level, Location};
use crate::judge::json::{self, Document};
use crate::judge::{Judge, error_type, throttles};
use crate::plan::Plan;
use crate::plan::case::{
    Action, BodyDraft, Case, CaseId, Draft, Expect, Origin, PathDraft, Purpose, Step, UNKNOWN,
    Variant,
};
use crate::plan::generator::overflows;
use crate::support::template;
use crate::wire::exchange::Exchange;

/// A request as a case, and what it does to the resource it names.
#[derive(Debug)]
pub(super) struct Intent {
    pub(crate) case: Case,
    pub(crate) effect: Effect,
}

/// What is known of a resource after an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// The operation was carried out, as its answer says.
    Done,
    /// It was refused, for that class of violation or of state.
    Refused(String),
    /// Nothing more than before.
    Nothing,
    /// Nothing any more: whether and how it was carried out is open.
    Open,
}

/// What is wrong with a request by itself.
enum Fault {
    /// Nothing.
    None,
    /// Nothing that is documented, but there is something in it that a service may refuse.
    Unusual,
    /// Readings differ, or it was not recorded whole.
    Open,
    /// It certainly breaks these promises, each with the class of it.
    Certain(Vec<(&'static str, String)>),
}

/// A class that is no violation: readings differ.
const READINGS: &str = "readings";
/// The class of what never came to the operation.
const ROUTE: &str = "route";
/// The class of what a write meets in a resource that is being changed.
const BUSY: &str = "in-transition";
/// The class of what a creation meets where there is such a resource.
const CONFLICT: &str = "conflict";
/// The class of what a write names that is not there.
const ABSENT: &str = "unknown-reference";

/// Up to it a float of 64 bits tells all whole numbers apart: 2⁵³.
const LARGEST_WHOLE: f64 = 9_007_199_254_740_992.0;

/// The judge of an operation's answers.
pub(super) fn judge<'a>(plan: &'a Plan, operation: Operation<'a>) -> Judge<'a> {
    let oracle = match operation.action {
        Action::Update => plan.oracle(),
        _ => Oracle::of(operation.contract, &plan.service),
    };

    Judge {
        oracle,
        read: None,
        operations: None,
        limits: &[],
        references: None,
        bases: &plan.bases,
        made_up: false,
        imported: false,
        shared: None,
    }
}

/// What an exchange was meant for. `alive`: whether the resource is known to be there.
pub(super) fn intent(
    plan: &Plan,
    operation: Operation<'_>,
    label: Option<&str>,
    entry: &Entry,
    alive: Option<bool>,
) -> Intent {
    let decision = Decision {
        plan,
        operation,
        entry,
        alive,
    }
    .decide();

    let (expect, atom, effect) = decision;
    let contract = operation.contract;
    let says = match (&expect, &atom) {
        (Expect::Reject(_), Some(atom)) if contract.atom(atom).is_some() => {
            format!("{}, recorded, that breaks {atom}", contract.operation)
        }
        _ => format!("{}, recorded", contract.operation),
    };

    let request = draft(operation, label, &entry.exchange);
    let case = Case {
        id: CaseId(String::new()),
        says,
        origin: Origin::Recorded { file: String::new(), line: entry.line },
        atoms: atom.iter().map(|path| contract.atom_id(path)).collect(),
        variant: Variant::ANY,
        steps: vec![Step::new(Purpose::Subject, operation.action, request, expect)],
        basis: Basis::Inferred,
        level: Level::Must,
        why: "It was recorded: what it was meant for is concluded from the contract and the answers before it."
            .to_owned(),
    };

    Intent { case, effect }
}

/// The request, for reports and for the judge to know its labels.
pub(super) fn draft(operation: Operation<'_>, label: Option<&str>, exchange: &Exchange) -> Draft {
    let request = &exchange.request;
    let uri = &operation.contract.http.uri;
    let path = match (operation.action, label) {
        (Action::List, _) => PathDraft::Exact(template::literal(&request.path)),
        (_, Some(value)) => {
            let name = operation
                .contract
                .input
                .iter()
                .find(|m| m.location == Location::Label);
            let labels = name
                .map(|member| (member.name.clone(), template::literal(value)))
                .into_iter()
                .collect();
            PathDraft::Labels {
                uri: uri.clone(),
                labels,
            }
        }
        _ => PathDraft::Labels {
            uri: uri.clone(),
            labels: IndexMap::new(),
        },
    };

    let body = BodyDraft::of(&request.body);
    Draft {
        method: request.method.clone(),
        path,
        headers: Vec::new(),
        body,
        raw: None,
    }
}

struct Decision<'a> {
    plan: &'a Plan,
    operation: Operation<'a>,
    entry: &'a Entry,
    alive: Option<bool>,
}

type Decided = (Expect, Option<String>, Effect);

impl Decision<'_> {
    fn decide(&self) -> Decided {
        let exchange = &self.entry.exchange;
        let writes = self.operation.action.writes();
        let Some(answer) = exchange.answer() else {
            return (
                Expect::Probe(READINGS.to_owned()),
                None,
                if writes {
                    Effect::Open
                } else {
                    Effect::Nothing
                },
            );
        };

        let named = error_type(&self.plan.service, answer);
        let named = named.as_deref();
        let errors = &self.plan.service.errors;
        let accepted = exchange.accepted();
        // What is throttled was not carried out.
        if throttles(&self.plan.service, answer) {
            return (Expect::Probe(READINGS.to_owned()), None, Effect::Nothing);
        }

        if answer.status >= 500 {
            return (
                Expect::Probe(READINGS.to_owned()),
                None,
                if writes {
                    Effect::Open
                } else {
                    Effect::Nothing
                },
            );
        }

        // Neither came as far as the operation.
        let silent = answer.body.is_empty() && named.is_none() && exchange.request.method != "HEAD";
        let elsewhere = !accepted && (silent || !matches!(answer.status, 400 | 404 | 409 | 422));
        if elsewhere || (!accepted && Errors::has(&errors.caller, named)) {
            return (Expect::Probe(ROUTE.to_owned()), None, Effect::Nothing);
        }

        match self.fault() {
            Fault::Open => {
                let effect = if accepted && writes {
                    Effect::Open
                } else {
                    Effect::Nothing
                };
                (Expect::Probe(READINGS.to_owned()), None, effect)
            }
            Fault::None | Fault::Unusual if accepted => (
                Expect::Accept,
                Some("request::http".to_owned()),
                Effect::Done,
            ),
            Fault::Certain(broken) if accepted => {
                let (class, atom) = first(broken);
                (Expect::Reject(class), atom, Effect::Open)
            }
            Fault::Certain(broken) => match self.by_state(answer.status, named) {
                Some((class, atom)) => refused(class, atom),
                None => {
                    let admits = |class: &str| {
                        let family = self.plan.service.family(class);
                        family.is_some_and(|f| match named {
                            Some(_) => f.admits(answer.status, named),
                            None => f.accept.iter().any(|a| a.status.admits(answer.status)),
                        })
                    };
                    let at = broken
                        .iter()
                        .position(|(class, _)| admits(class))
                        .unwrap_or_default();
                    let (class, atom) = first(broken.into_iter().skip(at).collect());
                    (Expect::Reject(class.clone()), atom, Effect::Refused(class))
                }
            },
            fault @ (Fault::None | Fault::Unusual) => {
                if let Some((class, atom)) = self.by_state(answer.status, named) {
                    return refused(class, atom);
                }
                let of_form = Errors::has(&errors.form, named) && self.has_body();
                let gone = Errors::has(&errors.absent, named);
                match named {
                    _ if matches!(fault, Fault::Unusual) => {
                        (Expect::Probe(READINGS.to_owned()), None, Effect::Nothing)
                    }
                    _ if of_form || gone => (
                        Expect::Accept,
                        Some("request::http".to_owned()),
                        Effect::Nothing,
                    ),
                    // A parameter may be one that the state does not admit: a role without its
                    // permissions, a function that does not exist, a batch that is too large for
                    // its source.
                    Some(name) if self.operation.contract.error(name).is_some() => {
                        refused(ABSENT, None)
                    }
                    None => refused(ABSENT, None),
                    Some(_) => (Expect::Probe(READINGS.to_owned()), None, Effect::Nothing),
                }
            }
        }
    }

    /// The class of a refusal that is about the state, and not the request; and the promise that it
    /// breaks if it is none of that class after all.
    fn by_state(&self, status: u16, named: Option<&str>) -> Option<(&'static str, Option<&str>)> {
        let service = &self.plan.service;
        if Errors::has(&service.errors.busy, named) {
            let conflict = |family: &ErrorFamily| family.admits(status, named);
            let makes = self.operation.action == Action::Create;
            return match makes && service.family(CONFLICT).is_some_and(conflict) {
                true => Some((CONFLICT, None)),
                false => Some((BUSY, None)),
            };
        }

        let resource = self.plan.binding.resource.as_ref();
        let unknown = resource.map(|(_, resource)| resource.unknown.as_str());
        match Errors::has(&service.errors.absent, named) {
            // Of a read the history tells it.
            true if self.is_there() && !self.names_another() => None,
            // Which of the two is not there nobody knows.
            true if self.names_another() => Some((ABSENT, None)),
            true => Some((UNKNOWN, unknown)),
            false if status == 404 && !self.is_there() => Some((UNKNOWN, unknown)),
            false => None,
        }
    }

    /// Whether the resource is known to be there, and the request is one to change it.
    fn is_there(&self) -> bool {
        self.alive == Some(true) && self.operation.action.writes()
    }

    fn has_body(&self) -> bool {
        matches!(self.operation.action, Action::Create | Action::Update)
    }

    /// Whether the request names anything beside the resource that may not be there.
    fn names_another(&self) -> bool {
        let document = json::read(&self.entry.exchange.request.body);
        let named = |object: &serde_json::Map<String, Value>| {
            object
                .keys()
                .any(|member| self.plan.binding.reference.contains_key(member))
        };
        self.operation.action == Action::Create
            || document.object().is_none_or(named) && self.has_body()
    }

    fn fault(&self) -> Fault {
        if !self.has_body() {
            // Of labels and queries the oracle says nothing: a service may find fault with them.
            return if self.operation.action == Action::List {
                Fault::Unusual
            } else {
                Fault::None
            };
        }

        let request = &self.entry.exchange.request;
        let coded = request
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("content-encoding"));

        if coded || self.entry.body_cut {
            return Fault::Open;
        }
        match json::read(&request.body) {
            // Half a surrogate pair is read here, and refused elsewhere: RFC 8259 leaves it open.
            Document::Value(_) if document(&request.body).is_none() => Fault::Open,
            Document::Value(Value::Object(members)) => self.members(&members),
            // An empty body may stand for an empty object.
            Document::Value(Value::Null) | Document::Twice { .. } => Fault::Open,
            Document::Value(_) => self.no_object(),
            Document::Broken(why) => {
                let body = request.body.trim_ascii();
                let other_encoding = body.starts_with(b"\xef\xbb\xbf")
                    || body.contains(&0)
                    || body.starts_with(b"\xff");
                match body.is_empty() || other_encoding || why.contains("recursion limit") {
                    true => Fault::Open,
                    false => self.no_object(),
                }
            }
        }
    }

    fn no_object(&self) -> Fault {
        let path = "rule::json-body";
        match self.operation.contract.atom(path) {
            Some(_) => Fault::Certain(vec![("syntax", path.to_owned())]),
            None => Fault::Open,
        }
    }

    fn members(&self, members: &serde_json::Map<String, Value>) -> Fault {
        let contract = self.operation.contract;
        let found = judge(self.plan, self.operation).oracle.violations(members);
        let large = |name: &str| {
            let kind = contract
                .member(name)
                .map(|m| contract.resolve(&m.shape).kind);
            kind.zip(members.get(name)).is_some_and(|(kind, value)| {
                // A fraction, an exponent, or more digits than any number type holds may be found
                // fault with before the range is.
                let odd =
                    matches!(value, Value::Number(n) if n.as_str().contains(['.', 'e', 'E']) || n.as_str().len() > 18);
                odd || overflows(kind, value)
            })
        };

        let certain: Vec<_> = found
            .iter()
            .filter(|v| v.zone == Zone::Invalid)
            .map(|v| {
                let beyond = v.class == "range" && v.member().is_some_and(large);
                (if beyond { "overflow" } else { v.class }, v.atom.clone())
            })
            .collect();

        // What is broken as it is written may be kept by the whole number that a service reads.
        if !certain.is_empty() {
            let cut = cut(members);
            let left = judge(self.plan, self.operation).oracle.violations(&cut);
            if certain
                .iter()
                .any(|(_, atom)| !left.iter().any(|v| v.atom == *atom))
            {
                return Fault::Open;
            }
        }

        // What is certain of one promise is all the same open where a second is: the answer may be
        // about either.
        match (
            certain.is_empty(),
            found.iter().all(|v| v.zone == Zone::Invalid),
        ) {
            (false, true) => return Fault::Certain(certain),
            (false, false) if self.entry.exchange.accepted() => return Fault::Certain(certain),
            (_, false) => return Fault::Open,
            (true, true) => {}
        }

        // Of members that this revision does not know, and of null, AWS was seen to make nothing;
        // and of no member at all the page says nothing.
        let unusual = members.is_empty()
            || members
                .iter()
                .any(|(name, v)| v.is_null() || contract.member(name).is_none());

        if unusual { Fault::Unusual } else { Fault::None }
    }
}

/// The members as a service sees them that reads numbers as floats of 64 bits and cuts off what is
/// behind the point: AWS was seen to cut.
fn cut(members: &serde_json::Map<String, Value>) -> serde_json::Map<String, Value> {
    members
        .iter()
        .map(|(name, value)| (name.clone(), cut_value(value)))
        .collect()
}

fn cut_value(value: &Value) -> Value {
    match value {
        Value::Number(number) if number.as_str().contains(['.', 'e', 'E']) => {
            let whole = number
                .as_f64()
                .map(f64::trunc)
                .filter(|whole| whole.abs() < LARGEST_WHOLE);
            // It is small enough for both.
            #[allow(clippy::cast_possible_truncation)]
            whole.map_or_else(|| value.clone(), |whole| Value::from(whole as i64))
        }
        Value::Object(members) => Value::Object(cut(members)),
        Value::Array(elements) => elements.iter().map(cut_value).collect(),
        value => value.clone(),
    }
}

fn refused(class: &str, atom: Option<&str>) -> Decided {
    (
        Expect::Reject(class.to_owned()),
        atom.map(str::to_owned),
        Effect::Refused(class.to_owned()),
    )
}

/// The first of the promises that a request breaks.
fn first(broken: Vec<(&'static str, String)>) -> (String, Option<String>) {
    match broken.into_iter().next() {
        Some((class, atom)) => (class.to_owned(), Some(atom)),
        None => (READINGS.to_owned(), None),
    }
}
