//! Contracts out of documents, in place of contract files: flags that commands of plans share.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use crate::import::{Surroundings, Wanted, layer, open};
use crate::report::shell::word;
use crate::support::files::Files;
use clap::Args;

use super::Failure;

/// Where contracts come from.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ModelArgs {
    /// A document that contracts come from, in place of contract files: a service model, a reference
    /// page or a folder of pages, or botocore:SERVICE for the model of an installed botocore. The
    /// files of cases say what it does not
    #[arg(long, value_name = "DOCUMENT")]
    model: Option<String>,
    #[command(flatten)]
    botocore: BotocoreArgs,
    /// The files with what the document says, once it was read.
    #[arg(skip)]
    read: OnceLock<Files>,
}

/// Where an installed botocore is.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct BotocoreArgs {
    /// The folder of botocore, for botocore:SERVICE [default: that beside `python3` or `aws`]
    #[arg(long, value_name = "DIR", env = "PROOFMARK_BOTOCORE", hide_env = true)]
    botocore: Option<PathBuf>,
}

impl ModelArgs {
    /// The files of contracts and cases: those of a folder, or what is built in, and the contracts
    /// of the document over them.
    ///
    /// # Errors
    /// Where the document cannot be read.
    pub(super) fn files(&self, cases: Option<&PathBuf>) -> Result<Files, Failure> {
        let files = cases.cloned().map_or(Files::Embedded, Files::Folder);
        let Some(document) = &self.model else {
            return Ok(files);
        };
        if let Some(known) = self.read.get() {
            return Ok(known.clone());
        }
        let read = self.botocore.documented(document, Some(files))?;
        Ok(self.read.get_or_init(|| read).clone())
    }

    /// The contracts of the document, over the files of that folder or over none: what is built in
    /// says nothing beside it.
    ///
    /// # Errors
    /// Where there is no document, or it cannot be read.
    pub(super) fn alone(&self, cases: Option<&PathBuf>) -> Result<Files, Failure> {
        let Some(document) = &self.model else {
            return Err(Failure::usage(
                "expected --model DOCUMENT: names and shapes come from a document",
            ));
        };
        self.botocore
            .documented(document, cases.cloned().map(Files::Folder))
    }

    /// Takes the document that the configuration file names where no flag names one.
    pub(super) fn take(&mut self, of_file: Option<&String>) {
        self.model = self.model.take().or_else(|| of_file.cloned());
    }

    /// Whether contracts come from a document.
    pub(super) fn is_named(&self) -> bool {
        self.model.is_some()
    }

    /// The flags that name the same document again.
    pub(super) fn flags(&self) -> Vec<String> {
        let Some(document) = &self.model else {
            return Vec::new();
        };
        let mut flags = vec![format!("--model {}", word(document))];
        let folder = self.botocore.botocore.iter();
        flags.extend(folder.map(|dir| format!("--botocore {}", word(&dir.to_string_lossy()))));
        flags
    }
}

impl BotocoreArgs {
    /// The contracts of a document, over those files or over none.
    ///
    /// # Errors
    /// Where it cannot be read, a line of it is not understood, or it has no operation.
    pub(super) fn documented(
        &self,
        document: &str,
        below: Option<Files>,
    ) -> Result<Files, Failure> {
        let around = Surroundings {
            named: self.botocore.clone(),
            variable: |name| std::env::var_os(name),
        };
        let read = open(Path::new(document), &Wanted::default(), &around);
        let read = read.map_err(Failure::usage)?;
        let faults: Vec<String> = read
            .iter()
            .flat_map(|document| document.faults.iter().map(ToString::to_string))
            .collect();
        if !faults.is_empty() {
            return Err(Failure::usage(faults.join("\n")));
        }

        let layer = layer(document, &read, below.as_ref()).map_err(Failure::usage)?;
        if layer.documented.is_empty() {
            return Err(Failure::usage(format!(
                "{document}: the document has no operation"
            )));
        }
        Ok(match below {
            Some(files) => files.under(layer),
            None => Files::alone(layer),
        })
    }
}
