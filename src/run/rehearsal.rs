//! A run against the reference in this process, in time that waits for nothing.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Ended, Event, RunOptions, Runner};
use crate::plan::Plan;
use crate::reference::{Clock, Options, Reference};
use crate::wire::target::{Settings, Target, TargetError};

/// Runs cases against a reference, then the data plane, until all is done or `stop` turns true.
/// `None`: there is no runtime to be had.
///
/// # Errors
/// Where a target in this process cannot be set up.
pub(crate) fn rehearse(
    plan: &Arc<Plan>,
    cases: &[usize],
    options: Options,
    run: RunOptions,
    stop: watch::Receiver<bool>,
    on_event: impl FnMut(Event),
) -> Result<Option<Ended>, TargetError> {
    let reference = |clock| Reference::new(Options { clock, ..options });
    rehearse_with(plan, cases, reference, run, stop, on_event)
}

/// The same with any reference that goes by that clock.
///
/// # Errors
/// As [`rehearse`].
pub(crate) fn rehearse_with(
    plan: &Arc<Plan>,
    cases: &[usize],
    reference: impl FnOnce(Clock) -> Reference,
    run: RunOptions,
    stop: watch::Receiver<bool>,
    on_event: impl FnMut(Event),
) -> Result<Option<Ended>, TargetError> {
    // Nothing but timers and tasks of this thread: only then does paused time go on by itself.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    let Ok(runtime) = runtime else {
        return Ok(None);
    };

    runtime.block_on(async {
        // The reference takes any signature, and signing takes longer than answering.
        let settings = Settings {
            signing: false,
            ..Settings::default()
        };
        let target = Target::service(reference(Clock::tokio()), settings)?;
        let runner = Runner::new(
            Arc::clone(plan),
            target,
            RunOptions {
                data_plane: true,
                ..run
            },
        );
        Ok(Some(runner.run(cases, stop, on_event).await))
    })
}
