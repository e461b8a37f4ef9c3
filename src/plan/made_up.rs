//! Requests of an operation that no file says anything good of: they are made of the contract alone.
//!
//! Whether a target accepts them is not known, so that a refusal of one is no fault of the target.
//! And what they name must be ours, where they change something: nothing is changed that was there
//! before.

use indexmap::IndexMap;
use serde_json::{Map, Value};

use super::case::Variant;
use super::fixture::{Around, Fixtures, OperationBinding};
use super::generator::{as_text, simplest};
use crate::contract::oracle::Oracle;
use crate::contract::{Contract, Location, Member, Service, ShapeType};
use crate::support::template::Bindings;

/// Names that are of this run alone, the most telling first.
const NAMES: [&str; 7] = [
    "proofmark-${run}",
    "proofmark_${run}",
    "proofmark${run}",
    "pm${run}",
    "${run}",
    "${run}-0000-4000-8000-000000000000",
    "proofmark-${run}@example.com",
];
/// Characters that the token of a run has.
const TOKEN_LENGTH: usize = 8;
/// A name is not made longer than this.
const LONGEST: usize = 128;

/// What is made up for an operation.
pub(super) struct MadeUp {
    pub(super) binding: OperationBinding,
    /// Why none of its requests can be fired, where that is so: what is missing.
    pub(super) unreached: Option<String>,
}

/// No fixtures at all: nothing that is made up needs any.
pub(super) fn no_fixtures(fixtures: &Fixtures) -> Fixtures {
    Fixtures {
        steps: Vec::new(),
        samples: IndexMap::new(),
        bindings: IndexMap::new(),
        resources: Vec::new(),
        not_yet: fixtures.not_yet.clone(),
        clean: Vec::new(),
    }
}

/// Makes up a valid request of the operation.
pub(super) fn made_up(contract: &Contract, service: &Service, region: &str) -> MadeUp {
    let mut sample = Bindings::default();
    sample.set("run", "0a1b2c3d");
    sample.set("region", region);
    let maker = Maker {
        oracle: Oracle::of(contract, service),
        sample,
    };

    let (mut label, mut given) = (IndexMap::new(), Map::new());
    let (mut lacking, mut is_ours) = (None, false);
    for member in contract.input.iter().filter(|m| m.required && !m.is_token) {
        let own = maker.name_of_ours(member);
        is_ours |= own.is_some();
        let value = own.map(Value::from);
        let value = value.or_else(|| maker.simplest(member));
        match (member.location, value) {
            (Location::Label, value) => {
                let text = value.as_ref().and_then(as_text);
                label.insert(
                    member.name.clone(),
                    text.unwrap_or_else(|| NAMES[0].to_owned()),
                );
            }
            (_, Some(value)) => {
                given.insert(member.name.clone(), value);
            }
            (_, None) => lacking = lacking.or(Some(&member.name)),
        }
    }

    let slug = &contract.slug;
    let unreached = match lacking {
        Some(name) => Some(format!(
            "no value of {name} follows from its shape: expected given in [binding.{slug}] of \
             {}/fixtures.toml",
            service.name
        )),
        None if contract.http.only_reads() || is_ours => None,
        None => Some(format!(
            "nothing in a request of it names something of this run, and it may change what was \
             there before: expected [binding.{slug}] in {}/fixtures.toml, with what a fixture made",
            service.name
        )),
    };
    MadeUp {
        binding: binding(label, given),
        unreached,
    }
}

fn binding(label: IndexMap<String, String>, given: Map<String, Value>) -> OperationBinding {
    OperationBinding {
        made_up: true,
        few: true,
        imported: true,
        resource: None,
        read: None,
        variant: Variant::ANY,
        label,
        absent: IndexMap::new(),
        unknown: None,
        given: Value::Object(given).to_string(),
        needed: Vec::new(),
        values: IndexMap::new(),
        reference: IndexMap::new(),
        limit: Vec::new(),
        names: Vec::new(),
        refers: Vec::new(),
        needs: Vec::new(),
        around: Around::default(),
        transition: None,
        variants: Vec::new(),
    }
}

struct Maker<'a> {
    oracle: Oracle<'a>,
    sample: Bindings,
}

impl Maker<'_> {
    /// A valid text for the member that no other run has, where its shape admits one.
    fn name_of_ours(&self, member: &Member) -> Option<String> {
        let contract = self.oracle.contract;
        let shape = contract.resolve(&member.shape);
        if shape.kind != ShapeType::String || shape.values().is_some() {
            return None;
        }

        let plain = NAMES.into_iter().map(str::to_owned);
        let simple = simplest(contract, &member.shape, 0);
        let simple = simple.as_ref().and_then(Value::as_str).unwrap_or_default();
        let least = shape.length().and_then(|length| length.min);
        let least = least.and_then(|least| usize::try_from(least).ok());
        let mut all = plain
            .chain(in_place_of_end(simple))
            .chain(least.and_then(grown));
        all.find(|text| self.is_valid(member, text))
    }

    /// The simplest valid value. In a path, a query or a header field an empty list is none at all.
    fn simplest(&self, member: &Member) -> Option<Value> {
        let contract = self.oracle.contract;
        let value = simplest(contract, &member.shape, 0)?;
        let is_empty = value.as_array().is_some_and(Vec::is_empty);
        if !(is_empty && member.location.is_text()) {
            return Some(value);
        }
        let element = contract.resolve(&member.shape).element.as_deref()?;
        Some(Value::Array(vec![simplest(contract, element, 0)?]))
    }

    fn is_valid(&self, member: &Member, template: &str) -> bool {
        let Ok(text) = self.sample.fill(template) else {
            return false;
        };
        if member.location == Location::Label && text.contains('/') {
            return false;
        }
        let members = Map::from_iter([(member.name.clone(), Value::from(text))]);
        let violations = self.oracle.violations_anywhere(&members);
        !violations.iter().any(|v| v.member() == Some(&member.name))
    }
}

/// The text with a name of ours in place of the letters and digits at its end: a pattern often
/// fixes what stands before a name.
fn in_place_of_end(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let head = text.trim_end_matches(is_part);
    let (before, end) = text.split_at(head.len());
    if before.is_empty() || end.is_empty() {
        return Vec::new();
    }
    // The token of a run has the digits of hexadecimal numbers; some names are digits alone.
    NAMES
        .iter()
        .take(5)
        .map(|name| format!("{before}{name}"))
        .collect()
}

/// A name that is as long as that.
fn grown(length: usize) -> Option<String> {
    let more = length
        .checked_sub(TOKEN_LENGTH)
        .filter(|_| length <= LONGEST)?;
    Some(format!("{}${{run}}", "p".repeat(more)))
}

#[cfg(test)]
mod tests {
    use super::made_up;
    use crate::contract::{load_operation, load_service};
    use crate::support::files::{Files, Source};

    fn of(method: &str, input: &str) -> (String, String, Option<String>) {
        let service = Files::Embedded.read("lambda/service.toml").expect("a file");
        let service = load_service(&service).expect("a service");
        let uri = match input.contains("label") {
            true => "/things/{Name}",
            false => "/things",
        };
        let text = format!(
            "operation = \"DoThing\"\nrevision = \"x\"\nsource = \"x\"\n[http]\nmethod = \"{method}\"\n\
             uri = \"{uri}\"\ncode = 200\nsection = \"x\"\n{input}"
        );
        let file = Source {
            name: "contract.toml".to_owned(),
            text,
        };
        let contract = load_operation(&file, "do-thing", &service).expect("a contract");
        let made = made_up(&contract, &service, "us-east-1");
        let label = made.binding.label.get("Name").cloned().unwrap_or_default();
        (label, made.binding.given, made.unreached)
    }

    const LABEL: &str = "[input.Name]\nlocation = \"label\"\nrequired = true\ntype = \"string\"\n";

    #[test]
    fn a_label_names_what_is_ours() {
        for (more, expected) in [
            ("", "proofmark-${run}"),
            ("pattern = '[a-zA-Z0-9]+'\n", "proofmark${run}"),
            ("length = { max = 10 }\n", "pm${run}"),
            (
                "pattern = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'\n",
                "${run}-0000-4000-8000-000000000000",
            ),
            (
                "pattern = 'arn:thing:[a-z0-9-]+'\n",
                "arn:thing:proofmark-${run}",
            ),
            ("length = { min = 20, max = 20 }\n", "pppppppppppp${run}"),
        ] {
            let (label, _, unreached) = of("DELETE", &format!("{LABEL}{more}"));
            assert_eq!((label.as_str(), unreached), (expected, None), "{more}");
        }
    }

    /// Without a name of ours a request that changes something is not fired; one that reads is.
    #[test]
    fn what_may_be_of_others_is_not_changed() {
        let one = format!("{LABEL}enum = [\"default\"]\n");
        for (method, input, is_reached) in [
            ("DELETE", one.as_str(), false),
            ("GET", &one, true),
            ("PUT", "", false),
            ("GET", "", true),
            (
                "POST",
                "[input.Size]\nrequired = true\ntype = \"integer\"\n",
                false,
            ),
            (
                "POST",
                "[input.Name]\nrequired = true\ntype = \"string\"\n",
                true,
            ),
        ] {
            let (_, _, unreached) = of(method, input);
            assert_eq!(
                unreached.is_none(),
                is_reached,
                "{method} {input}: {unreached:?}"
            );
        }
    }
}
