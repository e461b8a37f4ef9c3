//! What a plan holds: everything that a run needs but a target.

use std::collections::{BTreeMap, BTreeSet};

use super::OperationName;
use super::case::{Action, Case, Operations, Origin, TOKEN, uuid_of};
use super::data_plane::DataPlane;
use super::fixture::{Fixtures, OperationBinding};
use crate::contract::oracle::Oracle;
use crate::contract::{self, AtomId, Basis, Contract, Service};
use crate::support::template::Bindings;

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
    /// The contracts of all operations on the resource that this one is about.
    pub(crate) lifecycle: Option<Lifecycle>,
    /// What cases need on the target.
    pub(crate) fixtures: Fixtures,
    /// What is known to be good in requests of the operation.
    pub(crate) binding: OperationBinding,
    /// Why no request of the operation can be fired, where that is so: what is missing.
    pub(crate) unreached: Option<String>,
    /// What is done with records, where the files say so.
    pub(crate) data_plane: Option<DataPlane>,
    /// The places of the fixtures that no case of the plan uses.
    pub(crate) unneeded: BTreeSet<usize>,
    /// The region that ARNs name.
    pub(crate) region: String,
    /// What counts as a ground to expect anything; empty for every ground. No case stands on
    /// another.
    pub(crate) bases: Vec<Basis>,
    /// The cases, in the order they are fired.
    pub(crate) cases: Vec<Case>,
    /// Promises with a side that no case can test, and why.
    pub(crate) impossible: BTreeMap<AtomId, String>,
}

/// The contracts of the operations on a resource, but for the one that the plan is for.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lifecycle {
    others: Vec<(Action, Contract)>,
}

impl Lifecycle {
    /// Adds the contract of an operation that does that.
    pub(crate) fn add(&mut self, action: Action, contract: Contract) {
        self.others.push((action, contract));
    }

    /// The contracts of the other operations.
    pub(crate) fn contracts(&self) -> impl Iterator<Item = &Contract> {
        self.others.iter().map(|(_, contract)| contract)
    }

    fn of(&self, action: Action) -> Option<&Contract> {
        let mut others = self.others.iter();
        others.find_map(|(other, contract)| (*other == action).then_some(contract))
    }
}

impl Plan {
    /// The operation that the plan is for.
    pub(crate) fn operation_name(&self) -> OperationName {
        OperationName {
            service: self.service.name.clone(),
            operation: self.contract.slug.clone(),
        }
    }

    /// The oracle of this plan's contract.
    pub(crate) fn oracle(&self) -> Oracle<'_> {
        Oracle {
            contract: &self.contract,
            others: &self.others,
            service: &self.service,
        }
    }

    /// The operations that sequences are made of, where the fixtures name them.
    pub(crate) fn operations(&self) -> Option<Operations<'_>> {
        let lifecycle = self.lifecycle.as_ref()?;
        let (subject, resource) = self.binding.resource.as_ref()?;
        let of = |action| match action == *subject {
            true => Some(&self.contract),
            false => lifecycle.of(action),
        };

        Some(Operations {
            subject: *subject,
            create: of(Action::Create)?,
            update: of(Action::Update),
            read: of(Action::Read)?,
            list: of(Action::List)?,
            delete: of(Action::Delete)?,
            label: &resource.identity,
            content_type: &self.service.protocol.content_type,
            unknown: &resource.unknown,
        })
    }

    /// The operation, by the name of its folder, whose plan makes the sequences in which the
    /// resource of this one is fuzzed: the one that changes the resource knows which values are good
    /// for it. Where nothing changes it, the operation itself.
    pub(crate) fn fuzzed_by(&self) -> &str {
        let updates = self.operations().and_then(|all| all.update);
        updates.map_or(&self.contract.slug, |contract| &contract.slug)
    }

    /// The member of answers that shows the state of what the operation is about, and the states
    /// that end by themselves.
    pub(crate) fn transitions(&self) -> Option<(&str, &[String])> {
        let lifecycle = self.lifecycle.iter().flat_map(Lifecycle::contracts);
        let mut contracts = std::iter::once(&self.contract).chain(lifecycle);
        contracts.find_map(Contract::transitions).or_else(|| {
            let shown = self.binding.transition.as_ref()?;
            Some((shown.member.as_str(), shown.while_.as_slice()))
        })
    }

    /// The promise of that id, of whichever operation it is.
    pub(crate) fn atom(&self, id: &AtomId) -> Option<&contract::Atom> {
        self.judged_by().find_map(|c| c.atoms.get(id))
    }

    /// Every promise that a finding may be about, of whichever operation it is.
    pub(crate) fn promises(&self) -> impl Iterator<Item = &contract::Atom> {
        self.judged_by().flat_map(|c| c.atoms.values())
    }

    /// The contracts that answers are judged by.
    pub(crate) fn judged_by(&self) -> impl Iterator<Item = &Contract> {
        let lifecycle = self.lifecycle.iter().flat_map(Lifecycle::contracts);
        // Of a resource the read is one of its operations.
        let read = self.read.iter().filter(|_| self.lifecycle.is_none());
        std::iter::once(&self.contract).chain(read).chain(lifecycle)
    }

    /// Bindings of the right shape, for showing and checking requests offline.
    pub(crate) fn sample(&self) -> Bindings {
        let mut sample = self.fixtures.sample(&self.region, &self.binding.variant);
        // What only a target can give has a plain stand-in.
        for name in self.fixtures.names() {
            if sample.get(&name).is_none() {
                let value = format!("proofmark-{}", name.replace('_', "-"));
                sample.set(name, value);
            }
        }

        if self.contract.token().is_some() {
            sample.set(TOKEN, uuid_of(TOKEN));
        }
        sample
    }

    /// Why a target need not show this promise at all, where that is so: no request can make it.
    pub(crate) fn optional_promise(&self, id: &AtomId) -> Option<&'static str> {
        let mut parts = id.path().split("::");
        match (parts.next()?, parts.next()?) {
            ("response", name) => {
                let member = self
                    .contract
                    .output_member(name.split(['.', '[', '{']).next()?)?;
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

    /// Keeps only the cases of files that are written for this revision alone, and says whether
    /// there are any.
    pub(crate) fn keep_own(&mut self) -> bool {
        let ending = format!(".{}.toml", self.contract.revision);
        self.cases.retain(
            |case| matches!(&case.origin, Origin::Written { file, .. } if file.ends_with(&ending)),
        );
        !self.cases.is_empty()
    }

    /// The case of that id.
    pub(crate) fn case(&self, id: &str) -> Option<&Case> {
        self.cases.iter().find(|c| c.id.as_str() == id)
    }
}
