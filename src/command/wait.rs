//! Waiting for a target that is still starting.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::watch;

use super::Failure;
use crate::report::Exit;
use crate::support::units::duration_text;
use crate::wire::exchange::{Request, Wire};
use crate::wire::target::Target;

/// What a target says when it is asked whether it is there.
pub(super) enum Presence {
    /// It answers.
    Answers,
    /// It answers with a failure of the service, as some do while they start.
    Fails,
    /// It gives no answer, and why.
    Silent(String),
}

/// Time between two looks at whether a target is ready.
pub(super) const PAUSE: Duration = Duration::from_millis(50);

/// Waits until the target answers, for no longer than `limit`. One that still answers with failures
/// of the service by then is there, and is judged.
pub(super) async fn until_it_answers(
    target: &Target,
    url: &str,
    limit: Duration,
    mut stop: watch::Receiver<bool>,
) -> Result<(), Failure> {
    let end = Instant::now() + limit;
    loop {
        let why = match heeding(&mut stop, presence(target)).await? {
            Presence::Answers => return Ok(()),
            Presence::Fails if Instant::now() >= end => return Ok(()),
            Presence::Fails => String::new(),
            Presence::Silent(why) => why,
        };
        if Instant::now() >= end {
            let waited = duration_text(limit);
            return Err(Failure {
                exit: Exit::CouldNotTell,
                message: format!("{url} did not answer within {waited}: {why}"),
            });
        }

        heeding(&mut stop, tokio::time::sleep(PAUSE)).await?;
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
    let exchange = target.send_waiting(look(path.unwrap_or("/")), 0).await;
    exchange
        .outcome
        .is_ok_and(|answer| path.is_none() || (200..300).contains(&answer.status))
}

async fn presence(target: &Target) -> Presence {
    match target.send_waiting(look("/"), 0).await.outcome {
        Ok(answer) if answer.status >= 500 => Presence::Fails,
        Ok(_) => Presence::Answers,
        Err(silence) => Presence::Silent(silence.to_string()),
    }
}

/// A request that changes nothing.
fn look(path: &str) -> Request {
    Request {
        method: "GET".to_owned(),
        path: path.to_owned(),
        headers: Vec::new(),
        body: Bytes::new(),
        service: "lambda".to_owned(),
        wire: Wire::Client,
    }
}
