#![allow(dead_code)]

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

type Sent = Result<Answer, String>;

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[derive(Clone, Debug, PartialEq)]
enum Json {
    Null,
    Bool(bool),
    Number(f64),
    String(String),
    Array(Vec<Json>),
    Object(Vec<(String, Json)>),
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.as_str())
    }

    fn document(&self) -> Option<Json> {
        json(&String::from_utf8_lossy(&self.body))
    }

    fn at(&self, path: &[&str]) -> Json {
        let start = self.document().unwrap_or(Json::Null);
        path.iter().fold(start, |value, name| value.get(name))
    }

    fn text(&self, path: &[&str]) -> String {
        match self.at(path) {
            Json::String(text) => text,
            Json::Number(number) => number.to_string(),
            other => panic!("no text at {path:?}: {other:?}"),
        }
    }

    fn error(&self) -> Option<String> {
        let of_header = ERROR_HEADERS.iter().filter_map(|h| self.header(h).map(str::to_owned));
        let of_body = ERROR_MEMBERS.iter().filter_map(|m| match self.at(&[m]) {
            Json::String(text) => Some(text),
            _ => None,
        });
        let name = of_header.chain(of_body).find(|n| !n.is_empty())?;
        Some(name.split(':').next()?.rsplit('#').next()?.trim().to_owned())
    }

    fn accepted(&self) -> bool {
        (200..300).contains(&self.status)
    }

    fn refused(&self, family: &[(u16, u16, Option<&str>)]) -> bool {
        let named = self.error();
        family.iter().any(|(from, to, name)| {
            (*from..=*to).contains(&self.status) && (name.is_none() || *name == named.as_deref())
        })
    }

    fn told(&self) -> String {
        format!("status {} {:?}: {}", self.status, self.error(), String::from_utf8_lossy(&self.body))
    }
}

impl Json {
    fn get(&self, name: &str) -> Json {
        match self {
            Json::Object(members) => members.iter().find(|(n, _)| n == name).map_or(Json::Null, |(_, v)| v.clone()),
            _ => Json::Null,
        }
    }

    fn is_once(&self) -> bool {
        match self {
            Json::Array(values) => values.iter().all(Json::is_once),
            Json::Object(members) => members.iter().enumerate().all(|(at, (name, value))| {
                value.is_once() && members[..at].iter().all(|(other, _)| other != name)
            }),
            _ => true,
        }
    }
}

fn json(text: &str) -> Option<Json> {
    let chars: Vec<char> = text.chars().collect();
    let mut at = 0;
    let value = value(&chars, &mut at)?;
    space(&chars, &mut at);
    (at == chars.len()).then_some(value)
}

fn space(chars: &[char], at: &mut usize) {
    while chars.get(*at).is_some_and(|c| " \t\r\n".contains(*c)) {
        *at += 1;
    }
}

fn take(chars: &[char], at: &mut usize, wanted: char) -> Option<()> {
    space(chars, at);
    (chars.get(*at) == Some(&wanted)).then(|| *at += 1)
}

fn value(chars: &[char], at: &mut usize) -> Option<Json> {
    space(chars, at);
    match chars.get(*at)? {
        '{' => {
            *at += 1;
            let mut members = Vec::new();
            if take(chars, at, '}').is_some() {
                return Some(Json::Object(members));
            }
            loop {
                space(chars, at);
                let name = string(chars, at)?;
                take(chars, at, ':')?;
                members.push((name, value(chars, at)?));
                if take(chars, at, ',').is_none() {
                    take(chars, at, '}')?;
                    return Some(Json::Object(members));
                }
            }
        }
        '[' => {
            *at += 1;
            let mut values = Vec::new();
            if take(chars, at, ']').is_some() {
                return Some(Json::Array(values));
            }
            loop {
                values.push(value(chars, at)?);
                if take(chars, at, ',').is_none() {
                    take(chars, at, ']')?;
                    return Some(Json::Array(values));
                }
            }
        }
        '"' => string(chars, at).map(Json::String),
        _ => {
            let start = *at;
            while chars.get(*at).is_some_and(|c| c.is_ascii_alphanumeric() || "+-.".contains(*c)) {
                *at += 1;
            }
            match chars[start..*at].iter().collect::<String>().as_str() {
                "null" => Some(Json::Null),
                "true" => Some(Json::Bool(true)),
                "false" => Some(Json::Bool(false)),
                number => number.parse().ok().map(Json::Number),
            }
        }
    }
}

fn string(chars: &[char], at: &mut usize) -> Option<String> {
    (chars.get(*at) == Some(&'"')).then(|| *at += 1)?;
    let mut units: Vec<u16> = Vec::new();
    loop {
        let c = *chars.get(*at)?;
        *at += 1;
        let c = match c {
            '"' => return String::from_utf16(&units).ok(),
            '\\' => {
                let escape = *chars.get(*at)?;
                *at += 1;
                match escape {
                    'n' => '\n',
                    'r' => '\r',
                    't' => '\t',
                    'b' => '\u{8}',
                    'f' => '\u{c}',
                    'u' => {
                        let hex: String = chars.get(*at..*at + 4)?.iter().collect();
                        *at += 4;
                        units.push(u16::from_str_radix(&hex, 16).ok()?);
                        continue;
                    }
                    other => other,
                }
            }
            c => c,
        };
        units.extend(c.encode_utf16(&mut [0; 2]).iter());
    }
}

fn endpoint() -> String {
    let url = std::env::var("PROOFMARK_ENDPOINT").ok().or(ENDPOINT.map(str::to_owned));
    let url = url.expect("PROOFMARK_ENDPOINT names the target");
    url.strip_prefix("http://").expect("an endpoint with http://").trim_end_matches('/').to_owned()
}

struct Ask<'a> {
    service: &'a str,
    method: &'a str,
    path: String,
    headers: Vec<(&'a str, String)>,
    body: Vec<u8>,
    chunk: Option<usize>,
    bare: bool,
}

fn send(ask: &Ask<'_>) -> Sent {
    let endpoint = endpoint();
    let (host, prefix) = endpoint.split_at(endpoint.find('/').unwrap_or(endpoint.len()));
    let address = if host.contains(':') { host.to_owned() } else { format!("{host}:80") };
    let mut stream = TcpStream::connect(&address).unwrap_or_else(|e| panic!("nobody listens at {address}: {e}"));
    let silent = |e: &dyn std::fmt::Display| format!("no complete answer to {} {}: {e}", ask.method, ask.path);
    let limit = Some(Duration::from_secs(5));
    stream.set_read_timeout(limit).and_then(|()| stream.set_write_timeout(limit)).map_err(|e| silent(&e))?;
    let scope = format!("test/20260101/{REGION}/{}/aws4_request", ask.service);
    let mut sent = format!(
        "{} {prefix}{} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\
         authorization: AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=00\r\n",
        ask.method, ask.path
    );
    for (name, value) in &ask.headers {
        sent += &format!("{name}: {value}\r\n");
    }
    for (name, variable) in HEADERS {
        let value = std::env::var(variable).unwrap_or_else(|_| panic!("{variable} holds the header {name}"));
        sent += &format!("{name}: {value}\r\n");
    }
    let mut body = Vec::new();
    match ask.chunk {
        Some(size) => {
            sent += "transfer-encoding: chunked\r\n";
            for part in ask.body.chunks(size).chain([&[][..]]) {
                body.extend(format!("{:x}\r\n", part.len()).bytes());
                body.extend(part.iter().chain(b"\r\n"));
            }
        }
        None => {
            if !ask.bare && (!ask.body.is_empty() || !["GET", "HEAD", "DELETE"].contains(&ask.method)) {
                sent += &format!("content-length: {}\r\n", ask.body.len());
            }
            body.clone_from(&ask.body);
        }
    }
    let sent = [sent.as_bytes(), b"\r\n", &body].concat();
    stream.write_all(&sent).map_err(|e| silent(&e))?;
    let mut received = Vec::new();
    let end = stream.read_to_end(&mut received);
    read(&received, ask.method).ok_or_else(|| silent(&end.err().map_or("it ended".to_owned(), |e| e.to_string())))
}

fn read(received: &[u8], method: &str) -> Option<Answer> {
    let end = received.windows(4).position(|w| w == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let rest = &received[end + 4..];
    let mut lines = head.split("\r\n");
    let status: u16 = lines.next()?.strip_prefix("HTTP/1.")?.split(' ').nth(1)?.parse().ok()?;
    if (100..200).contains(&status) {
        return read(rest, method);
    }
    let pair = |line: &str| line.split_once(':').map(|(n, v)| (n.to_owned(), v.trim().to_owned()));
    let mut answer = Answer { status, headers: lines.filter_map(pair).collect(), body: Vec::new() };
    if method == "HEAD" || status == 204 || status == 304 {
        return Some(answer);
    }

    if answer.header("transfer-encoding").is_some_and(|t| t.eq_ignore_ascii_case("chunked")) {
        let mut rest = rest;
        loop {
            let line = rest.windows(2).position(|w| w == b"\r\n")?;
            let size = String::from_utf8_lossy(&rest[..line]).split(';').next()?.trim().to_owned();
            let size = usize::from_str_radix(&size, 16).ok()?;
            if size == 0 {
                return Some(answer);
            }
            answer.body.extend(rest.get(line + 2..line + 2 + size)?);
            rest = rest.get(line + 4 + size..)?;
        }
    }

    answer.body = match answer.header("content-length") {
        Some(length) => rest.get(..length.parse().ok()?)?.to_vec(),
        None => rest.to_vec(),
    };

    Some(answer)
}

fn answered(sent: Sent) -> Answer {
    sent.unwrap_or_else(|silence| panic!("{silence}"))
}

fn accepted(sent: Sent) -> Answer {
    let answer = answered(sent);
    assert!(answer.accepted(), "what comes before the finding was refused: {}", answer.told());
    answer
}

fn until(done: impl Fn(&Answer) -> bool, ask: &Ask<'_>) -> Sent {
    let started = Instant::now();
    loop {
        let answer = send(ask)?;
        if done(&answer) || started.elapsed() > Duration::from_secs(30) {
            return Ok(answer);
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn remove(ask: &Ask<'_>) {
    let in_use = ["ResourceInUseException", "ResourceConflictException"];
    // What is not there any more, or was never made, is refused.
    let _ = until(|answer| answer.error().is_none_or(|e| !in_use.contains(&e.as_str())), ask);
}

fn between(answer: &Answer, start: &str, end: &str) -> String {
    let body = String::from_utf8_lossy(&answer.body).into_owned();
    let tail = body.split_once(start).map(|(_, tail)| tail.to_owned()).unwrap_or_default();
    tail.split_once(end).map(|(text, _)| text.to_owned()).unwrap_or_else(|| panic!("no {start} in {body}"))
}

fn encoded(before: &str, text: &str) -> String {
    text.bytes().map(|b| format!("{before}{b:02X}")).collect()
}

fn segment(text: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    text.bytes().map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") }).collect()
}

fn inside(text: &str) -> String {
    let one = |c: char| match c {
        '"' | '\\' => format!("\\{c}"),
        c if c.is_control() => format!("\\u{:04x}", u32::from(c)),
        c => c.to_string(),
    };
    text.chars().map(one).collect()
}

fn token() -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    format!("{:08x}", (now.as_nanos() as u64 ^ (u64::from(std::process::id()) << 20)) as u32)
}
