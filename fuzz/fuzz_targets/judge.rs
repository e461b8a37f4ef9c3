//! Any answer to any case, as a client hands it on or as bytes on a connection.
#![no_main]

use proofmark::properties::AnyAnswer;

libfuzzer_sys::fuzz_target!(|input: AnyAnswer| input.check());
