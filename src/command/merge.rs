//! `proofmark merge`: the reports of shards as one.

use std::path::{Path, PathBuf};

use proofmark::report::{Report, merge as merged, report_text};
use proofmark::sink::one_line;
use serde_json::Value;

use super::{Failure, Outcome, ReportArgs};

/// The flags of `merge`.
#[derive(Clone, Debug, clap::Args)]
pub struct MergeArgs {
    /// Reports that `run --report json=FILE` wrote, one for each shard
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    report: ReportArgs,
}

/// Carries out `merge`.
pub fn merge(args: &MergeArgs) -> Outcome {
    let mut reports = Vec::new();
    for path in &args.files {
        reports.push((path.display().to_string(), read(path)?));
    }
    let whole = merged(reports).map_err(Failure::usage)?;
    let reports = args.report.open()?;
    super::print(&report_text(&whole));
    reports.write(&whole)?;
    Ok(whole.outcome())
}

/// A JSON report, of a version that is known.
pub(super) fn read(path: &Path) -> Result<Report, Failure> {
    let fail = |why: String| Failure::usage(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| fail(e.to_string()))?;
    let document: Value =
        serde_json::from_str(&text).map_err(|e| fail(format!("not JSON: {}", one_line(&e.to_string()))))?;
    let version = document.get("version").and_then(Value::as_u64);
    let known = u64::from(proofmark::report::document::VERSION);
    if version != Some(known) {
        let found = version.map_or_else(|| "none".to_owned(), |v| v.to_string());
        return Err(fail(format!("expected a JSON report of version {known}, found version {found}")));
    }
    serde_json::from_value(document).map_err(|e| fail(format!("not a report: {}", one_line(&e.to_string()))))
}
