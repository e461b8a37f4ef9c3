//! HAR files: the HTTP Archive 1.2 that browsers and proxies write.
//!
//! What a tool leaves out is never held against the target: an entry without an answer, or with an
//! answer whose body was not saved, is left out and counted.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::entry::{Entries, Entry};
use super::form::decode;
use crate::support::date::milliseconds;
use crate::support::echo::shown;
use crate::support::files::{FileError, Source, json_fault};
use crate::wire::exchange::{Answer, Exchange, Request, Wire};

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    log: Option<Log<'a>>,
}

#[derive(Deserialize)]
struct Log<'a> {
    version: Option<String>,
    /// As they stand in the text: so each of them has a line.
    #[serde(borrow)]
    entries: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct EntryForm {
    started_date_time: Option<String>,
    /// In milliseconds.
    time: Option<serde_json::Number>,
    request: RequestForm,
    response: ResponseForm,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RequestForm {
    method: String,
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
    post_data: Option<Content>,
    body_size: Option<i64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ResponseForm {
    status: i64,
    #[serde(default)]
    headers: Vec<Header>,
    content: Option<Content>,
    body_size: Option<i64>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct Content {
    size: Option<i64>,
    text: Option<String>,
    encoding: Option<String>,
}

/// Reads the entries, in the order they were sent.
pub(super) fn read(source: &Source, text: &str) -> Result<Entries, FileError> {
    let what = "a recording: lines of JSON, or a HAR file, `{\"log\": {\"entries\": […]}}`";
    let document: Document<'_> =
        serde_json::from_str(text).map_err(|e| json_fault(&source.name, 1, what, &e))?;
    let fault = |message: String| source.at_start(message);
    let log = document
        .log
        .ok_or_else(|| fault(format!("expected {what}: found no `log`")))?;
    // 1.1 and 1.2 differ in nothing that is read here.
    if let Some(version) = log
        .version
        .filter(|v| !v.is_empty() && !v.starts_with("1."))
    {
        return Err(fault(format!(
            "expected a HAR file of version 1.2, found `{}`",
            shown(&version)
        )));
    }

    let raw = log
        .entries
        .ok_or_else(|| fault("expected `entries` in the `log` of a HAR file".to_owned()))?;
    let mut entries = Entries::default();
    let (mut counted, mut line) = (0, 1);

    for entry in raw {
        // It borrows from the text, so that its place there is known.
        let at = (entry.get().as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
        line += text
            .get(counted..at)
            .unwrap_or_default()
            .matches('\n')
            .count();
        counted = at;
        let form: EntryForm = serde_json::from_str(entry.get())
            .map_err(|e| json_fault(&source.name, line, "an entry of a HAR file", &e))?;
        let fault = |message: String| FileError {
            file: source.name.clone(),
            line: Some(line),
            message,
        };
        match form.into_entry(line).map_err(fault)? {
            Some(entry) => entries.all.push(entry),
            None => entries.unanswered += 1,
        }
    }

    // Tools write an entry when its answer is there; what counts is when it was sent.
    if entries.all.iter().all(|entry| entry.span.is_some()) {
        entries
            .all
            .sort_by_key(|entry| entry.span.map(|(start, _)| start));
    } else {
        entries.all.iter_mut().for_each(|entry| entry.span = None);
    }

    Ok(entries)
}

impl EntryForm {
    /// The exchange; none where it is not whole. `Err` says what was expected.
    fn into_entry(self, line: usize) -> Result<Option<Entry>, String> {
        let (host, path) = split(&self.request.url).ok_or_else(|| {
            format!(
                "expected an absolute `url`, found `{}`",
                shown(&self.request.url)
            )
        })?;

        let (host, path) = (host.to_owned(), path.to_owned());
        let sent = self
            .request
            .post_data
            .as_ref()
            .map(Content::bytes)
            .transpose()?
            .flatten();

        let size = self
            .request
            .body_size
            .and_then(|size| usize::try_from(size).ok());

        let body_cut = match &sent {
            Some(body) => size.is_some_and(|size| size != body.len()),
            None => size.is_some_and(|size| size > 0),
        };

        let content = self.response.content;
        let empty =
            content.as_ref().and_then(|c| c.size) == Some(0) || self.response.body_size == Some(0);
        let whole = match content.as_ref().map(Content::bytes).transpose()?.flatten() {
            Some(body) => Some(body),
            None if empty || matches!(self.response.status, 204 | 304) => Some(Bytes::new()),
            None => None,
        };

        // A status of 0 is that of a request that the client gave up.
        let (Some(body), Ok(status @ 100..1000)) = (whole, u16::try_from(self.response.status))
        else {
            return Ok(None);
        };
        let start = self.started_date_time.as_deref().and_then(milliseconds);
        let lasted = self
            .time
            .and_then(|time| time.as_f64())
            .filter(|time| time.is_finite() && *time >= 0.0);

        // What is less than a millisecond does not matter here.
        #[allow(clippy::cast_possible_truncation)]
        let lasted = lasted.map_or(0, |time| time as i64);
        let exchange = Exchange {
            request: Arc::new(Request {
                method: self.request.method,
                path,
                headers: fields(self.request.headers),
                body: sent.unwrap_or_default(),
                service: String::new(),
                wire: Wire::Client,
            }),
            outcome: Ok(Answer {
                status,
                // The body stands decoded in the file, whatever it was coded with on the way.
                headers: fields(self.response.headers)
                    .into_iter()
                    .filter(|(name, _)| !name.eq_ignore_ascii_case("content-encoding"))
                    .collect(),
                body: body.into(),
            }),
            elapsed: Duration::ZERO,
            throttled: 0,
        };

        let span = start.map(|start| (start, start.saturating_add(lasted)));
        Ok(Some(Entry {
            line,
            host,
            span,
            body_cut,
            exchange,
        }))
    }
}

impl Content {
    fn bytes(&self) -> Result<Option<Bytes>, String> {
        match (&self.text, self.encoding.as_deref()) {
            (None, _) => Ok(None),
            (Some(text), None | Some("")) => Ok(Some(text.clone().into())),
            (Some(text), Some("base64")) => decode(text).map(Some),
            (_, Some(other)) => Err(format!(
                "expected text, or text with the encoding `base64`, found `{}`",
                shown(other)
            )),
        }
    }
}

/// Without the pseudo-headers of HTTP/2.
fn fields(headers: Vec<Header>) -> Vec<(String, String)> {
    headers
        .into_iter()
        .filter(|h| !h.name.starts_with(':'))
        .map(|h| (h.name, h.value))
        .collect()
}

/// The authority and the request target of a URL.
fn split(url: &str) -> Option<(&str, &str)> {
    let (_, rest) = url.split_once("://")?;
    let rest = rest.split('#').next()?;
    match rest.find(['/', '?']) {
        Some(at) if rest[at..].starts_with('/') => Some(rest.split_at(at)),
        Some(at) => Some((&rest[..at], "/")),
        None => Some((rest, "/")),
    }
}
