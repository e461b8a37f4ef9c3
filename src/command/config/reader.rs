//! Values of the file by their types, each fault with its line.

use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::substitute;
use crate::support::echo::shown;
use crate::support::files::{FileError, Source};
use crate::support::units;

/// Gives the value of a variable of the environment, where it is set.
pub(super) type Lookup<'a> = &'a dyn Fn(&str) -> Option<String>;

/// Reads values. Without `variable` it checks them only: what a variable is to fill in is left out,
/// as `None`.
pub(super) struct Reader<'a> {
    pub(crate) file: &'a Source,
    pub(crate) variable: Option<Lookup<'a>>,
}

pub(super) type Value<'a> = Spanned<DeValue<'a>>;

impl Reader<'_> {
    /// A text with its variables filled in.
    pub(super) fn text(&self, value: &Value<'_>) -> Result<Option<String>, FileError> {
        let raw = self.plain(value)?;
        let wrong = |message| self.file.at(value.span(), message);
        match self.variable {
            Some(variable) => substitute::filled(&raw, variable).map(Some).map_err(wrong),
            // What is wrong with the form is wrong without values too.
            None => substitute::filled(&raw, &|name| Some(name.to_owned()))
                .map_err(wrong)
                .map(|text| {
                    let constant = !raw.contains("${");
                    constant.then_some(text)
                }),
        }
    }

    /// A text as it stands.
    pub(super) fn plain(&self, value: &Value<'_>) -> Result<String, FileError> {
        let text = value.get_ref().as_str();
        text.map(str::to_owned)
            .ok_or_else(|| self.expected(value, "a string"))
    }

    /// A text that is not empty.
    pub(super) fn word(&self, value: &Value<'_>) -> Result<Option<String>, FileError> {
        let text = self.text(value)?;
        if text.as_ref().is_some_and(String::is_empty) {
            return Err(self
                .file
                .at(value.span(), "expected a string that is not empty"));
        }
        Ok(text)
    }

    pub(super) fn region(&self, value: &Value<'_>) -> Result<Option<String>, FileError> {
        let text = self.word(value)?;
        text.map(|text| units::region(&text))
            .transpose()
            .map_err(|message| self.file.at(value.span(), message))
    }

    /// Texts: an array of them, or one alone.
    pub(super) fn words(&self, value: &Value<'_>) -> Result<Vec<String>, FileError> {
        match value.get_ref() {
            DeValue::Array(items) => items
                .iter()
                .filter_map(|item| self.word(item).transpose())
                .collect(),
            DeValue::String(_) => Ok(self.word(value)?.into_iter().collect()),
            _ => Err(self.expected(value, "an array of strings")),
        }
    }

    /// A number of seconds, or a text such as `"1m 30s"`.
    pub(super) fn duration(&self, value: &Value<'_>) -> Result<Option<Duration>, FileError> {
        self.measured(
            value,
            units::duration,
            "a number of seconds, or a time such as \"30s\"",
        )
    }

    /// A number of requests per second, or a text such as `"600/min"`.
    pub(super) fn rate(&self, value: &Value<'_>) -> Result<Option<f64>, FileError> {
        self.measured(
            value,
            units::rate,
            "a number of requests per second, or a rate such as \"600/min\"",
        )
    }

    /// A whole number of 1 or more, also as a text that a variable fills in.
    pub(super) fn count(&self, value: &Value<'_>) -> Result<Option<usize>, FileError> {
        self.count_within(value, "a whole number above 0", usize::MAX)
    }

    /// As [`count`](Self::count), up to `most`; `what` says so.
    pub(super) fn count_within(
        &self,
        value: &Value<'_>,
        what: &str,
        most: usize,
    ) -> Result<Option<usize>, FileError> {
        let read = |text: &str| match text.parse::<usize>() {
            Ok(count) if (1..=most).contains(&count) => Ok(count),
            _ => Err(format!("expected {what}, found `{}`", shown(text))),
        };
        self.measured(value, read, what)
    }

    pub(super) fn table<'b, 'c>(
        &self,
        value: &'b Value<'c>,
        what: &str,
    ) -> Result<&'b DeTable<'c>, FileError> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.expected(value, what)),
        }
    }

    pub(super) fn expected(&self, value: &Value<'_>, what: &str) -> FileError {
        self.file.at(
            value.span(),
            format!("expected {what}, found {}", kind(value.get_ref())),
        )
    }

    fn measured<T>(
        &self,
        value: &Value<'_>,
        read: impl Fn(&str) -> Result<T, String>,
        what: &str,
    ) -> Result<Option<T>, FileError> {
        let text = match value.get_ref() {
            DeValue::Integer(number) if number.radix() == 10 => Some(number.as_str().to_owned()),
            DeValue::Float(number) => Some(number.as_str().to_owned()),
            DeValue::String(_) => self.text(value)?,
            _ => return Err(self.expected(value, what)),
        };
        text.map(|text| read(&text))
            .transpose()
            .map_err(|message| self.file.at(value.span(), message))
    }
}

fn kind(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) | DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}
