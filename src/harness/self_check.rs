//! The suite against the reference's defects and lawful variations: what it would miss, and what it
//! would wrongly flag.
//!
//! Each defect is ordered of a reference of its own, in this process, and the plan is fired at it
//! until the first finding that fails a run. Time is the runtime's and stands still while there is
//! something to do: a wait costs nothing, a time limit means what it means in a run, and the same
//! plan gives the same outcomes.

mod order;
mod score;
mod suspect;
mod table;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::watch;

use crate::contract::Level;
use crate::judge::{Finding, Observation};
use crate::plan::Plan;
use crate::reference::Expected;
use crate::report::{Exit, Report, Summary};
use crate::run::rehearsal::rehearse_with;
use crate::run::{CONFIRM, Confirm, Event, RunOptions};
use crate::wire::target::TargetError;

pub(crate) use order::{about_first, interleaved};
pub(crate) use score::Score;
pub(crate) use suspect::Suspect;
pub(crate) use table::table;

/// What became of one defect or variation.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    pub(crate) defect: Suspect,
    /// Whether a promise that it breaks was found broken.
    pub(crate) named: bool,
    /// The finding that gave it away, if any.
    pub(crate) finding: Option<Finding>,
    /// A warning, where there was no finding that fails a run.
    pub(crate) warning: Option<Finding>,
    /// How many cases were judged until then.
    pub(crate) cases: usize,
    /// How many requests these cases took.
    pub(crate) requests: usize,
    /// How long the whole of it took, on the clock of the wall.
    pub(crate) elapsed: Duration,
    /// How a run against it ends.
    pub(crate) exit: Exit,
    /// The causes that a report of it tells, of those cases that are fired at it.
    pub(crate) causes: Vec<String>,
}

/// So many cases, in turns between the promises, are fired at a defect that one of them finds, to
/// see what a report tells of it.
const EARLY: usize = 120;

impl Outcome {
    /// Whether a report tells the defect as one cause, or as two where the defect says why.
    pub(crate) fn told(&self) -> bool {
        self.defect.expected == Expected::LawfulVariation
            || self.defect.is_general()
            || self.causes.len() <= 1 + usize::from(self.defect.twice.is_some())
    }

    /// Whether it is known why the suite did not do right.
    pub(crate) fn explained(&self) -> bool {
        self.defect.hidden.is_some()
    }

    /// Whether the suite did right: a defect was caught, a variation was not.
    pub(crate) fn right(&self) -> bool {
        match self.defect.expected {
            // What answers that it is busy, or implements nothing, breaks no promise, and is told
            // apart all the same.
            Expected::MustBeFound => self.exit != Exit::Conforms,
            // What is inferred may break something that is documented as well.
            Expected::MustBeWarnedOf if self.defect.is_general() => {
                self.finding.is_some() || self.warning.is_some()
            }
            Expected::MustBeWarnedOf => self.exit == Exit::Conforms && self.warning.is_some(),
            Expected::LawfulVariation => self.exit == Exit::Conforms && self.warning.is_none(),
        }
    }
}

/// Fires the plan at a reference with each of the defects, `threads` of them side by side, and
/// tells `on_outcome` of each as it is known. The outcomes are in the order of the defects. Once
/// `stop` turns true, what is not known yet is left out.
///
/// # Errors
/// Where a target in this process cannot be set up.
pub(crate) fn self_check(
    plan: &Arc<Plan>,
    defects: &[Suspect],
    threads: usize,
    stop: &watch::Receiver<bool>,
    on_outcome: impl Fn(&Outcome) + Sync,
) -> Result<Vec<Outcome>, TargetError> {
    let next = AtomicUsize::new(0);
    let workers = threads.max(1).min(defects.len().max(1));
    let early = interleaved(plan);
    let all: Vec<usize> = (0..plan.cases.len()).collect();
    let mut outcomes: Vec<(usize, Result<Outcome, TargetError>)> = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| {
                    let mut own = Vec::new();
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        let Some(defect) = defects.get(index) else {
                            return own;
                        };
                        // What must stay clean is fired at as in a run; what must be found is found
                        // sooner in turns.
                        let order = if defect.is_general() {
                            &about_first(plan, &all, &defect.breaks)
                        } else if defect.expected == Expected::MustBeFound {
                            &early
                        } else {
                            &all
                        };
                        let outcome = check(plan, order, defect, stop);
                        if *stop.borrow() {
                            return own;
                        }
                        outcome.iter().for_each(&on_outcome);
                        own.push((index, outcome));
                    }
                })
            })
            .collect();
        handles
            .into_iter()
            .flat_map(|h| h.join().unwrap_or_default())
            .collect()
    });

    outcomes.sort_by_key(|(index, _)| *index);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn check(
    plan: &Arc<Plan>,
    cases: &[usize],
    defect: &Suspect,
    stop: &watch::Receiver<bool>,
) -> Result<Outcome, TargetError> {
    let started = Instant::now();
    let mut outcome = Outcome {
        defect: defect.clone(),
        named: false,
        finding: None,
        warning: None,
        cases: 0,
        requests: 0,
        elapsed: Duration::ZERO,
        exit: Exit::CouldNotTell,
        causes: Vec::new(),
    };

    // As in a run: what is not found again when it is tried again fails nothing.
    let confirm = Confirm {
        tries: CONFIRM,
        ..Confirm::default()
    };

    let usual = RunOptions::default();
    let until_found = RunOptions {
        max_failures: Some(1),
        confirm,
        // Names of services may be of hexadecimal digits alone.
        token: match defect.is_general() {
            true => "0a1b2c3d".to_owned(),
            false => usual.token.clone(),
        },
        ..usual
    };

    let report = fire(plan, cases, until_found, stop, &mut outcome)?;
    outcome.exit = report.outcome();
    outcome.causes = causes(report);
    // A report of one failing case tells little. What is found later than that is shown by few
    // cases anyway.
    if let Some(early) = cases
        .get(..EARLY)
        .filter(|_| outcome.finding.is_some() && outcome.cases <= EARLY)
        .filter(|_| !defect.is_general())
    {
        let mut again = outcome.clone();
        let report = fire(plan, early, RunOptions::default(), stop, &mut again)?;
        outcome.causes = causes(report);
    }

    outcome.elapsed = started.elapsed();
    Ok(outcome)
}

/// Fires cases at a reference and takes in what came of it.
fn fire(
    plan: &Arc<Plan>,
    cases: &[usize],
    run: RunOptions,
    stop: &watch::Receiver<bool>,
    outcome: &mut Outcome,
) -> Result<Report, TargetError> {
    let mut summary = Summary::default();
    let suspect = outcome.defect.clone();
    let reference = |clock| suspect.reference(clock, &plan.region);
    let ran = rehearse_with(plan, cases, reference, run, stop.clone(), |event| {
        if let (Event::Judged(result), true) = (&event, outcome.finding.is_none()) {
            outcome.cases += 1;
            outcome.requests += result.observation.as_ref().map_or(0, Observation::requests);
        }
        let findings = match &event {
            Event::Judged(result) => result.judgement.findings.as_slice(),
            Event::DataPlane(judgement) => judgement.findings.as_slice(),
            Event::Spoilt(spoilt) => spoilt
                .overtaken
                .as_ref()
                .map_or(&[][..], |first| first.judgement.findings.as_slice()),
            Event::Prepared { .. } | Event::Shrunk(_) | Event::Retried(_) => &[],
        };
        for finding in findings {
            outcome.named |= suspect
                .breaks
                .iter()
                .any(|atom| *atom == finding.atom.as_str());
            let found = if finding.level == Level::Must {
                &mut outcome.finding
            } else {
                &mut outcome.warning
            };
            found.get_or_insert_with(|| finding.clone());
        }
        summary.add(plan, event);
    });

    if let Some(ended) = ran? {
        summary.end(ended);
    }
    Ok(Report::of(plan, &summary, Level::Must))
}

/// The causes that a report would tell, by identity.
fn causes(report: Report) -> Vec<String> {
    report.causes.into_iter().map(|cause| cause.id).collect()
}

#[cfg(test)]
mod tests;
