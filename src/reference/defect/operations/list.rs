//! Lists that filter otherwise than they were asked to, and lists that show more, less or something
//! else than reads.

use serde_json::Value;

use super::super::Defect;
use super::reply::hides;
use crate::reference::behaviour::Behaviour;
use crate::reference::call::Call;
use crate::reference::function_name::FUNCTION;
use crate::reference::reply::Operation;

/// The member of answers with the list.
const ALL: &str = "EventSourceMappings";

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "list-takes-no-source",
        "List takes no notice of EventSourceArn.",
        &["list::rule::of-one-source"],
        |b| without(b, "EventSourceArn", |_| true),
    )
    .twice("Whatever is wrong with a filter that is not read is accepted."),
    Defect::must(
        "list-takes-no-function",
        "List takes no notice of FunctionName.",
        &["list::rule::of-one-function"],
        |b| without(b, "FunctionName", |_| true),
    )
    .twice("Whatever is wrong with a filter that is not read is accepted."),
    Defect::must(
        "list-takes-any-arn",
        "List takes any text as an EventSourceArn.",
        &["list::request::EventSourceArn::pattern"],
        |b| without(b, "EventSourceArn", |value| !value.starts_with("arn")),
    ),
    Defect::must(
        "list-accepts-max-items-0",
        "List accepts MaxItems 0.",
        &["list::request::MaxItems::range::min"],
        |b| without(b, "MaxItems", |value| value == "0"),
    ),
    Defect::must(
        "list-accepts-max-items-10001",
        "List accepts MaxItems 10001.",
        &["list::request::MaxItems::range::max"],
        |b| without(b, "MaxItems", |value| value == "10001"),
    ),
    Defect::must(
        "list-reads-words-as-numbers",
        "List takes a MaxItems that is no number as none.",
        &["list::request::MaxItems::type"],
        |b| without(b, "MaxItems", |value| value.parse::<f64>().is_err()),
    ),
    Defect::must(
        "list-refuses-max-items-10000",
        "List refuses MaxItems 10000.",
        &["list::request::MaxItems::range::max"],
        |b| replace(b, "MaxItems", |value| (value == "10000").then_some("10001")),
    ),
    Defect::must(
        "list-accepts-name-141",
        "List accepts a FunctionName of 141 characters.",
        &["list::request::FunctionName::length::max"],
        |b| b.list.name_length = 1..=141,
    ),
    Defect::must(
        "list-accepts-bare-name-65",
        "List accepts a bare name of 65 characters.",
        &["list::rule::bare-name-length"],
        |b| b.list.bare_name_longest = 65,
    ),
    Defect::must(
        "list-searches-names",
        "List takes a FunctionName of which a part matches the pattern.",
        &["list::request::FunctionName::pattern"],
        |b| {
            b.list.grammar.searches = true;
            b.list.grammar.ends_early = true;
        },
    ),
    Defect::must(
        "list-refuses-function-word",
        "List refuses a name with the word `function` in it.",
        &["list::request::FunctionName::pattern"],
        |b| b.list.grammar.places[FUNCTION].alternatives.clear(),
    )
    .twice("A list that is refused shows nothing."),
    Defect::must(
        "list-hides-its-list",
        "The answer of List lacks EventSourceMappings.",
        &["list::response::EventSourceMappings::present"],
        |b| hides(b, Operation::List, ALL),
    ),
    Defect::must(
        "list-loses-the-last",
        "List does not show its last mapping.",
        &["list::rule::shows-each-once"],
        |b| entries(b, |all| drop(all.pop())),
    )
    .twice("Pages show it as well."),
    Defect::must(
        "list-shows-another-batch-size",
        "List shows a BatchSize that is one larger than reads do.",
        &["list::rule::shows-each-once"],
        |b| {
            entries(b, |all| {
                for entry in all {
                    let size = entry.get("BatchSize").and_then(Value::as_i64);
                    if let (Some(size), Some(entry)) = (size, entry.as_object_mut()) {
                        entry.insert("BatchSize".to_owned(), (size + 1).into());
                    }
                }
            });
        },
    ),
    Defect::must(
        "list-shows-state-as-number",
        "List shows State as a number.",
        &["list::response::EventSourceMappings[].State::type"],
        |b| {
            entries(b, |all| {
                for entry in all.iter_mut().filter_map(Value::as_object_mut) {
                    entry.insert("State".to_owned(), 1.into());
                }
            });
        },
    ),
];

/// Leaves a parameter with such a value out of the query.
fn without(b: &mut Behaviour, name: &'static str, leaves: fn(&str) -> bool) {
    b.on_call.push(Box::new(move |call| {
        if of_list(call, name).is_some_and(|value| leaves(&value)) {
            rewrite(call, name, None);
        }
    }));
}

/// Takes another value for a parameter of the query.
fn replace(b: &mut Behaviour, name: &'static str, other: fn(&str) -> Option<&'static str>) {
    b.on_call.push(Box::new(move |call| {
        if let Some(value) = of_list(call, name)
            && let Some(other) = other(&value)
        {
            rewrite(call, name, Some(other));
        }
    }));
}

/// The value of a parameter of a list of mappings.
fn of_list(call: &Call, name: &str) -> Option<String> {
    let lists = call.method == "GET" && call.path.contains("event-source-mappings");
    lists.then(|| call.parameter(name)).flatten()
}

/// Takes a parameter out of the query, and puts another value in its place.
fn rewrite(call: &mut Call, name: &str, other: Option<&str>) {
    let of_another = |pair: &&str| pair.split('=').next() != Some(name);
    let mut pairs: Vec<String> = call
        .query
        .split('&')
        .filter(of_another)
        .map(str::to_owned)
        .collect();
    pairs.extend(other.map(|other| format!("{name}={other}")));
    call.query = pairs.join("&");
}

/// Changes the mappings that a list shows.
fn entries(b: &mut Behaviour, change: fn(&mut Vec<Value>)) {
    b.answered(Operation::List, move |document| {
        if let Some(all) = document.get_mut(ALL).and_then(Value::as_array_mut) {
            change(all);
        }
    });
}
