//! `proofmark diff`: two targets under the same cases.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::plan::case::Origin;
use crate::plan::generator::Sampling;
use crate::plan::{Plan, PlanOptions};
use crate::recording::{self, Judged};
use crate::report::curl::CurlTarget;
use crate::report::diff::{Diff, DiffDocument, DiffTargets, diff_text, schema};
use crate::report::{Exit, Secrets, Style};
use crate::run::{CaseResult, Confirm, Ended, Event, RunOptions, Runner, Stop};
use crate::support::sink::one_line;
use crate::support::units;
use crate::wire::target::Target;
use tokio::sync::watch;

use super::judge::read;
use super::started::Started;
use super::{Colour, Failure, FilterArgs, Outcome, PlanArgs, TargetArgs, limits, signals};

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

/// One side of a comparison.
enum Side {
    /// RequestKey now.
    Live(Box<Live>),
    /// RequestKey before.
    Recorded(BTreeMap<usize, CaseResult>),
}

struct Live {
    args: TargetArgs,
    target: Target,
    curl: Option<CurlTarget>,
    secrets: Secrets,
    jobs: usize,
    /// Lives as long as it is asked.
    _started: Option<Started>,
}

/// What became of the cases on one side, and why not all of them were fired.
type Fired = (BTreeMap<usize, CaseResult>, Option<Stop>);

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
    let recorded = [recorded(&args, left)?, recorded(&args, right)?];
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

    let (plan, sides) = sides(&args, recorded, live)?;
    compare(&args, [left, right], plan, sides)
}

/// The recorded run of that name, if it is a file.
fn recorded(args: &DiffArgs, side: &str) -> Result<Option<Judged>, Failure> {
    let path = PathBuf::from(side);
    if !path.is_file() {
        return Ok(None);
    }
    recording::results(&args.plan.files()?, &read(&path)?)
        .map(Some)
        .map_err(Failure::usage)
}

/// The plan of both sides: that of the recording, where one of them is one.
fn sides(
    args: &DiffArgs,
    recorded: [Option<Judged>; 2],
    live: [TargetArgs; 2],
) -> Result<(Arc<Plan>, Vec<Prepared>), Failure> {
    let mut plan = None;
    let mut sides = Vec::new();
    for (recorded, live) in recorded.into_iter().zip(live) {
        match recorded {
            Some(judged) => {
                let results = judged
                    .results
                    .into_iter()
                    .map(|result| (result.index, result))
                    .collect();
                plan = Some(judged.plan);
                sides.push(Prepared::Recorded(results));
            }
            None => sides.push(Prepared::Live(Box::new(live))),
        }
    }

    let plan = match plan {
        Some(plan) => plan,
        None => args.plan.plan()?,
    };

    Ok((Arc::new(plan), sides))
}

/// A side before anything is sent.
enum Prepared {
    Live(Box<TargetArgs>),
    Recorded(BTreeMap<usize, CaseResult>),
}

fn compare(
    args: &DiffArgs,
    names: [&String; 2],
    plan: Arc<Plan>,
    prepared: Vec<Prepared>,
) -> Outcome {
    let mut cases = args.filter.select(&plan);
    for side in &prepared {
        if let Prepared::Recorded(results) = side {
            cases.retain(|place| results.contains_key(place));
        }
    }

    if cases.is_empty() {
        let recorded = !args.filter.select(&plan).is_empty();
        let message = match recorded {
            true => "nothing can be compared: the recording holds no case that is meant".to_owned(),
            false => args.filter.no_case(&plan),
        };
        return Err(Failure {
            exit: Exit::NothingTested,
            message,
        });
    }

    let runtime = super::runtime()?;
    let _within = runtime.enter();
    let stop = signals::stop();
    let mut sides = Vec::new();

    for side in prepared {
        sides.push(match side {
            Prepared::Recorded(results) => Side::Recorded(results),
            Prepared::Live(target) => {
                let region = args.plan.region();
                let secrets = target.secrets(&region)?;
                let started = runtime.block_on(target.start(&region, &stop))?;
                Side::Live(Box::new(Live {
                    target: target.target(&region)?,
                    curl: target.curl(&region),
                    secrets,
                    jobs: target.chosen().values.jobs.unwrap_or(args.jobs),
                    args: *target,
                    _started: started,
                }))
            }
        });
    }

    let [left, right] = sides.as_slice() else {
        return Err(Failure::usage("expected two sides"));
    };
    let mut diff = Diff::default();
    let ended = runtime.block_on(rounds(args, plan, cases, (left, right), &stop, &mut diff))?;
    tell(args, names, &diff, [left, right], ended.is_none());
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

/// The plan, and then draws of one seed after another for as long as there is time.
async fn rounds(
    args: &DiffArgs,
    plan: Arc<Plan>,
    cases: Vec<usize>,
    sides: (&Side, &Side),
    stop: &watch::Receiver<bool>,
    diff: &mut Diff,
) -> Result<Option<Stop>, Failure> {
    let until = args.time.and_then(|time| Instant::now().checked_add(time));
    let mut ended = round(&plan, &cases, sides, stop, diff).await?;
    let recorded = matches!(sides, (Side::Recorded(_), _) | (_, Side::Recorded(_)));
    let mut seed = args.plan.sampling().seed;

    while let (None, Some(until), false) = (&ended, until, recorded) {
        if Instant::now() >= until {
            break;
        }
        seed = seed.wrapping_add(1);
        let options = args.plan.options()?;
        let sampling = Sampling {
            seed,
            ..options.sampling
        };
        let plan = Plan::load(
            &args.plan.files()?,
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

/// Fires the cases at both sides, compares, and tries once more what differs.
async fn round(
    plan: &Arc<Plan>,
    cases: &[usize],
    (left, right): (&Side, &Side),
    stop: &watch::Receiver<bool>,
    diff: &mut Diff,
) -> Result<Option<Stop>, Failure> {
    let ((lefts, left_ended), (rights, right_ended)) =
        both(left.fire(plan, cases, stop), right.fire(plan, cases, stop)).await?;
    diff.add(
        plan,
        cases
            .iter()
            .filter_map(|place| Some((lefts.get(place)?, rights.get(place)?))),
    );

    if let Some(ended) = left_ended.or(right_ended) {
        return Ok(Some(ended));
    }
    // Each on fixtures of its own: where targets went apart before, what follows is no difference
    // of this case. Where a case does not show it again, another one may.
    while let Some(place) = diff.untried(plan).first().copied() {
        let ((lefts, left_ended), (rights, right_ended)) = both(
            left.fire(plan, &[place], stop),
            right.fire(plan, &[place], stop),
        )
        .await?;
        match (lefts.get(&place), rights.get(&place)) {
            (Some(left), Some(right)) => diff.tried_again(plan, left, right),
            _ => return Ok(left_ended.or(right_ended)),
        }
        if let Some(ended) = left_ended.or(right_ended) {
            return Ok(Some(ended));
        }
    }

    Ok(None)
}

async fn both(
    left: impl Future<Output = Result<Fired, Failure>>,
    right: impl Future<Output = Result<Fired, Failure>>,
) -> Result<(Fired, Fired), Failure> {
    let (left, right) = tokio::join!(left, right);
    Ok((left?, right?))
}

impl Side {
    async fn fire(
        &self,
        plan: &Arc<Plan>,
        cases: &[usize],
        stop: &watch::Receiver<bool>,
    ) -> Result<Fired, Failure> {
        let live = match self {
            Self::Recorded(results) => {
                let of = |place: &usize| Some((*place, results.get(place)?.clone()));
                return Ok((cases.iter().filter_map(of).collect(), None));
            }
            Self::Live(live) => live,
        };

        let usual = live.args.run_options(live.jobs)?;
        let options = RunOptions {
            shrink: 0,
            confirm: Confirm {
                tries: 0,
                ..Confirm::default()
            },
            ..usual
        };

        let runner = Runner::new(Arc::clone(plan), live.target.clone(), options);
        let mut results = BTreeMap::new();
        let ended: Ended = runner
            .run(cases, stop.clone(), |event| {
                if let Event::Judged(result) = event {
                    results.insert(result.index, *result);
                }
            })
            .await;

        for leftover in &ended.leftovers {
            super::complain(&one_line(&format!(
                "not removed: {} ({})",
                leftover.what, leftover.why
            )));
        }

        Ok((results, ended.stopped))
    }

    fn live(&self) -> Option<&Live> {
        match self {
            Self::Live(live) => Some(live),
            Self::Recorded(_) => None,
        }
    }
}

/// Prints what came of it. `whole`: whether all cases that were meant were fired.
fn tell(args: &DiffArgs, names: [&String; 2], diff: &Diff, sides: [&Side; 2], whole: bool) {
    let targets = DiffTargets {
        names: names.map(Clone::clone),
        curl: sides.map(|side| side.live().and_then(|live| live.curl.as_ref())),
    };

    if args.json {
        let live = sides.iter().filter_map(|side| side.live());
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
