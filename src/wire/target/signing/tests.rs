use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;

use super::verifier::verify;
use super::*;
use crate::wire::exchange::{Framing, Wire};
use crate::wire::target::testing::{Server, put};
use crate::wire::target::{Credentials, Target};

const KEY: &str = "AKIDEXAMPLE";
const SECRET: &str = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

/// 2015-08-30T12:36:00Z, the time of AWS's examples.
fn then() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_440_938_160)
}

fn settings(secret: &str, token: Option<&str>) -> Settings {
    Settings {
        credentials: Credentials::new(KEY, secret, token),
        clock: Clock::Fixed(then()),
        ..Settings::default()
    }
}

fn request(
    service: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> Request {
    Request {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: headers
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect(),
        body: Bytes::from_static(body.as_bytes()),
        service: service.to_owned(),
        wire: Wire::Client,
    }
}

/// The signed header names and the signature.
fn signature(request: &Request, authority: &str, token: Option<&str>) -> (String, String) {
    let headers = Signer::new(&settings(SECRET, token)).sign(request, authority);
    let value = &headers
        .iter()
        .find(|(n, _)| n == "authorization")
        .expect("a signature")
        .1;
    let scope = format!(
        "AWS4-HMAC-SHA256 Credential={KEY}/20150830/us-east-1/{}/aws4_request, ",
        request.service
    );
    let rest = value.strip_prefix(&scope).expect(value);
    let (names, signature) = rest.split_once(", Signature=").expect(value);
    (
        names
            .strip_prefix("SignedHeaders=")
            .expect(value)
            .to_owned(),
        signature.to_owned(),
    )
}

/// AWS's published Signature Version 4 test suite: requests to `service` with the signatures it
/// gives for them.
#[test]
fn aws_test_suite() {
    let header = [("My-Header1", " value1"), ("My-Header2", " \"a   b   c\"")];
    let token = "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267";
    let unreserved = "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    for (name, method, path, headers, token, names, expected) in [
        (
            "get-vanilla",
            "GET",
            "/",
            &[][..],
            None,
            "host;x-amz-date",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "get-relative-normalized",
            "GET",
            "/example/..",
            &[],
            None,
            "host;x-amz-date",
            "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
        ),
        (
            "get-unreserved",
            "GET",
            unreserved,
            &[],
            None,
            "host;x-amz-date",
            "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
        ),
        (
            "get-vanilla-query-order-encoded",
            "GET",
            "/?Param-3=Value3&Param=Value2&%E1%88%B4=Value1",
            &[],
            None,
            "host;x-amz-date",
            "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac",
        ),
        (
            "get-header-value-trim",
            "GET",
            "/",
            &header,
            None,
            "host;my-header1;my-header2;x-amz-date",
            "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736",
        ),
        (
            "get-vanilla-with-session-token",
            "GET",
            "/",
            &[],
            Some(token),
            "host;x-amz-date;x-amz-security-token",
            "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8",
        ),
        (
            "post-vanilla-query",
            "POST",
            "/?Param1=value1",
            &[],
            None,
            "host;x-amz-date",
            "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11",
        ),
    ] {
        let request = request("service", method, path, headers, "");
        let actual = signature(&request, "example.amazonaws.com", token);
        assert_eq!(actual, (names.to_owned(), expected.to_owned()), "{name}");
    }
}

/// Another implementation, botocore 1.43.11, signs the requests of our services alike. Made with
/// `SigV4Auth(Credentials(KEY, SECRET, token), service, "us-east-1").add_auth(AWSRequest(…))` at
/// the time of AWS's examples.
#[test]
fn as_botocore() {
    let mapping = "/2015-03-31/event-source-mappings/0c0e2b1a-0000-4000-8000-000000000000";
    let function = "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-east-1%3A000000000000%3Afunction%3Af?Qualifier=%24LATEST\
                    &b=&a=x%20y";
    let form = ("Content-Type", "application/x-www-form-urlencoded");
    for (request, token, expected) in [
        (
            request(
                "lambda",
                "PUT",
                mapping,
                &[("Content-Type", "application/json")],
                "{\"BatchSize\":10}",
            ),
            None,
            "196e0c33452727f9738763b3cf14a00441f56d5f7b704f4675f424b97f177a42",
        ),
        (
            request("lambda", "GET", function, &[], ""),
            None,
            "a704be3d3794841f86741accebe0d74842ec6df9666193f56402bcc842394644",
        ),
        (
            request(
                "lambda",
                "GET",
                "/2015-03-31/event-source-mappings/../%2e%2e/x//y",
                &[],
                "",
            ),
            None,
            "c6750814fff9b7c546fbabcec2d6f75c33d3faebe8701fead388cad559f12780",
        ),
        (
            request(
                "sqs",
                "POST",
                "/",
                &[
                    ("Content-Type", "application/x-amz-json-1.0"),
                    ("X-Amz-Target", "AmazonSQS.CreateQueue"),
                ],
                "{\"QueueName\":\"q\"}",
            ),
            Some("a-session-token"),
            "282e8b3e8c334e441443f1f94b31626fedfdaae7a9b5b445ae389dfd584bc154",
        ),
        (
            request(
                "iam",
                "POST",
                "/",
                &[form],
                "Action=CreateRole&Version=2010-05-08",
            ),
            None,
            "9e7bf96b147af02ded852aaed5172487f20b8e2754af9d114def7f021d01a13d",
        ),
        (
            request(
                "kinesis",
                "POST",
                "/",
                &[
                    ("Content-Type", "application/x-amz-json-1.1"),
                    ("X-Amz-Target", "Kinesis_20131202.CreateStream"),
                ],
                "{\"ShardCount\":1}",
            ),
            None,
            "936120f10c03e24f4ca32075618b2f63d84433424ed38d735c566c4e5e60978a",
        ),
        (
            request(
                "sts",
                "POST",
                "/",
                &[form],
                "Action=GetCallerIdentity&Version=2011-06-15",
            ),
            None,
            "0d77b03869612b099ea2aec4917705a190a05f6ae7ed266729626f6d14058905",
        ),
    ] {
        let (_, actual) = signature(&request, "127.0.0.1:4566", token);
        assert_eq!(actual, expected, "{} {}", request.service, request.path);
    }
}

/// A header's values are one value, in their order; what a proxy may change is not signed; and a
/// second header of a name that the signer adds is not signed beside it.
#[test]
fn headers_are_signed_in_their_canonical_form() {
    let names = |headers: &[(&str, &str)], token| {
        signature(&request("lambda", "GET", "/", headers, ""), "h", token)
    };
    let value = |headers: &[(&str, &str)]| names(headers, None).1;
    assert_eq!(
        value(&[("x", "a  b"), ("X", "2")]),
        value(&[("x", "a b,2")])
    );
    assert_ne!(
        value(&[("x", "2"), ("x", "1")]),
        value(&[("x", "1"), ("x", "2")])
    );
    assert_eq!(value(&[("user-agent", "x"), ("te", "y")]), value(&[]));
    assert_ne!(value(&[("host", "elsewhere")]), value(&[]));
    assert_eq!(
        names(&[("x-amz-security-token", "other")], Some("token")),
        names(&[], Some("token"))
    );
}

/// The moment that is kept is that of the last signature: another second or service has another.
#[test]
fn each_second_and_service_is_signed_as_itself() {
    let signed =
        |signer: &Signer, service: &str| signer.sign(&request(service, "GET", "/", &[], ""), "h");
    let mut signer = Signer::new(&settings(SECRET, None));
    for (seconds, service) in [
        (0, "lambda"),
        (0, "sqs"),
        (1, "sqs"),
        (1, "lambda"),
        (1, "lambda"),
        (86_400, "lambda"),
    ] {
        signer.clock = Clock::Fixed(then() + Duration::from_secs(seconds));
        let fresh = Signer::new(&Settings {
            clock: signer.clock,
            ..settings(SECRET, None)
        });
        assert_eq!(
            signed(&signer, service),
            signed(&fresh, service),
            "{seconds} {service}"
        );
    }
}

#[test]
fn a_request_may_sign_itself() {
    let own = request("lambda", "GET", "/", &[("AUTHORIZATION", "Bearer x")], "");
    assert_eq!(Signer::new(&settings(SECRET, None)).sign(&own, "h"), []);
    let dated = request(
        "lambda",
        "GET",
        "/",
        &[("x-amz-date", "20000101T000000Z")],
        "",
    );
    assert_eq!(Signer::new(&settings(SECRET, None)).sign(&dated, "h"), []);
    let off = Settings {
        signing: false,
        ..settings(SECRET, None)
    };
    assert_eq!(
        Signer::new(&off).sign(&request("lambda", "GET", "/", &[], ""), "h"),
        []
    );
}

#[test]
fn s3_takes_the_path_as_it_is_and_wants_the_hash() {
    let headers =
        Signer::new(&settings(SECRET, None)).sign(&request("s3", "GET", "/a/../b", &[], ""), "h");
    let names: Vec<_> = headers.iter().map(|(n, _)| n.as_str()).collect();
    assert!(names.contains(&"x-amz-content-sha256"), "{names:?}");
}

/// Whatever the request is, it gets a signature: its absence would be a second fault.
#[test]
fn broken_requests_are_signed() {
    let long = format!("/{}", "x".repeat(100_000));
    for path in [
        "",
        "*",
        "a",
        "/a b",
        "/a\tb",
        "/a#b",
        "/é\\",
        "/%",
        "/%zz",
        "//",
        "/?",
        "/\r\n",
        long.as_str(),
    ] {
        let broken = request(
            "lambda",
            "G T",
            path,
            &[("bad name", "x"), ("x", "a\r\nb"), ("x", "\u{e9}")],
            "",
        );
        let (names, _) = signature(&broken, "h", None);
        assert_eq!(names, "host;x;x-amz-date", "{path:.20}");
    }
}

#[test]
fn secrets_are_not_shown() {
    let shown = format!(
        "{:?}",
        Signer::new(&settings(SECRET, Some("a-session-token")))
    );
    assert!(
        !shown.contains(SECRET) && !shown.contains("session-token"),
        "{shown}"
    );
}

/// A server that checks signatures by itself, over the bytes it received.
#[tokio::test]
async fn a_verifying_server() {
    let server = Server::start(async |mut c: crate::wire::target::testing::Connection| {
        while let Some(request) = c.request().await {
            let verdict = match verify(&request, KEY, SECRET, then()) {
                Ok(()) => "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n".to_owned(),
                Err(why) => format!("HTTP/1.1 403 F\r\nx-why: {why}\r\ncontent-length: 0\r\n\r\n"),
            };
            c.say(verdict.as_bytes()).await;
        }
    })
    .await;
    let why = async |settings: Settings, wire: Wire, path: &str| {
        let target: Target = server.target(settings);
        let exchange = target
            .send(Request {
                path: path.to_owned(),
                ..put(wire, "{\"BatchSize\":10}")
            })
            .await;
        exchange
            .outcome
            .expect("an answer")
            .header("x-why")
            .map(str::to_owned)
    };
    for wire in [
        Wire::Client,
        Wire::Raw(Framing::Length),
        Wire::Raw(Framing::Chunked(3)),
    ] {
        for path in [
            "/",
            "/a/b%3Ac?x=%2F&a=b&a",
            "/a/../b//c",
            "/arn%253Aaws",
            "/a+b/%20?c+d=e",
        ] {
            assert_eq!(
                why(settings(SECRET, None), wire, path).await,
                None,
                "{wire:?} {path}"
            );
        }
        assert_eq!(why(settings(SECRET, Some("token")), wire, "/").await, None);
        assert_eq!(
            why(settings("another", None), wire, "/").await.as_deref(),
            Some("signature")
        );
        let skewed = Clock::Fixed(then() + Duration::from_secs(16 * 60));
        let skewed = Settings {
            clock: skewed,
            ..settings(SECRET, None)
        };
        assert_eq!(why(skewed, wire, "/").await.as_deref(), Some("clock"));
        let unsigned = Settings {
            signing: false,
            ..settings(SECRET, None)
        };
        assert_eq!(why(unsigned, wire, "/").await.as_deref(), Some("unsigned"));
    }
}

#[test]
fn an_altered_request_is_refused() {
    let request = Request {
        wire: Wire::Raw(Framing::Length),
        ..put(Wire::Client, "{\"BatchSize\":10}")
    };
    let signature = Signer::new(&settings(SECRET, Some("token"))).sign(&request, "h:1");
    let sent = crate::wire::target::raw::bytes(&request, "h:1", &signature);
    assert_eq!(verify(&sent, KEY, SECRET, then()), Ok(()));
    for (part, altered) in [
        ("\"BatchSize\":10", "\"BatchSize\":11"),
        ("PUT", "GET"),
        ("an-id", "my-id"),
        ("host: h:1", "host: h:2"),
        ("application/json", "application/text"),
        ("x-amz-security-token: token", "x-amz-security-token: other"),
        ("us-east-1", "us-west-1"),
        ("Signature=", "Signature=0"),
    ] {
        let text = String::from_utf8(sent.clone()).expect("text");
        assert!(text.contains(part), "{text}");
        assert_eq!(
            verify(
                text.replacen(part, altered, 1).as_bytes(),
                KEY,
                SECRET,
                then()
            ),
            Err("signature"),
            "{part}"
        );
    }
    assert_eq!(verify(&sent, "AKIDOTHER", SECRET, then()), Err("key"));
}
