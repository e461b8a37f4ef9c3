//! A method that no operation of a service documents at the path of another one: what is sent with it
//! is to be refused.

use std::sync::Arc;

use super::case::{Case, CaseId, Draft, Expect, Origin, Step, Variant};
use super::routes::Routes;
use super::{OperationName, Plan};
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
        routes: impl FnOnce() -> Result<Arc<Routes>, FileError>,
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

        let known = routes()?.methods_at(&self.contract.http.uri);
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
}
