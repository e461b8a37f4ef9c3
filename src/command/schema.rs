//! `proofmark schema`: the form of JSON reports.

use crate::report::{Exit, document};

use super::Outcome;

/// Carries out `schema`.
pub(crate) fn schema() -> Outcome {
    super::output::document(&document::schema());
    Ok(Exit::Conforms)
}
