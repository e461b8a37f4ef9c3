use std::time::{Duration, Instant};

use super::BOTH;
use crate::wire::exchange::{Silence, Wire};
use crate::wire::target::testing::{Connection, Server, put, settings};
use crate::wire::target::{Endpoint, Settings, Target};

#[tokio::test]
async fn nobody_listens() {
    let address = {
        let server = Server::saying("").await;
        server.authority()
    };
    // The listener is dropped by its aborted task; until then the connection is made and closed.
    tokio::task::yield_now().await;
    tokio::time::sleep(Duration::from_millis(20)).await;
    let target = Target::http(
        Endpoint::parse(&format!("http://{address}")).expect("an endpoint"),
        settings(),
    );
    let target = target.expect("a target");
    for wire in BOTH {
        let Err(Silence::Unreachable(reason)) = target.send(put(wire, "")).await.outcome else {
            panic!("{wire:?}")
        };
        assert!(reason.contains("refused"), "{reason}");
    }
}

#[tokio::test]
async fn connections_are_kept() {
    let server =
        Server::repeating(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".as_slice()).await;
    let target = server.target(settings());
    for _ in 0..20 {
        assert!(
            target
                .clone()
                .send(put(Wire::Client, "{}"))
                .await
                .accepted()
        );
        // The pool gets the connection back in a task of its own.
        tokio::task::yield_now().await;
    }
    assert_eq!(server.connections(), 1);
}

/// The keep-alive race: the server closes a connection just when the next request is on its way.
#[tokio::test]
async fn a_kept_connection_may_close() {
    let server = Server::start(async |mut c: Connection| {
        if c.request().await.is_some() {
            c.say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                .await;
            c.request().await;
        }
    })
    .await;
    let target = server.target(settings());
    for _ in 0..50 {
        let exchange = target.send(put(Wire::Client, "{}")).await;
        assert!(exchange.accepted(), "{:?}", exchange.outcome);
    }
}

/// The same, without reading the next request: what the client sees first may also be a reset.
#[tokio::test]
async fn a_server_that_closes_after_each_answer_without_saying_so() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}").await;
    let target = server.target(settings());
    for _ in 0..200 {
        let exchange = target.send(put(Wire::Client, "{}")).await;
        assert!(exchange.accepted(), "{:?}", exchange.outcome);
    }
}

/// After a race the second try counts: if that is closed too, the target closes.
#[tokio::test]
async fn a_target_that_dies_is_found_out() {
    let server = Server::start(async |mut c: Connection| {
        if c.number == 0 && c.request().await.is_some() {
            c.say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                .await;
        }
        c.request().await;
    })
    .await;
    let target = server.target(settings());
    assert!(target.send(put(Wire::Client, "{}")).await.accepted());
    let outcome = target.send(put(Wire::Client, "{}")).await.outcome;
    assert!(matches!(outcome, Err(Silence::Closed(_))), "{outcome:?}");
    assert_eq!(server.connections(), 2);
}

#[tokio::test]
async fn throttling_is_waited_out() {
    let server = Server::start(async |mut c: Connection| {
        for n in 0.. {
            if c.request().await.is_none() {
                return;
            }
            c.say(match n % 3 {
                0 => b"HTTP/1.1 429 Slow\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n",
                1 => b"HTTP/1.1 429 Slow\r\ncontent-length: 0\r\n\r\n".as_slice(),
                _ => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
            })
            .await;
        }
    })
    .await;
    let target = server.target(Settings {
        max_throttle_wait: Duration::from_millis(2),
        ..settings()
    });
    for _ in 0..3 {
        let exchange = target.send(put(Wire::Client, "{}")).await;
        assert!(exchange.accepted());
        assert_eq!(exchange.throttled, 2);
    }
    let strict = server.target(Settings {
        max_throttle_waits: 1,
        max_throttle_wait: Duration::ZERO,
        ..settings()
    });
    let exchange = strict.send(put(Wire::Client, "{}")).await;
    assert_eq!(
        (exchange.throttled, exchange.answer().map(|a| a.status)),
        (1, Some(429))
    );
}

/// Only the lower bound can be tested without depending on the machine: three requests, two spaces
/// between them.
#[tokio::test]
async fn clones_share_one_rate() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let target = server.target(Settings {
        rate: Some(40.0),
        ..settings()
    });
    let started = Instant::now();
    let request = put(Wire::Client, "");
    let (one, two, three) = (target.clone(), target.clone(), target);
    tokio::join!(
        one.send(request.clone()),
        two.send(request.clone()),
        three.send(request.clone())
    );
    assert!(started.elapsed() >= Duration::from_millis(50));
}
