//! Connections that are kept: which of them serve once more, and what is never taken for an answer.

use std::time::Duration;

use crate::wire::exchange::{Request, Silence, Wire};
use crate::wire::target::testing::{Connection, Server, put, settings};

/// What an answer says of its connection, and on how many connections three requests go then.
#[tokio::test]
async fn which_connections_serve_once_more() {
    for (said, connections) in [
        (&b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"[..], 1),
        (b"HTTP/1.1 200 OK\r\nconnection: keep-alive\r\ncontent-length: 2\r\n\r\n{}", 1),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 1),
        (b"HTTP/1.1 304 Not Modified\r\ncontent-length: 7\r\n\r\n", 1),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}", 1),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nt: u\r\nv: w\r\n\r\n", 1),
        (b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}", 3),
        (b"HTTP/1.1 200 OK\r\nConnection: x, Close\r\ncontent-length: 2\r\n\r\n{}", 3),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}", 3),
        (b"HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n", 3),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{} and more", 3),
        (b"HTTP/1.1 204 No Content\r\n\r\n{}", 3),
        (b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n\r\n", 3),
    ] {
        let server = Server::repeating(said).await;
        let target = server.target(settings());
        for _ in 0..3 {
            let exchange = target.send(put(Wire::Client, "{}")).await;
            assert!(exchange.answer().is_some(), "{} {:?}", said.escape_ascii(), exchange.outcome);
        }
        assert_eq!(server.connections(), connections, "{}", said.escape_ascii());
    }
}

#[tokio::test]
async fn an_answer_to_head_has_no_body() {
    let server =
        Server::repeating(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n".as_slice()).await;
    let target = server.target(settings());
    for _ in 0..3 {
        let exchange = target
            .send(Request {
                method: "HEAD".to_owned(),
                ..put(Wire::Client, "")
            })
            .await;
        assert_eq!(exchange.outcome.expect("an answer").body, "");
    }
    assert_eq!(server.connections(), 1);
}

/// A second answer to one request, at once or a moment later, is not the answer to the next.
#[tokio::test]
async fn a_second_answer_is_nobodys() {
    for later in [None, Some(Duration::ZERO), Some(Duration::from_millis(5))] {
        let server = Server::start(move |mut c: Connection| async move {
            while c.request().await.is_some() {
                let (one, other) = (
                    b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}",
                    b"HTTP/1.1 500 E\r\ncontent-length: 0\r\n\r\n",
                );
                if let Some(pause) = later {
                    c.say(one).await;
                    tokio::time::sleep(pause).await;
                    c.say(other).await;
                } else {
                    c.say(&[&one[..], other].concat()).await;
                }
            }
        })
        .await;
        let target = server.target(settings());
        for _ in 0..5 {
            let exchange = target.send(put(Wire::Client, "{}")).await;
            assert_eq!(
                exchange.answer().map(|a| a.status),
                Some(200),
                "{later:?} {:?}",
                exchange.outcome
            );
            // The other one is on its way.
            tokio::time::sleep(Duration::from_millis(40)).await;
        }
        assert_eq!(server.connections(), 5);
    }
}

/// A server that closes what is idle closes nothing that a request is sent on.
#[tokio::test]
async fn a_connection_closed_while_idle_is_not_used() {
    let server = Server::start(async |mut c: Connection| {
        if c.request().await.is_some() {
            c.say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                .await;
        }
    })
    .await;
    let target = server.target(settings());
    for _ in 0..3 {
        assert!(target.send(put(Wire::Client, "{}")).await.accepted());
        tokio::time::sleep(Duration::from_millis(40)).await;
    }
    // Each request was sent once.
    assert_eq!((server.connections(), server.requests().len()), (3, 3));
}

/// A length that is not the body's spoils the answer where it is too large, and the connection
/// where it is too small.
#[tokio::test]
async fn lengths_that_lie() {
    for (said, outcome) in [
        (
            &b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{}"[..],
            Err(Silence::Cut {
                status: 200,
                received: 2,
            }),
        ),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{}", Ok(200)),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n9\r\n{}\r\n0\r\n\r\n",
            Err(Silence::Cut {
                status: 200,
                received: 9,
            }),
        ),
    ] {
        let server = Server::saying(said).await;
        let target = server.target(settings());
        for _ in 0..3 {
            let exchange = target.send(put(Wire::Client, "{}")).await;
            let surplus = exchange.answer().map(|a| a.body.surplus());
            assert_eq!(
                surplus,
                outcome.is_ok().then_some(1),
                "{}",
                said.escape_ascii()
            );
            assert_eq!(
                exchange.outcome.map(|a| a.status),
                outcome,
                "{}",
                said.escape_ascii()
            );
        }
        assert_eq!(server.connections(), 3);
    }
}

/// What was not read to its end is not followed by another request: its rest would be taken for
/// one.
#[tokio::test]
async fn an_answer_to_half_a_request() {
    let server = Server::start(async |mut c: Connection| {
        c.listen().await;
        c.say(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
            .await;
        c.hang().await;
    })
    .await;
    let body: &'static str = Box::leak("x".repeat(4_000_000).into_boxed_str());
    let target = server.target(settings());
    for _ in 0..2 {
        let exchange = target.send(put(Wire::Client, body)).await;
        assert_eq!(
            exchange.answer().map(|a| a.status),
            Some(413),
            "{:?}",
            exchange.outcome
        );
    }
    assert_eq!(server.connections(), 2);
}

/// A request goes out as a client library writes it: no length without a body, and no word about
/// the connection.
#[tokio::test]
async fn what_is_written() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let target = server.target(crate::wire::target::Settings {
        signing: false,
        ..settings()
    });
    let line = "PUT /2015-03-31/event-source-mappings/an-id HTTP/1.1";
    for (body, rest) in [("", "\r\n"), ("{}", "content-length: 2\r\n\r\n{}")] {
        target.send(put(Wire::Client, body)).await;
        let sent = String::from_utf8(server.requests().pop().expect("a request")).expect("text");
        let host = server.authority();
        assert_eq!(
            sent,
            format!(
                "{line}\r\nhost: {host}\r\ncontent-type: application/json\r\naccept: */*\r\n{rest}"
            )
        );
    }
}

/// Requests at the same time have a connection each, and later ones use these.
#[tokio::test]
async fn as_many_connections_as_requests_at_a_time() {
    let server = Server::start(async |mut c: Connection| {
        while c.request().await.is_some() {
            tokio::time::sleep(Duration::from_millis(50)).await;
            c.say(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                .await;
        }
    })
    .await;
    let target = server.target(settings());
    let request = put(Wire::Client, "{}");
    for _ in 0..3 {
        let (one, two, three) = tokio::join!(
            target.send(request.clone()),
            target.send(request.clone()),
            target.send(request.clone())
        );
        assert!(one.accepted() && two.accepted() && three.accepted());
    }
    assert_eq!(server.connections(), 3);
}
