//! Trials as a test harness sees them.

use libtest_mimic::{Arguments, Completion};

use super::{Conformance, Rig, Started};
use crate::reference::{Options, Reference, find_defect};
use crate::run::RunOptions;
use crate::wire::target::{Endpoint, Settings, Target};

pub(super) const BELOW: &str =
    "update-event-source-mapping::request::BatchSize::range::min::below-min";

/// Trials on that reference, whatever the environment says.
pub(super) fn rig(reference: &Reference) -> std::sync::Arc<Rig> {
    let reference = reference.clone();
    let start = Conformance::new(Box::new(move |_| {
        let target = Target::service(reference, Settings::default()).map_err(|e| e.to_string())?;
        Ok(Started {
            target,
            token: RunOptions::default().token,
            url: None,
            keep: Box::new(()),
        })
    }));
    start.rig().expect("a plan")
}

pub(super) fn place(rig: &Rig, id: &str) -> usize {
    rig.plan
        .cases
        .iter()
        .position(|c| c.id.as_str() == id)
        .expect(id)
}

#[test]
fn listing_starts_nothing() {
    let start = Conformance::new(Box::new(|_| panic!("it was started")));
    let rig = start.rig().expect("a plan");
    let names: Vec<String> = Rig::trials(&rig, &Arguments::default())
        .iter()
        .map(|t| t.name().to_owned())
        .collect();
    assert_eq!(names.len(), rig.plan.cases.len());
    assert!(names.iter().any(|n| n == BELOW));
    rig.end();
}

#[test]
fn trials_side_by_side_leave_nothing_behind() {
    let reference = Reference::new(Options::default());
    let rig = rig(&reference);
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let rig = &rig;
            scope.spawn(move || {
                for index in (thread..rig.plan.cases.len()).step_by(97) {
                    assert!(
                        rig.trial(index, false).is_ok(),
                        "{}",
                        rig.plan.cases[index].id
                    );
                }
            });
        }
    });
    assert!(!reference.leftovers().is_empty());
    rig.end();
    assert_eq!(reference.leftovers(), Vec::<String>::new());
}

#[test]
fn a_failure_says_what_is_wrong_and_is_undone_too() {
    let reference = Reference::new(Options {
        defect: find_defect("batch-size-min-zero"),
        ..Options::default()
    });
    let rig = rig(&reference);
    let failed = rig
        .trial(place(&rig, BELOW), false)
        .err()
        .expect("a finding");
    let text = failed.message().expect("a text");
    for part in [
        "requirement  BatchSize is at least 1",
        "expected     400",
        "actual       status 202",
        "replay  ",
    ] {
        assert!(text.contains(part), "{text}");
    }
    rig.end();
    assert_eq!(reference.leftovers(), Vec::<String>::new());
}

#[test]
fn a_refused_control_is_no_pass() {
    let reference = Reference::new(Options {
        defect: find_defect("bare-name-refused"),
        ..Options::default()
    });
    let rig = rig(&reference);
    let failed = rig
        .trial(
            place(
                &rig,
                "update-event-source-mapping::request::http::all-members",
            ),
            false,
        )
        .err()
        .expect("it is masked");
    assert!(
        failed.message().is_some_and(|m| m.starts_with("masked: ")),
        "{:?}",
        failed.message()
    );
    rig.end();
}

#[test]
fn what_a_target_lacks_is_ignored() {
    let reference = Reference::new(Options {
        defect: find_defect("status-501"),
        ..Options::default()
    });
    let rig = rig(&reference);
    let lacking = rig
        .trial(place(&rig, BELOW), false)
        .map_err(|f| f.message().map(str::to_owned));
    assert!(matches!(
        lacking,
        Ok(Completion::Ignored { reason: Some(_) })
    ));
    rig.end();
}

#[test]
fn a_target_that_cannot_be_started_fails_each_trial() {
    let start = Conformance::new(Box::new(|_| Err("no such emulator".to_owned())));
    let rig = start.rig().expect("a plan");
    for index in [0, 1] {
        let failed = rig.trial(index, false).err().expect("nothing to test");
        assert_eq!(failed.message(), Some("no such emulator"));
    }
    rig.end();
}

#[test]
fn a_target_without_fixtures_is_asked_once() {
    // The port of the discard service, where nobody listens.
    let endpoint = Endpoint::parse("http://127.0.0.1:9").expect("an endpoint");
    let dead = Target::http(endpoint, Settings::default()).expect("a target");
    let start = Conformance::new(Box::new(move |_| {
        Ok(Started {
            target: dead,
            token: RunOptions::default().token,
            url: None,
            keep: Box::new(()),
        })
    }));
    let rig = start.rig().expect("a plan");
    for index in [0, 1] {
        let failed = rig.trial(index, false).err().expect("nothing to test");
        assert!(
            failed
                .message()
                .is_some_and(|m| m.starts_with("not fired: ")),
            "{:?}",
            failed.message()
        );
    }
    rig.end();
}
