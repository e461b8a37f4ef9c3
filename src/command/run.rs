//! `proofmark run`: the main job.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

use crate::contract::Level;
use crate::plan::Plan;
use crate::plan::shuffled;
use crate::recording::Recorder;
use crate::report::curl::CurlTarget;
use crate::report::{Exit, Facts, Report, Secrets, Summary, Where, report_text, verdict_text};
use crate::run::{CONFIRM, Confirm, Ended, RunOptions, Runner, Stop};

use super::bar::Bar;
use super::baseline::{BaselineArgs, Known};
use super::release;
use super::report_args::Reports;
use super::reproducers::{self, ReproducersArgs};
use super::share_args::{ShareArgs, note_fired};
use super::target_args::Opened;
use super::{
    Colour, Failure, FilterArgs, Outcome, PlanArgs, ReportArgs, TargetArgs, level, limits, signals,
};

/// The flags of `run`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    share: ShareArgs,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    report: ReportArgs,
    /// How many workers fire cases side by side, each on mappings of its own [default: 1]
    #[arg(short, long, value_name = "N", env = "PROOFMARK_JOBS", hide_env = true, value_parser = limits::jobs())]
    jobs: Option<usize>,
    /// Fire the cases in an order drawn from this seed. Plan, ids and the order of the report stay
    /// as they are
    #[arg(long, value_name = "SEED", conflicts_with = "budget")]
    shuffle: Option<u64>,
    /// Stop once so many cases failed
    #[arg(long, value_name = "N")]
    max_failures: Option<usize>,
    /// The level of findings that fail the run: `must`, or `should` for warnings too
    #[arg(long, value_name = "LEVEL", default_value = "must", value_parser = level)]
    level: Level,
    #[command(flatten)]
    baseline: BaselineArgs,
    /// Try each finding that fails the run again at the end, so often where it does not come back
    #[arg(long, value_name = "N", default_value_t = CONFIRM, value_parser = limits::tries())]
    confirm: usize,
    /// Fail the run also for what did not come back and may be the network
    #[arg(long)]
    fail_unstable: bool,
    /// Test the data plane as well: which records functions receive, while a mapping is disabled,
    /// enabled and changed
    #[arg(long)]
    data_plane: bool,
    /// Write every exchange to this file while the run goes, for `proofmark judge`
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    #[command(flatten)]
    reproducers: ReproducersArgs,
    /// Show all of every finding, every promise, and what the target did where readings differ
    #[arg(short, long)]
    verbose: bool,
    /// Show the verdict alone, in one line
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
    /// Colours: auto, always or never
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Colour,
}

/// At most so many trials to make one request small that was found by chance.
const TRIALS: usize = 200;

/// Carries out `run`.
pub(crate) fn run(args: &RunArgs) -> Outcome {
    let mut args = args.clone();
    args.target.choose(&mut args.plan)?;
    args.baseline.take(args.target.chosen());
    let plan = Arc::new(args.plan.plan()?);
    let (selected, cases) = args.cases(&plan)?;
    let known = args.baseline.read()?;
    let options = args.options(known.as_ref())?;

    // From here on there is something to end well: reports, and then what is made on the target.
    signals::stop();
    let mut reports = args.report.open_live()?;
    let reproducers = args.reproducers.open()?;
    let curl = args.target.curl(&args.plan.region());
    let at = Where {
        curl: curl.as_ref(),
        flags: args.target.flags(&args.plan),
    };

    let facts = Facts {
        at: &at,
        url: args.target.url(),
        version: None,
        gate: args.level,
        sampling: args.plan.sampling(),
        selected: &selected,
        share: cases.len(),
        shard: args.share.shard,
    };

    reports.start(&plan, &facts, &args.target.secrets(&args.plan.region())?);
    let opened = match args.target.open(&args.plan.region()) {
        Ok(opened) => opened,
        Err(failure) => return unfired(failure, &plan, &facts, reports, &args),
    };

    let Opened {
        runtime,
        target,
        secrets,
        stop,
        mut started,
    } = opened;

    let _within = runtime.enter();
    let release = args.target.chosen().values.release.as_ref();
    let facts = Facts {
        version: release.and_then(|release| release::of(release, &stop)),
        ..facts
    };

    let (token, patience) = (options.token.clone(), options.settle_timeout);
    let again = reproducers::Again {
        target: target.clone(),
        token,
        patience,
        curl: curl.as_ref(),
        flags: &at.flags,
        stop: &stop,
    };

    let progress = options.progress.clone();
    let runner = Runner::new(Arc::clone(&plan), target, options);
    let mut recorder = args.recorder(&plan, &secrets)?;
    let mut bar = Bar::new(cases.len(), progress);
    let mut summary = Summary::default();
    (summary.fail_unstable, summary.shuffle) = (args.fail_unstable, args.shuffle);
    let mut fired = BTreeSet::new();
    let ended = runtime.block_on(async {
        runner
            .run(&cases, stop.clone(), |event| {
                bar.event(&event);
                reports.event(&plan, &event, &facts, &secrets);
                note_fired(&event, &mut fired);
                if let Some(recorder) = &mut recorder {
                    recorder.add(&plan, &event);
                }
                summary.add(&plan, event);
                bar.found(summary.found.len(), || {
                    Report::new(&plan, &summary, &facts).causes.len()
                });
            })
            .await
    });

    drop(bar);
    let recorded = recorder.map_or(Ok(()), |recorder| recorder.end(&ended));
    summary.end(ended);
    args.share.note(&plan, &cases, &fired, &mut summary);
    // A file that cannot be written is told after the reports, which are of the run.
    let kept = args
        .plan
        .regressions
        .keep(&plan, args.plan.revision.as_deref(), &mut summary);

    let held = args.baseline.hold(known, &plan, &mut summary, args.level);
    let reproduced = match reproducers {
        Some(folder) => runtime.block_on(reproducers::write(
            folder, &plan, &summary, &again, &secrets,
        )),
        None => Ok(()),
    };

    let curl = curl.clone().map(|curl| {
        let asks = !curl.signs && !*stop.borrow();
        let unsigned = asks && runtime.block_on(args.target.answers_unsigned(&plan));
        CurlTarget { unsigned, ..curl }
    });

    let at = Where {
        curl: curl.as_ref(),
        ..at.clone()
    };

    let facts = Facts { at: &at, ..facts };
    let report = secrets.redact_report(Report::new(&plan, &summary, &facts));
    let style = args.color.style(args.verbose);
    reports.print(&match args.quiet {
        true => verdict_text(&report, style),
        false => report_text(&report, style),
    });

    super::last::keep(&report);
    if let Some((status, started)) = started
        .as_mut()
        .and_then(|s| s.ended().map(|status| (status, s)))
    {
        super::complain(&format!(
            "the target that was started ended during the run: {status}\n{}",
            started.said()
        ));
    }

    reports.write(&report)?;
    kept?;
    held?;
    reproduced?;

    if let (Err(error), Some(path)) = (recorded, &args.record) {
        let message = format!("{}: the recording is not whole: {error}", path.display());
        return Err(Failure {
            exit: Exit::CouldNotTell,
            message,
        });
    }

    // After the run, what writes the reproducers may have been cut short.
    Ok(if *stop.borrow() {
        Exit::Interrupted
    } else {
        report.outcome()
    })
}

/// The reports of a run whose target was not there to fire anything at, or that was interrupted
/// before it was.
fn unfired(
    failure: Failure,
    plan: &Plan,
    facts: &Facts<'_>,
    reports: Reports,
    args: &RunArgs,
) -> Outcome {
    let stopped = match failure.exit {
        Exit::Interrupted => Stop::Interrupted,
        Exit::CouldNotTell => Stop::Unreachable(failure.message.clone()),
        _ => return Err(failure),
    };

    let mut summary = Summary::default();
    summary.end(Ended {
        stopped: Some(stopped),
        accepted_any: false,
        leftovers: Vec::new(),
        cut: Vec::new(),
    });

    let secrets = args.target.secrets(&args.plan.region())?;
    reports.write(&secrets.redact_report(Report::new(plan, &summary, facts)))?;
    Err(failure)
}

impl RunArgs {
    /// The only filter: where no command is named, a misspelt one is taken for it.
    pub(super) fn only_filter(&self) -> Option<&str> {
        self.filter.single()
    }

    /// The places of the cases that the filters leave, and of those that this run fires, in their
    /// order.
    fn cases(&self, plan: &Plan) -> Result<(Vec<usize>, Vec<usize>), Failure> {
        let nothing = |message| Failure {
            exit: Exit::NothingTested,
            message,
        };

        let selected = self.filter.select(plan);
        if selected.is_empty() {
            return Err(nothing(self.filter.no_case(plan)));
        }

        let cases = self.share.select(plan, selected.clone());
        if cases.is_empty() {
            return Err(nothing(self.share.no_case()));
        }

        let cases = match self.shuffle {
            Some(seed) => shuffled(cases, seed),
            None => cases,
        };
        Ok((selected, cases))
    }

    fn options(&self, known: Option<&Known>) -> Result<RunOptions, Failure> {
        let jobs = self.jobs.or(self.target.chosen().values.jobs).unwrap_or(1);
        let known = known.map(|known| known.baseline.known(known.today));
        Ok(RunOptions {
            max_failures: self.max_failures,
            shrink: TRIALS,
            data_plane: self.data_plane,
            confirm: Confirm {
                tries: self.confirm,
                level: self.level,
                ..Confirm::default()
            },
            known: Arc::new(known.unwrap_or_default()),
            time: self.share.time(),
            ..self.target.run_options(jobs)?
        })
    }

    /// What writes the run down, where it is to be.
    fn recorder(&self, plan: &Plan, secrets: &Secrets) -> Result<Option<Recorder<File>>, Failure> {
        let Some(path) = &self.record else {
            return Ok(None);
        };
        let failed = |e| Failure::unopened(&e, format!("--record {}: {e}", path.display()));
        let file = File::create(path).map_err(failed)?;
        Ok(Some(Recorder::new(
            file,
            plan,
            &self.plan.options()?,
            secrets.clone(),
        )))
    }
}
