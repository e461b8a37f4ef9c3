//! What became of the updates of a case.

use super::super::document::Traffic;
use super::look::Look;
use crate::contract::{Contract, RuleKind};
use crate::judge::{Fired, Role, json};
use crate::plan::case::{Action, Expect, Purpose, Step};
use crate::support::digest::Digest;
use crate::wire::exchange::Exchange;

impl Look<'_> {
    /// What became of the updates of the case.
    pub(super) fn traffic(&self, traffic: &mut Traffic) {
        for fired in self.seen.sent() {
            let Some(step) = self.case.steps.get(fired.step) else {
                continue;
            };
            let main = self.case.atoms.first().map(|a| a.path());
            let fault = match (step.purpose, &step.expect) {
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
            self.moved(traffic);
        }
    }

    fn update(&self, exchange: &Exchange, fault: Option<(&str, &str)>, traffic: &mut Traffic) {
        let came = self.came(exchange);
        if let Some(answer) = exchange.answer().filter(|_| exchange.accepted()) {
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
    contract.rules.iter().filter_map(|rule| match &rule.kind {
        RuleKind::Stored { input, output }
        | RuleKind::Resolved { input, output, .. }
        | RuleKind::State { input, output, .. } => Some((input.as_str(), output.as_str())),
        _ => None,
    })
}
