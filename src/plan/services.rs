//! What the operations of a service have in common, read once for all of their plans.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::data_plane;
use super::fixture::{self, Fixtures};
use super::routes::Routes;
use crate::contract::{self, Service};
use crate::support::echo::shown;
use crate::support::files::{FileError, Files, Source};

/// The services that were read, by the names of their folders. All are of the same files.
#[derive(Clone, Debug, Default)]
pub(crate) struct Services(Arc<Mutex<HashMap<String, Arc<Common>>>>);

/// What the operations of a service have in common.
#[derive(Debug)]
pub(super) struct Common {
    pub(super) service: Service,
    pub(super) fixtures: Fixtures,
    /// The file that `fixtures` were read from.
    pub(super) fixture_file: Source,
    /// What is done with records, and the operations that it is about.
    pub(super) data_plane: Option<(Source, BTreeSet<String>)>,
    /// The methods and paths of its operations, once they were read.
    routes: OnceLock<Arc<Routes>>,
}

impl Services {
    /// The service in that folder.
    ///
    /// # Errors
    /// The first fault in its files.
    pub(super) fn of(&self, files: &Files, folder: &str) -> Result<Arc<Common>, FileError> {
        // What another thread left half done is read anew.
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(common) = known.get(folder) {
            return Ok(Arc::clone(common));
        }
        let common = Arc::new(Common::read(files, folder)?);
        known.insert(folder.to_owned(), Arc::clone(&common));
        Ok(common)
    }
}

impl Common {
    fn read(files: &Files, folder: &str) -> Result<Self, FileError> {
        let file = files.read(&format!("{folder}/service.toml"))?;
        let service = contract::load_service(&file)?;
        if service.name != *folder {
            let message = format!(
                "service = \"{}\": expected the name of the folder, `{folder}`",
                shown(&service.name)
            );
            return Err(file.at_text(&service.name, message));
        }

        let fixture_file = files.read(&format!("{folder}/fixtures.toml"))?;
        Ok(Self {
            service,
            fixtures: fixture::load_fixtures(&fixture_file)?,
            fixture_file,
            data_plane: data_plane::find(files, folder)?,
            routes: OnceLock::new(),
        })
    }

    /// The methods and paths of its operations.
    ///
    /// # Errors
    /// Where its folders cannot be read.
    pub(super) fn routes(&self, files: &Files) -> Result<Arc<Routes>, FileError> {
        if let Some(known) = self.routes.get() {
            return Ok(Arc::clone(known));
        }
        let routes = Arc::new(Routes::read(files, &self.service.name)?);
        Ok(Arc::clone(self.routes.get_or_init(|| routes)))
    }
}
