//! A server on loopback that has a part of the model.

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};

use super::super::process::request_line;

/// Starts it. Gives its URL.
pub(super) fn start() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            std::thread::spawn(move || serve(stream));
        }
    });
    url
}

/// Answers one request.
fn serve(mut stream: TcpStream) {
    let first = request_line(&stream);

    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let (status, error, body) = answer(method, path, query);
    let kind = match body.starts_with('{') {
        true => "application/json",
        false => "text/html",
    };
    let error = error.map(|name| format!("x-amzn-errortype: {name}\r\n"));
    let _ = write!(
        stream,
        "HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\n{}content-length: {}\r\n\
         connection: close\r\n\r\n{body}",
        error.unwrap_or_default(),
        body.len()
    );
}

fn answer(method: &str, path: &str, query: &str) -> (u16, Option<&'static str>, &'static str) {
    match (method, path) {
        ("GET", "/boxes") => {
            let most = query.strip_prefix("most=");
            match most.map(str::parse::<i64>) {
                None => (200, None, r#"{"Boxes": []}"#),
                Some(Ok(1..=50)) => (200, None, r#"{"Boxes": []}"#),
                Some(_) => (400, Some("InvalidParameterValueException"), "{}"),
            }
        }
        ("GET", path) if path.starts_with("/boxes/") => {
            (404, Some("ResourceNotFoundException"), "{}")
        }
        // It names no error type, and is no fault: the server has no such path.
        _ => (404, None, "<html>Not Found</html>"),
    }
}
