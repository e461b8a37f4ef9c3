//! Answers as they go over the wire, whole or damaged.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode};
use hyper::body::{Body as HttpBody, Frame, SizeHint};
use serde_json::{Value, json};

/// One answer of the reference, before anything is sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// Header fields, without those that frame the body.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Bytes,
    /// How the answer ends.
    pub(crate) ending: Ending,
    /// How long the answer is held back.
    pub(crate) delay: Duration,
}

/// How an answer ends. Only a defect or a variation answers with anything but [`Ending::Length`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ending {
    /// The whole body, its true length announced.
    #[default]
    Length,
    /// The whole body in chunks, no length announced.
    Chunked,
    /// This many bytes more are announced than there are; then the connection breaks.
    Short(usize),
    /// The chunked body breaks off before its last chunk.
    Broken,
    /// The head and the body arrive, and the end never does.
    Endless,
    /// Nothing ever arrives.
    Hang,
    /// The connection is closed without an answer.
    Close,
}

/// The body of an answer, as hyper reads it.
#[derive(Debug)]
pub struct Body {
    data: Option<Bytes>,
    ending: Ending,
    rested: bool,
}

/// A connection that breaks, for a defect that breaks it.
#[derive(Debug, PartialEq, Eq)]
pub struct Broken;

impl Response {
    /// An answer with one content type and a body.
    pub(crate) fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: vec![("content-type".to_owned(), content_type.to_owned())],
            body: body.into(),
            ending: Ending::Length,
            delay: Duration::ZERO,
        }
    }

    /// The answer to an action of a service that speaks AWS's JSON 1.1: a document or nothing, or
    /// the type and message of an error.
    pub(crate) fn json_1_1(outcome: Result<Option<Value>, (&'static str, String)>) -> Self {
        const CONTENT_TYPE: &str = "application/x-amz-json-1.1";
        match outcome {
            Ok(document) => Self::new(
                200,
                CONTENT_TYPE,
                document.map(|d| d.to_string()).unwrap_or_default(),
            ),
            Err((kind, message)) => Self::new(
                400,
                CONTENT_TYPE,
                json!({"__type": kind, "message": message}).to_string(),
            ),
        }
    }

    /// An answer without a body.
    pub(crate) fn empty(status: u16) -> Self {
        let mut answer = Self::new(status, "", Bytes::new());
        answer.headers.clear();
        answer
    }

    /// The value of the first header of that name, in any letter case.
    #[cfg(test)]
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }

    /// Replaces a header, or adds it.
    pub(crate) fn set_header(&mut self, name: &str, value: &str) {
        self.remove_header(name);
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// Takes a header away, in any letter case.
    pub(crate) fn remove_header(&mut self, name: &str) {
        self.headers.retain(|(n, _)| !n.eq_ignore_ascii_case(name));
    }

    /// The answer in the types of the `http` crate; a header that cannot be sent is left out.
    ///
    /// # Errors
    /// [`Broken`] when the connection is to be closed without an answer.
    pub(crate) fn into_http(self) -> Result<http::Response<Body>, Broken> {
        if self.ending == Ending::Close {
            return Err(Broken);
        }
        let announced = match self.ending {
            Ending::Short(more) => Some(self.body.len().saturating_add(more)),
            _ => None,
        };

        let mut answer = http::Response::new(Body {
            data: Some(self.body),
            ending: self.ending,
            rested: false,
        });

        *answer.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        for (name, value) in self.headers {
            if let (Ok(name), Ok(value)) =
                (HeaderName::try_from(name), HeaderValue::try_from(value))
            {
                answer.headers_mut().append(name, value);
            }
        }

        if let Some(length) = announced {
            answer
                .headers_mut()
                .insert(http::header::CONTENT_LENGTH, HeaderValue::from(length));
        }

        Ok(answer)
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Some(data) = self.data.take().filter(|d| !d.is_empty()) {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        match self.ending {
            // A server that meets the error at once drops what it has not yet sent: it gets a
            // moment to send it.
            Ending::Short(_) | Ending::Broken if !self.rested => {
                self.rested = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ending::Short(_) | Ending::Broken => Poll::Ready(Some(Err(Broken))),
            // No waker is kept: nothing will ever come, and a reader that gives up drops the body.
            Ending::Endless | Ending::Hang => Poll::Pending,
            Ending::Length | Ending::Chunked | Ending::Close => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.ending == Ending::Length && self.data.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        match self.ending {
            Ending::Length => {
                SizeHint::with_exact(self.data.as_ref().map_or(0, |d| d.len() as u64))
            }
            // Without an exact size hyper chooses chunks, or believes the announced length.
            _ => SizeHint::default(),
        }
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the reference was ordered to break the connection here")
    }
}

impl std::error::Error for Broken {}
