//! The suite, inside the process of the tests: one trial for each case, and no port.

fn main() {
    proofmark::Conformance::service(|| emulator::emulator(&[])).exit()
}
