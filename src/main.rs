//! The `proofmark` command: see `proofmark --help`.

mod command;

use std::process::ExitCode;

fn main() -> ExitCode {
    command::main()
}
