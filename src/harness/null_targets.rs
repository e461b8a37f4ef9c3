//! Targets that do nothing right. None may pass; each must end soon, with the exit code its user
//! expects and a line that says why.
//!
//! | the target … | exit |
//! | --- | --- |
//! | answers, but makes nothing that a case could use | 4, nothing was tested |
//! | does not answer, or never to the end | 3, could not tell |
//! | answers nothing but "slow down" | 3, could not tell |
//! | answers like a mapping of ours that never changes | 1, findings |
//! | answers like a mapping of others | 4, nothing was tested |

mod server;

use std::time::Duration;

use crate::harness::testing::{Ran, every, options, run};
use crate::report::Exit;
use server::{Asked, Say, Server, answer};

/// However busy the machine: no run here may take longer.
const BOUND: Duration = Duration::from_secs(20);
/// A mapping as the page shows one, of the function and the queue that a run's first worker makes.
const MAPPING: &str = r#"{"BatchSize":100,"EventSourceArn":"arn:aws:sqs:us-east-1:123456789012:proofmark-proofrun-q0","FunctionArn":"arn:aws:lambda:us-east-1:123456789012:function:proofmark-proofrun-a","LastModified":1440938160,"LastProcessingResult":"OK","State":"Enabled","StateTransitionReason":"USER_INITIATED","UUID":"7a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d"}"#;
const JSON: &str = "content-type: application/json\r\n";

async fn ran(server: &Server) -> Ran {
    tokio::time::timeout(BOUND, run(server.target(), &every(60), options()))
        .await
        .expect("an end in bounded time")
}

/// The target ends a run so, and the report's last line holds these words.
async fn check(say: impl Fn(&Asked) -> Say + Send + Sync + 'static, exit: Exit, words: &[&str]) {
    let server = Server::start(say).await;
    let ran = ran(&server).await;
    let last = ran.text.lines().last().unwrap_or_default();
    println!("{:?}: {last}", ran.exit);
    assert_eq!(ran.exit, exit, "{}", ran.text);

    for word in words {
        assert!(
            last.contains(word),
            "`{word}` is not in the last line of:\n{}",
            ran.text
        );
    }

    // A person reads why in a screenful, however little was done.
    assert!(
        exit == Exit::Findings || ran.text.lines().count() < 24,
        "{}",
        ran.text
    );
}

fn always(bytes: Vec<u8>) -> impl Fn(&Asked) -> Say + Send + Sync + 'static {
    move |_| Say::Bytes(bytes.clone())
}

/// It makes nothing: the report names the mapping that the target did not make, and what it said
/// instead.
async fn makes_nothing(status: &str, headers: &str, body: &str, words: &[&str]) {
    let mut all = vec![
        "NOTHING WAS TESTED",
        "queue-mapping",
        "POST /2015-03-31/event-source-mappings",
    ];

    all.extend(words);
    check(
        always(answer(status, headers, body)),
        Exit::NothingTested,
        &all,
    )
    .await;
}

#[tokio::test]
async fn not_found() {
    let headers = format!("{JSON}x-amzn-errortype: ResourceNotFoundException\r\n");
    let body = r#"{"Type":"User","Message":"The resource you requested does not exist."}"#;
    makes_nothing(
        "404 Not Found",
        &headers,
        body,
        &["status 404 ResourceNotFoundException"],
    )
    .await;
}

#[tokio::test]
async fn empty_object() {
    makes_nothing(
        "202 Accepted",
        JSON,
        "{}",
        &["status 202: {}", "names no mapping at /UUID"],
    )
    .await;
}

#[tokio::test]
async fn one_fixed_mapping() {
    check(
        always(answer("202 Accepted", JSON, MAPPING)),
        Exit::Findings,
        &["DOES NOT CONFORM", "findings"],
    )
    .await;
}

/// However many cases there are, the first of them show that the others show nothing.
#[tokio::test]
async fn one_fixed_mapping_for_a_whole_plan() {
    let server = Server::start(always(answer("202 Accepted", JSON, MAPPING))).await;
    let ran = run(server.target(), &every(1), options()).await;
    assert_eq!(ran.exit, Exit::Findings, "{}", ran.text);
    assert!(
        ran.text.contains("it answers every request alike"),
        "{}",
        ran.text
    );
    assert!(ran.report.cases.len() < 120, "{}", ran.report.cases.len());
}

/// Reads and creations are well, and no update is accepted: each of them is masked.
#[tokio::test]
async fn no_update_is_accepted() {
    let say = |asked: &Asked| {
        let updates = asked.path.contains("7a1b2c3d") && !asked.body.is_empty();
        Say::Bytes(match updates {
            true => answer("500 Internal Server Error", JSON, "{}"),
            false => answer("202 Accepted", JSON, MAPPING),
        })
    };
    let server = Server::start(say).await;
    let ran = run(server.target(), &every(1), options()).await;
    assert_eq!(ran.exit, Exit::NothingTested, "{}", ran.text);
    assert!(
        ran.text.contains("it accepted no valid request"),
        "{}",
        ran.text
    );
    assert!(ran.report.cases.len() < 120, "{}", ran.report.cases.len());
}

/// Whose mapping it is, the target says itself: it is not ours to update.
#[tokio::test]
async fn one_fixed_mapping_of_others() {
    let others = MAPPING.replace("proofmark-proofrun-a", "prod");
    let words = [
        "fixture queue-mapping",
        "function:prod\" at /FunctionArn, and not proofmark-proofrun-a",
    ];
    makes_nothing("202 Accepted", JSON, &others, &words).await;
}

#[tokio::test]
async fn one_mapping_in_transition() {
    let updating = MAPPING.replace("\"Enabled\"", "\"Updating\"");
    let words = ["DOES NOT CONFORM", "cut short", "stayed Updating"];
    check(
        always(answer("202 Accepted", JSON, &updating)),
        Exit::Findings,
        &words,
    )
    .await;
}

#[tokio::test]
async fn invalid_parameter() {
    let headers = format!("{JSON}x-amzn-errortype: InvalidParameterValueException\r\n");
    let body = r#"{"Type":"User","message":"no"}"#;
    makes_nothing(
        "400 Bad Request",
        &headers,
        body,
        &["status 400 InvalidParameterValueException"],
    )
    .await;
}

#[tokio::test]
async fn server_errors() {
    for (status, word) in [
        ("500 Internal Server Error", "status 500"),
        ("501 Not Implemented", "status 501"),
        ("503 Service Unavailable", "status 503"),
    ] {
        makes_nothing(status, "", "sorry", &[word, "sorry"]).await;
    }
}

#[tokio::test]
async fn html() {
    let body = "<!doctype html><title>Welcome to nginx!</title>";
    makes_nothing(
        "200 OK",
        "content-type: text/html\r\n",
        body,
        &["status 200", "Welcome to nginx!"],
    )
    .await;
}

#[tokio::test]
async fn echo() {
    for status in ["200 OK", "202 Accepted"] {
        let words = ["NOTHING WAS TESTED", "names no mapping at /UUID"];
        check(
            move |asked| Say::Bytes(answer(status, JSON, &asked.body)),
            Exit::NothingTested,
            &words,
        )
        .await;
    }
}

#[tokio::test]
async fn closes_at_once() {
    check(
        |_| Say::Last(Vec::new()),
        Exit::CouldNotTell,
        &["gives no usable answer", "closed without an answer"],
    )
    .await;
}

#[tokio::test]
async fn hangs() {
    check(
        |_| Say::Nothing,
        Exit::CouldNotTell,
        &["gives no usable answer", "no answer within the time limit"],
    )
    .await;
}

#[tokio::test]
async fn endless_body() {
    let head = b"HTTP/1.1 202 Accepted\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let chunk = format!("2000\r\n{}\r\n", " ".repeat(0x2000)).into_bytes();
    let say = move |_: &Asked| Say::Endless(head.clone(), chunk.clone());
    check(
        say,
        Exit::CouldNotTell,
        &[
            "gives no usable answer",
            "a body of more than 1048576 bytes",
        ],
    )
    .await;
}

#[tokio::test]
async fn one_gibibyte() {
    let head = b"HTTP/1.1 202 Accepted\r\ncontent-length: 1073741824\r\n\r\n".to_vec();
    let say = move |_: &Asked| Say::Endless(head.clone(), vec![b' '; 1 << 16]);
    check(
        say,
        Exit::CouldNotTell,
        &[
            "gives no usable answer",
            "a body of more than 1048576 bytes",
        ],
    )
    .await;
}

#[tokio::test]
async fn garbage() {
    let say = |_: &Asked| Say::Last(vec![0xff, 0x00, 0x13, b'\r', b'\n', b'\r', b'\n', 0x80]);
    check(
        say,
        Exit::CouldNotTell,
        &["gives no usable answer", "not HTTP/1.1"],
    )
    .await;
}

#[tokio::test]
async fn longer_length_than_body() {
    let say =
        |_: &Asked| Say::Last(b"HTTP/1.1 202 Accepted\r\ncontent-length: 100\r\n\r\n{}".to_vec());
    check(
        say,
        Exit::CouldNotTell,
        &["gives no usable answer", "ended too early, after 2 bytes"],
    )
    .await;
}

#[tokio::test]
async fn shorter_length_than_body() {
    let say = |_: &Asked| {
        Say::Last(
            format!("HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\n{MAPPING}").into_bytes(),
        )
    };
    check(
        say,
        Exit::NothingTested,
        &["NOTHING WAS TESTED", "status 202: {\"", "names no mapping"],
    )
    .await;
}

#[tokio::test]
async fn slow_drip() {
    let bytes = answer("202 Accepted", JSON, MAPPING);
    let say = move |_: &Asked| Say::Drip(bytes.clone(), Duration::from_millis(20));
    check(
        say,
        Exit::CouldNotTell,
        &["gives no usable answer", "within the time limit"],
    )
    .await;
}

#[tokio::test]
async fn throttles_without_end() {
    let headers = format!("{JSON}x-amzn-errortype: TooManyRequestsException\r\nretry-after: 1\r\n");
    let words = ["COULD NOT TELL", "throttles without end", "status 429"];
    check(
        always(answer("429 Too Many Requests", &headers, "{}")),
        Exit::CouldNotTell,
        &words,
    )
    .await;
}

#[tokio::test]
async fn redirects() {
    let elsewhere = Server::start(|_| Say::Nothing).await;
    let goals = [
        "/again".to_owned(),
        format!("http://{}/", elsewhere.address),
        "https://example.com/".to_owned(),
    ];

    for goal in goals {
        let bytes = answer("302 Found", &format!("location: {goal}\r\n"), "");
        let server = Server::start(move |_| Say::Bytes(bytes.clone())).await;
        let ran = ran(&server).await;
        assert_eq!(ran.exit, Exit::NothingTested, "{}", ran.text);
        assert!(
            ran.text
                .contains(&format!("status 302, a redirect to {goal} (not followed)")),
            "{}",
            ran.text
        );
        assert!(
            server.asked().iter().all(|a| a.path != "/again"),
            "a redirect was followed"
        );
    }

    assert!(
        elsewhere.asked().is_empty(),
        "a redirect to another server was followed"
    );
}
