//! A worker: what it made on the target, and what the names in templates stand for.

use indexmap::IndexMap;

use super::accepted_control::{AcceptedControl, ChainLimit};
use super::created::CreatedResources;
use super::event::Spoilt;
use super::leftover::Made;
use super::resource_health::ResourceHealth;
use crate::plan::case::{Draft, Variant};
use crate::plan::fixture::{Fixtures, Scope};
use crate::support::template::Bindings;

/// The fixtures of one worker, made and left in place.
#[derive(Clone, Debug)]
pub(crate) struct MadeFixtures {
    /// What the names in templates stand for.
    pub(crate) bindings: Bindings,
    /// The requests that remove them, each with the service it is for.
    pub(crate) undo: Vec<(Draft, String)>,
    pub(super) worker: Worker,
}

/// One worker: what it made on the target, and what the names in templates stand for.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
    pub(super) number: String,
    /// Known to every kind of case.
    pub(super) any: Bindings,
    /// By variant, those that the target offers, the one that most cases use first; of a resource
    /// without variants one that stands for any.
    pub(super) variants: IndexMap<Variant, Bindings>,
    /// What was made, as the step's place, the bindings to undo it with, and how sure it is.
    pub(crate) made: Vec<(usize, Bindings, Made)>,
    /// What its sequences made and did not remove yet.
    pub(crate) created: CreatedResources,
    /// What the target does not offer, in words.
    pub(crate) notes: Vec<String>,
    pub(super) renewed: u32,
    /// How many of these new resources took the place of one that vanished or stayed in transition.
    pub(super) vanished: u32,
    /// What is known of the resources.
    pub(crate) health: ResourceHealth,
    /// The resources that cases spoilt, and that nobody was told of yet.
    pub(crate) spoilt: Vec<Spoilt>,
    /// The state that a chain left, where nothing was sent since.
    pub(super) last_control: Option<AcceptedControl>,
    /// How many cases it puts into one chain, and how many of the next go by themselves.
    pub(super) chain_limit: ChainLimit,
    pub(super) alone: usize,
    /// How many cases in a row had no answer to a valid request.
    pub(crate) silent: u32,
}

impl Worker {
    /// The bindings for a case about that variant, and the variant that they are of.
    ///
    /// # Errors
    /// What the target does not offer, in words.
    pub(crate) fn bindings(&self, variant: &Variant) -> Result<(&Variant, &Bindings), String> {
        let found = if variant.is_any() {
            self.variants.first()
        } else {
            self.variants.get_key_value(variant)
        };
        found.ok_or_else(|| format!("the target offers no resource{variant}"))
    }

    pub(crate) fn shared(&self) -> &Bindings {
        &self.any
    }

    /// What it made for itself, its resources among them, and what it made once for the run.
    pub(super) fn apart(self, fixtures: &Fixtures) -> (Self, Self) {
        let once = |(index, _, _): &(usize, Bindings, Made)| {
            fixtures
                .steps
                .get(*index)
                .is_some_and(|step| step.scope == Scope::Run)
        };

        let (shared, own) = self.made.iter().cloned().partition(once);
        let rest = Self {
            made: shared,
            created: CreatedResources::default(),
            variants: IndexMap::new(),
            ..self.clone()
        };

        (Self { made: own, ..self }, rest)
    }

    /// Takes out what is known of resources that cases spoilt.
    pub(crate) fn take_spoilt(&mut self) -> Vec<Spoilt> {
        std::mem::take(&mut self.spoilt)
    }
}
