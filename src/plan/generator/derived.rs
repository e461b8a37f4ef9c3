//! The derived cases of an operation, and what could not be derived.

use std::collections::BTreeMap;

use crate::contract::AtomId;
use crate::plan::case::Case;

/// The derived cases of an operation, and what could not be derived.
#[derive(Clone, Debug, Default)]
pub(crate) struct Derived {
    /// In the order of the page.
    pub(crate) cases: Vec<Case>,
    /// For promises with a side that no request can test: why.
    pub(crate) impossible: BTreeMap<AtomId, String>,
}
