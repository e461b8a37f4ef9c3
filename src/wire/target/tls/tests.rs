use std::net::Ipv4Addr;
use std::sync::Arc;

use bytes::Bytes;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

use super::*;
use crate::wire::exchange::{Framing, Phase, Silence, Wire};
use crate::wire::target::testing::{Connection, Server, impatient, put, settings};
use crate::wire::target::{Endpoint, Target};

const BOTH: [Wire; 2] = [Wire::Client, Wire::Raw(Framing::Length)];

/// A private certificate authority.
struct Authority {
    pem: Bytes,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    fn new() -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let pem = params
            .self_signed(&key)
            .expect("a certificate")
            .pem()
            .into();
        Self {
            pem,
            issuer: Issuer::new(params, key),
        }
    }

    /// A server for `localhost` and 127.0.0.1 with a certificate of this authority. It answers one
    /// request per connection and closes without TLS's goodbye, as many servers do. Returns its
    /// port.
    async fn server(&self) -> u16 {
        let key = KeyPair::generate().expect("a key");
        let names = vec!["localhost".to_owned(), "127.0.0.1".to_owned()];
        let certificate = CertificateParams::new(names)
            .expect("parameters")
            .signed_by(&key, &self.issuer);
        let config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.expect("a certificate").der().clone()],
                PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
            )
            .expect("a configuration");
        let acceptor = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    continue;
                };
                let mut buffer = [0; 4096];
                let _ = stream.read(&mut buffer).await;
                let _ = stream
                    .write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}")
                    .await;
                let _ = stream.flush().await;
            }
        });
        port
    }
}

fn target(url: &str, trusted: &Authority, settings: Settings) -> Target {
    let settings = Settings {
        ca_bundle: Some(trusted.pem.clone()),
        ..settings
    };
    Target::http(Endpoint::parse(url).expect("an endpoint"), settings).expect("a target")
}

#[tokio::test]
async fn a_private_authority() {
    let authority = Authority::new();
    let port = authority.server().await;
    for host in ["localhost", "127.0.0.1"] {
        let target = target(&format!("https://{host}:{port}"), &authority, settings());
        for wire in BOTH {
            for _ in 0..3 {
                let exchange = target.send(put(wire, "{}")).await;
                assert!(
                    exchange.accepted(),
                    "{host} {wire:?} {:?}",
                    exchange.outcome
                );
            }
        }
    }
}

#[tokio::test]
async fn somebody_elses_authority() {
    let port = Authority::new().server().await;
    let target = target(
        &format!("https://localhost:{port}"),
        &Authority::new(),
        settings(),
    );
    for wire in BOTH {
        let outcome = target.send(put(wire, "{}")).await.outcome;
        let Err(Silence::Unreachable(reason)) = outcome else {
            panic!("{outcome:?}")
        };
        assert!(reason.contains("certificate"), "{reason}");
    }
}

#[tokio::test]
async fn another_name() {
    let authority = Authority::new();
    let port = authority.server().await;
    let target = target(
        &format!("https://other.localhost:{port}"),
        &authority,
        settings(),
    );
    for wire in BOTH {
        let outcome = target.send(put(wire, "{}")).await.outcome;
        assert!(
            matches!(outcome, Err(Silence::Unreachable(_))),
            "{outcome:?}"
        );
    }
}

#[tokio::test]
async fn no_tls_there() {
    let server = Server::saying("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await;
    let target = target(
        &format!("https://{}", server.authority()),
        &Authority::new(),
        impatient(Phase::Connect),
    );
    for wire in BOTH {
        let outcome = target.send(put(wire, "")).await.outcome;
        let silent = matches!(
            outcome,
            Err(Silence::Unreachable(_) | Silence::TimedOut(Phase::Connect))
        );
        assert!(silent, "{outcome:?}");
    }
}

/// A server that accepts the connection and never says hello: the handshake is part of connecting.
#[tokio::test]
async fn a_handshake_that_hangs() {
    let server = Server::start(async |mut c: Connection| c.hang().await).await;
    let target = target(
        &format!("https://{}", server.authority()),
        &Authority::new(),
        impatient(Phase::Connect),
    );
    for wire in BOTH {
        let outcome = target.send(put(wire, "")).await.outcome;
        assert_eq!(outcome, Err(Silence::TimedOut(Phase::Connect)), "{wire:?}");
    }
}
