//! The commands, one file each; this one holds what they share: flags, the target they lead to, exit codes.

mod baseline;
mod clean;
mod completions;
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
mod lint;
mod list;
mod matrix;
mod merge;
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
mod started;
mod target_args;

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use proofmark::contract::{Basis, Level};
use proofmark::report::Exit;

use filter_args::FilterArgs;
use plan_args::PlanArgs;
use report_args::ReportArgs;
use target_args::TargetArgs;

const EXIT_CODES: &str = "\
Exit codes:
  0    the target conforms
  1    it does not: there are findings
  2    the command line, a case file or a contract is wrong, or what is judged is no recording
  3    the target could not be reached, stopped answering, or a verdict could not be reached
  4    nothing was tested: the target accepted no valid request
  5    the target conforms but for what the baseline knows, and the baseline has entries to remove
  130  interrupted; the report says what was done until then

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
}

type Outcome = Result<Exit, Failure>;

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
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
    let exit = outcome.unwrap_or_else(|failure| {
        eprintln!("proofmark: {}", failure.message);
        failure.exit
    });
    ExitCode::from(exit as u8)
}

impl Colour {
    /// Whether to use colours on that stream: never into a pipe, nor where NO_COLOR is set.
    fn on(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    }
}

fn level(name: &str) -> Result<Level, String> {
    match name {
        "must" => Ok(Level::Must),
        "should" => Ok(Level::Should),
        other => Err(format!("expected must or should, found {other}")),
    }
}

fn basis(name: &str) -> Result<Basis, String> {
    let known = Basis::ALL.into_iter().find(|basis| basis.to_string() == name);
    known.ok_or_else(|| format!("expected page, protocol, aws or inferred, found {name}"))
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

/// Writes to standard output; a reader that went away, as `head` does, is no fault of ours.
fn print(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
