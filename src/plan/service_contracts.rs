//! A service as a whole: the contracts of all of its operations, and the resources that they are
//! about. Plans are of one operation each; whoever answers requests needs all of them.

use super::fixture::ResourceBinding;
use super::{Services, visible_folders};
use crate::contract::{self, Contract, Service};
use crate::support::files::{FileError, Files};

/// The contract that is judged by where nobody names a revision.
const USUAL: &str = "contract.toml";

/// The contracts of all operations of a service.
#[derive(Clone, Debug)]
pub(crate) struct ServiceContracts {
    /// What the operations share.
    pub(crate) service: Service,
    /// Sorted by the names of their folders.
    pub(crate) operations: Vec<OperationContracts>,
    /// What the operations make, read, change, list and remove.
    pub(crate) resources: Vec<ResourceBinding>,
    /// The operations that write what is no resource, each with the one that reads it.
    pub(crate) reads: Vec<(String, String)>,
}

/// An operation in all of its revisions.
#[derive(Clone, Debug)]
pub(crate) struct OperationContracts {
    /// The revision that is judged by.
    pub(crate) contract: Contract,
    /// Every other one.
    pub(crate) others: Vec<Contract>,
}

impl ServiceContracts {
    /// Reads the contracts of the service in that folder. An operation that has no such revision is
    /// there as its usual one.
    ///
    /// # Errors
    /// The first fault in the files.
    pub(crate) fn load(
        files: &Files,
        services: &Services,
        folder: &str,
        revision: Option<&str>,
    ) -> Result<Self, FileError> {
        let common = services.of(files, folder)?;
        let mut operations = Vec::new();
        for slug in visible_folders(files, folder)? {
            let path = format!("{folder}/{slug}");
            let names = files.list(&path)?;
            let is_contract =
                |name: &&String| name.starts_with("contract.") && name.ends_with(".toml");
            let mut revisions = Vec::new();
            for name in names.iter().filter(is_contract) {
                let file = files.read(&format!("{path}/{name}"))?;
                let contract = contract::load_operation(&file, &slug, &common.service)?;
                revisions.push((name == USUAL, contract));
            }

            let is_wanted = |contract: &Contract| revision == Some(contract.revision.as_str());
            let wanted = revisions
                .iter()
                .position(|(_, contract)| is_wanted(contract));
            let usual = || revisions.iter().position(|(is_usual, _)| *is_usual);
            // A folder without a contract holds no operation.
            let Some(chosen) = wanted.or_else(usual) else {
                continue;
            };
            let (_, contract) = revisions.swap_remove(chosen);
            operations.push(OperationContracts {
                contract,
                others: revisions.into_iter().map(|(_, other)| other).collect(),
            });
        }

        let bindings = common.fixtures.bindings.iter();
        let reads =
            bindings.filter_map(|(slug, binding)| Some((slug.clone(), binding.read.clone()?)));
        Ok(Self {
            reads: reads.collect(),
            service: common.service.clone(),
            operations,
            resources: common.fixtures.resources.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operation_of_a_service_is_there() {
        let load = |service: &str, revision: Option<&str>| {
            ServiceContracts::load(&Files::Embedded, &Services::default(), service, revision)
                .expect("the service is built in")
        };
        let todo = load("todo", None);
        let slugs: Vec<&str> = todo
            .operations
            .iter()
            .map(|operation| operation.contract.slug.as_str())
            .collect();
        assert_eq!(
            slugs,
            [
                "create-todo",
                "delete-todo",
                "get-todo",
                "list-todos",
                "patch-todo",
                "replace-todo"
            ]
        );
        assert_eq!(todo.resources.len(), 1);

        let revisions = |revision| {
            let all = load("lambda", revision).operations;
            let all = all.into_iter().map(|one| one.contract.revision);
            all.collect::<std::collections::BTreeSet<_>>()
        };
        assert!(revisions(None).contains("2018"));
        assert!(!revisions(Some("current")).contains("2018"));
    }
}
