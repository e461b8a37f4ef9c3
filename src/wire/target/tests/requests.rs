use bytes::Bytes;

use super::BOTH;
use crate::wire::exchange::{Framing, Request, Wire};
use crate::wire::target::testing::{Server, put, settings};
use crate::wire::target::{Endpoint, Permission, Settings, Target};

/// What a library would rewrite or refuse goes out as planned all the same.
#[tokio::test]
async fn requests_that_a_library_would_change() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let target = server.target(settings());
    for path in [
        "/a/../b",
        "/a/./b",
        "/a/%2e%2E/b",
        "/a\\b",
        "/a\tb",
        "/a b",
        "/a#b",
        "/a?b#c",
        "*",
        "",
        "a",
        "/é",
        "/\"",
        "/{x}",
        "/?x='",
        "/?",
        "//a",
        "/%zz",
        "/a|b^c`d",
        "/<>",
        "/\u{202e}",
    ] {
        let request = Request {
            path: path.to_owned(),
            ..put(Wire::Client, "")
        };
        let exchange = target.send(request.clone()).await;
        assert!(exchange.accepted(), "{path:?} {:?}", exchange.outcome);
        assert_eq!(exchange.request.path, path);
        let sent = server.requests().pop().expect("a request");
        let line = format!("PUT {path} HTTP/1.1\r\n");
        assert!(
            sent.starts_with(line.as_bytes()),
            "{path:?} {}",
            sent.escape_ascii()
        );
    }
    for (name, value) in [
        ("host", "elsewhere"),
        ("Content-Length", "0"),
        ("connection", "keep-alive"),
        ("x y", "z"),
    ] {
        let mut request = put(Wire::Client, "");
        request.headers.push((name.to_owned(), value.to_owned()));
        let exchange = target.send(request.clone()).await;
        assert_eq!(exchange.request.wire, Wire::Raw(Framing::None), "{name}");
        let sent = String::from_utf8(server.requests().pop().expect("a request")).expect("text");
        assert!(sent.contains(&format!("\r\n{name}: {value}\r\n")), "{sent}");
        assert_eq!(
            sent.to_ascii_lowercase()
                .matches(&format!("\r\n{}:", name.to_ascii_lowercase()))
                .count(),
            1
        );
    }
    for method in ["get", "CONNECT", "G T", "M-SEARCH"] {
        target
            .send(Request {
                method: method.to_owned(),
                ..put(Wire::Client, "")
            })
            .await;
        assert!(
            server
                .requests()
                .pop()
                .expect("a request")
                .starts_with(format!("{method} /").as_bytes())
        );
    }
}

#[tokio::test]
async fn same_request_same_bytes() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    for wire in BOTH {
        for _ in 0..2 {
            server
                .target(settings())
                .send(put(wire, "{\"BatchSize\": 1e2}"))
                .await;
        }
        let requests = server.requests();
        let [.., one, other] = requests.as_slice() else {
            panic!("two requests")
        };
        assert_eq!(one, other);
    }
}

#[tokio::test]
async fn base_path_and_extra_headers() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let endpoint = Endpoint::parse(&format!(
        "http://localhost:{}/base/",
        server.authority().split_once(':').expect("a port").1
    ));
    let extra_headers = vec![
        ("x-extra".to_owned(), "1".to_owned()),
        ("Content-Type".to_owned(), "not/used".to_owned()),
        ("authorization".to_owned(), "Bearer b".to_owned()),
    ];
    let target = Target::http(
        endpoint.expect("an endpoint"),
        Settings {
            extra_headers,
            ..settings()
        },
    )
    .expect("a target");
    for wire in BOTH {
        let request = put(wire, "{}");
        let exchange = target.send(request.clone()).await;
        assert!(exchange.accepted(), "{:?}", exchange.outcome);
        assert_eq!(*exchange.request, request);
        let sent = String::from_utf8(server.requests().pop().expect("a request")).expect("text");
        assert!(sent.starts_with("PUT /base/2015-03-31/"), "{sent}");
        assert!(
            sent.contains("\r\nx-extra: 1\r\n") && sent.contains("\r\nauthorization: Bearer b\r\n"),
            "{sent}"
        );
        assert!(
            !sent.contains("AWS4") && !sent.contains("not/used"),
            "{sent}"
        );
    }
}

#[tokio::test]
async fn settings_that_cannot_work() {
    let endpoint = |url: &str| Endpoint::parse(url).expect("an endpoint");
    let local = || endpoint("http://127.0.0.1:1");
    let error = |endpoint, settings| {
        Target::http(endpoint, settings)
            .expect_err("an error")
            .to_string()
    };
    assert!(error(endpoint("http://example.com"), settings()).contains("--allow-host example.com"));
    let permission = Permission::new(&["example.com".to_owned()]);
    assert!(
        Target::http(
            endpoint("http://example.com"),
            Settings {
                permission,
                ..settings()
            }
        )
        .is_ok()
    );
    for rate in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        assert!(
            error(
                local(),
                Settings {
                    rate: Some(rate),
                    ..settings()
                }
            )
            .contains("positive"),
            "{rate}"
        );
    }
    let extra_headers = vec![("x".to_owned(), "secret\r\n".to_owned())];
    let text = error(
        local(),
        Settings {
            extra_headers,
            ..settings()
        },
    );
    assert!(text.contains("\"x\"") && !text.contains("secret"), "{text}");
    assert!(
        error(
            local(),
            Settings {
                region: "us east".to_owned(),
                ..settings()
            }
        )
        .contains("region")
    );
    for pem in [
        "",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        "not a certificate",
    ] {
        let settings = Settings {
            ca_bundle: Some(Bytes::from_static(pem.as_bytes())),
            ..settings()
        };
        assert!(
            error(endpoint("https://127.0.0.1:1"), settings).contains("CA bundle"),
            "{pem}"
        );
    }
}
