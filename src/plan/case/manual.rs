//! The manual of the file formats, `cases/README.md`, against the loaders: its examples load, and
//! it names every key.

use std::fmt::Write as _;

use super::{BodyDraft, Defaults, Draft, Operations, PathDraft, load_cases};
use crate::contract::{load_operation, load_service};
use crate::plan::data_plane::load_data_plane;
use crate::plan::fixture::load_fixtures;
use crate::plan::{OperationName, Plan, PlanOptions};
use crate::support::files::{Files, Source};

const MANUAL: &str = include_str!("../../../cases/README.md");

/// The examples of one kind of file, together, on the lines they have in the manual: so that a
/// loader's complaint names the manual's line.
fn example(kind: &str) -> Source {
    let (mut text, mut inside) = (String::new(), false);
    for line in MANUAL.lines() {
        let fence = line.strip_prefix("```");
        if let Some(info) = fence {
            inside = info == format!("toml {kind}");
        }
        let _ = writeln!(
            text,
            "{}",
            if inside && fence.is_none() { line } else { "" }
        );
    }

    assert!(
        !text.trim().is_empty(),
        "the manual has no example of a {kind} file"
    );

    Source {
        name: "cases/README.md".to_owned(),
        text,
    }
}

/// The names of the fields of the structures in a source file, between two markers.
fn fields(source: &str, from: &str, to: &str) -> Vec<String> {
    let start = source.find(from).unwrap_or_else(|| panic!("no `{from}`"));
    let rest = &source[start..];
    let part = &rest[..rest.find(to).unwrap_or(rest.len())];
    let field = |line: &str| {
        let line = line
            .trim_start()
            .trim_start_matches("pub(crate) ")
            .trim_start_matches("pub(super) ");
        // A field that only takes its place in messages begins with `_`.
        let line = line.trim_start_matches('_');
        let (name, rest) = line.split_once(": ")?;
        let plain = !name.is_empty() && name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        (plain && rest.ends_with(',')).then(|| name.to_owned())
    };

    part.lines().filter_map(field).collect()
}

#[test]
fn the_examples_load_each_by_its_loader() {
    let service = load_service(&example("service")).expect("the service");
    let fixtures = load_fixtures(&example("fixtures")).expect("the fixtures");
    let contract =
        load_operation(&example("contract"), "update-shelf", &service).expect("the contract");
    let with_resource = Source {
        text: format!("{}{}", example("fixtures").text, example("resource").text),
        ..example("fixtures")
    };
    let resource = load_fixtures(&with_resource).expect("the resource");
    let action = resource.bindings["update-shelf"].action();
    assert_eq!(action, Some(super::Action::Update));

    let list = load_operation(&example("list"), "list-books", &service).expect("a list");
    assert!(list.atom("rule::pagination").is_some());
    let label = [("ShelfId".to_owned(), "${shelf}".to_owned())];
    let given = Draft {
        method: "PUT".to_owned(),
        path: PathDraft::Labels {
            uri: contract.http.uri.clone(),
            labels: label.into_iter().collect(),
        },
        headers: Vec::new(),
        body: BodyDraft::Text(fixtures.bindings["update-shelf"].given.clone()),
        raw: None,
    };

    // The manual has no contracts of the other operations: how their requests look does not matter
    // here.
    let operations = Operations {
        subject: super::Action::Update,
        create: &contract,
        update: Some(&contract),
        read: &contract,
        list: &contract,
        delete: &contract,
        label: fixtures.bindings["update-shelf"].identity(),
        content_type: "application/json",
        unknown: "rule::same-shelf",
    };

    let defaults = Defaults {
        given: &given,
        names: &fixtures.names(),
        variants: &[],
        operations: Some(operations),
    };

    let cases = load_cases(&example("case"), "capacity", &contract, &service, &defaults)
        .expect("the cases");
    let sequences = load_cases(&example("sequence"), "life", &contract, &service, &defaults)
        .expect("the sequences");
    assert_eq!(
        sequences.iter().map(|s| s.steps.len()).collect::<Vec<_>>(),
        [11]
    );

    assert!(
        cases
            .iter()
            .any(|c| c.id.as_str() == "update-shelf::capacity::more")
    );

    let plane = load_data_plane(&example("data-plane"), "update-shelf", &[&contract])
        .expect("the data plane");
    assert!(plane.is_some_and(|p| p.steps.len() == 1));

    let recipes = crate::plan::infer::Recipes::load(&example("recipes")).expect("the recipes");
    assert_eq!(recipes.fixtures.len(), 1);
}

#[test]
fn the_examples_together_make_a_plan() {
    let folder = std::env::temp_dir().join(format!("proofmark-manual-{}", std::process::id()));
    let operation = folder.join("example/update-shelf");
    std::fs::create_dir_all(&operation).expect("a folder");
    for (kind, path) in [
        ("service", "example/service.toml"),
        ("fixtures", "example/fixtures.toml"),
        ("contract", "example/update-shelf/contract.toml"),
        ("case", "example/update-shelf/capacity.toml"),
    ] {
        std::fs::write(folder.join(path), example(kind).text).expect("a file");
    }
    let options = PlanOptions {
        operation: OperationName {
            service: "example".to_owned(),
            operation: "update-shelf".to_owned(),
        },
        ..PlanOptions::default()
    };
    let plan = Plan::load(&Files::Folder(folder.clone()), &options);
    std::fs::remove_dir_all(&folder).expect("the folder is removed");
    let plan = plan.expect("a plan");
    for id in [
        "update-shelf::capacity::more",
        "update-shelf::request::Capacity::range::max::above-max",
    ] {
        assert!(plan.case(id).is_some(), "no case {id}");
    }
}

#[test]
fn every_key_is_described() {
    let forms = [
        (
            include_str!("../../contract/document.rs"),
            "struct Operation",
            "\nfn body",
        ),
        (
            include_str!("../../import/overlay.rs"),
            "struct Correction {",
            "    instead: Table",
        ),
        (
            include_str!("file.rs"),
            "struct CaseTable",
            "\nenum ExpectName",
        ),
        (
            include_str!("sequence_table.rs"),
            "struct SequenceTable",
            "fn must",
        ),
        (
            include_str!("../fixture/call.rs"),
            "struct Call {",
            "/// One request of an undoing",
        ),
        (
            include_str!("../fixture/binding.rs"),
            "struct Limit {",
            "the end",
        ),
        (
            include_str!("../fixture/form.rs"),
            "struct Document",
            "the end",
        ),
        (
            include_str!("../infer/recipes.rs"),
            "struct Document {",
            "impl Recipes",
        ),
        (
            include_str!("../data_plane.rs"),
            "struct Change {",
            "/// What the files of that service",
        ),
    ];
    let mut keys = 0;
    for (source, from, to) in forms {
        let found = fields(source, from, to);
        assert!(!found.is_empty(), "no fields behind `{from}`");
        for name in found {
            // Names that are words of Rust stand under another name in the files.
            let name = match name.as_str() {
                "kind" | "error" => "type",
                "values" => "enum",
                "while_" => "while",
                name => name,
            };
            let dashed = name.replace('_', "-");
            let described = [name, dashed.as_str()].into_iter().any(|key| {
                let forms = [
                    format!("`{key}`"),
                    format!("{key} = "),
                    format!("[{key}"),
                    format!(".{key}."),
                ];
                forms.iter().any(|form| MANUAL.contains(form.as_str()))
            });
            assert!(described, "cases/README.md does not describe `{name}`");
            keys += 1;
        }
    }
    assert!(
        keys > 80,
        "found only {keys} keys: the search for them has gone stale"
    );
}
