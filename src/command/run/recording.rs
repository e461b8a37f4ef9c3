//! The file that `--record` names: one recorded run after another, an operation each.

use std::fs::File;
use std::io;
use std::path::PathBuf;

use crate::command::Failure;
use crate::command::run_args::RunArgs;
use crate::recording::Recorder;
use crate::report::Secrets;

use super::operation::{Moment, OperationRun};

/// Writes down what happens to each operation while it is fired.
pub(super) struct Recording {
    path: PathBuf,
    file: File,
    secrets: Secrets,
    /// What writes down the operation that is fired now.
    now: Option<Recorder<File>>,
    /// What kept a line from being written; after it none is.
    failed: io::Result<()>,
}

impl Recording {
    /// Opens the file, where one is named.
    pub(super) fn open(args: &RunArgs, secrets: &Secrets) -> Result<Option<Self>, Failure> {
        let Some(path) = &args.record else {
            return Ok(None);
        };
        let failed = |e| Failure::unopened(&e, format!("--record {}: {e}", path.display()));
        Ok(Some(Self {
            path: path.clone(),
            file: File::create(path).map_err(failed)?,
            secrets: secrets.clone(),
            now: None,
            failed: Ok(()),
        }))
    }

    /// Writes down what just happened to that operation. What the events of another one were, its
    /// end has told before.
    pub(super) fn add(&mut self, part: &OperationRun, moment: Moment<'_>) {
        if self.failed.is_err() {
            return;
        }
        let begun = match self.now.take() {
            Some(begun) => Ok(begun),
            None => self.begin(part),
        };
        self.failed = begun.and_then(|mut recorder| match moment {
            Moment::Ended(ended) => recorder.end(ended),
            Moment::Event(event) => {
                recorder.add(&part.plan, event);
                self.now = Some(recorder);
                Ok(())
            }
        });
    }

    /// Whether all was written.
    ///
    /// # Errors
    /// What kept a line from being written.
    pub(super) fn whole(self) -> Result<(), Failure> {
        let path = self.path.display();
        let failed = |error| format!("{path}: the recording is not whole: {error}");
        self.failed.map_err(failed).map_err(Failure::unwritten)
    }

    fn begin(&self, part: &OperationRun) -> io::Result<Recorder<File>> {
        let (file, secrets) = (self.file.try_clone()?, self.secrets.clone());
        Ok(Recorder::new(file, &part.plan, &part.planned, secrets))
    }
}
