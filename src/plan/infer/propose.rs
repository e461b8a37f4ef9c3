//! What is proposed for a family: a fixture that makes one of its things, the binding of the
//! operation that makes them, and what is made before a request.

use toml::{Table, Value};

use super::call::call;
use super::capture::{is, within};
use super::fill::{Filler, Wish};
use super::filled::Thing;
use super::making::Way;
use super::shown::{Shown, shown};
use super::tables::{BindingTable, FixtureTable};
use super::words::{Kind, a, is_long, names_itself, names_thing};

impl Filler<'_> {
    /// A fixture that makes a thing of the family, and the thing.
    ///
    /// # Errors
    /// Why there is none that removes what it makes, and touches nothing else.
    pub(super) fn fixture(&self, place: usize, way: Way) -> Result<(FixtureTable, Thing), String> {
        let (family, create) = self.family(place).ok_or("there is no such family")?;
        let mut making = self.making(place, ("f", ""), way)?;
        let own = making.own.as_deref();
        let find = own.and_then(|own| self.find(place, &making, own, way));
        let removal = self.removal(place, &making.thing, None);
        let goes_along = self.goes_along(place);
        let is_guarded = family.answers().next().is_none() || find.is_some();
        let undo = match (&find, removal) {
            (_, removal) if goes_along && !family.is_single() => removal.filter(|_| is_guarded),
            _ if goes_along => None,
            (Some(_), Some(removal)) => Some(removal),
            (None, Some(_)) => {
                return Err(format!(
                    "no read and no list shows a name of ours, by which {} would be told from others",
                    a(&family.noun)
                ));
            }
            (_, None) => return Err(self.no_removal(place)),
        };
        if find.is_none() {
            // Within what is made for it nothing is anybody else's.
            for shown in family.answers() {
                for (_, how) in making.capture.iter_mut() {
                    let is_of = how.get("json").and_then(Value::as_str) == Some(&shown.pointer());
                    if is_of && !is_long(&shown.member) {
                        *how = within(shown);
                    }
                }
            }
        }

        let mut table = Table::new();
        table.insert("scope".to_owned(), "worker".into());
        if let Some(find) = find {
            table.insert("find".to_owned(), find);
        }
        table.insert("make".to_owned(), vec![making.call.clone()].into());
        if !making.capture.is_empty() {
            table.insert("capture".to_owned(), making.capture.clone().into());
        }
        if let Some(wait) = self.wait(place, &making.thing) {
            table.insert("wait".to_owned(), wait);
        }
        let removed = match goes_along {
            false => "it is removed at the end".to_owned(),
            true => "it goes with what it belongs to".to_owned(),
        };
        if let Some(undo) = undo {
            let mut undo: Table = [("call".to_owned(), undo)].into_iter().collect();
            if goes_along {
                undo.insert("prepares".to_owned(), true.into());
            }
            table.insert("undo".to_owned(), vec![Value::from(undo)].into());
        }
        let called = match (family.name_member(), family.answers().next()) {
            (Some(member), _) => format!("{member} is its name"),
            (None, Some(shown)) => format!("the answer calls it {}", shown.member),
            (None, None) => "it has no name of its own".to_owned(),
        };
        let fixture = FixtureTable {
            id: family.noun.clone(),
            comment: format!(
                "{}, made by {}: {called}; {removed}.",
                capital(&a(&family.noun)),
                create.operation
            ),
            needs: making.filled.needs.clone(),
            table,
        };
        let mut thing = making.thing;
        thing.needs.insert(family.noun.clone());
        Ok((fixture, thing))
    }

    /// A fixture that reads the ARN of what another fixture made.
    pub(super) fn arn_fixture(
        &self,
        place: usize,
        thing: &Thing,
    ) -> Option<(FixtureTable, String)> {
        let (family, _) = self.family(place)?;
        let contract = self.contracts.get(family.read?)?;
        let all = shown(contract);
        let is_arn = |shown: &&Shown| {
            let kind = names_thing(&shown.member, &family.noun);
            shown.is_text && kind.or_else(|| names_itself(&shown.member)) == Some(Kind::Arn)
        };
        let shown = all.iter().find(is_arn)?;
        let end = thing.name.as_ref().or(thing.id.as_ref())?;
        let wish = Wish {
            about: Some(thing),
            ..Wish::default()
        };
        let filled = self.request(family.read?, &wish);
        let call = call(contract, self.service, &filled).filter(|_| filled.lacks.is_none())?;

        let name = format!("{}_arn", family.noun.replace('-', "_"));
        let mut capture = Table::new();
        capture.insert(name.clone(), is(shown, "ends", end));
        let mut table = Table::new();
        table.insert("scope".to_owned(), "worker".into());
        table.insert("make".to_owned(), vec![call].into());
        table.insert("capture".to_owned(), capture.into());
        let fixture = FixtureTable {
            id: format!("{}-arn", family.noun),
            comment: format!(
                "The {} of that {}, as {} shows it.",
                shown.member, family.noun, contract.operation
            ),
            needs: thing.needs.clone(),
            table,
        };
        Some((fixture, format!("${{{name}}}")))
    }

    /// The binding of the operation that makes things of the family.
    ///
    /// # Errors
    /// Why there is none that removes what it makes.
    pub(super) fn creation(&self, place: usize, way: Way) -> Result<BindingTable, String> {
        let (family, create) = self.family(place).ok_or("there is no such family")?;
        // An answer may name anything: what is removed is what was named here.
        let named = Way {
            captured: false,
            ..way
        };
        let making = self.making(place, ("c", "made_"), named)?;
        let sent = family
            .name_member()
            .filter(|_| self.is_removed_by_path(place));
        let after = match self.removal(place, &making.thing, sent) {
            // What belongs to one thing once is set, and goes with that.
            _ if family.is_single() && self.goes_along(place) => Vec::new(),
            Some(removal) => vec![removal],
            None if self.goes_along(place) => Vec::new(),
            None => return Err(self.no_removal(place)),
        };
        let capture = match after.is_empty() {
            true => Table::new(),
            false => making.capture,
        };
        let markers = family.markers(self.contracts);
        let names = markers.get(way.marker).filter(|_| making.own.is_some());
        // Each request has a token of its own.
        let names = names.filter(|name| create.member(name).is_some_and(|m| !m.is_token));
        Ok(BindingTable {
            slug: create.slug.clone(),
            label: making.filled.labels(create),
            given: making.filled.given(create),
            names: names.into_iter().cloned().collect(),
            needs: making.filled.needs,
            after,
            capture,
            ..BindingTable::default()
        })
    }

    /// What makes a thing before a request, and removes it where the request does not; and the
    /// thing.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn before(
        &self,
        place: usize,
        tag: &str,
        way: Way,
    ) -> Result<(Value, Thing), String> {
        let way = Way {
            captured: false,
            ..way
        };
        let making = self.making(place, (tag, "own_"), way)?;
        let (family, _) = self.family(place).ok_or("there is no such family")?;
        let mut before = Table::new();
        before.insert("call".to_owned(), making.call.clone());
        if !making.capture.is_empty() {
            before.insert("capture".to_owned(), making.capture.clone().into());
        }
        match self.removal(place, &making.thing, None) {
            _ if family.is_single() && self.goes_along(place) => {}
            Some(removal) => {
                before.insert("undo".to_owned(), vec![removal].into());
            }
            None if self.goes_along(place) => {}
            None => return Err(self.no_removal(place)),
        }
        Ok((before.into(), making.thing))
    }
}

/// The text with its first letter in upper case.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}
