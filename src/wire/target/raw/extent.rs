//! How the end of a body is known (RFC 9112, section 6.3).

/// How the end of a body is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// After this many bytes.
    Length(u64),
    /// After the last chunk.
    Chunked,
    /// When the connection is closed.
    Close,
}

/// The extent of the body of an answer, or what is wrong with the headers that should tell it.
pub(crate) fn extent(
    method: &str,
    status: u16,
    headers: &[(String, String)],
) -> Result<Extent, String> {
    let values = |name: &'static str| {
        headers
            .iter()
            .filter(move |(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    };

    if method == "HEAD" || (100..200).contains(&status) || status == 204 || status == 304 {
        return Ok(Extent::Length(0));
    }
    if let Some(last) = values("transfer-encoding").next_back() {
        // With both headers, Transfer-Encoding counts.
        let coding = last.rsplit(',').next().unwrap_or_default().trim();
        return Ok(if coding.eq_ignore_ascii_case("chunked") {
            Extent::Chunked
        } else {
            Extent::Close
        });
    }

    let mut lengths = values("content-length")
        .flat_map(|value| value.split(','))
        .map(str::trim);
    let Some(first) = lengths.next() else {
        return Ok(Extent::Close);
    };
    if lengths.any(|other| other != first) {
        return Err("the answer has several different Content-Length values".to_owned());
    }
    // A plain `parse` would take a plus sign.
    if first.is_empty() || !first.bytes().all(|b| b.is_ascii_digit()) {
        return Err(format!("the answer has the Content-Length {first:?}"));
    }

    first
        .parse()
        .map(Extent::Length)
        .map_err(|_| format!("the answer has the Content-Length {first:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn extent_of(fields: &[(&str, &str)]) -> Result<Extent, String> {
        let headers: Vec<_> = fields
            .iter()
            .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
            .collect();
        extent("GET", 200, &headers)
    }

    #[test]
    fn extents() {
        assert_eq!(extent_of(&[]), Ok(Extent::Close));
        assert_eq!(extent_of(&[("Content-Length", "5")]), Ok(Extent::Length(5)));
        assert_eq!(
            extent_of(&[("content-length", "5"), ("CONTENT-LENGTH", "5")]),
            Ok(Extent::Length(5))
        );

        assert_eq!(
            extent_of(&[("content-length", "5, 5")]),
            Ok(Extent::Length(5))
        );

        assert_eq!(
            extent_of(&[("content-length", "5"), ("transfer-encoding", "chunked")]),
            Ok(Extent::Chunked)
        );

        assert_eq!(
            extent_of(&[("transfer-encoding", "gzip, Chunked")]),
            Ok(Extent::Chunked)
        );

        assert_eq!(
            extent_of(&[("transfer-encoding", "gzip")]),
            Ok(Extent::Close)
        );

        for bad in ["", "+5", "-5", "5x", "5, 6", "99999999999999999999"] {
            assert!(extent_of(&[("content-length", bad)]).is_err(), "{bad}");
        }
        assert_eq!(extent("HEAD", 200, &[]), Ok(Extent::Length(0)));
        assert_eq!(extent("GET", 204, &[]), Ok(Extent::Length(0)));
    }
}
