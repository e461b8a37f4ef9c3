//! Accepted updates whose status, content type or bytes are wrong.

use bytes::Bytes;

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::response::{Ending, Response};

const STATUS: &[&str] = &["response::status"];
const CONTENT_TYPE: &[&str] = &["protocol::content-type"];
const JSON: &[&str] = &["protocol::json"];
const FRAMING: &[&str] = &["protocol::answers"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must("status-200", "An update is answered 200.", STATUS, |b| {
        b.wire(|r| r.status = 200)
    }),
    Defect::must("status-201", "An update is answered 201.", STATUS, |b| {
        b.wire(|r| r.status = 201)
    }),
    Defect::must("status-203", "An update is answered 203.", STATUS, |b| {
        b.wire(|r| r.status = 203)
    }),
    Defect::must(
        "status-204",
        "An update is answered 204, without a body.",
        STATUS,
        |b| {
            b.wire(|r| {
                r.status = 204;
                r.body.clear();
            });
        },
    ),
    Defect::must(
        "status-205",
        "An update is answered 205, without a body.",
        STATUS,
        |b| {
            b.wire(|r| {
                r.status = 205;
                r.body.clear();
            });
        },
    ),
    Defect::must(
        "status-303",
        "An update is answered 303, with the way to Get.",
        STATUS,
        |b| {
            b.wire(|r| {
                r.status = 303;
                r.set_header("location", "/2015-03-31/event-source-mappings/");
            });
        },
    ),
    Defect::must(
        "status-500",
        "An update is carried out and answered 500.",
        &["response::status", "protocol::no-server-error"],
        |b| b.wire(|r| r.status = 500),
    ),
    Defect::must("status-501", "An update is answered 501.", STATUS, |b| {
        b.wire(|r| r.status = 501)
    }),
    Defect::must(
        "content-type-html",
        "The content type is text/html.",
        CONTENT_TYPE,
        |b| typed(b, "text/html"),
    ),
    Defect::must(
        "content-type-text",
        "The content type is text/plain.",
        CONTENT_TYPE,
        |b| typed(b, "text/plain; charset=utf-8"),
    ),
    Defect::must(
        "content-type-xml",
        "The content type is application/xml.",
        CONTENT_TYPE,
        |b| typed(b, "application/xml"),
    ),
    Defect::must(
        "content-type-binary",
        "The content type is application/octet-stream.",
        CONTENT_TYPE,
        |b| typed(b, "application/octet-stream"),
    ),
    Defect::must(
        "content-type-malformed",
        "The content type is json, without its main type.",
        CONTENT_TYPE,
        |b| typed(b, "json"),
    ),
    Defect::must(
        "content-type-missing",
        "There is no content type.",
        CONTENT_TYPE,
        |b| b.wire(|r| r.remove_header("content-type")),
    ),
    Defect::must(
        "body-empty",
        "The body of the answer is empty.",
        JSON,
        |b| body(b, |_| Vec::new()),
    ),
    Defect::must("body-null", "The body of the answer is null.", JSON, |b| {
        body(b, |_| b"null".to_vec())
    }),
    Defect::must(
        "body-array",
        "The configuration stands in an array.",
        JSON,
        |b| body(b, |t| [b"[", t, b"]"].concat()),
    ),
    Defect::must(
        "body-string",
        "The JSON of the answer stands in a JSON string.",
        JSON,
        |b| {
            body(b, |t| {
                serde_json::Value::from(String::from_utf8_lossy(t))
                    .to_string()
                    .into_bytes()
            });
        },
    ),
    Defect::must(
        "body-cut",
        "The JSON text is cut at half its length, and that length announced.",
        JSON,
        |b| body(b, |t| t[..t.len() / 2].to_vec()),
    ),
    Defect::must(
        "body-last-byte-missing",
        "The last byte of the JSON text is missing, and the shorter length announced.",
        JSON,
        |b| {
            body(b, |t| t[..t.len().saturating_sub(1)].to_vec());
        },
    ),
    Defect::must("body-text-after", "Text follows the JSON.", JSON, |b| {
        body(b, |t| [t, b" ok"].concat())
    }),
    Defect::must(
        "body-brace-after",
        "A second closing brace follows the JSON.",
        JSON,
        |b| body(b, |t| [t, b"}"].concat()),
    ),
    Defect::must(
        "body-twice",
        "The JSON document is sent twice.",
        JSON,
        |b| body(b, |t| [t, t].concat()),
    ),
    Defect::must(
        "body-two-lines",
        "A second JSON document follows on a line of its own.",
        JSON,
        |b| body(b, |t| [t, b"\n{}"].concat()),
    ),
    Defect::must("body-nul-after", "A NUL follows the JSON.", JSON, |b| {
        body(b, |t| [t, b"\0"].concat())
    }),
    Defect::must(
        "body-text-before",
        "A guard against script inclusion precedes the JSON.",
        JSON,
        |b| body(b, |t| [b")]}'\n", t].concat()),
    ),
    Defect::must(
        "body-bom",
        "A byte-order mark precedes the JSON.",
        JSON,
        |b| body(b, |t| [b"\xef\xbb\xbf", t].concat()),
    ),
    Defect::must("body-utf-16", "The JSON is encoded in UTF-16.", JSON, |b| {
        body(b, |t| {
            String::from_utf8_lossy(t)
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect()
        });
    }),
    Defect::must(
        "body-invalid-utf-8",
        "A string of the JSON is not UTF-8.",
        JSON,
        |b| {
            body(b, |t| {
                replaced(t, b"\"UUID\"", b"\"Note\":\"\xff\xfe\",\"UUID\"")
            })
        },
    ),
    Defect::must(
        "body-single-quotes",
        "The JSON is written with single quotes.",
        JSON,
        |b| {
            body(b, |t| {
                t.iter()
                    .map(|c| if *c == b'"' { b'\'' } else { *c })
                    .collect()
            });
        },
    ),
    Defect::must(
        "body-trailing-comma",
        "A comma stands after the last member.",
        JSON,
        |b| body(b, |t| [&t[..t.len().saturating_sub(1)], b",}"].concat()),
    ),
    Defect::must("body-comment", "The JSON holds a comment.", JSON, |b| {
        body(b, |t| [b"/* configuration */", t].concat())
    }),
    Defect::must(
        "body-bare-names",
        "The names of the members are not quoted.",
        JSON,
        |b| body(b, |t| replaced(t, b"\"UUID\":", b"UUID:")),
    ),
    Defect::must("body-nan", "The JSON holds NaN.", JSON, |b| {
        body(b, |t| replaced(t, b"\"UUID\"", b"\"Load\":NaN,\"UUID\""))
    }),
    Defect::must(
        "body-leading-zero",
        "A number of the JSON has a leading zero.",
        JSON,
        |b| body(b, |t| replaced(t, b"\"BatchSize\":", b"\"BatchSize\":0")),
    ),
    Defect::must(
        "body-raw-control",
        "A string of the JSON holds a raw control character.",
        JSON,
        |b| {
            body(b, |t| {
                replaced(t, b"\"UUID\"", b"\"Note\":\"\x01\",\"UUID\"")
            })
        },
    ),
    Defect::must(
        "body-duplicate-member",
        "BatchSize is there twice, with two values.",
        JSON,
        |b| {
            body(b, |t| {
                replaced(t, b"{\"BatchSize\":", b"{\"BatchSize\":9999,\"BatchSize\":")
            })
        },
    ),
    Defect::must("body-form", "The answer is form-encoded.", JSON, |b| {
        body(b, |_| b"State=Updating".to_vec())
    }),
    Defect::must("body-html", "The answer is an HTML page.", JSON, |b| {
        body(b, |_| b"<html><body>Accepted</body></html>".to_vec())
    }),
    Defect::must(
        "body-echo",
        "The answer is the body of the request.",
        JSON,
        |b| {
            b.on_wire.push(Box::new(|call, reply, r| {
                if reply.operation == crate::reference::reply::Operation::Update
                    && reply.cause.is_none()
                {
                    r.body = call.body.clone();
                }
            }));
        },
    ),
    Defect::must(
        "gzip-label",
        "The answer is labelled gzip and is not.",
        FRAMING,
        |b| b.wire(|r| r.set_header("content-encoding", "gzip")),
    ),
    Defect::must(
        "deflate-label",
        "The answer is labelled deflate and is not.",
        FRAMING,
        |b| b.wire(|r| r.set_header("content-encoding", "deflate")),
    ),
    Defect::must(
        "content-length-long",
        "More bytes are announced than sent.",
        FRAMING,
        |b| ending(b, Ending::Short(10)),
    ),
    Defect::must(
        "content-length-half",
        "The body breaks off at half the announced length.",
        FRAMING,
        |b| {
            b.wire(|r| {
                let half = r.body.len() / 2;
                r.ending = Ending::Short(r.body.len() - half);
                r.body.truncate(half);
            });
        },
    ),
    Defect::must(
        "chunks-broken",
        "The chunked body breaks off before its last chunk.",
        FRAMING,
        |b| ending(b, Ending::Broken),
    ),
    Defect::must(
        "body-of-nine-mebibytes",
        "The body ends with nine mebibytes of white space.",
        FRAMING,
        |b| body(b, |text| [text, &vec![b' '; 9 << 20]].concat()),
    ),
    Defect::must("body-endless", "The body never ends.", FRAMING, |b| {
        ending(b, Ending::Endless)
    }),
    Defect::must(
        "answer-hangs",
        "An update is carried out and never answered.",
        FRAMING,
        |b| ending(b, Ending::Hang),
    ),
    Defect::must(
        "answer-closes",
        "An update is carried out and the connection closed without an answer.",
        FRAMING,
        |b| ending(b, Ending::Close),
    ),
];

fn typed(b: &mut Behaviour, content_type: &'static str) {
    b.wire(move |r: &mut Response| r.set_header("content-type", content_type));
}

fn body(b: &mut Behaviour, change: fn(&[u8]) -> Vec<u8>) {
    b.wire(move |r| r.body = Bytes::from(change(&r.body)));
}

fn ending(b: &mut Behaviour, ending: Ending) {
    b.wire(move |r| r.ending = ending);
}

/// The first place where `old` stands, replaced.
fn replaced(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    match text.windows(old.len()).position(|window| window == old) {
        Some(at) => [&text[..at], new, &text[at + old.len()..]].concat(),
        None => text.to_vec(),
    }
}
