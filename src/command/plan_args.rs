//! What is planned, and which of it is meant: flags that most commands share.

use std::path::PathBuf;

use clap::Args;
use proofmark::files::Files;
use proofmark::generator::Sampling;
use proofmark::plan::{Plan, PlanOptions};

use super::{Failure, regressions};

/// What is planned.
#[derive(Clone, Debug, Args)]
pub(super) struct PlanArgs {
    /// A folder of contracts and cases to use instead of those built in
    #[arg(long, value_name = "DIR")]
    pub(super) cases: Option<PathBuf>,
    /// The revision of the contract: `2018` is the reference page, `current` today's model
    #[arg(long, value_name = "NAME")]
    pub(super) revision: Option<String>,
    /// The region that ARNs and credential scopes name
    #[arg(long, env = "AWS_REGION", default_value = "us-east-1", hide_env = true)]
    pub(super) region: String,
    #[command(flatten)]
    pub(super) sampling: SamplingArgs,
    #[command(flatten)]
    pub(super) regressions: regressions::RegressionsArgs,
}

/// What is drawn at random.
#[derive(Clone, Debug, Args)]
pub(super) struct SamplingArgs {
    /// How many requests are drawn at random, beside the cases that are derived and written
    #[arg(long, value_name = "N", default_value_t = SAMPLES)]
    samples: usize,
    /// What decides which: the same seed draws the same requests
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    /// Every value of every integer range as well
    #[arg(long)]
    exhaustive: bool,
}

/// How many requests are drawn at random, unless a flag says otherwise.
const SAMPLES: usize = 500;

/// Which cases.
#[derive(Clone, Debug, Args)]
pub(super) struct FilterArgs {
    /// Only cases whose id contains one of these
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Filters name whole ids
    #[arg(long)]
    exact: bool,
    /// Not cases whose id contains this
    #[arg(long, value_name = "FILTER")]
    skip: Vec<String>,
}

impl PlanArgs {
    pub(super) fn files(&self) -> Files {
        self.cases.clone().map_or(Files::Embedded, Files::Folder)
    }

    pub(super) fn plan(&self) -> Result<Plan, Failure> {
        Plan::load(&self.files(), &self.options()?).map_err(Failure::usage)
    }

    /// The options that lead to the plan.
    pub(super) fn options(&self) -> Result<PlanOptions, Failure> {
        let SamplingArgs { samples, seed, exhaustive } = self.sampling;
        Ok(PlanOptions {
            revision: self.revision.clone(),
            region: self.region.clone(),
            sampling: Sampling { samples, seed, exhaustive },
            regressions: self.regressions.read(self.revision.as_deref())?,
            ..PlanOptions::default()
        })
    }

    /// The flags that lead another command to the same plan.
    pub(super) fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        flags.extend(self.cases.iter().map(|folder| format!("--cases {}", folder.display())));
        flags.extend(self.revision.iter().map(|revision| format!("--revision {revision}")));
        let SamplingArgs { samples, seed, exhaustive } = self.sampling;
        if samples != SAMPLES {
            flags.push(format!("--samples {samples}"));
        }
        if seed != 0 {
            flags.push(format!("--seed {seed}"));
        }
        if exhaustive {
            flags.push("--exhaustive".to_owned());
        }
        flags.extend(self.regressions.flags());
        flags
    }
}

impl FilterArgs {
    /// The places of the cases that are meant, in order.
    pub(super) fn select(&self, plan: &Plan) -> Vec<usize> {
        let meant = |id: &str, filter: &String| if self.exact { id == filter } else { id.contains(filter.as_str()) };
        plan.cases
            .iter()
            .enumerate()
            .filter(|(_, case)| {
                let id = case.id.as_str();
                (self.filters.is_empty() || self.filters.iter().any(|f| meant(id, f)))
                    && !self.skip.iter().any(|f| meant(id, f))
            })
            .map(|(index, _)| index)
            .collect()
    }
}

impl FilterArgs {
    /// What to say where no case is meant.
    pub(super) fn no_case(&self) -> String {
        let how = if self.exact { "is" } else { "contains" };
        let filters = self.filters.join("` or `");
        let but = if self.skip.is_empty() { "" } else { " and is not skipped" };
        match filters.is_empty() {
            true => "every case is skipped: `proofmark list` shows the ids".to_owned(),
            false => format!("no case has an id that {how} `{filters}`{but}: `proofmark list` shows the ids"),
        }
    }
}
