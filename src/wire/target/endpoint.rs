//! The address requests go to, and the rule about which addresses they may go to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;

/// The base address of a target: scheme, host, port and an optional base path, and nothing else.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Endpoint {
    tls: bool,
    host: String,
    port: u16,
    base_path: String,
}

/// Why a text is no endpoint. Nothing here repeats the text: it may hold a password.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum EndpointError {
    /// The text is no absolute URL.
    #[error("the endpoint is not a URL: {0}; expected something like http://127.0.0.1:4566")]
    NotAUrl(String),
    /// The text is a URL but for its scheme: the URL that it may mean.
    #[error("the endpoint has no scheme; did you mean `{0}`?")]
    NoScheme(String),
    /// The scheme is neither `http` nor `https`.
    #[error("the endpoint has the scheme `{0}`; expected http or https")]
    Scheme(String),
    /// A user name or a password stands before the host.
    #[error(
        "the endpoint holds a user name or a password; credentials come from AWS_ACCESS_KEY_ID and \
         AWS_SECRET_ACCESS_KEY"
    )]
    Credentials,
    /// There is a query or a fragment, which no request path can follow.
    #[error("the endpoint holds a {0}; expected only scheme, host, port and perhaps a base path")]
    Surplus(&'static str),
    /// White space, a control character or a backslash, which URL parsers silently drop or turn
    /// into something else.
    #[error("the endpoint holds {0:?}, which is not allowed in a URL")]
    Character(char),
}

/// The hosts outside this machine that the user has allowed by name. By default there are none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Permission {
    hosts: Vec<String>,
}

/// A host that is not loopback and was not allowed by name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "refusing to send requests to {host}: it is not a loopback address. The run creates, changes and deletes \
     resources there; if that is what you want, add --allow-host {host}"
)]
pub(crate) struct Refused {
    /// The host as it must be named to be allowed.
    pub(crate) host: String,
}

impl Endpoint {
    /// Reads `http://host[:port][/base]` or the same with `https`.
    ///
    /// # Errors
    ///
    /// Everything else: another scheme, user information, a query, a fragment, characters that no
    /// URL holds.
    pub(crate) fn parse(url: &str) -> Result<Self, EndpointError> {
        if let Some(c) = url
            .chars()
            .find(|c| c.is_whitespace() || c.is_control() || *c == '\\')
        {
            return Err(EndpointError::Character(c));
        }
        if let Some(meant) = without_scheme(url) {
            return Err(EndpointError::NoScheme(meant.to_string()));
        }
        let url = Url::parse(url).map_err(|e| EndpointError::NotAUrl(e.to_string()))?;
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            other => return Err(EndpointError::Scheme(other.to_owned())),
        };

        if !url.username().is_empty() || url.password().is_some() {
            return Err(EndpointError::Credentials);
        }
        if url.query().is_some() {
            return Err(EndpointError::Surplus("query"));
        }
        if url.fragment().is_some() {
            return Err(EndpointError::Surplus("fragment"));
        }
        let host = url.host_str().unwrap_or_default();
        if host.is_empty() {
            return Err(EndpointError::NotAUrl("it has no host".to_owned()));
        }
        Ok(Self {
            tls,
            host: bare(host).to_owned(),
            port: url.port().unwrap_or(if tls { 443 } else { 80 }),
            base_path: url.path().trim_end_matches('/').to_owned(),
        })
    }

    /// Whether requests cannot leave this machine: 127.0.0.0/8, `::1`, `localhost` and
    /// `*.localhost` (RFC 6761, section 6.3). Names are not looked up, except that those of
    /// `localhost` are taken for loopback when connecting.
    pub(crate) fn is_loopback(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.is_localhost(),
        }
    }

    /// Whether connections are made with TLS.
    pub(crate) fn is_tls(&self) -> bool {
        self.tls
    }

    /// The host in lower case, an IPv6 address without brackets.
    pub(crate) fn host(&self) -> &str {
        &self.host
    }

    /// The TCP port, given or by the scheme.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// What stands before every request path: empty, or starting and not ending with `/`.
    pub(crate) fn base_path(&self) -> &str {
        &self.base_path
    }

    /// The value of the Host header: the port is left out where the scheme implies it (RFC 9110,
    /// section 7.2).
    pub(crate) fn authority(&self) -> String {
        let host = self.bracketed();
        match (self.tls, self.port) {
            (false, 80) | (true, 443) => host,
            (_, port) => format!("{host}:{port}"),
        }
    }

    /// The addresses of a name that must not be looked up. A resolver may answer anything for
    /// `localhost`; RFC 6761 lets us not ask it, and the promise that nothing leaves the machine
    /// depends on that.
    pub(super) fn pinned_addresses(&self) -> Option<[SocketAddr; 2]> {
        (self.host.parse::<IpAddr>().is_err() && self.is_localhost()).then(|| {
            [
                SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)),
                SocketAddr::from((Ipv6Addr::LOCALHOST, self.port)),
            ]
        })
    }

    fn is_localhost(&self) -> bool {
        self.host == "localhost" || self.host.ends_with(".localhost")
    }

    fn bracketed(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]", self.host)
        } else {
            self.host.clone()
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        write!(f, "{scheme}://{}{}", self.authority(), self.base_path)
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Endpoint({self})")
    }
}

impl Permission {
    /// Loopback, and the hosts of these names: no port, any letter case, IPv6 with or without
    /// brackets.
    pub(crate) fn new(allow_hosts: &[String]) -> Self {
        Self {
            hosts: allow_hosts
                .iter()
                .map(|host| bare(host).to_ascii_lowercase())
                .collect(),
        }
    }

    /// Whether requests may go there.
    ///
    /// # Errors
    ///
    /// [`Refused`] for a host that is neither loopback nor allowed.
    pub(crate) fn check(&self, endpoint: &Endpoint) -> Result<(), Refused> {
        if endpoint.is_loopback() || self.hosts.iter().any(|host| host == endpoint.host()) {
            Ok(())
        } else {
            Err(Refused {
                host: endpoint.host().to_owned(),
            })
        }
    }
}

/// What is meant by a host, perhaps with a port and a path, that lacks only `http://`. A URL parser
/// takes the host of `localhost:4566` for a scheme.
fn without_scheme(text: &str) -> Option<Endpoint> {
    let port = |authority: &str| {
        let port = authority.rsplit(':').next().unwrap_or_default();
        !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit())
    };
    let authority = text.split('/').next().unwrap_or_default();
    let is_host = authority.contains(['.', '[']) || authority == "localhost" || port(authority);
    (is_host && !text.contains("://"))
        .then(|| Endpoint::parse(&format!("http://{text}")).ok())
        .flatten()
}

fn bare(host: &str) -> &str {
    host.strip_prefix('[')
        .and_then(|h| h.strip_suffix(']'))
        .unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(url: &str) -> Endpoint {
        Endpoint::parse(url).expect(url)
    }

    #[test]
    fn parts() {
        for (url, shown, authority, base) in [
            (
                "http://127.0.0.1:4566",
                "http://127.0.0.1:4566",
                "127.0.0.1:4566",
                "",
            ),
            (
                "http://127.0.0.1:4566/",
                "http://127.0.0.1:4566",
                "127.0.0.1:4566",
                "",
            ),
            (
                "HTTP://LocalHost:80/base/",
                "http://localhost/base",
                "localhost",
                "/base",
            ),
            (
                "https://[::1]:8443/a/b",
                "https://[::1]:8443/a/b",
                "[::1]:8443",
                "/a/b",
            ),
            (
                "https://example.com:443",
                "https://example.com",
                "example.com",
                "",
            ),
        ] {
            let e = endpoint(url);
            assert_eq!(e.to_string(), shown);
            assert_eq!(e.authority(), authority);
            assert_eq!(e.base_path(), base);
            assert_eq!(endpoint(&e.to_string()), e);
        }
    }

    #[test]
    fn refused_texts() {
        for (url, part) in [
            ("", "not a URL"),
            ("localhost:4566", "mean `http://localhost:4566`"),
            ("127.0.0.1:4566", "mean `http://127.0.0.1:4566`"),
            ("localhost", "mean `http://localhost`"),
            ("[::1]:4566/base", "mean `http://[::1]:4566/base`"),
            ("example.com", "mean `http://example.com`"),
            ("user:secret@127.0.0.1:4566", "scheme `user`"),
            ("localhost:x", "scheme `localhost`"),
            ("moto", "not a URL"),
            ("ftp://127.0.0.1", "scheme `ftp`"),
            ("http://", "not a URL"),
            ("http://user:secret@127.0.0.1", "user name or a password"),
            ("http://user@127.0.0.1", "user name or a password"),
            ("http://127.0.0.1/?x=1", "query"),
            ("http://127.0.0.1/#x", "fragment"),
            ("http://127.0.0.1\\@example.com", "'\\\\'"),
            (" http://127.0.0.1", "' '"),
            ("http://127.0.0.1/\n", "'\\n'"),
            ("http://127.0.0.1:99999", "not a URL"),
        ] {
            let error = Endpoint::parse(url).expect_err(url).to_string();
            assert!(error.contains(part), "{url}: {error}");
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn loopback() {
        for url in [
            "http://127.0.0.1",
            "http://127.1.2.3:1",
            "http://127.1",
            "http://0x7f.1",
            "http://2130706433",
            "http://[::1]",
            "http://[0:0:0:0:0:0:0:1]",
            "http://localhost",
            "http://LOCALHOST:4566",
            "http://lambda.localhost",
        ] {
            assert!(endpoint(url).is_loopback(), "{url}");
        }

        for url in [
            "http://0.0.0.0",
            "http://128.0.0.1",
            "http://10.0.0.1",
            "http://[::]",
            "http://[::ffff:10.0.0.1]",
            "http://localhost.example.com",
            "http://notlocalhost",
            "http://127.0.0.1.nip.io",
            "https://lambda.us-east-1.amazonaws.com",
        ] {
            assert!(!endpoint(url).is_loopback(), "{url}");
        }
    }

    #[test]
    fn permission_is_by_name() {
        let remote = endpoint("https://Lambda.Example.com:8443/x");
        let refused = Permission::default()
            .check(&remote)
            .expect_err("not allowed");
        assert!(
            refused
                .to_string()
                .contains("--allow-host lambda.example.com"),
            "{refused}"
        );

        assert!(
            Permission::new(&["LAMBDA.example.COM".into()])
                .check(&remote)
                .is_ok()
        );

        assert!(
            Permission::new(&["example.com".into()])
                .check(&remote)
                .is_err()
        );

        assert!(
            Permission::new(&["[fe80::1]".into()])
                .check(&endpoint("http://[FE80::1]"))
                .is_ok()
        );

        assert!(
            Permission::default()
                .check(&endpoint("http://localhost"))
                .is_ok()
        );
    }
}
