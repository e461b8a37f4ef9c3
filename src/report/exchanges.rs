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

        // What follows the step that shows it has no part in it.
        let last = match role {
            Role::Step(at) => at + 1,
            _ => seen.fired.len(),
        };

        for (at, fired) in seen.fired.iter().enumerate().take(last) {
            // Of repetitions the last one counts.
            if fired.role == role {
                exchanges.shown_by = Some(at);
            }
            if fired.role == Role::Given && role != Role::Given {
                exchanges.control = Some(at);
            }
            exchanges.all.push(ReportedExchange {
                step: matches!(fired.role, Role::Step(_)).then_some(fired.step),
                ..reported(fired.role, &fired.exchange)
            });
        }

        exchanges
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
