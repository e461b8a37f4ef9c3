//! The schemas that are printed are those of the documents.
//!
//! They are files, so that a program is built without what derives them. Where a document has changed,
//! `UPDATE_SCHEMAS=1 cargo test --lib schemas` writes them anew.

use schemars::{Schema, schema_for};

use crate::report::diff::DiffDocument;
use crate::report::document::Report;
use crate::report::drift::Drift;
use crate::report::matrix::Matrix;

#[test]
fn the_schemas_are_those_of_the_documents() {
    let schemas = [
        (
            "report",
            schema_for!(Report),
            crate::report::document::schema(),
        ),
        ("drift", schema_for!(Drift), crate::report::drift::schema()),
        (
            "matrix",
            schema_for!(Matrix),
            crate::report::matrix::schema(),
        ),
        (
            "diff",
            schema_for!(DiffDocument),
            crate::report::diff::schema(),
        ),
    ];
    for (name, derived, printed) in schemas {
        let derived = text(&derived);
        if std::env::var_os("UPDATE_SCHEMAS").is_some() {
            let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/report/schemas");
            std::fs::write(format!("{folder}/{name}.json"), derived)
                .expect("a file can be written");
            continue;
        }
        assert!(
            derived == printed,
            "src/report/schemas/{name}.json is not the schema of its document: write it anew by \
             `UPDATE_SCHEMAS=1 cargo test --lib schemas`"
        );
    }
}

fn text(schema: &Schema) -> String {
    let text = serde_json::to_string_pretty(schema).expect("a schema is JSON");
    text + "\n"
}
