//! `proofmark run`: the main job.

use std::collections::BTreeSet;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::contract::Level;
use crate::plan::Plan;
use crate::plan::shuffled;
use crate::recording::Recorder;
use crate::report::curl::CurlTarget;
use crate::report::{
    Exit, Facts, Judged, Report, Secrets, Summary, Where, joined, promises_beside, report_text,
    verdict_text,
};
use crate::run::{Activity, CONFIRM, Confirm, Ended, Event, RunOptions, Runner, Stop, Worker};
use crate::wire::target::Target;
use tokio::runtime::Runtime;
use tokio::sync::watch;

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
    let parts = args.parts()?;
    let known = args.baseline.read()?;

    // From here on there is something to end well: reports, and then what is made on the target.
    signals::stop();
    let mut reports = args.report.open_live()?;
    let reproducers = args.reproducers.open()?;
    let curl = args.target.curl(&args.plan.region());
    let secrets = args.target.secrets(&args.plan.region())?;
    for part in &parts {
        let at = part.at(curl.as_ref());
        reports.start(&part.plan, &part.facts(&at, None), &secrets);
    }

    let opened = match args.target.open(&args.plan.region()) {
        Ok(opened) => opened,
        Err(failure) => return unfired(failure, &parts, curl.as_ref(), reports, &args),
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
    let version = release.and_then(|release| release::of(release, &stop));
    let mut recorder = args.recorder(&parts, &secrets)?;
    let fired = fire(
        &args,
        &parts,
        (&runtime, &target, &stop),
        known.as_ref(),
        |part, event| {
            let at = part.at(curl.as_ref());
            reports.event(
                &part.plan,
                event,
                &part.facts(&at, version.clone()),
                &secrets,
            );
            if let Some(recorder) = &mut recorder {
                recorder.add(&part.plan, event);
            }
        },
    )?;

    let recorded = match (recorder, fired.first()) {
        (Some(recorder), Some(first)) => recorder.end(&first.ended),
        _ => Ok(()),
    };

    let curl = curl.map(|curl| {
        let asks = !curl.signs && !*stop.borrow();
        let mut plans = parts.iter().map(|part| &part.plan);
        let unsigned =
            asks && plans.any(|plan| runtime.block_on(args.target.answers_unsigned(plan)));
        CurlTarget { unsigned, ..curl }
    });

    // A file that cannot be written is told after the reports, which are of the run.
    let mut failed = Ok(());
    let mut judged = Vec::new();
    for (part, fired) in parts.iter().zip(fired) {
        let (mut summary, at) = (fired.summary, part.at(curl.as_ref()));
        summary.end(fired.ended);
        args.share
            .note(&part.plan, &part.cases, &fired.cases, &mut summary);
        let revision = args.plan.revision.as_deref();
        let kept = args
            .plan
            .regressions
            .keep(&part.plan, revision, &mut summary);
        let held = args
            .baseline
            .hold(known.clone(), &part.plan, &mut summary, args.level);

        let again = reproducers::Again {
            target: target.clone(),
            token: part.options.token.clone(),
            patience: part.options.settle_timeout,
            curl: curl.as_ref(),
            flags: &at.flags,
            stop: &stop,
        };
        let reproduced = match part.folder(reproducers, parts.len()) {
            Some(folder) => runtime.block_on(reproducers::write(
                &folder, &part.plan, &summary, &again, &secrets,
            )),
            None => Ok(()),
        };

        failed = failed.and(kept).and(held).and(reproduced);
        judged.push(Judged {
            report: Report::new(&part.plan, &summary, &part.facts(&at, version.clone())),
            beside: promises_beside(&part.plan, &summary),
        });
    }

    let report = joined(judged, args.target.flags(&args.plan)).ok_or_else(nothing_judged)?;
    let report = secrets.redact_report(report);
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
    failed?;

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

fn nothing_judged() -> Failure {
    Failure {
        exit: Exit::NothingTested,
        message: "no operation was judged".to_owned(),
    }
}

/// What a run does for one operation.
struct Part {
    args: RunArgs,
    plan: Arc<Plan>,
    /// The places of the cases that the filters leave.
    selected: Vec<usize>,
    /// Those of them that this run fires, in their order.
    cases: Vec<usize>,
    options: RunOptions,
}

/// What was fired for one operation.
struct Fired {
    summary: Summary,
    ended: Ended,
    /// The places of the cases that were judged.
    cases: BTreeSet<usize>,
}

/// So many numbers of workers has each operation to itself.
const NUMBERS: usize = 1000;

impl Part {
    fn at<'a>(&self, curl: Option<&'a CurlTarget>) -> Where<'a> {
        Where {
            curl,
            flags: self.args.target.flags(&self.args.plan),
        }
    }

    fn facts<'a>(&'a self, at: &'a Where<'a>, version: Option<String>) -> Facts<'a> {
        Facts {
            at,
            url: self.args.target.url(),
            version,
            gate: self.args.level,
            sampling: self.args.plan.sampling(),
            selected: &self.selected,
            share: self.cases.len(),
            shard: self.args.share.shard,
        }
    }

    /// The folder of its reproducers: one of its own, where there are several operations.
    fn folder(&self, folder: Option<&Path>, operations: usize) -> Option<PathBuf> {
        folder.map(|folder| match operations {
            1 => folder.to_owned(),
            _ => folder.join(&self.plan.contract.slug),
        })
    }

    /// What is said of a part that was not fired.
    fn unfired(&self, stopped: Stop) -> Fired {
        Fired {
            summary: self.summary(),
            ended: Ended {
                stopped: Some(stopped),
                accepted_any: false,
                leftovers: Vec::new(),
                cut: Vec::new(),
            },
            cases: BTreeSet::new(),
        }
    }

    fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        summary.fail_unstable = self.args.fail_unstable;
        summary.shuffle = self.args.shuffle;
        summary
    }
}

/// Fires the cases of each operation, one after another. What the fixtures make once for all is made
/// for the first of them, and removed after the last.
fn fire(
    args: &RunArgs,
    parts: &[Part],
    (runtime, target, stop): (&Runtime, &Target, &watch::Receiver<bool>),
    known: Option<&Known>,
    mut on_event: impl FnMut(&Part, &Event),
) -> Result<Vec<Fired>, Failure> {
    let share = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    let known = Arc::new(
        known
            .map(|known| known.baseline.known(known.today))
            .unwrap_or_default(),
    );
    let mut all: Vec<Fired> = Vec::new();
    let mut shared: Vec<Worker> = Vec::new();
    let mut over = None;

    for (number, part) in parts.iter().enumerate() {
        if let Some(stopped) = &over {
            all.push(part.unfired(Stop::clone(stopped)));
            continue;
        }

        let options = RunOptions {
            known: Arc::clone(&known),
            workers_before: number * NUMBERS,
            // Each operation has its share of the time.
            time: args.share.time().map(|time| time / share),
            ..part.options.clone()
        };
        let progress = options.progress.clone();
        let runner = Runner::new(Arc::clone(&part.plan), target.clone(), options);
        let mut bar = Bar::new(part.cases.len(), progress.clone());
        let (mut summary, mut cases) = (part.summary(), BTreeSet::new());
        let (at, plan) = (part.at(None), &part.plan);
        let facts = part.facts(&at, None);
        let (mut ended, workers) =
            runtime.block_on(
                runner.run_sharing(&shared, &part.cases, stop.clone(), |event| {
                    bar.event(&event);
                    on_event(part, &event);
                    note_fired(&event, &mut cases);
                    summary.add(plan, event);
                    bar.found(summary.found.len(), || {
                        Report::new(plan, &summary, &facts).causes.len()
                    });
                }),
            );

        over = ended
            .stopped
            .clone()
            .filter(|stop| !matches!(stop, Stop::Time(_) | Stop::NoFixture(_)));
        progress.enter(Activity::Removing);
        let is_last = number + 1 == parts.len() || over.is_some();
        ended.leftovers.extend(runtime.block_on(async {
            let mut leftovers = Vec::new();
            match is_last {
                true => {
                    leftovers.extend(runner.dismiss(workers).await);
                    leftovers.extend(runner.dismiss(std::mem::take(&mut shared)).await);
                }
                false => shared.extend(runner.disband(workers, &mut leftovers).await),
            }
            leftovers
        }));

        drop(bar);
        all.push(Fired {
            summary,
            ended,
            cases,
        });
    }

    Ok(all)
}

/// The reports of a run whose target was not there to fire anything at, or that was interrupted
/// before it was.
fn unfired(
    failure: Failure,
    parts: &[Part],
    curl: Option<&CurlTarget>,
    reports: Reports,
    args: &RunArgs,
) -> Outcome {
    let stopped = match failure.exit {
        Exit::Interrupted => Stop::Interrupted,
        Exit::CouldNotTell => Stop::Unreachable(failure.message.clone()),
        _ => return Err(failure),
    };

    let report = |part: &Part| {
        let (fired, at) = (part.unfired(stopped.clone()), part.at(curl));
        let mut summary = fired.summary;
        summary.end(fired.ended);
        Judged {
            report: Report::new(&part.plan, &summary, &part.facts(&at, None)),
            beside: Vec::new(),
        }
    };
    let report = joined(
        parts.iter().map(report).collect(),
        args.target.flags(&args.plan),
    )
    .ok_or_else(nothing_judged)?;

    let secrets = args.target.secrets(&args.plan.region())?;
    reports.write(&secrets.redact_report(report))?;
    Err(failure)
}

impl RunArgs {
    /// The only filter: where no command is named, a misspelt one is taken for it.
    pub(super) fn only_filter(&self) -> Option<&str> {
        self.filter.single()
    }

    /// What is done for each operation that is meant. Of several, those without a case that is meant
    /// are left out.
    ///
    /// # Errors
    /// Where no case is meant, or a flag is for one operation alone.
    fn parts(&self) -> Result<Vec<Part>, Failure> {
        let each = self.plan.each()?;
        if each.len() > 1 {
            self.takes_several()?;
        }

        let (mut parts, mut nothing) = (Vec::new(), None);
        for plan_args in each {
            let args = Self {
                plan: plan_args,
                ..self.clone()
            };
            let plan = Arc::new(args.plan.plan()?);
            match args.cases(&plan) {
                Ok((selected, cases)) => parts.push(Part {
                    options: args.options()?,
                    args,
                    plan,
                    selected,
                    cases,
                }),
                Err(failure) => nothing = Some(failure),
            }
        }

        match nothing {
            Some(failure) if parts.is_empty() => Err(failure),
            _ => Ok(parts),
        }
    }

    /// Refuses what is of one operation alone.
    fn takes_several(&self) -> Result<(), Failure> {
        let writes = self.baseline.writes();
        let of_one = [
            ("--record", self.record.is_some()),
            ("--shard", self.share.shard.is_some()),
            ("--regressions", self.plan.regressions.is_named()),
            ("--baseline-update", writes),
            ("--baseline-prune", writes),
        ];
        match of_one.into_iter().find(|(_, given)| *given) {
            Some((flag, _)) => Err(Failure::usage(format!(
                "{flag} is for one operation: expected one --operation"
            ))),
            None => Ok(()),
        }
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

    fn options(&self) -> Result<RunOptions, Failure> {
        let jobs = self.jobs.or(self.target.chosen().values.jobs).unwrap_or(1);
        Ok(RunOptions {
            max_failures: self.max_failures,
            shrink: TRIALS,
            data_plane: self.data_plane,
            confirm: Confirm {
                tries: self.confirm,
                level: self.level,
                ..Confirm::default()
            },
            ..self.target.run_options(jobs)?
        })
    }

    /// What writes the run down, where it is to be.
    fn recorder(
        &self,
        parts: &[Part],
        secrets: &Secrets,
    ) -> Result<Option<Recorder<File>>, Failure> {
        let (Some(path), [part]) = (&self.record, parts) else {
            return Ok(None);
        };
        let failed = |e| Failure::unopened(&e, format!("--record {}: {e}", path.display()));
        let file = File::create(path).map_err(failed)?;
        Ok(Some(Recorder::new(
            file,
            &part.plan,
            &part.args.plan.options()?,
            secrets.clone(),
        )))
    }
}
