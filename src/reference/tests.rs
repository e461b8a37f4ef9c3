//! The reference against the page, case by case, without a socket.

mod server;

use std::time::Duration;

use bytes::Bytes;
use serde_json::{Value, json};

use super::{Clock, Hands, Options, Reference, Response};

/// The page's path, in both spellings it was published with.
const COLLECTION: &str = "/2015-03-31/event-source-mappings";

/// A server with the function `f` (version 1, alias `live`), the function `g`, a queue and a
/// stream, and a mapping that reads the queue.
struct Bench {
    reference: Reference,
    hands: Hands,
    uuid: String,
}

impl Bench {
    fn new(options: Options) -> Self {
        let (clock, hands) = Clock::manual(Duration::from_millis(1_449_844_011_991));
        let reference = Reference::new(Options { clock, ..options });
        let mut bench = Self {
            reference,
            hands,
            uuid: String::new(),
        };
        for name in ["f", "g"] {
            let made = bench.send(
                "POST",
                "/2015-03-31/functions",
                &json!({"FunctionName": name}).to_string(),
            );
            assert_eq!(made.status, 201);
        }
        assert_eq!(
            bench
                .send("POST", "/2015-03-31/functions/f/versions", "")
                .status,
            201
        );
        let alias = r#"{"Name":"live","FunctionVersion":"1"}"#;
        assert_eq!(
            bench
                .send("POST", "/2015-03-31/functions/f/aliases", alias)
                .status,
            201
        );
        assert_eq!(
            bench
                .target("AmazonSQS.CreateQueue", r#"{"QueueName":"q"}"#)
                .status,
            200
        );
        assert_eq!(
            bench
                .target("Kinesis_20131202.CreateStream", r#"{"StreamName":"s"}"#)
                .status,
            200
        );
        let body =
            json!({"FunctionName": "f", "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:q"});
        let (status, made) = bench.json("POST", COLLECTION, &body.to_string());
        assert!((200..300).contains(&status), "{made}");
        bench.uuid = made["UUID"].as_str().expect("a UUID").to_owned();
        bench.hands.advance(Duration::from_secs(1));
        bench
    }

    fn send(&self, method: &str, path: &str, body: &str) -> Response {
        self.with(
            method,
            path,
            &[("content-type", "application/json")],
            body.as_bytes(),
        )
    }

    fn target(&self, target: &str, body: &str) -> Response {
        self.with("POST", "/", &[("x-amz-target", target)], body.as_bytes())
    }

    fn with(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Response {
        let mut request = http::Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.reference.answer(
            request
                .body(Bytes::copy_from_slice(body))
                .expect("a request"),
        )
    }

    fn json(&self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let answer = self.send(method, path, body);
        (
            answer.status,
            serde_json::from_slice(&answer.body).expect("JSON"),
        )
    }

    fn update(&self, body: &str) -> (u16, Value) {
        self.json("PUT", &format!("{COLLECTION}/{}", self.uuid), body)
    }

    fn get(&self) -> Value {
        self.json("GET", &format!("{COLLECTION}/{}", self.uuid), "")
            .1
    }

    /// Checks that an update is refused so, and changes nothing.
    #[track_caller]
    fn refuses(&self, body: impl AsRef<[u8]>, status: u16, kind: &str) {
        let before = self.get();
        let path = format!("{COLLECTION}/{}", self.uuid);
        let answer = self.with(
            "PUT",
            &path,
            &[("content-type", "application/json")],
            body.as_ref(),
        );
        let shown = String::from_utf8_lossy(body.as_ref())
            .chars()
            .take(99)
            .collect::<String>();
        assert_eq!(
            (answer.status, answer.header("x-amzn-errortype")),
            (status, Some(kind)),
            "{shown}"
        );
        assert_eq!(self.get(), before, "{shown}");
    }
}

#[test]
fn an_update_shows_and_stores_what_was_sent() {
    let bench = Bench::new(Options::default());
    let (status, shown) =
        bench.update(r#"{"BatchSize":7,"Enabled":false,"FunctionName":"f:live"}"#);
    assert_eq!(status, 202);
    assert_eq!(shown["State"], "Disabling");
    assert_eq!(shown["BatchSize"], 7);
    assert_eq!(
        shown["FunctionArn"],
        "arn:aws:lambda:us-east-1:123456789012:function:f:live"
    );
    assert_eq!(shown["LastModified"].to_string(), "1449844012.991");
    assert_eq!(shown.as_object().map(serde_json::Map::len), Some(10));
    let mut settled = shown;
    settled["State"] = "Disabled".into();
    assert_eq!(bench.get(), settled);
    let list = bench.json("GET", COLLECTION, "").1;
    assert_eq!(list, json!({"EventSourceMappings": [settled]}));
    assert_eq!(bench.update(r#"{"Enabled":true}"#).1["State"], "Enabling");
    assert_eq!(bench.update("{}").1["State"], "Updating");
    assert_eq!(bench.get()["State"], "Enabled");
}

#[test]
fn a_stream_mapping_has_18_members() {
    let bench = Bench::new(Options::default());
    let body = json!({
        "FunctionName": "f", "StartingPosition": "LATEST", "Enabled": false, "BatchSize": 10000,
        "EventSourceArn": "arn:aws:kinesis:us-east-1:123456789012:stream/s",
    });
    let (status, made) = bench.json("POST", &format!("{COLLECTION}/"), &body.to_string());
    assert_eq!((status, made["State"].as_str()), (202, Some("Disabled")));
    assert_eq!(made.as_object().map(serde_json::Map::len), Some(18));
}

#[test]
fn the_edges_of_the_page() {
    let bench = Bench::new(Options::default());
    for (body, batch_size) in [
        (r#"{"BatchSize":1}"#, 1),
        (r#"{"BatchSize":5.0}"#, 5),
        (r#"{"BatchSize":1e1}"#, 10),
        ("{\"x\":[{}], \"BatchSize\" : 3}\n", 3),
        (r#"{"BatchSize":99,"BatchSize":4}"#, 4),
        (r#"{"BatchSize":null}"#, 4),
        (r#"{"\u0042atchSize":6}"#, 6),
    ] {
        let (status, shown) = bench.update(body);
        assert_eq!(
            (status, &shown["BatchSize"]),
            (202, &json!(batch_size)),
            "{body}"
        );
    }
    let invalid = "InvalidParameterValueException";
    for n in ["0", "-1", "10001", "4294967297", "1e400", "-1e400"] {
        bench.refuses(format!(r#"{{"BatchSize":{n}}}"#), 400, invalid);
    }
    // In range by the page, and refused by AWS for a queue without a window.
    bench.refuses(r#"{"BatchSize":11}"#, 400, invalid);
    bench.refuses(r#"{"FunctionName":""}"#, 400, invalid);
    bench.refuses(
        format!(r#"{{"FunctionName":"{}"}}"#, "n".repeat(65)),
        400,
        invalid,
    );
    bench.refuses(
        format!(r#"{{"FunctionName":"{}"}}"#, "n".repeat(64)),
        404,
        "ResourceNotFoundException",
    );
    bench.refuses(
        format!(r#"{{"FunctionName":"f:{}"}}"#, "q".repeat(138)),
        404,
        "ResourceNotFoundException",
    );
    bench.refuses(
        format!(r#"{{"FunctionName":"f:{}"}}"#, "q".repeat(139)),
        400,
        invalid,
    );
    for name in [
        "nope",
        "f:9",
        "f:01",
        "f:nope",
        "us-east-2:f",
        "123456789013:f",
    ] {
        bench.refuses(
            format!(r#"{{"FunctionName":"{name}"}}"#),
            404,
            "ResourceNotFoundException",
        );
    }
    let unreadable: [&[u8]; 14] = [
        b"",
        b"null",
        b"[]",
        b"1",
        b"{",
        b"{} {}",
        b"\xef\xbb\xbf{}",
        b"{\"x\":\"\xff\"}",
        br#"{"x":"\ud800"}"#,
        br#"{"BatchSize":1.5}"#,
        br#"{"BatchSize":"5"}"#,
        br#"{"Enabled":1}"#,
        br#"{"Enabled":"true"}"#,
        br#"{"FunctionName":["f"]}"#,
    ];
    for body in unreadable {
        bench.refuses(body, 400, "SerializationException");
    }
    // A wrong type is reported before a broken constraint, and both before an unknown mapping.
    bench.refuses(
        r#"{"BatchSize":0,"Enabled":"x"}"#,
        400,
        "SerializationException",
    );
    assert_eq!(
        bench
            .json("PUT", &format!("{COLLECTION}/nope"), r#"{"BatchSize":0}"#)
            .0,
        400
    );
    let (status, error) = bench.json("PUT", &format!("{COLLECTION}/nope"), "{}");
    assert_eq!(status, 404);
    assert_eq!(
        error,
        json!({"Type": "User", "Message": "The resource you requested does not exist."})
    );
}

#[test]
fn transitions_take_their_time() {
    let settle = Duration::from_millis(50);
    let bench = Bench::new(Options {
        settle,
        ..Options::default()
    });
    assert_eq!(bench.update(r#"{"BatchSize":2}"#).1["State"], "Updating");
    assert_eq!(bench.get()["State"], "Updating");
    bench.refuses(r#"{"BatchSize":3}"#, 400, "ResourceInUseException");
    let path = format!("{COLLECTION}/{}", bench.uuid);
    assert_eq!(bench.json("DELETE", &path, "").0, 400);
    bench.hands.advance(settle);
    assert_eq!(bench.get()["State"], "Enabled");
    let (status, gone) = bench.json("DELETE", &path, "");
    assert_eq!((status, gone["State"].as_str()), (202, Some("Deleting")));
    assert_eq!(bench.get()["State"], "Deleting");
    bench.refuses("{}", 400, "ResourceInUseException");
    bench.hands.advance(settle);
    for method in ["GET", "PUT", "DELETE"] {
        assert_eq!(bench.json(method, &path, "{}").0, 404, "{method}");
    }
}

#[test]
fn twins_are_refused() {
    let bench = Bench::new(Options::default());
    let twin = |function: &str| json!({"FunctionName": function, "EventSourceArn": "arn:aws:sqs:us-east-1:123456789012:q"});
    assert_eq!(
        bench.json("POST", COLLECTION, &twin("f").to_string()).0,
        409
    );
    assert_eq!(
        bench.json("POST", COLLECTION, &twin("g").to_string()).0,
        202
    );
    bench.refuses(r#"{"FunctionName":"g"}"#, 409, "ResourceConflictException");
    assert_eq!(bench.update(r#"{"FunctionName":"f"}"#).0, 202);
}

#[test]
fn no_operation_is_403() {
    let bench = Bench::new(Options::default());
    let path = format!("{COLLECTION}/{}", bench.uuid);
    for (method, path) in [
        ("POST", path.as_str()),
        ("PATCH", &path),
        ("PUT", COLLECTION),
        ("PUT", &format!("{path}/")),
        ("GET", "/nope"),
    ] {
        let answer = bench.send(method, path, "{}");
        assert_eq!(
            (answer.status, answer.header("x-amzn-errortype")),
            (403, Some("AccessDeniedException")),
            "{method} {path}"
        );
    }
    assert_eq!(
        bench.with("POST", &path, &[], b"{}").header("content-type"),
        Some("application/xml")
    );
}
