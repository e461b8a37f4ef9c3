//! What became of the updates of a case.

use super::super::document::Traffic;
use super::look::Look;
use crate::contract::{Contract, RuleKind};
use crate::judge::{Role, json};
use crate::plan::case::{Action, Expect};
use crate::support::digest::Digest;
use crate::wire::exchange::Exchange;

impl Look<'_> {
    /// What became of the updates of the case.
    pub(super) fn traffic(&self, traffic: &mut Traffic) {
        let control = [Role::Given, Role::Twin].map(|role| self.seen.at(role));
        let control = control.into_iter().flatten();
        let twins = matches!(self.case.expect(), Expect::LikeTwin | Expect::AsTwin);
        for exchange in control.take(if twins { 1 } else { 2 }) {
            self.update(exchange, None, traffic);
        }
        match self.case.expect() {
            Expect::Accept | Expect::Advances(_) => {
                self.seen
                    .all(Role::Subject)
                    .for_each(|exchange| self.update(exchange, None, traffic));
                self.moved(traffic);
            }
            Expect::Reject(class) if self.is_update() => {
                let path = self
                    .case
                    .atoms
                    .first()
                    .map(|a| a.path())
                    .unwrap_or_default();
                let exchanges = self.seen.all(Role::Subject);
                exchanges.for_each(|exchange| self.update(exchange, Some((class, path)), traffic));
            }
            Expect::Model => self.steps(traffic),
            _ => {}
        }
    }

    fn steps(&self, traffic: &mut Traffic) {
        for fired in self.seen.sent() {
            let Some(step) = self.case.steps.get(fired.step) else {
                continue;
            };
            // What is sent to what is in transition, or gone, may be refused for that.
            let plain = step.action == Action::Update && !step.at_once && step.together.is_none();
            if plain
                && step.refused().is_none()
                && fired
                    .exchange
                    .answer()
                    .is_some_and(|a| !matches!(a.status, 404 | 409))
            {
                self.update(&fired.exchange, None, traffic);
            }
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
