//! AWS Signature Version 4 in the Authorization header.

mod plain;

use std::borrow::Cow;
use std::fmt::{self, Write as _};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings, UriPathNormalizationMode,
    sign,
};
use aws_sigv4::sign::v4;
use http::{HeaderName, HeaderValue, Uri};

pub(super) use self::plain::{is_plain_name, is_plain_path};

use self::plain::Moment;
use super::{Clock, Settings};
use crate::wire::exchange::Request;

/// Signs requests for one region with one set of credentials, or lets them go unsigned.
pub(crate) struct Signer {
    credentials: Option<aws_credential_types::Credentials>,
    region: String,
    clock: Clock,
    /// The last second in which something was signed, and for which service.
    moment: Mutex<Option<Arc<Moment>>>,
}

/// A request that names one of these says itself how it is signed: a second value beside it would be malformed.
const OWN_SIGNATURE: [&str; 2] = ["authorization", "x-amz-date"];

/// What a proxy or a client library may add, drop or change on the way, so that a signature over it would not hold.
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

impl Signer {
    /// A signer as the settings say.
    #[must_use]
    pub(crate) fn new(settings: &Settings) -> Self {
        let credentials = settings.signing.then(|| {
            aws_credential_types::Credentials::new(
                &settings.credentials.access_key_id,
                &settings.credentials.secret_access_key,
                settings.credentials.session_token.clone(),
                None,
                "proofmark",
            )
        });
        Self { credentials, region: settings.region.clone(), clock: settings.clock, moment: Mutex::default() }
    }

    /// The headers that sign a request sent to this authority: `x-amz-date`, `authorization`, with a session token
    /// `x-amz-security-token`, for S3 `x-amz-content-sha256`. None if signing is off, or if the request holds an
    /// Authorization or X-Amz-Date header of its own.
    ///
    /// The signature covers the path as it is sent. All services but S3 take the path normalised (RFC 3986, section
    /// 5.2.4) and its percent signs encoded once more; both happen in the canonical request only, as AWS's
    /// [guide](https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html) says.
    #[must_use]
    pub(crate) fn sign(&self, request: &Request, authority: &str) -> Vec<(String, String)> {
        let Some(credentials) = &self.credentials else { return Vec::new() };
        if request.headers.iter().any(|(name, _)| OWN_SIGNATURE.iter().any(|own| name.eq_ignore_ascii_case(own))) {
            return Vec::new();
        }
        let now = self.clock.now();
        let moment = self.moment().as_ref().filter(|moment| moment.is(now, &request.service)).cloned();
        if let Some(moment) = moment {
            let plain = moment.sign(credentials.access_key_id(), request, authority);
            return plain.unwrap_or_else(|| self.any(credentials, request, authority, now));
        }
        let headers = self.any(credentials, request, authority, now);
        // What S3 signs is of its own kind, and with a session token there is a header more.
        if request.service != "s3"
            && credentials.session_token().is_none()
            && let Some((_, date_time)) = headers.iter().find(|(name, _)| name == "x-amz-date")
        {
            let secret = credentials.secret_access_key();
            let moment = Moment::new(now, date_time, secret, &self.region, &request.service);
            *self.moment() = moment.map(Arc::new);
        }
        headers
    }

    /// Signs any request.
    fn any(
        &self,
        credentials: &aws_credential_types::Credentials,
        request: &Request,
        authority: &str,
        now: SystemTime,
    ) -> Vec<(String, String)> {
        self.headers(credentials, request, authority, &signable_path(&request.path), now)
            // What is still no URI, such as a path of over 64 KiB, has no canonical form, and no verifier could agree
            // on one. The request goes out all the same, since it is the target's answer to it that is wanted.
            .or_else(|| self.headers(credentials, request, authority, "/", now))
            .unwrap_or_default()
    }

    fn headers(
        &self,
        credentials: &aws_credential_types::Credentials,
        request: &Request,
        authority: &str,
        path: &str,
        now: SystemTime,
    ) -> Option<Vec<(String, String)>> {
        let identity = credentials.clone().into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&request.service)
            .time(now)
            .settings(rules(&request.service))
            .build()
            .ok()?
            .into();
        let signable = SignableRequest::new(
            &request.method,
            format!("http://{authority}{path}"),
            signed_headers(request, authority),
            SignableBody::Bytes(&request.body),
        )
        .ok()?;
        let (instructions, _) = sign(signable, &params).ok()?.into_parts();
        Some(instructions.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }

    fn moment(&self) -> std::sync::MutexGuard<'_, Option<Arc<Moment>>> {
        self.moment.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer")
            .field("signing", &self.credentials.is_some())
            .field("region", &self.region)
            .field("clock", &self.clock)
            .finish()
    }
}

/// Appends the bytes as lower-case hexadecimal digits.
fn hex(bytes: &[u8], text: &mut String) {
    const DIGITS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'];
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
}

fn rules(service: &str) -> SigningSettings {
    let mut rules = SigningSettings::default();
    // The canonical form of S3 is of its own: object keys are taken as they are, and the payload hash is a header.
    if service == "s3" {
        rules.percent_encoding_mode = PercentEncodingMode::Single;
        rules.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        rules.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    }
    rules
}

/// Everything that can be signed and arrives unchanged. A malformed header, which only the raw writer sends, is left
/// out: the others still prove who sent the request.
fn signed_headers<'a>(request: &'a Request, authority: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let host = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("host"));
    let host = host.map(|(_, value)| value.as_str()).filter(|value| HeaderValue::from_str(value).is_ok());
    let rest = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    std::iter::once(("host", host.unwrap_or(authority))).chain(rest.filter(|(name, value)| {
        !name.eq_ignore_ascii_case("host")
            && !UNSIGNED_HEADERS.iter().any(|unsigned| name.eq_ignore_ascii_case(unsigned))
            && HeaderName::from_bytes(name.as_bytes()).is_ok()
            && HeaderValue::from_str(value).is_ok()
    }))
}

/// The request target as a URI's path and query. What no URI holds (spaces, tabs, `#`) is percent-encoded, as a
/// server would have to do before it could check the signature.
fn signable_path(path: &str) -> Cow<'_, str> {
    if path.starts_with('/') && !path.contains('#') && path.parse::<Uri>().is_ok() {
        return Cow::Borrowed(path);
    }
    let mut escaped = String::with_capacity(path.len() + 16);
    if !path.starts_with('/') {
        escaped.push('/');
    }
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%[]".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(escaped, "%{byte:02X}");
        }
    }
    Cow::Owned(escaped)
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod verifier;
