//! A recording of any form, told apart by its beginning, read and judged.

use std::collections::BTreeMap;

use super::judged::{MakePlan, partial};
use super::{Judged, form, free, har, replay};
use crate::plan::{Plan, PlanOptions};
use crate::report::Summary;
use crate::run::Ended;
use crate::support::files::{FileError, Files, Source};

/// Judges a recording of any form, by one operation after another. `options` are those of the plans
/// where the recording itself names none, an operation each: a recorded run names its own.
///
/// # Errors
/// Where the text is no recording, or a plan cannot be made.
pub(crate) fn judge(
    files: &Files,
    source: &Source,
    options: &[PlanOptions],
) -> Result<Vec<Judged>, FileError> {
    judge_with(&|options| Plan::load(files, options), source, options)
}

/// As [`judge`], with the plans that `plan` makes.
pub(super) fn judge_with(
    plan: &MakePlan<'_>,
    source: &Source,
    options: &[PlanOptions],
) -> Result<Vec<Judged>, FileError> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let first = text.lines().map(str::trim).find(|line| !line.is_empty());
    // What was found by chance in runs is no part of a recording.
    let plans = options.iter().map(|options| {
        let options = PlanOptions {
            regressions: None,
            ..options.clone()
        };
        plan(&options)
    });
    let Some(first) = first else {
        return plans.map(|plan| Ok(empty(plan?, source))).collect();
    };

    // Only its keys count here: the order and the form of the rest are each reader's own.
    let keys: BTreeMap<String, serde::de::IgnoredAny> =
        serde_json::from_str(first).unwrap_or_default();
    if keys.contains_key(form::HEADER) {
        return replay::judge(plan, source, text, false);
    }
    let entries = if keys.contains_key("request") {
        free::read(source, text)?
    } else {
        har::read(source, text)?
    };

    plans
        .map(|plan| super::judge::judge(plan?, source, &entries))
        .collect()
}

/// What is said of a file without any exchange.
fn empty(plan: Plan, source: &Source) -> Judged {
    let mut summary = Summary::default();
    let why = format!("{} is empty", source.name);
    summary.end(Ended {
        accepted_any: false,
        ..partial(why)
    });
    Judged {
        plan,
        summary,
        flags: String::new(),
        results: Vec::new(),
    }
}

/// Reads a recorded run, with the results of its cases, by one operation after another.
///
/// # Errors
/// Where the text is no recorded run, or its plan cannot be made.
pub(crate) fn results(files: &Files, source: &Source) -> Result<Vec<Judged>, FileError> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let plan = |options: &PlanOptions| Plan::load(files, options);
    replay::judge(&plan, source, text, true)
}
