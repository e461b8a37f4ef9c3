//! Causes: what findings have in common, which is what one fix on the target would mend.
//!
//! They are concluded from a document alone: what kinds of requests showed each finding, and what
//! became of all others. A finding stays what it is, and a baseline may go on naming it. A cause
//! takes in a finding only where its requests are of the kind that the cause explains; what nothing
//! explains is a cause by itself.

mod accepted;
mod crashes;
mod every_member;
mod existence;
mod explained;
mod faults;
mod follow;
mod forms;
mod gather;
mod group;
mod groups;
mod key;
mod look;
mod member;
mod notation;
mod outcome;
mod refusals;
mod refused_in_part;
mod rules;
mod traffic;
mod unshown;
mod valid;
mod words;

#[cfg(test)]
mod tests;

pub(super) use gather::Gathered;
pub(super) use group::causes;
