//! The reference behind a socket, or behind `tower::Service` in the same process.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Body as HttpBody;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tower_service::Service;

use super::Reference;
use super::response::{Body, Broken, Ending};

/// Larger bodies are not read to their end; the connection is closed.
const LARGEST_BODY: usize = 64 << 20;

/// A connection on which nothing comes for so long, or not the whole of a request, is closed.
const SLOWEST: Duration = Duration::from_secs(60);
/// The wait until a connection is accepted again, where one could not be.
const ACCEPT_AGAIN: Duration = Duration::from_millis(20);
const ENFILE: i32 = 23;
const EMFILE: i32 = 24;
const ENOBUFS: i32 = 105;

/// Why there is no answer.
#[derive(Debug)]
pub enum NoAnswer {
    /// A defect was ordered to close the connection.
    Ordered,
    /// The request's body could not be read, or is larger than 64 MiB.
    Unreadable(String),
}

/// Serves HTTP/1.1 with keep-alive, one task per connection, until `shutdown` completes. Then open
/// connections are dropped: a hung answer must not keep the server alive.
///
/// # Errors
/// When the listener fails for good. A single connection that fails is no error.
pub async fn serve(
    listener: TcpListener,
    reference: Reference,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let mut connections = JoinSet::new();
    tokio::pin!(shutdown);
    loop {
        tokio::select! {
            () = &mut shutdown => return Ok(()),
            // Finished tasks are reaped here, or the set would grow with every connection.
            Some(_) = connections.join_next() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => {
                    // Small answers to small requests: waiting to fill a segment costs 40 ms.
                    let _ = stream.set_nodelay(true);
                    connections.spawn(converse(stream, reference.clone()));
                }
                // Room is made by connections that end.
                Err(error) if is_passing(&error) => tokio::time::sleep(ACCEPT_AGAIN).await,
                Err(error) => return Err(error),
            },
        }
    }
}

/// One connection, to its end. How it ends is the client's business.
async fn converse(stream: tokio::net::TcpStream, reference: Reference) {
    let service = hyper::service::service_fn(|request: http::Request<hyper::body::Incoming>| {
        let mut reference = reference.clone();
        async move {
            let (head, body) = request.into_parts();
            let late =
                || NoAnswer::Unreadable(format!("it did not come within {} s", SLOWEST.as_secs()));
            let body = tokio::time::timeout(SLOWEST, whole(body))
                .await
                .unwrap_or_else(|_| Err(late()))?;
            reference
                .call(http::Request::from_parts(head, Full::new(body)))
                .await
        }
    });

    let _ = http1::Builder::new()
        // The time for a head begins when the answer before it ends: it is that of an idle
        // connection as well.
        .timer(TokioTimer::new())
        .header_read_timeout(SLOWEST)
        .title_case_headers(reference.inner.behaviour.title_case_headers)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Whether accepting may work again: the connection failed, or there is no room for one more, in
/// files or in memory.
fn is_passing(error: &std::io::Error) -> bool {
    use std::io::ErrorKind::{
        ConnectionAborted, ConnectionReset, Interrupted, OutOfMemory, WouldBlock,
    };
    matches!(
        error.kind(),
        ConnectionAborted | ConnectionReset | Interrupted | OutOfMemory | WouldBlock
    ) || matches!(error.raw_os_error(), Some(ENFILE | EMFILE | ENOBUFS))
}

impl<B> Service<http::Request<B>> for Reference
where
    B: HttpBody + Send + 'static,
    B::Data: Send,
    B::Error: fmt::Display,
{
    type Response = http::Response<Body>;
    type Error = NoAnswer;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, NoAnswer>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), NoAnswer>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let reference = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let body = whole(body).await?;
            let arrival = reference.arrive();
            if let Some(pause) = reference.inner.behaviour.race {
                tokio::time::sleep(pause).await;
            }
            let mut response =
                reference.answer_arrived(http::Request::from_parts(head, body), &arrival);
            drop(arrival);
            // hyper would write the machine's: a date must be of the clock that the answer's times
            // are of.
            response.set_header(
                "date",
                &httpdate::fmt_http_date(reference.inner.options.clock.now()),
            );
            if !response.delay.is_zero() {
                tokio::time::sleep(response.delay).await;
            }
            if response.ending == Ending::Hang {
                std::future::pending::<Infallible>().await;
            }
            response.into_http().map_err(|Broken| NoAnswer::Ordered)
        })
    }
}

/// The whole body of a request, up to the limit.
async fn whole<B>(body: B) -> Result<Bytes, NoAnswer>
where
    B: HttpBody,
    B::Error: fmt::Display,
{
    let body = body.map_err(|e| e.to_string());
    let limited = http_body_util::Limited::new(body, LARGEST_BODY);
    let collected = limited
        .collect()
        .await
        .map_err(|e| NoAnswer::Unreadable(e.to_string()))?;
    Ok(collected.to_bytes())
}

impl fmt::Display for NoAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ordered => {
                f.write_str("the reference was ordered to close the connection without an answer")
            }
            Self::Unreadable(why) => write!(f, "the body of the request could not be read: {why}"),
        }
    }
}

impl std::error::Error for NoAnswer {}

#[cfg(test)]
mod tests;
