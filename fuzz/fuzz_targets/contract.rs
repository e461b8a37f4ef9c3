//! Any bytes as a contract, a service and a fixture file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proofmark::properties::any_contract_is_answered(bytes));
