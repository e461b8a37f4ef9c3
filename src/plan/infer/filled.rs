//! A request, filled in, and a thing as requests name it.

use std::collections::BTreeSet;

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::words::Kind;
use crate::contract::{Contract, Location};
use crate::plan::generator::as_text;

/// A thing as requests name it.
#[derive(Clone, Debug, Default)]
pub(super) struct Thing {
    /// For members that name it, by their names, templates of their values.
    pub(super) parts: Vec<(String, String)>,
    /// What it is called.
    pub(super) name: Option<String>,
    /// What the target calls it.
    pub(super) id: Option<String>,
    pub(super) arn: Option<String>,
    /// The fixtures that give these names.
    pub(super) needs: BTreeSet<String>,
    /// The fixture that gives the ARN.
    pub(super) arn_needs: Option<String>,
}

/// A request, filled in.
#[derive(Clone, Debug, Default)]
pub(super) struct Filled {
    /// Values of members by name, with templates in their texts.
    pub(super) values: IndexMap<String, Value>,
    /// The fixtures that it needs.
    pub(super) needs: BTreeSet<String>,
    /// Why it cannot be sent, where that is so.
    pub(super) lacks: Option<String>,
    /// Whether it names something that the run makes.
    pub(super) names_ours: bool,
    /// Whether a recipe gave a value.
    pub(super) has_recipe: bool,
}

impl Thing {
    /// What names it in a member of that kind.
    pub(super) fn by(&self, kind: Kind) -> Option<&String> {
        let last = || self.parts.last().map(|(_, template)| template);
        match kind {
            Kind::Arn => self.arn.as_ref(),
            Kind::Id => self.id.as_ref().or_else(last),
            Kind::Name => self.name.as_ref().or_else(last),
            Kind::Bare => self.name.as_ref().or(self.id.as_ref()).or_else(last),
        }
    }

    /// The fixtures that a member of that kind needs.
    pub(super) fn needed_by(&self, kind: Kind) -> impl Iterator<Item = String> {
        let arn = self.arn_needs.iter().filter(move |_| kind == Kind::Arn);
        self.needs.iter().chain(arn).cloned()
    }
}

impl Filled {
    /// The values of the labels of the path, as templates.
    pub(super) fn labels(&self, contract: &Contract) -> IndexMap<String, String> {
        let labels = self.at(contract, |location| location == Location::Label);
        let texts = labels.filter_map(|(name, value)| Some((name.clone(), as_text(value)?)));
        texts.collect()
    }

    /// The other values, but for tokens, which each request has its own of.
    pub(super) fn given(&self, contract: &Contract) -> Map<String, Value> {
        let others = self.at(contract, |location| location != Location::Label);
        let is_token = |name: &str| contract.member(name).is_some_and(|member| member.is_token);
        let others = others.filter(|(name, _)| !is_token(name));
        others
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    fn at<'f>(
        &'f self,
        contract: &'f Contract,
        is_meant: impl Fn(Location) -> bool + 'f,
    ) -> impl Iterator<Item = (&'f String, &'f Value)> + 'f {
        self.values.iter().filter(move |(name, _)| {
            contract
                .member(name)
                .is_some_and(|member| is_meant(member.location))
        })
    }
}
