//! What the contract says of a successful answer: its status, its members and their values.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Symptom;
use super::answer::{Checks, body_preview};
use super::json::{self, Document};
use super::memo::Memo;
use crate::contract::constraint::{Zone, kind};
use crate::contract::{
    AnswerLocation, Contract, OutputMember, Presence, RuleKind, Shape, ShapeType, TimestampFormat,
};
use crate::plan::case::Variant;
use crate::wire::exchange::Answer;
use crate::wire::members;

/// More seconds than this since 1970 are milliseconds: no service answers from the year 5138.
const MILLISECONDS: &str = "100000000000";

impl Checks<'_> {
    /// What the contract says of a successful answer with these members, whatever was sent. Without
    /// members nothing can be said of them.
    pub(super) fn success(
        &mut self,
        answer: &Answer,
        object: Option<&Map<String, Value>>,
        variant: &Variant,
    ) {
        let http = &self.contract.http;
        let wrong = !http.admits(answer.status);
        let broken = wrong.then(|| {
            (
                Symptom::WrongStatus,
                format!("status {}", http.statuses()),
                format!("status {}", answer.status),
            )
        });
        self.check("response::status", "answer", broken);
        let Some(object) = object else { return };
        // An answer that shows nothing at all is one fault, not one for each member.
        let mut told = false;
        let nothing = !self
            .contract
            .output
            .iter()
            .filter(|m| m.location != AnswerLocation::StatusCode)
            .any(|m| object.get(&m.name).is_some_and(|v| !v.is_null()));
        for member in &self.contract.output {
            let value = object.get(&member.name).filter(|v| !v.is_null());
            let shown = |name: &String| object.get(name).is_some_and(|v| !v.is_null());
            let may_lack = value.is_none() && member.unless.as_ref().is_some_and(shown);
            let always = member.presence == Presence::Always && !may_lack;
            if always && !std::mem::replace(&mut told, nothing) {
                let broken = value.is_none().then(|| {
                    let actual = if object.contains_key(&member.name) {
                        "null"
                    } else {
                        "no such member"
                    };
                    (
                        Symptom::Missing,
                        format!("the member {}", member.name),
                        format!("{actual}: {}", body_preview(answer)),
                    )
                });
                self.check(
                    &format!("response::{}::present", member.name),
                    "answer",
                    broken,
                );
            }
            if let Some(value) = value {
                self.member(&member.name, value);
            }
        }
        self.not_in_the_future(answer, object);
        for rule in &self.contract.rules {
            if let RuleKind::NullFor {
                output,
                variant: of,
            } = &rule.kind
                && variant.name() == Some(of)
            {
                let value = object.get(output).filter(|v| !v.is_null());
                let broken = value.map(|v| {
                    (
                        Symptom::NotNull,
                        format!("{output} null or absent"),
                        format!("{output}: {v}"),
                    )
                });
                self.check(&rule.path, "answer", broken);
            }
        }
        self.shows(object);
    }

    /// A member of which the contract says what every answer shows.
    fn shows(&mut self, object: &Map<String, Value>) {
        for rule in &self.contract.rules {
            let RuleKind::Shows { output, values } = &rule.kind else {
                continue;
            };
            let Some(Value::String(value)) = object.get(output) else {
                continue;
            };
            let broken = (!values.contains(value)).then(|| {
                (
                    Symptom::WrongState,
                    format!("{output} {} in the answer", values.join(" or ")),
                    format!("{output}: {value}"),
                )
            });
            self.check(&rule.path, "answer", broken);
        }
    }

    /// As [`success`](Self::success), where an answer with the same members may have been right
    /// before.
    pub(super) fn success_again<'e>(
        &mut self,
        contract: &'e Contract,
        answer: &Answer,
        document: Option<&Document>,
        variant: &Variant,
        memo: &mut Memo<'e>,
    ) {
        let Some(Document::Value(Value::Object(object))) = document else {
            let shown = members::answered(contract, answer, document);
            return self.success(answer, shown.as_deref(), variant);
        };
        let Some(form) = memo.form(contract, answer.status, variant, object) else {
            let earlier = std::mem::take(&mut self.broken);
            self.success(answer, Some(object), variant);
            if !self.broken {
                memo.note_form(contract, answer.status, variant, object);
            }
            self.broken |= earlier;
            return;
        };

        let values: Vec<&Value> = object.values().collect();
        for known in &mut form.members {
            let Some(value) = values
                .get(known.place)
                .copied()
                .filter(|value| !known.has(value))
            else {
                continue;
            };
            let earlier = std::mem::take(&mut self.broken);
            self.value(known.member, value, true);
            if !self.broken {
                known.add(value.clone());
            }
            self.broken |= earlier;
        }

        self.shows(object);
        let date = answer.header("date").unwrap_or_default();
        let times = contract.rules.iter().filter_map(|rule| match &rule.kind {
            RuleKind::Advances { output } => object.get(output),
            _ => None,
        });

        let times: Vec<&Value> = times.collect();
        let known = |(before, was): &(String, Vec<Value>)| {
            before == date && was.iter().eq(times.iter().copied())
        };

        if !form.dated.as_ref().is_some_and(known) {
            let earlier = std::mem::take(&mut self.broken);
            self.not_in_the_future(answer, object);
            form.dated =
                (!self.broken).then(|| (date.to_owned(), times.into_iter().cloned().collect()));
            self.broken |= earlier;
        }
    }

    /// The time of the last update is not after the time of the answer, by the target's own clock.
    fn not_in_the_future(&mut self, answer: &Answer, object: &Map<String, Value>) {
        let date = answer
            .header("date")
            .and_then(|d| httpdate::parse_http_date(d).ok());
        let Some(date) = date.and_then(|d| d.duration_since(std::time::UNIX_EPOCH).ok()) else {
            return;
        };
        for rule in &self.contract.rules {
            let RuleKind::Advances { output } = &rule.kind else {
                continue;
            };
            let Some(Value::Number(time)) = object.get(output) else {
                continue;
            };
            // Milliseconds are another finding. Both times are of one clock, or of two that are
            // kept together.
            let latest = (date.as_secs() + 900).to_string();
            let later = |than: &str| {
                json::compare(time.as_str(), than).is_some_and(std::cmp::Ordering::is_gt)
            };
            let broken = (later(&latest) && !later(MILLISECONDS)).then(|| {
                let expected = format!("{output} not after the answer's date, {}", date.as_secs());
                (
                    Symptom::OutOfContract,
                    expected,
                    format!("{output}: {time}"),
                )
            });
            self.check(&rule.path, "answer", broken);
        }
    }

    fn member(&mut self, name: &str, value: &Value) {
        let Some(member) = self.contract.output_member(name) else {
            return;
        };
        self.value(member, value, false);
    }

    /// `known`: another value of the member was right, so that every promise about it is marked as
    /// tested.
    fn value(&mut self, member: &OutputMember, value: &Value, known: bool) {
        let name = &member.name;
        let shape = self.contract.resolve(&member.shape);
        // Of a time that was right before, only the type could be wrong, and whether it is in
        // seconds.
        if known && shape.kind == ShapeType::Timestamp && shape.constraints.is_empty() {
            let typed = kind::admits(shape, value) == Zone::Valid;
            if typed && seconds(value) != Some(false) {
                return;
            }
        }
        let violations = self.oracle.answer_violations(name, value);
        let known = known && violations.is_empty();
        if known && shape.kind != ShapeType::Timestamp {
            return;
        }
        let prefix = format!("response::{name}");
        // Every promise about the member was looked at; only certain violations are findings.
        let typed = !violations
            .iter()
            .any(|v| v.class == "type" && v.atom.strip_prefix(&prefix) == Some("::type"));
        // What was right before is marked already.
        let held = (!known).then(|| HeldPlaces::of(self.contract, &prefix, &member.shape, value));
        for atom in self.contract.atoms_of_output(name) {
            let path = self.contract.path_of(&atom.id);
            if held.as_ref().is_some_and(|held| held.has(path))
                && (typed || path.ends_with("::type"))
            {
                let side = self.side;
                match violations.iter().any(|v| v.atom == path) {
                    true => self.judgement.exercise(&atom.id, side),
                    false => self.judgement.show(&atom.id, side),
                }
            }
        }
        for violation in violations.iter().filter(|v| v.zone == Zone::Invalid) {
            let says = self
                .contract
                .atom(&violation.atom)
                .map(|a| a.says.clone())
                .unwrap_or_default();
            let (symptom, actual) = if violation.class == "type" {
                (
                    Symptom::WrongType,
                    format!("{name} is {}: {value}", kind::name(value)),
                )
            } else {
                (Symptom::OutOfContract, format!("{name}: {value}"))
            };
            self.check(&violation.atom, "answer", Some((symptom, says, actual)));
        }
        // Milliseconds instead of seconds are a number too.
        if let (ShapeType::Timestamp, TimestampFormat::EpochSeconds, Some(seconds)) =
            (shape.kind, shape.timestamp, seconds(value))
        {
            let broken = (!seconds).then(|| {
                (
                    Symptom::OutOfContract,
                    "a number of seconds since 1970".to_owned(),
                    format!("{name}: {value}"),
                )
            });
            self.check(&format!("{prefix}::type"), "answer", broken);
        }
    }
}

/// The places within a member that an answer holds: of what is not there nothing was shown.
struct HeldPlaces(BTreeSet<String>);

impl HeldPlaces {
    fn of(contract: &Contract, place: &str, shape: &Shape, value: &Value) -> Self {
        let mut held = Self(BTreeSet::new());
        held.add(contract, place.to_owned(), shape, value);
        held
    }

    fn add(&mut self, contract: &Contract, place: String, shape: &Shape, value: &Value) {
        let shape = contract.resolve(shape);
        match value {
            Value::Object(object) => {
                for (name, member) in &shape.members {
                    if let Some(value) = object
                        .get(&member.wire_name)
                        .filter(|value| !value.is_null())
                    {
                        self.add(contract, format!("{place}.{name}"), &member.shape, value);
                    }
                }
                // Of a map, keys and values are promised something.
                for (key, value) in object.iter().filter(|_| shape.kind == ShapeType::Map) {
                    if let Some(of) = &shape.key {
                        let key = Value::from(key.as_str());
                        self.add(contract, format!("{place}{{}}"), of, &key);
                    }
                    if let Some(of) = &shape.element {
                        self.add(contract, format!("{place}[]"), of, value);
                    }
                }
            }
            Value::Array(elements) => {
                let of = shape.element.as_deref().into_iter();
                for (shape, element) in of.flat_map(|of| elements.iter().map(move |e| (of, e))) {
                    self.add(contract, format!("{place}[]"), shape, element);
                }
            }
            _ => {}
        }
        self.0.insert(place);
    }

    /// Whether the place that a promise is about is there.
    fn has(&self, path: &str) -> bool {
        let part = "response::";
        let place = path
            .get(part.len()..)
            .and_then(|rest| rest.split("::").next());
        place.is_some_and(|place| self.0.contains(&path[..part.len() + place.len()]))
    }
}

/// Of a number, whether it may be one of seconds since 1970.
pub(super) fn seconds(value: &Value) -> Option<bool> {
    let Value::Number(number) = value else {
        return None;
    };
    let negative = json::compare(number.as_str(), "0").is_none_or(std::cmp::Ordering::is_lt);
    let far = json::compare(number.as_str(), MILLISECONDS).is_some_and(std::cmp::Ordering::is_gt);
    Some(!negative && !far)
}
