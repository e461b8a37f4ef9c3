//! The plan: everything a run will fire, in order, made offline from files alone.
//!
//! **Architecture invariant:** same files, same options, same plan. Nothing here knows a target or a clock.

pub(crate) mod case;
pub(crate) mod data_plane;
pub(crate) mod fixture;
pub(crate) mod generator;
mod shard;
mod shuffle;
mod written;

use std::collections::BTreeMap;

use crate::contract::oracle::Oracle;
use crate::contract::{self, AtomId, Basis, Contract, Service};
use crate::plan::case::{BodyDraft, Case, Defaults, Operations, Origin};
use crate::plan::data_plane::DataPlane;
use crate::plan::fixture::{Fixtures, OperationBinding};
use crate::plan::generator::{Generator, Sampling};
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::{FileError, Files, Source};
use crate::support::template::Bindings;

pub(crate) use shard::Shard;
pub(crate) use shuffle::shuffled;
pub(crate) use written::REGION;

/// What to plan for.
#[derive(Clone, Debug)]
pub(crate) struct PlanOptions {
    /// The service's folder.
    pub(crate) service: String,
    /// The operation's folder.
    pub(crate) operation: String,
    /// The revision of its contract; none for the one in `contract.toml`.
    pub(crate) revision: Option<String>,
    /// The region that ARNs name.
    pub(crate) region: String,
    /// What is drawn at random beside the cases that are derived and written.
    pub(crate) sampling: Sampling,
    /// Cases found by chance before, which are fired first.
    pub(crate) regressions: Option<Source>,
    /// What counts as a ground to expect anything; empty for every ground.
    pub(crate) bases: Vec<Basis>,
}

impl Default for PlanOptions {
    fn default() -> Self {
        Self {
            service: "lambda".to_owned(),
            operation: "update-event-source-mapping".to_owned(),
            revision: None,
            region: "us-east-1".to_owned(),
            sampling: Sampling::default(),
            regressions: None,
            bases: Vec::new(),
        }
    }
}

/// Everything a run needs but a target.
#[derive(Clone, Debug)]
pub(crate) struct Plan {
    /// The contract that is judged by.
    pub(crate) contract: Contract,
    /// Every other revision of it.
    pub(crate) others: Vec<Contract>,
    /// What the operations share.
    pub(crate) service: Service,
    /// The contract of the operation that reads what this one writes.
    pub(crate) read: Option<Contract>,
    /// The contracts of the operations that make, list and remove what this one writes.
    pub(crate) lifecycle: Option<Lifecycle>,
    /// What cases need on the target.
    pub(crate) fixtures: Fixtures,
    /// What is known to be good in requests of the operation.
    pub(crate) binding: OperationBinding,
    /// What is done with records, where the files say so.
    pub(crate) data_plane: Option<DataPlane>,
    /// The region that ARNs name.
    pub(crate) region: String,
    /// What counts as a ground to expect anything; empty for every ground. No case stands on another.
    pub(crate) bases: Vec<Basis>,
    /// The cases, in the order they are fired.
    pub(crate) cases: Vec<Case>,
    /// Promises with a side that no case can test, and why.
    pub(crate) impossible: BTreeMap<AtomId, String>,
}

/// The contracts of the operations that make, list and remove what an operation changes.
#[derive(Clone, Debug)]
pub(crate) struct Lifecycle {
    /// Makes one.
    pub(crate) create: Contract,
    /// Lists all.
    pub(crate) list: Contract,
    /// Removes one.
    pub(crate) delete: Contract,
}

impl Plan {
    /// Loads contract, fixtures and written cases, and derives the rest.
    ///
    /// # Errors
    /// The first fault in the files, with file, line and what was expected.
    pub(crate) fn load(files: &Files, options: &PlanOptions) -> Result<Self, FileError> {
        let folder = format!("{}/{}", options.service, options.operation);
        let service = contract::load_service(&files.read(&format!("{}/service.toml", options.service))?)?;
        let fixture_file = files.read(&format!("{}/fixtures.toml", options.service))?;
        let fixtures = fixture::load_fixtures(&fixture_file)?;
        let names = files.list(&folder)?;
        let (contracts, written): (Vec<String>, Vec<String>) =
            names.into_iter().filter(|n| n.ends_with(".toml")).partition(|n| n.starts_with("contract."));
        let mut revisions = Vec::new();
        for name in &contracts {
            let file = files.read(&format!("{folder}/{name}"))?;
            let contract = contract::load_operation(&file, &options.operation, &service)?;
            revisions.push((name == "contract.toml", contract, file));
        }
        let chosen = revisions.iter().position(|(default, contract, _)| match &options.revision {
            Some(revision) => contract.revision == *revision,
            None => *default,
        });
        let Some(chosen) = chosen else {
            let known: Vec<&str> = revisions.iter().map(|(_, c, _)| c.revision.as_str()).collect();
            let wanted = options.revision.as_deref().unwrap_or("contract.toml");
            let message = format!(
                "no revision `{}` of {}: expected one of {}{}",
                shown(wanted),
                options.operation,
                known.join(", "),
                did_you_mean(wanted, known.iter().copied())
            );
            return Err(FileError { file: folder, line: None, message });
        };
        let (_, contract, contract_file) = revisions.swap_remove(chosen);
        let others: Vec<Contract> = revisions.into_iter().map(|(_, contract, _)| contract).collect();
        let written = written::of_revision(written, &contract, &others, &folder)?;
        let Some(binding) = fixtures.bindings.get(&options.operation).cloned() else {
            let message = format!("expected a table [binding.{}]: what is good on the target", options.operation);
            return Err(fixture_file.at(0..0, message));
        };
        let operation = |slug: &str| -> Result<Contract, FileError> {
            // A file that is not there is a fault of the one that names it.
            let file = files.read(&format!("{}/{slug}/contract.toml", options.service));
            let file = file.map_err(|error| match error.line {
                Some(_) => error,
                None => fixture_file.at_text(slug, format!("unknown operation `{}`: {error}", shown(slug))),
            })?;
            contract::load_operation(&file, slug, &service)
        };
        let read = binding.read.as_deref().map(operation).transpose()?;
        let lifecycle = match &binding.lifecycle {
            Some(l) => Some(Lifecycle {
                create: operation(&l.create)?,
                list: operation(&l.list)?,
                delete: operation(&l.delete)?,
            }),
            None => None,
        };
        if let Some(lifecycle) = &binding.lifecycle
            && contract.atom(&lifecycle.unknown).is_none()
        {
            let message = format!(
                "[binding.{}] lifecycle: unknown promise `{}`: expected the id of an atom of {}",
                options.operation,
                shown(&lifecycle.unknown),
                contract.operation
            );
            return Err(fixture_file.at_text(&lifecycle.unknown, message));
        }
        let revisions: Vec<&Contract> = std::iter::once(&contract).chain(&others).collect();
        let data_plane = data_plane::find(files, &options.service, &options.operation, &revisions)?;
        let mut plan = Self {
            contract,
            others,
            service,
            read,
            lifecycle,
            binding,
            data_plane,
            region: options.region.clone(),
            bases: options.bases.clone(),
            cases: Vec::new(),
            impossible: BTreeMap::new(),
            fixtures,
        };
        plan.fill(files, &written, options, [&contract_file, &fixture_file])?;
        Ok(plan)
    }

    /// The oracle of this plan's contract.
    #[must_use]
    pub(crate) fn oracle(&self) -> Oracle<'_> {
        Oracle { contract: &self.contract, others: &self.others, service: &self.service }
    }

    /// The operations that sequences are made of, where the fixtures name them.
    #[must_use]
    pub(crate) fn operations(&self) -> Option<Operations<'_>> {
        let lifecycle = self.lifecycle.as_ref()?;
        Some(Operations {
            create: &lifecycle.create,
            update: &self.contract,
            read: self.read.as_ref()?,
            list: &lifecycle.list,
            delete: &lifecycle.delete,
            label: &self.binding.label,
            content_type: &self.service.protocol.content_type,
            unknown: self.binding.lifecycle.as_ref().map_or("", |l| l.unknown.as_str()),
        })
    }

    /// The promise of that id, of whichever operation it is.
    #[must_use]
    pub(crate) fn atom(&self, id: &AtomId) -> Option<&contract::Atom> {
        self.judged_by().find_map(|c| c.atoms.get(id))
    }

    /// Every promise that a finding may be about, of whichever operation it is.
    pub(crate) fn promises(&self) -> impl Iterator<Item = &contract::Atom> {
        self.judged_by().flat_map(|c| c.atoms.values())
    }

    fn judged_by(&self) -> impl Iterator<Item = &Contract> {
        let lifecycle = self.lifecycle.iter().flat_map(|l| [&l.create, &l.list, &l.delete]);
        std::iter::once(&self.contract).chain(&self.read).chain(lifecycle)
    }

    /// Bindings of the right shape, for showing and checking requests offline.
    #[must_use]
    pub(crate) fn sample(&self) -> Bindings {
        let mut sample = self.fixtures.sample(&self.region);
        // What only a target can give has a plain stand-in.
        for name in self.fixtures.names() {
            if sample.get(&name).is_none() {
                let value = match name.as_str() {
                    "mapping" => "7a1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d".to_owned(),
                    "other_mapping" => "8b1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d".to_owned(),
                    "sibling_mapping" => "9c1b2c3d-4e5f-4a6b-8c7d-9e0f1a2b3c4d".to_owned(),
                    "version" => "1".to_owned(),
                    "alias" => "Proofmark-Alias_1".to_owned(),
                    other => format!("proofmark-{}", other.replace('_', "-")),
                };
                sample.set(name, value);
            }
        }
        sample
    }

    /// Why a target need not show this promise at all, where that is so: no request can make it.
    #[must_use]
    pub(crate) fn optional_promise(&self, id: &AtomId) -> Option<&'static str> {
        let mut parts = id.path().split("::");
        match (parts.next()?, parts.next()?) {
            ("response", name) => {
                let member = self.contract.output_member(name.split(['.', '[', '{']).next()?)?;
                let deeper = name != member.name;
                (deeper || member.presence == crate::contract::Presence::Optional)
                    .then_some("no answer held it, and none has to")
            }
            ("error", name) => {
                let alone = self.service.families.values().all(|f| {
                    let named = f.accept.iter().any(|a| a.error.as_deref() == Some(name));
                    !named || f.accept.len() > 1
                });
                alone.then_some("no refusal named it, and others count as well")
            }
            _ => None,
        }
    }

    /// Keeps only the cases of files that are written for this revision alone, and says whether there are any.
    pub(crate) fn keep_own(&mut self) -> bool {
        let ending = format!(".{}.toml", self.contract.revision);
        self.cases.retain(|case| matches!(&case.origin, Origin::Written { file, .. } if file.ends_with(&ending)));
        !self.cases.is_empty()
    }

    /// The case of that id.
    #[must_use]
    pub(crate) fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|c| c.id.as_str() == id)
    }

    fn fill(
        &mut self,
        files: &Files,
        written: &[String],
        options: &PlanOptions,
        [contract_file, fixture_file]: [&Source; 2],
    ) -> Result<(), FileError> {
        let folder = format!("{}/{}", options.service, options.operation);
        let sample = self.sample();
        self.region_fits(&sample)?;
        let generator = Generator { oracle: self.oracle(), binding: &self.binding, sample: &sample };
        for (member, reference) in &self.binding.reference {
            if let Some(path) = reference.promises.values().find(|path| self.contract.atom(path).is_none()) {
                let message = format!("reference.{member}: unknown promise `{}`", shown(path));
                return Err(fixture_file.at_text(path, message));
            }
        }
        let derived = generator.derive();
        let given = generator.draft(BodyDraft::Text(self.binding.given.clone()));
        let names = self.fixtures.names();
        let defaults = Defaults { given: &given, names: &names, operations: self.operations() };
        let mut cases = derived.cases;
        for name in written {
            let file = files.read(&format!("{folder}/{name}"))?;
            // `NAME.toml`, or `NAME.REVISION.toml`.
            let stem = name.split('.').next().unwrap_or(name);
            cases.extend(case::load_cases(&file, stem, &self.contract, &self.service, &defaults)?);
        }
        let whole = generator.given();
        for case in &mut cases {
            self.complete(case, &whole);
            self.spare_limits(case);
            self.check(case, &sample)?;
        }
        let regressions = match &options.regressions {
            // One from which all was taken away is no file without cases, which is refused.
            Some(file) if !is_blank(&file.text) => {
                case::load_cases(file, "regressions", &self.contract, &self.service, &defaults)?
            }
            _ => Vec::new(),
        };
        // One that was moved to the files of the operation is not fired twice.
        let mut first: Vec<Case> =
            regressions.into_iter().filter(|r| !cases.iter().any(|c: &Case| c.id == r.id)).collect();
        first.iter().try_for_each(|case| self.check(case, &sample))?;
        first.append(&mut cases);
        let mut cases = first;
        cases.extend(generator.sample(options.sampling));
        if let Some(operations) = self.operations() {
            let walks = generator::walks(operations, &self.binding, &cases, options.sampling);
            cases.extend(walks);
        }
        self.cases = cases;
        self.impossible = derived.impossible;
        self.written_rules(contract_file)?;
        let bases = &self.bases;
        self.cases.retain(|case| bases.is_empty() || bases.contains(&case.basis));
        Ok(())
    }
}

/// Whether a file holds nothing but comments.
fn is_blank(text: &str) -> bool {
    text.lines().map(str::trim).all(|line| line.is_empty() || line.starts_with('#'))
}

#[cfg(test)]
mod tests;
