//! A server on loopback that has a part of the model.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

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
