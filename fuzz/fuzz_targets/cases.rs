//! Any bytes as a case file.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proofmark::properties::any_case_file_is_answered(bytes));
