//! An update on its way into the world: what a defect may change of it.

use serde_json::{Map, Value};

use crate::reference::world::{Mapping, World};

/// An update that passed every check and is about to be stored.
pub(crate) struct Commit<'a> {
    /// The mapping as it was.
    pub(crate) before: &'a Mapping,
    /// The mapping as it will be remembered.
    pub(crate) stored: Mapping,
    /// The mapping as the answer shows it.
    pub(crate) shown: Mapping,
    /// The members of the request.
    pub(crate) sent: &'a Map<String, Value>,
    pub(crate) world: &'a mut World,
}
