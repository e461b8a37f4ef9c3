//! Connections for the raw writer.

use std::io;
use std::sync::Arc;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use crate::wire::exchange::{Phase, Silence};
use crate::wire::target::ours::no_connection;
use crate::wire::target::{Endpoint, Settings};

/// Opens connections to one endpoint.
pub(crate) struct Dialer {
    endpoint: Endpoint,
    tls: TlsConnector,
}

/// A connection, with or without TLS.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Dialer {
    pub(crate) fn new(endpoint: Endpoint, tls: ClientConfig) -> Self {
        Self {
            endpoint,
            tls: TlsConnector::from(Arc::new(tls)),
        }
    }

    /// A new connection, within `connect_timeout`.
    pub(crate) async fn open(&self, settings: &Settings) -> Result<Box<dyn Stream>, Silence> {
        within(settings, self.connect()).await
    }

    /// The same without TLS, for an endpoint that has none.
    pub(crate) async fn open_plain(&self, settings: &Settings) -> Result<TcpStream, Silence> {
        within(settings, self.connect_plain()).await
    }

    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let stream = self.connect_plain().await?;
        if !self.endpoint.is_tls() {
            return Ok(Box::new(stream));
        }
        let name =
            ServerName::try_from(self.endpoint.host().to_owned()).map_err(io::Error::other)?;
        Ok(Box::new(self.tls.connect(name, stream).await?))
    }

    async fn connect_plain(&self) -> io::Result<TcpStream> {
        let stream = match self.endpoint.pinned_addresses() {
            Some(addresses) => TcpStream::connect(&addresses[..]).await?,
            None => TcpStream::connect((self.endpoint.host(), self.endpoint.port())).await?,
        };
        stream.set_nodelay(true)?;
        Ok(stream)
    }
}

async fn within<T>(
    settings: &Settings,
    connecting: impl Future<Output = io::Result<T>>,
) -> Result<T, Silence> {
    match timeout(settings.connect_timeout, connecting).await {
        Ok(Ok(stream)) => Ok(stream),
        Ok(Err(error)) => Err(no_connection(&error)),
        Err(_) => Err(Silence::TimedOut(Phase::Connect)),
    }
}

impl std::fmt::Debug for Dialer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Dialer").field(&self.endpoint).finish()
    }
}
