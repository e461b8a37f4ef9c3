//! Waiting for a target that is still starting.

use std::time::{Duration, Instant};

use tokio::sync::watch;

use super::Failure;
use crate::report::Exit;
use crate::support::units::duration_text;
use crate::wire::exchange::{Answer, Request, Silence};
use crate::wire::target::Target;

/// Time between two looks at whether a target is ready.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// Waits until the target answers, for no longer than `limit`. Some answer with failures of the
/// service while they start: one that still does so in the end is judged.
pub(super) async fn until_it_answers(
    target: &Target,
    url: &str,
    limit: Duration,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let end = Instant::now() + limit;
    loop {
        let came = heeding(&mut stop, ask(target, "/")).await?;
        let over = Instant::now() >= end;
        match came {
            Ok(answer) if over || answer.status < 500 => return Ok(()),
            Err(silence) if over => {
                let waited = duration_text(limit);
                return Err(Failure {
                    exit: Exit::CouldNotTell,
                    message: format!("{url} did not answer within {waited}: {silence}"),
                });
            }
            _ => heeding(&mut stop, tokio::time::sleep(PAUSE)).await?,
        }
    }
}

/// Does something, unless the user wants an end meanwhile.
pub(super) async fn heeding<T>(
    stop: &mut watch::Receiver<bool>,
    work: impl Future<Output = T>,
) -> Result<T, Failure> {
    tokio::select! {
        biased;
        Ok(_) = stop.wait_for(|stop| *stop) => Err(Failure {
            exit: Exit::Interrupted,
            message: "interrupted".to_owned(),
        }),
        done = work => Ok(done),
    }
}

/// Whether the target answers: with a success to that path, or anything at all where none is named.
pub(super) async fn answers(target: &Target, path: Option<&str>) -> bool {
    let came = ask(target, path.unwrap_or("/")).await;
    came.is_ok_and(|answer| path.is_none() || (200..300).contains(&answer.status))
}

/// Sends a request that changes nothing.
async fn ask(target: &Target, path: &str) -> Result<Answer, Silence> {
    let request = Request {
        method: "GET".to_owned(),
        path: path.to_owned(),
        service: "lambda".to_owned(),
        ..Request::default()
    };
    target.send_waiting(request, 0).await.outcome
}
