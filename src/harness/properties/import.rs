//! Any text as a document: it is refused with a line that is there, or its contracts load and tell
//! what the document does.

use crate::contract::{Service, load_operation, load_service};
use crate::import::{
    Document, compare, folder_of, from_contract, model_of, page_of, print, print_shapes,
    service_file,
};
use crate::support::files::{FileError, Source};

/// Reference pages: any text is refused with a message that has one line of it, or becomes a contract
/// that loads and tells what the page does.
///
/// # Panics
/// Where the reader does, a message names a line that the text does not have, or a contract that was
/// printed does not load, or tells something else.
pub fn any_page_is_answered(bytes: &[u8]) {
    let file = source("API_Any.md", bytes);
    let lines = file.text.matches('\n').count() + 1;
    match page_of(file) {
        Ok(document) => {
            document.faults.iter().for_each(|fault| told(lines, fault));
            if let Some(kind) = &document.kind {
                assert!(!print_shapes(kind).is_empty());
            }
            contracts_load(&document);
        }
        Err(error) => told(lines, &error),
    }
}

/// Service models: the same of any text as a model.
///
/// # Panics
/// As [`any_page_is_answered`].
pub fn any_model_is_answered(bytes: &[u8]) {
    let file = source("any.json", bytes);
    let lines = file.text.matches('\n').count() + 1;
    match model_of(&file) {
        Ok(documents) => documents.iter().for_each(contracts_load),
        Err(error) => told(lines, &error),
    }
}

fn source(name: &str, bytes: &[u8]) -> Source {
    Source {
        name: name.to_owned(),
        text: String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn service() -> Service {
    let file = Source {
        name: "service.toml".to_owned(),
        text: service_file("any", None),
    };
    load_service(&file).expect("the file of a service")
}

fn contracts_load(document: &Document) {
    let service = service();
    for operation in &document.operations {
        let file = Source {
            name: "contract.toml".to_owned(),
            text: print(operation, "any"),
        };
        let contract = load_operation(&file, &folder_of(&operation.name), &service);
        let contract = contract.unwrap_or_else(|e| panic!("{e}\n{}", file.text));
        let differences = compare(operation, &from_contract(&contract)).differences;
        assert!(differences.is_empty(), "{differences:#?}\n{}", file.text);
    }
}

fn told(lines: usize, error: &FileError) {
    assert!(
        error.line.is_none_or(|line| (1..=lines).contains(&line)),
        "{error}: the text has {lines} lines"
    );
    assert!(!error.message.is_empty(), "a complaint without words");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn seed(path: &str) -> String {
        let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/seeds");
        std::fs::read_to_string(root.join(path)).expect("a seed")
    }

    /// A seed with stretches replaced.
    fn edited(paths: &'static [&'static str], more: &'static str) -> impl Strategy<Value = String> {
        let edits = prop::collection::vec((any::<prop::sample::Index>(), 0_usize..24, more), 1..4);
        (prop::sample::select(paths), edits).prop_map(|(path, edits)| {
            let mut text = seed(path);
            for (at, cut, more) in edits {
                let floor = |at: usize| {
                    (0..=at.min(text.len()))
                        .rev()
                        .find(|i| text.is_char_boundary(*i))
                };
                let start = floor(at.index(text.len() + 1)).unwrap_or(0);
                let end = floor(start + cut).unwrap_or(start).max(start);
                text.replace_range(start..end, &more);
            }
            text
        })
    }

    const PAGES: &[&str] = &["page/operation.md", "page/type.md"];
    const MODELS: &[&str] = &["model/botocore.json", "model/smithy.json"];

    proptest! {
        #![proptest_config(crate::harness::testing::property_tests(1))]

        #[test]
        fn pages(text in edited(PAGES, r"[\n`*\[\]{}\\.a-zA-Z0-9:/? -]{0,12}")) {
            any_page_is_answered(text.as_bytes());
        }

        #[test]
        fn models(text in edited(MODELS, r#"[\[\]{}",:.\n a-z0-9$#/?+-]{0,12}"#)) {
            any_model_is_answered(text.as_bytes());
        }
    }
}
