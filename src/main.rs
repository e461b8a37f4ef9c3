//! The `proofmark` command: see `proofmark --help`.

use std::process::ExitCode;

/// Answers are read by one thread and dropped by another, many small pieces at a time: with the
/// allocator of glibc the threads mostly waited for its lock (`.ci/throughput` measures it).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    proofmark::main()
}
