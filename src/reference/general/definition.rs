//! What a defect of the general reference is.

use super::bend::Bend;
use crate::contract::AtomId;
use crate::reference::defect::Expected;

/// One way in which the general reference can differ from itself.
#[derive(Clone, Debug)]
pub(crate) struct GeneralDefect {
    /// Such as `create-todo/title/length-max/off-by-one`.
    pub(crate) id: String,
    /// What it is about: all that are alike have one kind, whatever operation they are of.
    pub(crate) kind: &'static str,
    /// What is wrong, or different, in one sentence.
    pub(crate) says: String,
    /// The promise that must be found broken; none for a lawful variation.
    pub(crate) promise: Option<AtomId>,
    /// What the suite is expected to say.
    pub(crate) expected: Expected,
    /// The place of the operation that it is of.
    pub(crate) operation: usize,
    pub(crate) bend: Bend,
}
