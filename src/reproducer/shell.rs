//! A reproduction as lines for bash with curl, on what `proofmark fixtures` makes. Its exit code tells whether the finding
//! shows.

use std::fmt::Write as _;

use super::shell_check::{BEFORE, after};
use super::{Check, Reproduction};
use crate::binding;
use crate::plan::Plan;
use crate::report::curl::{CurlTarget, shell};
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
    let lines = steps::lines(plan, case, cause.finding.role, &cause.observation, curl);
    let last = lines.len().checked_sub(1)?;
    let wrote = match &of.check {
        Check::Kept(_) => lines[..last].iter().rposition(|line| !line.contains(" -X GET ")),
        _ => None,
    };
    let mut text = head(of, flags);
    text.push_str(BEFORE);
    for (place, line) in lines.iter().enumerate() {
        // A line that keeps an identity in a variable shows the answer on the other stream.
        let both = if line.contains("tee /dev/stderr") { " 2>&1" } else { "" };
        let _ = match place {
            _ if place == last => {
                writeln!(text, "{{ {line}; }}{both} | tee \"$answer\"\ncode=${{PIPESTATUS[0]}}\necho")
            }
            _ if Some(place) == wrote => writeln!(text, "{{ {line}; }}{both} | tee \"$kept\"\necho"),
            _ => writeln!(text, "{line}\necho"),
        };
    }
    text.push_str(&after(of, &|template| match case.source.prefix() {
        Some(prefix) => shell(&binding::prefixed(template, prefix, plan.fixtures.names_of(case.source))),
        None => shell(template),
    }));
    Some(text)
}

/// What such a file begins with: the finding in words, and the fixtures.
pub(super) fn head(of: &Reproduction, flags: &str) -> String {
    let mut text = String::from("#!/usr/bin/env bash\n");
    for line in of.told() {
        text.push_str(format!("# {line}").trim_end());
        text.push('\n');
    }
    let _ = write!(
        text,
        "set -u\nfixtures=$(proofmark fixtures {flags}) || exit 2\neval \"$fixtures\"\ntrap proofmark_undo EXIT\n\n"
    );
    text
}
