//! `proofmark fuzz`: sequences made up at random, for as long as is wanted.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::contract::Level;
use crate::plan::{OperationName, Plan, Shard};
use crate::report::{Exit, Secrets, plural};
use crate::run::fuzz::{Campaign, Found, Fresh, FuzzOptions, Fuzzed, Progress};
use crate::run::{RunOptions, Stop};
use crate::support::files::Source;
use crate::support::sink::one_line;
use crate::support::units;
use clap::{Args, Subcommand};

use super::baseline::{BaselineArgs, Known};
use super::fuzz_merge::{self, FINDINGS, FuzzMergeArgs};
use super::fuzz_status::{Status, seconds};
use super::target_args::Opened;
use super::{Failure, Outcome, PlanArgs, TargetArgs, level, limits};

/// The flags of `fuzz`.
#[derive(Clone, Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct FuzzArgs {
    #[command(subcommand)]
    merge: Option<FuzzCommand>,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    baseline: BaselineArgs,
    /// End after so long: seconds, or such as 10m; without it, at Ctrl-C
    #[arg(long, value_name = "TIME", value_parser = units::limit)]
    time: Option<Duration>,
    /// How many workers fire side by side, each on mappings of its own [default: 1]
    #[arg(short, long, value_name = "N", env = "PROOFMARK_JOBS", hide_env = true, value_parser = limits::jobs())]
    jobs: Option<usize>,
    /// The folder of inputs whose answers showed something new: fired first, and added to
    #[arg(long, value_name = "DIR", default_value = CORPUS)]
    corpus: PathBuf,
    /// End once so many sequences were fired
    #[arg(long, value_name = "N")]
    max_sequences: Option<u64>,
    /// End after so many findings
    #[arg(long, value_name = "N")]
    max_findings: Option<usize>,
    /// The Kth of N campaigns with one seed, on a machine each: their inputs are apart
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// The level of findings that count: `must`, or `should` for warnings too
    #[arg(long, value_name = "LEVEL", default_value = "must", value_parser = level)]
    level: Level,
    /// Say so often how far it is [default: 10s, and all the time on a terminal]
    #[arg(long, value_name = "TIME", value_parser = units::duration)]
    status_every: Option<Duration>,
}

#[derive(Clone, Debug, Subcommand)]
enum FuzzCommand {
    /// Make one corpus, and one file of findings, of those of several campaigns
    Merge(Box<FuzzMergeArgs>),
}

/// Where the corpus is, unless a flag says otherwise.
const CORPUS: &str = "target/proofmark/fuzz";
/// So many steps of a finding are shown; the file has all.
const SHOWN: usize = 12;
/// So many characters of a value are shown.
const WIDTH: usize = 400;

/// Carries out `fuzz`.
pub(crate) fn fuzz(args: &FuzzArgs) -> Outcome {
    if let Some(FuzzCommand::Merge(merge)) = &args.merge {
        return fuzz_merge::merge(merge);
    }
    let mut args = args.clone();
    args.target.choose(&mut args.plan)?;
    args.baseline.take(args.target.chosen());
    let seed = args.plan.sampling().seed;
    args.plan.without_samples();
    let campaigns = args.each()?;
    let known = args.baseline.read()?;
    let opened = args.target.open(&args.plan.region())?;

    let mut whole = Exit::Conforms;
    for (args, plan) in &campaigns {
        if campaigns.len() > 1 {
            super::print(&format!("{}:\n", plan.operation_name()));
        }
        whole = whole.and(args.campaign(plan, seed, known.as_ref(), &opened)?);
        if *opened.stop.borrow() {
            break;
        }
    }
    Ok(whole)
}

impl FuzzArgs {
    /// The campaigns that fuzz the resources of the operations that are meant, each with its plan.
    /// Several share the time and the number of sequences, and each has a folder of its own for its
    /// inputs.
    fn each(&self) -> Result<Vec<(Self, Arc<Plan>)>, Failure> {
        let files = self.plan.files()?;
        let mut operations: Vec<OperationName> = Vec::new();
        for one in self.plan.each()? {
            let plan = one.plan()?;
            let by = OperationName {
                service: plan.service.name.clone(),
                operation: plan.fuzzed_by().to_owned(),
            };
            if by != plan.operation_name() {
                super::print(&format!(
                    "{} is fired in the sequences of {by}\n",
                    plan.operation_name()
                ));
            }
            if !operations.contains(&by) {
                operations.push(by);
            }
        }

        let several = operations.len() > 1;
        if several && self.time.is_none() && self.max_sequences.is_none() {
            return Err(Failure::usage(
                "several operations are fuzzed one after another: expected --time or --max-sequences",
            ));
        }

        let share = u32::try_from(operations.len()).unwrap_or(u32::MAX);
        let campaign = |operation: OperationName| {
            let plan_args = self.plan.only(operation, several);
            let plan = Plan::load(&files, &plan_args.options()?).map_err(Failure::usage)?;
            let of_one = Self {
                corpus: match several {
                    true => self.corpus.join(&plan.contract.slug),
                    false => self.corpus.clone(),
                },
                time: self.time.map(|time| time / share),
                max_sequences: self.max_sequences.map(|all| all.div_ceil(share.into())),
                plan: plan_args,
                ..self.clone()
            };
            Ok((of_one, Arc::new(plan)))
        };
        operations.into_iter().map(campaign).collect()
    }

    /// Fuzzes the resource of one operation.
    fn campaign(
        &self,
        plan: &Arc<Plan>,
        seed: u64,
        known: Option<&Known>,
        opened: &Opened,
    ) -> Outcome {
        let region = self.plan.region();
        let Opened {
            runtime,
            target,
            secrets,
            stop,
            ..
        } = opened;
        let _within = runtime.enter();
        let jobs = self.jobs.or(self.target.chosen().values.jobs).unwrap_or(1);
        let run = RunOptions {
            time: self.time,
            known: Arc::new(known.map(|k| k.baseline.known(k.today)).unwrap_or_default()),
            ..self.target.run_options(jobs)?
        };

        let options = FuzzOptions {
            seed,
            shard: self.shard.map_or(0, |shard| shard.number()),
            corpus: Some(self.corpus.clone()),
            most_sequences: self.max_sequences,
            most_findings: self.max_findings,
            level: self.level,
            threads: if self.target.url().is_some() {
                threads(jobs)
            } else {
                0
            },
        };

        // Only the reference can be had anew for nothing.
        let again = self.target.clone();
        let is_reference = self.target.url().is_none();
        let fresh = is_reference.then(|| Fresh(Arc::new(move || again.target(&region).ok())));

        let campaign = Campaign::new(Arc::clone(plan), target.clone(), fresh, run, options)
            .map_err(Failure::usage)?;
        let progress = campaign.progress();
        let status = Status::new(Arc::clone(&progress), self.status_every);
        let mut kept = Ok(());
        let fuzzed = runtime.block_on(campaign.run(stop.clone(), |found| {
            let written = self.keep(plan, found);
            let file = written.as_ref().ok().cloned().flatten();
            super::print(&text(found, file, secrets));
            if let (Err(failure), Ok(())) = (written, &kept) {
                kept = Err(failure);
            }
        }));

        drop(status);
        super::print(&summary(&fuzzed, &progress, &self.corpus));
        kept?;
        Ok(exit(&fuzzed))
    }

    /// Keeps a finding among those of its corpus, and among the regressions if these may be
    /// written; gives the name of the file that a run reads of itself, or else of the other. One
    /// that did not come back is not kept: a run that fired it would be red by chance.
    fn keep(&self, plan: &Plan, found: &Found) -> Result<Option<String>, Failure> {
        if !found.confirmed {
            return Ok(None);
        }
        // What cannot be read back would spoil every run.
        let table = crate::run::regressions::add(plan, "", [&found.case]);
        let name = "the case of a finding".to_owned();
        fuzz_merge::with_findings(&self.plan, Source { name, text: table })?;
        let findings = self.corpus.join(FINDINGS);
        super::regressions::add(plan, &findings, [&found.case])?;
        let path = self
            .plan
            .regressions
            .add(plan, self.plan.revision.as_deref(), &found.case)?;

        Ok(Some(path.unwrap_or(findings).display().to_string()))
    }
}

/// Twice as many threads as the machine carries out at a time, and not more than there are workers.
/// While all workers of one thread wait for answers, another has something to do: with one thread
/// for each core a fifth of the time is idle where the target is on the same machine.
fn threads(jobs: usize) -> usize {
    std::thread::available_parallelism()
        .map_or(1, usize::from)
        .saturating_mul(2)
        .min(jobs)
}

fn text(found: &Found, file: Option<String>, secrets: &Secrets) -> String {
    let finding = &found.finding;
    let word = match (found.counts(), &found.untried) {
        (true, _) => "FOUND",
        (false, None) => "UNSTABLE",
        (false, Some(_)) => "UNTRIED",
    };

    let mut text = format!("{word}  {}\n", one_line(&finding.id()));
    let mut line = |name: &str, value: &str| {
        // A value that is cut says so, or the beginning of a secret would not be known for one.
        let value = match value.char_indices().nth(WIDTH) {
            Some((cut, _)) => format!("{}…", &value[..cut]),
            None => value.to_owned(),
        };
        text.push_str(&format!(
            "  {name:<9} {}\n",
            one_line(&secrets.redact(&value))
        ));
    };

    line("expected", &finding.expected);
    line("actual", &finding.actual);
    let steps = &found.case.steps;
    for (number, step) in steps.iter().enumerate() {
        if number == SHOWN && steps.len() > SHOWN + 1 {
            line("", &format!("and {} more steps", steps.len() - SHOWN));
            break;
        }
        let body = step.request.text().unwrap_or_default();
        let beside = if step.together.is_some() {
            " at the same time"
        } else {
            ""
        };
        let name = if number == 0 { "steps" } else { "" };
        line(
            name,
            &format!(
                "{} {} {body}{beside}",
                step.action.name(),
                step.on.as_deref().unwrap_or_default()
            ),
        );
    }

    if let Some(file) = file {
        line("written", &file);
    }
    if !found.confirmed {
        let why = match &found.untried {
            Some(why) => format!("it could not be tried again: {why}"),
            None if found.counts() => format!(
                "seen {}; it did not come back on mappings made anew, but was answered, so that it counts",
                plural(found.times, "time")
            ),
            None => "it did not come back on mappings made anew, and fails nothing".to_owned(),
        };
        line("note", &why);
    }

    text.push('\n');
    text
}

fn summary(fuzzed: &Fuzzed, progress: &Progress, corpus: &std::path::Path) -> String {
    let elapsed = progress.elapsed();
    let rate = progress.requests() as f64 / elapsed.as_secs_f64().max(0.001);
    let counted = fuzzed.found.iter().filter(|f| f.counts()).count();
    let count = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let mut text = format!(
        "FUZZED  {}: {} ({rate:.0}/s) of {}, {}, {} in {}\n",
        seconds(elapsed),
        plural(count(progress.requests()), "request"),
        plural(count(progress.inputs()), "sequence"),
        plural(progress.answers(), "distinct answer"),
        plural(fuzzed.corpus, "input"),
        corpus.display(),
    );
    text.push_str(&format!(
        "  {}, {} unstable\n",
        plural(counted, "finding"),
        fuzzed.unstable.len()
    ));
    let untried = fuzzed
        .found
        .iter()
        .filter(|f| !f.confirmed && f.untried.is_some())
        .count();
    if untried > 0 {
        text.push_str(&format!(
            "  {} could not be tried again, and may be none\n",
            plural(untried, "finding")
        ));
    }
    for cut in &fuzzed.cut {
        text.push_str(&format!("  cut short: {cut}\n"));
    }
    for (id, count) in &fuzzed.unstable {
        text.push_str(&format!(
            "  unstable: {id}, {}, and never on mappings made anew\n",
            plural(*count, "time")
        ));
    }
    for (all, of) in [(&fuzzed.kept, "regressions"), (&fuzzed.known, "baseline")] {
        for (id, count) in all {
            text.push_str(&format!("  known to the {of}: {id}, {count} times\n"));
        }
    }
    match &fuzzed.stopped {
        Some(Stop::Time(_)) | None => {}
        Some(why) => text.push_str(&format!("  ended early: {}\n", one_line(&why.to_string()))),
    }
    if !fuzzed.accepted_any {
        text.push_str("  nothing was tested: the target accepted no valid request\n");
    }
    for left in &fuzzed.leftovers {
        text.push_str(&format!(
            "  left behind: {}: {}\n",
            one_line(&left.what),
            one_line(&left.why)
        ));
    }
    text
}

fn exit(fuzzed: &Fuzzed) -> Exit {
    let findings = fuzzed.found.iter().any(Found::counts) || !fuzzed.kept.is_empty();
    match &fuzzed.stopped {
        Some(Stop::Interrupted) => Exit::Interrupted,
        Some(Stop::Unreachable(_) | Stop::Failed(_)) => Exit::CouldNotTell,
        _ if !fuzzed.accepted_any => Exit::NothingTested,
        _ if findings => Exit::Findings,
        // Something was seen, and nobody can tell what it is worth.
        _ if fuzzed.found.iter().any(|f| f.untried.is_some()) => Exit::CouldNotTell,
        Some(Stop::Time(_) | Stop::Failures(_)) | None => Exit::Conforms,
        Some(_) => Exit::CouldNotTell,
    }
}
