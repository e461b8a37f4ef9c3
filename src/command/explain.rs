//! `proofmark explain`: one case or promise, and everything behind it.

use std::fmt::Write as _;
use std::path::Path;

use super::config_args::ConfigArgs;
use super::{Colour, Failure, Outcome, PlanArgs};
use crate::contract::Atom;
use crate::report::{self, Exit, told_text};
use crate::support::echo::{did_you_mean, shown};
use crate::support::sink::one_line;

/// The flags of `explain`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ExplainArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    config: ConfigArgs,
    /// The id of a case or a promise, or of a cause or finding of the last report; or a JSON report
    /// (.json)
    #[arg(value_name = "ID|FILE")]
    id: String,
    /// Of a report, the cause or finding that is meant
    #[arg(value_name = "ID")]
    of: Option<String>,
    /// Colours: auto, always or never
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Colour,
}

/// Carries out `explain`.
pub(crate) fn explain(args: &ExplainArgs) -> Outcome {
    let mut args = args.clone();
    if let Some(id) = &args.of {
        let report = super::report_file::read(Path::new(&args.id))?;
        let none = || {
            format!(
                "{}: the report has no cause or finding `{}`",
                args.id,
                shown(id)
            )
        };
        let told = report.meant(id).ok_or_else(|| Failure::usage(none()))?;
        super::print(&told_text(&report, &told, args.color.style(true)));
        return Ok(Exit::Conforms);
    }

    args.plan.take_contract(&args.config)?;
    args.plan.suit(&args.id)?;
    let plan = args.plan.plan()?;
    if let Some(case) = plan.case(&args.id) {
        super::print(&report::explain(&plan, case));
        return Ok(Exit::Conforms);
    }

    let last = super::last::read();
    let told = last
        .as_ref()
        .and_then(|report| Some((report, report.meant(&args.id)?)));
    let told = told.map(|(report, told)| told_text(report, &told, args.color.style(true)));
    // A finding's id is a promise's, a class and a symptom.
    let rest_of = |atom: &Atom| args.id.strip_prefix(atom.id.as_str());
    let atom = plan.promises().find(|atom| {
        let rest = rest_of(atom);
        rest.is_some_and(|rest| {
            rest.is_empty() || (rest.starts_with("::") && rest.matches("::").count() == 2)
        })
    });

    let Some(atom) = atom else {
        if let Some(told) = told {
            super::print(&told);
            return Ok(Exit::Conforms);
        }
        let near = plan
            .cases
            .iter()
            .filter(|c| c.id.as_str().contains(&args.id))
            .take(5);
        let near = near.map(|c| format!("\n  {}", c.id)).collect::<String>();
        let hint = match near.is_empty() {
            true => {
                let cases = plan.cases.iter().map(|case| case.id.as_str());
                did_you_mean(
                    &args.id,
                    cases.chain(plan.promises().map(|atom| atom.id.as_str())),
                )
            }
            false => format!("; ids that contain it:{near}"),
        };
        return Err(Failure::usage(format!(
            "no case or promise `{}`{hint}; nor has the last report ({}) a cause or finding of that id",
            shown(&args.id),
            super::last::FILE
        )));
    };

    let mut text = String::new();
    let _ = writeln!(text, "{}\n\nsays         {}", atom.id, one_line(&atom.says));
    let section = one_line(&atom.section);
    let _ = writeln!(
        text,
        "section      {section}\nbasis        {}\nlevel        {}",
        atom.basis, atom.level
    );

    if let Some(why) = atom
        .impossible
        .as_ref()
        .or_else(|| plan.impossible.get(&atom.id))
    {
        let _ = writeln!(text, "impossible   {}", one_line(why));
    }
    let class = rest_of(atom).and_then(|rest| rest.split("::").nth(1));

    if let Some(family) = class.and_then(|class| plan.service.family(class)) {
        for accepted in &family.accept {
            let _ = writeln!(text, "accepted     {accepted}");
        }
    }

    let about = plan.cases.iter().filter(|c| c.atoms.contains(&atom.id));
    for case in about {
        let _ = writeln!(text, "case         {}", one_line(case.id.as_str()));
    }
    if let Some(told) = told {
        let _ = write!(text, "\nIn the last report:\n{told}");
    }
    super::print(&text);
    Ok(Exit::Conforms)
}
