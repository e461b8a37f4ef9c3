//! Judging: from a case and its exchanges to a verdict, and to what the target does wrong.
//!
//! **Architecture invariant:** [`Judge::judge`] sees only the case and its exchanges, so a recorded
//! run can be judged again. What the target does wrong is a value, a [`Finding`]. An `Err` means
//! that this program failed.

mod aftermath;
mod answer;
mod blame;
mod case;
mod control;
mod criteria;
mod data_plane;
mod effect;
mod grounds;
mod inspect;
mod kept;
mod looks;
mod memo;
mod model;
mod observation;
mod pages;
mod refusal;
mod shown;
mod side;
mod success;
mod symptom;
mod twins;
mod verdict;

pub(crate) use crate::wire::exchange::json;
pub(crate) use answer::{error_type, knows_no_route, not_implemented, throttles};
pub(crate) use criteria::Judge;
pub(crate) use data_plane::{DataPlaneJudgement, DataPlaneSeen, Delivery, Quiet, judge_data_plane};
pub(crate) use looks::SharedLooks;
pub(crate) use memo::Memo;
pub(crate) use observation::{Fired, Observation, Role, TAKEN};
pub(crate) use side::{Side, Sides};
pub(crate) use symptom::Symptom;
pub(crate) use verdict::{Finding, Judgement, Verdict};

#[cfg(test)]
mod tests;
