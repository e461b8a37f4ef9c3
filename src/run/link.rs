//! A case among those that share what is sent around them, and what comes of all of them.

use std::sync::Arc;

use super::{CaseResult, Runner};
use crate::judge::{Judge, Observation};
use crate::plan::case::{Case, Purpose};
use crate::support::template::Bindings;
use crate::wire::exchange::Request;

/// A case of a chain, and its requests, filled in.
pub(super) struct Link<'a> {
    pub(super) place: usize,
    pub(super) case: &'a Case,
    requests: Vec<Arc<Request>>,
}

/// What came of cases that share what is sent around them. Empty: they could not be fired so.
#[derive(Default)]
pub(super) struct Chained {
    /// The results that count: nothing was found in any of them.
    pub(super) results: Vec<CaseResult>,
    /// The places of those that are to be fired by themselves.
    pub(super) again: Vec<usize>,
    /// What came of one that may have left its resource in any state.
    pub(super) broke: Option<Box<CaseResult>>,
    /// Whether one of those that do not count shows that something was changed.
    pub(super) changed: bool,
}

/// Whether a case is about one update of a resource at rest, whose state another update makes.
pub(super) fn shares(case: &Case) -> bool {
    let usual = case.steps.iter().all(|step| {
        let purpose = matches!(
            step.purpose,
            Purpose::Twin | Purpose::Given | Purpose::Subject
        );
        purpose && step.on.is_none() && step.together.is_none()
    });
    let at_rest = case.subject().is_some_and(|subject| !subject.at_once);

    usual && at_rest && case.given().is_some() && case.is_of_usual_path() && !case.is_sent_again()
}

impl Runner {
    /// The case at that place of the plan; `None` where its requests cannot be filled in.
    pub(super) fn link(&self, place: usize, bindings: &Bindings) -> Option<Link<'_>> {
        let case = self.plan.cases.get(place)?;
        let requests = self.ready(case, bindings).ok()?;
        Some(Link {
            place,
            case,
            requests,
        })
    }
}

impl Link<'_> {
    pub(super) fn judged(&self, judge: Judge<'_>, seen: Observation) -> CaseResult {
        CaseResult {
            index: self.place,
            judgement: judge.judge(self.case, &seen),
            observation: Some(seen),
        }
    }

    /// The request of the first step of that purpose.
    pub(super) fn request(&self, purpose: Purpose) -> Option<Arc<Request>> {
        let at = self.at(purpose)?;
        self.requests.get(at).map(Arc::clone)
    }

    /// The place of the first step of that purpose.
    pub(super) fn at(&self, purpose: Purpose) -> Option<usize> {
        let mut steps = self.case.steps.iter();
        steps.position(|step| step.purpose == purpose)
    }
}
