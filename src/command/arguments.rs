//! The command line as clap reads it: the commands, the flags of each, and the exit codes.

use clap::{Parser, Subcommand};

use super::{
    cases, clean, completions, coverage, diff, drift, explain, fixtures, fuzz, import, infer, init,
    judge, lint, list, matrix, merge,
};
use super::{patterns, precedence, replay, run_args, self_check, serve};

const EXIT_CODES: &str = "\
Exit codes:
  0    the target conforms
  1    it does not: there are findings; or documents tell something
       differently (`import --check` and `--against`)
  2    the command line, a case file or a contract is wrong, a document
       cannot be imported, or what is judged is no recording
  3    the target could not be reached, stopped answering, or a verdict
       could not be reached; or a result could not be written: the disk is
       full, or standard output is closed for another reason than that its
       reader went away
  4    nothing was tested: the target accepted no valid request, or there was
       nothing to look at
  5    the baseline has entries to remove; but for what it knows, the target
       conforms
  130  interrupted; the report says what was done until then

Ctrl-C, SIGTERM and SIGHUP end a run well: what it made is removed, and its
reports are written. Signals within a second of the first are the same
request; one that comes later ends the process at once.

The endpoint is --endpoint or that of --target, else PROOFMARK_ENDPOINT or that
of PROOFMARK_TARGET, else AWS_ENDPOINT_URL_LAMBDA or AWS_ENDPOINT_URL, else that
of the default target of proofmark.toml, else the reference that is built in.
Only loopback is sent to, and hosts named by --allow-host or
PROOFMARK_ALLOW_HOST (with commas between). Requests are signed with
AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else with test
credentials. Flags may stand in PROOFMARK_PROFILE, PROOFMARK_CONFIG,
PROOFMARK_NO_CONFIG, PROOFMARK_RATE, PROOFMARK_TIMEOUT,
PROOFMARK_SETTLE_TIMEOUT, PROOFMARK_WAIT and PROOFMARK_JOBS too.";

/// Judges a live endpoint against the documented contract of an API: AWS Lambda's
/// UpdateEventSourceMapping, unless told otherwise.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, args_conflicts_with_subcommands = true, max_term_width = 120)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
    #[command(flatten)]
    pub(super) run: run_args::RunArgs,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Fire the cases at a target and judge its answers (the default)
    Run(Box<run_args::RunArgs>),
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
    /// List the operations that can be judged, or write the files that say how into a folder
    Cases(cases::CasesArgs),
    /// Make contracts of reference pages and service models, or say what these and contracts tell
    /// differently
    Import(import::ImportArgs),
    /// Propose fixtures and bindings of a service from names and shapes, try them on a target, and write
    /// what it accepted
    Infer(Box<infer::InferArgs>),
    /// Judge several targets, each started on a port of its own, and make one scoreboard of them
    Matrix(Box<matrix::MatrixArgs>),
    /// Show what two revisions of the contract promise differently, and which cases change their
    /// verdict
    Drift(drift::DriftArgs),
    /// Make one report of those that the shards of a run wrote
    Merge(merge::MergeArgs),
    /// Print the form of JSON reports as a JSON Schema
    Schema,
    /// Serve the reference on loopback
    Serve(serve::ServeArgs),
    /// Fire a case again, or those of a case file or a JSON report, and show every exchange
    Replay(Box<replay::ReplayArgs>),
    /// Fire the cases at every defect and lawful variation of the reference: what the suite would
    /// miss or wrongly flag
    SelfCheck(self_check::SelfCheckArgs),
    /// Show of every promise from which sides the cases test it: what no case tests is seen before
    /// a target breaks it
    Coverage(coverage::CoverageArgs),
    /// Fire the same cases at two targets and show what one answers otherwise than the other
    Diff(Box<diff::DiffArgs>),
    /// Show which of two faults in one request the target reports: its order of checks
    Precedence(Box<precedence::PrecedenceArgs>),
    /// Make what the cases need on a target and print it as shell variables for curl lines
    Fixtures(Box<fixtures::FixturesArgs>),
    /// Remove what earlier runs left on a target: those that were killed, and could not tidy up
    Clean(Box<clean::CleanArgs>),
    /// Check every pattern of a service model: what is generated from it and how it is broken, as a
    /// table
    Patterns(patterns::PatternsArgs),
    /// Write a commented configuration file, proofmark.toml, to start from
    Init(init::InitArgs),
    /// Print the completions of a shell
    Completions(completions::CompletionsArgs),
    /// Print the manual page, or write one for every command
    Man(completions::ManArgs),
}
