//! The last report, kept in the working directory: by it `explain` and `replay` know the causes and
//! findings that a text names.

use std::path::Path;

use crate::report::{Format, Report};

use super::place::Place;

/// Where it is kept.
pub(super) const FILE: &str = "target/proofmark/last.json";

/// Keeps a report. Where it cannot be kept nothing is lost: `explain` says that there is none.
pub(super) fn keep(report: &Report) {
    let _ =
        Place::open(Path::new(FILE)).and_then(|place| place.write(&Format::Json.render(report)));
}

/// The last report, where there is one that this version can read.
pub(super) fn read() -> Option<Report> {
    super::report_file::read(Path::new(FILE)).ok()
}
