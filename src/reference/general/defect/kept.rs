//! What is stored wrongly, lost, or not removed.

use super::List;
use super::values::another;
use crate::contract::{Atom, Level, Location, Presence, RuleKind};
use crate::plan::case::Action;
use crate::plan::generator::simplest;
use crate::reference::general::bend::Bend;

impl List<'_> {
    pub(super) fn of_what_is_kept(&mut self) {
        let contract = self.oracle.contract;
        let writes = self.operation.record.filter(|record| record.is_written);
        let of_record = writes.map(|_| Action::Update);
        let action = self.operation.part.map(|(action, _)| action).or(of_record);
        for rule in &contract.rules {
            let path = rule.path.as_str();
            let id = |what: &str| format!("rule/{}/{what}", rule.id);
            match (&rule.kind, action) {
                (RuleKind::Stored { input, output }, action) => {
                    self.of_stored(path, input, output, action);
                }
                (RuleKind::Default { input, value, .. }, Some(Action::Create | Action::Update)) => {
                    let shape = contract.member(input).map(|member| &member.shape);
                    let other = shape.and_then(|shape| another(contract, shape, value));
                    if let Some(other) = other {
                        let says = format!("{input} is {other} where a request does not send it.");
                        let bend = Bend::Unsent(self.shown_as(input), other);
                        self.add(&id("other"), "wrong default", says, path, bend);
                    }
                }
                (RuleKind::UnsentUnchanged, Some(Action::Update)) => {
                    self.of_unsent(path);
                    let says = "What is changed is changed of everything.".to_owned();
                    let bend = Bend::ReachesOthers;
                    let promise = self.apart(path).to_owned();
                    self.add(&id("others"), "others changed", says, &promise, bend);
                }
                (RuleKind::RefusalKeeps { .. }, Some(Action::Update)) if writes.is_none() => {
                    let says = "What a refused request sends is stored.".to_owned();
                    self.add(
                        &id("stored"),
                        "refused, stored",
                        says,
                        path,
                        Bend::StoresRefused,
                    );
                }
                // What the caller names is no choice of the service.
                (RuleKind::Fresh { output }, Some(Action::Create))
                    if contract.member(output).is_none() =>
                {
                    let says = "Everything that is made has the same identity.".to_owned();
                    self.add(&id("same"), "one identity", says, path, Bend::OneIdentity);
                }
                (RuleKind::Gone, Some(Action::Delete)) => {
                    let says = "What is removed is still there.".to_owned();
                    self.add(&id("kept"), "still there", says, path, Bend::KeepsRemoved);
                }
                _ => {}
            }
        }
    }

    /// The promise that a change reaches nothing else: a rule of its own, or that of what is not sent.
    fn apart<'p>(&'p self, unsent: &'p str) -> &'p str {
        let mut rules = self.oracle.contract.rules.iter();
        let apart = rules.find(|rule| matches!(rule.kind, RuleKind::Apart { .. }));
        apart.map_or(unsent, |rule| &rule.path)
    }

    fn of_stored(&mut self, path: &str, input: &str, output: &str, action: Option<Action>) {
        let contract = self.oracle.contract;
        let is_label = contract
            .member(input)
            .is_some_and(|m| m.location == Location::Label);
        let id = |what: &str| format!("{input}/{what}");
        match action {
            Some(Action::Create | Action::Update) if !is_label => {
                // What may be left out and is not shown at all is warned of.
                let shown = contract.output_member(output);
                let is_lacking = shown.is_some_and(|m| m.presence == Presence::Optional);
                let level = |atom: &Atom| match is_lacking {
                    true => Level::Should,
                    false => atom.level,
                };
                let kind = "not stored";
                let says = format!("The {input} that is sent is not stored.");
                let bend = Bend::Forgets(output.to_owned());
                self.add_at(&id("forgotten"), kind, says, path, bend, level);
                let says = format!("The {input} that is sent is in the answer alone.");
                let bend = Bend::ForgetsLater(output.to_owned());
                self.add_at(&id("forgotten-later"), kind, says, path, bend, level);
            }
            _ => {
                let shape = contract.output_member(output).map(|member| &member.shape);
                // Where a document is all that is known, little else than the simplest is sent.
                let usual = shape.and_then(|shape| simplest(contract, shape, 0));
                let usual = usual.unwrap_or_default();
                let other = shape.and_then(|shape| another(contract, shape, &usual));
                if let Some(other) = other {
                    let says = format!("The answer shows {other} for {output}.");
                    let bend = Bend::Shows(output.to_owned(), other);
                    self.add(&id("another-shown"), "another shown", says, path, bend);
                }
            }
        }
    }

    /// Each member that an answer shows may be lost by a request that does not send it.
    fn of_unsent(&mut self, path: &str) {
        let contract = self.oracle.contract;
        for member in contract
            .input
            .iter()
            .filter(|m| m.location != Location::Label)
        {
            let name = &member.name;
            let shown = self.shown_as(name);
            let other = another(contract, &member.shape, &serde_json::Value::Null);
            let is_shown = contract.output_member(&shown).is_some();
            if let (true, Some(other)) = (is_shown && !member.required, other) {
                let says = format!("A request that does not send {name} makes it {other}.");
                let bend = Bend::Unsent(shown, other);
                self.add(
                    &format!("{name}/unsent-lost"),
                    "unsent lost",
                    says,
                    path,
                    bend,
                );
            }
        }
    }

    /// The name that answers show a member under.
    fn shown_as(&self, input: &str) -> String {
        let mut rules = self.oracle.contract.rules.iter();
        let shown = rules.find_map(|rule| match rule.kind.sent_and_shown() {
            Some((own, output)) if own == input => Some(output),
            _ => None,
        });
        shown.unwrap_or(input).to_owned()
    }
}
