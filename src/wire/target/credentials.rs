//! Whose requests these are.

use std::fmt;

/// An access key, its secret, and the session token of temporary credentials.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Credentials {
    /// The access key id: it is sent in clear, so it is no secret.
    pub(crate) access_key_id: String,
    pub(super) secret_access_key: String,
    pub(super) session_token: Option<String>,
}

/// Why the environment holds no usable credentials. The values are not repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CredentialsError {
    /// One of the two is set without the other.
    #[error(
        "{set} is set but {missing} is not; set both, or neither to sign with test credentials"
    )]
    Partial {
        /// The variable that is set.
        set: &'static str,
        /// The variable that is not.
        missing: &'static str,
    },
    /// A value could not stand in an HTTP header.
    #[error("{0} holds a character that no credential has: expected visible ASCII without spaces")]
    Character(&'static str),
}

const KEY: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const TOKEN: &str = "AWS_SESSION_TOKEN";

impl Credentials {
    /// Credentials from their parts.
    pub(crate) fn new(
        access_key_id: &str,
        secret_access_key: &str,
        session_token: Option<&str>,
    ) -> Self {
        Self {
            access_key_id: access_key_id.to_owned(),
            secret_access_key: secret_access_key.to_owned(),
            session_token: session_token.map(str::to_owned),
        }
    }

    /// The credentials of the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_SESSION_TOKEN`), or, where neither key is set, `test`/`test`, which every emulator
    /// takes. An empty variable counts as not set.
    ///
    /// # Errors
    ///
    /// One key without the other, or a value that no header can hold: signing with something else
    /// than was meant would surprise.
    pub(crate) fn from_env(
        lookup: impl Fn(&str) -> Option<String>,
    ) -> Result<Self, CredentialsError> {
        let read = |name: &'static str| -> Result<Option<String>, CredentialsError> {
            let value = lookup(name)
                .map(|v| v.trim().to_owned())
                .filter(|v| !v.is_empty());
            match &value {
                Some(v) if !v.bytes().all(|b| b.is_ascii_graphic()) => {
                    Err(CredentialsError::Character(name))
                }
                _ => Ok(value),
            }
        };

        match (read(KEY)?, read(SECRET)?) {
            (Some(key), Some(secret)) => Ok(Self::new(&key, &secret, read(TOKEN)?.as_deref())),
            (Some(_), None) => Err(CredentialsError::Partial {
                set: KEY,
                missing: SECRET,
            }),
            (None, Some(_)) => Err(CredentialsError::Partial {
                set: SECRET,
                missing: KEY,
            }),
            (None, None) => Ok(Self::default()),
        }
    }
}

impl Credentials {
    /// What no output may hold: the key, its secret and the session token. None for test
    /// credentials, which are known.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let all = [
            Some(&self.access_key_id),
            Some(&self.secret_access_key),
            self.session_token.as_ref(),
        ];
        let known = *self == Self::default();
        all.into_iter()
            .flatten()
            .map(String::as_str)
            .filter(move |_| !known)
    }
}

impl Default for Credentials {
    /// The test credentials of emulators: `test`/`test`.
    fn default() -> Self {
        Self::new("test", "test", None)
    }
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials")
            .field("access_key_id", &self.access_key_id)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(pairs: &[(&str, &str)]) -> Result<Credentials, CredentialsError> {
        Credentials::from_env(|name| {
            pairs
                .iter()
                .find(|(n, _)| *n == name)
                .map(|(_, v)| (*v).to_owned())
        })
    }

    #[test]
    fn environment() {
        assert_eq!(from(&[]), Ok(Credentials::new("test", "test", None)));
        assert_eq!(
            from(&[(KEY, ""), (SECRET, ""), (TOKEN, "t")]),
            Ok(Credentials::default())
        );

        assert_eq!(
            from(&[(KEY, "a"), (SECRET, "b\n")]),
            Ok(Credentials::new("a", "b", None))
        );

        assert_eq!(
            from(&[(KEY, "a"), (SECRET, "b"), (TOKEN, "t")]),
            Ok(Credentials::new("a", "b", Some("t")))
        );

        assert_eq!(
            from(&[(KEY, "a")]),
            Err(CredentialsError::Partial {
                set: KEY,
                missing: SECRET
            })
        );

        assert_eq!(
            from(&[(SECRET, "b")]),
            Err(CredentialsError::Partial {
                set: SECRET,
                missing: KEY
            })
        );

        assert_eq!(
            from(&[(KEY, "a\nb"), (SECRET, "b")]),
            Err(CredentialsError::Character(KEY))
        );
    }

    #[test]
    fn secrets_are_not_shown() {
        let shown = format!(
            "{:?}",
            Credentials::new("AKID", "hidden-secret", Some("hidden-token"))
        );
        assert!(
            shown.contains("AKID") && !shown.contains("hidden"),
            "{shown}"
        );
    }
}
