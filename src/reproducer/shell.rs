//! A reproduction as lines for a POSIX shell with curl, on what `proofmark fixtures` makes.

use std::fmt::Write as _;

use super::Reproduction;
use crate::plan::Plan;
use crate::report::curl::CurlTarget;
use crate::report::{Cause, steps};

/// The file. `None` where the target listens nowhere.
#[must_use]
pub(super) fn file(
    of: &Reproduction,
    plan: &Plan,
    cause: &Cause,
    at: Option<&CurlTarget>,
    flags: &str,
) -> Option<String> {
    let curl = at?;
    let case = cause.shown_by(plan)?;
    let mut text = head(of, flags);
    for line in steps::lines(plan, case, cause.finding.role, &cause.observation, curl) {
        let _ = writeln!(text, "{line}\necho");
    }
    Some(text)
}

/// What such a file begins with: the finding in words, and the fixtures.
pub(super) fn head(of: &Reproduction, flags: &str) -> String {
    let mut text = String::from("#!/usr/bin/env bash\n");
    for line in of.told() {
        text.push_str(format!("# {line}").trim_end());
        text.push('\n');
    }
    let _ = write!(text, "set -u\neval \"$(proofmark fixtures {flags})\"\ntrap proofmark_undo EXIT\n\n");
    text
}
