//! `proofmark precedence`: which of two faults a target reports.

use proofmark::precedence::precedence as ask;
use proofmark::report::Exit;
use proofmark::runner::Stop;

use super::target_args::Opened;
use super::{Failure, Outcome, PlanArgs, TargetArgs, output};

/// The flags of `precedence`.
#[derive(Clone, Debug, clap::Args)]
pub struct PrecedenceArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    target: TargetArgs,
}

/// Carries out `precedence`. It informs: whatever the order, the target is not to blame.
pub fn precedence(args: &PrecedenceArgs) -> Outcome {
    let mut args = args.clone();
    args.target.choose(&mut args.plan)?;
    let plan = args.plan.plan()?;
    let Opened { runtime, target, secrets, stop, started: _started } = args.target.open(&args.plan.region())?;
    let _within = runtime.enter();
    let options = args.target.run_options(1)?;
    let asked = runtime.block_on(async { ask(&plan, target, options, stop).await });
    let (Ok((_, ended)) | Err(ended)) = &asked;
    for leftover in &ended.leftovers {
        let why = secrets.redact(&leftover.why);
        output::tell(&format!("proofmark: not removed: {} ({why})", leftover.what));
    }
    match asked {
        Ok((found, _)) => {
            super::print(&secrets.redact(&found.text()));
            if found.is_empty() {
                let message = "no order can be told: the target does not refuse two of these faults".to_owned();
                return Err(Failure { exit: Exit::NothingTested, message });
            }
            Ok(Exit::Conforms)
        }
        Err(ended) => {
            let exit = match &ended.stopped {
                Some(Stop::Interrupted) => Exit::Interrupted,
                _ => Exit::CouldNotTell,
            };
            let why = ended.stopped.map_or_else(|| "no request was answered".to_owned(), |stop| stop.to_string());
            Err(Failure { exit, message: secrets.redact(&why) })
        }
    }
}
