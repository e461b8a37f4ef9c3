//! What a valid request does to the store, and the members of the answer to it.

mod sent;

use serde_json::{Map, Value};

use super::api::{Api, Operation, Record};
use super::bend::Bent;
use super::decode::Asked;
use super::identity::{identity, member_of};
use super::pages::{Items, page};
use super::refusal::Refusal;
use super::show;
use super::store::{Key, Store, Thing};
use crate::contract::oracle::Oracle;
use crate::contract::{Contract, Location, Presence, RuleKind};
use crate::plan::case::Action;

/// A valid request of an operation, and all that it is carried out by.
pub(crate) struct Job<'a> {
    pub(crate) api: &'a Api,
    /// The place of the operation.
    pub(crate) place: usize,
    pub(crate) operation: &'a Operation,
    pub(crate) asked: &'a Asked,
    pub(crate) bent: Bent<'a>,
    /// Milliseconds since the Unix epoch.
    pub(crate) now: u64,
    /// What somebody else shows who was asked the same.
    pub(crate) beside: Option<Map<String, Value>>,
}

impl Job<'_> {
    /// Does it, and gives the members of the answer.
    ///
    /// # Errors
    /// Where what the request names is not there, or is there already.
    pub(crate) fn carry_out(&self, store: &mut Store) -> Result<Map<String, Value>, Refusal> {
        let mut members = match self.operation.part {
            Some((Action::Create, kind)) => self.create(store, kind)?,
            Some((Action::Update, kind)) => self.update(store, kind)?,
            Some((Action::Read | Action::Gone, kind)) => {
                let key = self.named(store, kind)?;
                self.show(store.get(kind, &key).unwrap_or(&Thing::new()))
            }
            Some((Action::Delete, kind)) => {
                let key = self.named(store, kind)?;
                let shown = self.show(store.get(kind, &key).unwrap_or(&Thing::new()));
                if self.bent.removes() {
                    store.remove(kind, &key);
                }
                shown
            }
            Some((Action::List, kind)) => self.list(store, kind),
            None => match self.operation.record {
                Some(record) => self.record(store, record),
                None => self.other(store)?,
            },
        };
        self.bent.shown(&mut members, &self.sent());
        Ok(members)
    }

    fn oracle(&self) -> Oracle<'_> {
        self.api.oracle(self.operation)
    }

    fn contract(&self) -> &Contract {
        self.api.contract(self.operation)
    }

    fn create(&self, store: &mut Store, kind: usize) -> Result<Map<String, Value>, Refusal> {
        let token = self.token();
        if let Some(known) = token.and_then(|token| store.answered(self.place, token)) {
            return Ok(self.show(&known.clone()));
        }

        let mut thing = self.sent();
        thing.extend(self.beside.clone().unwrap_or_default());
        let number = match self.bent.has_one_identity() {
            true => 0,
            false => store.number(),
        };
        let key = self.key_of_new(kind, number, &mut thing);
        if store.has(kind, &key) && !self.bent.has_one_identity() && self.refuses_twins() {
            return Err(self.refusal("conflict", "It is there already"));
        }

        self.add_made(kind, &mut thing);
        self.bent.stored(&mut thing, None, &self.named_outputs());
        self.add_made(kind, &mut thing);
        if let Some(token) = token {
            store.note_answer(self.place, token, thing.clone());
        }
        store.put(kind, key, thing.clone());
        Ok(self.show(&thing))
    }

    fn update(&self, store: &mut Store, kind: usize) -> Result<Map<String, Value>, Refusal> {
        let key = self.named(store, kind)?;
        let token = self.token();
        if let Some(known) = token.and_then(|token| store.answered(self.place, token)) {
            return Ok(self.show(&known.clone()));
        }

        let before = store.get(kind, &key).cloned().unwrap_or_default();
        let sent = self.sent();
        let mut thing = before.clone();
        if self.writes_anew() {
            let outputs = self.contract().input.iter().map(|m| self.shown_as(&m.name));
            let outputs: Vec<&str> = outputs.collect();
            thing.retain(|name, _| !outputs.contains(&name.as_str()));
        }
        thing.extend(sent.clone());
        thing.extend(self.beside.clone().unwrap_or_default());
        self.add_made(kind, &mut thing);
        self.bent
            .stored(&mut thing, Some(&before), &self.named_outputs());

        if let Some(token) = token {
            store.note_answer(self.place, token, thing.clone());
        }
        store.put(kind, key, thing.clone());
        if self.bent.reaches_others() {
            for (_, other) in store.all_mut(kind) {
                other.extend(sent.clone());
            }
        }
        Ok(self.show(&thing))
    }

    /// Stores what a refused request sent, for a defect that does.
    pub(crate) fn store_refused(&self, store: &mut Store) {
        let Some((Action::Update, kind)) = self.operation.part else {
            // Of a record, what is refused would be all that there is.
            return;
        };
        let Ok(key) = self.named(store, kind) else {
            return;
        };
        // What is wrong of it could not be shown.
        let oracle = self.oracle();
        let fits = |(name, value): &(String, Value)| {
            oracle.contract.output_member(name).is_some()
                && oracle.answer_violations(name, value).is_empty()
        };
        let sent: Vec<_> = self.sent().into_iter().filter(fits).collect();
        let mut thing = store.get(kind, &key).cloned().unwrap_or_default();
        thing.extend(sent);
        store.put(kind, key, thing);
    }

    fn list(&self, store: &Store, kind: usize) -> Map<String, Value> {
        let contract = self.contract();
        let mut members = self.show(&Thing::new());
        let Some(items) = Items::of(contract) else {
            return members;
        };

        let entry = |key: &Key, thing: &Thing| {
            let name = key.last().map(String::as_str).unwrap_or_default();
            show::entry(contract, items.element, thing, name)
        };
        let is_meant = |(key, thing): &(&Key, &Thing)| self.is_listed(kind, key, thing);
        let listed = store.all(kind).filter(is_meant);
        let mut all: Vec<Value> = listed.map(|(key, thing)| entry(key, thing)).collect();
        let removed = store.removed(kind).map(|(key, thing)| entry(key, thing));
        self.bent.listed(&mut all, removed);

        let (own, next) = page(self.oracle(), &self.asked.members, all, self.bent.page());
        items.put(&mut members, own);
        members.extend(next);
        members
    }

    /// Whether a list shows a thing: what the path names it has, and what a filter asks for.
    fn is_listed(&self, kind: usize, key: &Key, thing: &Thing) -> bool {
        let identity = self.api.resource(kind).map(|resource| &resource.identity);
        let labels = identity.into_iter().flat_map(|identity| identity.keys());
        let is_within = labels.zip(key).all(|(label, own)| {
            let label = self.asked.labels.iter().find(|(name, _)| name == label);
            label.is_none_or(|(_, text)| text == own)
        });
        let filters = self
            .contract()
            .input
            .iter()
            .filter(|member| matches!(member.location, Location::Query | Location::Body));
        let mut filters = filters.filter_map(|m| self.asked.members.get_key_value(&m.name));
        let suits = |(name, wanted): (&String, &Value)| {
            let own = thing
                .get(name)
                .filter(|_| !wanted.is_array() && !wanted.is_object());
            own.is_none_or(|own| own == wanted)
        };
        is_within && filters.all(suits)
    }

    /// Something that is written whole or in part, and read: before it was written there is nothing
    /// to show.
    fn record(&self, store: &mut Store, record: Record) -> Map<String, Value> {
        let labels = self.api.labels_of(self.operation, record).into_iter();
        let key: Key = labels
            .map(|label| self.asked.text(label).unwrap_or_default().to_owned())
            .collect();
        let before = store.get(record.kind, &key).cloned();
        if !record.is_written {
            return self.show(&before.unwrap_or_default());
        }

        let token = self.token();
        if let Some(known) = token.and_then(|token| store.answered(self.place, token)) {
            return self.show(&known.clone());
        }
        let mut thing = before.clone().unwrap_or_default();
        thing.extend(self.sent());
        thing.extend(self.beside.clone().unwrap_or_default());
        self.bent
            .stored(&mut thing, before.as_ref(), &self.named_outputs());
        if let Some(token) = token {
            store.note_answer(self.place, token, thing.clone());
        }
        store.put(record.kind, key, thing.clone());
        self.show(&thing)
    }

    /// An operation that no resource is made of: it answers what its shape says.
    fn other(&self, store: &Store) -> Result<Map<String, Value>, Refusal> {
        if let Some(kind) = self.operation.about {
            self.named(store, kind)?;
        }
        let contract = self.contract();
        let is_ruled = |name: &String| {
            let mut rules = contract.rules.iter();
            rules.any(|rule| {
                rule.kind
                    .sent_and_shown()
                    .is_some_and(|(_, shown)| shown == name)
            })
        };
        let pages = super::pages::pagination(contract);
        let is_token = |name: &String| pages.is_some_and(|pages| pages.output_token == *name);
        let mut shown = self.sent();
        shown.retain(|name, _| is_ruled(name) && !is_token(name));
        shown.extend(self.beside.clone().unwrap_or_default());
        let mut members = self.show(&shown);
        let items = Items::of(contract);
        let all = items.as_ref().map(|items| items.within(&members).to_vec());
        if let (Some(items), Some(all)) = (items, all.filter(|all| !all.is_empty())) {
            let (own, next) = page(self.oracle(), &self.asked.members, all, self.bent.page());
            items.put(&mut members, own);
            members.extend(next);
        }
        Ok(members)
    }

    /// The names of the thing that the request makes: what it says, or new ones.
    fn key_of_new(&self, kind: usize, number: u64, thing: &mut Thing) -> Key {
        let identity_of = self.api.resource(kind).map(|resource| &resource.identity);
        let labels = identity_of.into_iter().flat_map(|identity| identity.keys());
        let mut key = Key::new();
        for label in labels {
            if let Some(text) = self.asked.text(label) {
                key.push(text.to_owned());
                continue;
            }
            // Of what somebody else shows, the identity is taken over.
            let member = member_of(self.oracle(), label);
            let shown = member.and_then(|member| thing.get(&member.name)).cloned();
            let value = shown.or_else(|| identity(self.oracle(), member?, number));
            let value = value.unwrap_or_else(|| format!("t{number}").into());
            key.push(
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned),
            );
            if let Some(member) = member {
                thing.insert(member.name.clone(), value.clone());
            }
            thing.insert(label.clone(), value);
        }
        key
    }

    /// Gives the thing a value for each member that its answers always show: the same one in each.
    fn add_made(&self, kind: usize, thing: &mut Thing) {
        for (_, operation) in self.api.operations_on(kind) {
            let oracle = self.api.oracle(operation);
            let lacking = oracle.contract.output.iter().filter(|member| {
                let is_state = super::pages::pagination(oracle.contract).is_some();
                member.presence == Presence::Always && !is_state
            });
            let lacking: Vec<_> = lacking.filter(|m| !thing.contains_key(&m.name)).collect();
            if lacking.is_empty() || matches!(operation.part, Some((Action::List, _))) {
                continue;
            }
            let shown = show::answer(oracle, thing, false);
            for member in lacking {
                if let Some(value) = shown.get(&member.name).filter(|value| !value.is_object()) {
                    thing.insert(member.name.clone(), value.clone());
                }
            }
        }
    }

    /// The key of what the path names.
    fn named(&self, store: &Store, kind: usize) -> Result<Key, Refusal> {
        let resource = self.api.resource(kind);
        let labels = resource
            .into_iter()
            .flat_map(|resource| resource.identity.keys());
        let named: Key = labels
            .map(|label| self.asked.text(label).unwrap_or_default().to_owned())
            .collect();
        if let Some(key) = store.find(kind, &named) {
            return Ok(key);
        }
        if self.bent.overlooks("unknown-resource") {
            return Ok(named);
        }
        let unknown = resource.map(|resource| resource.unknown.as_str());
        let service = self.api.service(self.operation);
        Err(Refusal::unknown(
            service,
            self.contract(),
            unknown.unwrap_or_default(),
        ))
    }

    fn show(&self, thing: &Thing) -> Map<String, Value> {
        show::answer(self.oracle(), thing, self.bent.shows_all())
    }

    /// The token of the request, where it counts.
    fn token(&self) -> Option<&str> {
        let token = self.contract().token()?;
        let text = self.asked.members.get(&token.name)?.as_str();
        text.filter(|_| self.bent.honours_token())
    }

    /// Whether an update writes everything anew: what it does not send is as it is by default.
    fn writes_anew(&self) -> bool {
        let has = |is: fn(&RuleKind) -> bool| self.contract().rules.iter().any(|r| is(&r.kind));
        has(|kind| matches!(kind, RuleKind::Default { .. }))
            && !has(|kind| matches!(kind, RuleKind::UnsentUnchanged))
    }

    /// Whether a creation of what is there already is documented to be refused.
    fn refuses_twins(&self) -> bool {
        let is_conflict = |name: &str| name.contains("Conflict") || name.contains("Exists");
        self.contract()
            .errors
            .iter()
            .any(|error| is_conflict(&error.name))
    }

    fn refusal(&self, class: &str, message: &str) -> Refusal {
        Refusal::of(
            self.api.service(self.operation),
            self.contract(),
            class,
            message,
        )
    }
}
