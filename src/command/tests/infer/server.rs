//! Servers on loopback that answer every request in one odd manner.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

use super::super::process::request_line;

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
    let first = request_line(&stream);

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
