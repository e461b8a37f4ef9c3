//! The flags of `run`, and what they say of the cases and of how they are fired.

use std::path::PathBuf;

use crate::contract::Level;
use crate::plan::{Plan, shuffled};
use crate::report::Exit;
use crate::run::{Adapts, CONFIRM, Confirm, RunOptions};

use super::baseline::BaselineArgs;
use super::implemented::ImplementedArgs;
use super::reproducers::ReproducersArgs;
use super::share_args::ShareArgs;
use super::{Colour, Failure, FilterArgs, PlanArgs, ReportArgs, TargetArgs, level, limits};

/// The flags of `run`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(super) plan: PlanArgs,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
    #[command(flatten)]
    pub(super) share: ShareArgs,
    #[command(flatten)]
    pub(super) target: TargetArgs,
    #[command(flatten)]
    pub(super) report: ReportArgs,
    /// How many requests are under way at the same time. Each fires cases on mappings of its own, and
    /// on more of them where mappings take a while to settle [default: as many as are of use]
    #[arg(short, long, value_name = "N", env = "PROOFMARK_JOBS", hide_env = true, value_parser = limits::jobs())]
    pub(super) jobs: Option<usize>,
    /// Fire the cases in an order drawn from this seed. Plan, ids and the order of the report stay
    /// as they are
    #[arg(long, value_name = "SEED", conflicts_with = "budget")]
    pub(super) shuffle: Option<u64>,
    /// Fire every case by itself, with a valid update and reads of its own, also where the cases
    /// before it left the state that it needs
    #[arg(long)]
    pub(super) thorough: bool,
    /// Stop once so many cases failed
    #[arg(long, value_name = "N")]
    pub(super) max_failures: Option<usize>,
    /// The level of findings that fail the run: `must`, or `should` for warnings too
    #[arg(long, value_name = "LEVEL", default_value = "must", value_parser = level)]
    pub(super) level: Level,
    #[command(flatten)]
    pub(super) baseline: BaselineArgs,
    #[command(flatten)]
    pub(super) implemented: ImplementedArgs,
    /// Try each finding that fails the run again at the end, so often where it does not come back
    #[arg(long, value_name = "N", default_value_t = CONFIRM, value_parser = limits::tries())]
    pub(super) confirm: usize,
    /// Fail the run also for what did not come back and may be the network
    #[arg(long)]
    pub(super) fail_unstable: bool,
    /// Test the data plane as well: which records functions receive, while a mapping is disabled,
    /// enabled and changed
    #[arg(long)]
    pub(super) data_plane: bool,
    /// Write every exchange to this file while the run goes, for `proofmark judge`
    #[arg(long, value_name = "FILE")]
    pub(super) record: Option<PathBuf>,
    #[command(flatten)]
    pub(super) reproducers: ReproducersArgs,
    /// Show all of every finding, every promise, and what the target did where readings differ
    #[arg(short, long)]
    pub(super) verbose: bool,
    /// Show the verdict alone, in one line
    #[arg(short, long, conflicts_with = "verbose")]
    pub(super) quiet: bool,
    /// Colours: auto, always or never
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    pub(super) color: Colour,
}

/// At most so many trials to make one request small that was found by chance.
const TRIALS: usize = 200;

impl RunArgs {
    /// The only filter: where no command is named, a misspelt one is taken for it.
    pub(super) fn only_filter(&self) -> Option<&str> {
        self.filter.single()
    }

    /// Refuses what is of one operation alone: shards are merged by the places of one plan.
    pub(super) fn takes_several(&self) -> Result<(), Failure> {
        match self.share.shard {
            Some(_) => Err(Failure::usage(
                "--shard is for one operation: expected one --operation",
            )),
            None => Ok(()),
        }
    }

    /// The places of the cases that the filters leave, and of those that this run fires, in their
    /// order.
    pub(super) fn cases(&self, plan: &Plan) -> Result<(Vec<usize>, Vec<usize>), Failure> {
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

    pub(super) fn options(&self) -> Result<RunOptions, Failure> {
        let jobs = self.jobs.or(self.target.chosen().values.jobs);
        // The built-in reference answers in the time of this process, which stands still in waits.
        let is_endpoint = self.target.url().is_some();
        Ok(RunOptions {
            adapts: Adapts {
                connections: is_endpoint && jobs.is_none(),
                workers: is_endpoint,
            },
            thorough: self.thorough,
            max_failures: self.max_failures,
            shrink: TRIALS,
            data_plane: self.data_plane,
            confirm: Confirm {
                tries: self.confirm,
                level: self.level,
                ..Confirm::default()
            },
            ..self.target.run_options(jobs.unwrap_or(1))?
        })
    }
}
