//! What is kept of the exchanges of a sequence once they were judged.

use crate::harness::testing::{options, plan};
use crate::judge::{Memo, Role};
use crate::reference::{Clock, Options, Reference, find_defect};
use crate::run::{CaseResult, Keep, Runner};
use crate::wire::target::{Settings, Target};

/// All sequences of the plan, fired one after another at a reference of their own.
async fn fired(defect: Option<&str>, keep: Keep) -> Vec<CaseResult> {
    let plan = plan();
    let defect = defect.map(|id| find_defect(id).expect(id));
    let reference = Reference::new(Options {
        defect,
        clock: Clock::tokio(),
        ..Options::default()
    });
    let target = Target::service(reference, Settings::default()).expect("a target");
    let runner = Runner::new(plan.clone(), target, options());
    let (worker, made) = runner.prepare(0, None).await;
    made.expect("fixtures");
    let mut results = Vec::new();
    for (index, case) in plan
        .cases
        .iter()
        .enumerate()
        .filter(|(_, case)| case.subject().is_none())
    {
        results.push(
            runner
                .watched_case(&worker, index, case, keep, &mut Memo::default(), |_| ())
                .await,
        );
    }
    results
}

/// What is right is forgotten, what is wrong is there as it was, and the judgement is the same.
#[tokio::test(start_paused = true)]
async fn what_is_right_is_forgotten() {
    for defect in [
        None,
        Some("pair-batch-size-disabled-lost"),
        Some("recreated-disabled"),
    ] {
        let (whole, lean) = (
            fired(defect, Keep::All).await,
            fired(defect, Keep::Wrong).await,
        );
        let (mut kept, mut forgotten) = (0, 0);
        for (whole, lean) in whole.iter().zip(&lean) {
            assert_eq!(whole.judgement, lean.judgement);
            let (Some(whole), Some(seen)) = (&whole.observation, &lean.observation) else {
                panic!("not fired")
            };
            for (at, (all, fired)) in whole.fired.iter().zip(&seen.fired).enumerate() {
                assert_eq!(all.exchange.accepted(), fired.exchange.accepted());
                let wrong = lean
                    .judgement
                    .findings
                    .iter()
                    .any(|finding| finding.role == Role::Step(at));
                if fired.exchange.request.path.is_empty() {
                    assert!(
                        !wrong
                            && fired
                                .exchange
                                .answer()
                                .is_some_and(|a| a.body.is_empty() && a.headers.is_empty())
                    );
                    forgotten += 1;
                } else {
                    assert_eq!(all.exchange.request.body, fired.exchange.request.body);
                    kept += usize::from(wrong);
                }
            }
            assert_eq!(whole.fired.len(), seen.fired.len());
        }
        assert!(forgotten > 500, "{forgotten}");
        assert_eq!(kept > 0, defect.is_some(), "{defect:?}");
    }
}
