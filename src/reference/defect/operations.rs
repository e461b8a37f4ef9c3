//! Defects of the operations beside the update, for the self-checks of these.
//!
//! A defect of an answer to a step of an update's sequences stands with those of the update. What
//! stands here shows in the operation's own cases alone.

mod create;
mod delete;
mod get;
mod list;
mod reply;

use super::Defect;

/// An operation: the folder of its contract, what promises of it begin with where another one
/// breaks them, and its own defects.
pub(super) const OPERATIONS: &[(&str, &str, &[Defect])] = &[
    ("create-event-source-mapping", "create::", create::DEFECTS),
    ("delete-event-source-mapping", "delete::", delete::DEFECTS),
    ("get-event-source-mapping", "get::", get::DEFECTS),
    ("list-event-source-mappings", "list::", list::DEFECTS),
];

/// The defect of that id, of whichever operation it is.
pub(super) fn find(id: &str) -> Option<&'static Defect> {
    let mut all = OPERATIONS.iter().flat_map(|(_, _, own)| own.iter());
    all.find(|defect| defect.id == id)
}
