//! Any sequence of requests, fired at the reference, or at the endpoint in `PROOFMARK_ENDPOINT`.
#![no_main]

use proofmark::properties::AnySequence;

libfuzzer_sys::fuzz_target!(|input: AnySequence| input.check());
