//! `proofmark matrix`: several targets, judged side by side.

mod judge;
mod outputs;
mod port;

use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::command::config::{Config, Profile};
use crate::harness::environment;
use crate::report::Exit;
use crate::report::matrix::{Column, Judged, Matrix, Source, schema, text};
use crate::support::sink::one_line;
use tokio::sync::watch;

use super::config_args::{ConfigArgs, profile};
use super::{Failure, Outcome};
use judge::{How, Wanted};
use outputs::OutputArgs;

/// The flags of `matrix`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = EXIT_CODES)]
pub(crate) struct MatrixArgs {
    /// Targets of the configuration file [default: all of them]
    #[arg(value_name = "TARGET")]
    targets: Vec<String>,
    /// A report that `run --report json=FILE` wrote, as a column of that name, any number of times.
    /// Without TARGET no other target is judged
    #[arg(long, value_name = "NAME=FILE", value_parser = from)]
    from: Vec<(String, PathBuf)>,
    /// The configuration file [default: proofmark.toml here, or above within the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// What the circumstances are: `dev` or `ci` [default: ci where CI is set, else dev]
    #[arg(long, value_name = "NAME", value_parser = profile)]
    profile: Option<Profile>,
    #[command(flatten)]
    how: How,
    /// How many targets are judged side by side [default: one for each core]
    #[arg(long, value_name = "N", value_parser = super::limits::jobs())]
    parallel: Option<usize>,
    #[command(flatten)]
    outputs: OutputArgs,
    /// End with exit code 1 where a target breaks a promise
    #[arg(long)]
    fail_broken: bool,
    /// Print the form of the JSON document as a JSON Schema, and do nothing else
    #[arg(long)]
    schema: bool,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    every target was judged, whatever it breaks
  1    with --fail-broken: every target was judged, and one breaks a promise
  2    the command line, the configuration file or a report is wrong
  3    a target did not start, ended, or was not judged wholly; its column says why; or a result could not be written
  130  interrupted";

/// Carries out `matrix`.
pub(crate) fn matrix(args: &MatrixArgs) -> Outcome {
    if args.schema {
        super::output::document(&schema());
        return Ok(Exit::Conforms);
    }

    let today = environment::today().map_err(Failure::usage)?;
    let wanted = args.wanted()?;
    let reports = args.reports()?;
    let stop = super::signals::stop();
    let outputs = args.outputs.open()?;
    let runtime = super::runtime()?;
    let _within = runtime.enter();
    let parallel = args
        .parallel
        .or_else(|| std::thread::available_parallelism().ok().map(Into::into));
    let mut judged = all(
        &wanted,
        runtime.handle(),
        &stop,
        parallel.unwrap_or(1).max(1),
    )?;

    judged.extend(reports);
    let matrix = Matrix::new(&judged, &today.to_string());
    outputs.print(&text(&matrix));
    outputs.write(&matrix, &judged)?;
    if *stop.borrow() {
        return Ok(Exit::Interrupted);
    }
    Ok(
        match (matrix.complete(), args.fail_broken && matrix.broken()) {
            (false, _) => Exit::CouldNotTell,
            (true, true) => Exit::Findings,
            (true, false) => Exit::Conforms,
        },
    )
}

impl MatrixArgs {
    /// The targets of the file that are meant, in its order. What the file says wrongly of one ends
    /// everything before anything is started.
    fn wanted(&self) -> Result<Vec<Wanted>, Failure> {
        if self.targets.is_empty() && !self.from.is_empty() {
            return Ok(Vec::new());
        }
        let file = ConfigArgs::of(self.config.clone(), self.profile);
        let Some(config) = file.load()? else {
            let name = crate::command::config::FILE_NAME;
            return Err(Failure::usage(format!(
                "there is no {name}; `proofmark init` writes one"
            )));
        };

        for name in &self.targets {
            known(&config, name, file.profile())?;
        }
        let meant = |name: &&String| self.targets.is_empty() || self.targets.contains(name);
        let names: Vec<&String> = config.targets().iter().filter(meant).collect();

        if names.is_empty() {
            return Err(Failure::usage(format!(
                "{}: expected tables [targets.NAME]",
                config.name()
            )));
        }

        let mut wanted = Vec::new();
        for name in names {
            wanted.push(Wanted::new(&config, name, &file, &self.how, &wanted)?);
        }
        Ok(wanted)
    }

    /// The reports that were made already.
    fn reports(&self) -> Result<Vec<Judged>, Failure> {
        let mut judged = Vec::new();
        for (name, path) in &self.from {
            let report = super::report_file::read(path)?;
            judged.push(Judged {
                target: name.clone(),
                release: None,
                revision: report.run.revision.clone(),
                source: Source::Report(Box::new(report)),
            });
        }
        Ok(judged)
    }
}

/// The place of a target, and what came of it.
type Done = (usize, Result<Vec<Judged>, Failure>);

/// Judges each, at most so many at a time, and gives what came of them in their order.
fn all(
    wanted: &[Wanted],
    runtime: &tokio::runtime::Handle,
    stop: &watch::Receiver<bool>,
    parallel: usize,
) -> Result<Vec<Judged>, Failure> {
    let next = AtomicUsize::new(0);
    let done: Mutex<Vec<Done>> = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..parallel.min(wanted.len()) {
            scope.spawn(|| {
                let _within = runtime.enter();
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    let Some(one) = wanted.get(at) else { break };
                    let judged = runtime.block_on(one.judge(stop));
                    if let Ok(judged) = &judged {
                        tell(judged);
                    }
                    done.lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .push((at, judged));
                }
            });
        }
    });

    let mut done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.sort_by_key(|(at, _)| *at);
    let mut judged = Vec::new();
    for (_, one) in done {
        judged.extend(one?);
    }
    Ok(judged)
}

/// Says how far things are, on standard error.
fn tell(judged: &[Judged]) {
    let matrix = Matrix::new(judged, "");
    for (column, name) in matrix.columns.iter().zip(matrix.names()) {
        let Column {
            standing, score, ..
        } = column;
        let score = score
            .map(|score| format!(", {score} promises"))
            .unwrap_or_default();
        super::complain(&format!("{}: {}{score}", one_line(&name), standing.word()));
    }
}

/// A target that is not in the file is a fault of the command line.
fn known(config: &Config, name: &str, profile: Profile) -> Result<(), Failure> {
    match config.targets().iter().any(|known| known == name) {
        true => Ok(()),
        // Asking for its values says which are known.
        false => config
            .values(Some(name), profile, &|_| None)
            .map(|_| ())
            .map_err(Failure::usage),
    }
}

fn from(text: &str) -> Result<(String, PathBuf), String> {
    match text.split_once('=') {
        Some((name, path)) if !name.is_empty() && !path.is_empty() => {
            Ok((name.to_owned(), path.into()))
        }
        _ => Err("expected NAME=FILE".to_owned()),
    }
}
