//! Recordings, written and judged.

mod faults;
mod lawful;
mod real;
mod runs;
mod spoilt;

use super::Judged;
use super::read::judge_with;
use crate::contract::Level;
use crate::harness::testing::{WHOLE, built_in_plan};
use crate::plan::PlanOptions;
use crate::report::{Exit, Report, report_text};
use crate::support::files::{FileError, Source};

/// Judges a text under that name.
fn judge(name: &str, text: &str) -> Result<Judged, FileError> {
    judge_by(name, text, &PlanOptions::default())
}

fn judge_by(name: &str, text: &str, options: &PlanOptions) -> Result<Judged, FileError> {
    let source = Source {
        name: name.to_owned(),
        text: text.to_owned(),
    };
    let judged = judge_with(&built_in_plan, &source, std::slice::from_ref(options))?;
    Ok(judged.into_iter().next().expect("an operation"))
}

/// A recording of `snapshots/recordings`.
fn recording(name: &str) -> String {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("snapshots/recordings")
        .join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

fn report(judged: &Judged) -> (Exit, String) {
    let report = Report::of(&judged.plan, &judged.summary, Level::Must);
    (report.outcome(), report_text(&report, WHOLE))
}

/// The identities of all findings.
fn findings(judged: &Judged) -> Vec<&str> {
    judged.summary.found.keys().map(String::as_str).collect()
}
