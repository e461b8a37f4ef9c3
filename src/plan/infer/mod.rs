//! Fixtures by inference: what names and shapes of a service's operations say of what is good in
//! their requests, to be tried on a target and frozen into a file.
//!
//! Nothing here sends anything: a proposal is a [`Trial`], and whoever carries it out says what the
//! target answered. The same answers lead to the same proposals and the same file.

mod about;
mod call;
mod capture;
mod clean;
mod driver;
mod families;
mod family;
mod fill;
mod filled;
mod identity;
mod inferred;
mod look;
mod making;
mod name;
mod print;
mod propose;
mod recipes;
mod removal;
mod shown;
mod state;
mod states;
mod tables;
#[cfg(test)]
mod tests;
mod trial;
mod words;

pub(crate) use driver::infer;
pub(crate) use inferred::Inferred;
pub(crate) use print::{print, what_to_do};
pub(crate) use recipes::Recipes;
pub(crate) use trial::{Outcome, Trial};
