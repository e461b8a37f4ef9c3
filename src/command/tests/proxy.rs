//! A target that changes what another one answers.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// What is made of an answer: the head of the request, the head of the answer without the lines
/// that end it, and its body, give another head and body.
pub trait Change: Fn(&str, String, String) -> (String, String) + Clone + Send + 'static {}

impl<F: Fn(&str, String, String) -> (String, String) + Clone + Send + 'static> Change for F {}

/// The URL of a server that hands requests on to that one and changes its answers.
pub fn proxied(url: &str, change: impl Change) -> String {
    let goal = url.trim_start_matches("http://").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (goal, change) = (goal.clone(), change.clone());
            std::thread::spawn(move || one(stream, &goal, change));
        }
    });
    url
}

/// One request of one connection.
fn one(mut stream: TcpStream, goal: &str, change: impl Change) -> Option<()> {
    let (head, body) = message(&mut stream)?;
    let mut behind = TcpStream::connect(goal).ok()?;
    let closing = head.replacen("\r\n", "\r\nconnection: close\r\n", 1);
    behind
        .write_all(format!("{closing}{body}").as_bytes())
        .ok()?;
    let (answered, body) = message(&mut behind)?;
    let kept: Vec<_> = answered
        .lines()
        .filter(|l| !l.is_empty() && !l.to_lowercase().starts_with("content-length"))
        .collect();
    let (answered, body) = change(&head, kept.join("\r\n"), body);
    let text = format!("{answered}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    stream.write_all(text.as_bytes()).ok()
}

/// The head of a message, with the empty line at its end, and the body.
fn message(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut part = [0; 4096];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|l| {
                l.to_lowercase()
                    .strip_prefix("content-length:")?
                    .trim()
                    .parse()
                    .ok()
            });
            if body.len() >= length.unwrap_or(0_usize) {
                return Some((format!("{head}\r\n\r\n"), body.to_owned()));
            }
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&part[..count]),
        }
    }
}
