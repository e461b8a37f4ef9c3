//! A method that no operation of a service documents at the path of another one: what is sent with it
//! is to be refused.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::case::{Case, CaseId, Draft, Expect, Origin, Step, Variant};
use super::{OperationName, Plan, visible_folders};
use crate::contract::{Basis, Level};
use crate::support::files::{FileError, Files};
use crate::wire::exchange::Framing;

/// The class of a request that no operation answers.
const ROUTE: &str = "route";
/// The promise that a request reaches the operation.
const REACHED: &str = "request::http";
/// The methods that are tried, those first that change least where a target knows them.
const METHODS: [&str; 3] = ["PATCH", "POST", "PUT"];

/// The case that sends a method which is not documented.
pub(super) enum Undocumented {
    Case(Box<Case>),
    /// A case that was written is about it, or nobody looks which methods are documented.
    Left,
    /// There can be none, and why.
    Impossible(&'static str),
}

/// What a contract file says of method and path; the rest is for its own reader.
#[derive(Deserialize)]
struct Reached {
    http: Route,
}

#[derive(Deserialize)]
struct Route {
    method: String,
    uri: String,
}

impl Plan {
    /// The usual request with a method that is documented for no operation at its path.
    ///
    /// # Errors
    /// Where the folders of the service cannot be read.
    pub(super) fn another_method(
        &self,
        files: &Files,
        of: &OperationName,
        usual: Draft,
        cases: &[Case],
    ) -> Result<Undocumented, FileError> {
        let atom = self.contract.atom_id(REACHED);
        let is_written = |case: &Case| {
            case.atoms.contains(&atom) && *case.expect() == Expect::Reject(ROUTE.to_owned())
        };
        if cases.iter().any(is_written) || self.is_of_document(files, of) {
            return Ok(Undocumented::Left);
        }
        if self.service.family(ROUTE).is_none() {
            let why = "no [family.NAME] of the service has the class `route`, which says how a \
                       request is refused that no operation takes";
            return Ok(Undocumented::Impossible(why));
        }

        let known = self.methods_here(files, of)?;
        let Some(method) = METHODS.into_iter().find(|method| !known.contains(*method)) else {
            let why = "an operation is documented at this path for each method that could be sent";
            return Ok(Undocumented::Impossible(why));
        };

        let request = Draft {
            method: method.to_owned(),
            // On a connection of its own: a server without such a route may leave the body unread.
            raw: Some(Framing::Length),
            ..usual.clone()
        };
        let expect = Expect::Reject(ROUTE.to_owned());
        Ok(Undocumented::Case(Box::new(Case {
            id: CaseId(format!("{}::{REACHED}::another-method", self.contract.slug)),
            says: format!("{method} in place of {}", self.contract.http.method),
            origin: Origin::Derived,
            atoms: vec![atom],
            variant: Variant::ANY,
            steps: Step::about(request, expect, usual, None),
            basis: Basis::Inferred,
            level: Level::Should,
            why: format!("No operation is documented for {method} at this path"),
        })))
    }

    /// Whether the contract, or that of another operation of the service, is that of a document,
    /// which is not looked through for each operation.
    fn is_of_document(&self, files: &Files, of: &OperationName) -> bool {
        let within = format!("{}/", of.service);
        files.documented().any(|folder| folder.starts_with(&within))
    }

    /// The methods that operations of the service are documented for at the path of this one.
    fn methods_here(
        &self,
        files: &Files,
        of: &OperationName,
    ) -> Result<BTreeSet<String>, FileError> {
        let here = shape(&self.contract.http.uri);
        let mut methods = BTreeSet::new();
        for operation in visible_folders(files, &of.service)? {
            let path = format!("{}/{operation}", of.service);
            let names = files.list(&path)?;
            let contracts = names.iter().filter(|name| name.starts_with("contract."));
            for name in contracts {
                let file = files.read(&format!("{path}/{name}"))?;
                // What is wrong with the file of another operation is told where that is planned.
                let Ok(reached) = file.parse::<Reached>() else {
                    continue;
                };
                if shape(&reached.http.uri) == here {
                    methods.insert(reached.http.method);
                }
            }
        }
        Ok(methods)
    }
}

/// A path without what labels are called, its query and a slash at its end.
fn shape(uri: &str) -> String {
    let path = uri.split('?').next().unwrap_or_default();
    let parts = path.trim_end_matches('/').split('/');
    let part = |part: &str| match part.starts_with('{') {
        true => "{}".to_owned(),
        false => part.to_owned(),
    };
    parts.map(part).collect::<Vec<_>>().join("/")
}
