//! Making a plan: the files loaded, the cases derived and drawn, the written ones checked.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::binding_check::labels_fit;
use super::case::{Action, Case, Expect, Origin};
use super::fixture::OperationBinding;
use super::generator;
use super::made_up::{made_up, no_fixtures};
use super::methods::Undocumented;
use super::routes::Routes;
use super::services::Common;
use super::{Depth, Lifecycle, OperationName, Plan, PlanOptions, Services, data_plane, written};
use crate::contract::{self, AtomId, Contract, Location};
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::{FileError, Files, Source};

/// The contract of an operation as it is documented today, where that is not the default.
const CURRENT: &str = "contract.current.toml";

impl Plan {
    /// Loads contract, fixtures and written cases, and derives the rest.
    ///
    /// # Errors
    /// The first fault in the files, with file, line and what was expected.
    pub(crate) fn load(files: &Files, options: &PlanOptions) -> Result<Self, FileError> {
        Self::load_among(files, &Services::default(), options)
    }

    /// The same, for one of several operations: what those of a service have in common is read once.
    ///
    /// # Errors
    /// As [`load`](Self::load).
    pub(crate) fn load_among(
        files: &Files,
        services: &Services,
        options: &PlanOptions,
    ) -> Result<Self, FileError> {
        let OperationName {
            service: folder_of_service,
            operation: slug,
        } = &options.operation;
        let folder = options.operation.to_string();
        let common = services.of(files, folder_of_service)?;
        let service = common.service.clone();
        let fixture_file = &common.fixture_file;
        let names = files.list(&folder)?;
        let (contracts, written): (Vec<String>, Vec<String>) = names
            .into_iter()
            // What is said of a document is no matter without one.
            .filter(|n| n.ends_with(".toml") && n != "overlay.toml")
            .partition(|n| n.starts_with("contract."));

        let mut revisions = Vec::new();
        for name in &contracts {
            let file = files.read(&format!("{folder}/{name}"))?;
            let contract = contract::load_operation(&file, slug, &service)?;
            revisions.push((name == "contract.toml", contract, file));
        }

        let chosen = revisions
            .iter()
            .position(|(default, contract, _)| match &options.revision {
                Some(revision) => contract.revision == *revision,
                None => *default,
            });

        let Some(chosen) = chosen else {
            let known: Vec<&str> = revisions
                .iter()
                .map(|(_, c, _)| c.revision.as_str())
                .collect();
            let wanted = options.revision.as_deref().unwrap_or("contract.toml");
            let message = format!(
                "no revision `{}` of {}: expected one of {}{}",
                shown(wanted),
                slug,
                known.join(", "),
                did_you_mean(wanted, known.iter().copied())
            );
            return Err(FileError {
                file: folder,
                line: None,
                message,
            });
        };

        let (_, contract, contract_file) = revisions.swap_remove(chosen);
        let others: Vec<Contract> = revisions
            .into_iter()
            .map(|(_, contract, _)| contract)
            .collect();

        let written = written::of_revision(written, &contract, &others, &folder)?;
        let mut unreached = None;
        let (binding, fixtures) = match common.fixtures.bindings.get(slug) {
            Some(binding) => {
                let own = files.is_documented(&folder);
                let binding = OperationBinding {
                    few: options.depth == Depth::Quick,
                    imported: own,
                    ..binding.clone()
                };
                (binding, common.fixtures.clone())
            }
            None if files.is_documented(&folder) => {
                let made = made_up(&contract, &service, &options.region);
                unreached = made.unreached;
                (made.binding, no_fixtures(&common.fixtures))
            }
            None => {
                let message =
                    format!("expected a table [binding.{slug}]: what is good on the target");
                return Err(fixture_file.at(0..0, message));
            }
        };

        labels_fit(&contract, &binding, fixture_file)?;
        let operation = |slug: &str| -> Result<Contract, FileError> {
            // A file that is not there is a fault of the one that names it.
            let folder = format!("{folder_of_service}/{slug}");
            // What is newer than the page is no fault of an operation that is not under test.
            let names = files.list(&folder).unwrap_or_default();
            let name = match names.iter().any(|name| name == CURRENT) {
                true => CURRENT,
                false => "contract.toml",
            };
            let file = files.read(&format!("{folder}/{name}"));
            let file = file.map_err(|error| match error.line {
                Some(_) => error,
                None => fixture_file.at_text(
                    slug,
                    format!("unknown operation `{}`: {error}", shown(slug)),
                ),
            })?;
            contract::load_operation(&file, slug, &service)
        };

        let mut read = binding.read.as_deref().map(&operation).transpose()?;
        let mut lifecycle = None;
        if let Some((subject, resource)) = &binding.resource {
            let mut others = Lifecycle::default();
            let all = resource.operations();
            for (action, slug) in all.filter(|(action, _)| action != subject) {
                let contract = operation(slug)?;
                // What reads or lists changes nothing that a read could show.
                if action == Action::Read && subject.writes() {
                    read = Some(contract.clone());
                }
                others.add(action, contract);
            }
            lifecycle = Some(others);

            let knows = |contract: &Contract| contract.atom(&resource.unknown).is_some();
            let others = lifecycle.iter().flat_map(Lifecycle::contracts);
            if !std::iter::once(&contract).chain(others).any(knows) {
                let message = format!(
                    "[resource] unknown: unknown promise `{}`: expected the id of a promise of one \
                     of the operations",
                    shown(&resource.unknown)
                );
                return Err(fixture_file.at_text(&resource.unknown, message));
            }
        }

        if let Some(unknown) = &binding.unknown
            && contract.atom(unknown).is_none()
        {
            let message = format!(
                "[binding.{slug}] unknown promise `{}`: expected the id of an atom of {}",
                shown(unknown),
                contract.operation
            );
            return Err(fixture_file.at_text(unknown, message));
        }

        let revisions: Vec<&Contract> = std::iter::once(&contract).chain(&others).collect();
        let data_plane = match &common.data_plane {
            Some((file, operations)) if operations.contains(slug) => {
                data_plane::load_data_plane(file, slug, &revisions)?
            }
            _ => None,
        };
        let mut plan = Self {
            contract,
            others,
            service,
            read,
            lifecycle,
            binding,
            unreached,
            data_plane,
            unneeded: BTreeSet::new(),
            region: options.region.clone(),
            bases: options.bases.clone(),
            cases: Vec::new(),
            impossible: BTreeMap::new(),
            fixtures,
        };

        plan.names_its_resource(fixture_file)?;
        plan.fill(files, &common, &written, options, &contract_file)?;
        Ok(plan)
    }

    fn fill(
        &mut self,
        files: &Files,
        common: &Common,
        written: &[String],
        options: &PlanOptions,
        contract_file: &Source,
    ) -> Result<(), FileError> {
        let fixture_file = &common.fixture_file;
        let folder = options.operation.to_string();
        let sample = self.sample();
        self.region_fits(&sample)?;
        // What is made up was held against the contract already.
        if !self.binding.made_up {
            self.variants_fit(contract_file)?;
            self.binding_fits(fixture_file, &sample)?;
            self.has_something_to_delete(fixture_file)?;
        }
        let generator = self.generator(&sample);

        for (member, reference) in &self.binding.reference {
            if let Some(path) = reference
                .promises
                .values()
                .find(|path| self.contract.atom(path).is_none())
            {
                let message = format!("reference.{member}: unknown promise `{}`", shown(path));
                return Err(fixture_file.at_text(path, message));
            }
        }

        let derived = generator.derive();
        let mut of_files = Vec::new();
        for name in written {
            let file = files.read(&format!("{folder}/{name}"))?;
            // `NAME.toml`, or `NAME.REVISION.toml`.
            let stem = name.split('.').next().unwrap_or(name);
            of_files.extend(self.read_cases(&file, stem)?);
        }
        let mut cases = derived.cases;
        match self.binding.few {
            true => add_new_sides(&mut cases, of_files),
            false => cases.append(&mut of_files),
        }

        let mut impossible = derived.impossible;
        self.spare_other_paths(&mut cases, &mut impossible, || common.routes(files))?;
        cases.extend(self.listing(&cases));
        let routes = || common.routes(files);
        let usual = generator.usual();
        match self.another_method(files, &options.operation, usual, &cases, routes)? {
            Undocumented::Case(case) => cases.push(*case),
            Undocumented::Left => {}
            Undocumented::Impossible(why) => {
                let reached = self.contract.atom_id("request::http");
                impossible.insert(reached, why.to_owned());
            }
        }

        let whole = generator.given().clone();
        for case in &mut cases {
            self.complete(case, &whole);
            self.spare_limits(case);
            self.check(case, &sample)?;
        }
        let mut cases = self.in_sequences(cases);

        let regressions = match &options.regressions {
            // One from which all was taken away is no file without cases, which is refused.
            Some(file) if !is_blank(&file.text) => self.read_cases(file, "regressions")?,
            _ => Vec::new(),
        };

        // One that was moved to the files of the operation is not fired twice.
        let mut first: Vec<Case> = self
            .in_sequences(regressions)
            .into_iter()
            .filter(|r| !cases.iter().any(|c: &Case| c.id == r.id))
            .collect();

        first
            .iter()
            .try_for_each(|case| self.check(case, &sample))?;
        first.append(&mut cases);
        let mut cases = first;
        let is_brief = self.binding.few && !self.binding.made_up;
        if !is_brief {
            cases.extend(self.in_sequences(generator.sample(options.sampling)));
        }

        let updates = self.binding.action() == Some(Action::Update) && !is_brief;
        if let (true, Some(operations)) = (updates, self.operations()) {
            let walks = generator::walks(operations, &self.binding, &cases, options.sampling);
            cases.extend(walks);
        }

        // Without a family nobody knows which refusals are right.
        let unknown = cases.iter().find(|case| match case.expect() {
            Expect::Reject(class) | Expect::Either(class) => self.service.family(class).is_none(),
            _ => false,
        });
        if let Some(case) = unknown {
            let message = format!(
                "no [family.NAME] has the class `{}`, of which the case {} is: expected one that \
                 says which refusals count",
                case.expect().class(),
                case.id
            );
            return Err(FileError {
                file: files.shown(&format!("{}/service.toml", options.operation.service)),
                line: None,
                message,
            });
        }

        let made = self.operations().map(|operations| operations.create);
        let mut writes = std::iter::once(&self.contract).chain(made);
        if writes.any(|contract| contract.token().is_some()) {
            fill_tokens(&mut cases, options.sampling.seed);
        }
        self.cases = cases;
        self.impossible = impossible;
        self.written_rules(contract_file)?;
        let bases = &self.bases;
        self.cases
            .retain(|case| bases.is_empty() || bases.contains(&case.basis));
        self.unneeded = self.unneeded_fixtures();
        Ok(())
    }
}

impl Plan {
    /// Leaves out the paths without a label that are another operation's with the same method: it
    /// may lawfully answer.
    fn spare_other_paths(
        &self,
        cases: &mut Vec<Case>,
        impossible: &mut BTreeMap<AtomId, String>,
        routes: impl FnOnce() -> Result<Arc<Routes>, FileError>,
    ) -> Result<(), FileError> {
        let http = &self.contract.http;
        let labels = self.contract.input.iter();
        let labels: Vec<_> = labels.filter(|m| m.location == Location::Label).collect();
        let is_about = |case: &Case, name: &str| {
            case.origin == Origin::Derived && case.id.as_str().ends_with(&empty_label(name))
        };
        if !cases
            .iter()
            .any(|case| labels.iter().any(|m| is_about(case, &m.name)))
        {
            return Ok(());
        }

        let routes = routes()?;
        for member in labels {
            if routes.knows_without(&http.method, &http.uri, &member.name) {
                cases.retain(|case| !is_about(case, &member.name));
                let atom = self
                    .contract
                    .atom_id(&format!("request::{}::required", member.name));
                let why = "the path without it may be that of another operation".to_owned();
                impossible.insert(atom, why);
            }
        }
        Ok(())
    }
}

/// The end of the id of a case about a path without that label.
fn empty_label(name: &str) -> String {
    format!("::request::{name}::required::empty")
}

/// Gives each request a token of its own. All draws of a kind share one id.
fn fill_tokens(cases: &mut [Case], seed: u64) {
    let mut before: BTreeMap<String, usize> = BTreeMap::new();
    for case in cases {
        let count = before.entry(case.id.to_string()).or_default();
        case.fill_tokens(seed, *count);
        *count += 1;
    }
}

/// Adds those of the other cases that show a promise from a side from which none before them does:
/// by what is accepted, by what is refused, or by a sequence.
fn add_new_sides(cases: &mut Vec<Case>, others: Vec<Case>) {
    let sides = |case: &Case| -> Vec<(AtomId, bool, bool)> {
        let accepted = matches!(case.expect(), Expect::Accept);
        let is_sequence = case.subject().is_none();
        let atoms = case.atoms.iter().cloned();
        atoms.map(|atom| (atom, accepted, is_sequence)).collect()
    };
    let mut shown: BTreeSet<_> = cases.iter().flat_map(sides).collect();
    for case in others {
        let own = sides(&case);
        if own.iter().any(|side| !shown.contains(side)) {
            shown.extend(own);
            cases.push(case);
        }
    }
}

/// Whether a file holds nothing but comments.
fn is_blank(text: &str) -> bool {
    text.lines()
        .map(str::trim)
        .all(|line| line.is_empty() || line.starts_with('#'))
}
