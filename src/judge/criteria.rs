//! What a judge goes by: the contract with its other readings, and what else is known of the
//! operation.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::answer::{knows_no_route, not_implemented, throttles};
use super::inspect::{Inspection, Seen, inspect};
use super::json::{self, Document};
use super::{Fired, Judgement, Observation, Role, SharedLooks};
use crate::contract::oracle::Oracle;
use crate::contract::{Basis, Contract, Location};
use crate::plan::Plan;
use crate::plan::case::{Case, Draft, Operations, PathDraft, Variant};
use crate::plan::fixture::{Limit, Reference};
use crate::wire::exchange::Exchange;
use crate::wire::members;

/// Judges the cases of one operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Judge<'a> {
    /// The operation's contract, and its other readings.
    pub(crate) oracle: Oracle<'a>,
    /// The contract of the operation that reads what this one writes.
    pub(crate) read: Option<&'a Contract>,
    /// The operations that sequences are made of.
    pub(crate) operations: Option<Operations<'a>>,
    /// What AWS refuses although the page admits it.
    pub(crate) limits: &'a [Limit],
    /// Members whose values name something on the target.
    pub(crate) references: Option<&'a IndexMap<String, Reference>>,
    /// What counts as a ground to expect anything; empty for every ground.
    pub(crate) bases: &'a [Basis],
    /// Whether valid requests are made up: a target need not accept one.
    pub(crate) made_up: bool,
    /// Whether the contract is that of a document alone, of which a target may serve only some
    /// operations.
    pub(crate) imported: bool,
    /// What was right in exchanges that several cases have in common.
    pub(crate) shared: Option<&'a SharedLooks>,
}

impl<'a> Judge<'a> {
    /// The judge of a plan's cases.
    pub(crate) fn of(plan: &'a Plan) -> Self {
        Self {
            oracle: plan.oracle(),
            read: plan.read.as_ref(),
            operations: plan.operations(),
            limits: &plan.binding.limit,
            references: Some(&plan.binding.reference),
            bases: &plan.bases,
            made_up: plan.binding.made_up,
            imported: plan.binding.imported,
            shared: None,
        }
    }

    /// The same judge, of cases that have exchanges in common.
    pub(crate) fn sharing(self, shared: &'a SharedLooks) -> Self {
        Self {
            shared: Some(shared),
            ..self
        }
    }

    /// The member of answers that identifies what the operation changes.
    pub(crate) fn identity(&self) -> Option<&'a str> {
        self.operations?.identity(self.oracle.contract)
    }

    /// What the request named, with its values: the members that are not null, and the labels.
    pub(super) fn sent(
        &self,
        draft: &Draft,
        seen: &Observation,
        exchange: &Exchange,
    ) -> Map<String, Value> {
        let contract = self.oracle.contract;
        let mut sent = members::sent(contract, &exchange.request);
        if let PathDraft::Labels { labels, .. } = &draft.path {
            let is_label = |name: &str| {
                let member = contract.member(name);
                member.is_none_or(|m| m.location == Location::Label)
            };
            for (name, template) in labels.iter().filter(|(name, _)| is_label(name)) {
                if let Ok(value) = seen.bindings.fill(template) {
                    sent.insert(name.clone(), Value::from(value));
                }
            }
        }

        sent
    }

    pub(super) fn write<'e>(
        &self,
        exchange: &'e Exchange,
        role: Role,
        variant: &Variant,
        judgement: &mut Judgement,
    ) -> Seen<'e> {
        self.look(self.oracle, exchange, role, variant, judgement)
    }

    /// A read is judged by its own operation's contract.
    pub(super) fn read<'e>(
        &self,
        exchange: &'e Exchange,
        role: Role,
        variant: &Variant,
        judgement: &mut Judgement,
    ) -> Seen<'e> {
        let own = |contract| Oracle::of(contract, self.oracle.service);
        let oracle = self.read.map_or(self.oracle, own);
        self.look(oracle, exchange, role, variant, judgement)
    }

    fn look<'e>(
        &self,
        oracle: Oracle<'_>,
        exchange: &'e Exchange,
        role: Role,
        variant: &Variant,
        judgement: &mut Judgement,
    ) -> Seen<'e> {
        let inspection = Inspection::of(role, variant);
        match self.shared {
            Some(shared) => shared.inspect(oracle, exchange, inspection, judgement),
            None => inspect(oracle, exchange, inspection, None, judgement),
        }
    }

    /// Whether an update names no member at all.
    pub(super) fn asks_nothing(&self, exchange: &Exchange) -> bool {
        let mut members = self.oracle.contract.input.iter();
        let needs_none = !members.any(|m| m.required && m.location.is_json());
        needs_none
            && exchange.request.method == self.oracle.contract.http.method
            && matches!(json::read(&exchange.request.body), Document::Value(Value::Object(members)) if members.is_empty())
    }

    /// Whether an exchange decides the verdict whatever the others of its sequence came to.
    pub(crate) fn outweighs(&self, exchange: &Exchange) -> bool {
        exchange.fault_of_ours().is_some() || self.throttles(exchange) || self.lacks(exchange)
    }

    /// Whether the answer only asks for fewer requests.
    pub(super) fn throttles(&self, exchange: &Exchange) -> bool {
        exchange
            .answer()
            .is_some_and(|a| throttles(self.oracle.service, a))
    }

    pub(super) fn lacks(&self, exchange: &Exchange) -> bool {
        exchange
            .answer()
            .is_some_and(|a| not_implemented(self.oracle.service, a))
    }

    /// Whether the target does not know the path of an operation of which nobody says that it does.
    pub(super) fn lacks_route(&self, control: Option<&Exchange>) -> bool {
        let answer = control.and_then(Exchange::answer);
        let is_unsure = self.made_up || self.imported;
        is_unsure && answer.is_some_and(|a| knows_no_route(self.oracle.service, a))
    }

    /// A method nobody documented may well be one the server does not implement.
    pub(super) fn may_lack(&self, case: &Case, seen: &Observation) -> bool {
        let is_other = |fired: &&Fired| {
            let step = case.steps.get(fired.step).filter(|_| !fired.around);
            let is_tested = step.is_some_and(|step| step.tested);
            !is_tested && !matches!(fired.role, Role::Subject | Role::Named)
        };
        let mut others = seen.fired.iter().filter(is_other);
        self.oracle
            .service
            .family(case.expect().class())
            .is_some_and(|f| f.opaque)
            && !others.any(|fired| self.lacks(&fired.exchange))
    }
}
