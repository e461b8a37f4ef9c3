//! A finding, however many requests showed it.

use crate::judge::{Finding, Observation, Role};
use crate::plan::Plan;
use crate::plan::case::Case;

/// A finding, however many requests showed it.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    /// The finding, as the smallest request shows it.
    pub(crate) finding: Finding,
    /// How many cases showed it.
    pub(crate) count: usize,
    /// The case with the smallest request.
    pub(crate) case: usize,
    /// Its exchanges.
    pub(crate) observation: Observation,
    /// A smaller case that shows it too, where it was found by chance and shrunk.
    pub(crate) shrunk: Option<Box<Case>>,
    /// The file that the smaller case was written to.
    pub(crate) written: Option<String>,
}

impl Found {
    /// The case that shows it best.
    pub(crate) fn shown_by<'a>(&'a self, plan: &'a Plan) -> Option<&'a Case> {
        self.shrunk.as_deref().or_else(|| plan.cases.get(self.case))
    }
}

/// How large the request that shows a finding is, in bytes: the smaller, the clearer.
///
/// Of a sequence it is all that was sent until then.
pub(crate) fn size(found: &Found) -> usize {
    found.observation.size(match found.finding.role {
        Role::Twin => Role::Subject,
        role => role,
    })
}
