//! Shapes as models of Smithy write them.

use indexmap::IndexMap;
use serde::Deserialize;

use super::traits::Traits;
use crate::import::json::Part;

/// A shape as the model writes it. Parts that no contract holds are not read.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Table<'a> {
    #[serde(rename = "type")]
    pub(super) kind: String,
    #[serde(borrow)]
    pub(super) traits: Part<Traits<'a>>,
    #[serde(borrow)]
    pub(super) members: Part<IndexMap<String, Part<Member<'a>>>>,
    #[serde(borrow)]
    pub(super) member: Part<Member<'a>>,
    #[serde(borrow)]
    pub(super) key: Part<Member<'a>>,
    #[serde(borrow)]
    pub(super) value: Part<Member<'a>>,
    pub(super) mixins: Part<Vec<Reference>>,
    // Of services and resources.
    pub(super) version: Part<String>,
    pub(super) operations: Part<Vec<Reference>>,
    pub(super) collection_operations: Part<Vec<Reference>>,
    pub(super) resources: Part<Vec<Reference>>,
    pub(super) create: Part<Reference>,
    pub(super) put: Part<Reference>,
    pub(super) read: Part<Reference>,
    pub(super) update: Part<Reference>,
    pub(super) delete: Part<Reference>,
    pub(super) list: Part<Reference>,
    // Of operations.
    pub(super) input: Part<Reference>,
    pub(super) output: Part<Reference>,
    pub(super) errors: Part<Vec<Reference>>,
}

#[derive(Clone, Deserialize)]
pub(super) struct Reference {
    pub(super) target: String,
}

#[derive(Deserialize)]
pub(super) struct Member<'a> {
    pub(super) target: String,
    #[serde(borrow, default)]
    pub(super) traits: Part<Traits<'a>>,
}
