//! Header fields, in the types of the library that sends them and as text.

use http::{HeaderMap, HeaderName, HeaderValue};

/// A header field as the library's types, if it can be one.
pub(crate) fn header(name: &str, value: &str) -> Option<(HeaderName, HeaderValue)> {
    Some((
        HeaderName::from_bytes(name.as_bytes()).ok()?,
        HeaderValue::from_bytes(value.as_bytes()).ok()?,
    ))
}

/// The library's header map as text. Bytes that are not UTF-8 become U+FFFD: no rule of a contract
/// depends on them.
pub(crate) fn fields(headers: &HeaderMap) -> Vec<(String, String)> {
    headers
        .iter()
        .map(|(name, value)| {
            (
                name.as_str().to_owned(),
                String::from_utf8_lossy(value.as_bytes()).into_owned(),
            )
        })
        .collect()
}
