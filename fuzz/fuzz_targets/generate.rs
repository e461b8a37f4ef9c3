//! Any small contract, and what is generated from it.
#![no_main]

use proofmark::properties::AnyContract;

libfuzzer_sys::fuzz_target!(|input: AnyContract| input.check());
