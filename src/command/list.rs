//! `proofmark list`: the cases, offline.

use std::fmt::Write as _;

use super::config_args::ConfigArgs;
use super::{Failure, FilterArgs, Outcome, PlanArgs};
use crate::plan::Plan;
use crate::report::Exit;
use crate::support::sink::one_line;

/// The flags of `list`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    config: ConfigArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// The promises instead of the cases
    #[arg(long)]
    atoms: bool,
}

/// Carries out `list`.
pub(crate) fn list(args: &ListArgs) -> Outcome {
    let mut args = args.clone();
    args.plan.take_contract(&args.config)?;
    let mut text = String::new();
    let mut nothing = None;
    for plan_args in args.plan.each()? {
        let plan = plan_args.plan()?;
        match listed(&args, &plan) {
            Some(lines) => text.push_str(&lines),
            None => nothing = Some(args.filter.no_case(&plan)),
        }
    }

    if let (true, Some(message)) = (text.is_empty(), nothing) {
        return Err(Failure {
            exit: Exit::NothingTested,
            message,
        });
    }
    super::print(&text);
    Ok(Exit::Conforms)
}

/// The lines of one operation; `None` where no case is meant.
fn listed(args: &ListArgs, plan: &Plan) -> Option<String> {
    let mut text = String::new();

    if args.atoms {
        for atom in plan.contract.atoms.values() {
            let _ = writeln!(
                text,
                "{}: {} [{}: {}]",
                atom.id,
                one_line(&atom.says),
                atom.basis,
                one_line(&atom.section)
            );
        }
    } else {
        let cases = args.filter.select(plan);
        if cases.is_empty() {
            return None;
        }
        // All draws of a kind have one id.
        let mut told = std::collections::BTreeSet::new();
        for index in cases {
            if told.insert(&plan.cases[index].id) {
                let _ = writeln!(text, "{}", one_line(plan.cases[index].id.as_str()));
            }
        }
    }

    Some(text)
}
