use proptest::prelude::*;
use tokio::io::AsyncReadExt as _;

use super::*;
use crate::wire::exchange::Request;
use crate::wire::target::testing::{put, settings};

const SIGNATURE: [(&str, &str); 1] = [("authorization", "AWS4 x")];

fn written(request: &Request) -> String {
    let signature = SIGNATURE.map(|(n, v)| (n.to_owned(), v.to_owned()));
    String::from_utf8(bytes(request, "h:1", &signature)).expect("text")
}

/// Sends the request's bytes through a pipe to a server that answers this and then keeps or closes
/// the connection.
async fn served(
    request: &Request,
    answer: &'static [u8],
    close: bool,
) -> (Vec<u8>, Result<Answer, Silence>) {
    let (near, far) = tokio::io::duplex(64);
    let planned = bytes(request, "h:1", &[]);
    let length = planned.len();
    let server = async move {
        let (mut read, mut write) = tokio::io::split(far);
        let mut received = vec![0; length];
        read.read_exact(&mut received).await.expect("the request");
        write.write_all(answer).await.expect("the answer is read");
        if close {
            write.shutdown().await.expect("closed");
        }
        read.read_to_end(&mut received)
            .await
            .expect("the client closes");
        received
    };
    let (received, outcome) = tokio::join!(server, async move {
        exchange(near, &planned, &request.method, &settings()).await
    });
    (received, outcome)
}

#[test]
fn framings() {
    let raw = |framing| Request {
        path: "/x".to_owned(),
        headers: Vec::new(),
        ..put(Wire::Raw(framing), "abcde")
    };
    let head = "PUT /x HTTP/1.1\r\nhost: h:1\r\nauthorization: AWS4 x\r\nconnection: close\r\n";
    for (framing, rest) in [
        (Framing::Length, "content-length: 5\r\n\r\nabcde"),
        (Framing::None, "\r\nabcde"),
        (
            Framing::Chunked(2),
            "transfer-encoding: chunked\r\n\r\n2\r\nab\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n",
        ),
        (
            Framing::Chunked(0),
            "transfer-encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n1\r\nd\r\n1\r\ne\r\n0\r\n\r\n",
        ),
        (
            Framing::Chunked(17),
            "transfer-encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n",
        ),
    ] {
        assert_eq!(written(&raw(framing)), format!("{head}{rest}"));
    }
    let client = Request {
        wire: Wire::Client,
        ..raw(Framing::None)
    };
    assert_eq!(
        written(&client),
        format!("{head}content-length: 5\r\n\r\nabcde")
    );
}

#[test]
fn a_request_may_name_everything_itself() {
    let mut request = Request {
        path: "*".to_owned(),
        headers: Vec::new(),
        ..put(Wire::Raw(Framing::Length), "abc")
    };
    for (name, value) in [
        ("HOST", "other"),
        ("Content-Length", "7"),
        ("Connection", "x"),
        ("a b", "\u{1}\u{e9}"),
    ] {
        request.headers.push((name.to_owned(), value.to_owned()));
    }
    let expected = "PUT * HTTP/1.1\r\nHOST: other\r\nContent-Length: 7\r\nConnection: x\r\na b: \u{1}\u{e9}\r\n\
                    authorization: AWS4 x\r\n\r\nabc";
    assert_eq!(written(&request), expected);
}

#[tokio::test]
async fn bytes_after_the_end() {
    let get = Request {
        method: "GET".to_owned(),
        ..put(Wire::Raw(Framing::None), "")
    };
    let head = Request {
        method: "HEAD".to_owned(),
        ..get.clone()
    };
    let ok = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}".as_slice();
    let long = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{} and more".as_slice();
    let chunked = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n!".as_slice();
    for close in [true, false] {
        for (request, answer, surplus) in [
            (&get, ok, None),
            (&get, long, Some("9 bytes")),
            (&get, chunked, Some("1 bytes")),
            (
                &head,
                b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n".as_slice(),
                None,
            ),
            (&head, ok, Some("2 bytes")),
            (
                &get,
                b"HTTP/1.1 204 N\r\n\r\n{}".as_slice(),
                Some("2 bytes"),
            ),
        ] {
            let outcome = served(request, answer, close).await.1;
            match surplus {
                None => assert!(outcome.is_ok(), "{outcome:?}"),
                Some(amount) => {
                    assert_eq!(
                        outcome,
                        Err(Silence::NotHttp(format!(
                            "{amount} after the end of the answer"
                        )))
                    );
                }
            }
        }
    }
}

#[tokio::test]
async fn another_protocol() {
    let get = Request {
        method: "GET".to_owned(),
        ..put(Wire::Raw(Framing::None), "")
    };
    let outcome = served(
        &get,
        b"HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n\x01\x02",
        true,
    )
    .await
    .1;
    assert_eq!(outcome.map(|answer| answer.status), Ok(101));
}

fn any_request() -> impl Strategy<Value = Request> {
    let framing = prop_oneof![
        Just(Framing::Length),
        Just(Framing::None),
        (0_usize..40).prop_map(Framing::Chunked),
    ];
    let headers = proptest::collection::vec((any::<String>(), any::<String>()), 0..4);
    let body = proptest::collection::vec(any::<u8>(), 0..200);
    (any::<String>(), any::<String>(), headers, body, framing).prop_map(
        |(method, path, headers, body, framing)| Request {
            method,
            path,
            headers,
            body: body.into(),
            service: "lambda".to_owned(),
            wire: Wire::Raw(framing),
        },
    )
}

proptest! {
    #![proptest_config(crate::harness::testing::property_tests(2))]

    /// The bytes on the wire are the bytes planned: none more, none less, none changed, whatever
    /// they are.
    #[test]
    fn bytes_on_the_wire(request in any_request()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n";
        let (received, outcome) = runtime.block_on(served(&request, answer, true));
        prop_assert_eq!(received, bytes(&request, "h:1", &[]));
        prop_assert!(outcome.is_ok());
    }

    /// No answer makes the reader panic or wait for ever, and what it takes for one is within the
    /// limits.
    #[test]
    fn any_answer_is_a_value(
        head in prop_oneof![Just("HTTP/1.1 200 OK\r\n"), Just("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"), Just("")],
        rest in proptest::collection::vec(prop_oneof![any::<u8>(), Just(b'\r'), Just(b'\n'), Just(b'0')], 0..100),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let (near, mut far) = tokio::io::duplex(1024);
        let answer = [head.as_bytes(), &rest].concat();
        let outcome = runtime.block_on(async move {
            far.write_all(&answer).await.expect("room");
            far.shutdown().await.expect("closed");
            let outcome = exchange(near, b"", "GET", &settings()).await;
            drop(far);
            outcome
        });
        if let Ok(answer) = outcome {
            prop_assert!((100..1000).contains(&answer.status));
        }
    }
}
