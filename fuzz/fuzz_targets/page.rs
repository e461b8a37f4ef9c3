//! Any bytes as a reference page.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| proofmark::properties::any_page_is_answered(bytes));
