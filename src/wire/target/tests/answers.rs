use std::time::Duration;

use bytes::Bytes;

use super::{BOTH, outcome};
use crate::wire::exchange::{Phase, Silence, Wire};
use crate::wire::target::testing::{Connection, Server, impatient, put, settings};

/// Everything a server can do wrong to one request, by both ways: the same value comes out.
#[tokio::test]
async fn faults_are_values() {
    let cut = |received| Silence::Cut {
        status: 200,
        received,
    };
    for (said, expected) in [
        (
            &b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc"[..],
            cut(3),
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
            cut(3),
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nnonsense\r\n",
            cut(3),
        ),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            cut(0),
        ),
    ] {
        let server = Server::saying(said).await;
        for wire in BOTH {
            assert_eq!(
                outcome(&server, wire, settings()).await,
                Err(expected.clone()),
                "{wire:?} {}",
                said.escape_ascii()
            );
        }
    }
}

#[tokio::test]
async fn what_is_not_http() {
    let many_fields = format!("HTTP/1.1 200 OK\r\n{}\r\n", "x: y\r\n".repeat(200));
    let endless_field = format!("HTTP/1.1 200 OK\r\nx: {}", "y".repeat(1_000_000));
    for said in [
        "+OK ready\r\n",
        "SSH-2.0-OpenSSH_9.6\r\n",
        "\x00\x01\x02\x03",
        "<html><body>hello</body></html>",
        "HTTP/1.1 abc OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1 200 OK\r\nno colon here\r\n\r\n",
        "HTTP/1.1 200 OK\r\ncontent-length: five\r\n\r\nabcde",
        "HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        &many_fields,
        &endless_field,
    ] {
        let server = Server::saying(said.to_owned()).await;
        for wire in BOTH {
            let outcome = outcome(&server, wire, settings()).await;
            assert!(
                matches!(outcome, Err(Silence::NotHttp(_))),
                "{wire:?} {:.40} {outcome:?}",
                said
            );
        }
    }
}

/// A server of another protocol that speaks first.
#[tokio::test]
async fn a_banner() {
    let server = Server::start(async |mut c: Connection| {
        c.say(b"220 mail.example.com ESMTP\r\n").await;
        c.hang().await;
    })
    .await;
    for wire in BOTH {
        let outcome = outcome(&server, wire, settings()).await;
        assert!(
            matches!(outcome, Err(Silence::NotHttp(_))),
            "{wire:?} {outcome:?}"
        );
    }
}

/// Bytes after an answer are no answer to the next request. (The raw writer, on a connection of its
/// own, reports them.)
#[tokio::test]
async fn surplus_is_not_blamed_on_the_next_request() {
    let server =
        Server::repeating(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{} and more".as_slice())
            .await;
    let target = server.target(settings());
    for _ in 0..20 {
        let exchange = target.send(put(Wire::Client, "{}")).await;
        assert_eq!(exchange.outcome.expect("an answer").body, "{}");
    }
    let outcome = target.send(put(BOTH[1], "{}")).await.outcome;
    assert_eq!(
        outcome,
        Err(Silence::NotHttp(
            "9 bytes after the end of the answer".to_owned()
        ))
    );
}

#[tokio::test]
async fn closes_without_an_answer() {
    let at_once = Server::start(async |_| ()).await;
    let after_reading = Server::saying("").await;
    let in_the_head = Server::saying("HTTP/1.1 200 OK\r\ncontent-").await;
    for server in [at_once, after_reading, in_the_head] {
        for (sent, wire) in BOTH.into_iter().enumerate() {
            let outcome = outcome(&server, wire, settings()).await;
            assert!(
                matches!(outcome, Err(Silence::Closed(_))),
                "{wire:?} {outcome:?}"
            );
            assert_eq!(
                server.connections(),
                sent + 1,
                "a new connection is not tried again"
            );
        }
    }
}

#[tokio::test]
async fn hangs_and_drips() {
    let head = Server::start(async |mut c: Connection| c.hang().await).await;
    let body = Server::start(async |mut c: Connection| {
        c.request().await;
        c.say(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")
            .await;
        c.hang().await;
    })
    .await;
    let slow_head = Server::start(async |mut c: Connection| {
        c.request().await;
        c.say(b"HTTP/1.1 200 OK\r\nx: ").await;
        drip(&mut c).await;
    })
    .await;
    let slow_body = Server::start(async |mut c: Connection| {
        c.request().await;
        c.say(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
            .await;
        drip(&mut c).await;
    })
    .await;
    let slow_chunk_size = Server::start(async |mut c: Connection| {
        c.request().await;
        c.say(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;")
            .await;
        drip(&mut c).await;
    })
    .await;
    for (server, phase) in [
        (head, Phase::Head),
        (body, Phase::Body),
        (slow_head, Phase::Head),
        (slow_body, Phase::Body),
        (slow_chunk_size, Phase::Body),
    ] {
        let (one, other) = tokio::join!(
            outcome(&server, BOTH[0], impatient(phase)),
            outcome(&server, BOTH[1], impatient(phase))
        );
        assert_eq!(one, Err(Silence::TimedOut(phase)));
        assert_eq!(other, Err(Silence::TimedOut(phase)));
    }
}

async fn drip(connection: &mut Connection) {
    for _ in 0..200 {
        connection.say(b"a").await;
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn endless_bodies() {
    for head in [
        "content-length: 99999999999",
        "transfer-encoding: chunked",
        "x: close-delimited",
    ] {
        let head = format!("HTTP/1.1 202 Accepted\r\n{head}\r\n\r\n");
        let server = Server::start(move |mut c: Connection| {
            let head = head.clone();
            async move {
                c.request().await;
                c.say(head.as_bytes()).await;
                let chunk = [b"400\r\n", "x".repeat(1024).as_bytes(), b"\r\n"].concat();
                for _ in 0..10_000 {
                    c.say(&chunk).await;
                }
            }
        })
        .await;
        for wire in BOTH {
            let expected = Silence::TooLarge {
                status: 202,
                limit: 100_000,
            };
            assert_eq!(
                outcome(&server, wire, settings()).await,
                Err(expected),
                "{wire:?}"
            );
        }
    }
}

#[tokio::test]
async fn answers_arrive_as_sent() {
    for (said, status, body) in [
        (&b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"[..], 200, &b"{}"[..]),
        (b"HTTP/1.0 200 OK\r\n\r\nuntil closed", 200, b"until closed"),
        (
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n3\r\nabc\r\n0\r\nt: u\r\n\r\n",
            200,
            b"{}abc",
        ),
        (b"HTTP/1.1 204 No Content\r\n\r\n", 204, b""),
        // Neither unpacked nor refused, whatever it calls itself.
        (b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nplain", 200, b"plain"),
        // Not followed: the second host was never allowed.
        (b"HTTP/1.1 307 T\r\nlocation: http://example.com/\r\ncontent-length: 0\r\n\r\n", 307, b""),
        (
            b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: 13\r\n\r\n<html></html>",
            200,
            b"<html></html>",
        ),
        (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 E\r\n\r\nHTTP/1.1 500 E\r\ncontent-length: 0\r\n\r\n", 500, b""),
    ] {
        let server = Server::saying(said).await;
        for wire in BOTH {
            let answer = outcome(&server, wire, settings()).await.map(|a| (a.status, Bytes::clone(&a.body)));
            assert_eq!(answer, Ok((status, Bytes::from(body))), "{wire:?} {}", said.escape_ascii());
        }
    }
}

#[tokio::test]
async fn headers_keep_their_order_and_doubles() {
    let server = Server::saying(
        "HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: \u{e9}\r\nX-A: 2\r\ncontent-length: 0\r\n\r\n",
    )
    .await;
    let raw = outcome(&server, BOTH[1], settings())
        .await
        .expect("an answer");
    let shown: Vec<_> = raw
        .headers
        .iter()
        .map(|(n, v)| format!("{n}={v}"))
        .collect();
    assert_eq!(shown, ["X-A=1", "X-B=\u{e9}", "X-A=2", "content-length=0"]);
    assert_eq!(
        outcome(&server, BOTH[0], settings())
            .await
            .expect("an answer")
            .header("X-A"),
        Some("1")
    );
}

/// A large request that is answered before it is read: the answer counts, not the broken pipe.
#[tokio::test]
async fn early_answers() {
    let server = Server::start(async |mut c: Connection| {
        c.listen().await;
        c.say(b"HTTP/1.1 413 Too Large\r\nconnection: close\r\ncontent-length: 0\r\n\r\n")
            .await;
        c.hang().await;
    })
    .await;
    let body: &'static str = Box::leak("x".repeat(4_000_000).into_boxed_str());
    for wire in BOTH {
        let exchange = server.target(settings()).send(put(wire, body)).await;
        assert_eq!(
            exchange.answer().map(|a| a.status),
            Some(413),
            "{wire:?} {:?}",
            exchange.outcome
        );
    }
}
