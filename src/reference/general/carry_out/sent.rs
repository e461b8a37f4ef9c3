//! What a request sends, as it is stored: by the names that answers show.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::Job;
use crate::contract::{Location, RuleKind};
use crate::support::template::Bindings;

impl Job<'_> {
    /// The members that the request sends, by the names that answers show them under, with those
    /// that it need not send. Null is as if nothing was sent.
    pub(super) fn sent(&self) -> Map<String, Value> {
        let contract = self.contract();
        let mut sent = Map::new();
        let asked = &self.asked.members;
        let defaults: Vec<_> = contract
            .defaults(asked)
            .map(|(_, input, value)| (input, value))
            .collect();
        for (name, value) in asked.iter().chain(defaults) {
            let member = contract.member(name);
            // What a whole body holds is stored as if each of it was sent.
            let is_whole = member.is_some_and(|m| m.location == Location::Payload);
            if let (true, Value::Object(inner)) = (is_whole, value) {
                sent.extend(
                    inner
                        .iter()
                        .map(|(name, value)| (name.clone(), value.clone())),
                );
            }
            let (shown, value) = self.stored_as(name, value);
            sent.insert(shown, value);
        }
        let seconds = serde_json::from_str(&format!("{}.{:03}", self.now / 1000, self.now % 1000));
        for rule in &contract.rules {
            if let (RuleKind::Advances { output }, Ok(seconds)) = (&rule.kind, &seconds) {
                sent.insert(output.clone(), Value::clone(seconds));
            }
        }
        sent
    }

    /// The names that answers show what the request itself sends under.
    pub(super) fn named_outputs(&self) -> BTreeSet<String> {
        let names = self.asked.members.keys();
        names.map(|name| self.shown_as(name).to_owned()).collect()
    }

    /// What is stored of a member, and under which name.
    fn stored_as(&self, name: &str, value: &Value) -> (String, Value) {
        let mut rules = self.contract().rules.iter();
        let rule = rules.find(|rule| rule.kind.input() == Some(name));
        match rule.map(|rule| &rule.kind) {
            Some(RuleKind::Stored { output, .. }) => (output.clone(), value.clone()),
            Some(RuleKind::State {
                output, effects, ..
            }) => {
                let effect = effects.get(&value.to_string());
                let settled = effect.and_then(|effect| effect.settled.first());
                let state = settled.map(|state| Value::from(state.as_str()));
                (output.clone(), state.unwrap_or(Value::Null))
            }
            Some(RuleKind::Resolved {
                output,
                parts,
                suffix,
                ..
            }) => {
                let groups = value.as_str().and_then(|text| parts.captures(text));
                let mut named = Bindings::default();
                for (name, group) in parts
                    .capture_names()
                    .flatten()
                    .filter_map(|name| Some((name, groups.as_ref()?.name(name)?)))
                {
                    named.set(name, group.as_str());
                }
                let resolved = named.fill(suffix).map_or(Value::Null, Value::from);
                (output.clone(), resolved)
            }
            _ => (name.to_owned(), value.clone()),
        }
    }

    /// The name that answers show a member under.
    pub(super) fn shown_as<'n>(&'n self, name: &'n str) -> &'n str {
        let mut rules = self.contract().rules.iter();
        let shown = rules.find_map(|rule| match rule.kind.sent_and_shown() {
            Some((input, output)) if input == name => Some(output),
            _ => None,
        });
        shown.unwrap_or(name)
    }
}
