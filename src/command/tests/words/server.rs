//! The store of `words/store` as a server on loopback, which conforms or has one fault.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value, json};

/// What the server does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// It knows no key with a slash.
    NoSlash,
    /// It takes a note of any length.
    AnyNote,
    /// It writes the notes of an object in capitals.
    OtherNotes,
    /// It keeps all but the last byte of an object.
    BytesLost,
    /// It takes an object of any size.
    AnySize,
    /// It takes any tag.
    AnyTag,
    /// It takes any number of tags.
    AnyTags,
    /// It takes a further parameter of any length.
    AnyParam,
    /// It takes any source in its list of them.
    AnySource,
    /// It takes any text as the time in the query.
    AnyExpires,
    /// It takes any text as the time in the header.
    AnySince,
    /// It answers without an ETag.
    NoETag,
    /// Its ETag is no number of eight digits.
    WrongETag,
    /// It answers 201, which is not the status that it documents for this.
    Created,
    /// The size it gives of an object is a word.
    SizeAsWord,
    /// The time it gives of an object is a number.
    TimeAsNumber,
    /// It calls a member by another name than the document has.
    OtherName,
    /// It writes what is within a member as text.
    WidthAsText,
    /// It takes any width.
    AnyWidth,
    /// It takes a thing without the width that each size has.
    NoWidth,
    /// It needs no token.
    NoToken,
    /// It refuses a request that is sent again.
    TokenOnce,
    /// It takes a token of any length.
    AnyToken,
    /// It takes a time that is none, as a number or as text.
    AnyMade,
    AnyDue,
    /// It answers with a time that is no text.
    DueAsNumber,
    /// Its list of names is an object.
    NamesAsObject,
    /// Its list holds a name that is none.
    WrongName,
    /// Its pages are as large as it likes.
    LargePages,
    /// A page leaves its first item out.
    ItemLost,
    /// A page begins with the last item of the page before.
    ItemAgain,
    /// The last page leads to itself.
    EndlessPages,
}

impl Fault {
    /// Every fault.
    pub(super) const ALL: [Self; 32] = [
        Self::NoSlash,
        Self::AnyNote,
        Self::OtherNotes,
        Self::BytesLost,
        Self::AnySize,
        Self::AnyTag,
        Self::AnyTags,
        Self::AnyParam,
        Self::AnySource,
        Self::AnyExpires,
        Self::AnySince,
        Self::NoETag,
        Self::WrongETag,
        Self::Created,
        Self::SizeAsWord,
        Self::TimeAsNumber,
        Self::OtherName,
        Self::WidthAsText,
        Self::AnyWidth,
        Self::NoWidth,
        Self::NoToken,
        Self::TokenOnce,
        Self::AnyToken,
        Self::AnyMade,
        Self::AnyDue,
        Self::DueAsNumber,
        Self::NamesAsObject,
        Self::WrongName,
        Self::LargePages,
        Self::ItemLost,
        Self::ItemAgain,
        Self::EndlessPages,
    ];

    /// The promise that tells it, as its id begins.
    pub(super) fn promise(self) -> &'static str {
        match self {
            Self::NoSlash => "put-object::request::http",
            Self::AnyNote => "put-object::request::Notes[]::length::max",
            Self::OtherNotes => "put-object::rule::notes-stored",
            Self::BytesLost => "put-object::rule::body-stored",
            Self::AnySize => "put-object::request::Body::length::max",
            Self::AnyTag => "put-object::request::Tags[]::pattern",
            Self::AnyTags => "put-object::request::Tags::length::max",
            Self::AnyParam => "put-object::request::Params[]::length::max",
            Self::AnySource => "put-object::request::Sources[]::pattern",
            Self::AnyExpires => "put-object::request::Expires::type",
            Self::AnySince => "put-object::request::Since::type",
            Self::NoETag => "put-object::response::ETag::present",
            Self::WrongETag => "put-object::response::ETag::pattern",
            Self::Created => "put-object::response::Status::range::max",
            Self::SizeAsWord => "get-object::response::Size::type",
            Self::TimeAsNumber => "get-object::response::Stored::type",
            Self::OtherName => "get-thing::response::Title::present",
            Self::WidthAsText => "get-thing::response::Size.Width::type",
            Self::AnyWidth => "put-thing::request::Size.Width::range::max",
            Self::NoWidth => "put-thing::request::Size.Width::required",
            Self::NoToken => "put-thing::request::RequestToken::required",
            Self::TokenOnce => "put-thing::request::RequestToken::again",
            Self::AnyToken => "put-thing::request::RequestToken::length::max",
            Self::AnyMade => "put-thing::request::Made::type",
            Self::AnyDue => "put-thing::request::Due::type",
            Self::DueAsNumber => "put-thing::response::Due::type",
            Self::NamesAsObject => "list-names::response::Names::type",
            Self::WrongName => "list-names::response::Names[]::pattern",
            Self::LargePages | Self::ItemLost | Self::ItemAgain | Self::EndlessPages => {
                "list-things::rule::pagination"
            }
        }
    }
}

/// A refusal: its status and its code.
type Refusal = (u16, &'static str);

const INVALID: Refusal = (422, "invalid");
const MALFORMED: Refusal = (400, "malformed");

struct Object {
    bytes: Vec<u8>,
    notes: Vec<(String, String)>,
}

#[derive(Default)]
struct State {
    objects: BTreeMap<String, Object>,
    things: BTreeMap<String, Map<String, Value>>,
    /// What each token was sent with.
    tokens: BTreeMap<String, Map<String, Value>>,
}

struct Server {
    fault: Option<Fault>,
    state: Mutex<State>,
}

struct Request {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

struct Response {
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

/// Starts a server, which lives as long as the process, and gives its URL.
pub(super) fn start(fault: Option<Fault>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    let mut state = State::default();
    for id in ["bench", "desk", "shelf"] {
        let thing = json!({"id": id, "title": id});
        state.things.insert(id.to_owned(), object(&thing));
    }
    let server = Arc::new(Server {
        fault,
        state: Mutex::new(state),
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

fn object(value: &Value) -> Map<String, Value> {
    value.as_object().cloned().unwrap_or_default()
}

/// `%41` as `A`.
fn decoded(text: &str) -> String {
    let (mut bytes, mut rest) = (Vec::new(), text.as_bytes());
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        let byte = hex.and_then(|two| u8::from_str_radix(two, 16).ok());
        match byte.filter(|_| *first == b'%') {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn is_date_time(text: &str) -> bool {
    text.ends_with('Z') && chrono::DateTime::parse_from_rfc3339(text).is_ok()
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
            let mut headers = Vec::new();
            loop {
                let mut header = String::new();
                reader.read_line(&mut header)?;
                let Some((name, value)) = header.trim_end().split_once(':') else {
                    break;
                };
                headers.push((name.to_ascii_lowercase(), value.trim().to_owned()));
            }
            let length = headers.iter().find(|(name, _)| name == "content-length");
            let length = length.and_then(|(_, value)| value.parse().ok());
            let mut body = vec![0; length.unwrap_or(0)];
            reader.read_exact(&mut body)?;

            let mut words = line.split(' ');
            let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
            let (path, query) = target.split_once('?').unwrap_or((target, ""));
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let request = Request {
                method: method.to_owned(),
                path: path.to_owned(),
                query: pairs.map(|(n, v)| (decoded(n), decoded(v))).collect(),
                headers,
                body,
            };
            let answered = self.answer(&request);
            let response =
                answered.unwrap_or_else(|(status, code)| document(status, &json!({"code": code})));
            stream.write_all(&response.bytes())?;
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == Some(fault)
    }

    fn answer(&self, request: &Request) -> Result<Response, Refusal> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let parts: Vec<&str> = request.path.splitn(3, '/').skip(1).collect();
        match (request.method.as_str(), parts.as_slice()) {
            ("PUT", ["objects", key]) if !key.is_empty() => {
                self.put_object(&mut state, key, request)
            }
            ("GET", ["objects", key]) => self.get_object(&state, key),
            ("PUT", ["things", id]) if !id.is_empty() => self.put_thing(&mut state, id, request),
            ("GET", ["things", id]) => match state.things.get(*id) {
                Some(thing) => Ok(document(200, &self.shown(thing, true))),
                None => Err((404, "not-found")),
            },
            ("GET", ["things"]) => self.list(&state, request),
            ("GET", ["names"]) => Ok(document(200, &self.names(&state))),
            _ => Err((404, "not-found")),
        }
    }

    fn put_object(
        &self,
        state: &mut State,
        key: &str,
        request: &Request,
    ) -> Result<Response, Refusal> {
        if self.has(Fault::NoSlash) && key.contains('/') {
            return Err((404, "not-found"));
        }
        // The query of the uri stands in every request, once.
        if request.query("mode") != ["whole"] {
            return Err((404, "not-found"));
        }
        let tags = request.query("tag");
        let is_tag = |tag: &&str| !tag.is_empty() && tag.bytes().all(|b| b.is_ascii_lowercase());
        if !tags.iter().all(is_tag) && !self.has(Fault::AnyTag) {
            return Err(INVALID);
        }
        if tags.len() > 3 && !self.has(Fault::AnyTags) {
            return Err(INVALID);
        }
        let own = ["mode", "tag", "expires"];
        let mut others = request
            .query
            .iter()
            .filter(|(name, _)| !own.contains(&name.as_str()));
        if others.any(|(_, value)| value.len() > 5) && !self.has(Fault::AnyParam) {
            return Err(INVALID);
        }
        let sources = request.header("x-sources").unwrap_or("a");
        let sources: Vec<&str> = sources.split(',').map(str::trim).collect();
        let is_wrong = sources.len() > 3 || !sources.iter().all(is_tag);
        if is_wrong && !self.has(Fault::AnySource) {
            return Err(INVALID);
        }
        let expires = request.query("expires");
        if !expires.iter().all(|text| is_date_time(text)) && !self.has(Fault::AnyExpires) {
            return Err(MALFORMED);
        }
        let since = request.header("x-since");
        if since.is_some_and(|text| httpdate::parse_http_date(text).is_err())
            && !self.has(Fault::AnySince)
        {
            return Err(MALFORMED);
        }

        let notes: Vec<(String, String)> = request
            .headers
            .iter()
            .filter(|(name, _)| name.starts_with("x-note-"))
            .cloned()
            .collect();
        if notes.iter().any(|(_, note)| note.len() > 20) && !self.has(Fault::AnyNote) {
            return Err(INVALID);
        }
        let size = request.body.len();
        if size == 0 || (size > 64 && !self.has(Fault::AnySize)) {
            return Err(INVALID);
        }

        let mut bytes = request.body.clone();
        if self.has(Fault::BytesLost) && bytes.len() > 1 {
            bytes.pop();
        }
        let kept = notes
            .into_iter()
            .map(|(name, note)| match self.has(Fault::OtherNotes) {
                true => (name, note.to_uppercase()),
                false => (name, note),
            });
        let object = Object {
            bytes,
            notes: kept.collect(),
        };
        let tag = if self.has(Fault::WrongETag) {
            "\"new\""
        } else {
            "\"0a1b2c3d\""
        };
        let mut response = Response {
            status: if self.has(Fault::Created) { 201 } else { 200 },
            headers: object.notes.clone(),
            body: object.bytes.clone(),
        };
        if !self.has(Fault::NoETag) {
            response.headers.push(("ETag".to_owned(), tag.to_owned()));
        }
        state.objects.insert(key.to_owned(), object);
        Ok(response)
    }

    fn get_object(&self, state: &State, key: &str) -> Result<Response, Refusal> {
        let object = state.objects.get(key).ok_or((404, "not-found"))?;
        let size = match self.has(Fault::SizeAsWord) {
            true => "small".to_owned(),
            false => object.bytes.len().clamp(1, 64).to_string(),
        };
        let time = match self.has(Fault::TimeAsNumber) {
            true => "1700000000",
            false => "Tue, 14 Nov 2023 22:13:20 GMT",
        };
        let mut headers = object.notes.clone();
        headers.push(("X-Size".to_owned(), size));
        headers.push(("X-Stored".to_owned(), time.to_owned()));
        // The bytes are packed in a way that nobody may judge.
        headers.push((
            "content-type".to_owned(),
            "application/octet-stream".to_owned(),
        ));
        headers.push(("content-encoding".to_owned(), "lz4".to_owned()));
        Ok(Response {
            status: 200,
            headers,
            body: object.bytes.iter().copied().take(64).collect(),
        })
    }

    fn put_thing(
        &self,
        state: &mut State,
        id: &str,
        request: &Request,
    ) -> Result<Response, Refusal> {
        let sent: Value = serde_json::from_slice(&request.body).map_err(|_| MALFORMED)?;
        let sent = sent.as_object().cloned().ok_or(MALFORMED)?;
        self.token(state, &sent)?;
        let text = |name: &str| match sent.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str())),
            Some(_) => Err(MALFORMED),
        };

        let title = text("title")?.unwrap_or("thing");
        if title.is_empty() || title.chars().count() > 20 {
            return Err(INVALID);
        }
        let due = match self.has(Fault::AnyDue) {
            true => Ok(None),
            false => text("due"),
        };
        if due?.is_some_and(|due| !is_date_time(due)) {
            return Err(MALFORMED);
        }
        let made = sent.get("made").filter(|made| !made.is_null());
        if made.is_some_and(|made| !made.is_number()) && !self.has(Fault::AnyMade) {
            return Err(MALFORMED);
        }
        if let Some(size) = sent.get("size").filter(|size| !size.is_null()) {
            self.size(size)?;
        }

        let mut thing = Map::new();
        thing.insert("id".to_owned(), json!(id));
        thing.insert("title".to_owned(), json!(title));
        for name in ["size", "made", "due"] {
            if let Some(value) = sent.get(name).filter(|value| !value.is_null()) {
                thing.insert(name.to_owned(), value.clone());
            }
        }
        state.things.insert(id.to_owned(), thing.clone());
        Ok(document(200, &self.shown(&thing, false)))
    }

    /// A token is sent with one request only.
    fn token(&self, state: &mut State, sent: &Map<String, Value>) -> Result<(), Refusal> {
        let token = match sent.get("requestToken") {
            Some(Value::String(token)) => token,
            None | Some(Value::Null) if self.has(Fault::NoToken) => return Ok(()),
            None | Some(Value::Null) => return Err(INVALID),
            Some(_) => return Err(MALFORMED),
        };
        let length = token.chars().count();
        if length < 8 || (length > 40 && !self.has(Fault::AnyToken)) {
            return Err(INVALID);
        }
        let is_ours = token.len() == 36;
        match state.tokens.insert(token.clone(), sent.clone()) {
            Some(before) if is_ours && (before != *sent || self.has(Fault::TokenOnce)) => {
                Err((409, "token-reused"))
            }
            _ => Ok(()),
        }
    }

    fn size(&self, size: &Value) -> Result<(), Refusal> {
        let size = size.as_object().ok_or(MALFORMED)?;
        for (name, fault) in [("w", Some(Fault::AnyWidth)), ("h", None)] {
            match size.get(name) {
                None | Some(Value::Null) if name == "w" && !self.has(Fault::NoWidth) => {
                    return Err(INVALID);
                }
                None | Some(Value::Null) => {}
                Some(Value::Number(number)) => {
                    let lax = fault.is_some_and(|fault| self.has(fault));
                    let fits = number.as_i64().is_some_and(|n| (1..=9).contains(&n));
                    if !fits && !lax {
                        return Err(INVALID);
                    }
                }
                Some(_) => return Err(MALFORMED),
            }
        }
        Ok(())
    }

    fn shown(&self, thing: &Map<String, Value>, read: bool) -> Value {
        let mut shown = thing.clone();
        if self.has(Fault::OtherName) && read {
            let title = shown.remove("title").unwrap_or_default();
            shown.insert("Title".to_owned(), title);
        }
        if self.has(Fault::WidthAsText)
            && let Some(width) = shown.get_mut("size").and_then(|size| size.get_mut("w"))
        {
            *width = json!(width.to_string());
        }
        if self.has(Fault::DueAsNumber) && shown.contains_key("due") && !read {
            shown.insert("due".to_owned(), json!(1_700_000_000));
        }
        Value::Object(shown)
    }

    fn names(&self, state: &State) -> Value {
        let mut names: Vec<&str> = state.things.keys().map(String::as_str).collect();
        names.truncate(2);
        if self.has(Fault::WrongName) {
            names.push("A Name");
        }
        match self.has(Fault::NamesAsObject) {
            true => json!({"names": names}),
            false => json!(names),
        }
    }

    fn list(&self, state: &State, request: &Request) -> Result<Response, Refusal> {
        if request.query("list-type") != ["2"] {
            return Err((404, "not-found"));
        }
        let mut most = 50;
        if let Some(max) = request.query("max").first() {
            let digits = max.strip_prefix('-').unwrap_or(max);
            if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err(MALFORMED);
            }
            most = max.parse().unwrap_or(0);
            if !(1..=50).contains(&most) {
                return Err(INVALID);
            }
        }

        let things: Vec<Value> = state.things.keys().map(|id| json!({"id": id})).collect();
        let marker = request.query("marker");
        let begin = match marker.first() {
            Some(marker) => marker.parse::<usize>().map_err(|_| INVALID)?,
            None => 0,
        };
        let (mut from, mut size) = (begin, most);
        if begin > 0 && self.has(Fault::ItemLost) {
            from += 1;
        }
        if begin > 0 && self.has(Fault::ItemAgain) {
            from -= 1;
            size += 1;
        }
        if self.has(Fault::LargePages) {
            size += 1;
        }
        // What a page holds, it does not show again.
        let end = match self.has(Fault::ItemAgain) {
            true => begin + most,
            false => begin + size,
        };
        let page: Vec<&Value> = things
            .iter()
            .skip(from)
            .take(end.saturating_sub(from))
            .collect();
        let page = page.into_iter().take(match self.has(Fault::ItemAgain) {
            true => most,
            false => size,
        });
        let mut answer = json!({"page": {"things": page.collect::<Vec<_>>()}});
        if end < things.len() {
            answer["next"] = json!(end.to_string());
        } else if self.has(Fault::EndlessPages) && begin > 0 {
            answer["next"] = json!(begin.to_string());
        }
        Ok(document(200, &answer))
    }
}

impl Request {
    fn query(&self, name: &str) -> Vec<&str> {
        let own = self.query.iter().filter(|(own, _)| own == name);
        own.map(|(_, value)| value.as_str()).collect()
    }

    fn header(&self, name: &str) -> Option<&str> {
        let own = self.headers.iter().find(|(own, _)| own == name);
        own.map(|(_, value)| value.as_str())
    }
}

impl Response {
    fn bytes(&self) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} Answer\r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }
}

fn document(status: u16, document: &Value) -> Response {
    Response {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: document.to_string().into_bytes(),
    }
}
