//! Any bytes as a service model.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proofmark::properties::any_model_is_answered(bytes));
