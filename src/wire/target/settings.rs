//! How requests are sent: signing, limits and pace.

use std::time::{Duration, SystemTime};

use bytes::Bytes;

use super::{Credentials, Permission};

/// How requests are sent to a target. Every limit is a hard one: no request takes longer than the
/// sum of its limits.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    /// Which hosts outside this machine may be sent to. Default: none.
    pub(crate) permission: Permission,
    /// Whether requests are signed with AWS Signature Version 4. Default: yes.
    pub(crate) signing: bool,
    /// The region in the credential scope. Default: `us-east-1`.
    pub(crate) region: String,
    /// Whose requests they are. Default: the test credentials of emulators.
    pub(crate) credentials: Credentials,
    /// The signing time. Default: the system's.
    pub(crate) clock: Clock,
    /// Headers for every request that does not itself name them.
    pub(crate) extra_headers: Vec<(String, String)>,
    /// The certificates of the authorities to trust, as PEM, instead of the system's (as
    /// `AWS_CA_BUNDLE` does).
    pub(crate) ca_bundle: Option<Bytes>,
    /// The limit for the TCP connection and, for https, the TLS handshake. Default: 5 s.
    pub(crate) connect_timeout: Duration,
    /// The limit from the connection to the end of the head of the answer. Default: 10 s.
    pub(crate) head_timeout: Duration,
    /// The limit for the whole body of the answer. Default: 10 s.
    pub(crate) body_timeout: Duration,
    /// The largest body that is read, in bytes. Default: 8 MiB, more than the 6 that services of AWS send
    /// MB.
    pub(crate) max_body: u64,
    /// How many requests per second go out at most, over all clones of a target. Default: no limit.
    pub(crate) rate: Option<f64>,
    /// How often one request is sent again after a 429. Default: 8.
    pub(crate) max_throttle_waits: u32,
    /// The longest single wait after a 429, whatever Retry-After says. Default: 5 s.
    pub(crate) max_throttle_wait: Duration,
}

/// Where the signing time comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Clock {
    /// The system's clock.
    #[default]
    System,
    /// Always this time: the bytes on the wire then depend on the request and the credentials
    /// alone.
    #[cfg(test)]
    Fixed(SystemTime),
}

impl Clock {
    /// The time now.
    pub(crate) fn now(self) -> SystemTime {
        match self {
            Self::System => SystemTime::now(),
            #[cfg(test)]
            Self::Fixed(time) => time,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            permission: Permission::default(),
            signing: true,
            region: "us-east-1".to_owned(),
            credentials: Credentials::default(),
            clock: Clock::System,
            extra_headers: Vec::new(),
            ca_bundle: None,
            connect_timeout: Duration::from_secs(5),
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            max_body: 8 * 1024 * 1024,
            rate: None,
            max_throttle_waits: 8,
            max_throttle_wait: Duration::from_secs(5),
        }
    }
}
