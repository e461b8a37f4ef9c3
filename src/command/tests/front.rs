//! A server before another: it strips a prefix of paths, and puts a text before every identifier
//! that it answers.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The server, which lasts as long as the test.
pub struct Front {
    /// Its URL, prefix included.
    pub url: String,
    evil: Arc<Mutex<String>>,
    strays: Arc<Mutex<Vec<String>>>,
}

impl Front {
    /// Before that URL. What comes to another path than the prefix is refused, and remembered.
    pub fn new(behind: &str, prefix: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!(
            "http://{}{prefix}",
            listener.local_addr().expect("an address")
        );
        let front = Self {
            url,
            evil: Arc::default(),
            strays: Arc::default(),
        };
        let behind = behind.trim_start_matches("http://").to_owned();
        let (prefix, evil, strays) = (
            prefix.to_owned(),
            Arc::clone(&front.evil),
            Arc::clone(&front.strays),
        );
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (behind, prefix) = (behind.clone(), prefix.clone());
                let evil = evil.lock().expect("a text").clone();
                let strays = Arc::clone(&strays);
                std::thread::spawn(move || {
                    // Whoever asked may be gone already.
                    let _ = pass(stream, &behind, &prefix, &evil, &strays);
                });
            }
        });
        front
    }

    /// What stands before identifiers from now on.
    pub fn turn(&self, evil: &str) {
        evil.clone_into(&mut self.evil.lock().expect("a text"));
    }

    /// The paths without the prefix that something asked for.
    pub fn strays(&self) -> Vec<String> {
        self.strays.lock().expect("a list").clone()
    }
}

/// A message: its first line, its other lines, its body.
struct Message {
    first: String,
    headers: Vec<String>,
    body: String,
}

impl Message {
    fn read(stream: &mut TcpStream) -> std::io::Result<Self> {
        let mut bytes = Vec::new();
        let mut chunk = [0; 1 << 16];
        let head = loop {
            if let Some(at) = bytes.windows(4).position(|w| w == b"\r\n\r\n") {
                break at;
            }
            let count = stream.read(&mut chunk)?;
            if count == 0 {
                return Err(std::io::ErrorKind::UnexpectedEof.into());
            }
            bytes.extend(&chunk[..count]);
        };
        let text = String::from_utf8_lossy(&bytes[..head]).into_owned();
        let mut lines = text.split("\r\n").map(str::to_owned);
        let first = lines.next().unwrap_or_default();
        let headers: Vec<String> = lines.collect();
        let length = headers.iter().find_map(|h| {
            h.to_ascii_lowercase()
                .strip_prefix("content-length:")?
                .trim()
                .parse()
                .ok()
        });
        let length: usize = length.unwrap_or(0);
        while bytes.len() < head + 4 + length {
            let count = stream.read(&mut chunk)?;
            if count == 0 {
                break;
            }
            bytes.extend(&chunk[..count]);
        }
        Ok(Self {
            first,
            headers,
            body: String::from_utf8_lossy(&bytes[head + 4..]).into_owned(),
        })
    }

    fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let own = |h: &&String| {
            let h = h.to_ascii_lowercase();
            !h.starts_with("content-length:") && !h.starts_with("connection:")
        };
        let headers: String = self
            .headers
            .iter()
            .filter(own)
            .map(|h| format!("{h}\r\n"))
            .collect();
        let length = self.body.len();
        let text = format!(
            "{}\r\n{headers}connection: close\r\ncontent-length: {length}\r\n\r\n{}",
            self.first, self.body
        );
        stream.write_all(text.as_bytes())
    }
}

fn pass(
    mut stream: TcpStream,
    behind: &str,
    prefix: &str,
    evil: &str,
    strays: &Mutex<Vec<String>>,
) -> std::io::Result<()> {
    let mut request = Message::read(&mut stream)?;
    let Some(rest) = request.first.split_once(' ').and_then(|(method, path)| {
        // Some clients encode what need not be.
        let rest = path
            .strip_prefix(prefix)
            .or_else(|| path.strip_prefix(&prefix.replace('`', "%60")))?;
        Some(format!("{method} {rest}"))
    }) else {
        strays.lock().expect("a list").push(request.first);
        return stream.write_all(
            b"HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n",
        );
    };
    request.first = rest;
    let json = serde_json::Value::from(evil).to_string();
    let json = json
        .strip_prefix('"')
        .and_then(|j| j.strip_suffix('"'))
        .unwrap_or_default()
        .to_owned();
    if !evil.is_empty() {
        let encoded = percent_encode(evil);
        request.first = request.first.replace(&encoded, "").replace(evil, "");
        request.body = request
            .body
            .replace(&encoded, "")
            .replace(&json, "")
            .replace(evil, "");
    }
    let mut upstream = TcpStream::connect(behind)?;
    request.write(&mut upstream)?;
    let mut answer = Message::read(&mut upstream)?;
    for member in ["UUID", "QueueUrl", "FunctionName"] {
        let before = format!("\"{member}\":\"");
        answer.body = answer.body.replace(&before, &format!("{before}{json}"));
    }
    answer.write(&mut stream)
}

/// A text as it stands in a path: each byte but those that never need it is encoded.
pub fn percent_encode(text: &str) -> String {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._~".contains(byte);
    text.bytes()
        .map(|byte| {
            if plain(&byte) {
                char::from(byte).to_string()
            } else {
                format!("%{byte:02X}")
            }
        })
        .collect()
}
