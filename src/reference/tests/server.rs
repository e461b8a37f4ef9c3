//! What holds for the server as a whole, whatever the operation.

use super::{Bench, COLLECTION};
use crate::reference::{Options, Response, defects};

#[test]
fn every_so_manieth_request_is_throttled() {
    let bench = Bench::new(Options {
        throttle_every: Some(7),
        retry_after: 1,
        ..Options::default()
    });
    let before = bench.get();
    let answers: Vec<Response> = (0..14)
        .map(|_| bench.send("PUT", &format!("{COLLECTION}/{}", bench.uuid), "{}"))
        .collect();
    let throttled: Vec<&Response> = answers.iter().filter(|a| a.status == 429).collect();
    assert_eq!(throttled.len(), 2);
    assert_eq!(throttled[0].header("retry-after"), Some("1"));
    assert_eq!(
        throttled[0].header("x-amzn-errortype"),
        Some("TooManyRequestsException")
    );
    assert_eq!(before["UUID"], bench.uuid);
}

#[test]
fn the_region_is_that_of_the_credentials() {
    let bench = Bench::new(Options::default());
    let scope = "AWS4-HMAC-SHA256 Credential=test/20180101/eu-west-1/lambda/aws4_request, SignedHeaders=host, Signature=0";
    let made = bench.with(
        "POST",
        "/2015-03-31/functions",
        &[("authorization", scope)],
        br#"{"FunctionName":"f"}"#,
    );
    assert!(
        String::from_utf8_lossy(&made.body)
            .contains("arn:aws:lambda:eu-west-1:123456789012:function:f")
    );
}

#[test]
fn the_same_requests_give_the_same_bytes() {
    let run = || {
        let bench = Bench::new(Options::default());
        (
            bench.send(
                "PUT",
                &format!("{COLLECTION}/{}", bench.uuid),
                r#"{"BatchSize":2}"#,
            ),
            bench.reference.leftovers(),
        )
    };
    assert_eq!(run(), run());
}

#[test]
fn no_input_panics() {
    let pieces: [&[u8]; 24] = [
        b"{",
        b"}",
        b"[",
        b"]",
        b"\"",
        b"\\",
        b"\\u",
        b"BatchSize",
        b"Enabled",
        b"FunctionName",
        b"UUID",
        b":",
        b",",
        b"1e99",
        b"-",
        b"0.5",
        b"true",
        b"null",
        b"\xff",
        b"\xef\xbb\xbf",
        b"/*",
        b"*/",
        b"'",
        b"f:\xc3\xa9",
    ];
    let mut state = 1u64;
    let mut next = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % n
    };
    for defect in std::iter::once(None).chain(defects().iter().map(Some)) {
        let bench = Bench::new(Options {
            defect,
            ..Options::default()
        });
        let paths = [
            format!("{COLLECTION}/{}", bench.uuid),
            format!("{COLLECTION}/%ff%2"),
            format!("{COLLECTION}?MaxItems=x&&="),
            "/".to_owned(),
            "/2015-03-31/functions/%3a/aliases".to_owned(),
            "/?Action=CreateRole&RoleName=%00".to_owned(),
        ];
        for _ in 0..60 {
            let body: Vec<u8> = (0..next(12))
                .flat_map(|_| pieces[next(pieces.len())])
                .copied()
                .collect();
            let method = ["PUT", "PUT", "PUT", "POST", "GET", "DELETE", "X"][next(7)];
            let answer = bench.with(
                method,
                &paths[next(paths.len())],
                &[("x-amz-target", "AmazonSQS.CreateQueue")],
                &body,
            );
            let _ = answer.into_http();
        }
    }
}
