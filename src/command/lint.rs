//! `proofmark lint`: contract and case files, without a target.

use std::collections::BTreeSet;

use super::{Failure, Outcome, PlanArgs};
use crate::contract::{self, Service};
use crate::plan::fixture;
use crate::plan::{OperationName, Plan, PlanOptions, visible_folders};
use crate::report::Exit;
use crate::support::files::{FileError, Files, Source};

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
    let files = args.plan.files()?;
    let mut counts = Counts::default();
    let meant = args.plan.operations.named(&files)?;
    for service in folders(&files, "")? {
        let is_of_it = |name: &OperationName| name.service == service;
        if meant.as_ref().is_some_and(|m| !m.iter().any(is_of_it)) {
            continue;
        }
        if !has_toml(&files, &service)? {
            continue;
        }
        let file = files
            .read(&format!("{service}/service.toml"))
            .map_err(|e| no_service(e, &service))?;
        let loaded = contract::load_service(&file).map_err(Failure::usage)?;
        let mut bound = BTreeSet::new();
        if files
            .list(&service)
            .map_err(Failure::usage)?
            .iter()
            .any(|name| name == "fixtures.toml")
        {
            let fixtures = files
                .read(&format!("{service}/fixtures.toml"))
                .map_err(Failure::usage)?;
            let fixtures = fixture::load_fixtures(&fixtures).map_err(Failure::usage)?;
            bound.extend(fixtures.bindings.into_keys());
        }
        for operation in folders(&files, &service)? {
            let name = OperationName {
                service: service.clone(),
                operation,
            };
            if meant.as_ref().is_none_or(|meant| meant.contains(&name)) {
                let judged = bound.contains(&name.operation);
                operation_in_order(args, &files, &loaded, (&name, judged), &mut counts)?;
            }
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
    loaded: &Service,
    (name, judged): (&OperationName, bool),
    counts: &mut Counts,
) -> Result<(), Failure> {
    let folder = name.to_string();
    let names = files.list(&folder).map_err(Failure::usage)?;
    let is_contract = |name: &&String| name.starts_with("contract.") && name.ends_with(".toml");
    let contracts: Vec<&String> = names.iter().filter(is_contract).collect();
    // What is said of a document needs no contract beside it.
    let is_of_document = |name: &&String| *name == "overlay.toml";
    let has_cases = names
        .iter()
        .any(|name| name.ends_with(".toml") && !is_contract(&name) && !is_of_document(&name));

    if contracts.is_empty() && has_cases {
        // Reading it says where it was looked for.
        files
            .read(&format!("{folder}/contract.toml"))
            .map_err(Failure::usage)?;
    }

    for contract in contracts {
        let file = files
            .read(&format!("{folder}/{contract}"))
            .map_err(Failure::usage)?;
        let contract =
            contract::load_operation(&file, &name.operation, loaded).map_err(Failure::usage)?;
        counts.contracts += 1;
        // An operation that the fixtures say nothing of is there to be used by others.
        if !(has_cases || judged) {
            continue;
        }
        let own = args.plan.of(name.clone())?;
        // What was found by chance is of the operation that the command judges.
        let is_own = args
            .plan
            .operations
            .one(files)
            .is_ok_and(|one| one == *name);
        let options = PlanOptions {
            revision: Some(contract.revision.clone()),
            regressions: own.regressions.filter(|_| is_own),
            ..own
        };
        let plan =
            Plan::load_among(files, &args.plan.services, &options).map_err(Failure::usage)?;
        counts.cases += plan.cases.len();
        warn(&plan, &file);
    }

    Ok(())
}

/// Says which members of requests no case is about.
fn warn(plan: &Plan, file: &Source) {
    for untried in plan.untried() {
        let place = format!("[input.{}]", untried.member);
        let message = format!("no case is about {}: {}", untried.member, untried.why);
        super::complain(&format!("warning: {}", file.at_text(&place, message)));
    }
}

fn folders(files: &Files, path: &str) -> Result<Vec<String>, Failure> {
    visible_folders(files, path).map_err(Failure::usage)
}

/// Whether a folder holds any file of cases: reports and other things may lie beside them.
fn has_toml(files: &Files, service: &str) -> Result<bool, Failure> {
    let mut within = vec![service.to_owned()];
    within.extend(
        folders(files, service)?
            .into_iter()
            .map(|operation| format!("{service}/{operation}")),
    );
    for folder in within {
        let names = files.list(&folder).map_err(Failure::usage)?;
        if names.iter().any(|name| name.ends_with(".toml")) {
            return Ok(true);
        }
    }
    Ok(false)
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
    let folder = files.folder().map_or_else(
        || "the files that are built in".to_owned(),
        |folder| folder.display().to_string(),
    );
    Failure::usage(format!(
        "{folder}: there is nothing to check: expected files SERVICE/OPERATION/contract.toml"
    ))
}
