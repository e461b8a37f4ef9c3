//! What a run does for one operation: fire its cases, and conclude from what came.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::plan::{Plan, PlanOptions};
use crate::report::curl::CurlTarget;
use crate::report::{
    Exit, Facts, JudgedOperation, Report, Secrets, Summary, Where, joined, promises_beside,
};
use crate::run::{Activity, Ended, Event, RunOptions, Runner, Stays, Stop, Worker};
use crate::wire::target::Target;
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::command::Failure;
use crate::command::bar::Bar;
use crate::command::baseline::{BaselineArgs, Known};
use crate::command::reproducers;
use crate::command::run_args::RunArgs;
use crate::command::share_args::note_fired;

/// What a run does for one operation.
pub(super) struct OperationRun {
    pub(super) args: RunArgs,
    /// What leads to the plan.
    pub(super) planned: PlanOptions,
    pub(super) plan: Arc<Plan>,
    /// The places of the cases that the filters leave.
    pub(super) selected: Vec<usize>,
    /// Those of them that this run fires, in their order.
    pub(super) cases: Vec<usize>,
    pub(super) options: RunOptions,
}

/// What was fired for one operation.
pub(super) struct FiredOperation {
    pub(super) summary: Summary,
    pub(super) ended: Ended,
    /// The places of the cases that were judged.
    pub(super) cases: BTreeSet<usize>,
}

/// Each operation numbers its workers from a multiple of this.
const NUMBERS: usize = 1000;

/// When an operation comes among several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Reads,
    Writes,
    Removes,
}

impl OperationRun {
    pub(super) fn at<'a>(&self, curl: Option<&'a CurlTarget>) -> Where<'a> {
        Where {
            curl,
            flags: self.args.target.flags(&self.args.plan),
        }
    }

    pub(super) fn facts<'a>(&'a self, at: &'a Where<'a>, version: Option<String>) -> Facts<'a> {
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

    /// What is said of a part that was not fired.
    pub(super) fn unfired(&self, stopped: Stop) -> FiredOperation {
        FiredOperation {
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

    /// When the operation comes: first what only reads, since no request of its cases leaves
    /// anything; last what removes something.
    fn turn(&self) -> Turn {
        let http = &self.plan.contract.http;
        match http.method.as_str() {
            _ if http.only_reads() => Turn::Reads,
            "DELETE" => Turn::Removes,
            _ => Turn::Writes,
        }
    }

    fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        summary.fail_unstable = self.args.fail_unstable;
        summary.shuffle = self.args.shuffle;
        summary
    }
}

/// What is done for each operation that is meant. Of several, those without a case that is meant
/// are left out.
///
/// # Errors
/// Where no case is meant, or a flag is for one operation alone.
pub(super) fn parts(args: &RunArgs) -> Result<Vec<OperationRun>, Failure> {
    let each = args.plan.each()?;
    if each.len() > 1 {
        args.takes_several()?;
    }

    // Names of all operations hold one token: by it a run knows what is its own.
    let token = args.options()?.token;
    let (mut parts, mut nothing) = (Vec::new(), None);
    for plan_args in each {
        let args = RunArgs {
            plan: plan_args,
            ..args.clone()
        };
        let planned = args.plan.options()?;
        let plan = Plan::load(&args.plan.files()?, &planned).map_err(Failure::usage)?;
        let plan = Arc::new(plan);
        match args.cases(&plan) {
            Ok((selected, cases)) => parts.push(OperationRun {
                options: RunOptions {
                    token: token.clone(),
                    ..args.options()?
                },
                args,
                planned,
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

/// What happens to an operation while it is fired.
pub(super) enum Moment<'a> {
    Event(&'a Event),
    /// No event comes after it.
    Ended(&'a Ended),
}

/// Fires the cases of each operation, one after another. What the fixtures make once for all is made
/// for the first of them, and removed after the last. `on_moment` gets the place of the operation.
pub(super) fn fire(
    args: &RunArgs,
    parts: &[OperationRun],
    (runtime, target, stop): (&Runtime, &Target, &watch::Receiver<bool>),
    known: Option<&Known>,
    mut on_moment: impl FnMut(usize, Moment<'_>),
) -> Vec<FiredOperation> {
    let share = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    let known = Arc::new(
        known
            .map(|known| known.baseline.known(known.today))
            .unwrap_or_default(),
    );
    let mut all: Vec<(usize, FiredOperation)> = Vec::new();
    // What is made once for all, and the runner that knows how it is removed.
    let mut shared: Vec<Worker> = Vec::new();
    let mut keeper: Option<Runner> = None;
    let mut over = None;
    let stays = Stays::default();

    let mut order: Vec<(usize, &OperationRun)> = parts.iter().enumerate().collect();
    order.sort_by_key(|(_, part)| part.turn());
    for (turn, (number, part)) in order.into_iter().enumerate() {
        if let Some(stopped) = &over {
            let unfired = part.unfired(Stop::clone(stopped));
            on_moment(number, Moment::Ended(&unfired.ended));
            all.push((number, unfired));
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
        let runner = Runner::new(Arc::clone(&part.plan), target.clone(), options).sharing(&stays);
        let mut bar = Bar::new(part.cases.len(), progress.clone());
        let (mut summary, mut cases) = (part.summary(), BTreeSet::new());
        let (at, plan) = (part.at(None), &part.plan);
        let facts = part.facts(&at, None);
        // What is made up needs nothing, and has nothing to share.
        let made_up = plan.binding.made_up;
        let lent: &[Worker] = if made_up { &[] } else { &shared };
        let (mut ended, workers) =
            runtime.block_on(
                runner.run_sharing(lent, &part.cases, stop.clone(), |event| {
                    bar.event(&event);
                    on_moment(number, Moment::Event(&event));
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
        let is_last = turn + 1 == parts.len() || over.is_some();
        ended.leftovers.extend(runtime.block_on(async {
            let mut leftovers = Vec::new();
            match made_up || is_last {
                true => leftovers.extend(runner.dismiss(workers).await),
                false => shared.extend(runner.disband(workers, &mut leftovers).await),
            }
            if !made_up {
                keeper = Some(runner);
            }
            if let (true, Some(keeper)) = (is_last, &keeper) {
                leftovers.extend(keeper.dismiss(std::mem::take(&mut shared)).await);
            }
            leftovers
        }));

        if let (true, Some(keeper), Some(_)) = (is_last, &keeper, args.target.url()) {
            runtime.block_on(sweep(keeper, &mut ended));
        }

        drop(bar);
        on_moment(number, Moment::Ended(&ended));
        let fired = FiredOperation {
            summary,
            ended,
            cases,
        };
        all.push((number, fired));
    }

    all.sort_by_key(|(number, _)| *number);
    all.into_iter().map(|(_, fired)| fired).collect()
}

/// What is at hand once all cases were fired.
pub(super) struct After<'a> {
    pub(super) args: &'a RunArgs,
    pub(super) known: Option<&'a Known>,
    /// Where reproducers are written, if they are.
    pub(super) folder: Option<&'a Path>,
    pub(super) curl: Option<&'a CurlTarget>,
    pub(super) runtime: &'a Runtime,
    pub(super) target: &'a Target,
    pub(super) secrets: &'a Secrets,
    pub(super) stop: &'a watch::Receiver<bool>,
    pub(super) version: Option<&'a str>,
    /// How many operations the run is about.
    pub(super) operations: usize,
}

impl After<'_> {
    /// Makes the report of the run, and writes what is kept beside it: regressions, baseline and
    /// reproducers. The second value is the first of these that could not be written.
    pub(super) fn conclude(
        &self,
        parts: &[OperationRun],
        fired: Vec<FiredOperation>,
    ) -> Result<(Report, Result<(), Failure>), Failure> {
        // A file that cannot be written is told after the reports, which are of the run.
        let mut written = Ok(());
        let mut summaries = Vec::new();
        for (part, fired) in parts.iter().zip(fired) {
            let mut summary = self.summary(part, fired);
            let regressions = &part.args.plan.regressions;
            let revision = part.args.plan.revision.as_deref();
            let kept = regressions.keep(&part.plan, revision, &mut summary);
            written = written.and(kept);
            summaries.push(summary);
        }

        let mut report = self.report(parts, &summaries)?;
        if let Some(known) = self.known {
            let (baseline, gate) = (&self.args.baseline, self.args.level);
            let anew = baseline.write(known, &report, &summaries, gate);
            if let Ok(Some(known)) = &anew {
                for (part, summary) in parts.iter().zip(&mut summaries) {
                    BaselineArgs::hold(Some(known), &part.plan, summary);
                }
                report = self.report(parts, &summaries)?;
            }
            written = written.and(anew.map(|_| ()));
        }

        for (part, summary) in parts.iter().zip(&summaries) {
            written = written.and(self.reproduce(part, summary));
        }
        Ok((report, written))
    }

    /// What an operation came to, held against the baseline.
    fn summary(&self, part: &OperationRun, fired: FiredOperation) -> Summary {
        let mut summary = fired.summary;
        summary.end(fired.ended);
        let share = &self.args.share;
        share.note(&part.plan, &part.cases, &fired.cases, &mut summary);
        BaselineArgs::hold(self.known, &part.plan, &mut summary);
        summary
    }

    /// The report of all operations.
    fn report(&self, parts: &[OperationRun], summaries: &[Summary]) -> Result<Report, Failure> {
        let judged = parts.iter().zip(summaries).map(|(part, summary)| {
            let at = part.at(self.curl);
            let facts = part.facts(&at, self.version.map(str::to_owned));
            JudgedOperation {
                report: Report::new(&part.plan, summary, &facts),
                beside: promises_beside(&part.plan, summary),
            }
        });
        let flags = self.args.target.flags(&self.args.plan);
        joined(judged.collect(), flags).ok_or_else(nothing_judged)
    }

    fn reproduce(&self, part: &OperationRun, summary: &Summary) -> Result<(), Failure> {
        let Some(folder) = self.folder_of(part)? else {
            return Ok(());
        };
        let at = part.at(self.curl);
        let again = reproducers::Again {
            target: self.target.clone(),
            token: part.options.token.clone(),
            patience: part.options.settle_timeout,
            curl: self.curl,
            flags: &at.flags,
            stop: self.stop,
        };
        let write = reproducers::write(&folder, &part.plan, summary, &again, self.secrets);
        self.runtime.block_on(write)
    }

    /// The folder of an operation's reproducers: one of its own, where there are several operations.
    fn folder_of(&self, part: &OperationRun) -> Result<Option<PathBuf>, Failure> {
        let Some(folder) = self.folder else {
            return Ok(None);
        };
        if self.operations == 1 {
            return Ok(Some(folder.to_owned()));
        }

        let own = folder.join(&part.plan.contract.slug);
        let failed = |e| Failure::unwritten(format!("--reproducers {}: {e}", own.display()));
        std::fs::create_dir_all(&own).map_err(failed)?;
        Ok(Some(own))
    }
}

/// Removes what is still there of the run, and says so.
async fn sweep(runner: &Runner, ended: &mut Ended) {
    let gone = matches!(
        ended.stopped,
        Some(Stop::Unreachable(_) | Stop::Hangs(_) | Stop::Failed(_))
    );
    if gone {
        return;
    }

    let swept = runner.sweep().await;
    if let Some(first) = swept.removed.first() {
        let count = swept.removed.len();
        ended.cut.push(format!(
            "still there at the end, and removed then, of what this run made: {first}{}",
            if count > 1 {
                format!(" and {} more", count - 1)
            } else {
                String::new()
            }
        ));
    }
    // What could not be removed before is told already.
    if ended.leftovers.is_empty() {
        ended.leftovers = swept.left;
    }
}

/// What to say where no operation has a case that is meant.
pub(super) fn nothing_judged() -> Failure {
    Failure {
        exit: Exit::NothingTested,
        message: "no operation was judged".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        args: RunArgs,
    }

    /// What one operation made and another one lists is known as the run's own.
    #[test]
    fn all_operations_of_a_run_give_names_with_one_token() {
        let line = Line::parse_from(["run", "--service", "lambda"]);
        let parts = parts(&line.args).unwrap_or_else(|failure| panic!("{}", failure.message));
        let tokens: BTreeSet<&str> = parts.iter().map(|p| p.options.token.as_str()).collect();
        assert!(parts.len() > 4 && tokens.len() == 1, "{tokens:?}");
    }
}
