//! What firing a case does to the worker that fires it.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::CaseResult;
use super::observe::spoilt;
use super::outcome::{no_answer, unknown};
use super::resource_health::{Sign, signs};
use crate::contract::{Level, Service};
use crate::judge::{Finding, Observation, Role, Symptom, Verdict};
use crate::plan::case::{Action, Case, Variant};
use crate::wire::exchange::{Exchange, Silence};

/// What a case did to the worker that fired it.
pub(crate) struct WorkerHealth {
    /// Why a valid request had no answer.
    pub(crate) dead: Option<String>,
    /// Why a sequence ended before its end, where the target could not be reached any more. By
    /// itself that says little: a server may close its door for one kind of request.
    pub(crate) unreached: Option<String>,
    /// The state the resource stays in.
    pub(crate) unsettled: Option<String>,
    /// Whether the resource is of no use any more.
    pub(crate) spoilt: bool,
    /// Why a request was not sent, where that is no fault of the target.
    pub(crate) ours: Option<String>,
    /// What it may have left in the resource.
    pub(crate) doubt: Option<UnknownState>,
    /// The place of a sequence, and whether it may have made a resource without being told so.
    pub(crate) made: Option<(usize, bool)>,
}

/// A case that left a resource in a state that nobody knows.
pub(crate) struct UnknownState {
    /// Its place in the plan.
    pub(crate) index: usize,
    pub(crate) case: Arc<Case>,
    /// The variant that it was about.
    pub(crate) variant: Variant,
    /// The body of each request that may have been carried out.
    pub(crate) bodies: Vec<bytes::Bytes>,
    /// Whether it has a finding that fails a run.
    pub(crate) told: bool,
    /// What its control showed.
    pub(crate) control: Option<BTreeSet<Sign>>,
    /// The names of the resources that steps of a sequence wrote to.
    pub(crate) named: Vec<String>,
}

/// What shows that a target did what it should not have done, or did it by a request that it
/// refused.
const CARRIED_OUT: [Symptom; 5] = [
    Symptom::Accepted,
    Symptom::ChangedByRefusal,
    Symptom::Changed,
    Symptom::Mutated,
    Symptom::Created,
];

impl WorkerHealth {
    pub(crate) fn of(case: &Case, result: &CaseResult, service: &Service) -> Self {
        let seen = result.observation.as_ref();
        Self {
            dead: seen
                .and_then(|o| o.at(Role::Given))
                .and_then(|given| no_answer(service, given)),
            unreached: seen.and_then(|o| o.fired.last()).and_then(|fired| {
                match (fired.role, &fired.exchange.outcome) {
                    (Role::Step(_), Err(silence @ Silence::Unreachable(_))) => {
                        Some(silence.to_string())
                    }
                    _ => None,
                }
            }),
            unsettled: seen.and_then(|o| o.unsettled.clone()),
            spoilt: seen.is_some_and(spoilt),
            ours: seen
                .and_then(|o| o.exchanges().find_map(Exchange::fault_of_ours))
                .map(str::to_owned),
            doubt: seen.and_then(|seen| doubt(case, result, seen, service)),
            made: seen
                .filter(|seen| case.subject().is_none() && !seen.fired.is_empty())
                .map(|seen| (result.index, may_have_made(case, seen))),
        }
    }
}

/// What a case may have left behind that no case of its own undoes.
fn doubt(
    case: &Case,
    result: &CaseResult,
    seen: &Observation,
    service: &Service,
) -> Option<UnknownState> {
    // What is not implemented was not carried out.
    if result.judgement.verdict == Verdict::NotImplemented {
        return None;
    }

    let wrong = result
        .judgement
        .findings
        .iter()
        .any(|f| CARRIED_OUT.contains(&f.symptom) || shows_ill(f));

    let writes = seen.sent().filter_map(|fired| {
        let step = case.steps.get(fired.step)?;
        // What the sequence made is removed with it; what is left of that is the worker's to know.
        let on = step.on.as_deref();
        let stays = on.is_none_or(|on| !made(case, on));
        let writes = matches!(step.action, Action::Update | Action::Delete);
        (writes && stays).then_some((&fired.exchange, on))
    });

    let writes: Vec<(&Exchange, Option<&str>)> = writes.collect();
    if !(wrong && !writes.is_empty() || writes.iter().any(|(exchange, _)| unknown(exchange))) {
        return None;
    }
    Some(UnknownState {
        index: result.index,
        case: Arc::new(case.clone()),
        variant: seen.variant.clone(),
        told: result
            .judgement
            .findings
            .iter()
            .any(|finding| finding.level == Level::Must),
        control: signs(result, service),
        bodies: writes
            .iter()
            .map(|(exchange, _)| exchange.request.body.clone())
            .collect(),
        named: writes
            .iter()
            .filter_map(|(_, on)| on.map(str::to_owned))
            .collect(),
    })
}

/// Whether a case of a chain shows that something was changed: it may have been by another case of
/// it, and what was changed once for good cannot be seen to change again.
pub(super) fn shows_change(result: &CaseResult) -> bool {
    let changes = |finding: &Finding| {
        let carried_out = CARRIED_OUT.contains(&finding.symptom);
        carried_out && finding.symptom != Symptom::Accepted
    };
    result.judgement.findings.iter().any(changes)
}

/// Whether a read shows what no update may leave there, whatever the request was expected to come
/// to. What the reads before it show as well is told of those.
fn shows_ill(finding: &Finding) -> bool {
    let after = matches!(finding.role, Role::After | Role::Named);
    after
        && finding.class == "answer"
        && matches!(finding.symptom, Symptom::OutOfContract | Symptom::WrongType)
}

/// Whether a creation had no answer, so that there may be a new resource now or later. After an
/// answer, even one that does not say whether something was made, a look shows it.
fn may_have_made(case: &Case, seen: &Observation) -> bool {
    let creates = |at: usize| {
        case.steps
            .get(at)
            .is_some_and(|step| step.action == Action::Create)
    };
    seen.fired.iter().any(|fired| {
        let unanswered = fired.exchange.answer().is_none();
        creates(fired.step) && unanswered && unknown(&fired.exchange)
    })
}

/// Whether a sequence makes the resource of that name itself.
fn made(case: &Case, on: &str) -> bool {
    case.steps
        .iter()
        .any(|step| step.action == Action::Create && step.on.as_deref() == Some(on))
}
