//! What firing a case does to the worker that fires it.

use super::observe::spoilt;
use super::{CaseResult, no_answer};

/// What a case did to the worker that fired it.
pub(crate) struct Wear {
    /// Why a valid request had no answer.
    pub dead: Option<String>,
    /// The state the mapping stays in.
    pub unsettled: Option<String>,
    /// Whether the mapping is of no use any more.
    pub spoilt: bool,
}

impl Wear {
    pub(crate) fn of(result: &CaseResult) -> Self {
        let seen = result.observation.as_ref();
        Self {
            dead: seen.and_then(|o| o.given.as_ref()).and_then(no_answer),
            unsettled: seen.and_then(|o| o.unsettled.clone()),
            spoilt: seen.is_some_and(spoilt),
        }
    }
}
