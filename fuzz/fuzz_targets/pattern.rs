//! Any text as a pattern, any bounds of length, any value.
#![no_main]

use proofmark::properties::AnyPattern;

libfuzzer_sys::fuzz_target!(|input: AnyPattern<'_>| input.check());
