//! Signing what is in its canonical form already, as most requests are.
//!
//! aws-sigv4 signs any request, and takes longer over each than a target in memory takes to answer it: it parses the URI,
//! sorts what is sorted, and derives anew a key that stays the same all day. Here nothing is derived or normalised: a
//! request that would have to be is not plain. The key, the time and every signature of other requests are aws-sigv4's,
//! and a test holds this to what it gives.

use std::time::SystemTime;

use aws_sigv4::sign::v4::generate_signing_key;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest as _, Sha256};

use super::{UNSIGNED_HEADERS, hex};
use crate::wire::exchange::Request;

/// What every signature of one second for one service has in common.
pub(super) struct Moment {
    second: u64,
    service: String,
    date_time: String,
    scope: String,
    /// What every signature begins with: the key, taken in.
    key: Hmac<Sha256>,
}

/// Headers that aws-sigv4 adds itself, or that it treats in a way of their own.
const NOT_PLAIN: [&str; 5] = ["authorization", "host", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"];

impl Moment {
    /// The moment whose `x-amz-date` is that, in the second since 1970.
    pub(super) fn new(now: SystemTime, date_time: &str, secret: &str, region: &str, service: &str) -> Option<Self> {
        let date = date_time.get(..8)?;
        Some(Self {
            second: second(now)?,
            service: service.to_owned(),
            date_time: date_time.to_owned(),
            scope: format!("{date}/{region}/{service}/aws4_request"),
            key: Hmac::new_from_slice(generate_signing_key(secret, now, region, service).as_ref()).ok()?,
        })
    }

    /// Whether signatures made at that time for that service are of this moment.
    pub(super) fn is(&self, now: SystemTime, service: &str) -> bool {
        second(now) == Some(self.second) && self.service == service
    }

    /// The headers that sign the request, if it is plain.
    pub(super) fn sign(&self, access_key: &str, request: &Request, authority: &str) -> Option<Vec<(String, String)>> {
        if !is_plain_path(&request.path) || !is_plain_value(authority) || !is_plain_value(&request.method) {
            return None;
        }
        let mut headers: Vec<(&str, &str)> = Vec::with_capacity(request.headers.len() + 2);
        headers.extend([("host", authority), ("x-amz-date", &self.date_time)]);
        for (name, value) in &request.headers {
            if UNSIGNED_HEADERS.contains(&name.as_str()) {
                continue;
            }
            if NOT_PLAIN.contains(&name.as_str()) || !is_plain_name(name) || !is_plain_value(value) {
                return None;
            }
            headers.push((name, value));
        }
        headers.sort_unstable();
        // Values of one name are joined.
        if headers.windows(2).any(|pair| pair[0].0 == pair[1].0) {
            return None;
        }
        let mut canonical = String::with_capacity(512);
        for part in [request.method.as_str(), "\n", &request.path, "\n\n"] {
            canonical.push_str(part);
        }
        let mut names = String::with_capacity(64);
        for (name, value) in &headers {
            canonical.extend([name, ":", value, "\n"]);
            if !names.is_empty() {
                names.push(';');
            }
            names.push_str(name);
        }
        canonical.extend(["\n", &names, "\n"]);
        hex(&Sha256::digest(&request.body), &mut canonical);
        let mut to_sign = String::with_capacity(192);
        to_sign.extend(["AWS4-HMAC-SHA256\n", &self.date_time, "\n", &self.scope, "\n"]);
        hex(&Sha256::digest(canonical.as_bytes()), &mut to_sign);
        let signature = self.key.clone().chain_update(to_sign.as_bytes()).finalize();
        let mut authorization = String::with_capacity(256);
        authorization.extend(["AWS4-HMAC-SHA256 Credential=", access_key, "/", &self.scope]);
        authorization.extend([", SignedHeaders=", &names, ", Signature="]);
        hex(&signature.into_bytes(), &mut authorization);
        Some(vec![("x-amz-date".to_owned(), self.date_time.clone()), ("authorization".to_owned(), authorization)])
    }
}

fn second(time: SystemTime) -> Option<u64> {
    time.duration_since(SystemTime::UNIX_EPOCH).ok().map(|since| since.as_secs())
}

/// Nothing in it is normalised, encoded or a query, and it is no longer than any URI may be.
pub(crate) fn is_plain_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_~/".contains(&byte);
    path.starts_with('/') && path.len() < 4096 && !path.contains("//") && path.bytes().all(plain)
}

/// A header's name as every library writes it.
pub(crate) fn is_plain_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
}

/// Nothing in it is trimmed.
fn is_plain_value(value: &str) -> bool {
    !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_graphic())
}
