//! A JSON report, read back.

use std::path::Path;

use crate::report::Report;
use crate::report::document::VERSION;
use crate::support::files::{LARGEST_REPORT, Source};
use serde::Deserialize;

use super::Failure;

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
