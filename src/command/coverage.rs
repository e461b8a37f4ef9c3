//! `proofmark coverage`: from which sides the cases test each promise.

use std::sync::Arc;

use crate::report::Exit;
use crate::report::coverage::{coverage as cover, coverage_text};

use super::{Failure, Outcome, PlanArgs};

/// The flags of `coverage`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CoverageArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// The promises of the other operations too, and which cases test each side
    #[arg(short, long)]
    verbose: bool,
}

/// Carries out `coverage`.
pub(crate) fn coverage(args: &CoverageArgs) -> Outcome {
    args.plan.for_each(|one| of_one(one, args.verbose))
}

fn of_one(args: &PlanArgs, verbose: bool) -> Outcome {
    let plan = Arc::new(args.plan()?);
    args.has_cases(&plan)?;
    let coverage = cover(&plan).map_err(Failure::usage)?;
    super::print(&coverage_text(&coverage, verbose));
    Ok(if coverage.untested().next().is_none() {
        Exit::Conforms
    } else {
        Exit::Findings
    })
}
