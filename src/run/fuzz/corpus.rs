//! The corpus: inputs whose answers showed something new, in memory and as files of a folder, one
//! each.
//!
//! A file is named by what it holds, so that the same input is there once, whichever shard found
//! it. An entry that shows nothing that smaller ones do not show is dropped.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::input::{Input, Move};
use crate::support::digest::Digest;
use crate::support::files::{FileError, Source};

/// The inputs that are worth to be mutated.
#[derive(Debug, Default)]
pub(crate) struct Corpus {
    entries: Vec<Entry>,
    /// Where each of them has a file; none for nowhere.
    folder: Option<PathBuf>,
    /// How many there were after they were last thinned out.
    thinned: usize,
}

#[derive(Debug)]
struct Entry {
    input: Input,
    signatures: BTreeSet<u64>,
}

/// What a file holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[expect(dead_code, reason = "it was looked at before")]
    version: u32,
    /// Earlier files call it `source`.
    #[serde(alias = "source")]
    variant: u8,
    moves: Vec<Move>,
}

/// What a file holds, before it is known to be of this version.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// The version of the files' form.
const VERSION: u32 = 1;
/// So many entries are kept; then the largest goes for a new one.
const MOST: usize = 2000;

impl Corpus {
    /// A corpus with files in that folder. Nothing is read: see [`load`].
    pub(crate) fn new(folder: Option<PathBuf>) -> Self {
        Self {
            folder,
            ..Self::default()
        }
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn inputs(&self) -> Vec<&Input> {
        self.entries.iter().map(|entry| &entry.input).collect()
    }

    /// Adds an input that showed something new.
    ///
    /// # Errors
    /// Where its file cannot be written.
    pub(crate) fn add(&mut self, input: Input, signatures: BTreeSet<u64>) -> Result<(), FileError> {
        if let Some(folder) = &self.folder {
            write(folder, &input)?;
        }
        self.entries.push(Entry { input, signatures });
        if self.entries.len() >= (self.thinned * 3 / 2).max(64) || self.entries.len() > MOST {
            self.thin();
        }
        Ok(())
    }

    /// Drops what smaller entries show as well, and the largest of what is too much.
    pub(crate) fn thin(&mut self) {
        self.entries
            .sort_by_cached_key(|entry| (entry.input.weight(), entry_text(&entry.input)));
        let mut shown = BTreeSet::new();
        let (kept, dropped): (Vec<Entry>, Vec<Entry>) = std::mem::take(&mut self.entries)
            .into_iter()
            .partition(|entry| {
                let anew = shown.len();
                shown.extend(entry.signatures.iter().copied());
                shown.len() > anew
            });

        self.entries = kept;
        let surplus = self.entries.split_off(self.entries.len().min(MOST));
        for entry in dropped.iter().chain(&surplus) {
            self.forget(&entry.input);
        }
        self.thinned = self.entries.len();
    }

    /// Removes the file of an input that shows nothing new.
    pub(crate) fn forget(&self, input: &Input) {
        if let Some(folder) = &self.folder {
            // One that is gone already is what is wanted.
            let _ = std::fs::remove_file(folder.join(name(&entry_text(input))));
        }
    }
}

/// Reads the inputs of a folder, the smallest first. A folder that is not there has none.
///
/// # Errors
/// The first file that cannot be read or is no input, with its line and what was expected.
pub(crate) fn load(folder: &Path) -> Result<Vec<Input>, FileError> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let fail = |path: &Path, e: std::io::Error| FileError {
        file: path.display().to_string(),
        line: None,
        message: e.to_string(),
    };

    let mut inputs = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|e| fail(folder, e))? {
        let path = entry.map_err(|e| fail(folder, e))?.path();
        if path.extension().is_some_and(|e| e == "json") {
            inputs.push(read(&Source::open(&path)?)?);
        }
    }

    // Neither the order of a folder nor that of its files' making counts.
    inputs.sort_by_cached_key(|input| (input.weight(), entry_text(input)));
    inputs.dedup();
    Ok(inputs)
}

/// Writes an input into a folder, and says whether it was not there before.
///
/// # Errors
/// Where the folder or the file cannot be written.
pub(crate) fn write(folder: &Path, input: &Input) -> Result<bool, FileError> {
    let text = entry_text(input);
    let path = folder.join(name(&text));
    if path.exists() {
        return Ok(false);
    }
    let fail = |e: std::io::Error| FileError {
        file: path.display().to_string(),
        line: None,
        message: e.to_string(),
    };

    std::fs::create_dir_all(folder).map_err(fail)?;
    std::fs::write(&path, text).map_err(fail)?;
    Ok(true)
}

/// The text of an input's file: a move on each line.
pub(crate) fn entry_text(input: &Input) -> String {
    let moves = input
        .moves
        .iter()
        .map(|one| serde_json::to_string(one).unwrap_or_default());
    let moves: Vec<String> = moves.collect();
    format!(
        "{{\"version\":{VERSION},\"variant\":{},\"moves\":[\n{}\n]}}\n",
        input.variant,
        moves.join(",\n")
    )
}

/// Reads an input's file.
///
/// # Errors
/// Where it is no input, with the line and what was expected.
pub(crate) fn read(file: &Source) -> Result<Input, FileError> {
    let what = "an input of `fuzz`";
    let found: Versioned = file.json(what)?;
    if found.version != VERSION {
        let message = format!(
            "expected an input of version {VERSION}, found version {}",
            found.version
        );
        return Err(file.at_start(message));
    }

    let document: Document = file.json(what)?;
    Ok(Input {
        variant: document.variant,
        moves: document.moves,
    })
}

/// The name of a file that holds this.
fn name(text: &str) -> String {
    format!("{}.json", Digest::of(text))
}
