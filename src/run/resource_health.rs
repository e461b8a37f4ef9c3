//! What is known of the resources of a worker, and what a control shows of them.

use std::collections::{BTreeMap, BTreeSet};

use super::CaseResult;
use super::outcome::{no_answer, unknown};
use crate::contract::Service;
use crate::judge::{Judgement, Role, Symptom, Verdict};
use crate::plan::case::Variant;
use crate::wire::exchange::Exchange;

/// What is known of the resources of a worker, from one case to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct ResourceHealth {
    /// By variant.
    pub(super) variants: BTreeMap<Variant, Kind>,
    /// What controls show on resources that nothing has spoilt.
    pub(super) usual: BTreeSet<Sign>,
    /// How many times in a row no new resources were to be had.
    pub(super) failed: u32,
    /// How much of what sequences made could not be removed.
    pub(super) left: usize,
}

/// What is known of one resource.
#[derive(Clone, Debug, Default)]
pub(super) struct Kind {
    /// Whether a control was accepted there.
    pub(super) sound: bool,
    /// The bodies of the controls that were.
    pub(super) accepted: BTreeSet<String>,
    /// The last case that was fired there.
    pub(super) last: Option<usize>,
    /// The last case after which nobody knew its state, unless a control was accepted since. What
    /// it did wrong was told.
    pub(super) doubted: Option<usize>,
}

/// What a control shows of the state of its resource.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Sign {
    /// It was not accepted, and had this body.
    Refused(String),
    /// It, or the read after it, shows that finding.
    Finding(String),
}

/// So many times in a row no new resources are to be had before nobody tries any more.
pub(super) const FAILED: u32 = 3;

impl ResourceHealth {
    pub(super) fn kind(&mut self, variant: &Variant) -> &mut Kind {
        self.variants.entry(variant.clone()).or_default()
    }

    /// The resources are new.
    pub(crate) fn renewed(&mut self) {
        self.variants.clear();
    }
}

/// What a case's control shows; `None` where it says nothing of its resource.
pub(crate) fn signs(result: &CaseResult, service: &Service) -> Option<BTreeSet<Sign>> {
    let seen = result.observation.as_ref()?;
    let given = seen.at(Role::Given)?;
    let silent = says_nothing(given, service);
    let told_apart = matches!(
        result.judgement.verdict,
        Verdict::Skip(_) | Verdict::NotImplemented
    );

    if silent || told_apart || seen.unsettled.is_some() {
        return None;
    }
    let around = |role: Role| matches!(role, Role::Given | Role::Before);
    Some(signs_of(
        &result.judgement,
        (!given.accepted()).then(|| body_of(given)),
        around,
    ))
}

/// Whether an update was not sent, or answered with nothing but that there are too many.
pub(crate) fn says_nothing(exchange: &Exchange, service: &Service) -> bool {
    no_answer(service, exchange).is_some() && !unknown(exchange)
}

pub(crate) fn signs_of(
    judgement: &Judgement,
    refused: Option<String>,
    of: impl Fn(Role) -> bool,
) -> BTreeSet<Sign> {
    let findings = judgement
        .findings
        .iter()
        .filter(|f| of(f.role) && f.symptom != Symptom::Refused);
    let mut signs: BTreeSet<Sign> = findings.map(|f| Sign::Finding(f.id())).collect();
    signs.extend(refused.map(Sign::Refused));
    signs
}

pub(crate) fn refused(signs: &BTreeSet<Sign>) -> bool {
    signs.iter().any(|sign| matches!(sign, Sign::Refused(_)))
}

pub(crate) fn body_of(exchange: &Exchange) -> String {
    String::from_utf8_lossy(&exchange.request.body).into_owned()
}
