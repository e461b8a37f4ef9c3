//! Servers on loopback that answer every request in one odd manner.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// How a server answers.
#[derive(Clone, Copy, Debug)]
pub(super) enum Manner {
    /// With 200 and an empty object, whatever it is asked.
    Empty,
    /// What it makes has an identity that leads elsewhere.
    EvilIdentity,
    /// With a refusal whose error type is none that a terminal should see.
    Refuses,
    /// Not at all.
    HangsUp,
}

/// Starts it. Gives its URL.
pub(super) fn start(manner: Manner) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream, manner));
        }
    });
    url
}

/// Answers one request.
fn serve(mut stream: TcpStream, manner: Manner) {
    let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
    let mut first = String::new();
    let _ = reader.read_line(&mut first);
    let mut length = 0;
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    let _ = reader.read_exact(&mut body);

    let (status, body) = match manner {
        Manner::HangsUp => return,
        Manner::Empty => (200, "{}"),
        Manner::Refuses => (400, r#"{"code": "No\u001b[31mpe"}"#),
        Manner::EvilIdentity if first.starts_with("POST") => (201, r#"{"id": "../../prod"}"#),
        Manner::EvilIdentity => (200, r#"{"todos": []}"#),
    };
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        body.len()
    );
}
