//! Where a target's credentials come from. The file names places and never holds a secret.

use crate::support::files::FileError;
use crate::wire::target::Credentials;

use super::reader::{Reader, Value};

/// Where a target's credentials come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) enum CredentialSource {
    /// `AWS_ACCESS_KEY_ID` and its fellows, else test credentials.
    #[default]
    Environment,
    /// Test credentials, whatever the environment holds.
    Test,
    /// Variables of other names.
    Variables {
        /// The variable that holds the access key id.
        key: String,
        /// The variable that holds the secret access key.
        secret: String,
        /// The variable that holds the session token of temporary credentials.
        token: Option<String>,
    },
}

impl CredentialSource {
    /// The credentials, where they are not those that every command takes from the environment.
    ///
    /// # Errors
    /// Where a variable is not set, or holds what no header can: signing with something else than
    /// was meant would surprise. The values are not repeated.
    pub(crate) fn read(
        &self,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Option<Credentials>, String> {
        let read = |name: &str| -> Result<String, String> {
            let value = variable(name)
                .map(|value| value.trim().to_owned())
                .filter(|value| !value.is_empty());
            let value =
                value.ok_or_else(|| format!("credentials: the variable {name} is not set"))?;
            if value.bytes().all(|b| b.is_ascii_graphic()) {
                Ok(value)
            } else {
                Err(format!(
                    "credentials: {name} holds a character that no credential has"
                ))
            }
        };

        match self {
            Self::Environment => Ok(None),
            Self::Test => Ok(Some(Credentials::default())),
            Self::Variables { key, secret, token } => {
                let token = token.as_deref().map(read).transpose()?;
                Ok(Some(Credentials::new(
                    &read(key)?,
                    &read(secret)?,
                    token.as_deref(),
                )))
            }
        }
    }
}

impl Reader<'_> {
    pub(super) fn credentials(&self, value: &Value<'_>) -> Result<CredentialSource, FileError> {
        const FORM: &str =
            "\"environment\", \"test\", or { key-variable = \"…\", secret-variable = \"…\" }";
        match value.get_ref().as_str() {
            Some("environment") => return Ok(CredentialSource::Environment),
            Some("test") => return Ok(CredentialSource::Test),
            // It may be a secret that somebody wrote here.
            Some(_) => {
                return Err(self
                    .file
                    .at(value.span(), format!("credentials: expected {FORM}")));
            }
            None => {}
        }

        let table = self.table(value, FORM)?;
        self.known_keys(
            table,
            &["key-variable", "secret-variable", "token-variable"],
        )?;

        let name = |key: &str| {
            table
                .get(key)
                .map(|value| self.variable_name(key, value))
                .transpose()
        };

        let (Some(key), Some(secret)) = (name("key-variable")?, name("secret-variable")?) else {
            return Err(self.file.at(
                value.span(),
                "credentials: expected both key-variable and secret-variable",
            ));
        };

        Ok(CredentialSource::Variables {
            key,
            secret,
            token: name("token-variable")?,
        })
    }

    /// The name of a variable. It must be in capitals, as such names are by custom: what is not may
    /// be a secret.
    fn variable_name(&self, key: &str, value: &Value<'_>) -> Result<String, FileError> {
        let name = self.plain(value)?;
        let first = name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_');
        if first
            && name
                .bytes()
                .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        {
            return Ok(name);
        }
        Err(self.file.at(
            value.span(),
            format!("{key}: expected the name of an environment variable, in capitals"),
        ))
    }
}
