//! The shapes that `patterns` looks at: those of one model, or of a folder of models.

use std::path::Path;

use indexmap::IndexMap;
use serde::de::IgnoredAny;

use crate::command::Failure;
use crate::contract::pattern_table::{Documented, documented};
use crate::import::{models_of, unpacked};
use crate::support::files::{FileError, Source};

/// What there is to look at.
pub(super) struct Listed {
    pub(super) shapes: Vec<Named>,
    /// How many models were read.
    pub(super) models: usize,
    /// Models of a folder that cannot be read.
    pub(super) faults: Vec<FileError>,
}

/// A shape with a pattern. In a folder it stands for all that have the same pattern and lengths.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) times: usize,
    pub(super) documented: Documented,
}

/// The shapes of a model, or of the models of a folder.
pub(super) fn listed(path: &Path) -> Result<Listed, Failure> {
    if path.is_dir() {
        return in_folder(path);
    }

    let file = unpacked(path).map_err(Failure::usage)?;
    let found = documented(&file).map_err(Failure::usage)?;
    if found.is_empty() {
        return Err(Failure::usage(nothing(&file)));
    }
    let shapes = found.into_iter().map(|documented| Named {
        name: documented.shape.clone(),
        times: 1,
        documented,
    });
    Ok(Listed {
        shapes: shapes.collect(),
        models: 1,
        faults: Vec::new(),
    })
}

fn in_folder(folder: &Path) -> Result<Listed, Failure> {
    let mut shapes: IndexMap<(String, usize, Option<usize>), Named> = IndexMap::new();
    let (mut models, mut faults) = (0, Vec::new());

    for path in models_of(folder).map_err(Failure::usage)? {
        let file = match unpacked(&path) {
            Ok(file) if is_other(&file) => continue,
            Ok(file) => file,
            Err(fault) => {
                faults.push(fault);
                continue;
            }
        };
        models += 1;
        let found = documented(&file).unwrap_or_else(|fault| {
            faults.push(fault);
            Vec::new()
        });
        let service = service(folder, &path);
        for documented in found {
            let key = (documented.source.clone(), documented.min, documented.max);
            let named = shapes.entry(key).or_insert_with(|| Named {
                name: format!("{service}.{}", documented.shape),
                times: 0,
                documented,
            });
            named.times += 1;
        }
    }

    if shapes.is_empty() {
        let first = faults.into_iter().next();
        return Err(Failure::usage(first.unwrap_or_else(|| {
            FileError {
                file: folder.display().to_string(),
                line: None,
                message: "no model with a pattern is in it: expected files such as \
                      SERVICE/VERSION/service-2.json or service-2.json.gz"
                    .to_owned(),
            }
        })));
    }
    Ok(Listed {
        shapes: shapes.into_values().collect(),
        models,
        faults,
    })
}

/// The name of a service: that of its folder, or of its file.
fn service(folder: &Path, path: &Path) -> String {
    let below = path.strip_prefix(folder).unwrap_or(path);
    let first = below.components().next();
    let name = first.map(|name| name.as_os_str().to_string_lossy().into_owned());
    let name = name.unwrap_or_default();
    // The folder of one service has folders of its versions.
    if name.starts_with("20") {
        let own = folder.file_name().unwrap_or(folder.as_os_str());
        return own.to_string_lossy().into_owned();
    }
    let name = name.trim_end_matches(".gz").trim_end_matches(".json");
    name.to_owned()
}

/// Whether a file is JSON, but no model: a folder of models has others beside them.
fn is_other(file: &Source) -> bool {
    let keys: Result<IndexMap<String, IgnoredAny>, _> = serde_json::from_str(&file.text);
    keys.is_ok_and(|keys| !keys.contains_key("shapes"))
}

/// A table of nothing would look like success.
fn nothing(file: &Source) -> FileError {
    file.at_start("no shape of the model has a pattern: there is nothing to check")
}
