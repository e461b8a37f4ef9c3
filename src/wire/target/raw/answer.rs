//! Reads one answer from a connection, and notices what follows it.

use std::io;
use std::mem::MaybeUninit;
use std::time::Duration;

use bytes::BytesMut;
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio::time::timeout;

use super::extent::{Extent, extent};
use crate::wire::exchange::Silence;

/// The status line and the header fields of an answer.
#[derive(Debug)]
pub(crate) struct Head {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(super) extent: Extent,
    /// Whether the server says that it answers more requests on this connection, and shows where
    /// this answer ends.
    pub(crate) keeps: bool,
}

/// A connection and what was read from it ahead of time.
pub(crate) struct Reader<R> {
    stream: R,
    pub(super) buffer: BytesMut,
}

/// The largest head of an answer that is read, in bytes, and its largest number of fields. More
/// than any server sends in earnest.
const MAX_HEAD: usize = 64 * 1024;
const MAX_FIELDS: usize = 128;

/// How long to wait for the server to close, or to send what it should not, after a complete
/// answer.
const AFTERWARDS: Duration = Duration::from_millis(50);
/// How much of what should not be there is counted, in bytes.
const MAX_SURPLUS: usize = 64 * 1024;

impl<R: AsyncRead + Unpin> Reader<R> {
    pub(super) fn new(stream: R) -> Self {
        Self::with(stream, BytesMut::with_capacity(4096))
    }

    /// A reader that begins with what was read already.
    pub(crate) fn with(stream: R, buffer: BytesMut) -> Self {
        Self { stream, buffer }
    }

    /// What was read ahead of time.
    pub(crate) fn into_buffer(self) -> BytesMut {
        self.buffer
    }

    /// The head of the final answer: informational ones (1xx) before it are passed over (RFC 9110,
    /// section 15.2).
    pub(crate) async fn head(&mut self, method: &str) -> Result<Head, Silence> {
        loop {
            match parse(&self.buffer, method)? {
                // 101 changes the protocol: what follows is not HTTP any more.
                Some((length, head)) if (100..200).contains(&head.status) && head.status != 101 => {
                    drop(self.buffer.split_to(length));
                }
                Some((length, head)) => {
                    drop(self.buffer.split_to(length));
                    return Ok(head);
                }
                None if self.buffer.len() > MAX_HEAD => {
                    return Err(Silence::NotHttp(format!(
                        "the head of the answer is longer than {MAX_HEAD} bytes"
                    )));
                }
                None => self.fill_head().await?,
            }
        }
    }

    /// Nothing may follow an answer that was to be the last one. The server has been asked to
    /// close; one that keeps the connection open instead is given a short while to show that it has
    /// nothing more to say.
    pub(super) async fn nothing_more(&mut self, head: &Head) -> Result<(), Silence> {
        if head.status == 101 {
            return Ok(());
        }
        let until_closed = self.all_that_follows();
        // However it ends, what counts is what has arrived by then.
        let _ = timeout(AFTERWARDS, until_closed).await;
        self.surplus()
    }

    /// As [`nothing_more`](Self::nothing_more), of a connection that is closed.
    pub(super) async fn nothing_more_until_closed(&mut self, head: &Head) -> Result<(), Silence> {
        if head.status == 101 {
            return Ok(());
        }
        self.all_that_follows().await;
        self.surplus()
    }

    async fn all_that_follows(&mut self) {
        while self.buffer.len() < MAX_SURPLUS && self.fill().await.is_ok_and(|n| n > 0) {}
    }

    fn surplus(&self) -> Result<(), Silence> {
        match self.buffer.len() {
            0 => Ok(()),
            n if n >= MAX_SURPLUS => Err(surplus(&format!("{MAX_SURPLUS} bytes or more"))),
            n => Err(surplus(&format!("{n} bytes"))),
        }
    }

    /// Reads more into the buffer; 0 means that the server has closed the connection.
    pub(super) async fn fill(&mut self) -> io::Result<usize> {
        self.buffer.reserve(4096);
        match self.stream.read_buf(&mut self.buffer).await {
            // How TLS reports that the connection was closed without a goodbye. Many servers do
            // that.
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(0),
            other => other,
        }
    }

    async fn fill_head(&mut self) -> Result<(), Silence> {
        match self.fill().await {
            Ok(0) if self.buffer.is_empty() => {
                Err(Silence::Closed("no byte of an answer".to_owned()))
            }
            Ok(0) => Err(Silence::Closed(format!(
                "{} bytes, no complete head of an answer",
                self.buffer.len()
            ))),
            Ok(_) => Ok(()),
            Err(error) => Err(Silence::Closed(error.to_string())),
        }
    }
}

/// The head at the start of the buffer and its length in bytes, once it is complete.
fn parse(buffer: &[u8], method: &str) -> Result<Option<(usize, Head)>, Silence> {
    // Most answers have a few: the room for the others is not even written to.
    let mut fields = [const { MaybeUninit::uninit() }; MAX_FIELDS];
    let mut response = httparse::Response::new(&mut []);
    let parser = httparse::ParserConfig::default();
    let length = match parser.parse_response_with_uninit_headers(&mut response, buffer, &mut fields)
    {
        Ok(httparse::Status::Complete(length)) => length,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(error) => return Err(not_http(&error.to_string(), buffer)),
    };

    let status = response.code.unwrap_or_default();
    let headers: Vec<_> = response
        .headers
        .iter()
        .map(|field| {
            (
                field.name.to_owned(),
                String::from_utf8_lossy(field.value).into_owned(),
            )
        })
        .collect();

    let extent = extent(method, status, &headers).map_err(Silence::NotHttp)?;
    let keeps = response.version == Some(1)
        && status != 101
        && extent != Extent::Close
        && !closes(&headers);

    Ok(Some((
        length,
        Head {
            status,
            headers,
            extent,
            keeps,
        },
    )))
}

/// Whether a Connection header says that this is the last answer (RFC 9112, section 9.6).
fn closes(headers: &[(String, String)]) -> bool {
    let options = headers
        .iter()
        .filter(|(name, _)| name.eq_ignore_ascii_case("connection"));
    options
        .flat_map(|(_, value)| value.split(','))
        .any(|option| option.trim().eq_ignore_ascii_case("close"))
}

fn surplus(amount: &str) -> Silence {
    Silence::NotHttp(format!("{amount} after the end of the answer"))
}

fn not_http(problem: &str, buffer: &[u8]) -> Silence {
    let start = &buffer[..buffer.len().min(32)];
    Silence::NotHttp(format!(
        "{problem}; the answer starts with \"{}\"",
        start.escape_ascii()
    ))
}
