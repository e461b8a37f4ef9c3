//! The table of a target, and that of a profile, which puts values in place of those of any target.

use std::path::Path;
use std::time::Duration;

use toml::Spanned;
use toml::de::DeTable;

use super::reader::{Reader, Value};
use super::{ContractValues, Release, Start, Values, keys};
use crate::import::service_of;
use crate::run::MOST_JOBS;
use crate::support::files::FileError;
use crate::wire::target::Endpoint;

/// How long a started target may take to be ready.
const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// Headers whose values are secrets by their meaning.
const SECRET_HEADERS: [&str; 3] = ["authorization", "proxy-authorization", "cookie"];

impl Reader<'_> {
    /// What a target's table says.
    pub(super) fn target(
        &self,
        table: &Spanned<DeTable<'_>>,
        folder: &Path,
        values: &mut Values,
    ) -> Result<(), FileError> {
        let keys = table.get_ref();
        self.known_keys(keys, &keys::TARGET)?;
        let Some(endpoint) = keys.get("endpoint") else {
            return Err(self
                .file
                .at(table.span(), "expected a key `endpoint`: the target's URL"));
        };

        values.endpoint = self.endpoint(endpoint)?;
        values.region = keys
            .get("region")
            .map(|v| self.region(v))
            .transpose()?
            .flatten();

        values.credentials = keys
            .get("credentials")
            .map(|v| self.credentials(v))
            .transpose()?
            .unwrap_or_default();

        values.headers = keys
            .get("headers")
            .map(|v| self.headers(v))
            .transpose()?
            .unwrap_or_default();

        values.allow_host = keys
            .get("allow-host")
            .map(|v| self.words(v))
            .transpose()?
            .unwrap_or_default();

        if let Some(value) = keys.get("start") {
            values.start = Some(self.start(value, folder)?);
        }
        for key in ["ready", "ready-timeout"] {
            if let (Some(value), None) = (keys.get(key), &values.start) {
                return Err(self
                    .file
                    .at(value.span(), format!("`{key}` is of use only with `start`")));
            }
        }

        if let (Some(value), Some(start)) = (keys.get("ready"), &mut values.start) {
            start.ready = self.word(value)?;
            if start
                .ready
                .as_ref()
                .is_some_and(|path| !path.starts_with('/'))
            {
                return Err(self.file.at(
                    value.span(),
                    "ready: expected a path, with a slash at its beginning",
                ));
            }
        }

        values.release = keys
            .get("version")
            .map(|v| self.release(v, folder))
            .transpose()?
            .flatten();

        values.cases = keys
            .get("cases")
            .map(|v| self.count(v))
            .transpose()?
            .flatten();

        self.shared(keys, folder, values)
    }

    /// What a profile's table says.
    pub(super) fn profile(
        &self,
        table: &Spanned<DeTable<'_>>,
        folder: &Path,
        values: &mut Values,
    ) -> Result<(), FileError> {
        self.known_keys(table.get_ref(), &keys::PROFILE)?;
        self.shared(table.get_ref(), folder, values)
    }

    /// What may stand in either. It stays as it was where the table does not say it.
    fn shared(
        &self,
        keys: &DeTable<'_>,
        folder: &Path,
        values: &mut Values,
    ) -> Result<(), FileError> {
        let duration = |key| {
            keys.get(key)
                .map(|v| self.duration(v))
                .transpose()
                .map(Option::flatten)
        };

        values.rate = keys
            .get("rate")
            .map(|v| self.rate(v))
            .transpose()?
            .flatten()
            .or(values.rate);

        let jobs = format!("a whole number from 1 to {MOST_JOBS}");
        values.jobs = keys
            .get("jobs")
            .map(|v| self.count_within(v, &jobs, MOST_JOBS))
            .transpose()?
            .flatten()
            .or(values.jobs);

        values.timeout = duration("timeout")?.or(values.timeout);
        values.settle_timeout = duration("settle-timeout")?.or(values.settle_timeout);
        if let (Some(timeout), Some(start)) = (duration("ready-timeout")?, &mut values.start) {
            start.timeout = timeout;
        }

        self.contract(keys, folder, &mut values.contract)?;
        if let Some(path) = keys
            .get("baseline")
            .map(|v| self.word(v))
            .transpose()?
            .flatten()
        {
            values.baseline = Some(folder.join(path));
        }
        Ok(())
    }

    /// Which contract to judge by. It stays as it was where the table does not say it.
    pub(super) fn contract(
        &self,
        keys: &DeTable<'_>,
        folder: &Path,
        values: &mut ContractValues,
    ) -> Result<(), FileError> {
        if let Some(document) = keys
            .get("model")
            .map(|v| self.word(v))
            .transpose()?
            .flatten()
        {
            // A name that stands for an installed one is no path.
            values.model = Some(match service_of(&document).is_some() {
                true => document,
                false => folder.join(document).to_string_lossy().into_owned(),
            });
        }
        if let Some(value) = keys.get("revision") {
            values.revision = self.word(value)?.or(values.revision.take());
        }
        if let Some(value) = keys.get("operations") {
            let names = self.words(value)?;
            let named = names.iter().map(|name| name.parse()).collect();
            let named: Result<Vec<_>, String> = named;
            values.operations = named.map_err(|e| {
                let message = format!("operations: {e}");
                self.file.at(value.span(), message)
            })?;
        }
        Ok(())
    }

    /// A URL that requests can go to. One that variables are still to be filled into is not looked
    /// at.
    fn endpoint(&self, value: &Value<'_>) -> Result<Option<String>, FileError> {
        let url = self.word(value)?;
        if let Some(Err(error)) = url.as_deref().map(Endpoint::parse) {
            return Err(self.file.at(value.span(), error.to_string()));
        }
        Ok(url)
    }

    fn start(&self, value: &Value<'_>, folder: &Path) -> Result<Start, FileError> {
        let command = self.command("start", value)?;
        Ok(Start {
            command,
            folder: folder.to_owned(),
            ready: None,
            timeout: READY_TIMEOUT,
        })
    }

    /// A text, or the command that writes it.
    fn release(&self, value: &Value<'_>, folder: &Path) -> Result<Option<Release>, FileError> {
        if value.get_ref().as_array().is_none() {
            return Ok(self.word(value)?.map(Release::Known));
        }
        Ok(Some(Release::Told {
            command: self.command("version", value)?,
            folder: folder.to_owned(),
        }))
    }

    fn command(&self, key: &str, value: &Value<'_>) -> Result<Vec<String>, FileError> {
        const FORM: &str = "an array: the program, then its arguments";
        let Some(items) = value.get_ref().as_array() else {
            return Err(self.expected(value, FORM));
        };
        // An argument may be empty; the program may not. In a check, what variables are to fill in
        // is left out.
        let texts = items.iter().filter_map(|item| self.text(item).transpose());
        let command = texts.collect::<Result<Vec<_>, _>>()?;
        if command.first().is_none_or(String::is_empty)
            && (items.is_empty() || self.variable.is_some())
        {
            return Err(self
                .file
                .at(value.span(), format!("{key}: expected {FORM}")));
        }

        Ok(command)
    }

    fn headers(&self, value: &Value<'_>) -> Result<Vec<(String, String)>, FileError> {
        let mut headers = Vec::new();
        for (name, value) in self.table(value, "a table of names and values")? {
            let secret = SECRET_HEADERS
                .iter()
                .any(|s| name.get_ref().eq_ignore_ascii_case(s));
            if secret && !self.plain(value)?.contains("${") {
                let message = format!(
                    "{}: a secret does not belong in this file; expected `${{NAME}}`",
                    name.get_ref()
                );
                return Err(self.file.at(value.span(), message));
            }
            headers.extend(
                self.text(value)?
                    .map(|value| (name.get_ref().to_string(), value)),
            );
        }

        Ok(headers)
    }
}
