//! The suite against the reference's defects and lawful variations: what it would miss, and what it would wrongly flag.
//!
//! Each defect is ordered of a reference of its own, in this process, and the plan is fired at it until the first finding
//! that fails a run. Nothing depends on the clock but the figures of time.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::contract::Level;
use crate::plan::Plan;
use crate::reference::{Defect, Expected, Options, Reference};
use crate::report::{Exit, Summary};
use crate::runner::{Event, RunOptions, Runner};
use crate::target::{Settings, Target, TargetError};
use crate::verdict::Finding;

/// What became of one defect or variation.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The defect.
    pub defect: &'static Defect,
    /// The finding that gave it away, if any.
    pub finding: Option<Finding>,
    /// A warning, where there was no finding that fails a run.
    pub warning: Option<Finding>,
    /// How many cases were judged until then.
    pub cases: usize,
    /// How long that took.
    pub elapsed: Duration,
    /// How long the whole of it took.
    pub total: Duration,
    /// How a run against it ends.
    pub exit: Exit,
}

impl Outcome {
    /// Whether the suite did right: a defect was caught, a variation was not.
    #[must_use]
    pub fn right(&self) -> bool {
        match self.defect.expected {
            // What answers that it is busy, or implements nothing, breaks no promise, and is told apart all the same.
            Expected::MustBeFound => self.exit != Exit::Conforms,
            Expected::MustBeWarnedOf => self.exit == Exit::Conforms && self.warning.is_some(),
            Expected::LawfulVariation => self.exit == Exit::Conforms && self.warning.is_none(),
        }
    }
}

/// Fires the plan at a reference with each of the defects, `threads` of them side by side, and tells `on_outcome` of each
/// as it is known.
///
/// # Errors
/// Where a target in this process cannot be set up.
pub fn self_check(
    plan: &Arc<Plan>,
    defects: &[&'static Defect],
    threads: usize,
    on_outcome: impl Fn(&Outcome) + Sync,
) -> Result<Vec<Outcome>, TargetError> {
    let next = AtomicUsize::new(0);
    let workers = threads.max(1).min(defects.len().max(1));
    let mut outcomes: Vec<(usize, Result<Outcome, TargetError>)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    let mut own = Vec::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(defect) = defects.get(index) else { return own };
                        let outcome = check(plan, defect);
                        outcome.iter().for_each(&on_outcome);
                        own.push((index, outcome));
                    }
                })
            })
            .collect();
        handles.into_iter().flat_map(|h| h.join().unwrap_or_default()).collect()
    });
    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn check(plan: &Arc<Plan>, defect: &'static Defect) -> Result<Outcome, TargetError> {
    let reference = Reference::new(Options { defect: Some(defect), region: plan.region.clone(), ..Options::default() });
    let limit = Duration::from_millis(300);
    let settings = Settings { head_timeout: limit, body_timeout: limit, ..Settings::default() };
    let target = Target::service(reference, settings)?;
    let options = RunOptions {
        max_failures: (defect.expected == Expected::MustBeFound).then_some(1),
        settle_timeout: Duration::from_secs(1),
        data_plane: true,
        quiet: Duration::from_millis(20),
        ..RunOptions::default()
    };
    let runner = Runner::new(Arc::clone(plan), target, options);
    let mut outcome = Outcome {
        defect,
        finding: None,
        warning: None,
        cases: 0,
        elapsed: Duration::ZERO,
        total: Duration::ZERO,
        exit: Exit::CouldNotTell,
    };
    let started = Instant::now();
    let all: Vec<usize> = (0..plan.cases.len()).collect();
    let (_never, stop) = watch::channel(false);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let Ok(runtime) = runtime else { return Ok(outcome) };
    let mut summary = Summary::default();
    let ended = runtime.block_on(runner.run(&all, stop, |event| {
        summary.add(plan, event.clone());
        let findings = match event {
            Event::Judged(result) => {
                if outcome.finding.is_none() {
                    outcome.cases += 1;
                    outcome.elapsed = started.elapsed();
                }
                result.judgement.findings
            }
            Event::DataPlane(judgement) => judgement.findings,
            Event::Prepared { .. } | Event::Shrunk(_) => return,
        };
        for finding in findings {
            let found = if finding.level == Level::Must { &mut outcome.finding } else { &mut outcome.warning };
            found.get_or_insert(finding);
        }
    }));
    outcome.total = started.elapsed();
    summary.end(ended);
    outcome.exit = summary.exit(Level::Must);
    Ok(outcome)
}
