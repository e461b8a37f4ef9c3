//! `proofmark self-check`: what the suite itself would miss or wrongly flag.

use std::sync::Arc;

use crate::harness::self_check::{Outcome as Checked, self_check as check, table};
use crate::plan::case::Action;
use crate::reference::{Defect, todays_defects};
use crate::report::Exit;
use crate::support::echo::{did_you_mean, shown};

use super::{Failure, Outcome, PlanArgs, output, signals};

/// The flags of `self-check`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct SelfCheckArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Only defects whose id contains one of these
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// How many defects are checked side by side
    #[arg(short, long, value_name = "N", default_value_t = 2, value_parser = super::limits::jobs())]
    jobs: usize,
    /// Tell on standard error of every defect as it is checked: the finding that gave it away, and
    /// the time it took
    #[arg(short, long)]
    verbose: bool,
}

/// Carries out `self-check`.
pub(crate) fn self_check(args: &SelfCheckArgs) -> Outcome {
    let mut plan = args.plan.plan()?;
    // The reference conforms to the page. Of what only a later revision knows, it has what the
    // cases written for that one alone are about.
    let mut own = plan.clone();
    let updates = plan.binding.action() == Some(Action::Update);
    let all = match updates && own.keep_own() {
        true => {
            plan = own;
            todays_defects()
        }
        false => args.plan.defects(&plan)?,
    };

    let plan = Arc::new(plan);
    let meant =
        |id: &str| args.filters.is_empty() || args.filters.iter().any(|f| id.contains(f.as_str()));
    let chosen: Vec<_> = all.iter().filter(|d| meant(d.id)).collect();
    if chosen.is_empty() {
        return Err(Failure::usage(no_defect(&args.filters, all)));
    }
    args.plan.has_cases(&plan)?;
    let told = |outcome: &Checked| {
        if args.verbose {
            let by = outcome.finding.as_ref().or(outcome.warning.as_ref());
            let by = by.map_or("-".to_owned(), |f| format!("{} at {}", f.id(), f.role));
            let Checked {
                elapsed,
                requests,
                cases,
                defect,
                ..
            } = outcome;
            let time = elapsed.as_millis();
            output::tell(&format!(
                "{time:>5} ms {cases:>5} cases {requests:>6} requests  {}: {by}",
                defect.id
            ));
        }
    };

    let stop = signals::stop();
    let outcomes = check(&plan, &chosen, args.jobs, &stop, told).map_err(Failure::usage)?;
    super::print(&table(&outcomes));
    if *stop.borrow() {
        return Ok(Exit::Interrupted);
    }
    Ok(
        if outcomes
            .iter()
            .all(|outcome| outcome.right() && outcome.told())
        {
            Exit::Conforms
        } else {
            Exit::Findings
        },
    )
}

fn no_defect(filters: &[String], all: &[Defect]) -> String {
    let hint = filters
        .iter()
        .map(|filter| did_you_mean(filter, all.iter().map(|defect| defect.id)));
    format!(
        "no defect has an id that contains `{}`{}",
        shown(&filters.join("` or `")),
        hint.collect::<String>()
    )
}
