//! What the suite finds of the defects that follow from contracts, and that it finds nothing else,
//! for an API that no code was written for: the to-do list of `cases/todo`.

use std::sync::Arc;

use super::super::{Outcome, Score, Suspect, self_check};
use crate::contract::Part;
use crate::plan::generator::Sampling;
use crate::plan::{OperationName, Plan, PlanOptions, ServiceContracts, Services, judged_operations};
use crate::reference::{Api, General, Options, Reference, general_defects};
use crate::run::rehearsal::rehearse_with;
use crate::run::{Event, RunOptions};
use crate::support::files::Files;
use tokio::sync::watch;

/// The plans of all operations of the to-do list, with nothing drawn at random.
fn plans() -> Vec<Arc<Plan>> {
    let services = Services::default();
    let plan = |operation: OperationName| {
        let options = PlanOptions {
            operation,
            sampling: Sampling {
                samples: 0,
                ..Sampling::default()
            },
            ..PlanOptions::default()
        };
        Plan::load_among(&Files::Embedded, &services, &options).expect("a plan")
    };
    let all = judged_operations(&Files::Embedded).expect("operations");
    let own = all.into_iter().filter(|name| name.service == "todo");
    own.map(|name| Arc::new(plan(name))).collect()
}

fn api() -> Arc<Api> {
    let services = Services::default();
    let todo = ServiceContracts::load(&Files::Embedded, &services, "todo", None);
    Arc::new(Api::of(vec![todo.expect("contracts")], |_, _| false))
}

/// What is found of the conforming reference.
fn found(api: &Arc<Api>, plan: &Arc<Plan>) -> Vec<String> {
    let all: Vec<usize> = (0..plan.cases.len()).collect();
    let mut found = Vec::new();
    let reference = |clock| {
        let options = Options {
            clock,
            ..Options::default()
        };
        Reference::with_general(options, Some(General::new(Arc::clone(api), None)))
    };
    let (run, stop) = (RunOptions::default(), watch::channel(false).1);
    let ended = rehearse_with(plan, &all, reference, run, stop, |event| {
        if let Event::Judged(result) = event {
            let own = &result.judgement.findings;
            found.extend(own.iter().map(|f| format!("{}: {}", f.id(), f.actual)));
        }
    });
    let ended = ended.expect("a target").expect("a runtime");
    found.extend(ended.stopped.map(|stopped| format!("{stopped:?}")));
    found
}

#[test]
fn the_score_of_an_api_without_code_of_its_own() {
    let api = api();
    let (mut score, mut wrong) = (Score::default(), Vec::new());
    let (mut promises, mut tested) = (0, 0);
    for plan in plans() {
        assert_eq!(found(&api, &plan), Vec::<String>::new());
        let requests = plan.contract.atoms.values();
        for atom in requests.filter(|atom| atom.part == Part::Request) {
            let is_about = plan.cases.iter().any(|case| case.atoms.contains(&atom.id));
            promises += 1;
            tested += usize::from(is_about);
        }

        let all = general_defects(&api, "todo", &plan.contract.slug).into_iter();
        let suspects: Vec<Suspect> = all.map(|d| Suspect::general(&api, d, &plan)).collect();
        assert!(!suspects.is_empty(), "{}", plan.contract.slug);
        let stop = watch::channel(false).1;
        let outcomes = self_check(&plan, &suspects, 2, &stop, |_| ()).expect("a target");
        score.add(&outcomes);
        let is_wrong = |outcome: &&Outcome| !outcome.right() && !outcome.explained();
        wrong.extend(outcomes.iter().filter(is_wrong).map(|o| o.defect.id.clone()));
    }

    assert_eq!(wrong, Vec::<String>::new());
    assert!(tested * 100 >= promises * 95, "{tested} of {promises}");
    assert!(score.caught() * 100 >= score.defects * 97, "{score:?}");
    assert!(score.defects > 300 && score.lawful > 30, "{score:?}");
    assert_eq!(score.flagged, 0);
}
