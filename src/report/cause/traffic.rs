//! What became of the updates of a case.

use super::super::document::Traffic;
use super::look::Look;
use crate::contract::Contract;
use crate::judge::{Fired, Judgement, Role, json};
use crate::plan::case::{Action, Expect, Purpose, Step};
use crate::support::digest::Digest;
use crate::support::template::in_json;
use crate::wire::exchange::Exchange;

impl Look<'_> {
    /// What became of the updates of the case.
    pub(super) fn traffic(&self, judgement: &Judgement, traffic: &mut Traffic) {
        for fired in self.seen.sent() {
            let Some(step) = self.case.steps.get(fired.step) else {
                continue;
            };
            let main = self.case.atoms.first().map(|a| a.path());
            let fault = match (step.purpose, &step.expect) {
                (Purpose::Part, Expect::Accept) if step.tested => None,
                (Purpose::Part, Expect::Reject(class)) if step.tested => {
                    Some((class.as_str(), main.unwrap_or_default()))
                }
                (Purpose::Part, Expect::Model) if is_plain(step, fired) => None,
                (Purpose::Part, _) => continue,
                (_, Expect::Accept | Expect::Advances(_) | Expect::Pages(_)) => None,
                (_, Expect::Reject(class)) if self.is_update() => {
                    Some((class.as_str(), main.unwrap_or_default()))
                }
                _ => continue,
            };
            self.update(&fired.exchange, fault, traffic);
        }

        if matches!(
            self.case.expect(),
            Expect::Accept | Expect::Advances(_) | Expect::Pages(_)
        ) {
            match self.case.subject() {
                Some(_) => self.moved(traffic),
                None => self.made_otherwise(judgement, traffic),
            }
        }
    }

    /// Which members of an accepted creation were shown as they were sent, and not as the usual
    /// creation sends them.
    fn made_otherwise(&self, judgement: &Judgement, traffic: &mut Traffic) {
        let Some(made) = self.seen.tested(self.case).filter(|e| e.accepted()) else {
            return;
        };
        let sent = json::read(&made.request.body);
        let Some(sent) = sent.object() else { return };
        let usual = self.plan.binding.given.as_str();
        let usual = self
            .seen
            .bindings
            .fill_with(usual, in_json)
            .unwrap_or_default();
        let usual = json::read(usual.as_bytes());

        for rule in &self.plan.contract.rules {
            let Some((input, output)) = rule.kind.sent_and_shown() else {
                continue;
            };
            let is_wrong = judgement
                .findings
                .iter()
                .any(|f| f.atom.path() == rule.path);
            let Some(value) = sent.get(input).filter(|value| !value.is_null()) else {
                continue;
            };
            // What is shown without the member as well says nothing of it.
            let mut without = sent.clone();
            without.shift_remove(input);
            let mut defaults = self.plan.contract.defaults(&without);
            let is_default = defaults.any(|(_, of, default)| of == input && default == value);
            let is_usual = Some(value) == usual.object().and_then(|usual| usual.get(input));
            if !is_usual && !is_default && !is_wrong && shows(made, output) {
                *traffic.moved.entry(input.to_owned()).or_default() += 1;
            }
        }
    }

    fn update(&self, exchange: &Exchange, fault: Option<(&str, &str)>, traffic: &mut Traffic) {
        let came = self.came(exchange);
        // Reads of one thing give one answer, and of what is made up nobody knows more than one.
        let http = &self.plan.contract.http;
        let reads_one = self.plan.binding.made_up && http.only_reads();
        let counts = exchange.accepted() && !reads_one;
        if let Some(answer) = exchange.answer().filter(|_| counts) {
            let digest = Digest::of(&String::from_utf8_lossy(&answer.body));
            traffic.bodies.insert(digest);
            traffic.few_bodies();
        }

        if let Some((class, path)) = fault {
            let promises = traffic.faults.entry(class.to_owned()).or_default();
            *promises
                .entry(path.to_owned())
                .or_default()
                .entry(came)
                .or_default() += 1;
            return;
        }

        for name in std::iter::once(String::new()).chain(self.names(exchange)) {
            *traffic
                .valid
                .entry(name)
                .or_default()
                .entry(came.clone())
                .or_default() += 1;
        }
    }

    /// Which members the accepted update of the case changed, by the reads around it.
    fn moved(&self, traffic: &mut Traffic) {
        let reads =
            [Role::Before, Role::After].map(|role| self.seen.at(role).and_then(Exchange::answer));
        let [Some(before), Some(after)] = reads.map(|a| a.and_then(|a| a.body.document().object()))
        else {
            return;
        };
        let Some(last) = self.seen.at(Role::Subject).filter(|e| e.accepted()) else {
            return;
        };
        let sent = json::read(&last.request.body);
        let Some(sent) = sent.object() else { return };

        for (input, output) in stored(&self.plan.contract) {
            if sent.contains_key(input) && before.get(output) != after.get(output) {
                *traffic.moved.entry(input.to_owned()).or_default() += 1;
            }
        }
    }
}

/// Whether the answer of an exchange shows that member.
fn shows(exchange: &Exchange, output: &str) -> bool {
    let document = exchange.answer().map(|answer| answer.body.document());
    let object = document.and_then(|document| document.object());
    object.is_some_and(|object| object.contains_key(output))
}

/// Whether a step is an update that nothing but what it sends can be refused for: what is sent to
/// what is in transition, or gone, may be refused for that.
fn is_plain(step: &Step, fired: &Fired) -> bool {
    let told = fired.exchange.answer();
    let told = told.is_some_and(|a| !matches!(a.status, 404 | 409));
    let alone = !step.at_once && step.together.is_none();
    step.action == Action::Update && alone && told
}

/// The members of requests that a contract says are stored, each with the member of answers that
/// shows it.
pub(super) fn stored(contract: &Contract) -> impl Iterator<Item = (&str, &str)> {
    let rules = contract.rules.iter();
    rules.filter_map(|rule| rule.kind.sent_and_shown())
}
