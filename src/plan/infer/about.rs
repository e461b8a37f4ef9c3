//! What is tried of operations that are about things which others made: reads, lists, changes and
//! removals.

use super::family::Source;
use super::fill::Wish;
use super::filled::{Filled, Thing};
use super::name::is_valid;
use super::state::{Driver, Proposal};
use super::tables::BindingTable;
use super::trial::{Outcome, Trial};
use super::words::{Verb, a};
use crate::contract::oracle::Oracle;
use crate::contract::{Contract, Location};

/// So many members that are not required are tried, each alone.
const OPTIONAL: usize = 3;

impl<E, A: AsyncFnMut(&Trial) -> Result<Outcome, E>> Driver<'_, A> {
    /// Tries an operation that is about what fixtures made, or about nothing of a run.
    pub(super) async fn about(&mut self, family: Option<usize>, operation: usize) -> Result<(), E> {
        let Some(contract) = self.filler.contracts.get(operation) else {
            return Ok(());
        };
        let words = self
            .filler
            .families
            .roles
            .get(operation)
            .map(|(words, _)| words.clone());
        let own_noun = words.as_ref().map(|words| words.noun.clone());
        let verb = words.map_or(Verb::Other, |words| words.verb);
        let reads = contract.http.only_reads() || matches!(verb, Verb::Read | Verb::List);
        let mut reason = None;
        let mut proposals: Vec<Proposal> = Vec::new();
        let optional = match reads {
            true => self.filler.optional_names(operation),
            false => Vec::new(),
        };
        let alone = optional
            .iter()
            .take(OPTIONAL)
            .map(|name| (false, Some(name.as_str())));
        let variants: Vec<(bool, Option<&str>)> = [(false, None)]
            .into_iter()
            .chain(alone)
            .chain([(true, None)])
            .collect();
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
            if let Some(why) =
                self.unfit(contract, (verb, family.is_some(), is_kin), reads, &filled)
            {
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
            let is_new = proposals
                .iter()
                .all(|(known, _)| (&known.label, &known.given) != (&binding.label, &binding.given));
            if is_new {
                let said = self.said(family, reads, &filled);
                proposals.push((binding, said));
            }
        }
        let only_reads = contract.http.only_reads();
        let accepted = self.first_accepted(operation, proposals, reason).await?;
        if accepted.is_some() && only_reads {
            self.absent(family, operation).await?;
        }
        Ok(())
    }

    /// Tries whether a read of what does not exist is refused, and notes the name of nothing.
    async fn absent(&mut self, family: Option<usize>, operation: usize) -> Result<(), E> {
        let all = (
            self.filler.contracts.get(operation),
            self.tried.get(&operation),
        );
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
        let Some(member) = own
            .and_then(|own| contract.member(&own.member))
            .filter(|_| documented)
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
        let is_refused = matches!(
            outcome,
            Outcome::Refused {
                status: 400..=499,
                ..
            }
        );
        let tried = self.tried.get_mut(&operation);
        if let (true, Some(binding)) = (is_refused, tried.and_then(|tried| tried.binding.as_mut()))
        {
            binding.absent = Some((member, name.to_owned()));
        }
        Ok(())
    }

    /// Tries the operation that removes things: of one that is made for each request.
    pub(super) async fn delete(&mut self, place: usize, operation: usize) -> Result<(), E> {
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
            let noun = self
                .filler
                .families
                .all
                .get(place)
                .map(|family| family.noun.clone());
            Ok((
                BindingTable {
                    slug: contract.slug.clone(),
                    label: filled.labels(contract),
                    given: filled.given(contract),
                    needs,
                    before: vec![before],
                    ..BindingTable::default()
                },
                format!(
                    "What it removes is made before each request: {}.",
                    a(&noun.unwrap_or_default())
                ),
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

    /// What is made before each request of an operation, where no fixture makes it.
    fn own_thing(&self, family: usize) -> Option<(toml::Value, Thing)> {
        let (way, is_fixture) = self.ways.get(&family).copied()?;
        if is_fixture {
            return None;
        }
        let before = self.filler.before(family, "b", way);
        before
            .ok()
            .filter(|(before, _)| before.get("undo").is_some())
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
        let is_accepted = self
            .tried
            .get(&read)
            .is_some_and(|tried| tried.binding.is_some());
        let (contract, update) = (
            self.filler.contracts.get(read)?,
            self.filler.contracts.get(operation)?,
        );
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
}
