//! Traits of Smithy. Only those that contracts have words for are read; all others are passed over.

use std::borrow::Cow;

use indexmap::IndexMap;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::contract::TimestampFormat;
use crate::import::graph::{Prose, Unread};
use crate::import::json::{self, Part, listed_in, number};
use crate::import::shape::{Constraint, Limits};
use crate::support::echo::shown;
use crate::support::files::Source;

/// The traits of a shape or member, by their names.
#[derive(Default, Deserialize)]
#[serde(transparent)]
pub(super) struct Traits<'a> {
    #[serde(borrow)]
    all: IndexMap<Cow<'a, str>, &'a RawValue>,
}

/// `aws.api#service`
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfService {
    pub(super) endpoint_prefix: Option<String>,
}

/// `smithy.api#http`
#[derive(Deserialize)]
pub(super) struct Http {
    pub(super) method: String,
    pub(super) uri: String,
    pub(super) code: Option<u16>,
}

/// `smithy.api#paginated`
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Paginated {
    pub(super) input_token: Option<String>,
    pub(super) output_token: Option<String>,
    pub(super) items: Option<String>,
    pub(super) page_size: Option<String>,
}

#[derive(Deserialize)]
struct Sides {
    min: Option<serde_json::Number>,
    max: Option<serde_json::Number>,
}

#[derive(Deserialize)]
struct Named {
    name: Option<String>,
}

#[derive(Deserialize)]
struct Value {
    value: Option<String>,
}

impl<'a> Traits<'a> {
    fn of<T: Deserialize<'a>>(&self, name: &str) -> Option<Result<T, String>> {
        let raw: &'a RawValue = self.all.get(name)?;
        Some(serde_json::from_str(raw.get()).map_err(|e| e.to_string()))
    }

    /// A trait of the prelude, where it can be read.
    pub(super) fn api<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        self.of(&format!("smithy.api#{name}"))?.ok()
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.all.contains_key(format!("smithy.api#{name}").as_str())
    }

    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.api(name)
    }

    pub(super) fn service(&self) -> Option<OfService> {
        self.of("aws.api#service")?.ok()
    }

    pub(super) fn signing_name(&self) -> Option<String> {
        let named: Named = self.of("aws.auth#sigv4")?.ok()?;
        named.name
    }

    /// The protocols of a service.
    pub(super) fn protocols(&self) -> Vec<&str> {
        let is_one = |name: &&str| {
            name.starts_with("aws.protocols#") && !name.ends_with("httpChecksum")
                || name.starts_with("smithy.protocols#")
        };
        self.all.keys().map(AsRef::as_ref).filter(is_one).collect()
    }

    /// Takes those of another set over its own.
    pub(super) fn add(&mut self, more: Self) {
        self.all.extend(more.all);
    }

    /// The restrictions, and those that could not be read.
    pub(super) fn constraints(&self, is_values: bool) -> (Vec<Constraint>, Vec<Unread>) {
        let (mut found, mut faults) = (Vec::new(), Vec::new());
        for (name, what, wrap) in [
            (
                "range",
                "range",
                Constraint::Range as fn(Limits) -> Constraint,
            ),
            ("length", "length", Constraint::Length),
        ] {
            match self.of::<Sides>(&format!("smithy.api#{name}")) {
                None => {}
                Some(Ok(sides)) => {
                    let mut side = |number_of: Option<serde_json::Number>| {
                        let text = number_of?;
                        let read = number(&text);
                        if read.is_none() {
                            let why = format!("{text} is beyond what numbers hold");
                            faults.push(Unread::new(what, why));
                        }
                        read
                    };
                    let limits = Limits {
                        min: side(sides.min),
                        max: side(sides.max),
                    };
                    if limits != Limits::default() {
                        found.push(wrap(limits));
                    }
                }
                Some(Err(why)) => faults.push(Unread::new(what, why)),
            }
        }

        if !is_values {
            match self.of::<Vec<Value>>("smithy.api#enum") {
                None => {}
                Some(Ok(values)) => {
                    let values = values.into_iter().filter_map(|value| value.value);
                    found.push(Constraint::Values(values.collect()));
                }
                Some(Err(why)) => faults.push(Unread::new("enum", why)),
            }
        }
        match self.of::<String>("smithy.api#pattern") {
            None => {}
            Some(Ok(pattern)) => found.push(Constraint::Pattern(pattern)),
            Some(Err(why)) => faults.push(Unread::new("pattern", why)),
        }
        (found, faults)
    }

    /// How a timestamp is written.
    pub(super) fn date(&self, faults: &mut Vec<Unread>) -> Option<TimestampFormat> {
        let name = self.text("timestampFormat")?;
        Some(match name.as_str() {
            "date-time" => TimestampFormat::DateTime,
            "epoch-seconds" => TimestampFormat::EpochSeconds,
            "http-date" => TimestampFormat::HttpDate,
            _ => {
                let why = format!("the form `{}` is not known", shown(&name));
                faults.push(Unread::new("timestamp_format", why));
                return None;
            }
        })
    }

    /// The values that a sentence of the documentation lists.
    pub(super) fn listed(&self) -> Option<Vec<String>> {
        listed_in(self.all.get("smithy.api#documentation")?)
    }

    /// The documentation, without tags.
    pub(super) fn prose(&self, file: &Source) -> Option<Prose> {
        let raw = self.all.get("smithy.api#documentation")?;
        json::prose(file, raw)
    }
}

impl<'a> Part<Traits<'a>> {
    /// The traits that were read.
    pub(super) fn read(&self) -> Option<&Traits<'a>> {
        match self {
            Self::Read(traits) => Some(traits),
            _ => None,
        }
    }

    /// Adds traits to those that were read.
    pub(super) fn merge(&mut self, more: Traits<'a>) {
        match self {
            Self::Read(traits) => traits.add(more),
            _ => *self = Self::Read(more),
        }
    }
}
