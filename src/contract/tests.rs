//! The promises of the contracts, for review; and the proof that none can be lost without the
//! review seeing it.

use std::fmt::Write as _;

use super::{Constraint, Contract, Service, Shape, load_operation, load_service};
use crate::harness::testing::snapshot;
use crate::support::files::{Files, Source};

/// One step into a TOML document.
#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Place(usize),
}

fn service() -> Service {
    load_service(&Files::Embedded.read("lambda/service.toml").expect("a file")).expect("a service")
}

fn source(name: &str) -> Source {
    Files::Embedded
        .read(&format!("lambda/update-event-source-mapping/{name}"))
        .expect("a file")
}

/// Every promise of a contract, with all that it is judged by.
fn reviewed(contract: &Contract) -> String {
    let mut text = String::new();
    let http = &contract.http;
    let _ = writeln!(
        text,
        "{} {} {} -> {}",
        contract.operation, http.method, http.uri, http.code
    );
    let _ = writeln!(
        text,
        "revision {}, from {}\n",
        contract.revision, contract.source
    );
    for atom in contract.atoms.values() {
        let _ = writeln!(text, "{} [{}, {}]", atom.id.path(), atom.basis, atom.level);
        let _ = writeln!(text, "    {}\n    in {}", atom.says, atom.section);
        if let Some(why) = &atom.impossible {
            let _ = writeln!(text, "    impossible: {why}");
        }
    }
    text.push_str("\nWhat values are compared with:\n");
    let members = contract
        .input
        .iter()
        .map(|m| (format!("request::{} {:?}", m.name, m.location), &m.shape));
    let answers = contract
        .output
        .iter()
        .map(|m| (format!("response::{} {:?}", m.name, m.presence), &m.shape));
    let shapes = contract
        .shapes
        .iter()
        .map(|(name, shape)| (format!("shape {name}"), shape));
    for (name, shape) in members.chain(answers).chain(shapes) {
        let _ = writeln!(text, "{name}: {}", form(shape));
    }
    for rule in &contract.rules {
        let _ = writeln!(text, "rule::{}: {:?}", rule.id, rule.kind);
    }
    text
}

fn form(shape: &Shape) -> String {
    let mut text = shape
        .target
        .as_ref()
        .map_or_else(|| shape.kind.name().to_owned(), |t| format!("a {t}"));
    for constraint in &shape.constraints {
        let _ = match constraint {
            Constraint::Range(b) => write!(text, ", range {:?} to {:?}", b.min, b.max),
            Constraint::Fraction(b) => write!(text, ", range {b:?}"),
            Constraint::Length(b) => write!(text, ", length {:?} to {:?}", b.min, b.max),
            Constraint::Pattern(p) => write!(text, ", pattern {p}"),
            Constraint::Enum(values) => write!(text, ", one of {values:?}"),
        };
    }
    for (name, member) in &shape.members {
        let _ = write!(
            text,
            ", {name}{} ({})",
            if member.required { "" } else { "?" },
            form(&member.shape)
        );
    }
    for (what, inner) in [("each", &shape.element), ("key", &shape.key)] {
        if let Some(inner) = inner {
            let _ = write!(text, ", {what} ({})", form(inner));
        }
    }
    text
}

/// The way to every entry of a document: each table, each list, and each value in them.
fn entries(value: &toml::Value, way: &mut Vec<Step>, found: &mut Vec<Vec<Step>>) {
    let inner: Vec<(Step, &toml::Value)> = match value {
        toml::Value::Table(table) => table
            .iter()
            .map(|(k, v)| (Step::Key(k.clone()), v))
            .collect(),
        toml::Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(i, v)| (Step::Place(i), v))
            .collect(),
        _ => Vec::new(),
    };
    for (step, value) in inner {
        way.push(step);
        found.push(way.clone());
        entries(value, way, found);
        way.pop();
    }
}

fn remove(value: &mut toml::Value, way: &[Step]) {
    match (value, way) {
        (toml::Value::Table(table), [Step::Key(key)]) => drop(table.remove(key)),
        (toml::Value::Array(list), [Step::Place(place)]) => drop(list.remove(*place)),
        (toml::Value::Table(table), [Step::Key(key), rest @ ..]) => {
            remove(&mut table[key.as_str()], rest)
        }
        (toml::Value::Array(list), [Step::Place(place), rest @ ..]) => {
            remove(&mut list[*place], rest)
        }
        _ => unreachable!("a way into another document"),
    }
}

#[test]
fn promises_of_the_page() {
    let contract = load_operation(
        &source("contract.toml"),
        "update-event-source-mapping",
        &service(),
    );
    snapshot(
        "plan",
        "promises-2018",
        &reviewed(&contract.expect("a contract")),
    );
}

#[test]
fn promises_of_today() {
    let contract = load_operation(
        &source("contract.current.toml"),
        "update-event-source-mapping",
        &service(),
    );
    snapshot(
        "plan",
        "promises-current",
        &reviewed(&contract.expect("a contract")),
    );
}

#[test]
fn nothing_can_be_removed_unseen() {
    let service = service();
    for name in ["contract.toml", "contract.current.toml"] {
        let source = source(name);
        let whole: toml::Value = toml::from_str(&source.text).expect("TOML");
        let load = |text: String| {
            load_operation(
                &Source {
                    name: source.name.clone(),
                    text,
                },
                "op",
                &service,
            )
        };
        let kept = reviewed(&load(source.text.clone()).expect("a contract"));
        let mut ways = Vec::new();
        entries(&whole, &mut Vec::new(), &mut ways);
        assert!(ways.len() > 100, "{}", ways.len());
        for way in ways {
            let mut less = whole.clone();
            remove(&mut less, &way);
            if let Ok(contract) = load(toml::to_string(&less).expect("TOML")) {
                assert_ne!(
                    reviewed(&contract),
                    kept,
                    "{name}: nobody sees that {way:?} is gone"
                );
            }
        }
    }
}
