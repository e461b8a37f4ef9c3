//! Small servers for the tests of this module: they speak to a raw socket, so that they can do
//! everything wrong.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::{Endpoint, Settings, Target};
use crate::wire::exchange::{Phase, Request, Wire};

/// A server on loopback that ends with its test.
pub(super) struct Server {
    address: SocketAddr,
    log: Arc<Log>,
    task: JoinHandle<()>,
}

/// One connection, as the server sees it.
pub(super) struct Connection {
    /// How many connections came before this one.
    pub(super) number: usize,
    stream: TcpStream,
    log: Arc<Log>,
}

#[derive(Default)]
struct Log {
    connections: Mutex<usize>,
    requests: Mutex<Vec<Vec<u8>>>,
}

impl Server {
    /// Treats each connection so.
    pub(super) async fn start<F, S>(serve: F) -> Self
    where
        F: Fn(Connection) -> S + Send + 'static,
        S: Future<Output = ()> + Send + 'static,
    {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let log = Arc::new(Log::default());
        let shared = log.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let number = {
                    let mut connections = shared.connections.lock().expect("a lock");
                    *connections += 1;
                    *connections - 1
                };
                tokio::spawn(serve(Connection {
                    number,
                    stream,
                    log: shared.clone(),
                }));
            }
        });

        Self { address, log, task }
    }

    /// Reads one request per connection, says this and closes.
    pub(super) async fn saying(answer: impl Into<Bytes>) -> Self {
        Self::answering(answer.into(), 1).await
    }

    /// Says this to each request, and leaves its connections open.
    pub(super) async fn repeating(answer: impl Into<Bytes>) -> Self {
        Self::answering(answer.into(), usize::MAX).await
    }

    /// Says this to so many requests of each connection, and closes it.
    async fn answering(answer: Bytes, requests: usize) -> Self {
        Self::start(move |mut connection| {
            let answer = answer.clone();
            async move {
                for _ in 0..requests {
                    if connection.request().await.is_none() {
                        return;
                    }
                    connection.say(&answer).await;
                }
            }
        })
        .await
    }

    pub(super) fn authority(&self) -> String {
        self.address.to_string()
    }

    pub(super) fn target(&self, settings: Settings) -> Target {
        let endpoint = Endpoint::parse(&format!("http://{}", self.address)).expect("an endpoint");
        Target::http(endpoint, settings).expect("a target")
    }

    /// The requests read so far, byte for byte.
    pub(super) fn requests(&self) -> Vec<Vec<u8>> {
        self.log.requests.lock().expect("a lock").clone()
    }

    pub(super) fn connections(&self) -> usize {
        *self.log.connections.lock().expect("a lock")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Connection {
    /// Reads one request to the end of its body; `None` once the client has closed.
    pub(super) async fn request(&mut self) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        while !is_complete(&bytes) {
            if self.stream.read_buf(&mut bytes).await.ok()? == 0 {
                return None;
            }
        }

        self.log
            .requests
            .lock()
            .expect("a lock")
            .push(bytes.clone());

        Some(bytes)
    }

    /// Waits until something has arrived.
    pub(super) async fn listen(&mut self) {
        let _ = self.stream.read_u8().await;
    }

    pub(super) async fn say(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.flush().await;
    }

    /// Waits until the client has gone.
    pub(super) async fn hang(&mut self) {
        let mut rest = Vec::new();
        let _ = self.stream.read_to_end(&mut rest).await;
    }
}

/// A clock that stands still, and limits that only an endless wait runs into, however busy the
/// machine is.
pub(super) fn settings() -> Settings {
    Settings {
        connect_timeout: Duration::from_secs(20),
        head_timeout: Duration::from_secs(20),
        body_timeout: Duration::from_secs(20),
        max_body: 100_000,
        clock: super::Clock::Fixed(std::time::UNIX_EPOCH + Duration::from_secs(1_440_938_160)),
        ..Settings::default()
    }
}

/// The same, with little time for this phase.
pub(super) fn impatient(phase: Phase) -> Settings {
    let mut settings = settings();
    *match phase {
        Phase::Connect => &mut settings.connect_timeout,
        Phase::Head => &mut settings.head_timeout,
        Phase::Body => &mut settings.body_timeout,
    } = Duration::from_millis(100);
    settings
}

pub(super) fn put(wire: Wire, body: &'static str) -> Request {
    Request {
        method: "PUT".to_owned(),
        path: "/2015-03-31/event-source-mappings/an-id".to_owned(),
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: Bytes::from_static(body.as_bytes()),
        service: "lambda".to_owned(),
        wire,
    }
}

/// Whether these bytes are a whole request, by Content-Length or the last chunk.
fn is_complete(bytes: &[u8]) -> bool {
    let Some(end) = bytes.windows(4).position(|w| w == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
    if head.contains("transfer-encoding: chunked") {
        return bytes.ends_with(b"0\r\n\r\n");
    }
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .map_or(0, |n| n.parse::<usize>().expect("a length"));

    bytes.len() >= end + 4 + length
}
