//! Where requests go, and the only place that opens client connections.
//!
//! A [`Target`] is an HTTP(S) endpoint or a service in this process. `Target::send_waiting` always
//! comes back with an [`Exchange`], in bounded time: whatever the target does wrong is a
//! [`Silence`] in it, never an error.
//!
//! Three ways lead to an endpoint, and which one a request goes is a matter of the request and of
//! the endpoint's scheme:
//!
//! - What a client library sends unchanged goes through reqwest where the endpoint has TLS: its
//!   pool, and what it knows of TLS, are worth what they cost beside a handshake and encryption.
//! - The same without TLS goes over connections of our own that are kept. Targets of this kind
//!   stand on this machine and answer in microseconds, of which a library takes more than the
//!   target. What it would not send unchanged is told by the same code.
//! - What a library would rewrite or refuse goes through the raw writer, also when the request did
//!   not ask for it, so that the bytes on the wire are those planned. It uses each connection once.
//!
//! Architecture invariant: nothing is sent to a host that is not loopback unless
//! [`Settings::permission`] names it. [`Target::http`] checks this, and there is no other way to a
//! connection. Redirects are not followed, and the environment's proxies are not used, since both
//! would lead around the check.

mod client;
mod credentials;
mod endpoint;
mod error;
mod headers;
mod ours;
mod pace;
pub(crate) mod raw;
mod service;
mod settings;
mod signing;
#[cfg(test)]
mod testing;
mod tls;

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

pub(crate) use self::credentials::Credentials;
pub(crate) use self::endpoint::{Endpoint, Permission, Refused};
pub(crate) use self::error::TargetError;
pub use self::service::HttpService;
pub(crate) use self::settings::{Clock, Settings};
pub(crate) use self::signing::Signer;

use self::client::Client;
use self::pace::{Pace, throttle_wait};
use self::raw::Dialer;
use self::service::InProcess;
use crate::wire::exchange::{Answer, Exchange, Framing, Request, Silence, Wire};

/// Something that answers requests. Clones share connections and pace.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    shared: Arc<Shared>,
    /// The least time to wait for the head of an answer, whatever the settings say.
    patience: Duration,
    throttling: Throttling,
}

/// Says of an answer whether it only asks for fewer requests.
#[derive(Clone)]
struct Throttling(Arc<dyn Fn(&Answer) -> bool + Send + Sync>);

#[derive(Debug)]
struct Shared {
    settings: Settings,
    signer: Signer,
    pace: Pace,
    authority: String,
    base_path: String,
    way: Way,
}

#[derive(Debug)]
enum Way {
    Http { client: Client, dialer: Dialer },
    Service(InProcess),
}

/// So long is waited for room for another connection before it is tried again.
const ROOM_WAIT: Duration = Duration::from_millis(20);

impl Target {
    /// An HTTP(S) endpoint.
    ///
    /// # Errors
    ///
    /// [`TargetError::Refused`] unless the endpoint is loopback or allowed; the others for settings
    /// that cannot work. Nothing is sent, so an endpoint where nobody listens is no error here.
    pub(crate) fn http(endpoint: Endpoint, settings: Settings) -> Result<Self, TargetError> {
        settings.permission.check(&endpoint)?;
        let tls = if endpoint.is_tls() {
            tls::config(&settings)?
        } else {
            tls::unused()?
        };
        let client = Client::new(&endpoint, &settings, &tls)?;
        let (authority, base_path) = (endpoint.authority(), endpoint.base_path().to_owned());
        let dialer = Dialer::new(endpoint, tls);
        Self::new(Way::Http { client, dialer }, authority, base_path, settings)
    }

    /// A service in this process. It sees what a server on loopback would hand it: an origin-form
    /// URI, and `host` and `content-length` headers. Requests for the raw writer reach it through
    /// hyper's HTTP/1.1 server over a pipe in memory. A panic in the service is a closed
    /// connection, as it would be for a real server.
    ///
    /// # Errors
    ///
    /// Settings that cannot work: [`TargetError::Rate`] or [`TargetError::Header`].
    pub(crate) fn service(
        service: impl HttpService,
        settings: Settings,
    ) -> Result<Self, TargetError> {
        Self::new(
            Way::Service(InProcess::new(service)),
            "localhost".to_owned(),
            String::new(),
            settings,
        )
    }

    /// The same target, but that the head of an answer is waited for at least so long, and its body
    /// twice as long.
    pub(crate) fn patient(&self, least: Duration) -> Self {
        Self {
            patience: least,
            ..self.clone()
        }
    }

    /// The same target; `throttles` says of an answer whether it only asks for fewer requests.
    /// Without it that is what status 429 says, and no other.
    pub(crate) fn with_throttling(
        self,
        throttles: impl Fn(&Answer) -> bool + Send + Sync + 'static,
    ) -> Self {
        Self {
            throttling: Throttling(Arc::new(throttles)),
            ..self
        }
    }

    /// Sends the request and waits for its answer, for no longer than the limits of the settings.
    /// While the target [asks for fewer requests](Self::with_throttling) it is sent again, each
    /// time after the wait that the answer asks for.
    ///
    /// [`Exchange::request`] is the request given, without the endpoint's base path and the extra
    /// headers; its `wire` says who did write the bytes.
    #[cfg(test)]
    pub(crate) async fn send(&self, request: impl Into<Arc<Request>>) -> Exchange {
        self.send_waiting(request, self.shared.settings.max_throttle_waits)
            .await
    }

    /// As `send`, but sent again no more than `waits` times, nor than the settings allow.
    pub(crate) async fn send_waiting(
        &self,
        request: impl Into<Arc<Request>>,
        waits: u32,
    ) -> Exchange {
        let mut request: Arc<Request> = request.into();
        let shared = &*self.shared;
        let complete = shared.complete(&request);
        let settings = shared.settings(self.patience);
        let mut throttled = 0;

        loop {
            shared.pace.turn().await;
            let signature = shared.signer.sign(&complete, &shared.authority);
            let started = Instant::now();
            let (wire, outcome) = shared
                .attempt_with_room(&complete, &signature, &settings)
                .await;
            let elapsed = started.elapsed();
            let wait = self.throttle_wait(&outcome, throttled);
            let Some(wait) = wait.filter(|_| throttled < waits) else {
                drop(complete);
                if request.wire != wire {
                    Arc::make_mut(&mut request).wire = wire;
                }
                return Exchange {
                    request,
                    outcome,
                    elapsed,
                    throttled,
                };
            };
            throttled += 1;
            tokio::time::sleep(wait).await;
        }
    }

    /// How long to wait before a request is sent again that waited so many times already, where the
    /// answer asks for that.
    pub(crate) fn throttle_wait(
        &self,
        outcome: &Result<Answer, Silence>,
        waited: u32,
    ) -> Option<Duration> {
        let throttles = outcome
            .as_ref()
            .ok()
            .filter(|answer| (self.throttling.0)(answer));
        throttles.and_then(|answer| throttle_wait(answer, waited, &self.shared.settings))
    }

    fn new(
        way: Way,
        authority: String,
        base_path: String,
        settings: Settings,
    ) -> Result<Self, TargetError> {
        if let Some(rate) = settings
            .rate
            .filter(|rate| !(rate.is_finite() && *rate > 0.0))
        {
            return Err(TargetError::Rate(rate));
        }

        for (name, value) in &settings.extra_headers {
            if headers::header(name, value).is_none() {
                // Only the name: the value may be a secret.
                return Err(TargetError::Header(format!(
                    "the extra header {name:?} or its value"
                )));
            }
        }

        if !settings.region.bytes().all(|b| b.is_ascii_graphic()) {
            return Err(TargetError::Header(format!(
                "the region {:?}",
                settings.region
            )));
        }

        let signer = Signer::new(&settings);
        let pace = Pace::new(settings.rate);
        let shared = Arc::new(Shared {
            settings,
            signer,
            pace,
            authority,
            base_path,
            way,
        });

        Ok(Self {
            shared,
            patience: Duration::ZERO,
            throttling: Throttling::default(),
        })
    }
}

impl Default for Throttling {
    fn default() -> Self {
        Self(Arc::new(|answer| answer.status == 429))
    }
}

impl std::fmt::Debug for Throttling {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Throttling")
    }
}

impl Shared {
    /// The request with the endpoint's base path and the extra headers.
    fn complete<'a>(&self, request: &'a Request) -> Cow<'a, Request> {
        if self.base_path.is_empty() && self.settings.extra_headers.is_empty() {
            return Cow::Borrowed(request);
        }
        let mut complete = request.clone();
        complete.path.insert_str(0, &self.base_path);

        for (name, value) in &self.settings.extra_headers {
            if !request
                .headers
                .iter()
                .any(|(own, _)| own.eq_ignore_ascii_case(name))
            {
                complete.headers.push((name.clone(), value.clone()));
            }
        }

        Cow::Owned(complete)
    }

    /// The settings, with at least that time limit.
    fn settings(&self, patience: Duration) -> Cow<'_, Settings> {
        if patience <= self.settings.head_timeout {
            return Cow::Borrowed(&self.settings);
        }
        let body_timeout = self.settings.body_timeout.max(patience * 2);
        Cow::Owned(Settings {
            head_timeout: patience,
            body_timeout,
            ..self.settings.clone()
        })
    }

    /// As [`attempt`](Self::attempt). Where this machine has no room for another connection, one
    /// that is not in use makes room, or a request that ends; the wait for that is as long as one
    /// for a connection.
    async fn attempt_with_room(
        &self,
        request: &Request,
        signature: &[(String, String)],
        settings: &Settings,
    ) -> (Wire, Result<Answer, Silence>) {
        let started = Instant::now();
        loop {
            let (wire, outcome) = self.attempt(request, signature, settings).await;
            if !matches!(outcome, Err(Silence::Ours(_)))
                || started.elapsed() >= settings.connect_timeout
            {
                return (wire, outcome);
            }
            if let Way::Http { client, .. } = &self.way {
                client.close_idle();
            }
            tokio::time::sleep(ROOM_WAIT).await;
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        signature: &[(String, String)],
        settings: &Settings,
    ) -> (Wire, Result<Answer, Silence>) {
        if request.wire == Wire::Client {
            let answered = match &self.way {
                Way::Http { client, dialer } => {
                    client
                        .send(request, &self.authority, signature, dialer, settings)
                        .await
                }
                Way::Service(service) => {
                    service
                        .send(request, &self.authority, signature, settings)
                        .await
                }
            };
            if let Some(outcome) = answered {
                return (Wire::Client, outcome);
            }
        }

        let request = match request.wire {
            Wire::Raw(_) => Cow::Borrowed(request),
            // Where a library would leave the length out, the raw writer does too.
            Wire::Client if request.body.is_empty() => Cow::Owned(Request {
                wire: Wire::Raw(Framing::None),
                ..request.clone()
            }),
            Wire::Client => Cow::Owned(Request {
                wire: Wire::Raw(Framing::Length),
                ..request.clone()
            }),
        };

        let bytes = raw::bytes(&request, &self.authority, signature);
        let outcome = match &self.way {
            Way::Http { dialer, .. } => match dialer.open(settings).await {
                Ok(stream) => raw::exchange(stream, &bytes, &request.method, settings).await,
                Err(silence) => Err(silence),
            },
            Way::Service(service) => {
                raw::exchange(service.open(), &bytes, &request.method, settings).await
            }
        };

        (request.wire, outcome)
    }
}

#[cfg(test)]
mod tests;
