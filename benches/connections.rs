//! What a request costs on a kept connection without TLS: on one of our own, on hyper's client
//! connection, and by way of reqwest's pool. The server is the same for all, in this process, and
//! answers at once. One iteration is one request and its whole answer.

use std::convert::Infallible;
use std::net::SocketAddr;

use bytes::Bytes;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use proofmark::bench::Connections;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;

const PATH: &str = "/2015-03-31/event-source-mappings/7a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d";
const BODY: &str = r#"{"BatchSize": 100, "Enabled": true}"#;
const ANSWER: &str = r#"{"BatchSize": 100, "State": "Enabled", "LastModified": 1440938160}"#;

fn connections(criterion: &mut Criterion) {
    // One thread fires and one serves, so that none of the clients is helped by threads of its own.
    let server = runtime();
    let address = server.block_on(serve(&server));
    let client = runtime();
    let mut group = criterion.benchmark_group("one request");
    group.throughput(Throughput::Elements(1));

    let ours = Connections::to(address);
    group.bench_function("our own connection", |bencher| {
        bencher.iter(|| client.block_on(ours.put(PATH, BODY)));
    });

    let mut sender = client.block_on(connect(address));
    group.bench_function("hyper's connection", |bencher| {
        bencher.iter(|| client.block_on(send(&mut sender, address)));
    });

    let pool = reqwest::Client::builder().no_proxy().build();
    let pool = pool.expect("a client");
    let url = format!("http://{address}{PATH}");
    group.bench_function("reqwest's pool", |bencher| {
        bencher.iter(|| client.block_on(fetch(&pool, &url)));
    });
    group.finish();
}

fn runtime() -> Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    runtime.expect("a runtime")
}

/// Starts a server that answers each request alike.
async fn serve(runtime: &Runtime) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    runtime.spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).expect("an open connection");
            tokio::spawn(
                hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service_fn(answer)),
            );
        }
    });
    address
}

async fn answer(
    request: http::Request<Incoming>,
) -> Result<http::Response<Full<Bytes>>, Infallible> {
    let body = request.into_body().collect().await.expect("a whole body");
    assert_eq!(body.to_bytes(), BODY);

    let answer = http::Response::builder()
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from_static(ANSWER.as_bytes())));
    Ok(answer.expect("a response"))
}

async fn connect(address: SocketAddr) -> SendRequest<Full<Bytes>> {
    let stream = TcpStream::connect(address).await.expect("a connection");
    stream.set_nodelay(true).expect("an open connection");
    let (sender, connection) = handshake(TokioIo::new(stream)).await.expect("a handshake");
    tokio::spawn(connection);
    sender
}

async fn send(sender: &mut SendRequest<Full<Bytes>>, address: SocketAddr) {
    let request = http::Request::put(PATH)
        .header("host", address.to_string())
        .header("content-type", "application/json")
        .body(Full::new(Bytes::from_static(BODY.as_bytes())));
    sender.ready().await.expect("an open connection");
    let answer = sender.send_request(request.expect("a request")).await;
    let body = answer.expect("an answer").into_body().collect().await;
    assert_eq!(body.expect("a whole body").to_bytes(), ANSWER);
}

async fn fetch(pool: &reqwest::Client, url: &str) {
    let request = pool
        .put(url)
        .header("content-type", "application/json")
        .body(BODY);
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.bytes().await.expect("a whole body"), ANSWER);
}

criterion_group!(kept, connections);
criterion_main!(kept);
