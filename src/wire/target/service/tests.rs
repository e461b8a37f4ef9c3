use std::convert::Infallible;
use std::task::Context;
use std::time::Duration;

use super::*;
use crate::wire::exchange::{Framing, Wire};
use crate::wire::target::Target;
use crate::wire::target::testing::{impatient, put, settings};

const BOTH: [Wire; 2] = [Wire::Client, Wire::Raw(Framing::Length)];

/// A service from a function.
#[derive(Clone)]
struct By<F>(F);

impl<F, S, B, E> Service<http::Request<Full<Bytes>>> for By<F>
where
    F: Fn(http::Request<Full<Bytes>>) -> S,
    S: Future<Output = Result<http::Response<B>, E>> + Send + 'static,
{
    type Response = http::Response<B>;
    type Error = E;
    type Future = Pin<Box<dyn Future<Output = Result<http::Response<B>, E>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), E>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Full<Bytes>>) -> Self::Future {
        Box::pin((self.0)(request))
    }
}

/// Answers with what it was sent.
async fn echo(
    request: http::Request<Full<Bytes>>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let (parts, body) = request.into_parts();
    let header = |name| {
        parts
            .headers
            .get(name)
            .map_or("-", |v| v.to_str().expect("text"))
            .to_owned()
    };
    let signed = parts.headers.contains_key("authorization");
    let body = body.collect().await?.to_bytes();
    let text = format!(
        "{} {} host={} length={} signed={signed} {}",
        parts.method,
        parts.uri,
        header("host"),
        header("content-length"),
        String::from_utf8_lossy(&body),
    );
    Ok(http::Response::builder()
        .status(202)
        .header("x-kind", "echo")
        .body(text.into())
        .expect("a response"))
}

#[tokio::test]
async fn both_ways_lead_to_the_service() {
    let target = Target::service(By(echo), settings()).expect("a target");
    for wire in BOTH {
        let exchange = target.send(put(wire, "{}")).await;
        assert_eq!(exchange.request.wire, wire);
        let answer = exchange.outcome.expect("an answer");
        assert_eq!(
            (answer.status, answer.header("x-kind")),
            (202, Some("echo"))
        );
        let expected =
            "PUT /2015-03-31/event-source-mappings/an-id host=localhost length=2 signed=true {}";
        assert_eq!(answer.body, expected.as_bytes(), "{wire:?}");
    }
}

#[tokio::test]
async fn what_the_types_cannot_hold_goes_through_the_pipe() {
    let target = Target::service(By(echo), settings()).expect("a target");
    let exchange = target
        .send(Request {
            path: "/a b".to_owned(),
            ..put(Wire::Client, "{}")
        })
        .await;
    assert_eq!(exchange.request.wire, Wire::Raw(Framing::Length));
    assert_eq!(
        exchange.answer().map(|a| a.status),
        Some(400),
        "{:?}",
        exchange.outcome
    );
}

#[tokio::test]
async fn faults_are_values() {
    type Answer = Result<http::Response<Full<Bytes>>, std::io::Error>;
    let panics = By(|_| async {
        if true {
            panic!("on purpose")
        } else {
            Answer::Ok(http::Response::default())
        }
    });
    let fails = By(|_| async { Answer::Err(std::io::Error::other("on purpose")) });
    let hangs = By(|_| std::future::pending::<Answer>());
    let large = By(|_| async { Answer::Ok(http::Response::new(vec![b'x'; 200_000].into())) });
    for wire in BOTH {
        let request = put(wire, "{}");
        let outcome = Target::service(panics.clone(), settings())
            .expect("a target")
            .send(request.clone())
            .await
            .outcome;
        assert!(
            matches!(outcome, Err(Silence::Closed(_))),
            "{wire:?} {outcome:?}"
        );
        let outcome = Target::service(fails.clone(), settings())
            .expect("a target")
            .send(request.clone())
            .await
            .outcome;
        assert!(
            matches!(outcome, Err(Silence::Closed(_))),
            "{wire:?} {outcome:?}"
        );
        let outcome = Target::service(hangs.clone(), impatient(Phase::Head))
            .expect("a target")
            .send(request.clone())
            .await
            .outcome;
        assert_eq!(outcome, Err(Silence::TimedOut(Phase::Head)), "{wire:?}");
        let outcome = Target::service(large.clone(), settings())
            .expect("a target")
            .send(request.clone())
            .await
            .outcome;
        assert_eq!(
            outcome,
            Err(Silence::TooLarge {
                status: 200,
                limit: 100_000
            }),
            "{wire:?}"
        );
    }
}

type Next = Option<Result<hyper::body::Frame<Bytes>, std::io::Error>>;

/// A body that says something, and then hangs, fails or panics.
struct Bad {
    said: bool,
    then: fn(&mut Context<'_>) -> Poll<Next>,
}

impl hyper::body::Body for Bad {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Next> {
        if std::mem::replace(&mut self.said, true) {
            (self.then)(cx)
        } else {
            Poll::Ready(Some(Ok(hyper::body::Frame::data(Bytes::from_static(
                b"abc",
            )))))
        }
    }
}

#[tokio::test]
async fn bodies_that_go_wrong() {
    let cut = Silence::Cut {
        status: 200,
        received: 3,
    };
    for (then, expected) in [
        (
            (|_| Poll::Pending) as fn(&mut Context<'_>) -> _,
            Silence::TimedOut(Phase::Body),
        ),
        (
            |_| Poll::Ready(Some(Err(std::io::Error::other("on purpose")))),
            cut.clone(),
        ),
        (|_| panic!("on purpose"), cut),
    ] {
        let service = By(move |_| async move {
            Ok::<_, Infallible>(http::Response::new(Bad { said: false, then }))
        });
        let target = Target::service(service, impatient(Phase::Body)).expect("a target");
        assert_eq!(
            target.send(put(Wire::Client, "")).await.outcome,
            Err(expected)
        );
    }
}

#[tokio::test]
async fn throttled_in_process() {
    let calls = Arc::new(std::sync::atomic::AtomicU32::new(0));
    let service = By(move |_| {
        let status = if calls.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < 3 {
            429
        } else {
            200
        };
        let response = http::Response::builder()
            .status(status)
            .header("retry-after", "0")
            .body(Full::new(Bytes::new()));
        async move { response }
    });
    let target = Target::service(
        service,
        crate::wire::target::Settings {
            max_throttle_wait: Duration::ZERO,
            ..settings()
        },
    );
    let exchange = target.expect("a target").send(put(Wire::Client, "")).await;
    assert_eq!((exchange.accepted(), exchange.throttled), (true, 3));
}
