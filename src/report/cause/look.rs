//! A case and its exchanges, as they are looked at for causes.

use crate::judge::Observation;
use crate::plan::Plan;
use crate::plan::case::Case;

/// A case and its exchanges.
pub(super) struct Look<'a> {
    pub(super) plan: &'a Plan,
    pub(super) case: &'a Case,
    pub(super) seen: &'a Observation,
}
