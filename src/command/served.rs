//! What the built-in reference serves: the operations that it has by hand, and those of contracts
//! that it interprets.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::Failure;
use crate::plan::{OperationName, ServiceContracts, Services};
use crate::reference::{
    Api, General, GeneralDefect, Options, Reference, SERVICE, defects, defects_of, find_defect,
    general_defects,
};
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::Files;

/// A set of services, and what is interpreted of them.
type KnownApi = (BTreeSet<String>, Arc<Api>);

/// What was read already.
#[derive(Clone, Debug, Default)]
pub(super) struct KnownApis(Arc<Mutex<Vec<KnownApi>>>);

/// Whether the reference answers an operation by code of its own.
pub(super) fn is_by_hand(service: &str, slug: &str) -> bool {
    service == SERVICE && defects_of(slug).is_some()
}

impl KnownApis {
    /// What the reference interprets for these operations: all of their services, but for what it
    /// has by hand. `None` where all that is meant is by hand.
    ///
    /// # Errors
    /// The first fault in the files.
    pub(super) fn of(
        &self,
        files: &Files,
        services: &Services,
        operations: &[OperationName],
        revision: Option<&str>,
    ) -> Result<Option<Arc<Api>>, Failure> {
        let mut meant = operations.iter();
        // What is by hand goes by a page, and a document may say more.
        let is_enough = |name: &OperationName| {
            is_by_hand(&name.service, &name.operation) && !files.is_documented(&name.to_string())
        };
        if meant.all(is_enough) {
            return Ok(None);
        }

        let names: BTreeSet<String> = operations.iter().map(|name| name.service.clone()).collect();
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, api)) = known.iter().find(|(own, _)| *own == names) {
            return Ok(Some(Arc::clone(api)));
        }
        let load = |name: &String| ServiceContracts::load(files, services, name, revision);
        let all = names.iter().map(load).collect::<Result<Vec<_>, _>>();
        let api = Arc::new(Api::of(all.map_err(Failure::usage)?, is_by_hand));
        known.push((names, Arc::clone(&api)));
        Ok(Some(api))
    }
}

/// The built-in reference, with a defect where one is named.
///
/// # Errors
/// Where there is no such defect.
pub(super) fn reference(
    options: Options,
    api: Option<&Arc<Api>>,
    defect: Option<&str>,
) -> Result<Reference, Failure> {
    let by_hand = defect.and_then(find_defect);
    let options = Options {
        defect: by_hand,
        ..options
    };
    let (Some(id), None) = (defect, by_hand) else {
        let general = api.map(|api| General::new(Arc::clone(api), None));
        return Ok(Reference::with_general(options, general));
    };

    let all = api.map(|api| all_of(api)).unwrap_or_default();
    let found = all.iter().find(|general| general.id == id);
    let (Some(api), Some(general)) = (api, found) else {
        let by_hand = defects().iter().map(|defect| defect.id);
        let known = by_hand.chain(all.iter().map(|general| general.id.as_str()));
        let hint = did_you_mean(id, known);
        return Err(Failure::usage(format!(
            "--defect: the reference has no `{}`{hint}",
            shown(id)
        )));
    };
    let bend = (general.operation, general.bend.clone());
    let general = General::new(Arc::clone(api), Some(bend));
    Ok(Reference::with_general(options, Some(general)))
}

/// The defects of all operations that are interpreted.
pub(super) fn all_of(api: &Api) -> Vec<GeneralDefect> {
    api.names()
        .flat_map(|(service, slug)| general_defects(api, service, slug))
        .collect()
}
