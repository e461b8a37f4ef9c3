//! The body of an answer, read to its end (RFC 9112, section 7.1).

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::AsyncRead;

use super::answer::{Head, Reader};
use super::extent::Extent;
use crate::wire::exchange::Silence;

/// The longest line in chunked framing: a size with its extensions, or a trailer.
const MAX_LINE: usize = 4096;
const MAX_TRAILERS: usize = 128;

impl<R: AsyncRead + Unpin> Reader<R> {
    /// The whole body, of at most `limit` bytes.
    pub(crate) async fn body(&mut self, head: &Head, limit: u64) -> Result<Bytes, Silence> {
        read(self, head, limit).await
    }
}

/// Reads the body, of at most `limit` bytes.
async fn read<R>(reader: &mut Reader<R>, head: &Head, limit: u64) -> Result<Bytes, Silence>
where
    R: AsyncRead + Unpin,
{
    let mut body = Body {
        status: head.status,
        limit,
        bytes: BytesMut::new(),
    };
    match head.extent {
        Extent::Length(length) => body.exactly(reader, length).await?,
        Extent::Chunked => body.chunks(reader).await?,
        Extent::Close => body.until_closed(reader).await?,
    }
    Ok(body.bytes.freeze())
}

struct Body {
    status: u16,
    limit: u64,
    bytes: BytesMut,
}

impl Body {
    async fn exactly<R: AsyncRead + Unpin>(
        &mut self,
        reader: &mut Reader<R>,
        length: u64,
    ) -> Result<(), Silence> {
        let mut left = length;
        while left > 0 {
            if reader.buffer.is_empty() {
                self.more(reader).await?;
            }
            let here = usize::try_from(left)
                .unwrap_or(usize::MAX)
                .min(reader.buffer.len());
            self.take(reader, here)?;
            left -= here as u64;
        }

        Ok(())
    }

    async fn until_closed<R: AsyncRead + Unpin>(
        &mut self,
        reader: &mut Reader<R>,
    ) -> Result<(), Silence> {
        loop {
            self.take(reader, reader.buffer.len())?;
            match reader.fill().await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(_) => return Err(self.cut()),
            }
        }
    }

    async fn chunks<R: AsyncRead + Unpin>(
        &mut self,
        reader: &mut Reader<R>,
    ) -> Result<(), Silence> {
        loop {
            let line = self.line(reader).await?;
            match chunk_size(&line).ok_or_else(|| self.cut())? {
                0 => return self.trailers(reader).await,
                size => self.exactly(reader, size).await?,
            }
            if !self.line(reader).await?.is_empty() {
                return Err(self.cut());
            }
        }
    }

    async fn trailers<R: AsyncRead + Unpin>(
        &mut self,
        reader: &mut Reader<R>,
    ) -> Result<(), Silence> {
        for _ in 0..MAX_TRAILERS {
            if self.line(reader).await?.is_empty() {
                return Ok(());
            }
        }
        Err(self.cut())
    }

    /// The next line of the framing, without its CRLF.
    async fn line<R: AsyncRead + Unpin>(
        &mut self,
        reader: &mut Reader<R>,
    ) -> Result<BytesMut, Silence> {
        loop {
            if let Some(end) = reader.buffer.windows(2).position(|pair| pair == b"\r\n") {
                let line = reader.buffer.split_to(end);
                reader.buffer.advance(2);
                return Ok(line);
            }
            if reader.buffer.len() > MAX_LINE {
                return Err(self.cut());
            }
            self.more(reader).await?;
        }
    }

    async fn more<R: AsyncRead + Unpin>(&self, reader: &mut Reader<R>) -> Result<(), Silence> {
        match reader.fill().await {
            Ok(n) if n > 0 => Ok(()),
            _ => Err(self.cut()),
        }
    }

    fn take<R>(&mut self, reader: &mut Reader<R>, count: usize) -> Result<(), Silence> {
        if (self.bytes.len() + count) as u64 > self.limit {
            return Err(Silence::TooLarge {
                status: self.status,
                limit: self.limit,
            });
        }
        self.bytes.unsplit(reader.buffer.split_to(count));
        Ok(())
    }

    fn cut(&self) -> Silence {
        Silence::Cut {
            status: self.status,
            received: self.bytes.len() as u64,
        }
    }
}

/// A chunk's size, in hexadecimal, before any extension.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|b| *b == b';').next()?.trim_ascii();
    // A plain `from_str_radix` would take a plus sign.
    let hex = std::str::from_utf8(digits)
        .ok()
        .filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u64::from_str_radix(hex, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunk_sizes() {
        assert_eq!(chunk_size(b"1f"), Some(31));
        assert_eq!(chunk_size(b"A ;name=value"), Some(10));
        for bad in [&b""[..], b"+1", b"x", b"-1", b"\xff", b"fffffffffffffffff"] {
            assert_eq!(chunk_size(bad), None, "{bad:?}");
        }
    }
}
