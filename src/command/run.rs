//! `proofmark run`: the main job.

mod operation;
mod recording;

use crate::report::curl::CurlTarget;
use crate::report::{Exit, JudgedOperation, Report, joined, report_text, verdict_text};
use crate::run::Stop;

use super::release;
use super::report_args::Reports;
use super::run_args::RunArgs;
use super::target_args::Opened;
use super::{Failure, Outcome, signals};
use operation::{After, Moment, OperationRun, fire, nothing_judged, parts};
use recording::Recording;

/// Carries out `run`.
pub(crate) fn run(args: &RunArgs) -> Outcome {
    let mut args = args.clone();
    args.target.choose(&mut args.plan)?;
    args.baseline.take(args.target.chosen());
    let parts = parts(&args)?;
    let known = args.baseline.read()?;
    let implemented = args.implemented.read()?;

    // From here on there is something to end well: reports, and then what is made on the target.
    signals::stop();
    let mut reports = args.report.open_live()?;
    let reproducers = args.reproducers.open()?;
    let curl = args.target.curl(&args.plan.region());
    let secrets = args.target.secrets(&args.plan.region())?;
    for part in &parts {
        let at = part.at(curl.as_ref());
        reports.start(&part.plan, &part.facts(&at, None), &secrets);
    }

    let opened = match args.target.open(&args.plan.region()) {
        Ok(opened) => opened,
        Err(failure) => return unfired(failure, &parts, curl.as_ref(), reports, &args),
    };

    let Opened {
        runtime,
        target,
        secrets,
        stop,
        mut started,
    } = opened;

    let _within = runtime.enter();
    let release = args.target.chosen().values.release.as_ref();
    let version = release.and_then(|release| release::of(release, &stop));
    let mut recording = Recording::open(&args, &secrets)?;
    let places: Vec<_> = parts.iter().map(|part| part.at(curl.as_ref())).collect();
    let facts: Vec<_> = parts
        .iter()
        .zip(&places)
        .map(|(part, at)| part.facts(at, version.clone()))
        .collect();

    let fired = fire(
        &args,
        &parts,
        (&runtime, &target, &stop),
        known.as_ref(),
        |number, moment| {
            let (Some(part), Some(facts)) = (parts.get(number), facts.get(number)) else {
                return;
            };
            if let Moment::Event(event) = moment {
                reports.event(&part.plan, event, facts, &secrets);
            }
            if let Some(recording) = &mut recording {
                recording.add(part, moment);
            }
        },
    );

    let curl = curl.clone().map(|curl| {
        let asks = !curl.signs && !*stop.borrow();
        let mut plans = parts.iter().map(|part| &part.plan);
        let unsigned =
            asks && plans.any(|plan| runtime.block_on(args.target.answers_unsigned(plan)));
        CurlTarget { unsigned, ..curl }
    });

    let after = After {
        args: &args,
        known: known.as_ref(),
        folder: reproducers,
        curl: curl.as_ref(),
        runtime: &runtime,
        target: &target,
        secrets: &secrets,
        stop: &stop,
        version: version.as_deref(),
        operations: parts.len(),
    };

    let (mut report, mut written) = after.conclude(&parts, fired)?;
    if let Some(implemented) = &implemented {
        written = written.and(args.implemented.hold(implemented, &mut report));
    }
    let report = secrets.redact_report(report);
    let style = args.color.style(args.verbose);
    reports.print(&match args.quiet {
        true => verdict_text(&report, style),
        false => report_text(&report, style),
    });

    super::last::keep(&report);
    if let Some((status, started)) = started
        .as_mut()
        .and_then(|s| s.ended().map(|status| (status, s)))
    {
        super::complain(&format!(
            "the target that was started ended during the run: {status}\n{}",
            started.said()
        ));
    }

    reports.write(&report)?;
    written?;
    if let Some(recording) = recording {
        recording.whole()?;
    }

    // After the run, what writes the reproducers may have been cut short.
    Ok(if *stop.borrow() {
        Exit::Interrupted
    } else {
        report.outcome()
    })
}

/// The reports of a run whose target was not there to fire anything at, or that was interrupted
/// before it was.
fn unfired(
    failure: Failure,
    parts: &[OperationRun],
    curl: Option<&CurlTarget>,
    reports: Reports,
    args: &RunArgs,
) -> Outcome {
    let stopped = match failure.exit {
        Exit::Interrupted => Stop::Interrupted,
        Exit::CouldNotTell => Stop::Unreachable(failure.message.clone()),
        _ => return Err(failure),
    };

    let report = |part: &OperationRun| {
        let (fired, at) = (part.unfired(stopped.clone()), part.at(curl));
        let mut summary = fired.summary;
        summary.end(fired.ended);
        JudgedOperation {
            report: Report::new(&part.plan, &summary, &part.facts(&at, None)),
            beside: Vec::new(),
        }
    };
    let report = joined(
        parts.iter().map(report).collect(),
        args.target.flags(&args.plan),
    )
    .ok_or_else(nothing_judged)?;

    let secrets = args.target.secrets(&args.plan.region())?;
    reports.write(&secrets.redact_report(report))?;
    Err(failure)
}
