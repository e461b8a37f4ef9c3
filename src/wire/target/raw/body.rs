//! Where a body ends (RFC 9112, sections 6.3 and 7.1).

use bytes::{Buf as _, Bytes, BytesMut};
use tokio::io::AsyncRead;

use super::answer::{Head, Reader};
use crate::wire::exchange::Silence;

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// After this many bytes.
    Length(u64),
    /// After the last chunk.
    Chunked,
    /// When the connection is closed.
    Close,
}

/// The longest line in chunked framing: a size with its extensions, or a trailer.
const MAX_LINE: usize = 4096;
const MAX_TRAILERS: usize = 128;

/// The extent of the body of an answer, or what is wrong with the headers that should tell it.
pub(super) fn extent(method: &str, status: u16, headers: &[(String, String)]) -> Result<Extent, String> {
    let values = |name: &'static str| {
        headers.iter().filter(move |(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    };
    if method == "HEAD" || (100..200).contains(&status) || status == 204 || status == 304 {
        return Ok(Extent::Length(0));
    }
    if let Some(last) = values("transfer-encoding").next_back() {
        // With both headers, Transfer-Encoding counts.
        let coding = last.rsplit(',').next().unwrap_or_default().trim();
        return Ok(if coding.eq_ignore_ascii_case("chunked") { Extent::Chunked } else { Extent::Close });
    }
    let mut lengths = values("content-length").flat_map(|value| value.split(',')).map(str::trim);
    let Some(first) = lengths.next() else { return Ok(Extent::Close) };
    if lengths.any(|other| other != first) {
        return Err("the answer has several different Content-Length values".to_owned());
    }
    // A plain `parse` would take a plus sign.
    if first.is_empty() || !first.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("the answer has the Content-Length {first:?}"));
    }
    first.parse().map(Extent::Length).map_err(|_| format!("the answer has the Content-Length {first:?}"))
}

/// Reads the body, of at most `limit` bytes.
pub(super) async fn read<R>(reader: &mut Reader<R>, head: &Head, limit: u64) -> Result<Bytes, Silence>
where
    R: AsyncRead + Unpin,
{
    let mut body = Body { status: head.status, limit, bytes: BytesMut::new() };
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
    async fn exactly<R: AsyncRead + Unpin>(&mut self, reader: &mut Reader<R>, length: u64) -> Result<(), Silence> {
        let mut left = length;
        while left > 0 {
            if reader.buffer.is_empty() {
                self.more(reader).await?;
            }
            let here = usize::try_from(left).unwrap_or(usize::MAX).min(reader.buffer.len());
            self.take(reader, here)?;
            left -= here as u64;
        }
        Ok(())
    }

    async fn until_closed<R: AsyncRead + Unpin>(&mut self, reader: &mut Reader<R>) -> Result<(), Silence> {
        loop {
            self.take(reader, reader.buffer.len())?;
            match reader.fill().await {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(_) => return Err(self.cut()),
            }
        }
    }

    async fn chunks<R: AsyncRead + Unpin>(&mut self, reader: &mut Reader<R>) -> Result<(), Silence> {
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

    async fn trailers<R: AsyncRead + Unpin>(&mut self, reader: &mut Reader<R>) -> Result<(), Silence> {
        for _ in 0..MAX_TRAILERS {
            if self.line(reader).await?.is_empty() {
                return Ok(());
            }
        }
        Err(self.cut())
    }

    /// The next line of the framing, without its CRLF.
    async fn line<R: AsyncRead + Unpin>(&mut self, reader: &mut Reader<R>) -> Result<BytesMut, Silence> {
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
            return Err(Silence::TooLarge { status: self.status, limit: self.limit });
        }
        self.bytes.unsplit(reader.buffer.split_to(count));
        Ok(())
    }

    fn cut(&self) -> Silence {
        Silence::Cut { status: self.status, received: self.bytes.len() as u64 }
    }
}

/// A chunk's size, in hexadecimal, before any extension.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let digits = line.split(|b| *b == b';').next()?.trim_ascii();
    // A plain `from_str_radix` would take a plus sign.
    let hex = std::str::from_utf8(digits).ok().filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u64::from_str_radix(hex, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent_of(fields: &[(&str, &str)]) -> Result<Extent, String> {
        let headers: Vec<_> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        extent("GET", 200, &headers)
    }

    #[test]
    fn extents() {
        assert_eq!(extent_of(&[]), Ok(Extent::Close));
        assert_eq!(extent_of(&[("Content-Length", "5")]), Ok(Extent::Length(5)));
        assert_eq!(extent_of(&[("content-length", "5"), ("CONTENT-LENGTH", "5")]), Ok(Extent::Length(5)));
        assert_eq!(extent_of(&[("content-length", "5, 5")]), Ok(Extent::Length(5)));
        assert_eq!(extent_of(&[("content-length", "5"), ("transfer-encoding", "chunked")]), Ok(Extent::Chunked));
        assert_eq!(extent_of(&[("transfer-encoding", "gzip, Chunked")]), Ok(Extent::Chunked));
        assert_eq!(extent_of(&[("transfer-encoding", "gzip")]), Ok(Extent::Close));
        for bad in ["", "+5", "-5", "5x", "5, 6", "99999999999999999999"] {
            assert!(extent_of(&[("content-length", bad)]).is_err(), "{bad}");
        }
        assert_eq!(extent("HEAD", 200, &[]), Ok(Extent::Length(0)));
        assert_eq!(extent("GET", 204, &[]), Ok(Extent::Length(0)));
    }

    #[test]
    fn chunk_sizes() {
        assert_eq!(chunk_size(b"1f"), Some(31));
        assert_eq!(chunk_size(b"A ;name=value"), Some(10));
        for bad in [&b""[..], b"+1", b"x", b"-1", b"\xff", b"fffffffffffffffff"] {
            assert_eq!(chunk_size(bad), None, "{bad:?}");
        }
    }
}
