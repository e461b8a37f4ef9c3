//! Each check of the judge has a defect that nothing else gives away: without the check it would be
//! missed.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::contract::Level;
use crate::harness::testing::plan;
use crate::plan::Plan;
use crate::reference::{Defect, Options, find_defect};
use crate::run::{Event, RunOptions};
use tokio::sync::watch;

use crate::judge::Symptom;
use crate::run::rehearsal::rehearse;

/// The defect that shows as nothing but this, or why there is none. A new symptom has to be given
/// one.
fn only_shown_as(symptom: Symptom) -> Result<&'static str, &'static str> {
    Ok(match symptom {
        Symptom::NoAnswer => "answer-closes",
        Symptom::TimedOut => "answer-hangs",
        Symptom::Cut => "content-length-long",
        Symptom::TooLarge => "body-of-nine-mebibytes",
        Symptom::NotHttp => {
            return Err("the reference speaks HTTP; the tests of targets have servers that do not");
        }
        Symptom::ServerError => "status-500",
        Symptom::Crashed => {
            return Err(
                "the failure of the service that breaks a promise is a finding as well; without the check, the \
                        promise stays masked, as the tests of causes hold",
            );
        }
        Symptom::Accepted => "batch-size-zero-means-default",
        Symptom::Refused => "batch-size-min-two",
        Symptom::Inconsistent => "function-name-max-141",
        Symptom::WrongStatus => "status-200",
        Symptom::WrongRefusal => "function-name-max-none",
        Symptom::WrongErrorStatus => "constraint-403",
        Symptom::NoErrorType => "error-type-missing",
        Symptom::TwoErrorTypes => "error-types-differ",
        Symptom::ContentType => "content-type-html",
        Symptom::ContentCoding => "gzip-label",
        Symptom::NotJson => "body-cut",
        Symptom::MemberTwice => "body-duplicate-member",
        Symptom::Missing => "answer-state-missing",
        Symptom::WrongType => "answer-last-modified-is-boolean",
        Symptom::OutOfContract => "answer-last-modified-in-milliseconds",
        Symptom::NotEchoed => "uuid-from-query",
        Symptom::NotStored => {
            return Err(
                "a read that does not show what was sent contradicts the answer as well; without the check, \
                        coverage has no state side of what is stored",
            );
        }
        Symptom::WrongState => "get-shows-disabled",
        Symptom::NeverSettles => "updating-never-ends",
        Symptom::Changed => "post-is-put",
        Symptom::ChangedByRefusal => "refused-for-type-stored",
        Symptom::Mutated => "source-changed-by-body",
        Symptom::ReadDisagrees => "list-batch-size-constant",
        Symptom::Gone => "refused-deletes",
        Symptom::Created => "get-nil-uuid-found",
        Symptom::Lingers => "deleted-still-read",
        Symptom::WentBack => "last-modified-goes-back",
        Symptom::StandsStill => "last-modified-frozen",
        Symptom::NotNull => "answer-result-for-queues",
        Symptom::Delivered => "disabled-still-polls",
        Symptom::NotDelivered => "enabling-skips",
    })
}

/// How a defect shows in a whole run, beside warnings.
fn shown(plan: &Arc<Plan>, defect: &'static Defect) -> BTreeSet<Symptom> {
    let all: Vec<usize> = (0..plan.cases.len()).collect();
    let options = Options {
        defect: Some(defect),
        region: plan.region.clone(),
        ..Options::default()
    };
    let mut symptoms = BTreeSet::new();
    let ended = rehearse(
        plan,
        &all,
        options,
        RunOptions::default(),
        watch::channel(false).1,
        |event| {
            let findings = match &event {
                Event::Judged(result) => &result.judgement.findings,
                Event::DataPlane(judgement) => &judgement.findings,
                _ => return,
            };
            symptoms.extend(
                findings
                    .iter()
                    .filter(|f| f.level == Level::Must)
                    .map(|f| f.symptom),
            );
        },
    );
    ended.expect("a target in this process").expect("a runtime");
    symptoms
}

#[test]
fn a_check_that_is_deleted_is_missed() {
    let plan = plan();
    let next = AtomicUsize::new(0);
    let wrong = std::thread::scope(|scope| {
        let threads = std::thread::available_parallelism().map_or(2, usize::from);
        let handles: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut wrong = Vec::new();
                    while let Some(symptom) = Symptom::ALL.get(next.fetch_add(1, Ordering::Relaxed))
                    {
                        let Ok(id) = only_shown_as(*symptom) else {
                            continue;
                        };
                        let shown = shown(&plan, find_defect(id).expect(id));
                        if shown != BTreeSet::from([*symptom]) {
                            wrong.push(format!("{id} is to show as {symptom} alone: {shown:?}"));
                        }
                    }
                    wrong
                })
            })
            .collect();
        handles
            .into_iter()
            .flat_map(|h| h.join().expect("no panic"))
            .collect::<Vec<_>>()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
