//! What became of the operation that a run was about, concluded from its cases.

use std::collections::BTreeMap;

use super::Summary;
use super::document::{OperationState, Outcome, ReportedCase, ReportedOperation, Stopped};
use crate::plan::Plan;

/// The state of the plan's operation.
pub(super) fn operation(
    plan: &Plan,
    summary: &Summary,
    cases: &[ReportedCase],
    stopped: Option<&Stopped>,
    accepted_any: bool,
) -> ReportedOperation {
    let (state, why) = state(plan, summary, cases, stopped, accepted_any);
    ReportedOperation {
        slug: plan.contract.slug.clone(),
        state,
        why,
        cases: cases.len(),
    }
}

fn state(
    plan: &Plan,
    summary: &Summary,
    cases: &[ReportedCase],
    stopped: Option<&Stopped>,
    accepted_any: bool,
) -> (OperationState, Option<String>) {
    let has = |verdict: Outcome| cases.iter().any(|case| case.verdict == verdict);
    let verdicts = [Outcome::Pass, Outcome::Fail, Outcome::Probe];
    if accepted_any && verdicts.into_iter().any(has) {
        return (OperationState::Judged, None);
    }

    let http = &plan.contract.http;
    let request = format!("{} {}", http.method, http.uri);
    if has(Outcome::NotImplemented) {
        let answer = summary.lacking.as_deref().unwrap_or("it says so");
        return (
            OperationState::NotImplemented,
            Some(format!("{request}: {answer}")),
        );
    }
    if let Some(why) = most_frequent(cases, Outcome::Masked) {
        return (OperationState::Masked, Some(format!("{request}: {why}")));
    }
    if has(Outcome::Fail) {
        let why = format!("{request}: no valid request was accepted");
        return (OperationState::Masked, Some(why));
    }

    let why = stopped.map(|stopped| stopped.why.clone());
    let why = why.or_else(|| most_frequent(cases, Outcome::Skip));
    let why = why.or_else(|| most_frequent(cases, Outcome::Error));
    (
        OperationState::Unreached,
        Some(why.unwrap_or_else(|| "no case of it was fired".to_owned())),
    )
}

/// The reason that most cases of that verdict have; of several the first by name.
fn most_frequent(cases: &[ReportedCase], verdict: Outcome) -> Option<String> {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let of_it = cases.iter().filter(|case| case.verdict == verdict);
    for reason in of_it.filter_map(|case| case.reason.as_deref()) {
        *reasons.entry(reason).or_default() += 1;
    }
    let most = reasons
        .into_iter()
        .max_by_key(|(reason, count)| (*count, std::cmp::Reverse(*reason)));
    most.map(|(reason, _)| reason.to_owned())
}
