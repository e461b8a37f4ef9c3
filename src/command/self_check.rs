//! `proofmark self-check`: what the suite itself would miss or wrongly flag.

use std::sync::Arc;

use crate::harness::self_check::{Outcome as Checked, Score, Suspect, self_check as check, table};
use crate::plan::Plan;
use crate::plan::case::Action;
use crate::reference::{defects_of, general_defects, todays_defects};
use crate::report::Exit;
use crate::support::echo::{did_you_mean, shown};
use tokio::sync::watch;

use super::served::is_by_hand;
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
    // A filter may be about one of several operations.
    let (mut meant, mut all) = (false, Vec::new());
    for one in args.plan.each()? {
        let defects = planned(&one)?.1;
        meant |= defects.iter().any(|defect| args.means(defect));
        all.extend(defects);
    }
    if !meant {
        return Err(Failure::usage(no_defect(&args.filters, &all)));
    }

    let stop = signals::stop();
    let (mut score, mut operations) = (Score::default(), 0);
    let exit = args.plan.for_each(|one| {
        operations += 1;
        of_one(args, one, &stop, &mut score)
    })?;
    if let (true, Some(text)) = (operations > 1, score.text()) {
        super::print(&format!("\nin all:\n{text}"));
    }
    Ok(exit)
}

/// Checks the defects of one operation.
fn of_one(
    args: &SelfCheckArgs,
    one: &PlanArgs,
    stop: &watch::Receiver<bool>,
    score: &mut Score,
) -> Outcome {
    if *stop.borrow() {
        return Ok(Exit::Interrupted);
    }
    let (plan, all) = planned(one)?;
    one.has_cases(&plan)?;
    let chosen: Vec<_> = all
        .into_iter()
        .filter(|suspect| args.means(suspect))
        .collect();
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

    let outcomes = check(&plan, &chosen, args.jobs, stop, told).map_err(Failure::usage)?;
    super::print(&table(&outcomes));
    let mut own = Score::default();
    own.add(&outcomes);
    score.add(&outcomes);
    super::print(&own.text().unwrap_or_default());
    if *stop.borrow() {
        return Ok(Exit::Interrupted);
    }
    Ok(
        if outcomes
            .iter()
            .all(|outcome| outcome.explained() || outcome.right() && outcome.told())
        {
            Exit::Conforms
        } else {
            Exit::Findings
        },
    )
}

impl SelfCheckArgs {
    /// Whether the filters leave that defect.
    fn means(&self, suspect: &Suspect) -> bool {
        let holds = |filter: &String| suspect.id.contains(filter.as_str());
        self.filters.is_empty() || self.filters.iter().any(holds)
    }
}

/// The plan of an operation, and what the reference can do wrongly of it.
fn planned(args: &PlanArgs) -> Result<(Arc<Plan>, Vec<Suspect>), Failure> {
    let plan = args.plan()?;
    let is_by_hand = is_by_hand(&plan.service.name, &plan.contract.slug);
    if let (false, Some(api)) = (is_by_hand, args.interpreted()?) {
        let all = general_defects(&api, &plan.service.name, &plan.contract.slug);
        let all = all.into_iter();
        let suspects = all
            .map(|defect| Suspect::general(&api, defect, &plan))
            .collect();
        return Ok((Arc::new(plan), suspects));
    }

    // The reference conforms to the page. Of what only a later revision knows, it has what the
    // cases written for that one alone are about.
    let mut own = plan.clone();
    let updates = plan.binding.action() == Some(Action::Update);
    let (plan, defects) = match updates && own.keep_own() {
        true => (own, todays_defects()),
        false => {
            let defects = defects_of(&plan.contract.slug).unwrap_or_default();
            (plan, defects)
        }
    };
    Ok((
        Arc::new(plan),
        defects.iter().map(Suspect::by_hand).collect(),
    ))
}

fn no_defect(filters: &[String], all: &[Suspect]) -> String {
    let hint = filters
        .iter()
        .map(|filter| did_you_mean(filter, all.iter().map(|defect| defect.id.as_str())));
    format!(
        "no defect has an id that contains `{}`{}",
        shown(&filters.join("` or `")),
        hint.collect::<String>()
    )
}
