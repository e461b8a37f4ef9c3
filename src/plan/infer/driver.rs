//! What is tried, in which order, and what is concluded from the answers.
//!
//! Families go in the order of their lives: a thing is made, read, listed, changed and removed, and
//! what stands on it comes after it. What was accepted is kept; a request that was refused is tried
//! in another way, where there is one.

use std::collections::{BTreeMap, BTreeSet};

use indexmap::IndexMap;

use super::family::{Families, Source};
use super::fill::{Filled, Filler, Wish};
use super::name::is_valid;
use super::propose::Way;
use super::recipes::Recipes;
use super::tables::{BindingTable, CleanTable, FixtureTable};
use super::trial::{Outcome, Trial};
use super::words::{Verb, a};
use crate::contract::oracle::Oracle;
use crate::contract::{Contract, Location, Service};
use crate::plan::generator::simplest;
use crate::support::template::Bindings;

/// What became of one operation.
#[derive(Clone, Debug)]
pub(crate) struct Tried {
    /// The folder of the operation.
    pub(crate) slug: String,
    pub(crate) end: End,
    /// The binding that was accepted.
    pub(crate) binding: Option<BindingTable>,
    /// What was inferred of the operation, in a sentence.
    pub(crate) said: String,
}

/// How the trials of an operation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The last of them, as the target answered it.
    Tried(Outcome),
    /// There was nothing to try, and why.
    NotTried(String),
}

/// All that was found out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Inferred {
    /// In the order of the contracts.
    pub(crate) operations: Vec<Tried>,
    pub(crate) fixtures: Vec<FixtureTable>,
    pub(crate) samples: IndexMap<String, String>,
    pub(crate) clean: Vec<CleanTable>,
}

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

struct Driver<'a, A> {
    filler: Filler<'a>,
    attempt: A,
    /// By their ids, in the order in which they are made.
    fixtures: IndexMap<String, FixtureTable>,
    samples: IndexMap<String, String>,
    /// By the places of operations.
    tried: IndexMap<usize, Tried>,
    /// How things of a family were made, and whether a fixture makes one.
    ways: BTreeMap<usize, (Way, bool)>,
}

/// So many members that are not required are tried, each alone.
const OPTIONAL: usize = 3;

/// A proposal, and what is said of it.
type Proposal = (BindingTable, String);

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
                    let is_same = self.fixtures.get(&fixture.id).is_some_and(|known| {
                        known.table == fixture.table
                    });
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
                "what it makes was not gone after it was removed".to_owned()
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
        let mut proposals = Vec::new();
        let mut reason = why;
        for way in all.into_iter().filter(|way| way.captured || known.is_some()) {
            match self.filler.creation(place, way) {
                Ok(binding) => {
                    let said = format!("It makes {}.", a(&noun));
                    proposals.push((way, (binding, said)));
                }
                Err(why) => {
                    reason.get_or_insert(why);
                }
            }
        }
        for (way, proposal) in proposals {
            if self.propose(operation, proposal).await? {
                self.ways.entry(place).or_insert((way, false));
                break;
            }
        }
        self.not_tried(operation, || reason.unwrap_or_else(|| "nothing was proposed".to_owned()));
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
        let Some(create) = self.filler.families.all.get(place).map(|family| family.create) else {
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

    /// Tries an operation that is about what fixtures made, or about nothing of a run.
    async fn about(&mut self, family: Option<usize>, operation: usize) -> Result<(), E> {
        let Some(contract) = self.filler.contracts.get(operation) else {
            return Ok(());
        };
        let words = self.filler.families.roles.get(operation).map(|(words, _)| words.clone());
        let own_noun = words.as_ref().map(|words| words.noun.clone());
        let verb = words.map_or(Verb::Other, |words| words.verb);
        let reads = contract.http.only_reads() || matches!(verb, Verb::Read | Verb::List);
        let mut reason = None;
        let mut proposals: Vec<Proposal> = Vec::new();
        let optional = match reads {
            true => self.filler.optional_names(operation),
            false => Vec::new(),
        };
        let alone = optional.iter().take(OPTIONAL).map(|name| (false, Some(name.as_str())));
        let variants: Vec<(bool, Option<&str>)> =
            [(false, None)].into_iter().chain(alone).chain([(true, None)]).collect();
        for (full, also) in variants {
            let (before, thing) = match family.and_then(|family| self.own_thing(family)) {
                Some((before, thing)) => (vec![before], Some(thing)),
                None => (Vec::new(), None),
            };
            let wish = Wish {
                about: thing.as_ref(),
                full,
                also,
                ..Wish::default()
            };
            let filled = self.filler.request(operation, &wish);
            let noun = family.and_then(|family| self.filler.families.all.get(family));
            let is_kin = noun.is_some_and(|family| own_noun.as_deref() != Some(&family.noun));
            if let Some(why) = self.unfit(contract, (verb, family.is_some(), is_kin), reads, &filled) {
                reason.get_or_insert(why);
                continue;
            }
            let mut needs = filled.needs.clone();
            // A list that shows nothing tells little.
            let listed = family.and_then(|family| self.filler.made.get(&family));
            if let (true, Some(listed)) = (verb == Verb::List || reads, listed) {
                needs.extend(listed.needs.iter().cloned());
            }
            let binding = BindingTable {
                slug: contract.slug.clone(),
                label: filled.labels(contract),
                given: filled.given(contract),
                needs,
                before,
                read: self.read_of(family, operation, verb, &filled),
                ..BindingTable::default()
            };
            let is_new = proposals.iter().all(|(known, _)| {
                (&known.label, &known.given) != (&binding.label, &binding.given)
            });
            if is_new {
                let said = self.said(family, reads, &filled);
                proposals.push((binding, said));
            }
        }
        for proposal in proposals {
            if self.propose(operation, proposal).await? {
                if contract.http.only_reads() {
                    self.absent(family, operation).await?;
                }
                break;
            }
        }
        self.not_tried(operation, || reason.unwrap_or_else(|| "nothing was proposed".to_owned()));
        Ok(())
    }

    /// Tries whether a read of what does not exist is refused, and notes the name of nothing.
    async fn absent(&mut self, family: Option<usize>, operation: usize) -> Result<(), E> {
        let all = (self.filler.contracts.get(operation), self.tried.get(&operation));
        let (Some(contract), Some(tried)) = all else {
            return Ok(());
        };
        let family = family.and_then(|family| self.filler.families.all.get(family));
        let (Some(family), Some(binding)) = (family, tried.binding.clone()) else {
            return Ok(());
        };
        let own = family.identity.iter().rev().find(|part| {
            let is_own = matches!(part.source, Source::Name(_) | Source::Answer(_));
            is_own && binding.label.contains_key(&part.member)
        });
        let documented = contract.errors.iter().any(|error| error.status == 404);
        let Some(member) = own.and_then(|own| contract.member(&own.member)).filter(|_| documented)
        else {
            return Ok(());
        };
        let oracle = Oracle::of(contract, self.filler.service);
        let names = ["proofmark-absent", "proofmarkabsent", "00000000"];
        let valid = |name: &&str| is_valid(&oracle, &self.filler.sample, member, name);
        let Some(name) = names.into_iter().find(valid) else {
            return Ok(());
        };

        let member = member.name.clone();
        let mut about_nothing = binding;
        about_nothing.label.insert(member.clone(), name.to_owned());
        let trial = self.trial(operation, about_nothing, false);
        let outcome = (self.attempt)(&trial).await?;
        let is_refused = matches!(outcome, Outcome::Refused { status: 400..=499, .. });
        let tried = self.tried.get_mut(&operation);
        if let (true, Some(binding)) = (is_refused, tried.and_then(|tried| tried.binding.as_mut())) {
            binding.absent = Some((member, name.to_owned()));
        }
        Ok(())
    }

    /// Tries the operation that removes things: of one that is made for each request.
    async fn delete(&mut self, place: usize, operation: usize) -> Result<(), E> {
        let Some(contract) = self.filler.contracts.get(operation) else {
            return Ok(());
        };
        let known = self.ways.get(&place).copied();
        let proposal = known.ok_or_else(|| "what it would remove could not be made".to_owned());
        let proposal = proposal.and_then(|(way, _)| {
            let (before, thing) = self.filler.before(place, "d", way)?;
            let wish = Wish {
                about: Some(&thing),
                ..Wish::default()
            };
            let filled = self.filler.request(operation, &wish);
            if let Some(why) = filled.lacks {
                return Err(why);
            }
            let mut needs = filled.needs.clone();
            needs.extend(thing.needs.iter().cloned());
            let noun = self.filler.families.all.get(place).map(|family| family.noun.clone());
            Ok((
                BindingTable {
                    slug: contract.slug.clone(),
                    label: filled.labels(contract),
                    given: filled.given(contract),
                    needs,
                    before: vec![before],
                    ..BindingTable::default()
                },
                format!("What it removes is made before each request: {}.", a(&noun.unwrap_or_default())),
            ))
        });
        match proposal {
            Ok(proposal) => {
                self.propose(operation, proposal).await?;
            }
            Err(why) => self.not_tried(operation, || why),
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

    /// What is made before each request of an operation, where no fixture makes it.
    fn own_thing(&self, family: usize) -> Option<(toml::Value, super::fill::Thing)> {
        let (way, is_fixture) = self.ways.get(&family).copied()?;
        if is_fixture {
            return None;
        }
        let before = self.filler.before(family, "b", way);
        before.ok().filter(|(before, _)| before.get("undo").is_some())
    }

    /// Why a request may not be sent.
    fn unfit(
        &self,
        contract: &Contract,
        (verb, is_of_family, is_of_kin): (Verb, bool, bool),
        reads: bool,
        filled: &Filled,
    ) -> Option<String> {
        if let Some(why) = &filled.lacks {
            return Some(why.clone());
        }
        if reads {
            return None;
        }
        if !filled.names_ours {
            return Some("nothing in a request of it names what was made, and it may change what was there before".to_owned());
        }
        match verb {
            // It changes the thing that it names.
            Verb::Put | Verb::Begin if is_of_family => None,
            Verb::Create | Verb::Put | Verb::Begin if !filled.has_recipe => Some(format!(
                "{} may make something that nothing here removes",
                contract.operation
            )),
            // Another thing may be removed than one made for it, or the one of a fixture.
            Verb::Delete if !is_of_kin => Some(
                "nothing says how what it removes is made: no operation of the model makes it by that name"
                    .to_owned(),
            ),
            _ => None,
        }
    }

    /// The operation that reads what an update writes, where both name the same.
    fn read_of(
        &self,
        family: Option<usize>,
        operation: usize,
        verb: Verb,
        filled: &Filled,
    ) -> Option<String> {
        if !matches!(verb, Verb::Update | Verb::Put) {
            return None;
        }
        let family = self.filler.families.all.get(family?)?;
        let read = family.read?;
        let is_accepted = self.tried.get(&read).is_some_and(|tried| tried.binding.is_some());
        let (contract, update) = (self.filler.contracts.get(read)?, self.filler.contracts.get(operation)?);
        let labels = filled.labels(update);
        let needed = contract.input.iter().filter(|member| member.required);
        let mut all = needed.map(|m| m.location == Location::Label && labels.contains_key(&m.name));
        (is_accepted && all.all(|is_label| is_label)).then(|| contract.slug.clone())
    }

    /// What was inferred, in a sentence.
    fn said(&self, family: Option<usize>, reads: bool, filled: &Filled) -> String {
        let noun = family.and_then(|family| self.filler.families.all.get(family));
        let noun = noun.map(|family| family.noun.as_str());
        match (noun, filled.names_ours) {
            (Some(noun), true) => format!("It is about {}.", a(noun)),
            (Some(noun), false) => format!("It names no {noun}."),
            (None, true) => "What it names was made for it.".to_owned(),
            (None, false) if reads => "It only reads, and names nothing.".to_owned(),
            (None, false) => "It names nothing.".to_owned(),
        }
    }

    /// Tries whether the fixtures can be made.
    async fn make(&mut self, create: usize, needs: BTreeSet<String>) -> Result<Outcome, E> {
        let Some(contract) = self.filler.contracts.get(create) else {
            return Ok(Outcome::NoFixture);
        };
        // Nothing of the operation's own is sent: any text is good for its labels.
        let labels = contract.input.iter().filter(|m| m.location == Location::Label);
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
    async fn propose(&mut self, operation: usize, (binding, said): Proposal) -> Result<bool, E> {
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
            false => {
                self.tried.entry(operation).or_insert(tried);
            }
        }
        Ok(accepted)
    }

    fn not_tried(&mut self, operation: usize, why: impl FnOnce() -> String) {
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

    fn trial(&self, place: usize, binding: BindingTable, only_fixtures: bool) -> Trial {
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
        let texts = binding.label.iter().map(|(name, text)| (name, text.as_str()));
        let given = binding.given.iter();
        let given = given.filter_map(|(name, value)| Some((name, value.as_str()?)));
        for (member, template) in texts.chain(given) {
            let name = template.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
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
            if let Some(text) = simple.as_ref().and_then(crate::plan::generator::as_text) {
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
            capture.into_iter().flat_map(toml::Table::keys).cloned().collect()
        };
        let mut given: BTreeSet<String> = BTreeSet::new();
        given.extend(fixtures.iter().flat_map(|fixture| captured(&fixture.table)));
        for binding in bindings {
            given.extend(binding.capture.keys().cloned());
            let before = binding.before.iter().filter_map(toml::Value::as_table);
            given.extend(before.flat_map(captured));
        }
        let own = self.samples.iter().filter(|(name, _)| given.contains(*name));
        own.map(|(name, value)| (name.clone(), value.clone())).collect()
    }

    /// All that was found out.
    fn done(mut self) -> Inferred {
        let accepted = || self.tried.values().filter_map(|tried| tried.binding.as_ref());
        let wanted: BTreeSet<String> = accepted().flat_map(|binding| binding.needs.clone()).collect();
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
