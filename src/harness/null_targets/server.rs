//! A server on a raw socket, so that it can do everything wrong.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::wire::target::{Endpoint, Settings, Target};

/// What came in.
#[derive(Clone, Debug)]
pub(super) struct Asked {
    pub(crate) path: String,
    pub(crate) body: String,
}

/// What goes out.
pub(super) enum Say {
    /// These bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// These bytes, and then the connection is closed.
    Last(Vec<u8>),
    /// These bytes, and then those for ever.
    Endless(Vec<u8>, Vec<u8>),
    /// These bytes, one at a time, with a pause after each.
    Drip(Vec<u8>, Duration),
    /// Nothing, for ever.
    Nothing,
}

/// A server on loopback that ends with its test.
pub(super) struct Server {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<Asked>>>,
    task: JoinHandle<()>,
}

impl Server {
    pub(super) async fn start(say: impl Fn(&Asked) -> Say + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (say, asked) = (Arc::new(say), Arc::new(Mutex::new(Vec::new())));
        let log = asked.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (say, log) = (say.clone(), log.clone());
                tokio::spawn(async move {
                    // How a connection ends is the client's business.
                    let _ = converse(stream, &*say, &log).await;
                });
            }
        });

        Self {
            address,
            asked,
            task,
        }
    }

    /// A target with so little patience that a test is over soon.
    pub(super) fn target(&self) -> Target {
        let settings = Settings {
            connect_timeout: Duration::from_secs(1),
            head_timeout: Duration::from_millis(300),
            body_timeout: Duration::from_millis(300),
            max_body: 1 << 20,
            max_throttle_wait: Duration::from_millis(1),
            ..Settings::default()
        };
        let endpoint = Endpoint::parse(&format!("http://{}", self.address)).expect("an endpoint");
        Target::http(endpoint, settings).expect("a target")
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().expect("a lock").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// An answer with a body and its true length.
pub(super) fn answer(status: &str, headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn converse(
    mut stream: TcpStream,
    say: &(impl Fn(&Asked) -> Say + Send + Sync),
    log: &Mutex<Vec<Asked>>,
) -> std::io::Result<()> {
    while let Some(asked) = request(&mut stream).await? {
        log.lock().expect("a lock").push(asked.clone());
        match say(&asked) {
            Say::Bytes(bytes) => stream.write_all(&bytes).await?,
            Say::Last(bytes) => {
                stream.write_all(&bytes).await?;
                return stream.shutdown().await;
            }
            Say::Endless(head, chunk) => {
                stream.write_all(&head).await?;
                loop {
                    stream.write_all(&chunk).await?;
                }
            }
            Say::Drip(bytes, pause) => {
                for byte in bytes {
                    stream.write_all(&[byte]).await?;
                    tokio::time::sleep(pause).await;
                }
            }
            Say::Nothing => std::future::pending::<()>().await,
        }
    }

    Ok(())
}

/// Reads one request to the end of its body; `None` once the client has closed.
async fn request(stream: &mut TcpStream) -> std::io::Result<Option<Asked>> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let lower = head.to_ascii_lowercase();
            let length = lower
                .lines()
                .find_map(|l| l.strip_prefix("content-length: ")?.parse().ok())
                .unwrap_or(0);
            let whole = match lower.contains("transfer-encoding: chunked") {
                true => body.ends_with("0\r\n\r\n"),
                false => body.len() >= length,
            };
            if whole {
                let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
                return Ok(Some(Asked {
                    path,
                    body: body.to_owned(),
                }));
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}
