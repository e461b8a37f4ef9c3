//! The to-do list of `cases/todo` as a server on loopback, which conforms or has one fault.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It takes a title of any length.
    LongTitle,
    /// It takes a priority of 0.
    ZeroPriority,
    /// It takes any name of a list.
    AnyList,
    /// It takes a number as a title.
    NumberAsTitle,
    /// It forgets the priority that a change sends.
    PriorityNotStored,
    /// A change that does not name `done` takes it back.
    UnsentLost,
    /// It keeps the title of a change that it refuses.
    StoredThoughRefused,
    /// It answers 400 for what breaks a constraint.
    WrongRefusal,
    /// A change of what does not exist is a success.
    UnknownAccepted,
    /// It answers 200 after making a to-do.
    WrongStatus,
    /// What was deleted is still there.
    NotGone,
    /// Its list leaves out the newest.
    ListLacksOne,
    /// It shows another title than it has.
    ReadsDiffer,
    /// It takes a limit of any size.
    AnyLimit,
    /// It takes any trace.
    AnyTrace,
    /// It takes what is no JSON as no change.
    AnyBody,
    /// It writes priorities as strings.
    PriorityAsText,
    /// It fails on a title that is not ASCII.
    Crash,
    /// What is written anew keeps its old priority where none is sent.
    NoDefault,
    /// Its answers are labelled as text.
    ContentType,
    /// It takes any number of hours.
    AnyHours,
    /// It keeps whole hours alone.
    WholeHours,
}

impl Fault {
    /// Every fault.
    pub(super) const ALL: [Self; 22] = [
        Self::LongTitle,
        Self::ZeroPriority,
        Self::AnyList,
        Self::NumberAsTitle,
        Self::PriorityNotStored,
        Self::UnsentLost,
        Self::StoredThoughRefused,
        Self::WrongRefusal,
        Self::UnknownAccepted,
        Self::WrongStatus,
        Self::NotGone,
        Self::ListLacksOne,
        Self::ReadsDiffer,
        Self::AnyLimit,
        Self::AnyTrace,
        Self::AnyBody,
        Self::PriorityAsText,
        Self::Crash,
        Self::NoDefault,
        Self::ContentType,
        Self::AnyHours,
        Self::WholeHours,
    ];
}

type Todo = Map<String, Value>;

/// A refusal: its status and its code.
type Refusal = (u16, &'static str);

#[derive(Default)]
struct State {
    todos: BTreeMap<u64, Todo>,
    made: u64,
}

struct Server {
    fault: Option<Fault>,
    state: Mutex<State>,
}

const LISTS: [&str; 3] = ["home", "work", "garden"];
const INVALID: Refusal = (422, "invalid");
const MALFORMED: Refusal = (400, "malformed");
const NOT_FOUND: Refusal = (404, "not-found");

/// Starts a server, which lives as long as the process, and gives its URL.
pub(super) fn start(fault: Option<Fault>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let server = Arc::new(Server {
        fault,
        state: Mutex::default(),
    });

    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let server = Arc::clone(&server);
            // A connection that breaks off is the client's business.
            std::thread::spawn(move || drop(server.serve(stream)));
        }
    });
    url
}

impl Server {
    fn serve(&self, stream: TcpStream) -> std::io::Result<()> {
        stream.set_nodelay(true)?;
        let mut reader = BufReader::new(stream.try_clone()?);
        let mut stream = stream;
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line)? == 0 {
                return Ok(());
            }

            let (mut length, mut trace) = (0, None);
            loop {
                let mut header = String::new();
                reader.read_line(&mut header)?;
                let Some((name, value)) = header.trim_end().split_once(':') else {
                    break;
                };
                match name.to_ascii_lowercase().as_str() {
                    "content-length" => length = value.trim().parse().unwrap_or(0),
                    "x-trace" => trace = Some(value.trim().to_owned()),
                    _ => {}
                }
            }

            let mut body = vec![0; length];
            reader.read_exact(&mut body)?;
            let mut words = line.split(' ');
            let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let answered = self.answer(method, target, trace.as_deref(), &body);
            let (status, document) = answered.unwrap_or_else(|(status, code)| {
                let refused = json!({"code": code, "message": "the request is refused"});
                (status, Some(refused))
            });
            stream.write_all(&self.message(status, document.as_ref()))?;
        }
    }

    fn message(&self, status: u16, document: Option<&Value>) -> Vec<u8> {
        let Some(document) = document else {
            return format!("HTTP/1.1 {status} Nothing\r\n\r\n").into_bytes();
        };
        let media = match self.has(Fault::ContentType) {
            true => "text/plain",
            false => "application/json",
        };

        let text = document.to_string();
        format!(
            "HTTP/1.1 {status} Answer\r\ncontent-type: {media}\r\ncontent-length: {}\r\n\r\n{text}",
            text.len()
        )
        .into_bytes()
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn answer(
        &self,
        method: &str,
        target: &str,
        trace: Option<&str>,
        body: &[u8],
    ) -> Result<(u16, Option<Value>), Refusal> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        match (method, path.strip_prefix("/todos")) {
            ("GET", Some("")) => self.list(&state, query, trace),
            ("POST", Some("")) => self.create(&mut state, body),
            (_, Some(rest)) if rest.len() > 1 => {
                let id = rest.strip_prefix("/t").and_then(|id| id.parse().ok());
                let known = id.filter(|id| state.todos.contains_key(id));
                match (method, known) {
                    ("PATCH" | "PUT", None) if self.has(Fault::UnknownAccepted) => self
                        .create(&mut state, br#"{"title": "new"}"#)
                        .map(|(_, todo)| (200, todo)),
                    (_, None) => Err(NOT_FOUND),
                    (_, Some(id)) => self.one(&mut state, method, id, body),
                }
            }
            (_, Some("")) => Err((405, "method")),
            _ => Err(NOT_FOUND),
        }
    }

    fn one(
        &self,
        state: &mut State,
        method: &str,
        id: u64,
        body: &[u8],
    ) -> Result<(u16, Option<Value>), Refusal> {
        let todo = state.todos.get(&id).cloned().unwrap_or_default();
        match method {
            "GET" => {
                let mut shown = todo;
                if self.has(Fault::ReadsDiffer) {
                    shown.insert("title".to_owned(), json!("another title"));
                }
                Ok((200, Some(self.shown(&shown))))
            }
            "PATCH" | "PUT" => {
                let whole = method == "PUT";
                let sent = match self.read(body, whole) {
                    Ok(sent) => sent,
                    Err(refusal) => {
                        self.keep_though_refused(state, id, body);
                        return Err(refusal);
                    }
                };

                let mut changed = todo.clone();
                if whole {
                    changed = fresh(id);
                    if self.has(Fault::NoDefault) {
                        changed.insert("priority".to_owned(), todo["priority"].clone());
                    }
                } else if self.has(Fault::UnsentLost) {
                    changed.insert("done".to_owned(), json!(false));
                }

                changed.extend(sent);
                if self.has(Fault::PriorityNotStored) {
                    changed.insert("priority".to_owned(), todo["priority"].clone());
                }
                state.todos.insert(id, changed.clone());
                Ok((200, Some(self.shown(&changed))))
            }
            "DELETE" => {
                if !self.has(Fault::NotGone) {
                    state.todos.remove(&id);
                }
                Ok((204, None))
            }
            _ => Err((405, "method")),
        }
    }

    fn keep_though_refused(&self, state: &mut State, id: u64, body: &[u8]) {
        let sent: Option<Todo> = serde_json::from_slice(body).ok();
        let title = sent.and_then(|mut sent| sent.remove("title"));
        let title = title.filter(|title| title.as_str().is_some_and(|t| t.len() <= 80));
        if let (true, Some(title), Some(todo)) = (
            self.has(Fault::StoredThoughRefused),
            title,
            state.todos.get_mut(&id),
        ) {
            todo.insert("title".to_owned(), title);
        }
    }

    fn create(&self, state: &mut State, body: &[u8]) -> Result<(u16, Option<Value>), Refusal> {
        let sent = self.read(body, true)?;
        state.made += 1;
        let mut todo = fresh(state.made);
        todo.extend(sent);
        state.todos.insert(state.made, todo.clone());
        let status = if self.has(Fault::WrongStatus) {
            200
        } else {
            201
        };
        Ok((status, Some(self.shown(&todo))))
    }

    fn list(
        &self,
        state: &State,
        query: &str,
        trace: Option<&str>,
    ) -> Result<(u16, Option<Value>), Refusal> {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
        let fits = |trace: &str| (4..=16).contains(&trace.len()) && trace.chars().all(plain);
        if trace.is_some_and(|trace| !fits(trace)) && !self.has(Fault::AnyTrace) {
            return Err(INVALID);
        }

        let mut most = usize::MAX;
        let mut todos: Vec<&Todo> = state.todos.values().collect();
        for (name, value) in query.split('&').filter_map(|part| part.split_once('=')) {
            match name {
                "done" => {
                    let done: bool = value.parse().map_err(|_| MALFORMED)?;
                    todos.retain(|todo| todo["done"] == json!(done));
                }
                "list" => {
                    if !LISTS.contains(&value) {
                        return Err(INVALID);
                    }
                    todos.retain(|todo| todo["list"] == json!(value));
                }
                "limit" => {
                    let digits = value.strip_prefix('-').unwrap_or(value);
                    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                        return Err(MALFORMED);
                    }
                    let limit = value.parse::<i64>().unwrap_or(i64::MAX);
                    if !(1..=100).contains(&limit) && !self.has(Fault::AnyLimit) {
                        return Err(INVALID);
                    }
                    most = usize::try_from(limit).unwrap_or(0);
                }
                _ => {}
            }
        }

        if self.has(Fault::ListLacksOne) {
            todos.pop();
        }
        let shown: Vec<Value> = todos.into_iter().map(|todo| self.shown(todo)).collect();
        let shown: Vec<Value> = shown.into_iter().take(most).collect();
        Ok((200, Some(json!({ "todos": shown }))))
    }

    /// The members that a body sends.
    fn read(&self, body: &[u8], whole: bool) -> Result<Todo, Refusal> {
        let document: Value = match serde_json::from_slice(body) {
            Ok(document) => document,
            Err(_) if self.has(Fault::AnyBody) && !whole => return Ok(Todo::new()),
            Err(_) => return Err(MALFORMED),
        };
        let Value::Object(mut sent) = document else {
            return Err(MALFORMED);
        };

        let known = ["title", "priority", "done", "list", "hours"];
        sent.retain(|name, value| known.contains(&name.as_str()) && !value.is_null());
        for (name, value) in &mut sent {
            self.check(name, value)?;
        }
        match whole && !sent.contains_key("title") {
            true => Err(INVALID),
            false => Ok(sent),
        }
    }

    fn check(&self, name: &str, value: &mut Value) -> Result<(), Refusal> {
        let invalid = if self.has(Fault::WrongRefusal) {
            (400, "bad")
        } else {
            INVALID
        };

        match (name, &*value) {
            ("title", Value::String(title)) => {
                if self.has(Fault::Crash) && !title.is_ascii() {
                    return Err((500, "crash"));
                }
                let size = title.chars().count();
                match size > 0 && (size <= 80 || self.has(Fault::LongTitle)) {
                    true => Ok(()),
                    false => Err(invalid),
                }
            }
            ("title", Value::Number(number)) if self.has(Fault::NumberAsTitle) => {
                *value = json!(number.to_string());
                Ok(())
            }
            ("priority", Value::Number(number)) => {
                let whole = number.as_f64().filter(|n| n.fract() == 0.0);
                let least = if self.has(Fault::ZeroPriority) {
                    0.0
                } else {
                    1.0
                };
                match whole {
                    None => Err(MALFORMED),
                    Some(n) if (least..=5.0).contains(&n) => {
                        // A whole number may be written with a fraction of zero.
                        let text = format!("{n:.0}");
                        *value = serde_json::from_str(&text).map_err(|_| MALFORMED)?;
                        Ok(())
                    }
                    Some(_) => Err(invalid),
                }
            }
            ("hours", Value::Number(number)) => {
                let hours = number.as_f64().unwrap_or(f64::INFINITY);
                if !(0.25..=12.5).contains(&hours) && !self.has(Fault::AnyHours) {
                    return Err(invalid);
                }
                if self.has(Fault::WholeHours) {
                    *value = json!(hours.ceil());
                }
                Ok(())
            }
            ("done", Value::Bool(_)) => Ok(()),
            ("list", Value::String(list)) => {
                match LISTS.contains(&list.as_str()) || self.has(Fault::AnyList) {
                    true => Ok(()),
                    false => Err(invalid),
                }
            }
            _ => Err(MALFORMED),
        }
    }

    fn shown(&self, todo: &Todo) -> Value {
        let mut shown = todo.clone();
        if self.has(Fault::PriorityAsText) {
            let text = shown["priority"].to_string();
            shown.insert("priority".to_owned(), json!(text));
        }
        Value::Object(shown)
    }
}

/// A to-do of which nothing was said.
fn fresh(id: u64) -> Todo {
    let todo = json!({"id": format!("t{id}"), "priority": 3, "done": false, "list": "home"});
    todo.as_object().cloned().unwrap_or_default()
}
