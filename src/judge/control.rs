//! The valid update that is fired before the request of a case: whether it was accepted, and
//! whether it did what it says.

use serde_json::Value;

use super::answer::{Checks, error_type, outcome};
use super::case::Reads;
use super::criteria::Judge;
use super::inspect::refusal_text;
use super::{Judgement, Observation, Role, Symptom, Verdict};
use crate::plan::case::{Case, Variant};
use crate::plan::fixture::Limit;
use crate::wire::exchange::Exchange;
use crate::wire::members;

impl Judge<'_> {
    /// It is an update like any other: its answer and the read before the request show what it
    /// sent.
    ///
    /// Every case starts from a state of its own, so that these are as many tests of what is stored
    /// as there are cases.
    pub(super) fn given_stored(
        &self,
        case: &Case,
        seen: &Observation,
        reads: &Reads<'_>,
        judgement: &mut Judgement,
    ) {
        let given = seen.at(Role::Given).filter(|e| e.accepted());
        let (Some(given), Some(draft)) = (given, case.given()) else {
            return;
        };
        let sent = self.sent(draft, seen, given);
        if let Some(object) = reads.given {
            Checks::new(self.oracle, Role::Given, judgement).stored(&sent, object, false);
        }
        if let Some(object) = reads
            .before
            .filter(|_| seen.at(Role::Before).is_some_and(Exchange::accepted))
        {
            let mut checks = Checks::new(self.oracle, Role::Before, judgement);
            checks.stored(&sent, object, true);
            if let Some(answered) = reads.given {
                checks.not_before(answered, object);
            }
        }
    }

    pub(super) fn given_refused(
        &self,
        exchange: &Exchange,
        seen: &Observation,
        judgement: &mut Judgement,
    ) -> Verdict {
        let service = self.oracle.service;
        let refused = outcome(service, exchange);
        if let Some(limit) = self.limit(exchange, &seen.variant) {
            return Verdict::Skip(limit.why.clone());
        }

        // What refuses a request that is made up may be no part of the operation at all, such as a
        // server that does not know the path. Only a failure of the service is one whatever it is
        // asked.
        if self.made_up {
            judgement.findings.retain(|f| f.symptom.is_failure());
            judgement.exercised.clear();
            judgement.shown.clear();
        } else if exchange.answer().is_some_and(|a| a.status < 500) {
            let mut checks = Checks::new(self.oracle, Role::Given, judgement);
            let expected = format!(
                "status {}: the request is valid",
                self.oracle.contract.http.statuses()
            );
            let broken = (Symptom::Refused, expected, refusal_text(service, exchange));
            let path = self
                .form(exchange, &seen.bindings)
                .unwrap_or("request::http");
            checks.check(path, "valid", Some(broken));
        }

        Verdict::Masked(format!("the control was refused: {refused}"))
    }

    fn limit(&self, exchange: &Exchange, variant: &Variant) -> Option<&Limit> {
        let answer = exchange.answer()?;
        let family = self.oracle.service.family("range")?;
        if !family.admits(
            answer.status,
            error_type(self.oracle.service, answer).as_deref(),
        ) {
            return None;
        }

        let sent = members::sent(self.oracle.contract, &exchange.request);
        self.limits.iter().find(|l| {
            l.variant.serves(variant)
                && sent
                    .get(&l.member)
                    .and_then(Value::as_i64)
                    .is_some_and(|v| v > l.above)
        })
    }
}
