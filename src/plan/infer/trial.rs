//! One thing to try on a target: a fixture, or a request of an operation with what it needs.

use std::collections::BTreeSet;

use indexmap::IndexMap;

use super::tables::{BindingTable, FixtureTable, line};
use crate::contract::{Contract, Service};
use crate::plan::Plan;
use crate::plan::binding_check::labels_fit;
use crate::plan::fixture::load_fixtures;
use crate::support::files::{FileError, Source};

/// One thing to try.
#[derive(Clone, Debug)]
pub(crate) struct Trial {
    /// The place of the operation among the contracts.
    pub(crate) place: usize,
    /// Whether only its fixtures are made, and the request is not sent.
    pub(crate) only_fixtures: bool,
    pub(crate) fixtures: Vec<FixtureTable>,
    pub(crate) samples: IndexMap<String, String>,
    pub(crate) binding: BindingTable,
}

/// What a target said to a trial.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The request was accepted, or the fixtures were made.
    Accepted,
    /// It was refused with that status and error type.
    Refused { status: u16, named: Option<String> },
    /// The target does not have the operation.
    NotImplemented,
    /// A fixture could not be made.
    NoFixture,
    /// There was no usable answer.
    Silent,
    /// Something that it made is still there.
    Left,
}

impl Trial {
    /// The plan whose fixtures and usual request are tried.
    ///
    /// # Errors
    /// Where what is proposed does not fit the contract, or might touch what is not ours.
    pub(crate) fn plan(
        &self,
        contract: &Contract,
        service: &Service,
        region: &str,
    ) -> Result<Plan, FileError> {
        let file = Source {
            name: "fixtures.toml".to_owned(),
            text: self.text(),
        };
        let mut fixtures = load_fixtures(&file)?;
        let Some(mut binding) = fixtures.bindings.shift_remove(&self.binding.slug) else {
            return Err(file.at(0..0, "no binding is proposed"));
        };
        binding.imported = true;
        binding.few = true;
        fixtures
            .bindings
            .insert(self.binding.slug.clone(), binding.clone());
        labels_fit(contract, &binding, &file)?;
        let plan = Plan {
            contract: contract.clone(),
            others: Vec::new(),
            service: service.clone(),
            read: None,
            lifecycle: None,
            fixtures,
            binding,
            unreached: None,
            data_plane: None,
            unneeded: BTreeSet::new(),
            region: region.to_owned(),
            bases: Vec::new(),
            cases: Vec::new(),
            impossible: std::collections::BTreeMap::new(),
        };
        if !self.only_fixtures {
            let sample = plan.sample();
            plan.binding_fits(&file, &sample)?;
        }
        Ok(plan)
    }

    /// The file that has nothing else.
    fn text(&self) -> String {
        let mut text = String::new();
        if !self.samples.is_empty() {
            text.push_str("[sample]\n");
            for (name, value) in &self.samples {
                line(&mut text, name, &value.as_str().into());
            }
        }
        for fixture in &self.fixtures {
            text.push_str(&fixture.text());
        }
        text.push_str(&self.binding.text(""));
        text
    }
}
