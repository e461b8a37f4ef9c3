//! What the suite and the fuzzer say of each bug: its cause, and nothing else.

use std::panic::{AssertUnwindSafe, catch_unwind};

use proofmark::Conformance;
use proofmark::Exit;
use proofmark::properties::{AnySequence, Subject};

use emulator::{Bug, emulator};

mod emulator;

/// What an emulator with that bug does wrong, as the suite calls it.
const CAUSES: [(Bug, &str); 3] = [
    (
        Bug::BatchSizeOffByOne,
        "update-event-source-mapping::request::BatchSize::range::max::range::accepted",
    ),
    (
        Bug::HalfAnUpdate,
        "update-event-source-mapping::rule::refusal-changes-nothing::unknown-reference::changed-by-refusal",
    ),
    (
        Bug::UnwrappedObject,
        "update-event-source-mapping::protocol::answers::answer::no-answer",
    ),
];

/// The causes that the suite finds in an emulator with those bugs, and its exit code.
fn causes(bugs: &[Bug]) -> (Vec<String>, Exit) {
    let bugs = bugs.to_vec();
    let ran = Conformance::service(move || emulator(&bugs))
        .run()
        .expect("a run");
    let mut causes = ran.findings();
    causes.sort();
    (causes, ran.exit())
}

#[test]
fn without_a_bug_it_conforms() {
    assert_eq!(causes(&[]), (Vec::new(), Exit::Conforms));
}

#[test]
fn each_bug_is_one_cause() {
    for (bug, cause) in CAUSES {
        assert_eq!(
            causes(&[bug]),
            (vec![cause.to_owned()], Exit::Findings),
            "{bug:?}"
        );
    }
}

#[test]
fn three_bugs_are_three_causes() {
    let mut expected = CAUSES.map(|(_, cause)| cause.to_owned()).to_vec();
    expected.sort();
    assert_eq!(causes(&Bug::ALL), (expected, Exit::Findings));
}

/// Fires so many sequences made of plain numbers, and gives what the first that is wrong panics
/// with.
fn fuzzed(bugs: &'static [Bug], sequences: u64) -> Option<String> {
    let mut subject = Subject::service(|| emulator(bugs)).expect("a subject");
    let mut bytes = [0_u8; 128];
    // Marsaglia's generator: what is fired is the same each time.
    let mut state = 88_172_645_463_325_252_u64;
    (0..sequences).find_map(|_| {
        for chunk in bytes.chunks_exact_mut(8) {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            chunk.copy_from_slice(&state.to_le_bytes());
        }
        let sequence = AnySequence::from_bytes(&bytes)?;
        let outcome = catch_unwind(AssertUnwindSafe(|| sequence.check_on(&mut subject)));
        outcome
            .err()
            .map(|said| said.downcast_ref::<String>().cloned().unwrap_or_default())
    })
}

#[test]
fn the_fuzzer_finds_nothing_wrong_without_a_bug() {
    assert_eq!(fuzzed(&[], 200), None);
}

#[test]
fn the_fuzzer_finds_a_bug_and_gives_a_case_to_keep() {
    let said = fuzzed(&[Bug::HalfAnUpdate], 2000).expect("a finding");
    assert!(
        said.contains("[[sequence]]") && said.contains("shown by it alone"),
        "{said}"
    );
}
