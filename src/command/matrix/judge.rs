//! One target of a scoreboard: started where the file says how, judged by each revision, and
//! stopped.

use std::path::PathBuf;
use std::sync::Arc;

use crate::command::config::{Config, Values};
use crate::contract::Level;
use crate::harness::environment;
use crate::harness::self_check::interleaved;
use crate::plan::case::Case;
use crate::plan::generator::{SAMPLES, Sampling};
use crate::plan::{OperationName, Plan, PlanOptions, shuffled};
use crate::report::curl::CurlTarget;
use crate::report::matrix::{Judged, Source};
use crate::report::shell::word;
use crate::report::{
    Exit, Facts, JudgedOperation, Report, Summary, Where, joined, promises_beside,
};
use crate::run::{Adapts, CONFIRM, Confirm, RunOptions, Runner};
use tokio::sync::watch;

use crate::command::config_args::{Chosen, ConfigArgs};
use crate::command::model_args::ModelArgs;
use crate::command::operation_args::{OperationArgs, operation_flags};
use crate::command::release;
use crate::command::{Failure, TargetArgs, limits};

use super::port::Port;

/// What is fired at each target.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct How {
    #[command(flatten)]
    model: ModelArgs,
    #[command(flatten)]
    operations: OperationArgs,
    /// The revisions of the contract, with commas between: `2018` or `page`, the reference page,
    /// and `current`, today's model. Of two, each target has a column for each [default: that of
    /// the target, else the page]
    #[arg(long, value_name = "NAME", value_delimiter = ',')]
    revision: Vec<String>,
    /// A folder of contracts and cases to use instead of those built in
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// How many requests are drawn at random, beside the cases that are derived and written
    #[arg(long, value_name = "N", default_value_t = SAMPLES, value_parser = limits::samples())]
    samples: usize,
    /// What decides which: the same seed draws the same requests
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    /// Fire the cases in an order drawn from this seed
    #[arg(long, value_name = "SEED")]
    shuffle: Option<u64>,
    /// Fire the cases too that send several requests at the same time. What these show may depend
    /// on which comes first, so that two scoreboards of one target may differ
    #[arg(long)]
    simultaneous: bool,
    /// Only cases whose id holds this
    #[arg(long, value_name = "TEXT", hide = true)]
    only: Option<String>,
}

/// A target of the file, and what is to be fired at it.
pub(super) struct Wanted {
    name: String,
    target: TargetArgs,
    /// The endpoint that curl lines name: that of the file without the port it has here, so that
    /// the lines are of use later, and the same each time.
    shown: String,
    /// The flags that choose it again.
    flags: Vec<String>,
    /// For each revision, what leads to the plan of each operation.
    revisions: Vec<Vec<PlanOptions>>,
    how: How,
    /// The port that it is given, where one was free.
    _port: Option<Port>,
}

/// The plans of one revision, of each operation.
type Plans = Vec<Arc<Plan>>;

/// So many trials to make one request small that was found by chance.
const TRIALS: usize = 200;

impl Wanted {
    /// What the file says of it. What it starts gets a free port as the variable `PORT`, which is
    /// none of `others`'.
    pub(super) fn new(
        config: &Config,
        name: &str,
        file: &ConfigArgs,
        how: &How,
        others: &[Self],
    ) -> Result<Self, Failure> {
        let values = |port: Option<u16>| {
            let variable = |name: &str| match port {
                Some(port) if name == "PORT" => Some(port.to_string()),
                _ => environment::variable(name),
            };
            config
                .values(Some(name), file.profile(), &variable)
                .map_err(Failure::usage)
        };

        let taken = |number| others.iter().any(|other| other.port() == Some(number));
        let port = Port::free(taken);
        let given = values(port.as_ref().map(Port::number))?;
        let (own, given) = match (values(None), given.start.is_some()) {
            (own, true) => (own.unwrap_or_else(|_| given.clone()), given),
            (own, false) => (own?, values(None)?),
        };

        let mut how = how.clone();
        how.model.take(given.contract.model.as_ref());
        let files = how.model.files(how.cases.as_ref())?;
        let mut operations = how.operations.clone();
        operations.take(&given.contract.operations);
        let operations = operations.all(&files)?;
        let revisions = match (how.revision.as_slice(), &given.contract.revision) {
            ([], revision) => vec![revision.clone()],
            (named, _) => named.iter().map(|name| Some(name.clone())).collect(),
        };

        let plan = |revision: &Option<String>, operation: &OperationName| PlanOptions {
            operation: operation.clone(),
            // What stands in `contract.toml` is the page.
            revision: revision.clone().filter(|name| name != "page"),
            region: given
                .region
                .clone()
                .unwrap_or_else(|| PlanOptions::default().region),
            sampling: Sampling {
                samples: how.samples,
                seed: how.seed,
                exhaustive: false,
            },
            ..PlanOptions::default()
        };

        let plans = |revision: &Option<String>| {
            let each = operations.iter();
            each.map(|operation| plan(revision, operation)).collect()
        };
        let revisions: Vec<Vec<PlanOptions>> = revisions.iter().map(plans).collect();
        let shown = own
            .endpoint
            .or_else(|| given.endpoint.clone())
            .unwrap_or_default();

        let chosen = Chosen {
            profile: file.profile(),
            url: given.endpoint.clone(),
            url_of_file: true,
            ..chosen(given)
        };

        let flags = file.flags(Some(name), None, false);
        let target = TargetArgs::of_file(chosen);
        Ok(Self {
            name: name.to_owned(),
            target,
            shown,
            flags,
            revisions,
            how,
            _port: port,
        })
    }

    /// Starts it, judges it by each revision, and stops it.
    ///
    /// # Errors
    /// Where we fail, and not the target.
    pub(super) async fn judge(&self, stop: &watch::Receiver<bool>) -> Result<Vec<Judged>, Failure> {
        let files = self.how.model.files(self.how.cases.as_ref())?;
        let load = |options| Plan::load(&files, options).map(Arc::new);
        let plans: Result<Vec<Plans>, _> = self
            .revisions
            .iter()
            .map(|each| each.iter().map(load).collect())
            .collect();

        let plans = plans.map_err(Failure::usage)?;
        let release = self
            .target
            .chosen()
            .values
            .release
            .as_ref()
            .and_then(|release| release::of(release, stop));

        let revision = |plans: &Plans| {
            let first = plans.first();
            first.map(|plan| plan.contract.revision.clone())
        };
        let judged = |plans: &Plans, source: Source| Judged {
            target: self.name.clone(),
            release: release.clone(),
            revision: revision(plans).unwrap_or_default(),
            source,
        };

        let nothing = |why: &str| {
            plans
                .iter()
                .map(|plans| judged(plans, Source::NotStarted(why.to_owned())))
                .collect()
        };

        if *stop.borrow() {
            return Ok(nothing("interrupted"));
        }
        let first = self.revisions.iter().flatten().next();
        let region = first.map(|options| options.region.clone());
        let region = region.unwrap_or_default();

        let secrets = self.target.secrets(&region)?;
        let mut started = match self.target.start(&region, stop).await {
            Ok(started) => started,
            Err(Failure {
                exit: Exit::CouldNotTell | Exit::Interrupted,
                message,
            }) => {
                return Ok(nothing(&secrets.redact(&message)));
            }
            Err(failure) => return Err(failure),
        };

        let mut all: Vec<Judged> = Vec::new();
        let mut died = None;
        for (plans, options) in plans.iter().zip(&self.revisions) {
            if let Some(why) = &died {
                all.push(judged(
                    plans,
                    Source::NotStarted(format!("it ended before: {why}")),
                ));
                continue;
            }
            let report = Box::new(self.revision(plans, options, stop).await?);
            died = started.as_mut().and_then(|s| {
                s.ended()
                    .map(|status| secrets.redact(&format!("{status}\n{}", s.said())))
            });
            let source = match &died {
                Some(how) => Source::Died(report, how.clone()),
                None => Source::Report(report),
            };
            all.push(judged(plans, source));
        }

        Ok(all)
    }

    /// One run, of all operations by one revision.
    async fn revision(
        &self,
        plans: &Plans,
        options: &[PlanOptions],
        stop: &watch::Receiver<bool>,
    ) -> Result<Report, Failure> {
        let mut judged = Vec::new();
        for (plan, options) in plans.iter().zip(options) {
            judged.push(self.fire(plan, options, stop).await?);
        }

        let flags = options.first().map(|first| {
            let operations: Vec<_> = options.iter().map(|one| one.operation.clone()).collect();
            self.flags(&operations, first)
        });
        let secrets = options
            .first()
            .map(|first| self.target.secrets(&first.region));
        let report = joined(judged, flags.unwrap_or_default())
            .ok_or_else(|| Failure::usage("there is no operation to judge"))?;
        Ok(match secrets {
            Some(secrets) => secrets?.redact_report(report),
            None => report,
        })
    }

    /// What came of one operation.
    async fn fire(
        &self,
        plan: &Arc<Plan>,
        options: &PlanOptions,
        stop: &watch::Receiver<bool>,
    ) -> Result<JudgedOperation, Failure> {
        let cases = self.cases(plan);
        let jobs = self.target.chosen().values.jobs.unwrap_or(1);
        let confirm = Confirm {
            tries: CONFIRM,
            ..Confirm::default()
        };

        let run = RunOptions {
            shrink: TRIALS,
            adapts: Adapts {
                workers: self.target.url().is_some(),
                ..Adapts::default()
            },
            confirm,
            ..self.target.run_options(jobs)?
        };

        let curl = self.target.curl(&options.region).map(|curl| CurlTarget {
            url: self.shown.clone(),
            ..curl
        });

        let at = Where {
            curl: curl.as_ref(),
            flags: self.flags(std::slice::from_ref(&options.operation), options),
        };

        let runner = Runner::new(Arc::clone(plan), self.target.target(&options.region)?, run);
        let mut summary = Summary::default();
        summary.shuffle = self.how.shuffle;
        let ended = runner
            .run(&self.order(&cases), stop.clone(), |event| {
                summary.add(plan, event)
            })
            .await;

        summary.end(ended);
        let facts = Facts {
            at: &at,
            url: Some(self.shown.clone()),
            sampling: options.sampling,
            selected: &cases,
            share: cases.len(),
            ..Facts::of(&at, Level::Must)
        };

        Ok(JudgedOperation {
            report: Report::new(plan, &summary, &facts),
            beside: promises_beside(plan, &summary),
        })
    }

    /// The places of the cases to fire: all that are meant, or of a target that is slow those that
    /// show most.
    fn cases(&self, plan: &Plan) -> Vec<usize> {
        let meant = |case: &Case| {
            let in_turn = case.steps.iter().all(|step| step.together.is_none());
            (in_turn || self.how.simultaneous)
                && self
                    .how
                    .only
                    .as_ref()
                    .is_none_or(|text| case.id.as_str().contains(text.as_str()))
        };

        let named = |place: &usize| plan.cases.get(*place).is_some_and(meant);
        let most = self.target.chosen().values.cases.unwrap_or(usize::MAX);
        let mut places: Vec<usize> = match plan.cases.len() > most {
            true => interleaved(plan)
                .into_iter()
                .filter(named)
                .take(most)
                .collect(),
            false => (0..plan.cases.len()).filter(named).collect(),
        };

        places.sort_unstable();
        places
    }

    /// The same places in the order in which they are fired.
    fn order(&self, cases: &[usize]) -> Vec<usize> {
        match self.how.shuffle {
            Some(seed) => shuffled(cases.to_vec(), seed),
            None => cases.to_vec(),
        }
    }

    /// The flags that lead to the plans of these operations.
    fn flags(&self, operations: &[OperationName], options: &PlanOptions) -> String {
        let mut flags = Vec::new();
        flags.extend(
            self.how
                .cases
                .iter()
                .map(|folder| format!("--cases {}", word(&folder.to_string_lossy()))),
        );
        flags.extend(self.how.model.flags());
        flags.extend(operation_flags(operations));
        flags.extend(
            options
                .revision
                .iter()
                .map(|revision| format!("--revision {}", word(revision))),
        );

        if self.how.samples != SAMPLES {
            flags.push(format!("--samples {}", self.how.samples));
        }
        if self.how.seed != 0 {
            flags.push(format!("--seed {}", self.how.seed));
        }
        flags.push("--no-regressions".to_owned());
        flags.extend(self.flags.iter().cloned());
        flags.join(" ")
    }

    fn port(&self) -> Option<u16> {
        let (_, port) = self
            .target
            .chosen()
            .url
            .as_deref()?
            .trim_end_matches('/')
            .rsplit_once(':')?;
        port.parse().ok()
    }
}

fn chosen(values: Values) -> Chosen {
    Chosen {
        values,
        ..Chosen::default()
    }
}
