//! What is wrongly accepted, and what is wrongly refused.

use super::{List, place_of};
use crate::contract::{Contract, Location, Part, RuleKind};
use crate::plan::case::Action;
use crate::reference::general::bend::Bend;
use crate::reference::general::edit::{Edit, edited};

impl List<'_> {
    pub(super) fn of_requests(&mut self) {
        let contract = self.oracle.contract;
        let makes = matches!(self.operation.part, Some((Action::Create, _)));
        let requests = contract
            .atoms
            .values()
            .filter(|atom| atom.part == Part::Request);
        for atom in requests {
            let path = atom.id.path();
            let says = &atom.says;
            let what = path.rsplit("::").next().unwrap_or_default();
            let member = path.split("::").nth(1).unwrap_or_default();
            match what {
                "optional" => {
                    let says = format!("A request without {member} is refused.");
                    let id = format!("{member}/demanded");
                    self.add(
                        &id,
                        "demanded",
                        says,
                        path,
                        Bend::Demands(member.to_owned()),
                    );
                }
                // Who makes nothing does the same once more.
                "again" if !makes => {}
                "again" => {
                    let says =
                        format!("A request with the {member} of another one is carried out.");
                    self.add(&place_of(path), "token twice", says, path, Bend::TokenAgain);
                }
                "http" => {}
                // A path without its label is another path, which no edit of the contract admits.
                "required" if is_label(contract, member) => {}
                _ => {
                    let forgotten = format!("What breaks this is accepted: {says}.");
                    self.add_edit(path, "skipped", forgotten, Edit::Dropped);
                    let wider = format!("What lies one beyond the limit is accepted: {says}.");
                    self.add_edit(path, "off by one", wider, Edit::Widened);
                    let narrower = format!("What lies on the limit is refused: {says}.");
                    self.add_edit(path, "too strict", narrower, Edit::Narrowed);
                }
            }
        }

        for rule in &contract.rules {
            if let RuleKind::LimitedWhen { .. } = rule.kind {
                let says = format!("What breaks this is accepted: {}.", rule.says);
                self.add_edit(&rule.path, "skipped", says, Edit::Dropped);
            }
        }

        for member in contract.input.iter().filter(|m| !m.required && !m.is_token) {
            let name = &member.name;
            let says = format!("A request that sends {name} is refused.");
            let promise = ["type", "length::max", "enum", "pattern", "optional"]
                .map(|what| format!("request::{name}::{what}"))
                .into_iter()
                .find(|path| contract.atom(path).is_some());
            if let Some(promise) = promise {
                let bend = Bend::Refuses(name.clone());
                self.add(
                    &format!("{name}/refused"),
                    "member refused",
                    says,
                    &promise,
                    bend,
                );
            }
        }
    }

    fn add_edit(&mut self, path: &str, kind: &'static str, says: String, edit: Edit) {
        if edited(self.oracle.contract, path, edit).is_none() {
            return;
        }
        let kind = match (kind, path.ends_with("::type")) {
            ("skipped", true) => "wrong type",
            _ => kind,
        };
        let id = format!("{}/{}", place_of(path), kind.replace(' ', "-"));
        self.add(&id, kind, says, path, Bend::Edited(path.to_owned(), edit));
    }
}

fn is_label(contract: &Contract, member: &str) -> bool {
    let member = contract.member(member);
    member.is_some_and(|member| member.location == Location::Label)
}
