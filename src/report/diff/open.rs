//! A difference of one case, before it is known to which kind it counts.

use super::Support;
use super::compare::Found;
use super::request_key::RequestKey;
use crate::run::CaseResult;

/// A difference of one case, before it is known to which kind it counts.
pub(super) struct Open<'a> {
    pub(super) found: Found,
    pub(super) support: Support,
    pub(super) left: &'a CaseResult,
    pub(super) right: &'a CaseResult,
}

impl Open<'_> {
    /// How much is asked there; nothing by what only reads.
    pub(super) fn size(&self) -> usize {
        self.found.asked.as_ref().map_or(0, RequestKey::size)
    }
}
