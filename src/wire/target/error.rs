//! Why a target cannot be used at all: faults of the settings, not of the target.

use super::Refused;

/// Why a target cannot be used at all: faults of the settings, not of the target.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub(crate) enum TargetError {
    /// The host is not loopback and was not allowed.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// The certificate bundle cannot be used.
    #[error("the CA bundle cannot be used: {0}")]
    CaBundle(String),
    /// There is no way to check certificates.
    #[error(
        "TLS cannot be set up: {0}; a bundle of certificates to trust can be given in AWS_CA_BUNDLE"
    )]
    Tls(String),
    /// The rate is not a positive number.
    #[error("the rate is {0} requests per second; expected a positive number")]
    Rate(f64),
    /// An extra header or the region could not stand in an HTTP header.
    #[error("{0} cannot stand in an HTTP header")]
    Header(String),
    /// The HTTP client library refused the settings.
    #[error("the HTTP client cannot be set up: {0}")]
    Client(String),
}
