//! Connections without TLS that are kept from one request to the next.
//!
//! The task that sends a request writes it with one call and reads the answer itself. A library's
//! pool hands each request to a task of the connection's and each answer back, which to a target in
//! memory takes longer than all the rest.

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::mem::MaybeUninit;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use socket2::SockRef;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::net::tcp::ReadHalf;
use tokio::runtime::{Handle, Id};
use tokio::time::timeout;

use crate::wire::exchange::{Answer, Phase, Silence};
use crate::wire::target::Settings;
use crate::wire::target::raw::{Dialer, Reader};

/// The connections that no request is using, of each runtime: one that was opened in another's is
/// read with the help of that one's thread, and not at all once it has ended.
#[derive(Debug, Default)]
pub(super) struct Kept {
    idle: Mutex<HashMap<Id, Vec<Connection>>>,
}

/// One connection, and room for what is read from it.
#[derive(Debug)]
struct Connection {
    stream: TcpStream,
    buffer: BytesMut,
}

/// A body of up to this size, in bytes, is copied, so that the room for the next answer need not be
/// made anew.
const SMALL: usize = 4096;

impl Kept {
    /// Writes the bytes of a request with this method and reads its answer, on a connection that
    /// has served before or on a new one.
    ///
    /// A request that got no answer on one that had served before goes out once more: see
    /// [`Client::send`](super::Client::send).
    pub(super) async fn send(
        &self,
        bytes: &[u8],
        method: &str,
        dialer: &Dialer,
        settings: &Settings,
    ) -> Result<Answer, Silence> {
        if let Some(connection) = self.take() {
            let outcome = self.exchange(connection, bytes, method, settings).await;
            if !matches!(outcome, Err(Silence::Closed(_) | Silence::NotHttp(_))) {
                return outcome;
            }
        }

        let stream = dialer.open_plain(settings).await?;
        let connection = Connection {
            stream,
            buffer: BytesMut::new(),
        };

        self.exchange(connection, bytes, method, settings).await
    }

    /// Keeps the connection if it can serve once more.
    async fn exchange(
        &self,
        mut connection: Connection,
        bytes: &[u8],
        method: &str,
        settings: &Settings,
    ) -> Result<Answer, Silence> {
        let (answer, keeps) = connection.exchange(bytes, method, settings).await?;
        if keeps {
            self.idle()
                .entry(Handle::current().id())
                .or_default()
                .push(connection);
        }
        Ok(answer)
    }

    /// The connection used last, of those on which nothing happened since.
    fn take(&self) -> Option<Connection> {
        let here = Handle::current().id();
        loop {
            let connection = self.idle().get_mut(&here)?.pop()?;
            if connection.is_quiet() {
                return Some(connection);
            }
        }
    }

    /// Closes the connections of this runtime.
    pub(super) fn close(&self) {
        let closed = self.idle().remove(&Handle::current().id());
        drop(closed);
    }

    fn idle(&self) -> MutexGuard<'_, HashMap<Id, Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Connection {
    /// Whether it is open, as far as is known, and nothing came that nobody asked for.
    fn is_quiet(&self) -> bool {
        // The runtime may not have heard yet of what came, so the socket itself is asked.
        let peeked = SockRef::from(&self.stream).peek(&mut [MaybeUninit::uninit()]);
        peeked.is_err_and(|error| error.kind() == io::ErrorKind::WouldBlock)
    }

    /// One request and its answer, and whether another request may follow.
    async fn exchange(
        &mut self,
        bytes: &[u8],
        method: &str,
        settings: &Settings,
    ) -> Result<(Answer, bool), Silence> {
        // What stops us from writing shows when the answer is read: it may have come before.
        let rest = bytes
            .get(self.stream.try_write(bytes).unwrap_or(0)..)
            .unwrap_or_default();

        let written = AtomicBool::new(rest.is_empty());
        let (read, mut write) = self.stream.split();
        let mut reader = Reader::with(read, std::mem::take(&mut self.buffer));
        let outcome = if rest.is_empty() {
            answer(&mut reader, method, settings).await
        } else {
            // As with a raw request, a server may answer before it has read everything, or wait
            // until its answer is read.
            let writing = async {
                written.store(write.write_all(rest).await.is_ok(), Ordering::Relaxed);
                std::future::pending::<Infallible>().await
            };
            tokio::select! {
                biased;
                outcome = answer(&mut reader, method, settings) => outcome,
                never = writing => match never {},
            }
        };

        self.buffer = reader.into_buffer();
        let (mut answer, keeps) = outcome?;
        // What follows the answer is no answer to the next request, and no part of this one.
        let surplus = if answer.status == 101 {
            0
        } else {
            self.buffer.len()
        };

        answer.body = answer.body.followed_by(surplus);
        let keeps = keeps && self.buffer.is_empty() && written.into_inner();
        self.buffer.clear();
        Ok((answer, keeps))
    }
}

/// Reads an answer, and says whether the server keeps the connection open after it.
async fn answer(
    reader: &mut Reader<ReadHalf<'_>>,
    method: &str,
    settings: &Settings,
) -> Result<(Answer, bool), Silence> {
    let head = timeout(settings.head_timeout, reader.head(method))
        .await
        .unwrap_or(Err(Silence::TimedOut(Phase::Head)))?;
    let body = timeout(settings.body_timeout, reader.body(&head, settings.max_body))
        .await
        .unwrap_or(Err(Silence::TimedOut(Phase::Body)))?;
    let body = if body.len() <= SMALL {
        Bytes::copy_from_slice(&body)
    } else {
        body
    };

    let keeps = head.keeps;
    Ok((
        Answer {
            status: head.status,
            headers: head.headers,
            body: body.into(),
        },
        keeps,
    ))
}
