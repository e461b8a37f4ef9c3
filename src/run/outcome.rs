//! What an exchange leaves open: it says nothing of its request, or not whether it was carried out.

use crate::contract::Service;
use crate::judge::{error_type, throttles};
use crate::wire::exchange::{Exchange, Silence};

/// Why an exchange says nothing about its request: there is no answer, or none but "slow down".
pub(crate) fn no_answer(service: &Service, exchange: &Exchange) -> Option<String> {
    match &exchange.outcome {
        Err(silence) => Some(silence.to_string()),
        Ok(answer) if throttles(service, answer) => {
            let (status, times) = (answer.status, exchange.throttled + 1);
            let named = error_type(service, answer).filter(|_| status != 429);
            let named = named.map(|named| format!(" {named}")).unwrap_or_default();
            Some(format!(
                "it throttles without end: status {status}{named}, {times} times"
            ))
        }
        Ok(_) => None,
    }
}

/// Whether nobody knows if a request was carried out: the target failed, or its answer was lost.
pub(crate) fn unknown(exchange: &Exchange) -> bool {
    match &exchange.outcome {
        Ok(answer) => answer.status >= 500,
        Err(silence) => !matches!(silence, Silence::Unreachable(_) | Silence::Ours(_)),
    }
}
