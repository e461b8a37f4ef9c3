//! `proofmark merge`: the reports of shards as one.

use std::path::PathBuf;

use crate::report::{merge as merged, report_text, verdict_text};

use super::{Colour, Failure, Outcome, ReportArgs, report_file};

/// The flags of `merge`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct MergeArgs {
    /// Reports that `run --report json=FILE` wrote, one for each shard
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    report: ReportArgs,
    /// Show all of every finding, every promise, and what the target did where readings differ
    #[arg(short, long)]
    verbose: bool,
    /// Show the verdict alone, in one line
    #[arg(short, long, conflicts_with = "verbose")]
    quiet: bool,
}

/// Carries out `merge`.
pub(crate) fn merge(args: &MergeArgs) -> Outcome {
    let mut reports = Vec::new();
    for path in &args.files {
        reports.push((path.display().to_string(), report_file::read(path)?));
    }
    let whole = merged(reports).map_err(Failure::usage)?;
    let reports = args.report.open()?;
    let style = Colour::Never.style(args.verbose);
    let text = match args.quiet {
        true => verdict_text(&whole, style),
        false => report_text(&whole, style),
    };

    reports.print(&text);
    super::last::keep(&whole);
    reports.write(&whole)?;
    Ok(whole.outcome())
}
