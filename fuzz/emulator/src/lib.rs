//! An emulator as its author tests it: the suite and the fuzzer run inside the process of the tests.
//!
//! All of it stands in `tests/`, with what it is built of, so that a program is built without it.
