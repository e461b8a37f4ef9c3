//! Models that are broken in part, or as a whole: a promise is lost, or a message is clear; no
//! contract is lost, and nothing panics.

use super::documents::{BOTOCORE, SMITHY};
use super::{Folder, contract};

/// A model with one stretch replaced by another.
fn model(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from}");
    text.replacen(from, to, 1)
}

#[test]
fn a_broken_part_costs_a_promise_and_no_contract() {
    let folder = Folder::of("parts", &[]);
    let botocore = [
        ("\"min\": 2,", "\"min\": \"two\",", "length"),
        ("\"min\": 2,", "\"min\": 1e400,", "length"),
        ("\"min\": 2,", "\"min\": 99,", "length"),
        ("\"min\": 2, \"max\": 40", "\"min\": -3", "length"),
        ("\"max\": 500", "\"max\": -9", "range"),
        ("\"max\": 500", "\"max\": 99999999999999999999", "range"),
        ("\"[a-z]\\\\d+\"", "\"([a-z]\"", "pattern"),
        ("\"[a-z]\\\\d+\"", "7", "pattern"),
        ("[\"CELLAR\", \"HALL\"]", "[]", "enum"),
        ("[\"CELLAR\", \"HALL\"]", "{\"a\": 1}", "enum"),
        (
            "{\"type\": \"double\", \"min\": 0.5}",
            "{\"type\": \"money\"}",
            "shape",
        ),
        ("{\"type\": \"double\", \"min\": 0.5}", "5", "shape"),
        (
            "{\"shape\": \"Price\"}",
            "{\"shape\": \"Nothing\"}",
            "shape",
        ),
        ("{\"shape\": \"Price\"}", "[]", "member"),
        ("\"member\": {\"shape\": \"Book\"}, ", "", "shape"),
        (
            "\"location\": \"header\", \"locationName\": \"X-Shelf-Trace\"",
            "\"location\": \"moon\"",
            "location",
        ),
        ("\"X-Shelf-Trace\"", "\"X Shelf\"", "member"),
        (
            "\"location\": \"uri\", \"locationName\": \"ID\"",
            "\"location\": \"querystring\"",
            "member",
        ),
        ("{ID}", "{ID}/{Other}", "member"),
        (
            "\"locationName\": \"room\"",
            "\"locationName\": \"view\"",
            "member",
        ),
        (
            "\"Notes\": {\"shape\": \"Notes\"}",
            "\"Notes\": {\"shape\": \"Notes\", \"locationName\": \"Books\"}",
            "member",
        ),
        (
            "\"required\": [\"Title\"]",
            "\"required\": \"Title\"",
            "required",
        ),
        (
            "{\"shape\": \"TooManyBooksException\"}",
            "{\"shape\": \"Nothing\"}",
            "error",
        ),
        (
            "\"responseCode\": 202",
            "\"responseCode\": \"fine\"",
            "status",
        ),
        (
            "{\"shape\": \"Notes\"}",
            "{\"shape\": \"Notes\", \"location\": \"querystring\"}",
            "member",
        ),
        (
            "{\"shape\": \"BookList\"},\n        \"Capacity\"",
            "{\"shape\": \"BookList\", \"location\": \"header\"},\n        \"Capacity\"",
            "",
        ),
        (
            "{\"shape\": \"Capacity\",",
            "{\"shape\": \"Capacity\", \"idempotencyToken\": true,",
            "idempotency-token",
        ),
        (
            "\"novelty\": true",
            "\"endpoint\": {\"hostPrefix\": \"a.\"}",
            "host",
        ),
        (
            "\"type\": \"map\"",
            "\"type\": \"structure\", \"eventstream\": true",
            "member",
        ),
    ];
    let smithy = [
        ("{\"min\": -1, \"max\": 500}", "[]", "range"),
        (
            "{\"min\": -1, \"max\": 500}",
            "{\"min\": 9, \"max\": 5}",
            "range",
        ),
        ("\"[a-z]+\"", "5", "pattern"),
        (
            "[{\"value\": \"HALL\"}, {\"value\": \"CELLAR\"}]",
            "5",
            "enum",
        ),
        ("\"a.b#Notes\"}", "\"a.b#Nothing\"}", "shape"),
        ("\"member\": {\"target\": \"a.b#Book\"}, ", "", "shape"),
        ("{\"smithy.api#httpQuery\": \"room\"}", "7", "traits"),
        (
            "{\"target\": \"a.b#ShelfNotFoundException\"}",
            "{\"target\": \"a.b#Nothing\"}",
            "error",
        ),
        (
            "\"smithy.api#httpHeader\": \"X-Shelf-Trace\"",
            "\"smithy.api#httpQueryParams\": {}",
            "member",
        ),
    ];
    let all = botocore.map(|case| (BOTOCORE, case)).into_iter();
    for (text, (from, to, what)) in all.chain(smithy.map(|case| (SMITHY, case))) {
        folder.write("model.json", model(text, from, to).as_bytes());
        let operation = folder.operation("model.json");
        contract(&operation);
        let lost: Vec<&str> = operation.lost.iter().map(|lost| lost.what).collect();
        assert!(what.is_empty() || lost.contains(&what), "{to}: {lost:?}");
    }
}

#[test]
fn a_broken_operation_costs_no_other() {
    let folder = Folder::of("operation", &[]);
    for (text, from) in [
        (BOTOCORE, "\"http\": {\"method\": \"PUT\","),
        (SMITHY, "\"smithy.api#http\": {\"method\": \"PUT\","),
    ] {
        let to = from.replace("\"PUT\",", "5, ");
        folder.write("model.json", model(text, from, &to).as_bytes());
        let documents = folder.open("model.json").expect("a model");
        let refused: Vec<_> = documents.iter().flat_map(|d| &d.refused).collect();
        assert_eq!(refused.len(), 1, "{refused:?}");
    }
}

#[test]
fn other_protocols_are_refused_with_their_name() {
    let folder = Folder::of("protocols", &[]);
    for (text, from, to) in [
        (BOTOCORE, "\"rest-json\"", "\"query\""),
        (
            SMITHY,
            "aws.protocols#restJson1",
            "aws.protocols#awsJson1_1",
        ),
    ] {
        folder.write("model.json", model(text, from, to).as_bytes());
        let documents = folder.open("model.json").expect("a model");
        let why = documents
            .iter()
            .find_map(|d| d.refused_whole.clone())
            .unwrap_or_default();
        assert!(why.contains(to.trim_matches('"')), "{why}");
    }

    // A service that knows several protocols knows this one.
    let several = model(
        BOTOCORE,
        "\"rest-json\"",
        "\"json\", \"protocols\": [\"json\", \"rest-json\"]",
    );
    folder.write("model.json", several.as_bytes());
    contract(&folder.operation("model.json"));
}

#[test]
fn what_is_no_model_is_told_with_its_line() {
    let folder = Folder::of("none", &[]);
    let told = |text: &str| {
        folder.write("model.json", text.as_bytes());
        folder.open("model.json").expect_err("no model").to_string()
    };
    assert!(told("{\n \"metadata\": {},\n \"operations\": {,}\n}").contains("model.json:3: "));
    assert!(told("{}").contains("no service model that is known"));
    assert!(told("[1]").contains("model.json:1: "));
    assert!(told("").contains("model.json:1: "));
    assert!(told("{\"smithy\": \"2.0\", \"shapes\": {}}").contains("no shape of type `service`"));
    assert!(told("{\"metadata\": 5, \"operations\": []}").contains("model.json:1: "));

    let deep = format!(
        "{{\"smithy\": {}1{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    assert!(!told(&deep).is_empty());
}

/// Of every prefix of a model something is said, and of every model with a stretch cut out.
#[test]
fn models_cut_short() {
    let folder = Folder::of("cut", &[]);
    for text in [BOTOCORE, SMITHY] {
        for at in (0..text.len())
            .step_by(97)
            .filter(|at| text.is_char_boundary(*at))
        {
            let (before, behind) = text.split_at(at);
            folder.write("model.json", before.as_bytes());
            assert!(folder.open("model.json").is_err());

            let rest = behind.get(31..).unwrap_or_default();
            folder.write("model.json", [before, rest].concat().as_bytes());
            for document in folder.open("model.json").unwrap_or_default() {
                document
                    .operations
                    .iter()
                    .for_each(|operation| drop(contract(operation)));
            }
        }
    }
}

/// Shapes that all hold each other, or stand in a long row, lose what lies deepest.
#[test]
fn more_places_than_can_be_listed() {
    let folder = Folder::of("places", &[]);
    let structure = |members: Vec<String>| {
        format!(
            "{{\"type\": \"structure\", \"members\": {{{}}}}}",
            members.join(",")
        )
    };
    let of = |name: usize| format!("\"m{name}\": {{\"shape\": \"S{name}\"}}");
    let dense = (0..24).map(|_| structure((0..24).map(of).collect()));
    let long =
        (0..3000).map(|at| structure(vec![of(at + 1), "\"t\": {\"shape\": \"Text\"}".to_owned()]));
    for shapes in [dense.collect::<Vec<_>>(), long.collect()] {
        let shapes: Vec<String> = shapes
            .iter()
            .enumerate()
            .map(|(at, text)| format!("\"S{at}\": {text},"))
            .collect();
        let text = model(
            BOTOCORE,
            "\"Price\": {\"type\"",
            &format!("{} \"Price\": {{\"type\"", shapes.join("\n")),
        );
        let text = model(
            &text,
            "\"Notes\": {\"shape\": \"Notes\"}",
            "\"Notes\": {\"shape\": \"S0\"}",
        );
        folder.write("model.json", text.as_bytes());
        let operation = folder.operation("model.json");
        assert!(
            operation
                .lost
                .iter()
                .any(|lost| lost.why.contains("lie deepest")),
            "{:?}",
            operation.lost
        );
        contract(&operation);
    }
}

/// Shapes that hold themselves, by way of structures, lists, maps and constraints of members.
#[test]
fn shapes_that_hold_themselves() {
    let folder = Folder::of("recursive", &[]);
    let lists = model(
        BOTOCORE,
        "\"member\": {\"shape\": \"Book\"}",
        "\"member\": {\"shape\": \"BookList\"}",
    );
    let own = model(
        SMITHY,
        "\"member\": {\"target\": \"a.b#Book\"}",
        "\"member\": {\"target\": \"a.b#BookList\", \"traits\": {\"smithy.api#length\": {\"max\": 2}}}",
    );
    for text in [lists, own] {
        folder.write("model.json", text.as_bytes());
        contract(&folder.operation("model.json"));
    }
}
