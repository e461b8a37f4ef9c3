//! Recorded exchanges: a run written down while it goes, and recordings judged without a target.
//!
//! There are three forms, told apart by their beginning. A *recorded run* is what [`Recorder`] writes: every judged case
//! with its exchanges, so that the judge says of them again what it said in the run. A *free recording* holds bare
//! exchanges, one a line, and a *HAR file* those of a browser or proxy (HTTP Archive 1.2). In these two nobody says what a
//! request was meant for: the [oracle](crate::violation) says which promises it breaks, and the answers before it say what
//! is known of the mapping.
//!
//! A recording holds texts of whoever made it. Everything wrong with one is a [`FileError`], with the line and what was
//! expected there.

mod entry;
mod form;
mod free;
mod har;
mod history;
mod intent;
mod judge;
mod replay;
mod write;

use std::collections::BTreeMap;

use serde_json::Value;

use crate::plan::{Plan, PlanOptions};
use crate::report::Summary;
use crate::run::{CaseResult, Ended, Stop};
use crate::support::files::{FileError, Files, Source, json_fault};

pub(crate) use write::Recorder;

/// The version of the form of recorded runs. One that an older `proofmark` would misread has a higher one.
pub(crate) const VERSION: u64 = 1;

/// A recording that was judged.
#[derive(Debug)]
pub(crate) struct Judged {
    /// What it was judged by: the plan of a recorded run, or one whose cases are the exchanges of the recording.
    pub(crate) plan: Plan,
    /// What the judge says.
    pub(crate) summary: Summary,
    /// The flags that lead other commands to the plan of a recorded run.
    pub(crate) flags: String,
    /// The results of the cases of a recorded run; empty unless they were asked for.
    pub(crate) results: Vec<CaseResult>,
}

/// Judges a recording of any form. `options` are those of the plan where the recording itself names none: a recorded run
/// names its own.
///
/// # Errors
/// Where the text is no recording, or the plan cannot be made.
pub(crate) fn judge(files: &Files, source: &Source, options: &PlanOptions) -> Result<Judged, FileError> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    let Some(first) = first else {
        let options = PlanOptions { regressions: None, ..options.clone() };
        let mut summary = Summary::default();
        let why = format!("{} is empty", source.name);
        summary.end(Ended { accepted_any: false, ..partial(why) });
        return Ok(Judged { plan: Plan::load(files, &options)?, summary, flags: String::new(), results: Vec::new() });
    };
    // Only its keys count here: the order and the form of the rest are each reader's own.
    let keys: BTreeMap<String, serde::de::IgnoredAny> = serde_json::from_str(first).unwrap_or_default();
    if keys.contains_key(form::HEADER) {
        return replay::judge(files, source, text, false);
    }
    let entries = if keys.contains_key("request") { free::read(source, text)? } else { har::read(source, text)? };
    // What was found by chance in runs is no part of a recording.
    judge::judge(Plan::load(files, &PlanOptions { regressions: None, ..options.clone() })?, source, entries)
}

/// Reads a recorded run, with the results of its cases.
///
/// # Errors
/// Where the text is no recorded run, or its plan cannot be made.
pub(crate) fn results(files: &Files, source: &Source) -> Result<Judged, FileError> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    replay::judge(files, source, text, true)
}

/// How a recording ends that does not hold all of what it was made of.
fn partial(why: String) -> Ended {
    Ended { stopped: Some(Stop::Partial(why)), accepted_any: true, leftovers: Vec::new(), cut: Vec::new() }
}

/// The lines of a recording that hold anything, each with its number.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line.trim())).filter(|(_, line)| !line.is_empty())
}

/// The JSON value of an answer's or a request's body, if it is one.
fn document(body: &[u8]) -> Option<Value> {
    serde_json::from_slice(body).ok()
}

#[cfg(test)]
mod tests;
