//! The program: the command line read, the command carried out, and the code to end with.

use std::process::ExitCode;

use clap::CommandFactory as _;

use super::arguments::{Cli, Command};
use super::failure::Failure;
use super::{
    cases, clean, command_line, completions, coverage, diff, drift, explain, fixtures, fuzz,
    import, infer, init, judge, lint, list,
};
use super::{
    complain, matrix, merge, output, patterns, precedence, replay, run, run_args, schema,
    self_check, serve, signals,
};
use crate::report::Exit;
use crate::support::echo;

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
        None => run::run(&cli.run).map_err(|failure| command_meant(failure, &cli.run)),
        Some(Command::Run(args)) => run::run(&args),
        Some(Command::Fuzz(args)) => fuzz::fuzz(&args),
        Some(Command::Judge(args)) => judge::judge(&args),
        Some(Command::List(args)) => list::list(&args),
        Some(Command::Explain(args)) => explain::explain(&args),
        Some(Command::Lint(args)) => lint::lint(&args),
        Some(Command::Cases(args)) => cases::cases(&args),
        Some(Command::Import(args)) => import::import(&args),
        Some(Command::Infer(args)) => infer::infer(&args),
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
        Some(Command::Completions(args)) => {
            completions::completions(&args, command_line::command())
        }
        Some(Command::Man(args)) => completions::man(&args, command_line::command()),
    };

    outcome.unwrap_or_else(|failure| {
        complain(&echo::message(&failure.message));
        failure.exit
    })
}

/// Where nothing was tested since the only filter is like the name of a command: that it may be
/// meant.
fn command_meant(mut failure: Failure, args: &run_args::RunArgs) -> Failure {
    if let (Exit::NothingTested, Some(filter)) = (failure.exit, args.only_filter()) {
        let commands = Cli::command();
        let names = commands.get_subcommands().map(|command| command.get_name());
        failure.message.push_str(&echo::did_you_mean(filter, names));
    }
    failure
}
