//! What a list must show of the resources of a sequence.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::super::json::{self, Document};
use super::super::{Fired, Observation, Symptom};
use super::{Happened, Life, Model, nothing};
use crate::contract::RuleKind;
use crate::plan::case::{Action, Step, Variant};
use crate::support::percent::percent_decode;
use crate::support::template::Bindings;
use crate::wire::exchange::Exchange;

impl Model<'_, '_> {
    /// Every resource stands in the list once, as reads show it, and none that is gone.
    pub(super) fn listed(&mut self, at: usize, exchange: &Exchange, bindings: &Bindings) {
        // Lists are no part of the operation: a target without them keeps its promises all the
        // same.
        let own = self.operations.subject == Action::List;
        if !own
            && exchange
                .answer()
                .is_some_and(|a| matches!(a.status, 403..=405))
        {
            return;
        }
        let seen = self.inspect(at, exchange, Action::List, false);
        if exchange.answer().is_none_or(|a| a.status >= 500) {
            return;
        }
        if !seen.accepted {
            return self.refused_though_valid(at, exchange, Action::List, "request::http");
        }
        // What is no JSON shows nothing, and has been told.
        if exchange
            .answer()
            .is_some_and(|a| matches!(a.body.document(), Document::Broken(_)))
        {
            return;
        }
        let object = seen.object().unwrap_or(nothing());
        self.members(at, exchange, object, bindings);
        let rules = self
            .operations
            .list
            .rules
            .iter()
            .filter_map(|rule| match &rule.kind {
                RuleKind::Listed { output, members } => Some((rule.path.clone(), output, members)),
                _ => None,
            });
        for (path, output, members) in rules {
            let entries: Vec<&Map<String, Value>> = object
                .get(output)
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_object)
                .collect();
            // More pages follow: what is not on this one may be on another.
            let rules = self.operations.list.rules.iter();
            let mut tokens = rules.filter_map(|rule| match &rule.kind {
                RuleKind::Pages(pages) => Some(pages.output_token.as_str()),
                _ => None,
            });
            let whole = tokens.all(|token| {
                let next = object.get(token);
                next.is_none_or(|next| next.is_null() || next == "")
            });
            let filters = filters_of(&exchange.request.path);
            let stray = entries
                .iter()
                .find(|entry| !self.passes(entry, &filters))
                .map(|entry| {
                    let expected = "only entries that the filter is about".to_owned();
                    (
                        Symptom::OutOfContract,
                        expected,
                        Value::Object((*entry).clone()).to_string(),
                    )
                });
            let broken = self.entries(&entries, members, whole, &filters, bindings);
            for broken in broken.into_iter().chain([stray]) {
                self.checks(at, Action::List).check(&path, "valid", broken);
            }
        }
    }

    /// A list shows something that no creation gave, after one that was refused.
    pub(super) fn made_by_refusals(&mut self, at: usize, fired: &Fired, seen: &Observation) {
        let mut steps = self.case.steps.iter().take(fired.step);
        let is_refused = |step: &&Step| step.action == Action::Create && step.refused().is_some();
        let Some(class) = steps.rfind(is_refused).and_then(Step::refused) else {
            return;
        };
        let Some((_, stranger)) = seen.strangers.iter().find(|(place, _)| *place == at) else {
            return;
        };
        let broken = (
            Symptom::Created,
            "nothing made by a request that is refused".to_owned(),
            format!("the list shows {stranger}, which no creation gave"),
        );
        let path = self.rule(self.operations.create, |kind| {
            matches!(kind, RuleKind::RefusalKeeps { .. })
        });
        let (class, level) = (class.to_owned(), self.case.level);
        self.checks(at, Action::Create)
            .check_at(&path, &class, level, Some(broken));
    }

    /// What the contract says of the list's own members, and of the entries that the sequence
    /// knows: what else there is, and how it came to be what it is, nobody knows.
    fn members(
        &mut self,
        at: usize,
        exchange: &Exchange,
        object: &Map<String, Value>,
        bindings: &Bindings,
    ) {
        let Some(answer) = exchange.answer() else {
            return;
        };
        let Some(identity) = self.judge.identity() else {
            return;
        };
        let known: BTreeSet<&str> = self
            .resources
            .iter()
            .filter(|(_, resource)| !resource.tainted)
            .filter_map(|(name, resource)| {
                resource.identity.as_deref().or_else(|| bindings.get(name))
            })
            .collect();

        let mut object = object.clone();
        for rule in &self.operations.list.rules {
            if let RuleKind::Listed { output, .. } = &rule.kind
                && let Some(Value::Array(entries)) = object.get_mut(output)
            {
                entries.retain(|entry| {
                    // What has no identity at all is nobody's, and wrong whoever made it.
                    entry
                        .get(identity)
                        .is_none_or(|i| i.as_str().is_none_or(|i| known.contains(i)))
                });
            }
        }

        self.checks(at, Action::List)
            .success(answer, Some(&object), &Variant::ANY);
    }

    /// What is wrong with the entries, in the order it matters; `None` where a promise was tested
    /// and kept.
    fn entries(
        &self,
        entries: &[&Map<String, Value>],
        members: &[String],
        whole: bool,
        filters: &[(String, String)],
        bindings: &Bindings,
    ) -> Vec<Option<(Symptom, String, String)>> {
        let mut found = Vec::new();
        let Some(identity) = self.judge.identity() else {
            return found;
        };

        for (name, resource) in &self.resources {
            let own = resource.identity.as_deref().or_else(|| bindings.get(name));
            let Some(own) = own else { continue };
            let of_it: Vec<_> = entries
                .iter()
                .filter(|e| e.get(identity).and_then(Value::as_str) == Some(own))
                .collect();
            let expected = |count: &str| format!("{count} for the {identity} {own}");
            let actual = || format!("{} of {} entries are it", of_it.len(), entries.len());
            match (resource.life, of_it.as_slice()) {
                (Life::Deleting | Life::Unknown, _) => {}
                (Life::Gone, []) => found.push(None),
                (Life::Gone, _) => {
                    found.push(Some((Symptom::Lingers, expected("no entry"), actual())))
                }
                // A filter may leave it out.
                (Life::Alive, [])
                    if !whole
                        || resource
                            .shown
                            .as_ref()
                            .is_none_or(|s| !self.passes(s, filters)) => {}
                (Life::Alive, []) => {
                    found.push(Some((Symptom::Missing, expected("one entry"), actual())))
                }
                (Life::Alive, [entry]) => {
                    let shown = resource
                        .shown
                        .as_ref()
                        .filter(|_| resource.happened == Happened::Nothing);
                    for member in members {
                        let (Some(was), Some(is)) =
                            (shown.and_then(|s| s.get(member)), entry.get(member))
                        else {
                            continue;
                        };
                        found.push((!json::same(was, is)).then(|| {
                            let expected = format!("{member} as Get shows it: {was}");
                            (Symptom::ReadDisagrees, expected, format!("{member}: {is}"))
                        }));
                    }
                }
                (Life::Alive, _) => found.push(Some((
                    Symptom::MemberTwice,
                    expected("one entry"),
                    actual(),
                ))),
            }
        }

        found
    }

    /// Whether an entry is one that the filters of the request are about: by a member of that name,
    /// or by the resolved form of one.
    fn passes(&self, entry: &Map<String, Value>, filters: &[(String, String)]) -> bool {
        filters.iter().all(|(name, value)| {
            if let Some(is) = entry.get(name).and_then(Value::as_str) {
                return is == value;
            }
            self.operations.writes().rules.iter().all(|rule| {
                let RuleKind::Resolved {
                    input,
                    output,
                    parts,
                    suffix,
                } = &rule.kind
                else {
                    return true;
                };
                let (true, Some(captures)) = (input == name, parts.captures(value)) else {
                    return true;
                };
                let mut end = String::new();
                captures.expand(suffix, &mut end);
                entry
                    .get(output)
                    .and_then(Value::as_str)
                    .is_none_or(|is| is.contains(&end))
            })
        })
    }
}

/// The parameters of a request's query, decoded.
fn filters_of(path: &str) -> Vec<(String, String)> {
    let Some((_, query)) = path.split_once('?') else {
        return Vec::new();
    };
    let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (percent_decode(name), percent_decode(value)))
        .collect()
}
