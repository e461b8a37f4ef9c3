//! From documents to contracts: reference pages and service models are read, and what they say is
//! printed as contract files, or compared.
//!
//! Every reader gives an [`Operation`], whatever the document is. What a contract has no words for
//! is told: a promise that is lost, with its reason, or a sentence of prose, with its place. A
//! document that cannot be read whole costs as little as possible: a promise rather than a contract.

mod botocore;
mod bounded;
mod compare;
mod convert;
mod from_contract;
mod graph;
mod installed;
mod json;
mod layer;
mod listed;
mod loss;
mod model;
mod named;
mod open;
mod operation;
mod overlay;
mod page;
mod print;
mod prose;
mod service_file;
mod shape;
mod smithy;
mod toml;

pub(crate) use compare::{Comparison, Difference, compare};
pub(crate) use from_contract::from_contract;
pub(crate) use installed::{Surroundings, service_of};
pub(crate) use layer::layer;
pub(crate) use loss::Lost;
pub(crate) use model::Wanted;
pub(crate) use open::{Document, model_of, models_of, open, page_of, unpacked};
pub(crate) use operation::Operation;
pub(crate) use print::{print, print_shapes};
pub(crate) use service_file::{folder_of, folder_of_service, service_file};

#[cfg(test)]
mod tests;
