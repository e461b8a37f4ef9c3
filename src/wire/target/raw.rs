//! Our own HTTP/1.1 writer and reader, one connection per request: for bytes that a client library
//! would change.

mod answer;
mod body;
mod dialer;
mod extent;

use std::convert::Infallible;
use std::io::Write as _;
use std::task::{Context, Poll, Waker};

use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

pub(super) use self::answer::Reader;
pub(super) use self::dialer::Dialer;

use super::Settings;
use crate::wire::exchange::{Answer, Framing, Phase, Request, Silence, Wire};

/// Exactly the bytes that go over the wire: the request line, Host, the request's own headers,
/// those that sign it, the framing, `connection: close`, and the body.
///
/// A header that the request names itself is not written a second time, and nothing is checked,
/// escaped or put into another case: a broken request is what the raw writer is for. A
/// [`Wire::Client`] request is framed by its length.
pub(crate) fn bytes(request: &Request, host: &str, signature: &[(String, String)]) -> Vec<u8> {
    let framing = match request.wire {
        Wire::Client => Framing::Length,
        Wire::Raw(framing) => framing,
    };
    // A connection of its own is used once; saying so lets the server's close show where the answer
    // really ends.
    written(request, host, signature, framing, ("connection", "close"))
}

/// As [`bytes`], for a connection that is kept: as a client library writes it, which accepts
/// anything and names no length where there is no body.
pub(super) fn kept_bytes(request: &Request, host: &str, signature: &[(String, String)]) -> Vec<u8> {
    let framing = if request.body.is_empty() {
        Framing::None
    } else {
        Framing::Length
    };
    written(request, host, signature, framing, ("accept", "*/*"))
}

fn written(
    request: &Request,
    host: &str,
    signature: &[(String, String)],
    framing: Framing,
    (name, value): (&str, &str),
) -> Vec<u8> {
    let names = |name: &str| {
        request
            .headers
            .iter()
            .any(|(own, _)| own.eq_ignore_ascii_case(name))
    };

    let mut out = Vec::with_capacity(1024 + request.path.len() + request.body.len());
    field(
        &mut out,
        &[&request.method, " ", &request.path, " HTTP/1.1"],
    );

    if !names("host") {
        field(&mut out, &["host: ", host]);
    }
    for (name, value) in request.headers.iter().chain(signature) {
        field(&mut out, &[name, ": ", value]);
    }
    if !names(name) {
        field(&mut out, &[name, ": ", value]);
    }

    match framing {
        Framing::Length if !names("content-length") => {
            field(
                &mut out,
                &["content-length: ", &request.body.len().to_string()],
            );
        }
        Framing::Chunked(_) if !names("transfer-encoding") => {
            field(&mut out, &["transfer-encoding: chunked"])
        }
        _ => {}
    }

    out.extend_from_slice(b"\r\n");
    match framing {
        Framing::Chunked(size) => chunks(&mut out, &request.body, size),
        Framing::Length | Framing::None => out.extend_from_slice(&request.body),
    }

    out
}

/// Writes the bytes and reads one answer to a request with this method.
pub(super) async fn exchange(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    bytes: &[u8],
    method: &str,
    settings: &Settings,
) -> Result<Answer, Silence> {
    let (read, mut write) = tokio::io::split(stream);
    // A server may answer, and close, before it has read everything: its answer counts, not our
    // broken pipe. And it may stop reading until its answer is read, so both go on at the same
    // time.
    let writing = async {
        if write.write_all(bytes).await.is_ok() {
            let _ = write.flush().await;
        }
        std::future::pending::<Infallible>().await
    };

    tokio::select! {
        // Which is polled first is no matter of chance: two runs are alike.
        biased;
        answer = read_answer(read, method, settings) => answer,
        never = writing => match never {},
    }
}

/// Reads one answer to a request with that method from all that a connection brought before it was
/// closed. The body is at most `limit` bytes long.
///
/// # Errors
/// What a target that sent these bytes did wrong.
pub(crate) fn read(bytes: &[u8], method: &str, limit: u64) -> Result<Answer, Silence> {
    let reading = std::pin::pin!(async {
        let mut reader = Reader::new(bytes);
        let head = reader.head(method).await?;
        let body = reader.body(&head, limit).await?;
        reader.nothing_more_until_closed(&head).await?;
        Ok(Answer {
            status: head.status,
            headers: head.headers,
            body: body.into(),
        })
    });

    // Bytes in memory are never waited for.
    match reading.poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer,
        Poll::Pending => Err(Silence::TimedOut(Phase::Body)),
    }
}

async fn read_answer(
    stream: impl AsyncRead + Unpin,
    method: &str,
    settings: &Settings,
) -> Result<Answer, Silence> {
    let mut reader = Reader::new(stream);
    let head = timeout(settings.head_timeout, reader.head(method))
        .await
        .unwrap_or(Err(Silence::TimedOut(Phase::Head)))?;
    let body = timeout(settings.body_timeout, reader.body(&head, settings.max_body))
        .await
        .unwrap_or(Err(Silence::TimedOut(Phase::Body)))?;
    reader.nothing_more(&head).await?;
    Ok(Answer {
        status: head.status,
        headers: head.headers,
        body: body.into(),
    })
}

fn field(out: &mut Vec<u8>, parts: &[&str]) {
    for part in parts {
        out.extend_from_slice(part.as_bytes());
    }
    out.extend_from_slice(b"\r\n");
}

/// Chunks of `size` bytes (RFC 9112, section 7.1). A size of 0 would end the body, so it is taken
/// for 1.
fn chunks(out: &mut Vec<u8>, body: &[u8], size: usize) {
    for chunk in body.chunks(size.max(1)) {
        // Writing to a Vec cannot fail.
        let _ = write!(out, "{:x}\r\n", chunk.len());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
}

#[cfg(test)]
mod tests;
