//! Any answer to any case.
#![no_main]

#[derive(Debug, arbitrary::Arbitrary)]
struct Input {
    case: u16,
    status: u16,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

libfuzzer_sys::fuzz_target!(|input: Input| {
    proofmark::properties::any_answer_is_judged(input.case.into(), input.status, &input.headers, &input.body);
});
