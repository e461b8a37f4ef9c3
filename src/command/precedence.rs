//! `proofmark precedence`: which of two faults a target reports.

use crate::report::Exit;
use crate::run::precedence::{Precedence, precedence as ask};
use crate::run::{Ended, Stop};
use crate::support::sink::one_line;

use super::target_args::Opened;
use super::{Failure, Outcome, PlanArgs, TargetArgs};

/// The flags of `precedence`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PrecedenceArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    target: TargetArgs,
}

/// Carries out `precedence`. It informs: whatever the order, the target is not to blame.
pub(crate) fn precedence(args: &PrecedenceArgs) -> Outcome {
    let mut args = args.clone();
    args.target.choose(&mut args.plan)?;
    // What is wrong with a plan is told before anything is started.
    for one in args.plan.each()? {
        one.plan()?;
    }
    let Opened {
        runtime,
        target,
        secrets: _,
        stop,
        started: _started,
    } = args.target.open(&args.plan.region())?;

    let _within = runtime.enter();
    args.plan.for_each(|one| {
        let plan = one.plan()?;
        let options = args.target.run_options(1)?;
        let (target, stop) = (target.clone(), stop.clone());
        told(runtime.block_on(async { ask(&plan, target, options, stop).await }))
    })
}

/// Prints the order of faults that was found, or says why there is none.
fn told(asked: Result<(Precedence, Ended), Ended>) -> Outcome {
    let (Ok((_, ended)) | Err(ended)) = &asked;

    for leftover in &ended.leftovers {
        super::complain(&one_line(&format!(
            "not removed: {} ({})",
            leftover.what, leftover.why
        )));
    }

    match asked {
        Ok((found, _)) => {
            super::print(&found.text());
            if found.is_empty() {
                let message =
                    "no order can be told: the target does not refuse two of these faults"
                        .to_owned();
                return Err(Failure {
                    exit: Exit::NothingTested,
                    message,
                });
            }
            Ok(Exit::Conforms)
        }
        Err(ended) => {
            let exit = match &ended.stopped {
                Some(Stop::Interrupted) => Exit::Interrupted,
                _ => Exit::CouldNotTell,
            };
            let why = ended.stopped.map_or_else(
                || "no request was answered".to_owned(),
                |stop| stop.to_string(),
            );
            Err(Failure {
                exit,
                message: one_line(&why).into_owned(),
            })
        }
    }
}
