//! Any text as a pattern, any bounds of length, any value.
#![no_main]

#[derive(Debug, arbitrary::Arbitrary)]
struct Input<'a> {
    min: u8,
    room: u8,
    value: &'a str,
    text: &'a str,
}

libfuzzer_sys::fuzz_target!(|input: Input<'_>| {
    let min = usize::from(input.min);
    proofmark::properties::any_pattern_is_answered(input.text, min, min + usize::from(input.room), input.value);
});
