//! What a request left behind: the resource is there, and what was refused changed nothing.

use super::answer::{Checks, outcome};
use super::case::Reads;
use super::criteria::Judge;
use super::inspect::{Seen, refusal_text};
use super::{Judgement, Observation, Role, Symptom};
use crate::contract::RuleKind;
use crate::contract::oracle::Oracle;
use crate::plan::case::Case;
use crate::wire::exchange::Exchange;

impl Judge<'_> {
    /// Whatever the request was answered, the resource is there and is as it was.
    pub(super) fn no_effect(
        &self,
        case: &Case,
        seen: &Observation,
        reads: &Reads<'_>,
        main: &str,
        judgement: &mut Judgement,
    ) {
        let Some(exchange) = seen.at(Role::After) else {
            return;
        };
        let after = self.read(exchange, Role::After, &seen.variant, judgement);
        if self.gone(&after, case, seen, judgement) {
            return;
        }
        let (Some(before), Some(after)) = (reads.before, after.object()) else {
            return;
        };
        let mut checks = Checks::new(self.oracle, Role::After, judgement);
        checks.no_effect(main, case, before, after);
    }

    /// A refused request changed nothing, and the resource is still there.
    pub(super) fn refused_kept(
        &self,
        case: &Case,
        seen: &Observation,
        reads: &Reads<'_>,
        judgement: &mut Judgement,
    ) {
        let Some(exchange) = seen.at(Role::After) else {
            return;
        };
        let after = self.read(exchange, Role::After, &seen.variant, judgement);
        if self.gone(&after, case, seen, judgement) {
            return;
        }

        if let (Some(before), Some(after), true) = (
            reads.before,
            after.object(),
            case.subject().is_some_and(|s| !s.at_once),
        ) {
            let shown = judgement.shown.clone();
            let mut checks = Checks::new(self.oracle, Role::After, judgement);
            checks.refusal_kept(case.expect().class(), before, after);
            // After a failure of the service, or a request that is no update, nothing may have
            // changed either, but no update was refused.
            let opaque = self
                .oracle
                .service
                .family(case.expect().class())
                .is_some_and(|f| f.opaque);
            if opaque || !refused(seen) {
                judgement.shown = shown;
            }
        }
    }

    /// A refused request that named something else brought nothing into being. Where the target
    /// refused the request and its read is accepted all the same, the read is what is wrong.
    pub(super) fn named(
        &self,
        case: &Case,
        seen: &Observation,
        main: &str,
        class: &str,
        judgement: &mut Judgement,
    ) {
        let Some(exchange) = seen.at(Role::Named) else {
            return;
        };
        if exchange.accepted() {
            let oracle = match self.read.filter(|read| read.atom(main).is_some()) {
                Some(contract) if refused(seen) => Oracle::of(contract, self.oracle.service),
                _ => self.oracle,
            };
            let mut checks = Checks::new(oracle, Role::Named, judgement);
            let expected = "a read of it is refused: it does not exist".to_owned();
            let actual = refusal_text(self.oracle.service, exchange);
            checks.check_at(
                main,
                class,
                case.level,
                Some((Symptom::Created, expected, actual)),
            );
        }
    }

    /// Whether the resource can no longer be read.
    pub(super) fn gone(
        &self,
        after: &Seen<'_>,
        case: &Case,
        seen: &Observation,
        judgement: &mut Judgement,
    ) -> bool {
        if after.accepted {
            return false;
        }
        let Some(exchange) = seen
            .at(Role::After)
            .filter(|e| e.answer().is_some_and(|a| a.status < 500))
        else {
            return true;
        };
        let mut checks = Checks::new(self.oracle, Role::After, judgement).with_floor(case.level);
        let path = self
            .oracle
            .contract
            .rules
            .iter()
            .find(|r| matches!(r.kind, RuleKind::ReadBack { .. }))
            .map(|r| r.path.clone())
            .unwrap_or_default();

        let expected = "the resource can be read".to_owned();
        checks.check(
            &path,
            "valid",
            Some((
                Symptom::Gone,
                expected,
                outcome(self.oracle.service, exchange),
            )),
        );

        true
    }
}

/// Whether the target refused the request that the case is about.
fn refused(seen: &Observation) -> bool {
    let answer = seen.at(Role::Subject).and_then(Exchange::answer);
    answer.is_some_and(|a| (400..500).contains(&a.status))
}
