//! `proofmark clean`: what earlier runs left on a target is removed.

use std::sync::Arc;

use crate::plan::fixture::is_like_token;
use crate::report::Exit;
use crate::run::{Cleaned, Runner};
use crate::support::sink::one_line;

use super::{Failure, Outcome, PlanArgs, TargetArgs};

/// The flags of `clean`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct CleanArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// Only show what would be removed
    #[arg(long)]
    dry_run: bool,
    /// Only what the run with this token left: the eight characters after `proofmark-` in its
    /// names. Without it, what every run left, one that is going on now included
    #[arg(long, value_name = "TOKEN")]
    run: Option<String>,
}

/// Carries out `clean`: shows what it found, and removes it.
pub(crate) fn clean(args: &CleanArgs) -> Outcome {
    let mut args = args.clone();
    if args.run.as_deref().is_some_and(|run| !is_like_token(run)) {
        return Err(Failure::usage(
            "--run: expected eight of [0-9a-z], as in the names of what a run makes",
        ));
    }

    args.target.choose(&mut args.plan)?;
    if args.target.url().is_none() {
        return Err(Failure::usage(
            "expected --endpoint: the built-in reference keeps nothing from one run to the next",
        ));
    }

    let plan = Arc::new(args.plan.plan()?);
    let region = args.plan.region();
    let target = args.target.target(&region)?;
    // From here on no text holds these.
    args.target.secrets(&region)?;
    let runner = Runner::new(plan, target, args.target.run_options(1)?);
    super::runtime()?.block_on(async {
        let found = runner.strays(args.run.as_deref()).await;
        show(&found, args.dry_run)?;
        if args.dry_run || found.strays.is_empty() {
            return Ok(exit(&found, 0));
        }
        let mut left = 0;
        for stray in &found.strays {
            match runner.remove_stray(stray).await {
                Ok(()) => super::print(&format!("removed {}\n", one_line(&stray.what))),
                Err(why) => {
                    left += 1;
                    super::print(&format!(
                        "not removed {}\n",
                        one_line(&format!("{} ({why})", stray.what))
                    ));
                }
            }
        }
        let removed = found.strays.len() - left;
        super::print(&format!("{removed} removed, {left} not removed\n"));
        Ok(exit(&found, left))
    })
}

/// What was found, before any of it is removed.
fn show(found: &Cleaned, dry_run: bool) -> Result<(), Failure> {
    for kind in &found.unlisted {
        let (what, why) = (&kind.what, &kind.why);
        super::complain(&one_line(&format!(
            "what there is of kind {what} cannot be listed: {why}"
        )));
    }

    if found.strays.is_empty() && found.listed == 0 {
        let message = "nothing can be listed on the target, so nobody knows what earlier runs left"
            .to_owned();
        return Err(Failure {
            exit: Exit::CouldNotTell,
            message,
        });
    }

    let mut text = String::new();
    for stray in &found.strays {
        text.push_str(&format!(
            "found {}\n",
            one_line(&format!("{} (run {})", stray.what, stray.run))
        ));
    }

    match (found.strays.len(), dry_run) {
        (0, _) => text.push_str("nothing was left by earlier runs\n"),
        (count, true) => text.push_str(&format!("{count} found, none removed: --dry-run\n")),
        (_, false) => {}
    }

    super::print(&text);
    Ok(())
}

/// Where something is left, or nobody knows, it is not clean.
fn exit(found: &Cleaned, left: usize) -> Exit {
    if left > 0 || found.unlisted.iter().any(|kind| kind.failed) {
        Exit::CouldNotTell
    } else {
        Exit::Conforms
    }
}
