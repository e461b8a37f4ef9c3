//! The reference: a conforming target, in memory.
//!
//! It has two parts. One is written by hand: it answers the five operations of Lambda's
//! event-source-mapping API as the 2018 page documents them, and as much of Lambda, IAM, STS, SQS,
//! Kinesis and CloudWatch Logs as fixtures need. Where the page is silent it does what AWS was
//! recorded to do. The other, `general`, answers every other operation that has a contract, by
//! interpreting that.
//!
//! It exists to be judged: the suite must find nothing wrong with it, and must find each of its
//! [`defects`] when that defect is switched on.
//!
//! A request goes through these modules in turn: `service` reads the request, `route` finds the
//! service that it is for, `mapping` answers it from the `world`, and `reply` and `response` turn
//! the answer into bytes. A defect changes what `behaviour` holds.
//!
//! **Invariant:** no handler knows any single defect. A defect is one function that changes one
//! thing of `Behaviour`.
//!
//! **Invariant:** [`Reference::answer`] does no I/O, never panics, and depends on nothing but the
//! requests so far, the options and the clock.

mod behaviour;
mod call;
mod clock;
mod defect;
mod delivery;
mod fault;
mod function;
mod function_name;
mod general;
mod identifier;
mod kinesis;
mod logs;
mod mapping;
mod number;
mod query;
mod reply;
mod response;
mod route;
mod server;
mod service;
mod sqs;
mod state;
mod world;

/// The folder of the service whose operations it serves.
pub(crate) const SERVICE: &str = "lambda";

pub use clock::{Clock, Hands};
pub use defect::{Defect, Expected, defects, find_defect};
pub(crate) use defect::{defects_of, hostile_defects, rare_defects, todays_defects};
pub(crate) use general::{Api, General, GeneralDefect, general_defects};
#[cfg(test)]
pub(crate) use response::Ending;
pub use response::{Body, Broken, Response};
pub use server::Reference;
pub use service::{NoAnswer, serve};
pub use state::Options;

#[cfg(test)]
mod tests;
