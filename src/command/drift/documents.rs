//! What two documents promise differently, operation by operation.

use std::collections::BTreeSet;

use super::super::model_args::BotocoreArgs;
use super::super::{Failure, complain};
use crate::plan::generator::Sampling;
use crate::plan::{OperationName, Plan, PlanOptions, Services};
use crate::report::drift::{DocumentDrift, Drift};
use crate::support::files::Files;

/// Different contracts draw different requests.
pub(super) const NOTHING_DRAWN: Sampling = Sampling {
    samples: 0,
    seed: 0,
    exhaustive: false,
};

/// Compares the operations of two documents; of all of them, those that are named.
pub(super) fn compared(
    documents: [&str; 2],
    wanted: &[OperationName],
    botocore: &BotocoreArgs,
) -> Result<DocumentDrift, Failure> {
    let [from_name, to_name] = documents;
    let from = botocore.documented(from_name, None)?;
    let to = botocore.documented(to_name, None)?;
    // Documents of one service may name it differently.
    let is_wanted = |slug: &str| wanted.is_empty() || wanted.iter().any(|w| w.operation == slug);
    let (here, there) = (operations(&from), operations(&to));
    let (of_from, of_to) = (Services::default(), Services::default());

    let mut drift = DocumentDrift::new(from_name, to_name);
    for one in here.iter().filter(|one| is_wanted(&one.operation)) {
        let Some(other) = there.iter().find(|other| other.operation == one.operation) else {
            drift.only_from.push(one.operation.clone());
            continue;
        };
        match (plan(&from, &of_from, one), plan(&to, &of_to, other)) {
            (Ok(from), Ok(to)) => drift
                .operations
                .push(Drift::named(&from, &to, from_name, to_name)),
            (Err(failure), _) | (_, Err(failure)) => {
                let message = &failure.message;
                complain(&format!("{} is not compared: {message}", one.operation));
                drift.not_compared.push(one.operation.clone());
            }
        }
    }

    let known: BTreeSet<&str> = here.iter().map(|one| one.operation.as_str()).collect();
    let new = there.iter().map(|other| other.operation.as_str());
    let new = new.filter(|slug| !known.contains(slug) && is_wanted(slug));
    drift.only_to.extend(new.map(str::to_owned));
    Ok(drift)
}

/// The operations of a document.
fn operations(files: &Files) -> Vec<OperationName> {
    let named = files
        .documented()
        .filter_map(|folder| folder.split_once('/'));
    named
        .map(|(service, operation)| OperationName {
            service: service.to_owned(),
            operation: operation.to_owned(),
        })
        .collect()
}

fn plan(files: &Files, services: &Services, operation: &OperationName) -> Result<Plan, Failure> {
    let options = PlanOptions {
        operation: operation.clone(),
        sampling: NOTHING_DRAWN,
        ..PlanOptions::default()
    };
    Plan::load_among(files, services, &options).map_err(Failure::usage)
}
