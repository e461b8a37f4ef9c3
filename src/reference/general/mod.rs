//! The general reference: a store that interprets contracts and resources, so that every contract
//! has a conforming target without code of its own.
//!
//! A request goes through these modules in turn: `template` and `api` find its operation, `decode`
//! reads its members, `validate` asks the oracle what they break, `carry_out` does to the `store`
//! what the resource says, `show` makes the members of the answer by its shape, and `encode` turns
//! them into bytes. What is invalid under some readings only is accepted: a refusal comes where all
//! readings agree.
//!
//! **Invariant:** no module knows any single defect. A defect is a [`Bend`], which is data. What
//! each kind of them changes stands in one place.
//!
//! **Invariant:** it does no I/O, never panics, and depends on nothing but the requests so far, the
//! contracts and the clock.

mod api;
mod bend;
mod carry_out;
mod decode;
mod defect;
mod definition;
mod edit;
mod encode;
mod identity;
mod lawful;
mod pages;
mod refusal;
mod server;
mod show;
mod store;
mod template;
mod validate;

pub(crate) use api::Api;
pub(crate) use defect::general_defects;
pub(crate) use definition::GeneralDefect;
pub(crate) use server::General;

#[cfg(test)]
mod tests;
