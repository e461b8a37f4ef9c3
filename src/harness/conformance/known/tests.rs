//! Trials with a baseline, on a reference that misbehaves in one way or in none.

use std::sync::Arc;

use libtest_mimic::{Arguments, Completion};

use super::{Known, whole};
use crate::harness::conformance::tests::{BELOW, place, rig};
use crate::harness::conformance::{Conformance, Rig};
use crate::reference::{Options, Reference, find_defect};
use crate::report::baseline::Baseline;
use crate::support::files::Source;

const BELOW_MIN: &str =
    "update-event-source-mapping::request::BatchSize::range::min::range::accepted";
const SPOILT: &str = "batch-size-min-zero";

/// Trials on the reference with that defect, with these findings known; each may have a further
/// line.
fn with_baseline(defect: Option<&str>, known: &[(&str, &str)]) -> Arc<Rig> {
    let reference = Reference::new(Options {
        defect: defect.and_then(find_defect),
        ..Options::default()
    });
    let mut rig = rig(&reference);
    let entry = |(id, more): &(&str, &str)| {
        format!("[[finding]]\nid = \"{id}\"\nreason = \"it is let be\"\n{more}\n")
    };
    let text = known.iter().map(entry).collect();
    let baseline = Baseline::load(&Source {
        name: "known.toml".to_owned(),
        text,
    })
    .expect("a baseline");
    let today = "2026-06-15".parse().expect("a day");
    Arc::get_mut(&mut rig).expect("nobody else has it").known =
        Some(Known::new(baseline, "known.toml".to_owned(), today));
    rig
}

/// The names of all trials that fail, with what they say, the last trial's included.
fn all(rig: &Arc<Rig>) -> Vec<(String, String)> {
    let said = |failed: libtest_mimic::Failed| failed.message().unwrap_or_default().to_owned();
    let mut failed = Vec::new();
    for (index, case) in rig.plan.cases.iter().enumerate() {
        failed.extend(
            rig.trial(index, false)
                .err()
                .map(|f| (case.id.to_string(), said(f))),
        );
    }
    failed.extend(
        current(rig, true)
            .err()
            .map(|why| (super::CURRENT.to_owned(), why)),
    );
    rig.end();
    failed
}

/// Whether the last trial was ignored, or why it failed.
fn current(rig: &Rig, whole: bool) -> Result<bool, String> {
    let known = rig.known.as_ref().expect("a baseline");
    match known.current(&rig.plan, whole) {
        Ok(completion) => Ok(matches!(completion, Completion::Ignored { .. })),
        Err(failed) => Err(failed.message().unwrap_or_default().to_owned()),
    }
}

#[test]
fn a_new_finding_beside_a_known_one_fails_its_trial() {
    let other = "update-event-source-mapping::response::UUID::present::answer::missing";
    let rig = with_baseline(Some(SPOILT), &[(other, "")]);
    let failed = rig
        .trial(place(&rig, BELOW), false)
        .err()
        .expect("a finding");
    assert!(
        failed
            .message()
            .is_some_and(|m| m.contains("BatchSize is at least 1")),
        "{:?}",
        failed.message()
    );
    rig.end();
}

#[test]
fn a_known_finding_fails_its_trial_once_it_has_expired() {
    for (expires, passes) in [
        ("", true),
        ("expires = 2026-06-15", true),
        ("expires = 2026-06-14", false),
    ] {
        let rig = with_baseline(Some(SPOILT), &[(BELOW_MIN, expires)]);
        assert_eq!(
            rig.trial(place(&rig, BELOW), false).is_ok(),
            passes,
            "{expires}"
        );
        rig.end();
    }
}

#[test]
fn a_case_that_a_known_refusal_masks_passes() {
    const MASKED: &str = "update-event-source-mapping::request::http::all-members";
    let defect = Some("bare-name-refused");
    let rig = with_baseline(defect, &[]);
    let failed = rig
        .trial(place(&rig, MASKED), false)
        .err()
        .expect("it is masked");
    let text = failed.message().expect("a text");
    assert!(text.starts_with("masked: "), "{text}");
    let id = text
        .lines()
        .find_map(|line| line.strip_prefix("FAIL "))
        .expect("what masks it");
    let id = id.split_whitespace().next().expect("an id").to_owned();
    rig.end();
    let rig = with_baseline(defect, &[(&id, "")]);
    assert!(rig.trial(place(&rig, MASKED), false).is_ok());
    rig.end();
}

#[test]
fn all_that_is_known_passes_as_long_as_it_is_found() {
    let read = "get-event-source-mapping::response::BatchSize::range::min::answer::out-of-contract";
    let of_type = BELOW_MIN.replace("::range::accepted", "::type::accepted");
    // All but the last are what this reference shows.
    let gone = "update-event-source-mapping::response::UUID::present::answer::missing";
    let rig = with_baseline(
        Some(SPOILT),
        &[(BELOW_MIN, ""), (&of_type, ""), (read, ""), (gone, "")],
    );
    let why = format!("remove {gone} from known.toml: it no longer appears\n");
    assert_eq!(all(&rig), [(super::CURRENT.to_owned(), why)]);
}

#[test]
fn what_was_mended_and_what_is_no_promise_is_to_be_removed() {
    let unknown = "update-event-source-mapping::request::BatchSise::range::min::range::accepted";
    let rig = with_baseline(None, &[(BELOW_MIN, ""), (unknown, "")]);
    let failed = all(&rig);
    assert_eq!(failed.len(), 1, "{failed:?}");
    let (name, said) = &failed[0];
    assert_eq!(name, super::CURRENT);
    assert!(
        said.contains(&format!(
            "remove {BELOW_MIN} from known.toml: it no longer appears"
        )),
        "{said}"
    );
    assert!(said.contains(&format!("remove {unknown}")), "{said}");
    // Without the other trials only the contract tells.
    let said = current(&rig, false).expect_err("there is no such promise");
    assert!(
        said.contains(unknown) && !said.contains(BELOW_MIN),
        "{said}"
    );
}

#[test]
fn the_last_trial_waits_for_the_others_and_without_them_it_is_ignored() {
    let rig = with_baseline(None, &[(BELOW_MIN, "expires = 2026-06-14")]);
    assert_eq!(current(&rig, false), Ok(true));
    let names: Vec<String> = Rig::trials(&rig, &Arguments::default())
        .iter()
        .map(|t| t.name().to_owned())
        .collect();
    assert_eq!(names.last().map(String::as_str), Some(super::CURRENT));
    assert!(whole(&Arguments::default()));
    assert!(!whole(&Arguments {
        filter: Some("BatchSize".to_owned()),
        ..Arguments::default()
    }));
    assert!(!whole(&Arguments {
        skip: vec!["BatchSize".to_owned()],
        ..Arguments::default()
    }));
    // A trial that was not fired ends too: nobody waits for ever.
    std::thread::scope(|scope| {
        let known = rig.known.as_ref().expect("a baseline");
        let last = scope.spawn(|| current(&rig, true));
        for _ in &rig.plan.cases {
            assert!(!last.is_finished());
            drop(known.going());
        }
        assert_eq!(last.join().expect("no panic"), Ok(true));
    });
}

#[test]
fn a_baseline_that_cannot_be_read_is_no_test() {
    let start = Conformance::new(Box::new(|_| panic!("it was started")))
        .baseline("no-such-folder/known.toml");
    let error = start.rig().err().expect("no such file");
    assert!(error.starts_with("no-such-folder/known.toml: "), "{error}");
}
