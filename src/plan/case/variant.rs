//! A variant of a resource: its kinds differ in what requests and answers hold.

use std::fmt;
use std::sync::Arc;

use serde::Deserialize;

use crate::support::echo::{did_you_mean, shown};

/// A variant of a resource, by the name that `[resource.NAME.variants]` gives it; or any of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(from = "String")]
pub(crate) struct Variant(Option<Arc<str>>);

/// What files call any of them.
const ANY: &str = "any";

impl Variant {
    /// It does not matter which, or the resource has none.
    pub(crate) const ANY: Self = Self(None);

    /// The variant of that name, as files have it.
    pub(crate) fn named(name: &str) -> Self {
        Self((name != ANY).then(|| name.into()))
    }

    /// Its name; none for any of them.
    pub(crate) fn name(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// How files have it.
    pub(crate) fn as_written(&self) -> &str {
        self.name().unwrap_or(ANY)
    }

    /// Whether it does not matter which.
    pub(crate) fn is_any(&self) -> bool {
        self.0.is_none()
    }

    /// Whether what belongs to this variant is there for cases of that one.
    pub(crate) fn serves(&self, other: &Self) -> bool {
        self.is_any() || self == other
    }

    /// This variant, or the other where it does not matter which.
    pub(crate) fn or(&self, other: impl FnOnce() -> Self) -> Self {
        if self.is_any() { other() } else { self.clone() }
    }

    /// What is wrong with it where the resource has those.
    pub(crate) fn fault(&self, variants: &[Self]) -> Option<String> {
        let name = self.name().filter(|_| !variants.contains(self))?;
        if variants.is_empty() {
            return Some("`variant`: no [resource.NAME.variants] names one".to_owned());
        }
        let known = variants.iter().filter_map(Self::name);
        let suggestion = did_you_mean(name, known);
        Some(format!("unknown variant `{}`{suggestion}", shown(name)))
    }

    /// What tells the names of one variant's fixtures from those of another, where both are needed
    /// at once.
    pub(crate) fn prefix(&self) -> Option<String> {
        self.name()
            .map(|name| format!("{}_", name.replace('-', "_")))
    }
}

impl From<String> for Variant {
    fn from(name: String) -> Self {
        Self::named(&name)
    }
}

/// As sentences say it after the resource: nothing for any of them.
impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => write!(f, " of the variant {name}"),
            None => Ok(()),
        }
    }
}
