//! A proposed request, and what the oracle makes of it.

use std::borrow::Cow;
use std::collections::HashMap;

use serde_json::{Map, Value};

use super::shape::overflows;
use crate::contract::constraint::Zone;
use crate::contract::oracle::{Oracle, Violation};
use crate::contract::{AtomId, Location, Member};
use crate::plan::case::{Case, Expect, TOKEN};
use crate::plan::fixture::OperationBinding;
use crate::support::template::{Bindings, TemplateError, is_template};

/// What is needed to derive the cases of an operation.
#[derive(Clone, Debug)]
pub(crate) struct Generator<'a> {
    /// The contract and its other readings.
    pub(crate) oracle: Oracle<'a>,
    /// What is known to be good on the target.
    pub(crate) binding: &'a OperationBinding,
    /// Bindings of the right shape: to check offline what will be sent.
    pub(crate) sample: &'a Bindings,
    /// The state most cases start from, as members.
    given: Map<String, Value>,
    /// By member: the values known to be good.
    good: HashMap<&'a str, Vec<Value>>,
    /// The members beside the path that no request may lack.
    pub(super) needed: Vec<&'a str>,
    /// The member that tells requests apart, and the template of its value.
    pub(super) token: Option<(String, Value)>,
    /// Whether what requests lack and is filled in certainly breaks nothing.
    is_sound: bool,
}

/// What the oracle makes of a proposed body.
pub(super) enum Worth {
    Valid,
    Breaks {
        atom: AtomId,
        class: &'static str,
    },
    Differs {
        atom: AtomId,
        class: &'static str,
        why: &'static str,
    },
    Useless,
}

/// What a body that somebody else made up breaks.
pub(crate) enum Breaks {
    /// Nothing, under any reading.
    Nothing,
    /// One promise, under every reading.
    One {
        /// The promise.
        atom: AtomId,
        /// The class of violation.
        class: &'static str,
    },
    /// Readings differ, or it breaks more than one.
    Unclear,
}

impl<'a> Generator<'a> {
    /// What derives the cases of an operation.
    pub(crate) fn new(
        oracle: Oracle<'a>,
        binding: &'a OperationBinding,
        sample: &'a Bindings,
    ) -> Self {
        let values = |texts: &Vec<String>| {
            let values = texts.iter().map(|text| serde_json::from_str(text));
            values.filter_map(Result::ok).collect()
        };
        let of_members = binding.values.iter();
        let input = oracle.contract.input.iter();
        let is_needed = |m: &&Member| m.required || binding.needed.contains(&m.name);
        let needed = input.filter(is_needed);
        let token = oracle.contract.token();
        let mut generator = Self {
            oracle,
            binding,
            sample,
            given: serde_json::from_str(&binding.given).unwrap_or_default(),
            good: of_members
                .map(|(member, texts)| (member.as_str(), values(texts)))
                .collect(),
            needed: needed
                .filter(|m| m.location != Location::Label)
                .map(|m| m.name.as_str())
                .collect(),
            token: token.map(|m| (m.name.clone(), format!("${{{TOKEN}}}").into())),
            is_sound: false,
        };
        let least = Map::new();
        generator.is_sound = matches!(
            generator.weigh_whole(&generator.complete(&least)),
            Worth::Valid
        );
        generator
    }

    /// The state most cases start from, as members.
    pub(crate) fn given(&self) -> &Map<String, Value> {
        &self.given
    }

    /// The values known to be good for a member, as templates in JSON.
    pub(super) fn good(&self, member: &str) -> &[Value] {
        self.good.get(member).map(Vec::as_slice).unwrap_or_default()
    }

    /// A value for the member that the target must accept, other than `value` and other than the
    /// given state's.
    pub(super) fn another(&self, member: &str, value: &Value) -> Value {
        let mut good = self.good(member).iter().chain(self.given.get(member));
        let other = good.find(|other| *other != value);
        other.cloned().unwrap_or(Value::Null)
    }

    /// What a valid request of those members is about: the promise of a form of a name, where one
    /// says so, and then `atom`.
    pub(super) fn about(&self, members: &Map<String, Value>, atom: &str) -> Vec<AtomId> {
        let contract = self.oracle.contract;
        let named = members.iter().find_map(|(member, value)| {
            let reference = self.binding.reference.get(member)?;
            let (form, _) = reference
                .bases
                .iter()
                .find(|(_, base)| value.as_str() == Some(base.as_str()))?;
            Some(contract.atom(reference.promises.get(form)?)?.id.clone())
        });
        named.into_iter().chain([contract.atom_id(atom)]).collect()
    }

    /// What a valid request is about once members were taken away: without a name, no form of it.
    pub(crate) fn about_now(&self, case: &Case) -> Vec<AtomId> {
        let members = case.request().and_then(|request| self.members_of(request));
        let (Expect::Accept, Some(members), Some(last)) =
            (case.expect(), members, case.atoms.last())
        else {
            return case.atoms.clone();
        };
        self.about(&members, last.path())
    }

    /// What a [request](Self::request) of these members is worth.
    pub(super) fn weigh(&self, members: &Map<String, Value>) -> Worth {
        if !self.is_sound {
            return self.weigh_whole(&self.complete(members));
        }
        // What is filled in need not be looked at for every value of every other member.
        let is_beside = |name: &str| self.needed.contains(&name);
        self.weighed(members, |members| {
            self.oracle.violations_beside(members, is_beside)
        })
    }

    pub(super) fn weigh_whole(&self, members: &Map<String, Value>) -> Worth {
        self.weighed(members, |members| self.oracle.violations_anywhere(members))
    }

    fn weighed(
        &self,
        members: &Map<String, Value>,
        judge: impl FnOnce(&Map<String, Value>) -> Vec<Violation>,
    ) -> Worth {
        // Most values are no templates, and stand as they are sent.
        let is_filled_in =
            |(name, value): (&String, &Value)| is_template(name) || has_template(value);
        let members = match members.iter().any(is_filled_in) {
            false => Cow::Borrowed(members),
            true => match self.filled(members) {
                Ok(filled) => Cow::Owned(filled),
                Err(_) => return Worth::Useless,
            },
        };

        let mut violations = judge(&members);
        let Some(one) = violations.pop() else {
            return Worth::Valid;
        };
        let Some(atom) = self.oracle.contract.atom(&one.atom) else {
            return Worth::Useless;
        };

        match (violations.is_empty(), one.zone) {
            (true, Zone::Invalid) => Worth::Breaks {
                atom: atom.id.clone(),
                class: one.class,
            },
            (true, Zone::Depends(why)) => Worth::Differs {
                atom: atom.id.clone(),
                class: one.class,
                why,
            },
            _ => Worth::Useless,
        }
    }

    /// What these members break, with the class that a number too large for its type is refused
    /// for.
    pub(crate) fn breaks(&self, members: &Map<String, Value>) -> Breaks {
        match self.weigh_whole(members) {
            Worth::Valid => Breaks::Nothing,
            Worth::Breaks { atom, class } => {
                let contract = self.oracle.contract;
                let too_large = members.iter().any(|(name, value)| {
                    contract
                        .member(name)
                        .is_some_and(|m| overflows(contract.resolve(&m.shape).kind, value))
                });
                Breaks::One {
                    atom,
                    class: if too_large { "overflow" } else { class },
                }
            }
            Worth::Differs { .. } | Worth::Useless => Breaks::Unclear,
        }
    }

    /// Members as they will be sent, with the sample bindings in their texts.
    pub(crate) fn filled(
        &self,
        members: &Map<String, Value>,
    ) -> Result<Map<String, Value>, TemplateError> {
        let pair = |(name, value): (&String, &Value)| {
            Ok((self.sample.fill(name)?, self.filled_value(value)?))
        };
        members.iter().map(pair).collect()
    }

    pub(super) fn filled_value(&self, value: &Value) -> Result<Value, TemplateError> {
        Ok(match value {
            Value::String(text) => Value::String(self.sample.fill(text)?),
            Value::Array(elements) => Value::Array(
                elements
                    .iter()
                    .map(|element| self.filled_value(element))
                    .collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => Value::Object(self.filled(members)?),
            other => other.clone(),
        })
    }
}

/// Whether a text within the value is a template.
fn has_template(value: &Value) -> bool {
    match value {
        Value::String(text) => is_template(text),
        Value::Array(elements) => elements.iter().any(has_template),
        Value::Object(members) => members
            .iter()
            .any(|(name, value)| is_template(name) || has_template(value)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
