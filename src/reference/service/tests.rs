//! What only shows where requests overlap, or on a socket.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower_service::Service;

use super::{NoAnswer, serve};
use crate::reference::{Options, Reference, find_defect};

const CREATE: &str = "POST /2015-03-31/functions HTTP/1.1\r\nhost: x\r\ncontent-length: 20\r\n\r\n{\"FunctionName\":\"f\"}";

fn reference(defect: &str) -> Reference {
    Reference::new(Options {
        defect: find_defect(defect),
        ..Options::default()
    })
}

fn request(method: &str, path: &str, body: &str) -> http::Request<Full<Bytes>> {
    let body = Full::new(Bytes::copy_from_slice(body.as_bytes()));
    http::Request::builder()
        .method(method)
        .uri(path)
        .body(body)
        .expect("a request")
}

/// Makes a function, a stream and a mapping; gives the mapping's path.
async fn mapping(reference: &mut Reference) -> String {
    let made = reference
        .call(request(
            "POST",
            "/2015-03-31/functions",
            r#"{"FunctionName":"f"}"#,
        ))
        .await;
    assert_eq!(made.expect("an answer").status(), 201);
    let mut stream = request("POST", "/", r#"{"StreamName":"s"}"#);
    stream.headers_mut().insert(
        "x-amz-target",
        http::HeaderValue::from_static("Kinesis_20131202.CreateStream"),
    );
    assert_eq!(
        reference.call(stream).await.expect("an answer").status(),
        200
    );
    let body = r#"{"FunctionName":"f","StartingPosition":"LATEST","EventSourceArn":"arn:aws:kinesis:us-east-1:123456789012:stream/s"}"#;
    let made = shown(reference, "POST", "/2015-03-31/event-source-mappings", body).await;
    format!(
        "/2015-03-31/event-source-mappings/{}",
        made["UUID"].as_str().unwrap_or_default()
    )
}

async fn shown(
    reference: &mut Reference,
    method: &str,
    path: &str,
    body: &str,
) -> serde_json::Value {
    let answer = reference
        .call(request(method, path, body))
        .await
        .expect("an answer");
    let body = answer
        .into_body()
        .collect()
        .await
        .expect("a body")
        .to_bytes();
    serde_json::from_slice(&body).expect("JSON")
}

/// Sends bytes on one connection, and gives what comes back until it ends or rests for a moment.
async fn talk(defect: &str, sent: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(serve(listener, reference(defect), std::future::pending()));
    let mut stream = TcpStream::connect(address).await.expect("a connection");
    stream
        .write_all(sent.as_bytes())
        .await
        .expect("room for a request");
    let mut received = Vec::new();
    let _ = tokio::time::timeout(
        Duration::from_millis(200),
        stream.read_to_end(&mut received),
    )
    .await;
    server.abort();
    String::from_utf8_lossy(&received).into_owned()
}

/// The time moves on by itself where all wait.
#[tokio::test(start_paused = true)]
async fn a_connection_on_which_nothing_comes_is_closed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let server = tokio::spawn(serve(
        listener,
        Reference::new(Options::default()),
        std::future::pending(),
    ));
    for sent in [
        "",
        "GET /2015-03-31/functions HTTP/1.1\r\nhost:",
        "POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
    ] {
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream
            .write_all(sent.as_bytes())
            .await
            .expect("room for a request");
        let mut received = Vec::new();
        let ended =
            tokio::time::timeout(Duration::from_secs(600), stream.read_to_end(&mut received)).await;
        assert!(ended.is_ok(), "{sent:?} keeps a connection for ever");
    }
    server.abort();
}

#[tokio::test]
async fn a_connection_is_kept_alive() {
    let received = talk("", &format!("{CREATE}{CREATE}")).await;
    assert_eq!(received.matches("HTTP/1.1 ").count(), 2, "{received}");
    assert!(
        received.contains("HTTP/1.1 201 Created") && received.contains("HTTP/1.1 409 Conflict"),
        "{received}"
    );
}

#[tokio::test]
async fn header_names_in_title_case() {
    let sent = "GET /2015-03-31/event-source-mappings HTTP/1.1\r\nhost: x\r\n\r\n";
    assert!(
        talk("", sent)
            .await
            .contains("content-type: application/json")
    );
    assert!(
        talk("title-case-headers", sent)
            .await
            .contains("Content-Type: application/json")
    );
}

#[tokio::test]
async fn overlapping_updates_survive_unless_ordered_otherwise() {
    for (defect, survives) in [("", true), ("concurrent-updates-lost", false)] {
        let mut reference = reference(defect);
        let path = mapping(&mut reference).await;
        let (mut one, mut other) = (reference.clone(), reference.clone());
        let _ = tokio::join!(
            shown(&mut one, "PUT", &path, r#"{"BatchSize":7}"#),
            shown(&mut other, "PUT", &path, r#"{"Enabled":false}"#)
        );
        let now = shown(&mut reference, "GET", &path, "").await;
        assert_eq!(
            now["BatchSize"] == 7 && now["State"] == "Disabled",
            survives,
            "{defect}: {now}"
        );
    }
}

#[tokio::test]
async fn overlapping_updates_crash_where_ordered() {
    let mut reference = reference("concurrent-updates-crash");
    let path = mapping(&mut reference).await;
    let (mut one, mut other) = (reference.clone(), reference.clone());
    let (first, second) = tokio::join!(
        one.call(request("PUT", &path, "{}")),
        other.call(request("PUT", &path, "{}"))
    );
    let statuses = [
        first.expect("an answer").status().as_u16(),
        second.expect("an answer").status().as_u16(),
    ];
    assert!(statuses.contains(&500), "{statuses:?}");
    assert_eq!(
        reference
            .call(request("PUT", &path, "{}"))
            .await
            .expect("an answer")
            .status(),
        202
    );
}

#[tokio::test]
async fn damaged_answers_are_damaged() {
    let mut cut = reference("content-length-half");
    let path = mapping(&mut cut).await;
    let answer = cut.call(request("PUT", &path, "{}")).await.expect("a head");
    assert!(answer.headers().contains_key("content-length"));
    assert!(answer.into_body().collect().await.is_err());

    let mut closing = reference("answer-closes");
    let path = mapping(&mut closing).await;
    assert!(matches!(
        closing.call(request("PUT", &path, "{}")).await,
        Err(NoAnswer::Ordered)
    ));

    for hanging in ["answer-hangs", "body-endless"] {
        let mut reference = reference(hanging);
        let path = mapping(&mut reference).await;
        let whole = async {
            reference
                .call(request("PUT", &path, "{}"))
                .await?
                .into_body()
                .collect()
                .await
                .map_err(|_| NoAnswer::Ordered)
        };
        assert!(
            tokio::time::timeout(Duration::from_millis(30), whole)
                .await
                .is_err(),
            "{hanging}"
        );
    }
}
