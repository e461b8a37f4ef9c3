//! AWS Signature Version 4 in the Authorization header.
//!
//! It is written here, and not taken from `aws-sigv4`: that crate brings sixty others, and takes
//! longer over a request than a target in memory takes to answer it. The tests hold it to AWS's
//! published vectors, to those of botocore, and to a verifier that shares nothing with it.

mod canonical;

use std::borrow::Cow;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use ring::digest::{SHA256, digest};
use ring::hmac::{self, HMAC_SHA256};

pub(super) use self::canonical::{is_plain_name, is_plain_path};

use super::{Clock, Credentials, Settings};
use crate::support::date::{DATE_AND_TIME, utc};
use crate::wire::exchange::Request;

/// Signs requests for one region with one set of credentials, or lets them go unsigned.
pub(crate) struct Signer {
    credentials: Option<Credentials>,
    region: String,
    clock: Clock,
    /// The last second in which something was signed, and for which service.
    moment: Mutex<Option<Arc<Moment>>>,
}

/// What every signature of one second for one service has in common.
struct Moment {
    second: u64,
    service: String,
    /// As `20150830T123600Z`.
    date_time: String,
    scope: String,
    /// What every signature begins with: the key, taken in.
    key: hmac::Key,
}

/// A request that names one of these says itself how it is signed: a second value beside it would
/// be malformed.
const OWN_SIGNATURE: [&str; 2] = ["authorization", "x-amz-date"];

impl Signer {
    /// A signer as the settings say.
    pub(crate) fn new(settings: &Settings) -> Self {
        let credentials = settings.signing.then(|| settings.credentials.clone());
        Self {
            credentials,
            region: settings.region.clone(),
            clock: settings.clock,
            moment: Mutex::default(),
        }
    }

    /// The headers that sign a request sent to this authority: `x-amz-date`, `authorization`, with
    /// a session token `x-amz-security-token`, for S3 `x-amz-content-sha256`. None if signing is
    /// off, for a service that takes none, or if the request holds an Authorization or X-Amz-Date header of its own.
    ///
    /// Whatever the request is, it gets a signature: its absence would be a second fault.
    pub(crate) fn sign(&self, request: &Request, authority: &str) -> Vec<(String, String)> {
        let Some(credentials) = &self.credentials else {
            return Vec::new();
        };
        // A service without a name in credential scopes takes no signature.
        if request.service.is_empty() {
            return Vec::new();
        }
        if request.headers.iter().any(|(name, _)| {
            OWN_SIGNATURE
                .iter()
                .any(|own| name.eq_ignore_ascii_case(own))
        }) {
            return Vec::new();
        }
        let Some(moment) = self.moment(&credentials.secret_access_key, &request.service) else {
            return Vec::new();
        };
        let mut body = String::with_capacity(64);
        hex(digest(&SHA256, &request.body).as_ref(), &mut body);

        let mut more = vec![("x-amz-date", moment.date_time.as_str())];
        more.extend(
            credentials
                .session_token
                .as_deref()
                .map(|token| ("x-amz-security-token", token)),
        );
        // S3 wants the hash of the body as a header too.
        more.extend((request.service == "s3").then_some(("x-amz-content-sha256", body.as_str())));
        let headers = canonical::headers(request, authority, &more);
        let (names, signature) = moment.signature(request, &headers, &body);

        let mut authorization = String::with_capacity(256);
        authorization.extend([
            "AWS4-HMAC-SHA256 Credential=",
            &credentials.access_key_id,
            "/",
            &moment.scope,
        ]);
        authorization.extend([", SignedHeaders=", &names, ", Signature=", &signature]);
        let mut signed: Vec<_> = more
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        signed.push(("authorization".to_owned(), authorization));
        signed
    }

    /// This second, for a service. `None`: no key can be made of the secret.
    fn moment(&self, secret: &str, service: &str) -> Option<Arc<Moment>> {
        let now = self.clock.now();
        let second = now
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap_or_default()
            .as_secs();

        let mut last: MutexGuard<'_, _> =
            self.moment.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(moment) = last
            .as_ref()
            .filter(|moment| moment.second == second && moment.service == service)
        {
            return Some(Arc::clone(moment));
        }
        let date_time = utc(now).format(DATE_AND_TIME).to_string();
        let moment = Arc::new(Moment::new(
            second,
            date_time,
            secret,
            &self.region,
            service,
        )?);

        *last = Some(Arc::clone(&moment));
        Some(moment)
    }
}

impl Moment {
    fn new(
        second: u64,
        date_time: String,
        secret: &str,
        region: &str,
        service: &str,
    ) -> Option<Self> {
        let date = date_time.get(..8)?;
        let mut key = hmac::Key::new(HMAC_SHA256, format!("AWS4{secret}").as_bytes());
        for part in [date, region, service, "aws4_request"] {
            key = hmac::Key::new(HMAC_SHA256, hmac::sign(&key, part.as_bytes()).as_ref());
        }

        let scope = format!("{date}/{region}/{service}/aws4_request");
        Some(Self {
            second,
            service: service.to_owned(),
            date_time,
            scope,
            key,
        })
    }

    /// The names of the signed headers, and the signature.
    fn signature(
        &self,
        request: &Request,
        headers: &[(Cow<'_, str>, Cow<'_, str>)],
        body: &str,
    ) -> (String, String) {
        let (path, query) = canonical::target(&request.path, &request.service);
        let mut canonical = String::with_capacity(512);
        canonical.extend([request.method.as_str(), "\n", &path, "\n", &query, "\n"]);
        let mut names = String::with_capacity(64);
        for (name, value) in headers {
            canonical.extend([name, ":", value, "\n"]);
            names.extend([if names.is_empty() { "" } else { ";" }, name]);
        }
        canonical.extend(["\n", &names, "\n", body]);

        let mut to_sign = String::with_capacity(192);
        to_sign.extend([
            "AWS4-HMAC-SHA256\n",
            &self.date_time,
            "\n",
            &self.scope,
            "\n",
        ]);
        hex(digest(&SHA256, canonical.as_bytes()).as_ref(), &mut to_sign);
        let mut signature = String::with_capacity(64);
        hex(
            hmac::sign(&self.key, to_sign.as_bytes()).as_ref(),
            &mut signature,
        );
        (names, signature)
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
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    for byte in bytes {
        text.push(DIGITS[usize::from(byte >> 4)]);
        text.push(DIGITS[usize::from(byte & 15)]);
    }
}

#[cfg(test)]
mod tests;
#[cfg(test)]
mod verifier;
