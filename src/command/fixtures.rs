//! `proofmark fixtures`: what the curl lines of a report need, made again and left in place.

use std::fmt::Write as _;
use std::sync::Arc;

use proofmark::report::Exit;
use proofmark::report::curl::assignments;
use proofmark::runner::Runner;
use proofmark::sink::one_line;

use super::{Failure, Outcome, PlanArgs, TargetArgs, runtime};

/// The flags of `fixtures`.
#[derive(Clone, Debug, clap::Args)]
pub struct FixturesArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    target: TargetArgs,
}

/// Carries out `fixtures`: prints assignments and a function that undoes everything, for `eval`.
///
/// It starts no target: what it makes is to stay, and what was started would be stopped.
pub fn fixtures(args: &FixturesArgs) -> Outcome {
    let mut args = args.clone();
    args.target.choose(&mut args.plan)?;
    let plan = Arc::new(args.plan.plan()?);
    let Some(curl) = args.target.curl(&args.plan.region()) else {
        return Err(Failure::usage("expected --endpoint: the built-in reference listens nowhere"));
    };
    let target = args.target.target(&args.plan.region())?;
    args.target.secrets(&args.plan.region())?;
    let runner = Runner::new(Arc::clone(&plan), target, args.target.run_options(1)?);
    let made = runtime()?.block_on(runner.make_fixtures());
    let (bindings, undo) = made.map_err(|(stop, leftovers)| {
        let left = leftovers.iter().map(|l| one_line(&format!("not removed: {} ({})", l.what, l.why)).into_owned());
        let left = left.map(|line| format!("\n{line}")).collect::<String>();
        Failure { exit: Exit::CouldNotTell, message: format!("{}{left}", one_line(&stop.to_string())) }
    })?;
    let mut text = assignments(&bindings);
    text.push_str("proofmark_undo() {\n");
    for (request, service) in undo {
        let _ =
            writeln!(text, "  {}", curl.line(&request, &service).replacen("curl -sS -i", "curl -sS -o /dev/null", 1));
    }
    text.push_str("}\n");
    super::print(&text);
    Ok(Exit::Conforms)
}
