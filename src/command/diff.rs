//! `proofmark diff`: two targets under the same cases.

mod compared;
mod sides;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::plan::case::Origin;
use crate::plan::generator::Sampling;
use crate::plan::{Plan, PlanOptions};
use crate::report::diff::{Diff, DiffDocument, DiffTargets, diff_text, schema};
use crate::report::{Exit, Style};
use crate::run::Stop;
use crate::support::sink::one_line;
use crate::support::units;
use tokio::sync::watch;

use super::{Colour, Failure, FilterArgs, Outcome, PlanArgs, TargetArgs, limits, signals};
use compared::{Compared, compared, recorded};
use sides::{Live, Side, round};

const HELP: &str = "\
A target is a URL, a target of proofmark.toml, `reference`, or a file that `run --record` wrote. Identifiers, accounts, times
and the texts of errors may differ from target to target and are not compared; nor is what follows updates that are sent at
the same time. Each kind of difference is told once, with the smallest request that shows it and with what the contract says
of it. Its case is fired once more, alone, and it does not count if it is not there again.

Exit codes: 0 the targets answer alike, 1 they do not, 2 the command line or a file is wrong, 3 a target could not be
reached or stopped answering, or the result could not be written, 4 nothing could be compared, 130 interrupted";

/// The flags of `diff`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct DiffArgs {
    /// The one target
    #[arg(long, value_name = "TARGET", required_unless_present = "schema")]
    left: Option<String>,
    /// The other
    #[arg(long, value_name = "TARGET", required_unless_present = "schema")]
    right: Option<String>,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// How many workers fire cases side by side at each target [default: 1]
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = limits::jobs())]
    jobs: usize,
    /// Go on with requests and sequences drawn at random, of one seed after another, until this
    /// time is over
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    time: Option<Duration>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    /// Print the form of the JSON, and compare nothing
    #[arg(long)]
    schema: bool,
    /// Colours: auto, always or never
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Colour,
}

/// Carries out `diff`.
pub(crate) fn diff(args: &DiffArgs) -> Outcome {
    if args.schema {
        super::output::document(&schema());
        return Ok(Exit::Conforms);
    }

    let (Some(left), Some(right)) = (&args.left, &args.right) else {
        return Err(Failure::usage("expected --left and --right"));
    };
    if args.target.names_target() {
        return Err(Failure::usage(
            "--endpoint, --target and --reference: expected --left and --right in their place",
        ));
    }

    let mut args = args.clone();
    let recorded = [recorded(&args.plan, left)?, recorded(&args.plan, right)?];
    if let [Some(_), Some(_)] = &recorded {
        return Err(Failure::usage(
            "--left and --right: expected one target that can be asked, found two recordings",
        ));
    }

    let mut live = [args.target.aimed_at(left), args.target.aimed_at(right)];
    for (target, recorded) in live.iter_mut().zip(&recorded) {
        if recorded.is_none() {
            target.choose(&mut args.plan)?;
        }
    }

    let compared = compared(&args.plan, &args.filter, recorded)?;
    compare(&args, [left, right], compared, live)
}

fn compare(
    args: &DiffArgs,
    names: [&String; 2],
    compared: Vec<Compared>,
    live: [TargetArgs; 2],
) -> Outcome {
    let runtime = super::runtime()?;
    let _within = runtime.enter();
    let stop = signals::stop();
    let mut sides = Vec::new();

    for (number, target) in live.into_iter().enumerate() {
        let is_recorded = |one: &Compared| matches!(one.recorded.get(number), Some(Some(_)));
        if compared.iter().any(is_recorded) {
            sides.push(None);
            continue;
        }
        let region = args.plan.region();
        let secrets = target.secrets(&region)?;
        let started = runtime.block_on(target.start(&region, &stop))?;
        sides.push(Some(Live {
            target: target.target(&region)?,
            curl: target.curl(&region),
            secrets,
            jobs: target.chosen().values.jobs.unwrap_or(args.jobs),
            args: target,
            _started: started,
        }));
    }

    let [left, right] = sides.as_slice() else {
        return Err(Failure::usage("expected two sides"));
    };
    let sides = [left.as_ref(), right.as_ref()];
    let (mut diff, mut ended) = (Diff::default(), None);
    let share = u32::try_from(compared.len()).unwrap_or(u32::MAX);
    for one in compared {
        ended = runtime.block_on(rounds(args, share, one, sides, &stop, &mut diff))?;
        if ended.is_some() {
            break;
        }
    }

    tell(args, names, &diff, sides, ended.is_none());
    Ok(match ended {
        Some(Stop::Interrupted) => Exit::Interrupted,
        Some(stop) => {
            super::complain(&one_line(&stop.to_string()));
            Exit::CouldNotTell
        }
        None if diff.compared == 0 => Exit::NothingTested,
        None if diff.any() => Exit::Findings,
        None => Exit::Conforms,
    })
}

/// The plan, and then draws of one seed after another for as long as there is time. Each of several
/// operations has its `share` of that.
async fn rounds(
    args: &DiffArgs,
    share: u32,
    compared: Compared,
    live: [Option<&Live>; 2],
    stop: &watch::Receiver<bool>,
    diff: &mut Diff,
) -> Result<Option<Stop>, Failure> {
    let time = args.time.map(|time| time / share);
    let until = time.and_then(|time| Instant::now().checked_add(time));
    let [left, right] = &compared.recorded;
    let is_recorded = left.is_some() || right.is_some();
    let sides = [(left, live[0]), (right, live[1])].map(|(recorded, live)| Side { recorded, live });
    let mut ended = round(&compared.plan, &compared.cases, sides, stop, diff).await?;
    let mut seed = compared.args.sampling().seed;

    while let (None, Some(until), false) = (&ended, until, is_recorded) {
        if Instant::now() >= until {
            break;
        }
        seed = seed.wrapping_add(1);
        let options = compared.args.options()?;
        let sampling = Sampling {
            seed,
            ..options.sampling
        };
        let plan = Plan::load(
            &compared.args.files()?,
            &PlanOptions {
                sampling,
                ..options
            },
        )
        .map_err(Failure::usage)?;
        let drawn = |place: &usize| {
            plan.cases
                .get(*place)
                .is_some_and(|case| case.origin == Origin::Sampled)
        };
        let cases: Vec<usize> = args
            .filter
            .select(&plan)
            .into_iter()
            .filter(drawn)
            .collect();
        if cases.is_empty() {
            break;
        }
        ended = round(&Arc::new(plan), &cases, sides, stop, diff).await?;
    }

    Ok(ended)
}

/// Prints what came of it. `whole`: whether all cases that were meant were fired.
fn tell(args: &DiffArgs, names: [&String; 2], diff: &Diff, sides: [Option<&Live>; 2], whole: bool) {
    let targets = DiffTargets {
        names: names.map(Clone::clone),
        curl: sides.map(|side| side.and_then(|live| live.curl.as_ref())),
    };

    if args.json {
        let live = sides.into_iter().flatten();
        let document = live.fold(DiffDocument::new(diff, &targets), |document, live| {
            document.redacted(&live.secrets)
        });
        super::output::document(&document.json());
    } else {
        super::print(&diff_text(
            diff,
            &targets,
            whole,
            Style {
                colour: args.color.on(&std::io::stdout()),
                ..Style::default()
            },
        ));
    }
}
