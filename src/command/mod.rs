//! The commands, one file each; this one holds what they share: flags, the target they lead to, exit codes.

mod bar;
mod baseline;
mod clean;
mod command_line;
mod completions;
pub(crate) mod config;
mod config_args;
mod coverage;
mod diff;
mod drift;
mod explain;
mod filter_args;
mod fixtures;
mod fuzz;
mod fuzz_merge;
mod fuzz_status;
mod init;
mod judge;
mod limits;
mod lint;
mod list;
mod matrix;
mod merge;
mod output;
mod patterns;
mod place;
mod plan_args;
mod precedence;
mod regressions;
mod replay;
mod replay_file;
mod report_args;
mod report_path;
mod reproducers;
mod run;
mod schema;
mod self_check;
mod serve;
mod share_args;
mod signals;
mod started;
mod target_args;

use std::io::IsTerminal;
use std::process::ExitCode;

use crate::contract::{Basis, Level};
use crate::report::Exit;
use crate::support::echo::{self, did_you_mean, shown};
use clap::{Parser, Subcommand, ValueEnum};

use filter_args::FilterArgs;
use output::{complain, print};
use plan_args::PlanArgs;
use report_args::ReportArgs;
use target_args::TargetArgs;

const EXIT_CODES: &str = "\
Exit codes:
  0    the target conforms
  1    it does not: there are findings
  2    the command line, a case file or a contract is wrong, or what is judged is no recording
  3    the target could not be reached, stopped answering, or a verdict could not be reached; or a result could not be
       written: the disk is full, or standard output is closed for another reason than that its reader went away
  4    nothing was tested: the target accepted no valid request, or there was nothing to look at
  5    the target conforms but for what the baseline knows, and the baseline has entries to remove
  130  interrupted; the report says what was done until then

Ctrl-C, SIGTERM and SIGHUP end a run well: what it made is removed, and its reports are written. Signals within a second
of the first are the same request; one that comes later ends the process at once.

The endpoint is --endpoint or that of --target, else PROOFMARK_ENDPOINT or that of PROOFMARK_TARGET, else
AWS_ENDPOINT_URL_LAMBDA or AWS_ENDPOINT_URL, else that of the default target of proofmark.toml, else the reference that
is built in. Only loopback is sent to, and hosts named by --allow-host or PROOFMARK_ALLOW_HOST (with commas between).
Requests are signed with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else with test credentials.
Flags may stand in PROOFMARK_PROFILE, PROOFMARK_CONFIG, PROOFMARK_NO_CONFIG, PROOFMARK_RATE, PROOFMARK_TIMEOUT,
PROOFMARK_SETTLE_TIMEOUT and PROOFMARK_JOBS too.";

/// Judges a live endpoint against the documented contract of AWS Lambda's UpdateEventSourceMapping.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, args_conflicts_with_subcommands = true, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::RunArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fire the cases at a target and judge its answers (the default)
    Run(Box<run::RunArgs>),
    /// Fire sequences made up at random for as long as is wanted, led by what is new in the answers
    Fuzz(Box<fuzz::FuzzArgs>),
    /// Judge recorded exchanges, offline: a run of `run --record`, a HAR file, or bare exchanges
    Judge(judge::JudgeArgs),
    /// List the cases, offline
    List(list::ListArgs),
    /// Explain a case or a promise: what it says, sends and expects, and why
    Explain(explain::ExplainArgs),
    /// Check contract and case files
    Lint(lint::LintArgs),
    /// Judge several targets, each started on a port of its own, and make one scoreboard of them
    Matrix(Box<matrix::MatrixArgs>),
    /// Show what two revisions of the contract promise differently, and which cases change their verdict
    Drift(drift::DriftArgs),
    /// Make one report of those that the shards of a run wrote
    Merge(merge::MergeArgs),
    /// Print the form of JSON reports as a JSON Schema
    Schema,
    /// Serve the reference on loopback
    Serve(serve::ServeArgs),
    /// Fire a case again, or those of a case file or a JSON report, and show every exchange
    Replay(Box<replay::ReplayArgs>),
    /// Fire the cases at every defect and lawful variation of the reference: what the suite would miss or wrongly flag
    SelfCheck(self_check::SelfCheckArgs),
    /// Show of every promise from which sides the cases test it: what no case tests is seen before a target breaks it
    Coverage(coverage::CoverageArgs),
    /// Fire the same cases at two targets and show what one answers otherwise than the other
    Diff(Box<diff::DiffArgs>),
    /// Show which of two faults in one request the target reports: its order of checks
    Precedence(Box<precedence::PrecedenceArgs>),
    /// Make what the cases need on a target and print it as shell variables for curl lines
    Fixtures(Box<fixtures::FixturesArgs>),
    /// Remove what earlier runs left on a target: those that were killed, and could not tidy up
    Clean(Box<clean::CleanArgs>),
    /// Check every pattern of a service model: what is generated from it and how it is broken, as a table
    Patterns(patterns::PatternsArgs),
    /// Write a commented configuration file, proofmark.toml, to start from
    Init(init::InitArgs),
    /// Print the completions of a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write one for every command
    Man(completions::ManArgs),
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

/// A message for the user and the code to end with.
struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn usage(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }

    /// A result that is there and cannot be written: nothing that the command line says wrongly.
    fn unwritten(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::CouldNotTell, message: message.to_string() }
    }

    /// What is to be written to could not be opened: a path that is wrong, unless the disk is full.
    fn unopened(error: &std::io::Error, message: impl std::fmt::Display) -> Self {
        match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => Self::unwritten(message),
            _ => Self::usage(message),
        }
    }
}

type Outcome = Result<Exit, Failure>;

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    output::tell_panics();
    signals::listen();
    let exit = match command_line::read() {
        Ok(cli) => carried_out(cli),
        Err(exit) => exit,
    };
    let exit = output::end(exit);
    // What was told without waiting is read before the end, if anybody reads.
    output::show("");
    ExitCode::from(exit as u8)
}

fn carried_out(cli: Cli) -> Exit {
    let outcome = match cli.command {
        None => run::run(&cli.run),
        Some(Command::Run(args)) => run::run(&args),
        Some(Command::Fuzz(args)) => fuzz::fuzz(&args),
        Some(Command::Judge(args)) => judge::judge(&args),
        Some(Command::List(args)) => list::list(&args),
        Some(Command::Explain(args)) => explain::explain(&args),
        Some(Command::Lint(args)) => lint::lint(&args),
        Some(Command::Matrix(args)) => matrix::matrix(&args),
        Some(Command::Drift(args)) => drift::drift(&args),
        Some(Command::Merge(args)) => merge::merge(&args),
        Some(Command::Schema) => schema::schema(),
        Some(Command::Serve(args)) => serve::serve(&args),
        Some(Command::Replay(args)) => replay::replay(&args),
        Some(Command::SelfCheck(args)) => self_check::self_check(&args),
        Some(Command::Coverage(args)) => coverage::coverage(&args),
        Some(Command::Diff(args)) => diff::diff(&args),
        Some(Command::Precedence(args)) => precedence::precedence(&args),
        Some(Command::Fixtures(args)) => fixtures::fixtures(&args),
        Some(Command::Clean(args)) => clean::clean(&args),
        Some(Command::Patterns(args)) => patterns::patterns(&args),
        Some(Command::Init(args)) => init::init(&args),
        Some(Command::Completions(args)) => completions::completions(&args),
        Some(Command::Man(args)) => completions::man(&args),
    };
    outcome.unwrap_or_else(|failure| {
        complain(&echo::message(&failure.message));
        failure.exit
    })
}

impl Colour {
    /// Whether to use colours on that stream: never where NO_COLOR is set; into a pipe only where CLICOLOR_FORCE is.
    fn on(self, stream: &impl IsTerminal) -> bool {
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "0");
        match self {
            Self::Always => true,
            Self::Never => false,
            // NO_COLOR counts whatever it holds.
            Self::Auto if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) => false,
            Self::Auto => set("CLICOLOR_FORCE") || understands_codes(stream),
        }
    }
}

/// Whether a stream is a terminal that takes colours and moves its cursor back: one that calls itself dumb does neither.
fn understands_codes(stream: &impl IsTerminal) -> bool {
    stream.is_terminal() && std::env::var_os("TERM").is_none_or(|name| name != "dumb")
}

fn level(name: &str) -> Result<Level, String> {
    match name {
        "must" => Ok(Level::Must),
        "should" => Ok(Level::Should),
        other => Err(other_word("must or should", ["must", "should"], other)),
    }
}

fn basis(name: &str) -> Result<Basis, String> {
    let known = Basis::ALL.into_iter().find(|basis| basis.to_string() == name);
    let words = Basis::ALL.map(|basis| basis.to_string());
    known.ok_or_else(|| other_word("page, protocol, aws or inferred", words.iter().map(String::as_str), name))
}

/// What to say of a word that is none of the known ones.
fn other_word<'a>(expected: &str, known: impl IntoIterator<Item = &'a str>, found: &str) -> String {
    format!("expected {expected}, found {}{}", shown(found), did_you_mean(found, known))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    room_for_files()?;
    tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(no_runtime)
}

/// A runtime needs a few descriptors, and ends the program where there are none.
fn room_for_files() -> Result<(), Failure> {
    const NEEDED: usize = 12;
    let own = std::env::current_exe().map_err(no_runtime)?;
    let opened = (0..NEEDED).map(|_| std::fs::File::open(&own)).collect::<Result<Vec<_>, _>>();
    opened.map(drop).map_err(no_runtime)
}

fn no_runtime(error: std::io::Error) -> Failure {
    Failure {
        exit: Exit::CouldNotTell,
        message: format!("no room for threads and files: {error}; see `ulimit -a`, above all `ulimit -n`"),
    }
}
