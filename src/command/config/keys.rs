//! Keys that are known, keys that are not, and keys that would hold a secret.

use toml::Spanned;
use toml::de::DeTable;

use super::reader::Reader;
use crate::support::echo::{did_you_mean, nearest, shown};
use crate::support::files::FileError;

/// What a target's table may hold.
pub(super) const TARGET: [&str; 18] = [
    "endpoint",
    "region",
    "credentials",
    "headers",
    "rate",
    "model",
    "operations",
    "revision",
    "baseline",
    "allow-host",
    "timeout",
    "settle-timeout",
    "jobs",
    "start",
    "ready",
    "ready-timeout",
    "version",
    "cases",
];

/// What a profile's table may hold: all but that which says what the target is.
pub(super) const PROFILE: [&str; 10] = [
    "default-target",
    "rate",
    "model",
    "operations",
    "revision",
    "baseline",
    "timeout",
    "settle-timeout",
    "jobs",
    "ready-timeout",
];

/// Keys under which other tools keep secrets. Each is compared without case, `-` being `_`.
const SECRETS: [&str; 7] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "access_key_id",
    "secret_access_key",
    "session_token",
    "password",
];

impl Reader<'_> {
    /// Refuses the first key that is none of these.
    pub(super) fn known_keys(&self, table: &DeTable<'_>, known: &[&str]) -> Result<(), FileError> {
        for key in table.keys() {
            let name: &str = key.get_ref();
            if known.contains(&name) {
                continue;
            }
            if SECRETS.contains(&name.to_lowercase().replace('-', "_").as_str()) {
                let message = format!(
                    "`{name}`: credentials do not belong in this file; credentials = {{ key-variable = \"…\", \
                     secret-variable = \"…\" }} names the variables that hold them"
                );
                return Err(self.file.at(key.span(), message));
            }
            let hint = match nearest(name, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("expected one of {}", known.join(", ")),
            };
            return Err(self
                .file
                .at(key.span(), format!("unknown key `{}`: {hint}", shown(name))));
        }
        Ok(())
    }

    /// Refuses a profile that there is not.
    pub(super) fn profile_name(
        &self,
        name: &str,
        table: &Spanned<DeTable<'_>>,
    ) -> Result<(), FileError> {
        match super::Profile::named(name) {
            Some(_) => Ok(()),
            None => {
                let hint = did_you_mean(name, ["dev", "ci"]);
                let message = format!(
                    "unknown profile `{}`: expected dev or ci{hint}",
                    shown(name)
                );
                Err(self.file.at(table.span(), message))
            }
        }
    }
}
