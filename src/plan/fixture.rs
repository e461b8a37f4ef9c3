//! Fixtures: the state a case needs on the target, how it is made and how it is undone. Declared in
//! `fixtures.toml`.
//!
//! This file is data and its loader; [`crate::run`] carries it out.

mod around;
mod around_tables;
mod binding;
mod call;
mod check;
mod clean;
mod find;
mod form;
mod guard;
mod like;
mod not_yet;
mod resource;
mod step;
mod steps;
mod token;

use std::collections::BTreeSet;

use indexmap::IndexMap;
use regex::Regex;
use toml::Spanned;

pub(crate) use around::Around;
pub(crate) use binding::{Limit, OperationBinding, Reference};
pub(crate) use call::{Call, Capture, GIVEN_NAMES, Scope, Undo, Wait};
pub(crate) use check::{Check, is_segment};
pub(crate) use clean::Clean;
pub(crate) use find::{Find, Next, NextTo, Place};
pub(crate) use find::{is_ours, quoted};
pub(crate) use form::{FindTable, FixtureTable};
pub(crate) use like::parse as parse_with_fixtures;
pub(crate) use not_yet::NotYet;
pub(crate) use resource::{Made, ResourceBinding};
pub(crate) use step::Step;
pub(crate) use steps::{find as load_find, steps as load_steps};
pub(crate) use token::{is_like_token, is_token, token};

use crate::plan::case::{Action, Variant};
use crate::support::echo::shown;
use crate::support::files::{FileError, Source, regex_fault};
use crate::support::template::Bindings;

/// Everything `fixtures.toml` declares.
#[derive(Clone, Debug)]
pub(crate) struct Fixtures {
    /// In the order they are made; they are undone in reverse.
    pub(crate) steps: Vec<Step>,
    /// What stands for a captured value, by its name, where no target gave one.
    pub(crate) samples: IndexMap<String, String>,
    /// By operation: what is known to be good on the target.
    pub(crate) bindings: IndexMap<String, OperationBinding>,
    /// What operations of the service are about, those without a binding as well.
    pub(crate) resources: Vec<ResourceBinding>,
    /// Refusals that say that something cannot be used yet.
    pub(crate) not_yet: Vec<NotYet>,
    /// What earlier runs may have left, in the order in which it is removed.
    pub(crate) clean: Vec<Clean>,
}

impl Fixtures {
    /// Every name a template of a case may use.
    pub(crate) fn names(&self) -> BTreeSet<String> {
        let captured = self
            .steps
            .iter()
            .flat_map(|s| s.capture.keys().chain(s.otherwise.keys()));
        let around = self.bindings.values().flat_map(|b| b.around.names());
        captured
            .chain(around)
            .cloned()
            .chain(GIVEN_NAMES.map(str::to_owned))
            .collect()
    }

    /// The names that only cases on that variant know.
    pub(crate) fn names_of(&self, variant: &Variant) -> Vec<&str> {
        let own = self.steps.iter().filter(|s| s.variant == *variant);
        own.flat_map(|s| s.capture.keys().chain(s.otherwise.keys()))
            .map(String::as_str)
            .collect()
    }

    /// Bindings of the right shape for planning and checking offline, for cases on that
    /// variant: no target has given them.
    pub(crate) fn sample(&self, region: &str, variant: &Variant) -> Bindings {
        let mut sample = Bindings::default();
        sample.set("run", "0a1b2c3d");
        sample.set("worker", "0");
        sample.set("region", region);
        sample.set("account", "123456789012");
        for (name, template) in &self.samples {
            if let Ok(value) = sample.fill(template) {
                sample.set(name, value);
            }
        }

        let is_on_it = |step: &&Step| variant.is_any() || step.variant.serves(variant);
        for step in self.steps.iter().filter(is_on_it) {
            for (name, template) in &step.otherwise {
                if let Ok(value) = sample.fill(template) {
                    sample.set(name, value);
                }
            }
        }
        sample
    }
}

/// Reads `fixtures.toml`.
///
/// # Errors
/// A [`FileError`] where the text is not TOML, has an unknown key, uses a name no earlier step
/// captures, or says how a value is captured in no way or two.
pub(crate) fn load_fixtures(file: &Source) -> Result<Fixtures, FileError> {
    let document: form::Document = like::parse(file)?;
    let mut known: BTreeSet<String> = GIVEN_NAMES.map(str::to_owned).into();
    let steps = steps::steps(file, document.fixture, &mut known)?;
    let clean = document
        .clean
        .into_iter()
        .map(|table| clean::clean(file, table))
        .collect::<Result<_, FileError>>()?;

    let resources = resources(file, document.resource, &steps)?;
    let variants: Vec<Variant> = resources
        .iter()
        .flat_map(ResourceBinding::variants)
        .collect();
    let mut bindings = IndexMap::new();
    let mut around_names = BTreeSet::new();
    for (operation, table) in document.binding {
        let at = table.span();
        let table = table.into_inner();
        for (member, values) in &table.values {
            if values.len() < 2
                || values
                    .iter()
                    .any(|v| serde_json::from_str::<serde_json::Value>(v).is_err())
            {
                return Err(file.at(
                    at,
                    format!("values.{member}: expected at least two JSON texts"),
                ));
            }
        }
        let mut reference = IndexMap::new();
        for (member, r) in table.reference {
            let regex = |text: &str| {
                Regex::new(text).map_err(|e| {
                    file.at(
                        at.clone(),
                        format!("reference.{member}: {}", regex_fault(&e)),
                    )
                })
            };
            let r = Reference {
                absent: r.absent,
                stem: r.stem,
                parts: regex(&r.parts)?,
                documented: regex(&r.documented)?,
                bases: r.bases,
                promises: r.promises,
            };
            reference.insert(member, r);
        }
        let resource = resources.iter().find_map(|resource| {
            let action = resource.action_of(&operation)?;
            Some((action, resource.clone()))
        });
        if resource.is_some() && table.read.is_some() {
            let message = format!(
                "[binding.{operation}] read: the resource of {operation} says which operation reads \
                 it; remove it"
            );
            return Err(file.at(at, message));
        }

        // An operation that makes or lists resources names none in its path.
        let named = resource
            .as_ref()
            .filter(|(action, _)| !matches!(action, Action::Create | Action::List));
        let mut label = named.map_or_else(IndexMap::new, |(_, r)| r.identity.clone());
        label.extend(table.label);

        // What is about no resource has none of its kinds.
        let own_variants = match resource.is_some() {
            true => variants.clone(),
            false => Vec::new(),
        };
        if let Some(id) = table.needs.iter().find(|id| !is_fixture(&steps, id)) {
            let message = format!("[binding.{operation}] needs: no fixture `{}`", shown(id));
            return Err(file.at(at, message));
        }
        let mut needs = table.needs;
        needs.extend(resource.iter().flat_map(|(_, r)| r.needs.clone()));
        let around = around_tables::around(
            file,
            &operation,
            &at,
            table.before,
            table.after,
            table.capture,
            (&known, &steps),
        )?;
        around_names.extend(around.names().cloned());
        let binding = OperationBinding {
            made_up: false,
            few: false,
            imported: false,
            label,
            resource,
            read: table.read,
            variant: table.variant,
            absent: table.absent,
            unknown: table.unknown,
            given: table.given,
            needed: table.needed,
            values: table.values,
            reference,
            limit: table.limit,
            names: table.names,
            refers: table.refers,
            needs,
            around,
            transition: table.transition,
            variants: own_variants,
        };
        bindings.insert(operation, binding);
    }

    variants_are_known(file, &steps, &resources, &bindings, &variants)?;
    known.extend(around_names);
    let samples = samples(file, document.sample, &known)?;
    Ok(Fixtures {
        steps,
        samples,
        bindings,
        resources,
        not_yet: document.not_yet,
        clean,
    })
}

/// The resources of the service, each operation in one of them and there once.
fn resources(
    file: &Source,
    tables: IndexMap<String, Spanned<ResourceBinding>>,
    steps: &[Step],
) -> Result<Vec<ResourceBinding>, FileError> {
    let mut seen = BTreeSet::new();
    let mut resources = Vec::new();
    for (name, table) in tables {
        let at = table.span();
        let resource = table.into_inner();
        if resource.identity.is_empty() {
            let message = format!(
                "[resource.{name}] identity: expected the labels of paths that name one, each with \
                 what a fixture captures"
            );
            return Err(file.at(at, message));
        }

        if let Some(id) = resource.needs.iter().find(|id| !is_fixture(steps, id)) {
            let message = format!("[resource.{name}] needs: no fixture `{}`", shown(id));
            return Err(file.at(at, message));
        }

        if resource.variants().any(|variant| variant.is_any()) {
            let message = format!(
                "[resource.{name}] variants: `any` means any of them: expected another name"
            );
            return Err(file.at(at, message));
        }

        for (_, operation) in resource.operations() {
            if !seen.insert(operation.clone()) {
                let message = format!(
                    "[resource.{name}]: `{}` is named twice: expected each operation to do one thing \
                     to one resource",
                    shown(operation)
                );
                return Err(file.at(at, message));
            }
        }
        resources.push(resource);
    }
    Ok(resources)
}

fn is_fixture(steps: &[Step], id: &str) -> bool {
    steps.iter().any(|step| step.id == id)
}

/// Refuses a variant that no resource has.
fn variants_are_known(
    file: &Source,
    steps: &[Step],
    resources: &[ResourceBinding],
    bindings: &IndexMap<String, OperationBinding>,
    known: &[Variant],
) -> Result<(), FileError> {
    let of_bindings = bindings.values().flat_map(|binding| {
        let limits = binding.limit.iter().map(|limit| &limit.variant);
        std::iter::once(&binding.variant).chain(limits)
    });
    let made = resources.iter().flat_map(|resource| &resource.made);

    let mut named = steps
        .iter()
        .map(|step| &step.variant)
        .chain(made.map(|made| &made.variant))
        .chain(of_bindings);
    match named.find_map(|variant| Some((variant.name()?, variant.fault(known)?))) {
        Some((name, fault)) => Err(file.at_text(&format!("variant = \"{name}\""), fault)),
        None => Ok(()),
    }
}

/// What stands for a captured value where no target gave one.
fn samples(
    file: &Source,
    table: IndexMap<Spanned<String>, String>,
    known: &BTreeSet<String>,
) -> Result<IndexMap<String, String>, FileError> {
    let mut samples = IndexMap::new();
    for (name, value) in table {
        if !known.contains(name.get_ref()) {
            let message = format!("sample: no fixture captures `{}`", shown(name.get_ref()));
            return Err(file.at(name.span(), message));
        }
        samples.insert(name.into_inner(), value);
    }
    Ok(samples)
}

#[cfg(test)]
mod tests;
