//! What the connection pool does for one request: hand out a connection that has served before, or
//! make a new one.
//!
//! reqwest does not tell, but both questions that depend on it matter: whether a closed connection
//! may be the keep-alive race, and which limit applies while nothing is heard. The pool makes new
//! connections inside the task that asks for one, so a task-local note, written by a layer around
//! the connector, answers both.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};
use tower_layer::Layer;
use tower_service::Service;

use super::super::Settings;
use crate::wire::exchange::{Phase, Silence};

tokio::task_local! {
    static DIAL: Dial;
}

/// The note on one request.
#[derive(Clone, Debug, Default)]
pub(super) struct Dial {
    state: Arc<Mutex<State>>,
}

/// Puts the note-taker around reqwest's connector.
#[derive(Clone, Copy, Debug)]
pub(super) struct DialLayer;

/// The note-taker.
#[derive(Clone, Debug)]
pub(super) struct DialService<S> {
    inner: S,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    /// No new connection was needed, so far.
    #[default]
    Pooled,
    /// A new connection is being made. If meanwhile another request's connection becomes free, the
    /// pool takes that one and finishes this elsewhere, out of sight.
    Connecting,
    /// A new connection is there, and is the one in use.
    Connected(Instant),
}

impl Dial {
    /// Whether the request went out on a connection that had served before.
    pub(super) fn is_reused(&self) -> bool {
        !matches!(self.state(), State::Connected(_))
    }

    /// Runs what sends a request and waits for the head of its answer, within the limits:
    /// `connect_timeout` while connecting, then `head_timeout`.
    pub(super) async fn watch<F: Future>(
        &self,
        sending: F,
        settings: &Settings,
    ) -> Result<F::Output, Silence> {
        let started = Instant::now();
        let mut sending = pin!(DIAL.scope(self.clone(), sending));
        let mut limit = pin!(sleep_until(self.limit(started, settings)));
        poll_fn(|cx| {
            if let Poll::Ready(output) = sending.as_mut().poll(cx) {
                return Poll::Ready(Ok(output));
            }
            // The note changes only while `sending` is polled, so this sees every change at once.
            let now = self.limit(started, settings);
            if limit.deadline() != now {
                limit.as_mut().reset(now);
            }
            limit
                .as_mut()
                .poll(cx)
                .map(|()| Err(Silence::TimedOut(Phase::Head)))
        })
        .await
    }

    fn limit(&self, started: Instant, settings: &Settings) -> Instant {
        match self.state() {
            State::Pooled => after(started, settings.head_timeout),
            State::Connected(at) => after(at, settings.head_timeout),
            // The connector keeps `connect_timeout` itself. What outlasts it is a request that the
            // pool gave another connection in the meantime.
            State::Connecting => after(
                after(started, settings.connect_timeout),
                settings.head_timeout,
            ),
        }
    }

    fn state(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl<S> Layer<S> for DialLayer {
    type Service = DialService<S>;

    fn layer(&self, inner: S) -> DialService<S> {
        DialService { inner }
    }
}

impl<S, R> Service<R> for DialService<S>
where
    S: Service<R>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, request: R) -> Self::Future {
        let connecting = self.inner.call(request);
        Box::pin(async move {
            note(State::Connecting);
            let connected = connecting.await;
            if connected.is_ok() {
                note(State::Connected(Instant::now()));
            }
            connected
        })
    }
}

/// An Instant cannot hold every Duration; a year is as good as never.
fn after(instant: Instant, wait: Duration) -> Instant {
    instant
        .checked_add(wait)
        .unwrap_or_else(|| instant + Duration::from_secs(365 * 86_400))
}

/// A connection that the pool finishes in a task of its own belongs to no request: there is nothing
/// to note.
fn note(state: State) {
    let _ = DIAL.try_with(|dial| dial.set(state));
}

#[cfg(test)]
mod tests {
    use tokio::time::sleep;

    use super::*;
    use crate::wire::target::testing::impatient;

    const SHORT: Duration = Duration::from_millis(70);

    /// The time for connecting, up to its own limit, is not taken from the time for the answer.
    #[tokio::test]
    async fn limits_follow_each_other() {
        let settings = impatient(Phase::Head);
        let dial = Dial::default();
        let sending = async {
            note(State::Connecting);
            sleep(SHORT).await;
            note(State::Connected(Instant::now()));
            sleep(SHORT).await;
        };
        assert_eq!(dial.watch(sending, &settings).await, Ok(()));
        assert!(!dial.is_reused());

        let hanging = async {
            note(State::Connecting);
            sleep(SHORT * 2).await;
            note(State::Connected(Instant::now()));
            std::future::pending::<()>().await;
        };
        assert_eq!(
            Dial::default().watch(hanging, &settings).await,
            Err(Silence::TimedOut(Phase::Head))
        );
    }

    #[tokio::test]
    async fn what_happens_elsewhere_is_not_noted() {
        let dial = Dial::default();
        let sending = async {
            tokio::spawn(async { note(State::Connected(Instant::now())) })
                .await
                .expect("a task");
        };
        assert_eq!(dial.watch(sending, &impatient(Phase::Body)).await, Ok(()));
        assert!(dial.is_reused());
    }
}
