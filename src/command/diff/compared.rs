//! What is compared of each operation: its plan, and what was recorded of one side.

use std::path::PathBuf;
use std::sync::Arc;

use super::sides::Results;
use crate::command::judge::read;
use crate::command::{Failure, FilterArgs, PlanArgs};
use crate::plan::Plan;
use crate::recording::{self, Judged};
use crate::report::Exit;

/// The recorded run of that name, if it is a file: what it recorded of each operation.
pub(super) fn recorded(plan: &PlanArgs, side: &str) -> Result<Option<Vec<Judged>>, Failure> {
    let path = PathBuf::from(side);
    if !path.is_file() {
        return Ok(None);
    }
    recording::results(&plan.files()?, &read(&path)?)
        .map(Some)
        .map_err(Failure::usage)
}

/// What is compared of one operation.
pub(super) struct Compared {
    /// What leads to the plan.
    pub(super) args: PlanArgs,
    pub(super) plan: Arc<Plan>,
    /// The places of the cases that are meant.
    pub(super) cases: Vec<usize>,
    /// The results of a side that was recorded.
    pub(super) recorded: [Option<Results>; 2],
}

/// What is compared of each operation: by the plans of the recording, where one of the sides is one.
pub(super) fn compared(
    plan: &PlanArgs,
    filter: &FilterArgs,
    recorded: [Option<Vec<Judged>>; 2],
) -> Result<Vec<Compared>, Failure> {
    let [left, right] = recorded;
    let is_left = left.is_some();
    let mut compared = Vec::new();
    for judged in left.or(right).into_iter().flatten() {
        let results = judged.results.into_iter();
        let results: Results = results.map(|result| (result.index, result)).collect();
        let mut cases = filter.select(&judged.plan);
        cases.retain(|place| results.contains_key(place));
        compared.push(Compared {
            args: plan.clone(),
            plan: Arc::new(judged.plan),
            cases,
            recorded: match is_left {
                true => [Some(results), None],
                false => [None, Some(results)],
            },
        });
    }
    if compared.is_empty() {
        for one in plan.each()? {
            let plan = Arc::new(one.plan()?);
            compared.push(Compared {
                args: one,
                cases: filter.select(&plan),
                plan,
                recorded: [None, None],
            });
        }
    }

    if compared.iter().any(|one| !one.cases.is_empty()) {
        return Ok(compared);
    }
    let is_known = |one: &Compared| !filter.select(&one.plan).is_empty();
    let message = match compared.iter().any(is_known) {
        true => "nothing can be compared: the recording holds no case that is meant".to_owned(),
        false => compared
            .last()
            .map(|one| filter.no_case(&one.plan))
            .unwrap_or_default(),
    };
    Err(Failure {
        exit: Exit::NothingTested,
        message,
    })
}
