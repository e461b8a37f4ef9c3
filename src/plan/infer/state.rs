//! What is known so far: what was made and how, what was tried, and all that comes of it.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::fill::Filler;
use super::inferred::{End, Inferred, Tried};
use super::making::Way;
use super::name::is_valid;
use super::tables::{BindingTable, FixtureTable};
use super::trial::{Outcome, Trial};
use crate::contract::Location;
use crate::contract::oracle::Oracle;
use crate::plan::generator::{as_text, simplest};

/// What is known so far, and the way to try more.
pub(super) struct Driver<'a, A> {
    pub(super) filler: Filler<'a>,
    pub(super) attempt: A,
    /// By their ids, in the order in which they are made.
    pub(super) fixtures: IndexMap<String, FixtureTable>,
    pub(super) samples: IndexMap<String, String>,
    /// By the places of operations.
    pub(super) tried: IndexMap<usize, Tried>,
    /// How things of a family were made, and whether a fixture makes one.
    pub(super) ways: BTreeMap<usize, (Way, bool)>,
}

/// A proposal, and what is said of it.
pub(super) type Proposal = (BindingTable, String);

impl<E, A: AsyncFnMut(&Trial) -> Result<Outcome, E>> Driver<'_, A> {
    /// Tries whether the fixtures can be made.
    pub(super) async fn make(
        &mut self,
        create: usize,
        needs: BTreeSet<String>,
    ) -> Result<Outcome, E> {
        let Some(contract) = self.filler.contracts.get(create) else {
            return Ok(Outcome::NoFixture);
        };
        // Nothing of the operation's own is sent: any text is good for its labels.
        let labels = contract
            .input
            .iter()
            .filter(|m| m.location == Location::Label);
        let labels = labels.map(|m| (m.name.clone(), "x".to_owned()));
        let binding = BindingTable {
            slug: contract.slug.clone(),
            label: labels.collect(),
            needs,
            ..BindingTable::default()
        };
        let trial = self.trial(create, binding, true);
        (self.attempt)(&trial).await
    }

    /// Tries a binding, and notes what became of it. Whether it was accepted.
    pub(super) async fn propose(
        &mut self,
        operation: usize,
        (binding, said): Proposal,
    ) -> Result<bool, E> {
        self.note_samples(operation, &binding);
        let trial = self.trial(operation, binding.clone(), false);
        let outcome = (self.attempt)(&trial).await?;
        let accepted = outcome == Outcome::Accepted;
        let slug = binding.slug.clone();
        let tried = Tried {
            slug,
            end: End::Tried(outcome),
            binding: accepted.then_some(binding),
            said,
        };
        // Of several refusals the first is about the simplest request.
        match accepted {
            true => {
                self.tried.insert(operation, tried);
            }
            false if tried.end == End::Tried(Outcome::Left) => {
                self.tried.insert(operation, tried);
            }
            false => {
                self.tried.entry(operation).or_insert(tried);
            }
        }
        Ok(accepted)
    }

    /// Tries one proposal after another, and gives the place of the one that was accepted. `why`
    /// says why there is none.
    pub(super) async fn first_accepted(
        &mut self,
        operation: usize,
        proposals: Vec<Proposal>,
        why: Option<String>,
    ) -> Result<Option<usize>, E> {
        for (place, proposal) in proposals.into_iter().enumerate() {
            if self.propose(operation, proposal).await? {
                return Ok(Some(place));
            }
            // What stays once would stay every time.
            if self.stays(operation) {
                break;
            }
        }

        self.not_tried(operation, || {
            why.unwrap_or_else(|| "nothing was proposed".to_owned())
        });
        Ok(None)
    }

    /// Whether something that the operation's trial made could not be removed.
    fn stays(&self, operation: usize) -> bool {
        let end = self.tried.get(&operation).map(|tried| &tried.end);
        end == Some(&End::Tried(Outcome::Left))
    }

    pub(super) fn not_tried(&mut self, operation: usize, why: impl FnOnce() -> String) {
        let Some(contract) = self.filler.contracts.get(operation) else {
            return;
        };
        self.tried.entry(operation).or_insert_with(|| Tried {
            slug: contract.slug.clone(),
            end: End::NotTried(why()),
            binding: None,
            said: String::new(),
        });
    }

    pub(super) fn trial(&self, place: usize, binding: BindingTable, only_fixtures: bool) -> Trial {
        let fixtures = needed(&self.fixtures, &binding.needs);
        Trial {
            place,
            only_fixtures,
            samples: self.samples_of(&fixtures, std::iter::once(&binding)),
            fixtures,
            binding,
        }
    }

    /// Notes a stand-in for each captured value whose usual one the contract would refuse.
    fn note_samples(&mut self, operation: usize, binding: &BindingTable) {
        let Some(contract) = self.filler.contracts.get(operation) else {
            return;
        };
        let oracle = Oracle::of(contract, self.filler.service);
        let texts = binding
            .label
            .iter()
            .map(|(name, text)| (name, text.as_str()));
        let given = binding.given.iter();
        let given = given.filter_map(|(name, value)| Some((name, value.as_str()?)));
        for (member, template) in texts.chain(given) {
            let name = template
                .strip_prefix("${")
                .and_then(|rest| rest.strip_suffix('}'));
            let (Some(name), Some(member)) = (name, contract.member(member)) else {
                continue;
            };
            let usual = format!("proofmark-{name}");
            if self.samples.contains_key(name)
                || is_valid(&oracle, &self.filler.sample, member, &usual)
            {
                continue;
            }
            let simple = simplest(contract, &member.shape, 0);
            if let Some(text) = simple.as_ref().and_then(as_text) {
                self.samples.insert(name.to_owned(), text);
            }
        }
    }

    /// The stand-ins of names that these fixtures and bindings give.
    fn samples_of<'b>(
        &self,
        fixtures: &[FixtureTable],
        bindings: impl Iterator<Item = &'b BindingTable>,
    ) -> IndexMap<String, String> {
        let captured = |table: &toml::Table| -> Vec<String> {
            let capture = table.get("capture").and_then(toml::Value::as_table);
            capture
                .into_iter()
                .flat_map(toml::Table::keys)
                .cloned()
                .collect()
        };
        let mut given: BTreeSet<String> = BTreeSet::new();
        given.extend(fixtures.iter().flat_map(|fixture| captured(&fixture.table)));
        for binding in bindings {
            given.extend(binding.capture.keys().cloned());
            let before = binding.before.iter().filter_map(toml::Value::as_table);
            given.extend(before.flat_map(captured));
        }
        let own = self
            .samples
            .iter()
            .filter(|(name, _)| given.contains(*name));
        own.map(|(name, value)| (name.clone(), value.clone()))
            .collect()
    }

    /// All that was found out.
    pub(super) fn done(mut self) -> Inferred {
        let accepted = || {
            self.tried
                .values()
                .filter_map(|tried| tried.binding.as_ref())
        };
        let wanted: BTreeSet<String> = accepted()
            .flat_map(|binding| binding.needs.clone())
            .collect();
        let fixtures = needed(&self.fixtures, &wanted);
        let samples = self.samples_of(&fixtures, accepted());
        let clean = self.ways.iter().filter_map(|(place, (way, _))| {
            let is_removed = self.filler.families.all.get(*place)?.delete?;
            self.tried.get(&is_removed)?.binding.as_ref()?;
            self.filler.clean(*place, *way)
        });
        let clean = clean.collect();
        self.tried.sort_unstable_keys();
        Inferred {
            operations: self.tried.into_values().collect(),
            fixtures,
            samples,
            clean,
        }
    }
}

/// The fixtures that these need, directly or by way of others, in the order in which they are made.
fn needed(all: &IndexMap<String, FixtureTable>, wanted: &BTreeSet<String>) -> Vec<FixtureTable> {
    let mut needed = wanted.clone();
    // What a fixture stands on comes before it.
    for (id, fixture) in all.iter().rev() {
        if needed.contains(id) {
            needed.extend(fixture.needs.iter().cloned());
        }
    }
    let own = all.iter().filter(|(id, _)| needed.contains(*id));
    own.map(|(_, fixture)| fixture.clone()).collect()
}
