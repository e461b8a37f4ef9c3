//! The two sides of a comparison: what was recorded, or a target that is asked now.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::command::started::Started;
use crate::command::{Failure, TargetArgs};
use crate::plan::Plan;
use crate::report::Secrets;
use crate::report::curl::CurlTarget;
use crate::report::diff::Diff;
use crate::run::{CaseResult, Confirm, Ended, Event, RunOptions, Runner, Stop};
use crate::support::sink::one_line;
use crate::wire::target::Target;
use tokio::sync::watch;

/// The results of cases, by their places.
pub(super) type Results = BTreeMap<usize, CaseResult>;

/// One side of a comparison, of one operation.
#[derive(Clone, Copy)]
pub(super) struct Side<'a> {
    /// What was recorded of it.
    pub(super) recorded: &'a Option<Results>,
    /// Where its cases are fired, unless they were recorded.
    pub(super) live: Option<&'a Live>,
}

/// A target that is asked now.
pub(super) struct Live {
    pub(super) args: TargetArgs,
    pub(super) target: Target,
    pub(super) curl: Option<CurlTarget>,
    pub(super) secrets: Secrets,
    pub(super) jobs: usize,
    /// Lives as long as it is asked.
    pub(super) _started: Option<Started>,
}

/// What became of the cases on one side, and why not all of them were fired.
type Fired = (Results, Option<Stop>);

/// Fires the cases at both sides, compares, and tries once more what differs.
pub(super) async fn round(
    plan: &Arc<Plan>,
    cases: &[usize],
    [left, right]: [Side<'_>; 2],
    stop: &watch::Receiver<bool>,
    diff: &mut Diff,
) -> Result<Option<Stop>, Failure> {
    let ((lefts, left_ended), (rights, right_ended)) =
        both(left.fire(plan, cases, stop), right.fire(plan, cases, stop)).await?;
    diff.add(
        plan,
        cases
            .iter()
            .filter_map(|place| Some((lefts.get(place)?, rights.get(place)?))),
    );

    if let Some(ended) = left_ended.or(right_ended) {
        return Ok(Some(ended));
    }
    // Each on fixtures of its own: where targets went apart before, what follows is no difference
    // of this case. Where a case does not show it again, another one may.
    while let Some(place) = diff.untried(plan).first().copied() {
        let ((lefts, left_ended), (rights, right_ended)) = both(
            left.fire(plan, &[place], stop),
            right.fire(plan, &[place], stop),
        )
        .await?;
        match (lefts.get(&place), rights.get(&place)) {
            (Some(left), Some(right)) => diff.tried_again(plan, left, right),
            _ => return Ok(left_ended.or(right_ended)),
        }
        if let Some(ended) = left_ended.or(right_ended) {
            return Ok(Some(ended));
        }
    }

    Ok(None)
}

async fn both(
    left: impl Future<Output = Result<Fired, Failure>>,
    right: impl Future<Output = Result<Fired, Failure>>,
) -> Result<(Fired, Fired), Failure> {
    let (left, right) = tokio::join!(left, right);
    Ok((left?, right?))
}

impl Side<'_> {
    async fn fire(
        self,
        plan: &Arc<Plan>,
        cases: &[usize],
        stop: &watch::Receiver<bool>,
    ) -> Result<Fired, Failure> {
        let recorded = self.recorded.as_ref();
        let of = |place: &usize| Some((*place, recorded?.get(place)?.clone()));
        let Some(live) = self.live else {
            return Ok((cases.iter().filter_map(of).collect(), None));
        };

        let usual = live.args.run_options(live.jobs)?;
        let options = RunOptions {
            shrink: 0,
            confirm: Confirm {
                tries: 0,
                ..Confirm::default()
            },
            ..usual
        };

        let runner = Runner::new(Arc::clone(plan), live.target.clone(), options);
        let mut results = Results::new();
        let ended: Ended = runner
            .run(cases, stop.clone(), |event| {
                if let Event::Judged(result) = event {
                    results.insert(result.index, *result);
                }
            })
            .await;

        for leftover in &ended.leftovers {
            crate::command::complain(&one_line(&format!(
                "not removed: {} ({})",
                leftover.what, leftover.why
            )));
        }

        Ok((results, ended.stopped))
    }
}
