//! Whom to trust behind `https`.

use std::sync::Arc;

use rustls_platform_verifier::BuilderVerifierExt;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::CertificateDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::{Settings, TargetError};

/// One configuration for both ways of sending, so that they cannot disagree about whom to trust.
///
/// # Errors
///
/// [`TargetError::CaBundle`] if the bundle holds no certificate or one that cannot be read,
/// [`TargetError::Tls`] if there is no bundle and the system has no trusted certificates.
pub(super) fn config(settings: &Settings) -> Result<ClientConfig, TargetError> {
    match &settings.ca_bundle {
        Some(pem) => bundled(pem),
        None => system(),
    }
}

/// For endpoints without TLS: it trusts nobody. Reading the system's certificates would cost time,
/// and fail on a machine that has none, for nothing.
pub(super) fn unused() -> Result<ClientConfig, TargetError> {
    with_roots(RootCertStore::empty())
}

fn bundled(pem: &[u8]) -> Result<ClientConfig, TargetError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(pem) {
        let certificate = certificate.map_err(|e| TargetError::CaBundle(e.to_string()))?;
        roots
            .add(certificate)
            .map_err(|e| TargetError::CaBundle(e.to_string()))?;
    }

    if roots.is_empty() {
        return Err(TargetError::CaBundle(
            "it holds no certificate in PEM form".to_owned(),
        ));
    }

    with_roots(roots)
}

fn with_roots(roots: RootCertStore) -> Result<ClientConfig, TargetError> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| TargetError::Tls(e.to_string()))?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

fn system() -> Result<ClientConfig, TargetError> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(BuilderVerifierExt::with_platform_verifier)
        .map_err(|e| TargetError::Tls(e.to_string()))?;
    Ok(builder.with_no_client_auth())
}

/// Named, because rustls refuses to guess when two providers are compiled in, and panics.
fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

#[cfg(test)]
mod tests;
