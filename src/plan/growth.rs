//! What it takes to plan the operations of a document grows with their promises, and not with
//! products of them. Counts say so, since times depend on the machine.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::case::Expect;
use super::generator::Sampling;
use super::{OperationName, Plan, PlanOptions, Services};
use crate::contract::counted::{AUTOMATA, LOOKS, during};
use crate::import::service_file;
use crate::support::files::{Files, Layer, Source};

const HEAD: &str = "revision = \"x\"\nsource = \"x\"\n[http]\nmethod = \"POST\"\nuri = \"/things\"\n\
                    code = 200\nsection = \"x\"\n";

/// A text with a pattern of its own, whose strings of every length would be many.
fn text_of(place: usize) -> String {
    format!(
        "pattern = '(arn:(growth{place}|grown):[a-z]{{2}}:)?[a-z0-9-]{{1,400}}'\n\
         length = {{ min = 1, max = 380 }}\n"
    )
}

/// A document with these operations: what stands behind the head of each contract.
fn document(operations: &[String]) -> Files {
    let mut layer = Layer::default();
    let mut put = |path: String, text: String| {
        let name = path.clone();
        layer.files.insert(path, Source { name, text });
    };
    put("attic/service.toml".to_owned(), service_file("attic", None));
    put("attic/fixtures.toml".to_owned(), String::new());
    for (place, operation) in operations.iter().enumerate() {
        let text = format!("operation = \"Op{place}\"\n{HEAD}{operation}");
        put(format!("attic/op-{place}/contract.toml"), text);
    }
    let folders = 0..operations.len();
    layer.documented = folders.map(|place| format!("attic/op-{place}")).collect();
    Files::alone(layer)
}

fn plan(files: &Files, services: &Services, place: usize) -> Plan {
    let options = PlanOptions {
        operation: OperationName {
            service: "attic".to_owned(),
            operation: format!("op-{place}"),
        },
        sampling: Sampling::default(),
        ..PlanOptions::default()
    };
    Plan::load_among(files, services, &options).expect("a plan")
}

/// An operation with so many required members, each with a pattern, a list and a structure.
fn members(count: usize) -> String {
    let mut text = String::new();
    for place in 0..count {
        let _ = write!(
            text,
            "[input.Name{place}]\nrequired = true\ntype = \"string\"\n{}\
             [input.Tags{place}]\nrequired = true\ntarget = \"Tags\"\n\
             [input.Kind{place}]\ntarget = \"Kind\"\n",
            text_of(0)
        );
    }
    text.push_str(
        "[shape.Tags]\ntype = \"list\"\nlength = { min = 1, max = 20 }\nmember = { target = \"Tag\" }\n\
         [shape.Tag]\ntype = \"string\"\npattern = '[a-z]+'\nlength = { min = 2, max = 9 }\n\
         [shape.Kind]\ntype = \"structure\"\n\
         [shape.Kind.members.Size]\nrequired = true\ntype = \"integer\"\nrange = { min = 1, max = 9 }\n\
         [shape.Kind.members.Word]\ntype = \"enum\"\nenum = [\"a\", \"b\", \"c\", \"d\", \"e\", \"f\"]\n",
    );
    text
}

/// All operations of a service have the same patterns.
#[test]
fn an_automaton_is_made_once_for_all_operations() {
    let members =
        (0..6).map(|place| format!("[input.Name{place}]\ntype = \"string\"\n{}", text_of(place)));
    let files = document(&vec![members.collect(); 16]);
    let services = Services::default();
    let (_, first) = during(&AUTOMATA, || plan(&files, &services, 0));
    let (_, others) = during(&AUTOMATA, || {
        (1..16).for_each(|place| drop(plan(&files, &services, place)));
    });
    // Other tests may have made room for their own strings in between.
    assert!(first > 0 && others <= 2 * first, "{first}, {others}");
}

/// What a request has besides is not judged for every value of every member.
#[test]
fn twice_the_members_take_twice_the_work() {
    let files = document(&[members(8), members(16)]);
    let services = Services::default();
    let (half, looks_of_half) = during(&LOOKS, || plan(&files, &services, 0));
    let (whole, looks_of_whole) = during(&LOOKS, || plan(&files, &services, 1));
    assert!(
        looks_of_whole * 2 <= looks_of_half * 5,
        "{looks_of_half}, {looks_of_whole}"
    );
    let cases = (half.cases.len(), whole.cases.len());
    assert!(cases.1 * 2 <= cases.0 * 5, "{cases:?}");
}

/// The few cases of a model show each promise from both sides.
#[test]
fn each_promise_has_few_cases_on_either_side() {
    let files = document(&[members(2)]);
    let plan = plan(&files, &Services::default(), 0);
    let sides: BTreeSet<(&str, bool)> = plan
        .cases
        .iter()
        .filter_map(|case| match case.expect() {
            Expect::Accept => Some((case.atoms.first()?.path(), true)),
            Expect::Reject(_) => Some((case.atoms.first()?.path(), false)),
            _ => None,
        })
        .collect();
    for promise in [
        "request::Name0::length::max",
        "request::Tags1::length::min",
        "request::Tags1[]::length::min",
        "request::Tags1[]::length::max",
        "request::Kind0.Size::range::min",
        "request::Kind0.Size::range::max",
        "request::Kind1.Word::enum",
    ] {
        assert!(
            sides.contains(&(promise, true)),
            "{promise} kept: {sides:?}"
        );
        assert!(sides.contains(&(promise, false)), "{promise} broken");
    }

    let promises = plan.contract.atoms.keys();
    let promises = promises.filter(|id| id.path().starts_with("request::"));
    let promises = promises.count();
    assert!(
        plan.cases.len() <= 4 * promises,
        "{} for {promises}",
        plan.cases.len()
    );
}
