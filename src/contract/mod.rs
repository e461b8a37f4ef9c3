//! What an API promises: operations, shapes, members, constraints, errors and prose rules. The
//! words are Smithy's.
//!
//! A [`Contract`] is one operation as documented at one time (its *revision*), read from a TOML
//! file by [`load_operation`]. Every promise in it is an [`Atom`] with a stable id. Verdicts,
//! findings and coverage name promises by these ids.
//!
//! **Architecture invariant:** no operation has Rust code of its own. If a contract cannot express
//! something, contracts get a new word for it here. No other room asks which operation it has.

mod atom;
mod atoms;
pub(crate) mod constraint;
#[cfg(test)]
pub(crate) mod counted;
mod document;
mod grounds;
mod loader;
mod names;
mod operation;
pub(crate) mod oracle;
mod pagination;
pub(crate) mod pattern;
pub(crate) mod pattern_table;
mod print;
mod promise_path;
mod rule;
mod service;
mod shape;

pub(crate) use atom::{Atom, AtomId, Part};
pub(crate) use grounds::Basis;
pub use grounds::Level;
pub(crate) use loader::{check_operation, load_operation, load_service};
pub(crate) use operation::{
    AnswerLocation, Contract, ErrorShape, Http, Location, Member, OutputMember, Presence,
};
pub(crate) use pagination::Pagination;
pub(crate) use print::{print_operation, print_service};
pub(crate) use promise_path::PromisePath;
pub(crate) use rule::{Rule, RuleKind, StateEffect, When};
pub(crate) use service::{
    Acceptable, Confusion, ErrorFamily, Errors, Protocol, Service, StatusMatch,
};
pub(crate) use shape::{Bound, Constraint, Shape, ShapeType, TimestampFormat};

#[cfg(test)]
mod tests;
