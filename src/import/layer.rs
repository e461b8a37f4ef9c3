//! The operations of documents as files of contracts, over a folder that says what documents do not.

use super::open::Document;
use super::overlay;
use super::print::print;
use super::service_file::{folder_of, service_file};
use crate::support::files::{FileError, Files, Layer, Source};
use ::toml::Table;

/// What a folder of an operation says beside its document.
const OVERLAY: &str = "overlay.toml";
/// The contract that is judged by where nobody names a revision.
const USUAL: &str = "contract.toml";

/// The contracts of documents over those files.
///
/// # Errors
/// Where a document gives no contract at all, or a file says otherwise than the document without a
/// ground.
pub(crate) fn layer(
    name: &str,
    documents: &[Document],
    files: Option<&Files>,
) -> Result<Layer, FileError> {
    let mut layer = Layer::default();
    for document in documents {
        if let Some(why) = &document.refused_whole {
            return Err(FileError {
                file: name.to_owned(),
                line: None,
                message: why.clone(),
            });
        }
        Of {
            name,
            document,
            files,
            layer: &mut layer,
        }
        .add()?;
    }
    Ok(layer)
}

/// One document on its way into a layer.
struct Of<'a> {
    name: &'a str,
    document: &'a Document,
    files: Option<&'a Files>,
    layer: &'a mut Layer,
}

impl Of<'_> {
    fn add(&mut self) -> Result<(), FileError> {
        let Document {
            service,
            signing_name,
            ..
        } = self.document;
        let there = self.files.and_then(|files| files.list(service).ok());
        let there = there.unwrap_or_default();
        let has = |name: &str| there.iter().any(|file| file == name);
        if !has("service.toml") {
            let text = service_file(service, signing_name.as_deref());
            self.put(format!("{service}/service.toml"), text);
        }
        if !has("fixtures.toml") {
            self.put(format!("{service}/fixtures.toml"), String::new());
        }

        let folders = self.files.and_then(|files| files.folders(service).ok());
        let folders = folders.unwrap_or_default();
        for operation in &self.document.operations {
            let slug = folder_of(&operation.name);
            let folder = format!("{service}/{slug}");
            let mut text = print(operation, self.document.revision);
            if let (true, Some(files)) = (folders.contains(&slug), self.files) {
                text = self.with_overlay(files, &folder, text)?;
            }
            self.put(format!("{folder}/{USUAL}"), text);
            self.layer.documented.insert(folder);
        }
        Ok(())
    }

    fn put(&mut self, path: String, text: String) {
        let name = format!("{}:{path}", self.name);
        self.layer.files.insert(path, Source { name, text });
    }

    /// The contract with what the folder says besides. A contract of the same revision gives its
    /// rules; those of others stay revisions.
    fn with_overlay(
        &mut self,
        files: &Files,
        folder: &str,
        text: String,
    ) -> Result<String, FileError> {
        let Ok(mut documented) = text.parse::<Table>() else {
            return Ok(text);
        };
        let mut changed = false;
        for file in files.list(folder)? {
            let path = format!("{folder}/{file}");
            let is_contract = file.starts_with("contract.") && file.ends_with(".toml");
            if !is_contract && file != OVERLAY {
                continue;
            }

            let source = files.read(&path)?;
            if file == OVERLAY {
                overlay::lay(&mut documented, &source)?;
                self.layer.hidden.insert(path);
                changed = true;
                continue;
            }
            let by_hand: Table = source.parse()?;
            let revision = by_hand.get("revision").and_then(::toml::Value::as_str);
            let revision = revision.unwrap_or_default().to_owned();
            if revision == self.document.revision {
                overlay::add_rules(&mut documented, &by_hand);
                self.layer.hidden.insert(path);
                changed = true;
            } else if file == USUAL {
                let path = format!("{folder}/contract.{revision}.toml");
                self.layer.files.insert(path, source);
            }
        }

        let printed = changed.then(|| ::toml::to_string(&documented).ok());
        Ok(printed.flatten().unwrap_or(text))
    }
}
