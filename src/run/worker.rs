//! A worker: what it made on the target, and what the names in templates stand for.

use super::created::CreatedResources;
use super::event::Spoilt;
use super::leftover::Made;
use super::mapping_health::MappingHealth;
use super::stand::{Reach, Stand};
use crate::plan::case::{Draft, SourceKind};
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
    pub(super) queue: Option<Bindings>,
    pub(super) stream: Option<Bindings>,
    /// What was made, as the step's place, the bindings to undo it with, and how sure it is.
    pub(crate) made: Vec<(usize, Bindings, Made)>,
    /// What its sequences made and did not remove yet.
    pub(crate) created: CreatedResources,
    /// What the target does not offer, in words.
    pub(crate) notes: Vec<String>,
    pub(super) renewed: u32,
    /// How many of these new mappings took the place of one that vanished or stayed in transition.
    pub(super) vanished: u32,
    /// What is known of the mappings.
    pub(crate) health: MappingHealth,
    /// The mappings that cases spoilt, and that nobody was told of yet.
    pub(crate) spoilt: Vec<Spoilt>,
    /// The state that a chain left, where nothing was sent since.
    pub(super) stand: Option<Stand>,
    /// How many cases it puts into one chain, and how many of the next go by themselves.
    pub(super) reach: Reach,
    pub(super) alone: usize,
    /// How many cases in a row had no answer to a valid request.
    pub(crate) silent: u32,
}

impl Worker {
    /// The bindings for a case that needs that kind of source, and the kind they are of.
    pub(crate) fn bindings(&self, source: SourceKind) -> Result<(SourceKind, &Bindings), String> {
        let queue = self.queue.as_ref().map(|b| (SourceKind::Queue, b));
        let stream = self.stream.as_ref().map(|b| (SourceKind::Stream, b));
        match source {
            SourceKind::Queue => {
                queue.ok_or_else(|| "the target offers no mapping of a queue".to_owned())
            }
            SourceKind::Stream => {
                stream.ok_or_else(|| "the target offers no mapping of a stream".to_owned())
            }
            // The page is about streams: only of them it admits every batch size.
            SourceKind::Any => stream
                .or(queue)
                .ok_or_else(|| "the target offers no mapping".to_owned()),
        }
    }

    pub(crate) fn shared(&self) -> &Bindings {
        &self.any
    }

    /// What it made for itself, its mappings among them, and what it made once for the run.
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
            queue: None,
            stream: None,
            ..self.clone()
        };

        (Self { made: own, ..self }, rest)
    }

    /// What its mappings are, by kind.
    pub(crate) fn mappings(&self) -> [Option<Bindings>; 2] {
        [self.queue.clone(), self.stream.clone()]
    }

    /// Uses those mappings again, where no new ones were to be had.
    pub(crate) fn take_back(&mut self, mappings: [Option<Bindings>; 2]) {
        [self.queue, self.stream] = mappings;
    }

    /// Takes out what is known of mappings that cases spoilt.
    pub(crate) fn take_spoilt(&mut self) -> Vec<Spoilt> {
        std::mem::take(&mut self.spoilt)
    }

    pub(super) fn has_mapping(&self) -> bool {
        self.queue.is_some() || self.stream.is_some()
    }
}
