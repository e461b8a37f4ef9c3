//! What the suite finds of the defects that follow from contracts, and that it finds nothing else,
//! for APIs that no code was written for: the to-do list of `cases/todo`, and the shelves beside this
//! file, which have what the list has not.

use std::path::Path;
use std::sync::Arc;

use super::super::{Outcome, Score, Suspect, self_check};
use crate::contract::Part;
use crate::plan::generator::Sampling;
use crate::plan::{
    OperationName, Plan, PlanOptions, ServiceContracts, Services, judged_operations,
};
use crate::reference::{Api, General, Options, Reference, general_defects};
use crate::run::rehearsal::rehearse_with;
use crate::run::{Event, RunOptions};
use crate::support::files::Files;
use tokio::sync::watch;

/// So few requests are drawn at random: what only sequences show, they show.
const SAMPLES: usize = 64;

/// The plans of all operations of a service.
fn plans(files: &Files, service: &str) -> Vec<Arc<Plan>> {
    let services = Services::default();
    let plan = |operation: OperationName| {
        let options = PlanOptions {
            operation,
            sampling: Sampling {
                samples: SAMPLES,
                ..Sampling::default()
            },
            ..PlanOptions::default()
        };
        Plan::load_among(files, &services, &options).expect("a plan")
    };
    let all = judged_operations(files).expect("operations");
    let own = all.into_iter().filter(|name| name.service == service);
    own.map(|name| Arc::new(plan(name))).collect()
}

fn api(files: &Files, service: &str) -> Arc<Api> {
    let contracts = ServiceContracts::load(files, &Services::default(), service, None);
    Arc::new(Api::of(vec![contracts.expect("contracts")], |_, _| false))
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

/// What became of the defects of all operations of a service, and what of it is wrong.
fn checked(files: &Files, service: &str) -> (Score, Vec<String>) {
    let api = api(files, service);
    let (mut score, mut wrong) = (Score::default(), Vec::new());
    for plan in plans(files, service) {
        assert_eq!(found(&api, &plan), Vec::<String>::new());
        let all = general_defects(&api, service, &plan.contract.slug).into_iter();
        let suspects: Vec<Suspect> = all.map(|d| Suspect::general(&api, d, &plan)).collect();
        assert!(!suspects.is_empty(), "{}", plan.contract.slug);
        let stop = watch::channel(false).1;
        let outcomes = self_check(&plan, &suspects, 2, &stop, |_| ()).expect("a target");
        score.add(&outcomes);
        let is_wrong = |outcome: &&Outcome| !outcome.right() && !outcome.explained();
        wrong.extend(
            outcomes
                .iter()
                .filter(is_wrong)
                .map(|o| o.defect.id.clone()),
        );
    }
    (score, wrong)
}

#[test]
fn the_score_of_an_api_without_code_of_its_own() {
    let (mut promises, mut tested) = (0, 0);
    for plan in plans(&Files::Embedded, "todo") {
        let requests = plan.contract.atoms.values();
        for atom in requests.filter(|atom| atom.part == Part::Request) {
            let is_about = plan.cases.iter().any(|case| case.atoms.contains(&atom.id));
            promises += 1;
            tested += usize::from(is_about);
        }
    }
    assert!(tested * 100 >= promises * 95, "{tested} of {promises}");

    let (score, wrong) = checked(&Files::Embedded, "todo");
    assert_eq!(wrong, Vec::<String>::new());
    assert!(score.caught() * 100 >= score.defects * 97, "{score:?}");
    assert!(score.defects > 300 && score.lawful > 30, "{score:?}");
    assert_eq!(score.flagged, 0);
}

/// Tokens, pages, maps, names that the caller chooses, and error types in a header.
#[test]
fn the_score_of_what_the_list_has_not() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/harness/self_check/tests/shelves");
    let (score, wrong) = checked(&Files::Folder(folder), "shelf");
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(score.flagged, 0, "{score:?}");
}
