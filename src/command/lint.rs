//! `proofmark lint`: contract and case files, without a target.

use super::{Failure, Outcome, PlanArgs};
use crate::contract::{self, Service};
use crate::plan::fixture;
use crate::plan::{Plan, PlanOptions};
use crate::report::Exit;
use crate::support::files::{FileError, Files};

/// The flags of `lint`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct LintArgs {
    #[command(flatten)]
    plan: PlanArgs,
}

/// What was found to be in order.
#[derive(Default)]
struct Counts {
    contracts: usize,
    cases: usize,
}

/// Carries out `lint`: every contract, fixture and case file loads, and every revision can be
/// planned.
pub(crate) fn lint(args: &LintArgs) -> Outcome {
    let files = args.plan.files();
    let mut counts = Counts::default();
    for service in folders(&files, "")? {
        let file = files
            .read(&format!("{service}/service.toml"))
            .map_err(|e| no_service(e, &service))?;
        let loaded = contract::load_service(&file).map_err(Failure::usage)?;
        if files
            .list(&service)
            .map_err(Failure::usage)?
            .iter()
            .any(|name| name == "fixtures.toml")
        {
            let fixtures = files
                .read(&format!("{service}/fixtures.toml"))
                .map_err(Failure::usage)?;
            fixture::load_fixtures(&fixtures).map_err(Failure::usage)?;
        }
        for operation in folders(&files, &service)? {
            operation_in_order(args, &files, (&service, &loaded), &operation, &mut counts)?;
        }
    }

    let Counts { contracts, cases } = counts;
    if contracts == 0 {
        return Err(nothing(&files));
    }
    super::print(&format!(
        "{contracts} contracts and {cases} cases are in order\n"
    ));
    Ok(Exit::Conforms)
}

/// Loads every revision of an operation, and plans it if the operation has cases.
fn operation_in_order(
    args: &LintArgs,
    files: &Files,
    (service, loaded): (&str, &Service),
    operation: &str,
    counts: &mut Counts,
) -> Result<(), Failure> {
    let folder = format!("{service}/{operation}");
    let names = files.list(&folder).map_err(Failure::usage)?;
    let is_contract = |name: &&String| name.starts_with("contract.") && name.ends_with(".toml");
    let contracts: Vec<&String> = names.iter().filter(is_contract).collect();
    let has_cases = names
        .iter()
        .any(|name| name.ends_with(".toml") && !is_contract(&name));

    if contracts.is_empty() && has_cases {
        // Reading it says where it was looked for.
        files
            .read(&format!("{folder}/contract.toml"))
            .map_err(Failure::usage)?;
    }

    for name in contracts {
        let file = files
            .read(&format!("{folder}/{name}"))
            .map_err(Failure::usage)?;
        let contract =
            contract::load_operation(&file, operation, loaded).map_err(Failure::usage)?;
        counts.contracts += 1;
        // An operation without cases of its own is there to be used by others.
        if !has_cases {
            continue;
        }
        let own = args.plan.options()?;
        let usual = PlanOptions::default();
        let options = PlanOptions {
            // What was found by chance is of the operation that the command judges.
            regressions: own
                .regressions
                .filter(|_| service == usual.service && operation == usual.operation),
            service: service.to_owned(),
            operation: operation.to_owned(),
            revision: Some(contract.revision.clone()),
            region: own.region,
            ..usual
        };
        counts.cases += Plan::load(files, &options)
            .map_err(Failure::usage)?
            .cases
            .len();
    }

    Ok(())
}

/// The folders in a folder, without those that are hidden.
fn folders(files: &Files, path: &str) -> Result<Vec<String>, Failure> {
    let mut names = files.folders(path).map_err(Failure::usage)?;
    names.retain(|name| !name.starts_with('.'));
    Ok(names)
}

/// A folder that is no service's may be one too deep or too high.
fn no_service(error: FileError, service: &str) -> Failure {
    match error.line {
        Some(_) => Failure::usage(error),
        None => Failure::usage(format!(
            "{error}; expected folders SERVICE/OPERATION, and `{service}` to be a service's"
        )),
    }
}

fn nothing(files: &Files) -> Failure {
    let folder = match files {
        Files::Embedded => "the files that are built in".to_owned(),
        Files::Folder(folder) => folder.display().to_string(),
    };
    Failure::usage(format!(
        "{folder}: there is nothing to check: expected files SERVICE/OPERATION/contract.toml"
    ))
}
