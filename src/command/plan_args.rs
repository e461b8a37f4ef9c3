//! What is planned: flags that most commands share.

use std::path::PathBuf;
use std::sync::Arc;

use crate::command::config::Profile;
use crate::contract::Basis;
use crate::plan::generator::{SAMPLES, Sampling};
use crate::plan::{Depth, OperationName, Plan, PlanOptions, Services};
use crate::reference::Api;
use crate::report::Exit;
use crate::report::shell::word;
use crate::support::files::Files;
use crate::support::units;
use clap::{Args, ValueEnum};

use super::config_args::{Chosen, ConfigArgs};
use super::model_args::ModelArgs;
use super::operation_args::OperationArgs;
use super::served::KnownApis;
use super::{Failure, Outcome, limits, regressions};

/// What is planned.
#[derive(Clone, Debug, Args)]
pub(crate) struct PlanArgs {
    /// A folder of contracts and cases to use instead of those built in
    #[arg(long, value_name = "DIR")]
    pub(super) cases: Option<PathBuf>,
    #[command(flatten)]
    pub(super) model: ModelArgs,
    #[command(flatten)]
    pub(super) operations: OperationArgs,
    /// The revision of the contract: `2018` is the reference page, `current` today's model
    #[arg(long, value_name = "NAME")]
    pub(super) revision: Option<String>,
    /// The region that ARNs and credential scopes name [default: us-east-1]
    #[arg(long, env = "AWS_REGION", hide_env = true, value_parser = units::region)]
    region: Option<String>,
    /// What counts as a ground to expect anything, with commas between: `page`, `protocol`, `aws`
    /// (observed there) or `inferred` from these; all of them unless given
    #[arg(long, value_name = "BASIS", value_delimiter = ',', value_parser = super::basis)]
    pub(super) basis: Vec<Basis>,
    #[command(flatten)]
    pub(super) sampling: SamplingArgs,
    /// How much is planned: `quick`, a few values for each promise on either side, or `full`, all
    /// that reach a promise in a way of their own [default: full, and quick for all operations of a
    /// model at once]
    #[arg(long, value_name = "DEPTH")]
    depth: Option<DepthArg>,
    #[command(flatten)]
    pub(super) regressions: regressions::RegressionsArgs,
    /// What the operations that are meant have in common, once it was read.
    #[arg(skip)]
    pub(super) services: Services,
    /// What the built-in reference interprets, once it was read.
    #[arg(skip)]
    apis: KnownApis,
}

/// How much is planned for an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum DepthArg {
    /// A few values for each promise on either side.
    Quick,
    /// All that reach a promise in a way of their own, members beside each other, and draws.
    Full,
}

/// What is drawn at random.
#[derive(Clone, Debug, Args)]
pub(super) struct SamplingArgs {
    /// How many requests are drawn at random, beside the cases that are derived and written
    #[arg(long, value_name = "N", default_value_t = SAMPLES, value_parser = limits::samples())]
    samples: usize,
    /// What decides which: the same seed draws the same requests
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    /// Every value of every integer range as well
    #[arg(long)]
    exhaustive: bool,
}

impl PlanArgs {
    /// The files of contracts and cases.
    ///
    /// # Errors
    /// Where a document that contracts come from cannot be read.
    pub(super) fn files(&self) -> Result<Files, Failure> {
        self.model.files(self.cases.as_ref())
    }

    /// The region, or that of the documentation's examples.
    pub(super) fn region(&self) -> String {
        self.region
            .clone()
            .filter(|name| !name.is_empty())
            .unwrap_or_else(|| PlanOptions::default().region)
    }

    /// Takes operations and revision from the configuration file where no flag names any, for
    /// commands that reach no target.
    pub(super) fn take_contract(&mut self, config: &ConfigArgs) -> Result<(), Failure> {
        let named = config.contract()?;
        self.model.take(named.model.as_ref());
        self.operations.take(&named.operations);
        self.revision = self.revision.take().or(named.revision);
        Ok(())
    }

    /// Takes the operation that an id is of, where no flag names any. The id may be one that the
    /// last report gives a cause or a finding.
    pub(super) fn suit(&mut self, id: &str) -> Result<(), Failure> {
        if self.operations.is_named() {
            return Ok(());
        }
        // A finding about a read may be one that a case of another operation showed.
        let last = super::last::read();
        let told = last.as_ref().and_then(|report| report.meant(id));
        let case = told.and_then(|told| told.finding.case.as_deref());
        let id = case.unwrap_or(id);
        self.operations.suit(&self.files()?, id)
    }

    /// The same for each operation that is meant.
    pub(super) fn each(&self) -> Result<Vec<Self>, Failure> {
        let all = self.operations.all(&self.files()?)?;
        let several = all.len() > 1;
        let only = |operation| self.only(operation, several);
        Ok(all.into_iter().map(only).collect())
    }

    /// The same for one operation, which may be one of several.
    pub(super) fn only(&self, operation: OperationName, of_several: bool) -> Self {
        Self {
            regressions: match of_several {
                true => self.regressions.of_one(&operation),
                false => self.regressions.clone(),
            },
            operations: OperationArgs::only(operation),
            // What is said of one of them leads to the same plan again.
            depth: match self.depth() {
                Depth::Quick => Some(DepthArg::Quick),
                Depth::Full => self.depth,
            },
            ..self.clone()
        }
    }

    /// Does something for each operation that is meant. Of several, each has its name above what is
    /// printed for it, and what cannot be done for one of them is told and ends none of the others.
    pub(super) fn for_each(&self, mut of_one: impl FnMut(&Self) -> Outcome) -> Outcome {
        let each = self.each()?;
        if let [one] = each.as_slice() {
            return of_one(one);
        }

        let mut whole = Exit::Conforms;
        for (number, one) in each.iter().enumerate() {
            let above = if number == 0 { "" } else { "\n" };
            super::print(&format!("{above}{}:\n", one.operations.one(&one.files()?)?));
            whole = whole.and(match of_one(one) {
                Ok(exit) => exit,
                Err(Failure {
                    exit: exit @ (Exit::NothingTested | Exit::CouldNotTell),
                    message,
                }) => {
                    super::print(&format!("{message}\n"));
                    exit
                }
                Err(failure) => return Err(failure),
            });
        }
        Ok(whole)
    }

    /// Takes what the configuration file says where the flags are silent, and the profile.
    pub(super) fn take(&mut self, chosen: &Chosen) {
        let named = &chosen.values.contract;
        self.model.take(named.model.as_ref());
        self.operations.take(&named.operations);
        self.revision = self.revision.take().or_else(|| named.revision.clone());
        let named = self.region.take().filter(|name| !name.is_empty());
        self.region = named.or_else(|| chosen.values.region.clone());
        self.regressions.sparing = chosen.profile == Profile::Ci;
    }

    /// What is drawn at random.
    pub(super) fn sampling(&self) -> Sampling {
        let SamplingArgs {
            samples,
            seed,
            exhaustive,
        } = self.sampling;
        Sampling {
            samples,
            seed,
            exhaustive,
        }
    }

    /// How much is planned. Of all operations of a model there are a hundred.
    fn depth(&self) -> Depth {
        match self.depth {
            Some(DepthArg::Quick) => Depth::Quick,
            Some(DepthArg::Full) => Depth::Full,
            None if self.model.is_named() && self.operations.wanted().is_empty() => Depth::Quick,
            None => Depth::Full,
        }
    }

    /// Draws nothing beside the cases that are derived and written: whoever asks draws otherwise.
    pub(super) fn without_samples(&mut self) {
        self.sampling.samples = 0;
        self.sampling.exhaustive = false;
    }

    pub(super) fn plan(&self) -> Result<Plan, Failure> {
        let (files, options) = (self.files()?, self.options()?);
        Plan::load_among(&files, &self.services, &options).map_err(Failure::usage)
    }

    /// What the built-in reference interprets, where an operation that is meant is none that it has
    /// by hand.
    ///
    /// # Errors
    /// Where the files of a service are faulty.
    pub(super) fn interpreted(&self) -> Result<Option<Arc<Api>>, Failure> {
        let files = self.files()?;
        let all = self.operations.all(&files)?;
        let revision = self.revision.as_deref();
        self.apis.of(&files, &self.services, &all, revision)
    }

    /// Refuses a plan without cases: what is said of nothing would look like success.
    pub(super) fn has_cases(&self, plan: &Plan) -> Result<(), Failure> {
        match plan.cases.is_empty() {
            true => Err(Failure {
                exit: Exit::NothingTested,
                message: "the plan has no case".to_owned(),
            }),
            false => Ok(()),
        }
    }

    /// The options that lead to the plan.
    pub(super) fn options(&self) -> Result<PlanOptions, Failure> {
        self.of(self.operations.one(&self.files()?)?)
    }

    /// The options that lead to the plan of that operation.
    pub(super) fn of(&self, operation: OperationName) -> Result<PlanOptions, Failure> {
        Ok(PlanOptions {
            regressions: self
                .regressions
                .read(&operation, self.revision.as_deref())?,
            operation,
            revision: self.revision.clone(),
            region: self.region(),
            sampling: self.sampling(),
            depth: self.depth(),
            bases: self.basis.clone(),
        })
    }

    /// The flags that lead another command to the same plan.
    pub(super) fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        flags.extend(
            self.cases
                .iter()
                .map(|folder| format!("--cases {}", word(&folder.to_string_lossy()))),
        );

        flags.extend(self.model.flags());
        flags.extend(self.operations.flags());
        flags.extend(
            self.revision
                .iter()
                .map(|revision| format!("--revision {}", word(revision))),
        );

        if !self.basis.is_empty() {
            let bases: Vec<String> = self.basis.iter().map(ToString::to_string).collect();
            flags.push(format!("--basis {}", bases.join(",")));
        }

        let SamplingArgs {
            samples,
            seed,
            exhaustive,
        } = self.sampling;

        if samples != SAMPLES {
            flags.push(format!("--samples {samples}"));
        }
        if seed != 0 {
            flags.push(format!("--seed {seed}"));
        }
        if exhaustive {
            flags.push("--exhaustive".to_owned());
        }
        flags.extend(match self.depth {
            Some(DepthArg::Quick) => Some("--depth quick".to_owned()),
            Some(DepthArg::Full) => Some("--depth full".to_owned()),
            None => None,
        });
        flags.extend(self.regressions.flags());
        flags
    }
}
