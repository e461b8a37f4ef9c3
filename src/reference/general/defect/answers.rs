//! Answers that lack a member, or show it otherwise than the contract says; and what is wrong with
//! an answer as a whole.

use super::values::breaking;
use super::{List, place_of};
use crate::contract::{AnswerLocation, Part, Presence, RuleKind};
use crate::reference::general::bend::Bend;

impl List<'_> {
    pub(super) fn of_answers(&mut self) {
        let contract = self.oracle.contract;
        let http = &contract.http;
        let status = [200, 201, 202, 203]
            .into_iter()
            .find(|status| !http.admits(*status));
        if let Some(status) = status {
            let says = format!("A successful answer has status {status}.");
            let bend = Bend::Status(status);
            self.add(
                "answer/status",
                "wrong status",
                says,
                "response::status",
                bend,
            );
        }
        let says = "A valid request makes the service fail.".to_owned();
        let bend = Bend::Status(500);
        self.add(
            "answer/crash",
            "crash",
            says,
            "protocol::no-server-error",
            bend,
        );
        let payload = contract.answered_payload();
        let has_body = payload.is_none_or(|member| member.presence == Presence::Always);
        if contract.answers_document() && has_body && http.code != 204 {
            let says = "Answers are labelled as plain text.".to_owned();
            let (of_label, of_json) = ("protocol::content-type", "protocol::json");
            let bend = Bend::Labelled("text/plain");
            self.add("answer/label", "wrong label", says, of_label, bend);
            let says = "The last byte of an answer is missing.".to_owned();
            self.add(
                "answer/unfinished",
                "no document",
                says,
                of_json,
                Bend::Unfinished,
            );
        }

        let shown = contract.output.iter().filter(|member| {
            member.presence == Presence::Always && member.location != AnswerLocation::StatusCode
        });
        for member in shown {
            let name = &member.name;
            let says = format!("The answer does not show {name}.");
            let (id, promise) = (
                format!("{name}/hidden"),
                format!("response::{name}::present"),
            );
            self.add(&id, "not shown", says, &promise, Bend::Hides(name.clone()));
            if member.location == AnswerLocation::Body {
                let says = format!("The answer shows {name} as a value of another type.");
                let (id, promise) = (format!("{name}/as-text"), format!("response::{name}::type"));
                self.add(
                    &id,
                    "wrong type shown",
                    says,
                    &promise,
                    Bend::AsText(name.clone()),
                );
            }
        }

        let values = contract
            .atoms
            .values()
            .filter(|atom| atom.part == Part::Response);
        for atom in values {
            let path = atom.id.path();
            let name = path.split("::").nth(1).unwrap_or_default();
            let Some(member) = contract.output_member(name) else {
                continue;
            };
            let is_about_value = !path.ends_with("::type") && !path.ends_with("::present");
            if !is_about_value || member.location != AnswerLocation::Body {
                continue;
            }
            if let Some(value) = breaking(self.oracle, name, path, |value| value) {
                let says = format!("The answer breaks this: {}.", atom.says);
                let id = format!("answer/{}", place_of(path));
                let bend = Bend::Shows(name.to_owned(), value);
                self.add(&id, "out of contract", says, path, bend);
            }
        }

        for rule in &contract.rules {
            if let RuleKind::Shows { output, values } = &rule.kind {
                let enumerated = contract.output_member(output);
                let known = enumerated.and_then(|m| contract.resolve(&m.shape).values());
                let other = known.and_then(|all| all.iter().find(|one| !values.contains(one)));
                if let Some(other) = other {
                    let says = format!("The answer shows {other} for {output}.");
                    let bend = Bend::Shows(output.clone(), other.as_str().into());
                    let id = format!("rule/{}/other", rule.id);
                    self.add(&id, "out of contract", says, &rule.path, bend);
                }
            }
        }
    }
}
