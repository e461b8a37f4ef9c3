//! The defects: every way to make the reference misbehave, one place each.
//!
//! A defect that must be found breaks a promise of the page or of the protocols under it; a suite
//! that does not see it is blind there. A lawful variation is a difference that the page and AWS
//! allow; a suite that objects to it raises false alarms.

mod bounds;
mod chance;
mod creation;
mod definition;
mod deletion;
mod delivery;
mod error_bodies;
mod errors;
mod form;
mod fuzzed;
mod hostile;
mod identity;
mod keeping;
mod lawful_answers;
mod lawful_rules;
mod lifecycle;
mod list;
mod loosened;
mod loosened_name;
mod members;
mod neighbours;
mod notation;
mod of_operation;
mod operations;
mod orders;
mod pairs;
mod rare;
mod rare_names;
mod storage;
#[cfg(test)]
mod tests;
mod text;
mod tightened;
mod today;
mod types;
mod values;
mod wire;

pub use definition::{Defect, Expected};
pub use list::{defects, find_defect};
pub(crate) use list::{hostile_defects, rare_defects, todays_defects};
pub(crate) use of_operation::defects_of;
