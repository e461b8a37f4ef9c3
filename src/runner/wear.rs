//! What firing a case does to the worker that fires it.

use super::observe::spoilt;
use super::{CaseResult, no_answer};
use crate::contract::Service;
use crate::exchange::{Exchange, Silence};

/// What a case did to the worker that fired it.
pub(crate) struct Wear {
    /// Why a valid request had no answer.
    pub dead: Option<String>,
    /// Why a sequence ended before its end, where the target could not be reached any more. By itself that says little: a
    /// server may close its door for one kind of request.
    pub unreached: Option<String>,
    /// The state the mapping stays in.
    pub unsettled: Option<String>,
    /// Whether the mapping is of no use any more.
    pub spoilt: bool,
    /// Why a request was not sent, where that is no fault of the target.
    pub ours: Option<String>,
}

impl Wear {
    pub(crate) fn of(result: &CaseResult, service: &Service) -> Self {
        let seen = result.observation.as_ref();
        Self {
            dead: seen.and_then(|o| o.given.as_ref()).and_then(|given| no_answer(service, given)),
            unreached: seen.and_then(|o| o.steps.last()).and_then(|fired| match &fired.exchange.outcome {
                Err(silence @ Silence::Unreachable(_)) => Some(silence.to_string()),
                _ => None,
            }),
            unsettled: seen.and_then(|o| o.unsettled.clone()),
            spoilt: seen.is_some_and(spoilt),
            ours: seen.and_then(|o| o.exchanges().find_map(Exchange::fault_of_ours)).map(str::to_owned),
        }
    }
}
