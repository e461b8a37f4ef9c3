//! The canonical form of a request: what a signature covers.
//!
//! The source is AWS's guide, [Create a signed AWS API
//! request](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).

use std::borrow::Cow;

use http::{HeaderName, HeaderValue};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::wire::exchange::Request;

/// What a proxy or a client library may add, drop or change on the way, so that a signature over it
/// would not hold.
const UNSIGNED_HEADERS: [&str; 10] = [
    "connection",
    "content-length",
    "expect",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "user-agent",
    "x-amzn-trace-id",
];

/// All but unreserved characters and the slash.
const IN_PATH: &AsciiSet = &IN_QUERY.remove(b'/');
const IN_QUERY: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
/// What no URI holds: a server would have to encode these before it could check a signature.
const NO_URI: &AsciiSet = &IN_PATH
    .remove(b'!')
    .remove(b'$')
    .remove(b'&')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')')
    .remove(b'*')
    .remove(b'+')
    .remove(b',')
    .remove(b';')
    .remove(b'=')
    .remove(b':')
    .remove(b'@')
    .remove(b'?')
    .remove(b'%')
    .remove(b'[')
    .remove(b']');

/// The canonical path and the canonical query of a request target.
///
/// The path of S3 is signed as it is sent. All other services take the path normalised (RFC 3986,
/// section 5.2.4) and its percent signs encoded once more.
pub(super) fn target<'a>(target: &'a str, service: &str) -> (Cow<'a, str>, String) {
    if is_plain_path(target) {
        return (Cow::Borrowed(target), String::new());
    }
    let sent = utf8_percent_encode(target, NO_URI).to_string();
    let (path, query) = sent.split_once('?').unwrap_or((&sent, ""));

    let path = match service {
        "s3" => format!("/{}", path.strip_prefix('/').unwrap_or(path)),
        _ => utf8_percent_encode(&normalised(path), IN_PATH).to_string(),
    };
    (Cow::Owned(path), canonical_query(query))
}

/// The headers that are signed, by name, and their values as they are signed: everything that
/// arrives unchanged. `more` are those that the signer adds.
///
/// A malformed header, which only the raw writer sends, is left out: the others still prove who
/// sent the request.
pub(super) fn headers<'a>(
    request: &'a Request,
    authority: &'a str,
    more: &[(&'a str, &'a str)],
) -> Vec<(Cow<'a, str>, Cow<'a, str>)> {
    let mut headers: Vec<(Cow<'a, str>, Cow<'a, str>)> =
        Vec::with_capacity(request.headers.len() + more.len() + 1);
    let mut host = authority;
    for (name, value) in &request.headers {
        let name = lower(name);
        if name == "host" {
            host = if HeaderValue::from_str(value).is_ok() {
                value
            } else {
                authority
            };
        } else if is_signed(&name, value) && !more.iter().any(|(own, _)| name == *own) {
            headers.push((name, trimmed(value)));
        }
    }
    headers.push((Cow::Borrowed("host"), trimmed(host)));
    headers.extend(
        more.iter()
            .map(|(name, value)| (Cow::Borrowed(*name), trimmed(value))),
    );
    // The values of one name keep their order.
    headers.sort_by(|(one, _), (other, _)| one.cmp(other));

    // They are one value, with commas between.
    headers.dedup_by(|next, kept| {
        let same = next.0 == kept.0;
        if same {
            kept.1.to_mut().extend([",", &next.1]);
        }
        same
    });
    headers
}

/// Whether nothing in it is normalised, encoded or a query, and it is no longer than any URI may
/// be.
pub(crate) fn is_plain_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~/".contains(&byte);
    path.starts_with('/') && path.len() < 4096 && !path.contains("//") && path.bytes().all(plain)
}

/// Whether a header's name is as every library writes it.
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

fn is_signed(name: &str, value: &str) -> bool {
    !UNSIGNED_HEADERS.contains(&name)
        && (is_plain_name(name) || HeaderName::from_bytes(name.as_bytes()).is_ok())
        && HeaderValue::from_str(value).is_ok()
}

fn lower(name: &str) -> Cow<'_, str> {
    match is_plain_name(name) {
        true => Cow::Borrowed(name),
        false => Cow::Owned(name.to_ascii_lowercase()),
    }
}

/// A value without spaces around it, and with one for several within.
fn trimmed(value: &str) -> Cow<'_, str> {
    let trimmed = value.trim_matches([' ', '\t']);
    if !trimmed.contains("  ") {
        return Cow::Borrowed(trimmed);
    }
    let words: Vec<&str> = trimmed.split(' ').filter(|word| !word.is_empty()).collect();
    Cow::Owned(words.join(" "))
}

/// A path without empty segments, `.` and `..`.
fn normalised(path: &str) -> String {
    let mut kept: Vec<&str> = Vec::new();
    for segment in path.split('/') {
        match segment {
            "" | "." => {}
            ".." => drop(kept.pop()),
            other => kept.push(other),
        }
    }

    let slash = if path.ends_with('/') && !kept.is_empty() {
        "/"
    } else {
        ""
    };

    format!("/{}{slash}", kept.join("/"))
}

/// The parameters in order, each encoded as AWS does it.
fn canonical_query(query: &str) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, IN_QUERY).to_string();
    let pairs = form_urlencoded::parse(query.as_bytes());
    let mut pairs: Vec<(String, String)> = pairs
        .map(|(name, value)| (encoded(&name), encoded(&value)))
        .collect();
    pairs.sort_unstable();
    let pairs: Vec<String> = pairs
        .into_iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("&")
}
