//! Requests whose form is at fault, or is only unusual: methods and headers.

use bytes::Bytes;
use http::Method;

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::fault::Cause;
use crate::reference::reply::Operation;

const METHOD: &[&str] = &["rule::method"];
const HEADERS: &[&str] = &["request::http"];

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "post-is-put",
        "POST on a mapping updates it.",
        METHOD,
        |b| taken_as_put(b, &Method::POST),
    ),
    Defect::must(
        "patch-is-put",
        "PATCH on a mapping updates it.",
        METHOD,
        |b| taken_as_put(b, &Method::PATCH),
    ),
    Defect::must(
        "any-method-is-put",
        "An unknown method on a mapping updates it.",
        METHOD,
        |b| {
            b.on_call.push(Box::new(|call| {
                let known = [
                    Method::GET,
                    Method::PUT,
                    Method::DELETE,
                    Method::POST,
                    Method::PATCH,
                ];
                if is_mapping(&call.path) && !known.contains(&call.method) {
                    call.method = Method::PUT;
                }
            }));
        },
    ),
    Defect::must(
        "method-override",
        "X-HTTP-Method-Override: PUT on a POST updates.",
        METHOD,
        |b| {
            b.on_call.push(Box::new(|call| {
                if is_mapping(&call.path) && call.header("x-http-method-override") == Some("PUT") {
                    call.method = Method::PUT;
                }
            }));
        },
    ),
    Defect::must(
        "get-with-body-updates",
        "GET with a body updates the mapping.",
        METHOD,
        |b| {
            b.on_call.push(Box::new(|call| {
                if is_mapping(&call.path) && call.method == Method::GET && !call.body.is_empty() {
                    call.method = Method::PUT;
                }
            }));
        },
    ),
    Defect::must(
        "get-enables",
        "Get enables a mapping that is disabled.",
        &["rule::read-back"],
        |b| {
            b.on_get.push(Box::new(|world, uuid| {
                if let Some(m) = world.mappings.get_mut(uuid) {
                    m.enabled = true;
                }
            }));
        },
    ),
    Defect::must(
        "get-counts",
        "Every Get adds one to BatchSize.",
        &["rule::read-back"],
        |b| {
            b.on_get.push(Box::new(|world, uuid| {
                if let Some(m) = world.mappings.get_mut(uuid) {
                    m.batch_size = (m.batch_size + 1).min(10_000);
                }
            }));
        },
    ),
    Defect::warned(
        "cbor-answered-in-cbor",
        "A request labelled as CBOR is refused in CBOR.",
        &["protocol::content-type"],
        |b| {
            b.on_wire.push(Box::new(|call, reply, response| {
                if reply.operation == Operation::Update
                    && call.header("content-type") == Some("application/cbor")
                {
                    response.status = 400;
                    response.set_header("x-amzn-ErrorType", "SerializationException");
                    response.set_header("content-type", "application/cbor");
                    response.body = Bytes::from_static(b"\xa1\x67message\x66broken");
                }
            }));
            // What is refused is not carried out either.
            b.update_calls(|call| {
                if call.header("content-type") == Some("application/cbor") {
                    call.body = Bytes::new();
                }
            });
        },
    ),
    Defect::must(
        "wrong-method-crashes",
        "A method without an operation is answered 500.",
        &["rule::method", "protocol::no-server-error"],
        |b| {
            b.on_reply.push(Box::new(|_, reply| {
                if reply.cause == Some(Cause::Route) {
                    reply.status = 500;
                }
            }));
        },
    ),
    Defect::must(
        "charset-refused",
        "Content-Type application/json; charset=utf-8 is refused.",
        HEADERS,
        |b| {
            b.refuse_call(
                |call| {
                    call.header("content-type")
                        .is_some_and(|t| t.contains("charset"))
                },
                415,
                "UnsupportedMediaTypeException",
            );
        },
    ),
    Defect::must(
        "content-type-upper-case-refused",
        "Content-Type Application/JSON is refused.",
        HEADERS,
        |b| {
            b.refuse_call(
                |call| {
                    call.header("content-type")
                        .is_some_and(|t| t.contains(|c: char| c.is_ascii_uppercase()))
                },
                415,
                "UnsupportedMediaTypeException",
            );
        },
    ),
    Defect::must(
        "accept-refused",
        "Accept: */* is answered 406.",
        HEADERS,
        |b| {
            b.refuse_call(
                |call| call.header("accept").is_some_and(|t| t.contains("*/*")),
                406,
                "NotAcceptableException",
            );
        },
    ),
    Defect::must(
        "long-header-crashes",
        "A header of more than 1000 characters is answered 500.",
        &["request::http", "protocol::no-server-error"],
        |b| {
            b.crash_at(|call| call.headers.values().any(|v| v.len() > 1000));
        },
    ),
    Defect::must(
        "query-crashes",
        "A query string is answered 500.",
        &["protocol::no-server-error"],
        |b| b.crash_at(|call| !call.query.is_empty()),
    ),
    Defect::warned(
        "chunked-request-empty",
        "A chunked body of a request is not read.",
        &["request::http"],
        |b| {
            b.update_calls(|call| {
                if call.headers.contains_key("transfer-encoding") {
                    call.body = Bytes::from_static(b"{}");
                }
            });
        },
    ),
    Defect::must(
        "empty-body-crashes",
        "An empty body is answered 500.",
        &["rule::json-body", "protocol::no-server-error"],
        |b| b.crash_at(|call| call.body.is_empty()),
    ),
];

fn is_mapping(path: &str) -> bool {
    path.split_once("/event-source-mappings/")
        .is_some_and(|(_, uuid)| !uuid.is_empty())
}

fn taken_as_put(b: &mut Behaviour, method: &'static Method) {
    b.on_call.push(Box::new(move |call| {
        if call.method == *method && is_mapping(&call.path) {
            call.method = Method::PUT;
        }
    }));
}
