//! `proofmark judge`: recorded exchanges, judged without a target.

use std::path::{Path, PathBuf};

use crate::contract::{Basis, Level};
use crate::plan::PlanOptions;
use crate::recording::{self, Judged};
use crate::report::{
    Exit, Facts, JudgedOperation, Report, Where, joined, promises_beside, report_text, verdict_text,
};
use crate::support::files::{LARGEST_RECORDING, Source};
use crate::support::sink::one_line;

use super::model_args::ModelArgs;
use super::operation_args::{OperationArgs, operation_flags};
use super::{Colour, Failure, Outcome, level};

const HELP: &str = "\
A file is one of these, told apart by its beginning:
  - a run that `run --record FILE` wrote. Its findings are those of the run, and so is the exit code
  - a HAR file (HTTP Archive 1.2), as browsers and proxies write it
  - bare exchanges, one a line:
    {\"request\": {\"method\": \"PUT\", \"path\": \"/…\", \"json\": {…}}, \"answer\": {\"status\": 202, \"headers\": {…}, \"json\": {…}}}
    with `body`, a text, or `body-base64` in place of `json`

Of the last two nobody knows what a request was meant for. What a state nobody saw may explain is no finding.";

/// The flags of `judge`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = HELP)]
pub(crate) struct JudgeArgs {
    /// The recordings
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// A folder of contracts and cases to use instead of those built in
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    operations: OperationArgs,
    /// The revision of the contract to judge bare exchanges and HAR files by; a recorded run names
    /// its own
    #[arg(long, value_name = "NAME")]
    revision: Option<String>,
    /// What counts as a ground to expect anything in bare exchanges and HAR files: `page`,
    /// `protocol`, `aws` or `inferred`
    #[arg(long, value_name = "BASIS", value_delimiter = ',', value_parser = super::basis)]
    basis: Vec<Basis>,
    /// The level of findings that fail: `must`, or `should` for warnings too
    #[arg(long, value_name = "LEVEL", default_value = "must", value_parser = level)]
    level: Level,
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

/// Carries out `judge`.
pub(crate) fn judge(args: &JudgeArgs) -> Outcome {
    let files = args.model.files(args.cases.as_ref())?;
    let options = |operation| PlanOptions {
        operation,
        revision: args.revision.clone(),
        bases: args.basis.clone(),
        ..PlanOptions::default()
    };
    let operations = args.operations.all(&files)?;
    let options: Vec<PlanOptions> = operations.into_iter().map(options).collect();

    // A file that is no recording is told before any report.
    let judged = args
        .files
        .iter()
        .map(|path| recording::judge(&files, &read(path)?, &options).map_err(Failure::usage))
        .collect::<Result<Vec<_>, Failure>>()?;

    let style = args.color.style(args.verbose);
    let mut worst = Exit::Conforms;
    for (path, judged) in args.files.iter().zip(&judged) {
        let is_empty = judged.iter().all(|one| one.summary.verdicts.is_empty());
        let heading = if is_empty || args.files.len() > 1 {
            format!("{}:\n", one_line(&path.display().to_string()))
        } else {
            String::new()
        };
        let report = report(judged, args.level)?;
        let text = match args.quiet {
            true => verdict_text(&report, style),
            false => report_text(&report, style),
        };
        super::print(&format!("{heading}{text}"));
        super::last::keep(&report);
        worst = worst.and(report.outcome());
    }

    Ok(worst)
}

/// The report of a file: of all operations that were judged by it.
fn report(judged: &[Judged], level: Level) -> Result<Report, Failure> {
    let of_one = |one: &Judged| {
        let at = Where {
            curl: None,
            flags: one.flags.clone(),
        };
        JudgedOperation {
            report: Report::new(&one.plan, &one.summary, &Facts::of(&at, level)),
            beside: promises_beside(&one.plan, &one.summary),
        }
    };
    let all = judged.iter().map(of_one).collect();
    joined(all, flags(judged)).ok_or_else(|| Failure::usage("nothing was recorded"))
}

/// The flags that lead other commands to all operations of a recorded run: but for the operation,
/// they are alike.
fn flags(judged: &[Judged]) -> String {
    let [first, _, ..] = judged else {
        return String::new();
    };
    let own = first.plan.operation_name().flag().unwrap_or_default();
    let alike = first.flags.strip_prefix(&own).unwrap_or(&first.flags);
    let operations: Vec<_> = judged.iter().map(|one| one.plan.operation_name()).collect();
    let mut flags = operation_flags(&operations);
    flags.extend((!alike.is_empty()).then(|| alike.trim().to_owned()));
    flags.join(" ")
}

pub(super) fn read(path: &Path) -> Result<Source, Failure> {
    Source::open_within(path, LARGEST_RECORDING).map_err(Failure::usage)
}
