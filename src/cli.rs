//! The `proofmark` binary as its users see it: exit codes, messages, and curl lines that really reproduce.

#![allow(clippy::print_stdout, reason = "what a test prints is read with it")]

#[path = "cli/baseline.rs"]
mod baseline;
#[path = "cli/bounds.rs"]
mod bounds;
#[path = "cli/by_chance.rs"]
mod by_chance;
#[cfg(unix)]
#[path = "cli/captured.rs"]
mod captured;
#[path = "cli/clean.rs"]
mod clean;
#[path = "cli/commands.rs"]
mod commands;
#[path = "cli/config.rs"]
mod config;
#[path = "cli/curl_defects.rs"]
mod curl_defects;
#[path = "cli/curl_lines.rs"]
mod curl_lines;
#[path = "cli/diff.rs"]
mod diff;
#[path = "testing/evil.rs"]
mod evil;
#[cfg(unix)]
#[path = "cli/front.rs"]
mod front;
#[path = "cli/fuzz.rs"]
mod fuzz;
#[path = "cli/help.rs"]
mod help;
#[path = "cli/hostile.rs"]
mod hostile;
#[path = "cli/https.rs"]
mod https;
#[path = "cli/inputs.rs"]
mod inputs;
#[cfg(unix)]
#[path = "cli/limits.rs"]
mod limits;
#[path = "cli/matrix.rs"]
mod matrix;
#[path = "cli/nothing.rs"]
mod nothing;
#[path = "cli/output.rs"]
mod output;
#[path = "cli/process.rs"]
mod process;
#[path = "cli/proxy.rs"]
mod proxy;
#[path = "cli/recordings.rs"]
mod recordings;
#[path = "cli/reports.rs"]
mod reports;
#[path = "cli/reproducers.rs"]
mod reproducers;
#[path = "cli/runs.rs"]
mod runs;
#[path = "cli/secrets.rs"]
mod secrets;
#[path = "cli/shares.rs"]
mod shares;
#[cfg(unix)]
#[path = "cli/signals.rs"]
mod signals;
#[cfg(unix)]
#[path = "cli/started.rs"]
mod started;
#[path = "cli/tls_front.rs"]
mod tls_front;
#[path = "target/signing/verifier.rs"]
mod verifier;
