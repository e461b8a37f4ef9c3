//! `proofmark fixtures`: what the curl lines of a report need, made again and left in place.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::plan::Plan;
use crate::plan::case::Variant;
use crate::report::Exit;
use crate::report::curl::assignments;
use crate::run::{Leftover, MadeFixtures, Runner, Stop};
use crate::support::percent::percent_encode;
use crate::support::sink::one_line;
use crate::support::template::{Bindings, names};
use tokio::runtime::Runtime;

use super::{Failure, Outcome, PlanArgs, TargetArgs, output, runtime, signals};

/// The flags of `fixtures`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct FixturesArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    target: TargetArgs,
}

/// Carries out `fixtures`: prints assignments and a function that undoes everything, for `eval`.
///
/// It starts no target: what it makes is to stay, and what was started would be stopped.
pub(crate) fn fixtures(args: &FixturesArgs) -> Outcome {
    let mut args = args.clone();
    args.target.choose(&mut args.plan)?;
    let plan = Arc::new(args.plan.plan()?);
    let Some(curl) = args.target.curl(&args.plan.region()) else {
        return Err(Failure::usage(
            "expected --endpoint: the built-in reference listens nowhere",
        ));
    };
    let target = args.target.target(&args.plan.region())?;
    args.target.secrets(&args.plan.region())?;
    let runner = Runner::new(Arc::clone(&plan), target, args.target.run_options(1)?);
    let runtime = runtime()?;
    let stop = signals::stop();

    let made = runtime.block_on(runner.stoppable(stop).make_fixtures());
    let made = made.map_err(|(stop, leftovers)| {
        let left: String = leftovers.iter().map(not_removed).collect();
        let exit = if stop == Stop::Interrupted {
            Exit::Interrupted
        } else {
            Exit::CouldNotTell
        };
        Failure {
            exit,
            message: format!("{}{left}", one_line(&stop.to_string())),
        }
    })?;
    let mut text = assignments(&as_segments(&plan, made.bindings.clone()));
    // A function of no command is a mistake to a shell.
    text.push_str("proofmark_undo() {\n  :\n");
    for (request, service) in &made.undo {
        let _ = writeln!(
            text,
            "  {}",
            curl.line(request, service)
                .replacen("curl -sSi", "curl -sSo /dev/null", 1)
        );
    }
    text.push_str("}\n");
    // Whoever does not get these lines can remove nothing.
    if !output::printed(&text) {
        return Err(unread(&runtime, &runner, made));
    }
    Ok(Exit::Conforms)
}

/// The bindings, with those percent-encoded that lines put into a path: whatever it is, an
/// identifier is one segment there.
fn as_segments(plan: &Plan, mut bindings: Bindings) -> Bindings {
    let of_paths = plan
        .binding
        .label
        .values()
        .flat_map(|template| names(template).unwrap_or_default());

    for name in of_paths {
        let variants = plan.binding.variants.iter().filter_map(Variant::prefix);
        for prefix in std::iter::once(String::new()).chain(variants) {
            let name = format!("{prefix}{name}");
            if let Some(value) = bindings.get(&name).map(percent_encode) {
                bindings.set(name, value);
            }
        }
    }

    bindings
}

/// Removes what was made, since nobody was told of it.
fn unread(runtime: &Runtime, runner: &Runner, made: MadeFixtures) -> Failure {
    let left = runtime.block_on(runner.remove_fixtures(made));
    let mut message =
        "standard output cannot be written, so that what was made is removed again".to_owned();
    message.extend(left.iter().map(not_removed));
    Failure::unwritten(message)
}

fn not_removed(left: &Leftover) -> String {
    format!(
        "\n{}",
        one_line(&format!("not removed: {} ({})", left.what, left.why))
    )
}
