//! Requests of every kind, so that every defect shows in some answer.

mod bodies;

use std::time::Duration;

use bodies::{BROKEN, UPDATES};
use bytes::Bytes;

use crate::reference::defect::Defect;
use crate::reference::{Clock, Options, Reference, Response};

/// Every answer to the battery; or, given what is expected, the answers until the first that
/// differs.
pub(super) fn transcript(
    defect: Option<&'static Defect>,
    expected: Option<&[Response]>,
) -> Vec<Response> {
    let (clock, hands) = Clock::manual(Duration::from_millis(1_500_000_000_123));
    let reference = Reference::new(Options {
        clock,
        defect,
        ..Options::default()
    });
    let mut answers = Vec::new();
    let mut differs = false;
    let mut send = |method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]| {
        if differs {
            return None;
        }
        let mut request = http::Request::builder().method(method).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Bytes::copy_from_slice(body))
            .expect("a request of the battery");
        answers.push(reference.answer(request));
        differs = expected.is_some_and(|e| e.get(answers.len() - 1) != answers.last());
        let body: serde_json::Value = answers
            .last()
            .and_then(|a| serde_json::from_slice(&a.body).ok())
            .unwrap_or_default();
        body["UUID"].as_str().map(str::to_owned)
    };
    let json = [("content-type", "application/json")];
    for name in [
        "f",
        "Fn_1-a",
        "g--h",
        "-x",
        "_y",
        "9z",
        "12",
        "t-",
        &"n".repeat(64),
    ] {
        send(
            "POST",
            "/2015-03-31/functions",
            &json,
            format!(r#"{{"FunctionName":"{name}"}}"#).as_bytes(),
        );
    }
    send("POST", "/2015-03-31/functions/f/versions", &json, b"");
    let long_alias = "q".repeat(140 - 47 - 65);
    for (function, alias) in [
        ("f", "live"),
        ("f", "a-b_C"),
        (&"n".repeat(64), &long_alias),
    ] {
        let body = format!(r#"{{"Name":"{alias}","FunctionVersion":"$LATEST"}}"#);
        send(
            "POST",
            &format!("/2015-03-31/functions/{function}/aliases"),
            &json,
            body.as_bytes(),
        );
    }
    for queue in ["q1", "q2"] {
        let body = format!(r#"{{"QueueName":"{queue}"}}"#);
        send(
            "POST",
            "/",
            &[("x-amz-target", "AmazonSQS.CreateQueue")],
            body.as_bytes(),
        );
    }
    send(
        "POST",
        "/",
        &[("x-amz-target", "Kinesis_20131202.CreateStream")],
        br#"{"StreamName":"s"}"#,
    );

    let collection = "/2015-03-31/event-source-mappings/";
    let mut create = |extra: &str| {
        let body = format!(r#"{{"FunctionName":"f",{extra}}}"#);
        send("POST", collection, &json, body.as_bytes()).unwrap_or_default()
    };
    let queue = r#""EventSourceArn":"arn:aws:sqs:us-east-1:123456789012:q1","MaximumBatchingWindowInSeconds":1"#;
    let a = create(queue);
    let b = create(r#""EventSourceArn":"arn:aws:sqs:us-east-1:123456789012:q2""#);
    let c = create(
        r#""EventSourceArn":"arn:aws:kinesis:us-east-1:123456789012:stream/s","StartingPosition":"LATEST""#,
    );
    let mapping = |uuid: &str| format!("{collection}{uuid}");
    let pause = || hands.advance(Duration::from_millis(100));

    for body in UPDATES.iter().map(|u| u.to_string()).chain(long_updates()) {
        pause();
        send("PUT", &mapping(&a), &json, body.as_bytes());
        pause();
        send("GET", &mapping(&a), &json, b"");
    }
    for body in BROKEN {
        pause();
        send("PUT", &mapping(&a), &json, body);
    }
    // Two without a pause: the second meets the mapping in transition, where there are transitions.
    for body in [
        r#"{"BatchSize":21,"Enabled":true}"#,
        r#"{"BatchSize":22,"Enabled":false}"#,
    ] {
        send("PUT", &mapping(&a), &json, body.as_bytes());
    }
    pause();
    send("GET", &mapping(&a), &json, b"");
    for _ in 0..4 {
        for body in [r#"{"Enabled":true}"#, r#"{"Enabled":false}"#] {
            pause();
            send("PUT", &mapping(&a), &json, body.as_bytes());
            pause();
            send("GET", &mapping(&a), &json, b"");
        }
    }
    // Refused for one reason each, with a member that must not be stored; then one that must.
    for body in [
        r#"{"BatchSize":31,"FunctionName":"nope"}"#,
        r#"{"BatchSize":32,"FunctionName":"a b"}"#,
        r#"{"BatchSize":33,"Enabled":"x"}"#,
        r#"{"BatchSize":34}"#,
    ] {
        pause();
        send("PUT", &mapping(&a), &json, body.as_bytes());
        pause();
        send("GET", &mapping(&a), &json, b"");
    }
    for uuid in near(&a).iter().chain([&b, &c]) {
        pause();
        send("PUT", &mapping(uuid), &json, br#"{"BatchSize":5}"#);
    }
    send(
        "PUT",
        &format!("{}?UUID={b}&x=1", mapping(&a)),
        &json,
        b"{}",
    );
    pause();
    send(
        "PUT",
        &mapping(&a),
        &json,
        format!(r#"{{"UUID":"{b}","BatchSize":6}}"#).as_bytes(),
    );
    pause();
    for method in ["POST", "PATCH", "GET", "BREW"] {
        send(
            method,
            &mapping(&a),
            &[json[0], ("x-http-method-override", "PUT")],
            br#"{"BatchSize":7}"#,
        );
        pause();
    }
    let long = "x".repeat(2000);
    for (n, (name, value)) in [
        ("content-type", "application/json; charset=utf-8"),
        ("content-type", "Application/JSON"),
        ("content-type", "application/cbor"),
        ("accept", "*/*"),
        ("x-long", &long),
        ("transfer-encoding", "chunked"),
    ]
    .into_iter()
    .enumerate()
    {
        send(
            "PUT",
            &mapping(&a),
            &[(name, value)],
            format!(r#"{{"BatchSize":{}}}"#, 60 + n).as_bytes(),
        );
        pause();
    }
    for path in [
        collection.to_owned(),
        format!("{collection}?FunctionName=Fn_1-a"),
        format!("{collection}?MaxItems=1"),
    ] {
        send("GET", &path, &json, b"");
    }
    send("PUT", &mapping(&b), &json, br#"{"BatchSize":11}"#);
    send(
        "PUT",
        &mapping(&b),
        &json,
        format!(r#"{{"BatchSize":{}}}"#, "9".repeat(5000)).as_bytes(),
    );
    send(
        "PUT",
        &mapping(&b),
        &json,
        br#"{"BatchSize":0,"FunctionName":"a b"}"#,
    );
    send(
        "GET",
        &mapping("00000000-0000-0000-0000-000000000000"),
        &json,
        b"",
    );
    // `f` already reads from the queue of `a`: only where twins are allowed can `a` be joined to it
    // a second time.
    send("PUT", &mapping(&a), &json, br#"{"FunctionName":"Fn_1-a"}"#);
    send(
        "GET",
        &format!("{collection}?FunctionName=Fn_1-a"),
        &json,
        b"",
    );
    let twin = send(
        "POST",
        collection,
        &json,
        format!(r#"{{"FunctionName":"f",{queue}}}"#).as_bytes(),
    );
    pause();
    send("PUT", &mapping(&a), &json, br#"{"FunctionName":"f"}"#);
    pause();
    send("PUT", &mapping(&a), &json, br#"{"BatchSize":13}"#);
    send(
        "GET",
        &mapping(twin.as_deref().unwrap_or_default()),
        &json,
        b"",
    );
    for _ in 0..110 {
        pause();
        send("PUT", &mapping(&c), &json, br#"{"BatchSize":9}"#);
    }
    pause();
    send("PUT", &mapping(&c), &json, br#"{"BatchSize":10000}"#);
    pause();
    send("GET", &mapping(&c), &json, b"");
    send("PUT", &mapping(&c), &json, br#"{"BatchSize":12}"#);
    for uuid in [&a, &b, &c].into_iter().chain(&twin) {
        send("DELETE", &mapping(uuid), &json, b"");
        send("DELETE", &mapping(uuid), &json, b"");
        send("GET", &mapping(uuid), &json, b"");
        pause();
        send("PUT", &mapping(uuid), &json, br#"{"BatchSize":5}"#);
        send("GET", &mapping(uuid), &json, b"");
    }
    send("DELETE", &mapping("nope"), &json, b"");
    // The same source and function once more; then two of one source, one of which goes.
    let mut create = |function: &str| {
        let body =
            format!(r#"{{"FunctionName":"{function}",{queue},"BatchSize":4,"Enabled":true}}"#);
        send("POST", collection, &json, body.as_bytes()).unwrap_or_default()
    };
    let (again, beside) = (create("f"), create("Fn_1-a"));
    pause();
    for uuid in [&again, &beside] {
        send("GET", &mapping(uuid), &json, b"");
    }
    send("PUT", &mapping(&again), &json, br#"{"Enabled":false}"#);
    pause();
    send("DELETE", &mapping(&again), &json, b"");
    pause();
    send("GET", &mapping(&beside), &json, b"");
    send("GET", collection, &json, b"");
    let again = {
        let body = format!(r#"{{"FunctionName":"f",{queue},"Enabled":true}}"#);
        send("POST", collection, &json, body.as_bytes()).unwrap_or_default()
    };
    pause();
    send("GET", &mapping(&again), &json, b"");
    // Made disabled, and then without its function.
    let orphan = {
        let body = format!(r#"{{"FunctionName":"9z",{queue},"Enabled":false}}"#);
        send("POST", collection, &json, body.as_bytes()).unwrap_or_default()
    };
    send("DELETE", "/2015-03-31/functions/9z", &json, b"");
    pause();
    send("GET", &mapping(&orphan), &json, b"");
    send("DELETE", &mapping(&orphan), &json, b"");
    answers
}

/// Identifiers that are nearly right.
fn near(uuid: &str) -> Vec<String> {
    let part = |n: usize| uuid.split('-').nth(n).unwrap_or_default().to_owned();
    vec![
        "00000000-0000-4000-8000-000000000000".to_owned(),
        uuid.to_uppercase(),
        part(0),
        format!("{}-0000-4000-8000-000000000000", part(0)),
        format!("00000000-0000-4000-8000-{}", part(4)),
        format!("{uuid}0"),
        format!("%20{uuid}"),
        uuid.replace('-', ""),
        format!("%7B{uuid}%7D"),
        "*".to_owned(),
        uuid.replace('-', "%2D"),
        uuid.replace('-', "%252D"),
        "x".repeat(300),
    ]
}

fn long_updates() -> Vec<String> {
    let name = |name: String| format!(r#"{{"FunctionName":"{name}"}}"#);
    let arn = "arn:aws:lambda:us-east-1:123456789012:function:";
    let members = |n: usize| {
        (0..n)
            .map(|i| format!(r#""x{i}":{i}"#))
            .collect::<Vec<_>>()
            .join(",")
    };
    vec![
        name("n".repeat(63)),
        name("n".repeat(64)),
        name("n".repeat(65)),
        name("n".repeat(66)),
        name(format!(
            "{arn}{}:{}",
            "n".repeat(64),
            "q".repeat(140 - 47 - 65)
        )),
        name(format!(
            "{arn}{}:{}",
            "n".repeat(64),
            "q".repeat(141 - 47 - 65)
        )),
        name(format!(
            "{arn}{}:{}",
            "n".repeat(64),
            "q".repeat(142 - 47 - 65)
        )),
        name("n".repeat(5000)),
        name(format!(
            "{arn}{}:{}",
            "n".repeat(20),
            "q".repeat(97 - 47 - 21)
        )),
        name("no".to_owned()),
        name("toString".to_owned()),
        name("--".to_owned()),
        format!(r#"{{"x":{}1{}}}"#, "[".repeat(110), "]".repeat(110)),
        format!(
            r#"{{"x":{}{}, "BatchSize":9}}"#,
            "[".repeat(200),
            "]".repeat(200)
        ),
        format!("{{{}}}", members(60)),
        format!(r#"{{"x":"{}"}}"#, "y".repeat(5 << 10)),
        format!(r#"{{"x":"{}"}}"#, "y".repeat(64 << 10)),
        format!(r#"{{"x":"{}"}}"#, "y".repeat(600 << 10)),
    ]
}
