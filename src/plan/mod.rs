//! The plan: everything that a run will fire, in order, made offline from files alone.
//!
//! **Architecture invariant:** the same files and options make the same plan. Nothing here knows a
//! target or a clock.

mod binding_check;
pub(crate) mod case;
mod contents;
pub(crate) mod data_plane;
pub(crate) mod fixture;
pub(crate) mod generator;
mod in_sequence;
pub(crate) mod infer;
mod listed;
mod load;
mod made_up;
mod methods;
mod needs;
mod operation_name;
mod options;
mod routes;
mod service_contracts;
mod services;
mod shard;
mod shuffle;
mod untried;
mod usual;
mod written;

pub(crate) use contents::{Lifecycle, Plan};
pub(crate) use operation_name::{
    OperationName, WantedOperations, judged_operations, visible_folders,
};
pub(crate) use options::{Depth, PlanOptions};
pub(crate) use service_contracts::{OperationContracts, ServiceContracts};
pub(crate) use services::Services;
pub(crate) use shard::Shard;
pub(crate) use shuffle::shuffled;
pub(crate) use written::REGION;

#[cfg(test)]
mod growth;
#[cfg(test)]
mod tests;
