//! `proofmark self-check`: what the suite itself would miss or wrongly flag.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use proofmark::reference::{Expected, defects};
use proofmark::report::Exit;
use proofmark::self_check::self_check as check;

use super::{Failure, Outcome, PlanArgs};

/// The flags of `self-check`.
#[derive(Clone, Debug, clap::Args)]
pub struct SelfCheckArgs {
    #[command(flatten)]
    plan: PlanArgs,
    /// Only defects whose id contains one of these
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// How many defects are checked side by side
    #[arg(short, long, value_name = "N", default_value_t = 2)]
    jobs: usize,
    /// Show every defect with the finding that gave it away
    #[arg(short, long)]
    verbose: bool,
}

#[derive(Default)]
struct Row {
    caught: usize,
    warned: usize,
    missed: usize,
    spared: usize,
    flagged: usize,
    cases: Vec<usize>,
}

/// Carries out `self-check`.
pub fn self_check(args: &SelfCheckArgs) -> Outcome {
    let plan = Arc::new(args.plan.plan()?);
    let meant = |id: &str| args.filters.is_empty() || args.filters.iter().any(|f| id.contains(f.as_str()));
    let chosen: Vec<_> = defects().iter().filter(|d| meant(d.id)).collect();
    let tell = |outcome: &proofmark::self_check::Outcome| {
        if args.verbose {
            let by = outcome.finding.as_ref().or(outcome.warning.as_ref());
            let by = by.map_or("-".to_owned(), |f| format!("{} at {}", f.id(), f.role));
            eprintln!("{:>6} ms {:>5} cases  {}: {by}", outcome.total.as_millis(), outcome.cases, outcome.defect.id);
        }
    };
    let outcomes = check(&plan, &chosen, args.jobs, tell).map_err(Failure::usage)?;
    let mut rows: BTreeMap<&str, Row> = BTreeMap::new();
    let mut text = String::new();
    for outcome in &outcomes {
        let row = rows.entry(outcome.defect.class).or_default();
        let by = outcome.finding.as_ref().or(outcome.warning.as_ref()).map(|f| format!("{} at {}", f.id(), f.role));
        let unsure = if outcome.exit == Exit::CouldNotTell { " (could not tell)" } else { "" };
        match (outcome.defect.expected, outcome.right()) {
            (Expected::MustBeFound, true) => {
                row.caught += 1;
                row.cases.push(outcome.cases);
            }
            (Expected::MustBeFound, false) => {
                let only = if outcome.warning.is_some() { " (only warned of)" } else { "" };
                row.missed += 1;
                let _ = writeln!(text, "MISSED  {}{only}: {}{unsure}", outcome.defect.id, outcome.defect.says);
            }
            (Expected::MustBeWarnedOf, true) => row.warned += 1,
            (Expected::MustBeWarnedOf, false) => {
                let what = if outcome.finding.is_some() { "STRICT " } else { "MISSED " };
                *(if outcome.finding.is_some() { &mut row.flagged } else { &mut row.missed }) += 1;
                let _ = writeln!(text, "{what} {}: {}{unsure}", outcome.defect.id, outcome.defect.says);
            }
            (Expected::LawfulVariation, true) => row.spared += 1,
            (Expected::LawfulVariation, false) => {
                row.flagged += 1;
                let by = by.clone().unwrap_or_default();
                let _ = writeln!(text, "FLAGGED {}: {}{unsure} by {by}", outcome.defect.id, outcome.defect.says);
            }
        }
    }
    let _ = writeln!(
        text,
        "{:<22} {:>7} {:>7} {:>7} {:>9} {:>8}   cases until caught (median)",
        "class", "caught", "warned", "missed", "variation", "flagged"
    );
    let mut total = Row::default();
    for (class, mut row) in rows {
        row.cases.sort_unstable();
        let _ = writeln!(text, "{}", line(class, &row));
        total.caught += row.caught;
        total.warned += row.warned;
        total.missed += row.missed;
        total.spared += row.spared;
        total.flagged += row.flagged;
        total.cases.extend(row.cases);
    }
    total.cases.sort_unstable();
    let _ = writeln!(text, "{}", line("all", &total));
    super::print(&text);
    Ok(if outcomes.iter().all(proofmark::self_check::Outcome::right) { Exit::Conforms } else { Exit::Findings })
}

fn line(class: &str, row: &Row) -> String {
    let median = row.cases.get(row.cases.len() / 2).map_or(String::from("-"), usize::to_string);
    format!(
        "{class:<22} {:>7} {:>7} {:>7} {:>9} {:>8}   {median}",
        row.caught, row.warned, row.missed, row.spared, row.flagged
    )
}
