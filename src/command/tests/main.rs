//! The `proofmark` binary as its users see it: exit codes, messages, and curl lines that really
//! reproduce.

#![allow(clippy::print_stdout, reason = "what a test prints is read with it")]

mod baseline;
mod bounds;
mod by_chance;
#[cfg(unix)]
mod captured;
mod clean;
mod commands;
mod config;
mod curl_lines;
mod diff;
#[path = "../../harness/testing/evil.rs"]
mod evil;
#[cfg(unix)]
mod front;
mod fuzz;
#[cfg(unix)]
mod guide;
mod help;
mod hostile;
mod https;
mod import;
mod infer;
mod inputs;
#[cfg(unix)]
mod limits;
mod matrix;
mod model;
mod nothing;
mod output;
mod process;
mod proxy;
mod recordings;
mod reports;
mod reproducers;
mod runs;
mod secrets;
mod shares;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod started;
mod tls_front;
mod todo;
#[path = "../../wire/target/signing/verifier.rs"]
mod verifier;
mod words;
