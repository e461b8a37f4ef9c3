//! The ordinary way: what a client library sends unchanged, on connections that are kept.
//!
//! With TLS that library is reqwest. Without, what it would send goes out over [connections of our
//! own](kept).

mod dial;
mod kept;

use std::error::Error as _;

use bytes::BytesMut;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method};
use reqwest::Url;
use tokio::time::timeout;
use tokio_rustls::rustls::ClientConfig;

use self::dial::{Dial, DialLayer};
use self::kept::Kept;
use super::headers::{fields, header};
use super::raw::{self, Dialer};
use super::signing::{is_plain_name, is_plain_path};
use super::{Endpoint, Settings, TargetError, ours};
use crate::wire::exchange::{Answer, Phase, Request, Silence};

/// Sends what a client library sends unchanged.
#[derive(Debug)]
pub(super) struct Client {
    way: Way,
    origin: String,
}

#[derive(Debug)]
enum Way {
    Library {
        pooled: reqwest::Client,
        /// Makes a new connection for each request.
        fresh: reqwest::Client,
    },
    Kept(Kept),
}

/// Framing and connection headers, which a client library takes as orders to itself.
const OWN_HEADERS: [&str; 9] = [
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

impl Client {
    pub(super) fn new(
        endpoint: &Endpoint,
        settings: &Settings,
        tls: &ClientConfig,
    ) -> Result<Self, TargetError> {
        let origin = |scheme: &str| format!("{scheme}://{}", endpoint.authority());
        if !endpoint.is_tls() {
            return Ok(Self {
                way: Way::Kept(Kept::default()),
                origin: origin("http"),
            });
        }

        let build = |idle: usize| {
            let mut builder = reqwest::Client::builder()
                .http1_only()
                .redirect(reqwest::redirect::Policy::none())
                .retry(reqwest::retry::never())
                .referer(false)
                .no_proxy()
                .tcp_nodelay(true)
                .connect_timeout(settings.connect_timeout)
                .connector_layer(DialLayer)
                .pool_max_idle_per_host(idle)
                .tls_backend_preconfigured(tls.clone());
            if let Some(addresses) = endpoint.pinned_addresses() {
                builder = builder.resolve_to_addrs(endpoint.host(), &addresses);
            }
            builder
                .build()
                .map_err(|e| TargetError::Client(root_cause(&e)))
        };

        Ok(Self {
            way: Way::Library {
                pooled: build(usize::MAX)?,
                fresh: build(0)?,
            },
            origin: origin("https"),
        })
    }

    /// Sends the request, or comes back with `None` if the library would not send it as it is.
    ///
    /// A server may close an idle connection at any time, also just when a request is on its way:
    /// from here that looks like a server that closes instead of answering. And a server that says
    /// too much after one answer seems to give a garbled one to the next request. So a request that
    /// got no answer on a connection that had served before goes out once more, on a new one, and
    /// only what happens there counts.
    pub(super) async fn send(
        &self,
        request: &Request,
        authority: &str,
        signature: &[(String, String)],
        dialer: &Dialer,
        settings: &Settings,
    ) -> Option<Result<Answer, Silence>> {
        let (pooled, fresh) = match &self.way {
            Way::Library { pooled, fresh } => (pooled, fresh),
            Way::Kept(kept) => {
                if !is_plain(request, signature) {
                    self.build(request, signature)?;
                }
                let bytes = raw::kept_bytes(request, authority, signature);
                return Some(kept.send(&bytes, &request.method, dialer, settings).await);
            }
        };

        let dial = Dial::default();
        let outcome = attempt(pooled, self.build(request, signature)?, &dial, settings).await;
        if matches!(outcome, Err(Silence::Closed(_) | Silence::NotHttp(_))) && dial.is_reused() {
            let again = self.build(request, signature)?;
            return Some(attempt(fresh, again, &Dial::default(), settings).await);
        }

        Some(outcome)
    }

    /// Closes the connections of this runtime that no request is using.
    pub(super) fn close_idle(&self) {
        if let Way::Kept(kept) = &self.way {
            kept.close();
        }
    }

    fn build(&self, request: &Request, signature: &[(String, String)]) -> Option<reqwest::Request> {
        let method = Method::from_bytes(request.method.as_bytes())
            .ok()
            .filter(|m| m != Method::CONNECT)?;
        let url = Url::parse(&[&self.origin, request.path.as_str()].concat()).ok()?;
        if !is_kept(&url, &request.path) {
            return None;
        }
        let mut headers = HeaderMap::with_capacity(request.headers.len() + signature.len() + 1);

        for (name, value) in request.headers.iter().chain(signature) {
            let (name, value) = header(name, value)?;
            if OWN_HEADERS.contains(&name.as_str()) {
                return None;
            }
            headers.append(name, value);
        }

        let mut built = reqwest::Request::new(method, url);
        *built.headers_mut() = headers;
        if !request.body.is_empty() {
            *built.body_mut() = Some(request.body.clone().into());
        }
        Some(built)
    }
}

/// Whether it is plain that the library would send a request as it is: [`Client::build`] tells of
/// the others, and takes its time.
fn is_plain(request: &Request, signature: &[(String, String)]) -> bool {
    let valued = |value: &str| value.bytes().all(|byte| (b' '..=b'~').contains(&byte));
    matches!(request.method.as_str(), "GET" | "PUT" | "POST" | "DELETE")
        && is_plain_path(&request.path)
        && request
            .headers
            .iter()
            .chain(signature)
            .all(|(name, value)| {
                is_plain_name(name) && valued(value) && !OWN_HEADERS.contains(&name.as_str())
            })
}

/// The innermost of the errors that caused this one: the others only say that something went wrong.
pub(super) fn root_cause(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}

/// The innermost error that tells of the operating system.
fn io_cause<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e std::io::Error> {
    let mut found = None;
    let mut cause = Some(error);
    while let Some(error) = cause {
        found = error.downcast_ref::<std::io::Error>().or(found);
        cause = error.source();
    }
    found
}

/// Whether URL parsing, twice, left the path and query as they are.
fn is_kept(url: &Url, path: &str) -> bool {
    // With the right length, an ending that equals the path begins where the URL's path begins.
    let query = url.query().map_or(0, |query| query.len() + 1);
    url.path().len() + query == path.len()
        && url.fragment().is_none()
        && url.as_str().ends_with(path)
        && path
            .parse::<PathAndQuery>()
            .is_ok_and(|p| p.as_str() == path)
}

async fn attempt(
    client: &reqwest::Client,
    request: reqwest::Request,
    dial: &Dial,
    settings: &Settings,
) -> Result<Answer, Silence> {
    let response = dial
        .watch(client.execute(request), settings)
        .await?
        .map_err(|e| silence(&e))?;

    let status = response.status().as_u16();
    let headers = fields(response.headers());
    match timeout(settings.body_timeout, body(response, settings.max_body)).await {
        Ok(body) => Ok(Answer {
            status,
            headers,
            body: body?.freeze().into(),
        }),
        Err(_) => Err(Silence::TimedOut(Phase::Body)),
    }
}

async fn body(mut response: reqwest::Response, limit: u64) -> Result<BytesMut, Silence> {
    let status = response.status().as_u16();
    let mut body = BytesMut::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if (body.len() + chunk.len()) as u64 > limit => {
                return Err(Silence::TooLarge { status, limit });
            }
            Ok(Some(chunk)) => body.extend_from_slice(&chunk),
            Ok(None) => return Ok(body),
            Err(_) => {
                return Err(Silence::Cut {
                    status,
                    received: body.len() as u64,
                });
            }
        }
    }
}

/// What an error before the head of the answer means.
fn silence(error: &reqwest::Error) -> Silence {
    if error.is_connect() {
        return if error.is_timeout() {
            Silence::TimedOut(Phase::Connect)
        } else {
            match io_cause(error) {
                Some(cause) if ours::limit(cause).is_some() => ours::no_connection(cause),
                _ => Silence::Unreachable(root_cause(error)),
            }
        };
    }

    let mut source = error.source();
    while let Some(inner) = source {
        if inner
            .downcast_ref::<hyper::Error>()
            .is_some_and(is_not_http)
        {
            return Silence::NotHttp(root_cause(inner));
        }
        source = inner.source();
    }

    Silence::Closed(root_cause(error))
}

/// Whether bytes arrived that are no answer: they cannot be parsed, or came before anything was
/// asked. The latter has no question of its own in hyper, so it is what remains when a lost
/// connection is ruled out.
fn is_not_http(error: &hyper::Error) -> bool {
    let is_lost = error.is_incomplete_message()
        || error.is_canceled()
        || error.is_closed()
        || error.is_user()
        || error
            .source()
            .is_some_and(|cause| cause.is::<std::io::Error>());
    error.is_parse() || !is_lost
}
