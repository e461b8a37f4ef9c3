//! Which revision a target follows in one promise.

use serde::{Deserialize, Serialize};

/// Which revision one target follows in one promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Following {
    /// The target's name.
    pub(crate) target: String,
    /// Which.
    pub(crate) follows: Follows,
}

/// Which revision a target follows in one promise.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Follows {
    /// The one of that name, and no other.
    Revision(String),
    /// What it does is right by each of them.
    All,
    /// What it does is right by none of them.
    None,
    /// No verdict tells.
    Untold,
}

impl Follows {
    /// In words.
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Revision(name) => name.clone(),
            Self::All => "every revision".to_owned(),
            Self::None => "no revision".to_owned(),
            Self::Untold => "untold".to_owned(),
        }
    }
}
