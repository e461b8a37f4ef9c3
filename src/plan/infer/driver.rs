//! What is tried, in which order, and what is concluded from the answers.
//!
//! Families go in the order of their lives: a thing is made, read, listed, changed and removed, and
//! what stands on it comes after it. What was accepted is kept; a request that was refused is tried
//! in another way, where there is one.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::families::Families;
use super::fill::Filler;
use super::inferred::Inferred;
use super::making::Way;
use super::recipes::Recipes;
use super::state::Driver;
use super::tables::FixtureTable;
use super::trial::{Outcome, Trial};
use super::words::{Verb, a};
use crate::contract::{Contract, Service};
use crate::support::template::Bindings;

/// Infers what is good in requests of these operations, by trying it.
///
/// # Errors
/// The first error of `attempt`, after which nothing more is tried.
pub(crate) async fn infer<E>(
    (contracts, service): (&[Contract], &Service),
    recipes: &Recipes,
    region: &str,
    attempt: impl AsyncFnMut(&Trial) -> Result<Outcome, E>,
) -> Result<Inferred, E> {
    let families = Families::of(contracts);
    let mut sample = Bindings::default();
    for (name, value) in [
        ("run", "0a1b2c3d"),
        ("worker", "0"),
        ("region", region),
        ("account", "123456789012"),
    ] {
        sample.set(name, value);
    }
    let filler = Filler {
        contracts,
        service,
        families: &families,
        recipes,
        made: BTreeMap::new(),
        unmade: BTreeSet::new(),
        sample,
    };
    let mut driver = Driver {
        filler,
        attempt,
        fixtures: recipe_fixtures(recipes),
        samples: IndexMap::new(),
        tried: IndexMap::new(),
        ways: BTreeMap::new(),
    };
    for place in 0..families.all.len() {
        driver.family(place).await?;
    }
    driver.others().await?;
    Ok(driver.done())
}

/// The fixtures of recipes, as any other.
fn recipe_fixtures(recipes: &Recipes) -> IndexMap<String, FixtureTable> {
    let all = recipes.fixtures.iter().map(|fixture| {
        let needs = fixture.table.get("needs").and_then(toml::Value::as_array);
        let needs = needs.into_iter().flatten().filter_map(|need| need.as_str());
        let table = FixtureTable {
            id: fixture.id.clone(),
            comment: "By a recipe.".to_owned(),
            needs: needs.map(str::to_owned).collect(),
            table: fixture.table.clone(),
        };
        (fixture.id.clone(), table)
    });
    all.collect()
}

impl<E, A: AsyncFnMut(&Trial) -> Result<Outcome, E>> Driver<'_, A> {
    /// Makes a thing of the family, and tries the operations that are about one.
    async fn family(&mut self, place: usize) -> Result<(), E> {
        let Some(family) = self.filler.families.all.get(place).cloned() else {
            return Ok(());
        };
        let count = family.markers(self.filler.contracts).len().clamp(1, 2);
        let mut ways = Vec::new();
        for full in [false, true] {
            for marker in 0..count {
                for captured in [true, false] {
                    ways.push(Way {
                        full,
                        captured,
                        marker,
                    });
                }
            }
        }

        let (mut why, mut stays) = (None, false);
        if !family.is_named() {
            why = Some(format!("nothing says what names {}", a(&family.noun)));
        }
        for way in ways.iter().filter(|_| family.is_named()) {
            match self.filler.fixture(place, *way) {
                Ok((fixture, thing)) => {
                    let is_same = self
                        .fixtures
                        .get(&fixture.id)
                        .is_some_and(|known| known.table == fixture.table);
                    if is_same {
                        continue;
                    }
                    let id = fixture.id.clone();
                    self.fixtures.insert(id.clone(), fixture);
                    let outcome = self.make(family.create, [id].into()).await?;
                    if outcome == Outcome::Accepted {
                        self.filler.made.insert(place, thing);
                        self.ways.insert(place, (*way, true));
                        break;
                    }
                    // What stays once would stay every time.
                    if outcome == Outcome::Left {
                        stays = true;
                        break;
                    }
                }
                Err(reason) => {
                    why.get_or_insert(reason);
                }
            }
        }
        let is_made = self.filler.made.contains_key(&place);
        if !is_made {
            self.fixtures.shift_remove(&family.noun);
        }
        match stays {
            true => self.not_tried(family.create, || {
                "what it makes could not be removed again".to_owned()
            }),
            false => self.create(place, &ways, why).await?,
        }
        if !is_made {
            self.filler.unmade.insert(place);
        }
        self.arn(place).await?;

        let roles = &self.filler.families.roles;
        let mut own: Vec<(Verb, usize)> = roles
            .iter()
            .enumerate()
            .filter(|(operation, (_, of))| *of == Some(place) && *operation != family.create)
            .map(|(operation, (words, _))| (words.verb, operation))
            .collect();
        own.sort_unstable();
        for (_, operation) in own {
            match Some(operation) == family.delete {
                true => self.delete(place, operation).await?,
                false => self.about(Some(place), operation).await?,
            }
        }
        Ok(())
    }

    /// Tries the operation that makes things.
    async fn create(&mut self, place: usize, ways: &[Way], why: Option<String>) -> Result<(), E> {
        let Some(family) = self.filler.families.all.get(place) else {
            return Ok(());
        };
        let known = self.ways.get(&place).copied();
        let (noun, operation) = (family.noun.clone(), family.create);
        let all: Vec<Way> = known.map_or_else(|| ways.to_vec(), |(way, _)| vec![way]);
        let (mut tried, mut proposals) = (Vec::new(), Vec::new());
        let mut reason = why;
        for way in all
            .into_iter()
            .filter(|way| way.captured || known.is_some())
        {
            match self.filler.creation(place, way) {
                Ok(binding) => {
                    let said = format!("It makes {}.", a(&noun));
                    tried.push(way);
                    proposals.push((binding, said));
                }
                Err(why) => {
                    reason.get_or_insert(why);
                }
            }
        }
        let accepted = self.first_accepted(operation, proposals, reason).await?;
        if let Some(way) = accepted.and_then(|accepted| tried.get(accepted)) {
            self.ways.entry(place).or_insert((*way, false));
        }
        Ok(())
    }

    /// Tries whether a read shows the ARN of what was made.
    async fn arn(&mut self, place: usize) -> Result<(), E> {
        let Some(thing) = self.filler.made.get(&place) else {
            return Ok(());
        };
        if thing.arn.is_some() {
            return Ok(());
        }
        let Some((fixture, template)) = self.filler.arn_fixture(place, thing) else {
            return Ok(());
        };
        let Some(create) = self
            .filler
            .families
            .all
            .get(place)
            .map(|family| family.create)
        else {
            return Ok(());
        };
        let id = fixture.id.clone();
        self.fixtures.insert(id.clone(), fixture);
        match self.make(create, [id.clone()].into()).await? {
            Outcome::Accepted => {
                if let Some(thing) = self.filler.made.get_mut(&place) {
                    thing.arn = Some(template);
                    thing.arn_needs = Some(id);
                }
            }
            _ => {
                self.fixtures.shift_remove(&id);
            }
        }
        Ok(())
    }

    /// Tries the operations that are of no family.
    async fn others(&mut self) -> Result<(), E> {
        for operation in 0..self.filler.contracts.len() {
            if !self.tried.contains_key(&operation) {
                self.about(None, operation).await?;
            }
        }
        Ok(())
    }
}
