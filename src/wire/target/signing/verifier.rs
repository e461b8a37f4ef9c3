//! The other side of Signature Version 4, for the tests: written from AWS's guide, with nothing of
//! the signer in it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

/// AWS's limit on the age of a signature, either way.
const SKEW: Duration = Duration::from_secs(15 * 60);

/// Checks a request, as received, against the one key there is: `Err` is the first thing that does
/// not hold.
pub(crate) fn verify(
    raw: &[u8],
    key: &str,
    secret: &str,
    now: SystemTime,
) -> Result<(), &'static str> {
    let end = raw
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .ok_or("head")?;
    let head = std::str::from_utf8(&raw[..end]).map_err(|_| "head")?;
    let (line, fields) = head.split_once("\r\n").ok_or("head")?;
    let fields: Vec<(String, &str)> = fields
        .split("\r\n")
        .filter_map(|field| field.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim()))
        .collect();
    let field = |name: &str| {
        fields
            .iter()
            .find(|(n, _)| n == name)
            .map(|(_, value)| *value)
    };
    let body = match field("transfer-encoding") {
        Some(_) => dechunked(&raw[end + 4..]),
        None => raw[end + 4..].to_vec(),
    };

    let authorization = field("authorization").ok_or("unsigned")?;
    let part = |name: &str| {
        let rest = authorization.split_once(name)?.1;
        rest.split(',').next()
    };
    let credential = part("Credential=").ok_or("format")?;
    let names = part("SignedHeaders=").ok_or("format")?;
    let (id, scope) = credential.split_once('/').ok_or("format")?;
    if id != key {
        return Err("key");
    }
    let date = field("x-amz-date").ok_or("date")?;
    let signed = time(date).ok_or("date")?;
    let age = now
        .duration_since(signed)
        .or_else(|_| signed.duration_since(now))
        .map_err(|_| "clock")?;
    if age > SKEW {
        return Err("clock");
    }

    let (method, rest) = line.split_once(' ').ok_or("head")?;
    let target = rest.strip_suffix(" HTTP/1.1").ok_or("head")?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut canonical = format!(
        "{method}\n{}\n{}\n",
        canonical_path(path),
        canonical_query(query)
    );
    for name in names.split(';') {
        canonical += &format!("{name}:{}\n", field(name).ok_or("header")?);
    }
    canonical += &format!("\n{names}\n{}", hex(&Sha256::digest(&body)));
    let to_sign = format!(
        "AWS4-HMAC-SHA256\n{date}\n{scope}\n{}",
        hex(&Sha256::digest(&canonical))
    );
    let key = scope
        .split('/')
        .fold(format!("AWS4{secret}").into_bytes(), |key, part| {
            mac(&key, part)
        });
    if part("Signature=") == Some(hex(&mac(&key, &to_sign)).as_str()) {
        Ok(())
    } else {
        Err("signature")
    }
}

fn mac(key: &[u8], message: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("a key of any length");
    mac.update(message.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// Normalised, and then encoded once more.
fn canonical_path(path: &str) -> String {
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

    format!(
        "/{}{slash}",
        kept.iter()
            .map(|s| encoded(s.as_bytes()))
            .collect::<Vec<_>>()
            .join("/")
    )
}

fn canonical_query(query: &str) -> String {
    let decode = |text: &str| encoded(&decoded(text));
    let mut pairs: Vec<_> = query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| format!("{}={}", decode(name), decode(value)))
        .collect();
    pairs.sort();
    pairs.join("&")
}

fn encoded(bytes: &[u8]) -> String {
    let keep = |b: u8| b.is_ascii_alphanumeric() || b"-._~".contains(&b);
    bytes
        .iter()
        .map(|b| {
            if keep(*b) {
                char::from(*b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

fn decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut out = Vec::new();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'+' => b' ',
            b'%' => {
                let mut digit = || {
                    bytes
                        .next()
                        .and_then(|d| char::from(d).to_digit(16))
                        .expect("a digit")
                };
                u8::try_from(digit() * 16 + digit()).expect("a byte")
            }
            other => other,
        });
    }

    out
}

fn dechunked(mut raw: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = raw.windows(2).position(|w| w == b"\r\n").expect("a line");
        let size = usize::from_str_radix(std::str::from_utf8(&raw[..end]).expect("text"), 16)
            .expect("a size");
        if size == 0 {
            return body;
        }
        body.extend_from_slice(&raw[end + 2..end + 2 + size]);
        raw = &raw[end + 4 + size..];
    }
}

/// `20150830T123600Z` as a time.
fn time(text: &str) -> Option<SystemTime> {
    let number = |range: std::ops::Range<usize>| text.get(range)?.parse::<u64>().ok();
    let (year, month, day) = (number(0..4)?, number(4..6)?, number(6..8)?);
    let (hour, minute, second) = (number(9..11)?, number(11..13)?, number(13..15)?);
    // Days from the civil calendar, with the year starting in March.
    let (y, m) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * y + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 1 - 719_468;
    Some(UNIX_EPOCH + Duration::from_secs(((days * 24 + hour) * 60 + minute) * 60 + second))
}
