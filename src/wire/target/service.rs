//! A target in this process: a tower service.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::Poll;

use bytes::{Bytes, BytesMut};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::TokioIo;
use tokio::io::DuplexStream;
use tokio::time::timeout;
use tower_service::Service;

use super::Settings;
use super::headers::{fields, header};
use crate::wire::exchange::{Answer, Phase, Request, Silence};

/// A tower service that can stand in for a server in this process: axum's and hyper's can.
pub trait HttpService:
    Service<
        http::Request<Full<Bytes>>,
        Response = http::Response<<Self as HttpService>::Body>,
        Error: Into<Fault>,
        Future: Send + 'static,
    > + Clone
    + Send
    + 'static
{
    /// The body of its answers.
    type Body: hyper::body::Body<Data: Send, Error: Into<Fault>> + Send + 'static;
}

impl<S, B> HttpService for S
where
    S: Service<http::Request<Full<Bytes>>, Response = http::Response<B>> + Clone + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Into<Fault>,
    B: hyper::body::Body<Data: Send, Error: Into<Fault>> + Send + 'static,
{
    type Body = B;
}

/// A service, whatever its type.
#[derive(Clone)]
pub(super) struct InProcess {
    call: Arc<dyn Fn(http::Request<Full<Bytes>>) -> Answering + Send + Sync>,
}

type Fault = Box<dyn std::error::Error + Send + Sync>;
type Body = UnsyncBoxBody<Bytes, Fault>;
type Answering = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Fault>> + Send>>;

/// How much may be on the way in the pipe to a service, in bytes.
const PIPE: usize = 64 * 1024;

impl InProcess {
    pub(super) fn new(service: impl HttpService) -> Self {
        let service = std::sync::Mutex::new(service);
        let call = move |request| -> Answering {
            let mut service = service
                .lock()
                .unwrap_or_else(std::sync::PoisonError::into_inner)
                .clone();
            Box::pin(survive(async move {
                std::future::poll_fn(|cx| service.poll_ready(cx))
                    .await
                    .map_err(Into::into)?;
                let response = service.call(request).await.map_err(Into::into)?;
                Ok(response.map(|body| {
                    body.map_frame(|frame| {
                        frame.map_data(|mut data| {
                            use bytes::Buf as _;
                            data.copy_to_bytes(data.remaining())
                        })
                    })
                    .map_err(Into::into)
                    .boxed_unsync()
                }))
            }))
        };

        Self {
            call: Arc::new(call),
        }
    }

    /// Calls the service, or comes back with `None` if the types of the `http` crate cannot hold
    /// the request.
    pub(super) async fn send(
        &self,
        request: &Request,
        authority: &str,
        signature: &[(String, String)],
        settings: &Settings,
    ) -> Option<Result<Answer, Silence>> {
        let uri: http::uri::PathAndQuery = request.path.parse().ok()?;
        if uri.as_str() != request.path {
            return None;
        }
        let mut built = http::Request::new(Full::new(request.body.clone()));
        *built.method_mut() = http::Method::from_bytes(request.method.as_bytes()).ok()?;
        *built.uri_mut() = uri.into();
        let length = request.body.len().to_string();
        let framing = (!request.body.is_empty()).then_some(("content-length", length.as_str()));
        let own = request
            .headers
            .iter()
            .chain(signature)
            .map(|(name, value)| (name.as_str(), value.as_str()));

        for (name, value) in std::iter::once(("host", authority))
            .chain(own)
            .chain(framing)
        {
            let (name, value) = header(name, value)?;
            built.headers_mut().append(name, value);
        }

        Some(self.answer(built, settings).await)
    }

    /// One end of a pipe with an HTTP/1.1 server at the other, which serves one connection.
    pub(super) fn open(&self) -> DuplexStream {
        let (near, far) = tokio::io::duplex(PIPE);
        let this = self.clone();
        let handle = hyper::service::service_fn(move |request| this.clone().handle(request));
        // It ends when the near end is dropped. What it says about the connection, the near end
        // sees for itself.
        tokio::spawn(
            hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(far), handle),
        );
        near
    }

    fn handle(self, request: http::Request<hyper::body::Incoming>) -> Answering {
        Box::pin(async move {
            let (parts, body) = request.into_parts();
            let body = body.collect().await.map_err(Fault::from)?.to_bytes();
            (self.call)(http::Request::from_parts(parts, Full::new(body))).await
        })
    }

    async fn answer(
        &self,
        request: http::Request<Full<Bytes>>,
        settings: &Settings,
    ) -> Result<Answer, Silence> {
        let response = timeout(settings.head_timeout, (self.call)(request))
            .await
            .map_err(|_| Silence::TimedOut(Phase::Head))?
            .map_err(|fault| Silence::Closed(fault.to_string()))?;

        let (parts, body) = response.into_parts();
        let status = parts.status.as_u16();
        let body = timeout(settings.body_timeout, read(body, status, settings.max_body))
            .await
            .map_err(|_| Silence::TimedOut(Phase::Body))??;
        Ok(Answer {
            status,
            headers: fields(&parts.headers),
            body: body.into(),
        })
    }
}

impl fmt::Debug for InProcess {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InProcess")
    }
}

async fn read(mut body: Body, status: u16, limit: u64) -> Result<Bytes, Silence> {
    let mut bytes = BytesMut::new();
    loop {
        let frame = survive(async { body.frame().await.transpose() }).await;
        let Ok(frame) = frame else {
            return Err(Silence::Cut {
                status,
                received: bytes.len() as u64,
            });
        };
        let Some(frame) = frame else {
            return Ok(bytes.freeze());
        };
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if (bytes.len() + data.len()) as u64 > limit {
            return Err(Silence::TooLarge { status, limit });
        }
        bytes.extend_from_slice(&data);
    }
}

/// Turns a panic into an error: a service that panics is a fault of the target, and must not end
/// the run.
async fn survive<T>(future: impl Future<Output = Result<T, Fault>>) -> Result<T, Fault> {
    let mut future = std::pin::pin!(future);
    std::future::poll_fn(move |cx| {
        catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx)))
            .unwrap_or_else(|_| Poll::Ready(Err("the service panicked".into())))
    })
    .await
}

#[cfg(test)]
mod tests;
