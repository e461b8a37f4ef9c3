//! `proofmark lint`: contract and case files, without a target.

use super::{Failure, Outcome, PlanArgs};
use proofmark::contract;
use proofmark::plan::{Plan, PlanOptions};
use proofmark::report::Exit;

/// The flags of `lint`.
#[derive(Clone, Debug, clap::Args)]
pub struct LintArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// Carries out `lint`: every contract, fixture and case file loads, and every revision can be planned.
pub fn lint(args: &LintArgs) -> Outcome {
    let files = args.plan.files();
    let (mut contracts, mut cases) = (0, 0);
    for service_name in files.folders("").map_err(Failure::usage)? {
        let service =
            contract::load_service(&files.read(&format!("{service_name}/service.toml")).map_err(Failure::usage)?)
                .map_err(Failure::usage)?;
        for operation in files.folders(&service_name).map_err(Failure::usage)? {
            let folder = format!("{service_name}/{operation}");
            let names = files.list(&folder).map_err(Failure::usage)?;
            for name in names.iter().filter(|n| n.starts_with("contract.")) {
                let file = files.read(&format!("{folder}/{name}")).map_err(Failure::usage)?;
                let contract = contract::load_operation(&file, &operation, &service).map_err(Failure::usage)?;
                contracts += 1;
                // An operation without cases of its own is there to be used by others.
                if names.iter().all(|n| n.starts_with("contract.")) {
                    continue;
                }
                let options = PlanOptions {
                    service: service_name.clone(),
                    operation: operation.clone(),
                    revision: Some(contract.revision.clone()),
                    region: args.plan.region(),
                    ..PlanOptions::default()
                };
                cases += Plan::load(&files, &options).map_err(Failure::usage)?.cases.len();
            }
        }
    }
    super::print(&format!("{contracts} contracts and {cases} cases are in order\n"));
    Ok(Exit::Conforms)
}
