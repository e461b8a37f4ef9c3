//! `proofmark infer`: fixtures and bindings of a service, concluded from names and shapes, tried on
//! a target and written.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use crate::contract::{self, Contract, Service};
use crate::plan::generator::Sampling;
use crate::plan::infer::{self, Inferred, Outcome as Ended, Recipes, Trial};
use crate::plan::{Depth, OperationName, Plan, PlanOptions, Services, visible_folders};
use crate::report::Exit;
use crate::run::{Leftover, RunOptions, Runner, Stop};
use crate::support::echo::shown;
use crate::support::files::{Files, Layer, Source};
use crate::support::sink::one_line;
use crate::wire::target::Target;
use tokio::sync::watch;

use super::{Failure, Outcome, PlanArgs, TargetArgs};

/// The flags of `infer`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct InferArgs {
    /// The service, as its folder is named [default: the only one of the document]
    #[arg(value_name = "SERVICE")]
    of: Option<String>,
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// A file of recipes, whose values come before those of the built-in ones
    #[arg(long, value_name = "FILE")]
    recipes: Option<PathBuf>,
    /// Write SERVICE/fixtures.toml into this folder. Without it the file is printed
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// Write over a fixtures.toml that is there already
    #[arg(long, requires = "export")]
    replace: bool,
}

/// So many trials in a row without an answer mean that there is no one there.
const SILENT: u32 = 3;

/// Carries out `infer`.
pub(crate) fn infer(args: &InferArgs) -> Outcome {
    let mut args = args.clone();
    args.target.choose(&mut args.plan)?;
    if args.target.url().is_none() {
        return Err(Failure::usage(
            "expected --endpoint: what is inferred is tried on a target",
        ));
    }
    let files = args.plan.model.alone(args.plan.cases.as_ref())?;
    let service = args.service(&files)?;
    let known = Known::read(&files, &service)?;
    let recipes = args.all_recipes()?;
    args.may_write(&service)?;

    let region = args.plan.region();
    let opened = args.target.open(&region)?;
    let mut trials = Trials {
        known: &known,
        region: &region,
        target: opened.target.clone(),
        options: args.target.run_options(1)?,
        stop: opened.stop.clone(),
        count: 0,
        silent: 0,
        answered: false,
        left: Vec::new(),
        said: Vec::new(),
        unmade: Vec::new(),
    };
    let contracts = (known.contracts.as_slice(), &known.service);
    let inferring = infer::infer(contracts, &recipes, &region, async |trial| {
        trials.attempt(trial).await
    });
    let inferred = opened.runtime.block_on(inferring);
    let mut left: String = trials.left.iter().map(not_removed).collect();
    let mut inferred = inferred.map_err(|stop| stopped(&stop, &left))?;
    if !trials.answered {
        let why = "the target gives no usable answer".to_owned();
        return Err(stopped(&Stop::Unreachable(why), &left));
    }
    let said = std::mem::take(&mut trials.said);
    let unmade = std::mem::take(&mut trials.unmade);

    let (text, plan) = in_order(&files, &service, &region, &mut inferred);
    if let Some(plan) = plan {
        let runner = Runner::new(
            Arc::new(plan),
            opened.target.clone(),
            trials.options.clone(),
        );
        let swept = opened.runtime.block_on(runner.sweep());
        left.extend(swept.left.iter().map(not_removed));
    }
    drop(opened);

    let count = inferred
        .operations
        .iter()
        .filter(|tried| tried.binding.is_some())
        .count();
    show(&inferred, &said, &unmade);
    if count == 0 {
        return Err(Failure {
            exit: Exit::NothingTested,
            message: format!(
                "the target accepted no request of {service}; nothing is written{left}"
            ),
        });
    }
    args.write(&service, &text)?;
    let all = inferred.operations.len();
    super::print(&format!("{count} of {all} operations have a binding\n"));
    match left.is_empty() {
        true => Ok(Exit::Conforms),
        false => Err(Failure {
            exit: Exit::CouldNotTell,
            message: format!("not everything could be removed again:{left}"),
        }),
    }
}

impl InferArgs {
    /// The service that is meant.
    fn service(&self, files: &Files) -> Result<String, Failure> {
        let mut services: Vec<&str> = files
            .documented()
            .filter_map(|folder| Some(folder.split_once('/')?.0))
            .collect();
        services.dedup();
        let known = services.join(", ");
        match (&self.of, services.as_slice()) {
            (Some(name), all) if all.contains(&name.as_str()) => Ok(name.clone()),
            (Some(name), _) => Err(Failure::usage(format!(
                "no service `{}` in the document: expected one of {known}",
                shown(name)
            ))),
            (None, [one]) => Ok((*one).to_owned()),
            (None, _) => Err(Failure::usage(format!("expected SERVICE: one of {known}"))),
        }
    }

    /// The recipes of the user, and those that are built in.
    fn all_recipes(&self) -> Result<Recipes, Failure> {
        let load = |file: &Source| Recipes::load(file).map_err(Failure::usage);
        let built_in = load(
            &Files::Embedded
                .read("recipes.toml")
                .map_err(Failure::usage)?,
        )?;
        match &self.recipes {
            Some(path) => {
                let own = load(&Source::open(path).map_err(Failure::usage)?)?;
                Ok(own.and(built_in))
            }
            None => Ok(built_in),
        }
    }

    fn path(&self, service: &str) -> Option<PathBuf> {
        let folder = self.export.as_ref()?;
        Some(folder.join(service).join("fixtures.toml"))
    }

    /// Refuses to write over what may be somebody's work, before anything is sent.
    fn may_write(&self, service: &str) -> Result<(), Failure> {
        match self.path(service) {
            Some(path) if path.exists() && !self.replace => Err(Failure::usage(format!(
                "{} is there already, and stays as it is; --replace writes over it",
                path.display()
            ))),
            _ => Ok(()),
        }
    }

    fn write(&self, service: &str, text: &str) -> Result<(), Failure> {
        let Some(path) = self.path(service) else {
            super::print(&format!("\n{text}\n"));
            return Ok(());
        };
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder.and_then(|()| std::fs::write(&path, text));
        written.map_err(|e| Failure::unopened(&e, format!("{}: {e}", path.display())))?;
        super::print(&format!("{} is written\n", path.display()));
        Ok(())
    }
}

/// The contracts of a service, sorted by the names of their folders.
struct Known {
    service: Service,
    contracts: Vec<Contract>,
}

impl Known {
    fn read(files: &Files, name: &str) -> Result<Self, Failure> {
        let file = files
            .read(&format!("{name}/service.toml"))
            .map_err(Failure::usage)?;
        let service = contract::load_service(&file).map_err(Failure::usage)?;
        let mut contracts = Vec::new();
        for slug in visible_folders(files, name).map_err(Failure::usage)? {
            if files.is_documented(&format!("{name}/{slug}")) {
                let file = files.read(&format!("{name}/{slug}/contract.toml"));
                let file = file.map_err(Failure::usage)?;
                let contract = contract::load_operation(&file, &slug, &service);
                contracts.push(contract.map_err(Failure::usage)?);
            }
        }
        Ok(Self { service, contracts })
    }
}

/// What is tried, one after another.
struct Trials<'a> {
    known: &'a Known,
    region: &'a str,
    target: Target,
    options: RunOptions,
    stop: watch::Receiver<bool>,
    count: usize,
    silent: u32,
    /// Whether there was any answer.
    answered: bool,
    left: Vec<Leftover>,
    /// What the target said to each operation that it refused, the first time.
    said: Vec<(String, String)>,
    /// The fixtures that could not be made, and why.
    unmade: Vec<(String, String)>,
}

impl Trials<'_> {
    async fn attempt(&mut self, trial: &Trial) -> Result<Ended, Stop> {
        let Some(contract) = self.known.contracts.get(trial.place) else {
            return Ok(Ended::NoFixture);
        };
        let slug = &contract.slug;
        let plan = match trial.plan(contract, &self.known.service, self.region) {
            Ok(plan) => plan,
            // What does not fit the contract, or is not certain to be ours, is not sent.
            Err(error) if trial.only_fixtures => {
                self.say_unmade(trial, &error.message);
                return Ok(Ended::NoFixture);
            }
            Err(error) => {
                self.say(slug, &error.message);
                return Ok(Ended::NoFixture);
            }
        };
        let runner = Runner::new(Arc::new(plan), self.target.clone(), self.options.clone());
        let runner = runner.stoppable(self.stop.clone());
        let attempted = runner.attempt(trial.only_fixtures, self.count).await;
        self.count += 1;
        self.left.extend(attempted.leftovers);
        match trial.only_fixtures {
            true if attempted.outcome == Ended::Accepted => self.made(trial),
            true => {
                let left = "what it made could not be removed";
                self.say_unmade(trial, attempted.why.as_deref().unwrap_or(left));
            }
            false => {
                if let Some(why) = &attempted.why {
                    self.say(slug, why);
                }
            }
        }
        if let Some(stop) = attempted.stop {
            return Err(stop);
        }
        self.answered |= matches!(
            attempted.outcome,
            Ended::Accepted | Ended::Refused { .. } | Ended::NotImplemented
        );
        self.silent = match attempted.outcome {
            Ended::Silent => self.silent + 1,
            _ => 0,
        };
        match self.silent >= SILENT {
            true => Err(Stop::Unreachable(format!(
                "the target gives no usable answer: {}",
                attempted.why.unwrap_or_default()
            ))),
            false => Ok(attempted.outcome),
        }
    }

    fn made(&mut self, trial: &Trial) {
        let made = |(id, _): &(String, String)| trial.binding.needs.contains(id);
        self.unmade.retain(|unmade| !made(unmade));
    }

    /// Notes why a fixture could not be made, the first time.
    fn say_unmade(&mut self, trial: &Trial, why: &str) {
        for id in &trial.binding.needs {
            if self.unmade.iter().all(|(known, _)| known != id) {
                self.unmade.push((id.clone(), why.to_owned()));
            }
        }
    }

    fn say(&mut self, slug: &str, why: &str) {
        if self.said.iter().all(|(known, _)| known != slug) {
            self.said.push((slug.to_owned(), why.to_owned()));
        }
    }
}

/// The text of the file, without what its own plan refuses: no file is written that does not load.
/// And the plan of one of its operations, where there is any.
fn in_order(
    files: &Files,
    service: &str,
    region: &str,
    inferred: &mut Inferred,
) -> (String, Option<Plan>) {
    loop {
        let text = infer::print(service, inferred);
        let path = format!("{service}/fixtures.toml");
        let file = Source {
            name: path.clone(),
            text: text.clone(),
        };
        let layer = match files {
            Files::Layered(_, layer) => layer.documented.clone(),
            Files::Embedded | Files::Folder(_) => Default::default(),
        };
        let layer = Layer {
            files: [(path, file)].into(),
            documented: layer,
            ..Layer::default()
        };
        let files = files.clone().under(layer);
        let services = Services::default();
        let mut first = None;
        let faulty = inferred.operations.iter_mut().find(|tried| {
            let options = PlanOptions {
                operation: OperationName {
                    service: service.to_owned(),
                    operation: tried.slug.clone(),
                },
                region: region.to_owned(),
                depth: Depth::Quick,
                sampling: Sampling {
                    samples: 0,
                    ..Sampling::default()
                },
                ..PlanOptions::default()
            };
            if tried.binding.is_none() {
                return false;
            }
            match Plan::load_among(&files, &services, &options) {
                Ok(plan) => {
                    first.get_or_insert(plan);
                    false
                }
                Err(_) => true,
            }
        });
        match faulty {
            Some(tried) => tried.binding = None,
            None => return (text, first),
        }
    }
}

/// Each operation without a binding, why, and what to do about it.
fn show(inferred: &Inferred, said: &[(String, String)], unmade: &[(String, String)]) {
    let mut text = String::new();
    for tried in &inferred.operations {
        let (slug, end, todo) = infer::what_to_do(tried);
        if tried.binding.is_some() {
            let _ = writeln!(text, "accepted  {slug}");
            continue;
        }
        let _ = writeln!(text, "          {slug}: {}", one_line(&end));
        let answer = said.iter().find(|(of, _)| *of == slug);
        if let Some((_, answer)) = answer {
            let short: String = answer.chars().take(300).collect();
            let _ = writeln!(text, "            {}", one_line(&short));
        }
        if !todo.is_empty() {
            let _ = writeln!(text, "            to do: {todo}");
        }
    }
    for (id, why) in unmade {
        let short: String = why.chars().take(300).collect();
        let _ = writeln!(text, "no fixture {id}: {}", one_line(&short));
    }
    super::print(&text);
}

/// Why nothing is written.
fn stopped(stop: &Stop, left: &str) -> Failure {
    Failure {
        exit: match stop {
            Stop::Interrupted => Exit::Interrupted,
            _ => Exit::CouldNotTell,
        },
        message: format!("{}; nothing is written{left}", one_line(&stop.to_string())),
    }
}

fn not_removed(left: &Leftover) -> String {
    format!(
        "\n{}",
        one_line(&format!("not removed: {} ({})", left.what, left.why))
    )
}
