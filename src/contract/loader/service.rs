//! From `service.toml` to a checked [`Service`].

use std::collections::BTreeSet;

use indexmap::IndexMap;
use regex::Regex;

use super::super::service::{Promise, Throttling};
use super::super::{
    Acceptable, Confusion, ErrorFamily, Protocol, Service, StatusMatch, document as toml_form,
};
use super::notations;
use crate::contract::pattern::Anchoring;
use crate::support::files::{FileError, Source, regex_fault};

/// Reads `service.toml`.
///
/// # Errors
/// A [`FileError`] where the text is not TOML, has an unknown key, or names a status or type that
/// cannot be.
pub(crate) fn load_service(file: &Source) -> Result<Service, FileError> {
    let table: toml_form::ServiceTable = file.parse()?;
    let mut families = IndexMap::new();
    let mut classes = BTreeSet::new();
    for (name, family) in table.family {
        for class in family.classes.get_ref() {
            if !classes.insert(class.clone()) {
                return Err(file.at(
                    family.classes.span(),
                    format!("violation class `{class}` is in two families"),
                ));
            }
        }
        if family.accept.get_ref().is_empty() {
            return Err(file.at(
                family.accept.span(),
                "expected at least one acceptable answer",
            ));
        }
        let accept = family
            .accept
            .into_inner()
            .into_iter()
            .map(|a| {
                let status = status_match(a.status.get_ref()).ok_or_else(|| {
                    file.at(
                        a.status.span(),
                        "expected a status such as \"400\", or \"4xx\"",
                    )
                })?;
                Ok(Acceptable {
                    status,
                    error: a.error,
                    basis: a.basis,
                })
            })
            .collect::<Result<_, FileError>>()?;
        let family = ErrorFamily {
            classes: family.classes.into_inner(),
            accept,
            opaque: family.opaque,
            level: family.level,
        };
        families.insert(name, family);
    }
    let mut confusions = Vec::new();
    for c in table.confusion {
        if serde_json::from_str::<serde_json::Value>(c.text.get_ref()).is_err() {
            return Err(file.at(c.text.span(), "expected one JSON value"));
        }
        let twice =
            |o: &Confusion| o.id == *c.id.get_ref() && o.types.iter().any(|t| c.types.contains(t));
        if confusions.iter().any(twice) {
            return Err(file.at(
                c.id.span(),
                format!("notation `{}` is listed twice for one type", c.id.get_ref()),
            ));
        }
        confusions.push(Confusion {
            id: c.id.into_inner(),
            types: c.types,
            text: c.text.into_inner(),
            basis: c.basis,
            level: c.level,
            why: c.why,
        });
    }
    // A class that no family is about has no expected refusal.
    let refuses_types = families
        .values()
        .any(|family| family.classes.iter().any(|class| class == "type"));
    if confusions.is_empty() && refuses_types {
        confusions = notations::usual();
    }
    let promises = table.protocol.promise.into_iter().map(|(id, p)| {
        (
            id,
            Promise {
                says: p.says,
                section: p.section,
                basis: p.basis,
                level: p.level,
            },
        )
    });
    let throttling = throttling(file, table.throttling)?;
    Ok(Service {
        name: table.service,
        signing_name: table.signing_name,
        protocol: Protocol {
            content_type: table.protocol.content_type,
            answer_content_types: table.protocol.answer_content_types,
            error_type_headers: table.protocol.error_type_headers,
            error_type_members: table.protocol.error_type_members,
            anchoring: match table.protocol.pattern_anchoring {
                toml_form::AnchoringName::Whole => Anchoring::Whole,
                toml_form::AnchoringName::Either => Anchoring::Either,
            },
            promises: promises.collect(),
        },
        families,
        confusions,
        throttling,
        errors: table.errors,
    })
}

fn throttling(file: &Source, table: toml_form::ThrottlingTable) -> Result<Throttling, FileError> {
    let statuses = table.statuses.into_iter().map(|status| {
        let found = status_match(status.get_ref());
        found.ok_or_else(|| {
            file.at(
                status.span(),
                "expected a status such as \"400\", or \"4xx\"",
            )
        })
    });

    let text = match table.text {
        Some(text) => match Regex::new(text.get_ref()) {
            Ok(regex) if regex.captures_len() > 1 => Some(regex),
            Ok(_) => return Err(file.at(text.span(), "expected a group in the regular expression")),
            Err(e) => return Err(file.at(text.span(), regex_fault(&e))),
        },
        None => None,
    };

    Ok(Throttling {
        statuses: statuses.collect::<Result<_, FileError>>()?,
        types: table.types,
        text,
    })
}

fn status_match(text: &str) -> Option<StatusMatch> {
    match text.strip_suffix("xx") {
        Some(class) => class
            .parse()
            .ok()
            .filter(|c| (1..=5).contains(c))
            .map(StatusMatch::Class),
        None => text
            .parse()
            .ok()
            .filter(|s| (100..600).contains(s))
            .map(StatusMatch::Exactly),
    }
}
