//! What `[binding.OPERATION]` calls good is held against the contract: a value that the contract
//! refuses would be told as a fault of every target.

use std::borrow::Cow;

use serde_json::{Map, Value};

use super::Plan;
use super::case::{Action, Variant};
use super::fixture::OperationBinding;
use crate::contract::constraint::Zone;
use crate::contract::{Contract, Location, Rule, RuleKind};
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::{FileError, Source};
use crate::support::template::{self, Bindings};

/// Checks that each label of the path has a value, and that there are no others.
///
/// # Errors
/// The first label that nothing identifies, or that the path does not have.
pub(super) fn labels_fit(
    contract: &Contract,
    binding: &OperationBinding,
    file: &Source,
) -> Result<(), FileError> {
    let slug = &contract.slug;
    let labels: Vec<&str> = contract
        .input
        .iter()
        .filter(|member| member.location == Location::Label)
        .map(|member| member.name.as_str())
        .collect();

    for name in binding.label.keys().chain(binding.absent.keys()) {
        if !labels.contains(&name.as_str()) {
            let hint = did_you_mean(name, labels.iter().copied());
            let message = format!(
                "[binding.{slug}]: the path {} has no label `{}`{hint}",
                contract.http.uri,
                shown(name)
            );
            return Err(file.at_text(&format!("binding.{slug}"), message));
        }
    }

    let lacking = labels
        .iter()
        .find(|name| !binding.label.contains_key(**name));
    match lacking {
        Some(name) => Err(file.at_text(
            &format!("binding.{slug}"),
            format!(
                "[binding.{slug}]: nothing identifies the label `{name}` of the path: expected \
                 label = {{ {name} = \"…\" }}"
            ),
        )),
        None => Ok(()),
    }
}

impl Plan {
    /// Refuses a resource that no answer names: sequences tell theirs apart by that.
    ///
    /// # Errors
    /// Where neither the operation's contract nor that of the creation says which member is the
    /// identity.
    pub(super) fn names_its_resource(&self, file: &Source) -> Result<(), FileError> {
        let Some(operations) = self.operations() else {
            return Ok(());
        };
        if operations.identity(&self.contract).is_some() {
            return Ok(());
        }
        let message = format!(
            "[binding.{}]: no rule of {} or {} says which member of an answer is the label of the \
             path: expected a rule with stored = {{ input = \"LABEL\", output = \"MEMBER\" }}, or \
             fresh = {{ output = \"MEMBER\" }}",
            self.contract.slug, self.contract.operation, operations.create.operation
        );
        Err(file.at_text(&format!("binding.{}", self.contract.slug), message))
    }

    /// Refuses an operation that deletes where nothing says how what it deletes is made.
    ///
    /// # Errors
    /// Where the resource has no `made`.
    pub(super) fn has_something_to_delete(&self, file: &Source) -> Result<(), FileError> {
        let deletes = self.binding.action() == Some(Action::Delete);
        if !deletes || !self.binding.made().is_empty() {
            return Ok(());
        }
        let slug = &self.contract.slug;
        let message = format!(
            "[binding.{slug}]: {} deletes, and nothing says how to make what it deletes: expected \
             a table [[resource.NAME.made]]",
            self.contract.operation
        );
        Err(file.at_text(&format!("binding.{slug}"), message))
    }

    /// Checks the given members and the values of the operation's binding.
    ///
    /// # Errors
    /// The first of them that the contract does not know or refuses, with its line.
    pub(super) fn binding_fits(&self, file: &Source, sample: &Bindings) -> Result<(), FileError> {
        self.names_fit(file)?;
        self.given_fits(file, sample)?;
        self.values_fit(file, sample)
    }

    /// Refuses a name in a template that no fixture captures.
    fn names_fit(&self, file: &Source) -> Result<(), FileError> {
        let (slug, binding) = (&self.contract.slug, &self.binding);
        let known = self.fixtures.names();
        let templates = binding
            .label
            .values()
            .chain(binding.absent.values())
            .chain([&binding.given])
            .chain(binding.values.values().flatten());

        for text in templates {
            let at = |message: String| file.at_text(text, format!("[binding.{slug}]: {message}"));
            let names = template::names(text).map_err(|e| at(e.to_string()))?;
            if let Some(name) = names.into_iter().find(|name| !known.contains(*name)) {
                let hint = did_you_mean(name, known.iter().map(String::as_str));
                return Err(at(format!("no fixture captures `{}`{hint}", shown(name))));
            }
        }
        Ok(())
    }

    /// Refuses a rule about a variant that no resource has.
    ///
    /// # Errors
    /// The first of them, with its line.
    pub(super) fn variants_fit(&self, contract_file: &Source) -> Result<(), FileError> {
        let fault = |rule: &Rule| {
            let RuleKind::NullFor { variant, .. } = &rule.kind else {
                return None;
            };
            let fault = Variant::named(variant).fault(&self.binding.variants)?;
            Some((variant.clone(), fault))
        };
        match self.contract.rules.iter().find_map(fault) {
            Some((name, fault)) => {
                let text = format!("variant = \"{name}\"");
                Err(contract_file.at_text(&text, format!("null-for: {fault}")))
            }
            None => Ok(()),
        }
    }

    fn given_fits(&self, file: &Source, sample: &Bindings) -> Result<(), FileError> {
        let slug = &self.contract.slug;
        let given = &self.binding.given;
        let at =
            |message: String| file.at_text(given, format!("[binding.{slug}] given: {message}"));
        let members = match serde_json::from_str(given) {
            Ok(Value::Object(members)) => members,
            Ok(_) => return Err(at("expected a JSON object".to_owned())),
            Err(error) => {
                let column = error.column();
                return Err(at(format!(
                    "expected a JSON object, and it is none from its character {column} on"
                )));
            }
        };

        for name in members.keys() {
            self.knows(name).map_err(&at)?;
        }
        match self.refuses(&members, sample) {
            Some(broken) => Err(at(format!("the contract refuses it: it breaks {broken}"))),
            None => Ok(()),
        }
    }

    fn values_fit(&self, file: &Source, sample: &Bindings) -> Result<(), FileError> {
        let slug = &self.contract.slug;
        let generator = self.generator(sample);
        for (name, texts) in &self.binding.values {
            let place = texts.first().map_or(name.as_str(), String::as_str);
            let at = |text: &str, message: String| {
                file.at_text(text, format!("[binding.{slug}] values.{name}: {message}"))
            };
            self.knows(name).map_err(|message| at(name, message))?;

            let values: Vec<Value> = texts
                .iter()
                .filter_map(|text| serde_json::from_str(text).ok())
                .collect();
            let differ = values.iter().any(|value| Some(value) != values.first());
            if !differ {
                let message = "expected two values that differ: what is stored is seen by that";
                return Err(at(place, message.to_owned()));
            }

            for (text, value) in texts.iter().zip(values) {
                let mut members = generator.given().clone();
                members.insert(name.clone(), value);
                if let Some(broken) = self.refuses(&members, sample) {
                    let message = format!("the contract refuses {text}: it breaks {broken}");
                    return Err(at(text, message));
                }
            }
        }
        Ok(())
    }

    /// Refuses a name that is no member of a request, or one that `label` gives a value.
    fn knows(&self, name: &str) -> Result<(), String> {
        let contract = &self.contract;
        match contract.member(name).map(|member| member.location) {
            Some(Location::Label) => Err(format!(
                "`{name}` is a label of the path: expected it under label"
            )),
            Some(_) => Ok(()),
            None => {
                let known = contract.input.iter().map(|member| member.name.as_str());
                let hint = did_you_mean(name, known);
                Err(format!(
                    "{} has no member `{}`{hint}",
                    contract.operation,
                    shown(name)
                ))
            }
        }
    }

    /// The promise that these members certainly break.
    fn refuses(&self, members: &Map<String, Value>, sample: &Bindings) -> Option<String> {
        let generator = self.generator(sample);
        let whole = generator.with_token(Cow::Borrowed(members));
        let filled = generator.filled(&whole).ok()?;
        let violations = self.oracle().violations_anywhere(&filled);
        let certain = violations.into_iter().find(|v| v.zone == Zone::Invalid);
        certain.map(|violation| violation.atom)
    }
}
