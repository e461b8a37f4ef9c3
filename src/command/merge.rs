//! `proofmark merge`: the reports of shards as one.

use std::path::{Path, PathBuf};

use crate::report::document::VERSION;
use crate::report::{Report, Style, merge as merged, report_text};
use crate::support::files::{LARGEST_REPORT, Source};
use serde::Deserialize;

use super::{Failure, Outcome, ReportArgs};

/// The flags of `merge`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct MergeArgs {
    /// Reports that `run --report json=FILE` wrote, one for each shard
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    report: ReportArgs,
}

/// Carries out `merge`.
pub(crate) fn merge(args: &MergeArgs) -> Outcome {
    let mut reports = Vec::new();
    for path in &args.files {
        reports.push((path.display().to_string(), read(path)?));
    }
    let whole = merged(reports).map_err(Failure::usage)?;
    let reports = args.report.open()?;
    super::print(&report_text(&whole, Style::default()));
    reports.write(&whole)?;
    Ok(whole.outcome())
}

/// The version of a report, whatever else it holds.
#[derive(Deserialize)]
struct Versioned {
    version: Option<u64>,
}

/// A JSON report, of a version that is known.
pub(super) fn read(path: &Path) -> Result<Report, Failure> {
    let what = "a JSON report, as `run --report json` writes it";
    let file = Source::open_within(path, LARGEST_REPORT).map_err(Failure::usage)?;
    let Versioned { version } = file.json(what).map_err(Failure::usage)?;
    let known = u64::from(VERSION);
    if version != Some(known) {
        let found =
            version.map_or_else(|| "none".to_owned(), |version| format!("version {version}"));
        let message = format!("expected a JSON report of version {known}, found {found}");
        return Err(Failure::usage(file.at_start(message)));
    }
    file.json(what).map_err(Failure::usage)
}
