//! The exchanges of a case for the document, and which of them shows a finding.

use super::document::{Body, ReportedAnswer, ReportedExchange};
use crate::judge::{Observation, Role};
use crate::wire::exchange::Exchange;

/// The exchanges that matter to a finding, in the order they were sent.
pub(super) struct Exchanges {
    pub(super) all: Vec<ReportedExchange>,
    /// Which of them shows it.
    pub(super) shown_by: Option<usize>,
    /// Which of them is the control.
    pub(super) control: Option<usize>,
}

impl Exchanges {
    pub(super) fn of(seen: &Observation, role: Role) -> Self {
        let mut exchanges = Self {
            all: Vec::new(),
            shown_by: None,
            control: None,
        };
        for (part, exchange) in [
            (Role::Twin, &seen.twin),
            (Role::Given, &seen.given),
            (Role::Before, &seen.before),
        ] {
            exchanges.add(part, exchange.as_ref(), role);
        }
        for exchange in &seen.subject {
            exchanges.add(Role::Subject, Some(exchange), role);
        }
        for (part, exchange) in [(Role::After, &seen.after), (Role::Named, &seen.named)] {
            exchanges.add(part, exchange.as_ref(), role);
        }
        // What follows the step that shows it has no part in it.
        let last = if let Role::Step(at) = role {
            at + 1
        } else {
            seen.steps.len()
        };
        for (at, fired) in seen.steps.iter().enumerate().take(last) {
            exchanges.add(Role::Step(at), Some(&fired.exchange), role);
            if let Some(added) = exchanges.all.last_mut() {
                added.step = Some(fired.step);
            }
        }
        exchanges
    }

    fn add(&mut self, part: Role, exchange: Option<&Exchange>, role: Role) {
        let Some(exchange) = exchange else { return };
        // Of repetitions the last one counts.
        if part == role {
            self.shown_by = Some(self.all.len());
        }
        if part == Role::Given && role != Role::Given {
            self.control = Some(self.all.len());
        }
        self.all.push(reported(part, exchange));
    }
}

/// An exchange for the document.
pub(super) fn reported(part: Role, exchange: &Exchange) -> ReportedExchange {
    let request = &exchange.request;
    ReportedExchange {
        role: part.to_string(),
        step: None,
        method: request.method.clone(),
        path: request.path.clone(),
        headers: request.headers.clone(),
        body: Body::of(&request.body),
        answer: exchange.answer().map(|answer| ReportedAnswer {
            status: answer.status,
            headers: answer.headers.clone(),
            body: Body::of(&answer.body),
        }),
        silence: exchange.outcome.as_ref().err().map(ToString::to_string),
    }
}
