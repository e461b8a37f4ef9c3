//! The suite, inside the process of the tests: one trial for each case, and no port.

#[allow(dead_code, reason = "its bugs are for the other test")]
mod emulator;

fn main() {
    proofmark::Conformance::service(|| emulator::emulator(&[])).exit()
}
