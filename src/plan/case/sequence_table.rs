//! The TOML form of a written sequence, field for field.

use indexmap::IndexMap;
use serde::Deserialize;
use toml::Spanned;

use super::Variant;
use crate::contract::{Basis, Level};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct SequenceTable {
    pub(crate) id: Spanned<String>,
    pub(super) says: String,
    pub(super) atoms: Spanned<Vec<String>>,
    pub(super) basis: Basis,
    #[serde(default = "must")]
    pub(super) level: Level,
    pub(super) why: String,
    pub(super) variant: Option<Spanned<Variant>>,
    pub(super) steps: Spanned<Vec<Spanned<StepTable>>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct StepTable {
    pub(super) create: Option<Spanned<String>>,
    pub(super) update: Option<Spanned<String>>,
    pub(super) read: Option<Spanned<String>>,
    pub(super) list: Option<Spanned<String>>,
    pub(super) delete: Option<Spanned<String>>,
    pub(super) gone: Option<Spanned<String>>,
    pub(super) body: Option<Spanned<String>>,
    pub(super) label: Option<IndexMap<String, Spanned<String>>>,
    pub(super) refused: Option<Spanned<String>>,
    pub(super) breaks: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) at_once: bool,
    pub(super) together: Option<Vec<Spanned<StepTable>>>,
    pub(super) repeat: Option<Spanned<usize>>,
    pub(super) steps: Option<Vec<Spanned<StepTable>>>,
}

pub(super) fn must() -> Level {
    Level::Must
}
