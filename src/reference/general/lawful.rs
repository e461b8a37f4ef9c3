//! Lawful variations of an operation: what another server may do without breaking a promise.

use super::api::{Api, Operation};
use super::bend::Bend;
use super::definition::GeneralDefect;
use crate::contract::{AnswerLocation, ErrorFamily, Presence};
use crate::plan::case::Action;
use crate::reference::defect::Expected;

/// What this module is about, in the table of a self-check.
const KIND: &str = "lawful";

/// Every lawful variation of the operation at that place.
pub(super) fn variations(api: &Api, place: usize, operation: &Operation) -> Vec<GeneralDefect> {
    let (contract, service) = (api.contract(operation), api.service(operation));
    let mut all: Vec<(String, String, Bend)> = Vec::new();
    let mut add = |id: &str, says: &str, bend: Bend| {
        all.push((id.to_owned(), says.to_owned(), bend));
    };

    if contract.answers_document() {
        let says = "The members of an answer stand in another order.";
        add("answer/reversed", says, Bend::ReversedMembers);
        let says = "Answers have members that nobody documents.";
        add("answer/more", says, Bend::MoreMembers);
        add(
            "answer/spaced",
            "Bodies have white space between their parts.",
            Bend::Spaced,
        );
    }
    add("answer/chunked", "Bodies come in chunks.", Bend::Chunked);
    if contract
        .output
        .iter()
        .any(|m| m.presence == Presence::Optional)
    {
        let says = "Members that may be left out are always shown.";
        add("answer/all-members", says, Bend::AllMembers);
    }
    // A status that stands among the members has constraints of its own.
    let oracle = api.oracle(operation);
    let admits = |status: u16| {
        let shown = contract.output.iter();
        let mut shown = shown.filter(|m| m.location == AnswerLocation::StatusCode);
        shown.all(|m| oracle.answer_violations(&m.name, &status.into()).is_empty())
    };
    for status in contract.http.also.iter().filter(|status| admits(**status)) {
        let says = format!("A successful answer has status {status}, which is documented too.");
        add(
            &format!("answer/status-{status}"),
            &says,
            Bend::Status(*status),
        );
    }
    if let Some((Action::List, _)) = operation.part {
        add(
            "list/reversed",
            "The items of a list stand in another order.",
            Bend::ReversedList,
        );
    }
    let says = "What some readings alone refuse is refused.";
    add("refusal/doubtful", says, Bend::RefusesDoubtful);

    for family in service.families.values().filter(|family| !family.opaque) {
        for class in known(family) {
            let named = family.accept.len();
            for way in 1..named {
                let says = format!("A refusal for {class} is another one that its family accepts.");
                let bend = Bend::RefusesBy(class.clone(), way);
                add(&format!("refusal/{class}/way-{way}"), &says, bend);
            }
            // Any error type counts where a family names none, but for those that are documented
            // with another status.
            if family
                .accept
                .iter()
                .any(|accepted| accepted.error.is_none())
            {
                let says = format!("A refusal for {class} has an error type of the server's own.");
                let bend = Bend::RefusesWith {
                    class: class.clone(),
                    status: None,
                    kind: Some("OfItsOwnKind".to_owned()),
                };
                add(&format!("refusal/{class}/own-type"), &says, bend);
            }
        }
    }

    let variation = |(id, says, bend): (String, String, Bend)| GeneralDefect {
        id: format!("{}/lawful/{id}", contract.slug),
        kind: KIND,
        says,
        promise: None,
        expected: Expected::LawfulVariation,
        operation: place,
        bend,
    };
    all.into_iter().map(variation).collect()
}

/// The classes of a family that the reference refuses for.
fn known(family: &ErrorFamily) -> impl Iterator<Item = &String> {
    const KNOWN: [&str; 9] = [
        "range",
        "length",
        "pattern",
        "enum",
        "required",
        "type",
        "overflow",
        "syntax",
        "unknown-resource",
    ];
    family
        .classes
        .iter()
        .filter(|class| KNOWN.contains(&class.as_str()))
}
