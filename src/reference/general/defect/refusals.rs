//! Refusals with a wrong status or a wrong error type, crashes, and what should have been refused
//! although no constraint is about it.

use super::List;
use crate::contract::Level;
use crate::plan::case::Action;
use crate::reference::general::bend::Bend;

/// An error type that no service has.
const UNHEARD_OF: &str = "UnheardOfFault";
/// Statuses that refuse, and are wrong for most classes.
const OTHERS: [u16; 4] = [409, 404, 400, 410];

impl List<'_> {
    pub(super) fn of_refusals(&mut self) {
        let service = self.oracle.service;
        let slug_of_unknown = self.unknown();
        let mut classes: Vec<(&'static str, String)> = Vec::new();
        for class in ["range", "length", "pattern", "enum", "required", "type"] {
            let promise = self.broken_by(class);
            classes.extend(promise.map(|promise| (class, promise)));
        }
        let promise = self.oracle.contract.atom("protocol::request-json");
        if self.oracle.contract.has_document() && promise.is_some() {
            classes.push(("syntax", "protocol::request-json".to_owned()));
        }
        classes.extend(slug_of_unknown.map(|promise| ("unknown-resource", promise)));

        for (class, promise) in &classes {
            let Some(family) = service.family(class) else {
                continue;
            };
            let level = |own: Level| own.max(family.level);
            let with = |status: Option<u16>, kind: Option<&str>| Bend::RefusesWith {
                class: (*class).to_owned(),
                status,
                kind: kind.map(str::to_owned),
            };
            let id = |what: &str| format!("refusal/{class}/{what}");

            let is_typed = family
                .accept
                .iter()
                .all(|accepted| accepted.error.is_some());
            if is_typed && !family.opaque {
                let says = format!("A refusal for {class} has an error type that nobody knows.");
                let bend = with(None, Some(UNHEARD_OF));
                let kind = "refusal type";
                self.add_at(&id("other-type"), kind, says, promise, bend, |a| {
                    level(a.level)
                });
            }
            if let Some(status) = OTHERS
                .into_iter()
                .find(|status| !family.has_status(*status))
            {
                let says = format!("A refusal for {class} has status {status}.");
                let bend = with(Some(status), None);
                let kind = "refusal status";
                self.add_at(&id("other-status"), kind, says, promise, bend, |a| {
                    level(a.level)
                });
            }
            let says = format!("What is to be refused for {class} makes the service fail.");
            let bend = with(Some(500), None);
            self.add(
                &id("crash"),
                "crash",
                says,
                "protocol::no-server-error",
                bend,
            );
        }

        let has = |class: &str| classes.iter().find(|(own, _)| *own == class);
        if has("syntax").is_some() {
            let says = "A body that is no document is accepted.".to_owned();
            let promise = "protocol::request-json";
            self.add(
                "syntax/accepted",
                "skipped",
                says,
                promise,
                Bend::Overlooks("syntax"),
            );
        }
        if let Some((class, promise)) = has("unknown-resource").cloned() {
            let says = "A request about what does not exist is accepted.".to_owned();
            self.add(
                "unknown/accepted",
                "unknown accepted",
                says,
                &promise,
                Bend::Overlooks(class),
            );
        }
        if !classes.is_empty() {
            let says = "Refusals name no error type.".to_owned();
            self.add(
                "refusal/untyped",
                "no error type",
                says,
                "protocol::error-type",
                Bend::Untyped,
            );
        }
    }

    /// The first promise that is broken in that class.
    fn broken_by(&self, class: &str) -> Option<String> {
        let mut atoms = self.oracle.contract.atoms.values();
        let is_of = |path: &str| {
            let what = path.split("::").nth(2);
            path.starts_with("request::") && what == Some(class)
        };
        let is_label = |path: &str| {
            let name = path
                .split("::")
                .nth(1)
                .and_then(|name| name.split(['.', '[', '{']).next());
            let member = name.and_then(|name| self.oracle.contract.member(name));
            member.is_some_and(|m| m.location == crate::contract::Location::Label)
        };
        let found = atoms.find(|atom| is_of(atom.id.path()) && !is_label(atom.id.path()));
        found.map(|atom| atom.id.path().to_owned())
    }

    /// The promise that is broken where what does not exist is accepted.
    fn unknown(&self) -> Option<String> {
        let (action, kind) = self.operation.part?;
        if matches!(action, Action::Create | Action::List) {
            return None;
        }
        Some(self.api.resource(kind)?.unknown.clone())
    }
}
