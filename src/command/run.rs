//! `proofmark run`: the main job.

use std::fs::File;
use std::io::IsTerminal;
use std::path::PathBuf;
use std::sync::Arc;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use proofmark::contract::Level;
use proofmark::plan::Plan;
use proofmark::recording::Recorder;
use proofmark::report::{Exit, Style, Summary, Where, summary_text};
use proofmark::runner::{Event, RunOptions, Runner};
use tokio::sync::watch;

use super::{Colour, Failure, FilterArgs, Outcome, PlanArgs, TargetArgs, level};

/// The flags of `run`.
#[derive(Clone, Debug, clap::Args)]
pub struct RunArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    filter: FilterArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// How many workers fire cases side by side, each on mappings of its own
    #[arg(short, long, value_name = "N", default_value_t = 1)]
    jobs: usize,
    /// Stop once so many cases failed
    #[arg(long, value_name = "N")]
    max_failures: Option<usize>,
    /// The level of findings that fail the run: `must`, or `should` for warnings too
    #[arg(long, value_name = "LEVEL", default_value = "must", value_parser = level)]
    level: Level,
    /// Test the data plane as well: which records functions receive, while a mapping is disabled, enabled and changed
    #[arg(long)]
    data_plane: bool,
    /// Write every exchange to this file while the run goes, for `proofmark judge`
    #[arg(long, value_name = "FILE")]
    record: Option<PathBuf>,
    /// Show every promise, and what the target did where readings differ
    #[arg(short, long)]
    verbose: bool,
    /// Colours: auto, always or never
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Colour,
}

/// At most so many trials to make one request small that was found by chance.
const TRIALS: usize = 200;

/// Carries out `run`.
pub fn run(args: &RunArgs) -> Outcome {
    let plan = Arc::new(args.plan.plan()?);
    let cases = args.filter.select(&plan);
    if cases.is_empty() {
        return Err(Failure { exit: Exit::NothingTested, message: args.filter.no_case() });
    }
    let runtime = args.target.runtime()?;
    let _within = runtime.enter();
    let target = args.target.target(&args.plan.region)?;
    let options = RunOptions {
        max_failures: args.max_failures,
        shrink: TRIALS,
        data_plane: args.data_plane,
        ..args.target.run_options(args.jobs)?
    };
    let runner = Runner::new(Arc::clone(&plan), target, options);
    let mut recorder = args.recorder(&plan)?;
    let bar = progress_bar(cases.len());
    let mut summary = Summary::default();
    let ended = runtime.block_on(async {
        let stop = stop_on_interrupt();
        runner
            .run(&cases, stop, |event| {
                if matches!(event, Event::Judged(_)) {
                    bar.inc(1);
                }
                if let Some(recorder) = &mut recorder {
                    recorder.add(&plan, &event);
                }
                summary.add(&plan, event);
            })
            .await
    });
    bar.finish_and_clear();
    let recorded = recorder.map_or(Ok(()), |recorder| recorder.end(&ended));
    summary.end(ended);
    args.plan.regressions.keep(&plan, args.plan.revision.as_deref(), &mut summary)?;
    let curl = args.target.curl(&args.plan.region);
    let at = Where { curl: curl.as_ref(), flags: args.target.flags(&args.plan) };
    let style = Style { colour: args.color.on(&std::io::stdout()), verbose: args.verbose };
    super::print(&summary_text(&plan, &summary, &at, args.level, style));
    if let (Err(error), Some(path)) = (recorded, &args.record) {
        let message = format!("{}: the recording is not whole: {error}", path.display());
        return Err(Failure { exit: Exit::CouldNotTell, message });
    }
    Ok(summary.exit(args.level))
}

impl RunArgs {
    /// What writes the run down, where it is to be.
    fn recorder(&self, plan: &Plan) -> Result<Option<Recorder<File>>, Failure> {
        let Some(path) = &self.record else { return Ok(None) };
        let file = File::create(path).map_err(|e| Failure::usage(format!("--record {}: {e}", path.display())))?;
        Ok(Some(Recorder::new(file, plan, &self.plan.options()?, self.target.header_names())))
    }
}

/// Turns true at the first Ctrl-C: the run ends, undoes its fixtures and reports. The second ends the process.
pub(super) fn stop_on_interrupt() -> watch::Receiver<bool> {
    let (sender, receiver) = watch::channel(false);
    tokio::spawn(async move {
        if end_asked_for().await {
            eprintln!("proofmark: interrupted; removing what the run made (once more to leave it)");
            // A receiver that is gone means that the run is over anyway.
            let _ = sender.send(true);
            if end_asked_for().await {
                std::process::exit(i32::from(Exit::Interrupted as u8));
            }
        }
    });
    receiver
}

/// Waits for Ctrl-C, or for what a service manager or a CI sends instead; `false` if neither can be heard.
async fn end_asked_for() -> bool {
    #[cfg(unix)]
    if let Ok(mut terminate) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        return tokio::select! {
            heard = tokio::signal::ctrl_c() => heard.is_ok(),
            heard = terminate.recv() => heard.is_some(),
        };
    }
    tokio::signal::ctrl_c().await.is_ok()
}

/// A bar on a terminal, and nothing in a pipe.
fn progress_bar(cases: usize) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(u64::try_from(cases).ok(), target);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} cases, {per_sec}, {eta} left") {
        bar.set_style(style);
    }
    bar
}
