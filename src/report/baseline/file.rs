//! The file of a baseline: a table for each finding, sorted by identity, so that branches which add
//! or remove some merge.

use std::fmt::Write as _;
use std::ops::Range;

use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use super::{Baseline, Entry, promise};
use crate::support::date;
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::{FileError, Source};
use crate::support::sink::source;

const HEADER: &str = "\
# Findings that are known: they are shown and fail no run. `--baseline-update` adds to this file and keeps `reason`, `link`
# and `expires` (YYYY-MM-DD, the last day) as they are; other comments it does not keep.
";

const KEYS: [&str; 5] = ["id", "reason", "link", "expires", "chance"];

type Value<'i> = Spanned<DeValue<'i>>;

impl Baseline {
    /// Reads a file of known findings.
    ///
    /// # Errors
    /// Where it is not TOML, has an unknown key, lacks `id` or `reason`, or has an id twice, or one
    /// that names no promise, class and symptom.
    pub(crate) fn load(file: &Source) -> Result<Self, FileError> {
        let table = file.table()?;
        let mut baseline = Self::default();
        for (key, value) in table.get_ref() {
            if key.get_ref() != "finding" {
                return Err(unknown(file, key, &["finding"]));
            }
            let Some(findings) = value.get_ref().as_array() else {
                return Err(file.at(key.span(), "expected tables [[finding]]"));
            };
            for finding in findings.iter() {
                baseline.take(file, finding)?;
            }
        }

        Ok(baseline)
    }

    fn take(&mut self, file: &Source, finding: &Value<'_>) -> Result<(), FileError> {
        let Some(table) = finding.get_ref().as_table() else {
            return Err(file.at(finding.span(), "expected tables [[finding]]"));
        };
        if let Some((key, _)) = table
            .iter()
            .find(|(key, _)| !KEYS.contains(&key.get_ref().as_ref()))
        {
            return Err(unknown(file, key, &KEYS));
        }
        let (id, at) = required(file, finding, table, "id")?;
        let (reason, _) = required(file, finding, table, "reason")?;

        if promise(&id).is_empty() {
            return Err(file.at(
                at,
                format!(
                    "id: expected PROMISE::CLASS::SYMPTOM, found `{}`",
                    shown(&id)
                ),
            ));
        }

        let expires = match table.get("expires") {
            Some(day) => {
                let text = match day.get_ref() {
                    DeValue::Datetime(day) => day.to_string(),
                    _ => text(file, "expires", day)?,
                };
                Some(date::day(&text).map_err(|e| file.at(day.span(), format!("expires: {e}")))?)
            }
            None => None,
        };

        let chance = match table.get("chance") {
            Some(value) => {
                let flag = value.get_ref().as_bool();
                flag.ok_or_else(|| file.at(value.span(), "chance: expected true or false"))?
            }
            None => false,
        };

        let link = table
            .get("link")
            .map(|link| text(file, "link", link))
            .transpose()?;

        if self
            .entries
            .insert(
                id.clone(),
                Entry {
                    reason,
                    link,
                    expires,
                    chance,
                },
            )
            .is_some()
        {
            return Err(file.at(
                at,
                format!("finding `{}` stands twice in this file", shown(&id)),
            ));
        }

        Ok(())
    }

    /// The text of the file.
    pub(crate) fn print(&self) -> String {
        let mut text = HEADER.to_owned();
        for (id, entry) in &self.entries {
            let _ = writeln!(
                text,
                "\n[[finding]]\nid = {}\nreason = {}",
                source::toml(id),
                source::toml(&entry.reason)
            );
            if let Some(link) = &entry.link {
                let _ = writeln!(text, "link = {}", source::toml(link));
            }
            if let Some(day) = entry.expires {
                let _ = writeln!(text, "expires = {day}");
            }
            if entry.chance {
                text.push_str("chance = true\n");
            }
        }

        text
    }
}

fn required(
    file: &Source,
    finding: &Value<'_>,
    table: &DeTable<'_>,
    key: &str,
) -> Result<(String, Range<usize>), FileError> {
    match table.get(key) {
        Some(value) => Ok((text(file, key, value)?, value.span())),
        None => Err(file.at(finding.span(), format!("[[finding]] lacks the key `{key}`"))),
    }
}

fn text(file: &Source, key: &str, value: &Value<'_>) -> Result<String, FileError> {
    let text = value.get_ref().as_str().map(str::to_owned);
    text.ok_or_else(|| {
        file.at(
            value.span(),
            format!(
                "{key}: expected a string, found {}",
                value.get_ref().type_str()
            ),
        )
    })
}

fn unknown(file: &Source, key: &Spanned<DeString<'_>>, known: &[&str]) -> FileError {
    let name = key.get_ref();
    let meant = did_you_mean(name, known.iter().copied());
    file.at(
        key.span(),
        format!(
            "unknown key `{}`: expected one of {}{meant}",
            shown(name),
            known.join(", ")
        ),
    )
}
