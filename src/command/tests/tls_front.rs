//! An emulator behind HTTPS, as a company runs one: a certificate of an authority of its own, and a
//! server that refuses what is not signed with its one key. Behind it stands the reference.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::process::{Served, serve};
use super::verifier::verify;

pub const KEY: &str = "AKIAFRONTEXAMPLE0001";
pub const SECRET: &str = "front/secret+example/0123456789abcdefghi";
pub const TOKEN: &str = "front-session-token-0123456789==";

/// What is wrong with the server, if anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    Sound,
    /// Its certificate has expired.
    Expired,
    /// Its certificate is its own authority's, as `openssl req -x509` makes one.
    SelfSigned,
    /// Its clock is an hour ahead.
    Ahead,
}

/// The server, for as long as this lives.
pub struct Https {
    pub url: String,
    /// The authority's certificate, in a file.
    pub bundle: PathBuf,
    _runtime: tokio::runtime::Runtime,
    _behind: Served,
}

impl Https {
    pub fn new(front: Front, arguments: &[&str]) -> Self {
        let behind = serve(arguments);
        let (config, authority) = certified(front);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build();
        let runtime = runtime.expect("a runtime");
        let listener = runtime
            .block_on(TcpListener::bind(("127.0.0.1", 0)))
            .expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let upstream = behind.url.trim_start_matches("http://").to_owned();
        let ahead = if front == Front::Ahead {
            Duration::from_secs(3600)
        } else {
            Duration::ZERO
        };
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (acceptor, upstream) = (acceptor.clone(), upstream.clone());
                tokio::spawn(async move {
                    // A client that does not trust the certificate goes away, which is its right.
                    let _ = answered(&acceptor, stream, &upstream, ahead).await;
                });
            }
        });
        let bundle = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(format!("ca-{}-{port}.pem", std::process::id()));
        let mut file = std::fs::File::create(&bundle).expect("a file");
        file.write_all(authority.as_bytes()).expect("a file");
        Self {
            url: format!("https://127.0.0.1:{port}"),
            bundle,
            _runtime: runtime,
            _behind: behind,
        }
    }
}

impl Drop for Https {
    fn drop(&mut self) {
        // What stays lies in the target folder, and harms nobody.
        let _ = std::fs::remove_file(&self.bundle);
    }
}

/// A certificate for 127.0.0.1, of an authority made for it, and that authority's own as PEM.
fn certified(front: Front) -> (ServerConfig, String) {
    let (authority_key, key) = (
        KeyPair::generate().expect("a key"),
        KeyPair::generate().expect("a key"),
    );
    let mut authority = CertificateParams::new(Vec::new()).expect("parameters");
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    // curl takes a certificate for its own authority's where both have one name.
    authority
        .distinguished_name
        .push(DnType::CommonName, "a private authority");
    let pem = authority
        .self_signed(&authority_key)
        .expect("a certificate")
        .pem();
    let mut own = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
    if front == Front::Expired {
        (own.not_before, own.not_after) = (date_time_ymd(2020, 1, 1), date_time_ymd(2021, 1, 1));
    }
    let certificate = if front == Front::SelfSigned {
        own.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        own.self_signed(&key)
    } else {
        own.signed_by(&key, &Issuer::new(authority, authority_key))
    };
    let certificate = certificate.expect("a certificate");
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
        )
        .expect("a configuration");
    (config, pem)
}

/// Answers the one request of a connection: with the reference's answer, or with AWS's to a
/// signature that does not hold.
async fn answered(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    upstream: &str,
    ahead: Duration,
) -> std::io::Result<()> {
    let mut stream = acceptor.accept(stream).await?;
    let mut raw = Vec::new();
    while !is_whole(&raw) {
        if stream.read_buf(&mut raw).await? == 0 {
            return Ok(());
        }
    }
    let tokened = String::from_utf8_lossy(&raw)
        .to_ascii_lowercase()
        .contains(&format!("\r\nx-amz-security-token: {TOKEN}"));
    let signed = if tokened {
        verify(&raw, KEY, SECRET, SystemTime::now() + ahead)
    } else {
        Err("token")
    };
    let answer = match signed {
        Ok(()) => {
            let mut behind = TcpStream::connect(upstream).await?;
            let end = raw
                .windows(2)
                .position(|w| w == b"\r\n")
                .unwrap_or_default();
            behind.write_all(&raw[..end]).await?;
            behind.write_all(b"\r\nconnection: close").await?;
            behind.write_all(&raw[end..]).await?;
            let mut answer = Vec::new();
            behind.read_to_end(&mut answer).await?;
            answer
        }
        Err(why) => {
            let body = format!("{{\"message\": \"The request signature does not hold: {why}\"}}");
            format!(
                "HTTP/1.1 403 Forbidden\r\nx-amzn-errortype: InvalidSignatureException\r\nconnection: close\r\n\
                 content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
                body.len()
            )
            .into_bytes()
        }
    };
    stream.write_all(&answer).await?;
    stream.shutdown().await
}

/// Whether all of a request is there.
fn is_whole(raw: &[u8]) -> bool {
    let Some(end) = raw.windows(4).position(|w| w == b"\r\n\r\n") else {
        return false;
    };
    let head = String::from_utf8_lossy(&raw[..end]).to_ascii_lowercase();
    let field = |name: &str| {
        head.lines()
            .find_map(|line| line.strip_prefix(name).map(|value| value.trim().to_owned()))
    };
    match (field("content-length:"), field("transfer-encoding:")) {
        (_, Some(_)) => raw.ends_with(b"\r\n0\r\n\r\n") || raw[end + 4..].starts_with(b"0\r\n\r\n"),
        (Some(length), None) => length
            .parse()
            .is_ok_and(|length: usize| raw.len() >= end + 4 + length),
        (None, None) => true,
    }
}
