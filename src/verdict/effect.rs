//! What an update must change, and what it must keep: rules over the answer and the reads around it.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::answer::Checks;
use super::{Symptom, json};
use crate::case::Case;
use crate::contract::RuleKind;

impl Checks<'_> {
    /// The values sent are the values of this answer. `settled`: it is a read after the transition has ended.
    pub(super) fn stored(&mut self, sent: &Map<String, Value>, object: &Map<String, Value>, settled: bool) {
        let symptom = if settled { Symptom::NotStored } else { Symptom::NotEchoed };
        for rule in &self.contract.rules {
            let path = &rule.path;
            match &rule.kind {
                RuleKind::Stored { input, output } => {
                    let (Some(value), Some(answered)) = (sent.get(input), object.get(output)) else { continue };
                    let broken = (!json::same(value, answered))
                        .then(|| (symptom, format!("{output}: {value}"), format!("{output}: {answered}")));
                    self.check(path, "valid", broken);
                }
                RuleKind::Resolved { input, output, parts, suffix } => {
                    let (Some(Value::String(name)), Some(Value::String(answered))) =
                        (sent.get(input), object.get(output))
                    else {
                        continue;
                    };
                    let Some(captures) = parts.captures(name) else { continue };
                    let mut end = String::new();
                    captures.expand(suffix, &mut end);
                    let broken = (!answered.ends_with(&end))
                        .then(|| (symptom, format!("{output} that ends with {end}"), format!("{output}: {answered}")));
                    self.check(path, "valid", broken);
                }
                RuleKind::State { input, output, effects, .. } => {
                    let (Some(value), Some(Value::String(state))) = (sent.get(input), object.get(output)) else {
                        continue;
                    };
                    let Some(effect) = effects.get(&value.to_string()) else { continue };
                    let admitted = if settled { &effect.settled } else { &effect.answer };
                    let broken = (!admitted.contains(state)).then(|| {
                        let when = if settled { "in the end" } else { "in the answer" };
                        let expected = format!("{output} {} {when}, after {input} {value}", admitted.join(" or "));
                        (Symptom::WrongState, expected, format!("{output}: {state}"))
                    });
                    self.check(path, "valid", broken);
                }
                _ => {}
            }
        }
    }

    /// What was not sent is as it was.
    pub(super) fn unsent_kept(
        &mut self,
        sent: &Map<String, Value>,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) {
        let Some(rule) = self.contract.rules.iter().find(|r| matches!(r.kind, RuleKind::UnsentUnchanged)) else {
            return;
        };
        let path = &rule.path;
        for rule in &self.contract.rules {
            let (RuleKind::Stored { input, output }
            | RuleKind::Resolved { input, output, .. }
            | RuleKind::State { input, output, .. }) = &rule.kind
            else {
                continue;
            };
            if sent.contains_key(input) {
                continue;
            }
            let (was, is) = (before.get(output), after.get(output));
            let (Some(was), Some(is)) = (was, is) else { continue };
            let broken = (!json::same(was, is)).then(|| {
                let expected = format!("{output} as before: {was}");
                (Symptom::Changed, expected, format!("{output}: {is}, though {input} was not sent"))
            });
            self.check(path, "valid", broken);
        }
    }

    /// What never changes is as it was, and the answer agrees with the read after it.
    pub(super) fn consistent(
        &mut self,
        before: Option<&Map<String, Value>>,
        answer: Option<&Map<String, Value>>,
        after: &Map<String, Value>,
    ) {
        for rule in &self.contract.rules {
            let path = &rule.path;
            match &rule.kind {
                RuleKind::Immutable { output } => {
                    let Some(was) = before.and_then(|b| b.get(output)) else { continue };
                    for is in [answer.and_then(|a| a.get(output)), after.get(output)].into_iter().flatten() {
                        let broken = (!json::same(was, is))
                            .then(|| (Symptom::Mutated, format!("{output}: {was}"), format!("{output}: {is}")));
                        self.check(path, "valid", broken);
                    }
                }
                RuleKind::ReadBack { outputs } => {
                    for output in outputs {
                        let (Some(answered), Some(read)) = (answer.and_then(|a| a.get(output)), after.get(output))
                        else {
                            continue;
                        };
                        let broken = (!json::same(answered, read)).then(|| {
                            let expected = format!("{output} as answered: {answered}");
                            (Symptom::ReadDisagrees, expected, format!("{output} as read: {read}"))
                        });
                        self.check(path, "valid", broken);
                    }
                }
                _ => {}
            }
        }
    }

    /// A refused request changed nothing.
    pub(super) fn refusal_kept(&mut self, class: &str, before: &Map<String, Value>, after: &Map<String, Value>) {
        for rule in &self.contract.rules {
            let path = &rule.path;
            match &rule.kind {
                RuleKind::RefusalKeeps { outputs } => {
                    for output in outputs {
                        self.kept(path, class, output, before, after);
                    }
                }
                // A settled state is decided by what was accepted, so a refusal does not move it either.
                RuleKind::State { output, transitional, .. } => {
                    let at_rest = |o: &Map<String, Value>| {
                        o.get(output).and_then(Value::as_str).is_some_and(|s| !transitional.iter().any(|t| t == s))
                    };
                    if at_rest(before) && at_rest(after) {
                        self.kept("rule::refusal-changes-nothing", class, output, before, after);
                    }
                }
                _ => {}
            }
        }
    }

    /// A request that is no update changed nothing that updates change, nor the state at rest.
    pub(super) fn no_effect(
        &mut self,
        path: &str,
        case: &Case,
        before: &Map<String, Value>,
        after: &Map<String, Value>,
    ) {
        for rule in &self.contract.rules {
            let (RuleKind::Stored { output, .. }
            | RuleKind::Resolved { output, .. }
            | RuleKind::State { output, .. }
            | RuleKind::Immutable { output }) = &rule.kind
            else {
                continue;
            };
            let (Some(was), Some(is)) = (before.get(output), after.get(output)) else { continue };
            let broken = (!json::same(was, is)).then(|| {
                let expected = format!("{output} as before: {was}");
                (Symptom::Changed, expected, format!("{output}: {is}, by a request that is no update"))
            });
            self.check_at(path, case.expect.class(), case.level, broken);
        }
    }

    fn kept(&mut self, path: &str, class: &str, output: &str, before: &Map<String, Value>, after: &Map<String, Value>) {
        let (Some(was), Some(is)) = (before.get(output), after.get(output)) else { return };
        let broken = (!json::same(was, is)).then(|| {
            (
                Symptom::ChangedByRefusal,
                format!("{output} as before: {was}"),
                format!("{output}: {is}, by a refused request"),
            )
        });
        self.check(path, class, broken);
    }

    /// From one successful update to the next, what only goes forward did not go back.
    pub(super) fn forward(&mut self, earlier: &Map<String, Value>, later: &Map<String, Value>) {
        for rule in &self.contract.rules {
            let RuleKind::Advances { output } = &rule.kind else { continue };
            let (Some(Value::Number(was)), Some(Value::Number(is))) = (earlier.get(output), later.get(output)) else {
                continue;
            };
            let back = json::compare(is.as_str(), was.as_str()).is_some_and(std::cmp::Ordering::is_lt);
            let broken =
                back.then(|| (Symptom::WentBack, format!("{output} of at least {was}"), format!("{output}: {is}")));
            self.check(&rule.path, "valid", broken);
        }
    }

    /// Of a case about what a request leaves alone, expects what was there before it.
    ///
    /// Whether the case came upon what it had asked for is another promise's: a member that was not sent, and is as it
    /// was, kept this one.
    pub(super) fn expect_as_found(
        &self,
        path: &str,
        expected: &mut IndexMap<String, Value>,
        sent: &Map<String, Value>,
        before: &Map<String, Value>,
    ) {
        let is_it = |id: &str| path.strip_prefix("rule::") == Some(id);
        if !self.contract.rules.iter().any(|r| matches!(r.kind, RuleKind::UnsentUnchanged) && is_it(&r.id)) {
            return;
        }
        for rule in &self.contract.rules {
            let (RuleKind::Stored { input, output } | RuleKind::Resolved { input, output, .. }) = &rule.kind else {
                continue;
            };
            if let (false, Some(value), Some(was)) =
                (sent.contains_key(input), expected.get_mut(output), before.get(output))
            {
                value.clone_from(was);
            }
        }
    }

    /// The members a written case expects, in an answer or in a read after it.
    pub(super) fn then(
        &mut self,
        path: &str,
        expected: &IndexMap<String, Value>,
        object: &Map<String, Value>,
        settled: bool,
    ) {
        let states: Vec<&str> = self
            .contract
            .rules
            .iter()
            .filter_map(|r| match &r.kind {
                RuleKind::State { output, .. } => Some(output.as_str()),
                _ => None,
            })
            .collect();
        for (member, value) in expected {
            // A state is expected in the end; on the way there it has other names.
            if !settled && states.contains(&member.as_str()) {
                continue;
            }
            let answered = object.get(member).unwrap_or(&Value::Null);
            // A rule about what was sent has said so already.
            let told = format!("{member}: ");
            if self.judgement.findings.iter().any(|f| f.role == self.role && f.actual.starts_with(&told)) {
                continue;
            }
            let symptom = if settled { Symptom::NotStored } else { Symptom::NotEchoed };
            let broken = (!json::same(value, answered))
                .then(|| (symptom, format!("{member}: {value}"), format!("{member}: {answered}")));
            self.check(path, "valid", broken);
        }
    }
}
