//! The valid update that most cases begin with, and what else tables of cases leave out.

use super::Plan;
use super::case::{BodyDraft, Case, Defaults, Draft, PathDraft, load_cases, print_case};
use super::generator::Generator;
use crate::support::files::{FileError, Source};
use crate::support::template::Bindings;

impl Plan {
    /// The generator of the plan's requests.
    pub(crate) fn generator<'a>(&'a self, sample: &'a Bindings) -> Generator<'a> {
        Generator::new(self.oracle(), &self.binding, sample)
    }

    /// The valid update that most cases begin with.
    pub(crate) fn usual_update(&self) -> Draft {
        let sample = self.sample();
        let mut usual = self.generator(&sample).usual();
        usual.with_token_of("usual");
        usual
    }

    /// The read of what the labels of a path name, or of the resource that most cases are about.
    pub(crate) fn read_of(&self, path: Option<&PathDraft>) -> Option<Draft> {
        let contract = self.read.as_ref()?;
        let labels = match path {
            Some(PathDraft::Labels { labels, .. }) => labels,
            _ => self.binding.identity(),
        };

        Some(Draft {
            method: contract.http.method.clone(),
            path: PathDraft::Labels {
                uri: contract.http.uri.clone(),
                labels: labels.clone(),
            },
            headers: Vec::new(),
            body: BodyDraft::None,
            raw: None,
        })
    }

    /// What the tables of case files leave out in this plan.
    pub(crate) fn with_defaults<T>(&self, then: impl FnOnce(&Defaults<'_>) -> T) -> T {
        then(&Defaults {
            given: &self.usual_update(),
            names: &self.fixtures.names(),
            variants: &self.binding.variants,
            operations: self.operations(),
        })
    }

    /// The cases of a file for this plan; `stem` is a part of their ids.
    ///
    /// # Errors
    /// What is wrong with the file.
    pub(crate) fn read_cases(&self, file: &Source, stem: &str) -> Result<Vec<Case>, FileError> {
        self.with_defaults(|defaults| {
            load_cases(file, stem, &self.contract, &self.service, defaults)
        })
    }

    /// The case as a table of a case file, with that name. `None` where the format has no words for
    /// it.
    pub(crate) fn print_case(&self, case: &Case, name: &str) -> Option<String> {
        self.with_defaults(|defaults| {
            print_case(case, name, &self.contract, &self.service, defaults)
        })
    }
}
