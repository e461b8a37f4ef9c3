//! `cargo test`: every planned case as one trial, against the endpoint in the environment or the
//! reference.

fn main() {
    proofmark::Conformance::from_environment().exit()
}
