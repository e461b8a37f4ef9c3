//! What the suite would miss or wrongly flag is measured with every `cargo test`.

mod checks;
mod general;

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::{Outcome, Suspect, interleaved, self_check, table};
use crate::harness::testing::built_in_plan;
use crate::plan::case::{Case, Origin};
use crate::plan::generator::{SAMPLES, Sampling};
use crate::plan::{OperationName, Plan, PlanOptions};
use crate::reference::{Defect, Expected, defects, defects_of, find_defect, todays_defects};
use crate::report::coverage::coverage;
use crate::support::files::Files;

/// The page of the guide that shows the tables.
const GUIDE: &str = include_str!("../../guide/trust.md");

/// Case files, each with a defect that nothing but its cases finds.
const ONLY_IN: &[(&str, &str)] = &[
    ("function-name.toml", "function-name-url-decoded"),
    ("identifiers.toml", "uuid-decoded-twice"),
    ("json.toml", "comments-accepted"),
    ("lifecycle.toml", "conflict-500"),
    ("members.toml", "unknown-members-crash"),
    ("numbers.toml", "batch-size-thousands-of-digits-crash"),
    ("pairs.toml", "pair-of-faults-crashes"),
    ("sequences.toml", "list-filter-ignored"),
];

/// What the command plans, without flags.
fn plan() -> Plan {
    let sampling = Sampling {
        samples: SAMPLES,
        ..Sampling::default()
    };
    built_in_plan(&PlanOptions {
        sampling,
        ..PlanOptions::default()
    })
    .expect("a plan")
}

fn checked(plan: &Arc<Plan>, chosen: &[&'static Defect]) -> Vec<Outcome> {
    let chosen: Vec<Suspect> = chosen
        .iter()
        .map(|defect| Suspect::by_hand(defect))
        .collect();
    let threads = std::thread::available_parallelism().map_or(2, usize::from);
    self_check(
        plan,
        &chosen,
        threads,
        &tokio::sync::watch::channel(false).1,
        |_| (),
    )
    .expect("a target in this process")
}

/// The name of the file that a case is written in.
fn file(case: &Case) -> Option<&str> {
    match &case.origin {
        Origin::Written { file, .. } | Origin::Recorded { file, .. } => file.rsplit('/').next(),
        Origin::Derived | Origin::Sampled => None,
    }
}

/// What came of all defects and variations, found out once.
fn of_all() -> &'static [Outcome] {
    static OUTCOMES: OnceLock<Vec<Outcome>> = OnceLock::new();
    OUTCOMES.get_or_init(|| {
        let all: Vec<_> = defects().iter().collect();
        checked(&Arc::new(plan()), &all)
    })
}

#[test]
fn every_defect_is_caught_and_no_variation_flagged() {
    let outcomes = of_all();
    let table = table(outcomes);
    assert!(outcomes.iter().all(|o| o.right() && o.told()), "{table}");
    assert!(
        GUIDE.contains(&table),
        "src/guide/trust.md is to show this table, as `proofmark self-check` prints it:\n{table}"
    );
}

/// What only today's API knows is judged by the cases that are written for it alone.
#[test]
fn defects_of_today_are_caught() {
    let options = PlanOptions {
        revision: Some("current".to_owned()),
        ..PlanOptions::default()
    };
    let mut plan = Plan::load(&Files::Embedded, &options).expect("a plan");
    assert!(plan.keep_own());
    let plan = Arc::new(plan);
    let all: Vec<_> = todays_defects().iter().collect();
    let outcomes = checked(&plan, &all);
    let told = table(&outcomes);
    assert!(outcomes.iter().all(|o| o.right() && o.told()), "{told}");
    assert!(
        GUIDE.contains(&told),
        "src/guide/trust.md is to show this table as well:\n{told}"
    );
    // Each by the promise it breaks, and the reference itself keeps all of them.
    for outcome in &outcomes {
        let found = outcome
            .finding
            .as_ref()
            .or(outcome.warning.as_ref())
            .expect("a finding");
        let made = plan
            .promises()
            .map(|atom| atom.id.path().to_owned())
            .collect::<Vec<_>>();
        assert!(
            outcome
                .defect
                .breaks
                .iter()
                .all(|atom| made.iter().any(|m| m == atom)),
            "{}",
            outcome.defect.id
        );
        assert!(!found.atom.path().starts_with("protocol"), "{}", found.id());
    }
    let all: Vec<usize> = (0..plan.cases.len()).collect();
    let mut wrong = Vec::new();
    crate::run::rehearsal::rehearse(
        &plan,
        &all,
        Default::default(),
        Default::default(),
        tokio::sync::watch::channel(false).1,
        |event| {
            if let crate::run::Event::Judged(result) = event {
                wrong.extend(
                    result
                        .judgement
                        .findings
                        .iter()
                        .map(|f| (f.id(), f.actual.clone())),
                );
            }
        },
    )
    .expect("a target in this process");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The other operations on mappings, each by its own cases. Every defect is ordered; of the lawful
/// variations, which the update's test orders all, some.
#[test]
fn defects_of_the_other_operations_are_caught() {
    for operation in [
        "create-event-source-mapping",
        "delete-event-source-mapping",
        "get-event-source-mapping",
        "list-event-source-mappings",
    ] {
        let options = PlanOptions {
            operation: OperationName {
                service: "lambda".to_owned(),
                operation: operation.to_owned(),
            },
            ..PlanOptions::default()
        };
        let plan = Plan::load(&Files::Embedded, &options).expect("a plan");
        let all = defects_of(operation).expect("an operation of the reference");
        let (lawful, wrong): (Vec<_>, Vec<_>) = all
            .iter()
            .partition(|defect| defect.expected == Expected::LawfulVariation);
        assert!(wrong.len() > 10, "{operation}: {}", wrong.len());

        let chosen: Vec<_> = wrong
            .into_iter()
            .chain(lawful.into_iter().step_by(6))
            .collect();
        let outcomes = checked(&Arc::new(plan), &chosen);
        let told = table(&outcomes);
        assert!(
            outcomes.iter().all(|o| o.right() && o.told()),
            "{operation}\n{told}"
        );
    }
}

/// A check of some defects, by another number of threads, comes to what the check of all did.
#[test]
fn two_checks_are_alike() {
    let is_chosen = |class: &str| matches!(class, "lifecycle" | "keeping" | "chance");
    let chosen = defects().iter().filter(|defect| is_chosen(defect.class));
    let chosen: Vec<Suspect> = chosen.map(Suspect::by_hand).collect();
    let threads = 1 + std::thread::available_parallelism().map_or(2, usize::from);
    let some = self_check(
        &Arc::new(plan()),
        &chosen,
        threads,
        &tokio::sync::watch::channel(false).1,
        |_| (),
    );
    let some = some.expect("a target in this process");
    let of_all: Vec<Outcome> = of_all()
        .iter()
        .filter(|outcome| is_chosen(outcome.defect.class))
        .cloned()
        .collect();

    let figures = |outcomes: &[Outcome]| {
        let of = |o: &Outcome| {
            (
                o.defect.id.clone(),
                o.cases,
                o.requests,
                o.exit,
                o.finding.clone(),
                o.warning.clone(),
            )
        };
        (table(outcomes), outcomes.iter().map(of).collect::<Vec<_>>())
    };
    assert_eq!(figures(&some), figures(&of_all));
}

#[test]
fn taking_turns_leaves_no_case_out() {
    let plan = plan();
    let mut order = interleaved(&plan);
    order.sort_unstable();
    assert!(order.into_iter().eq(0..plan.cases.len()));
}

/// Copies a folder, but for files of that name.
fn copy_without(name: &str, from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy_without(name, &from, &to)?;
        } else if entry.file_name() != name {
            std::fs::copy(from, to)?;
        }
    }
    Ok(())
}

#[test]
fn every_case_file_has_something_only_it_finds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases");
    let options = PlanOptions::default();
    let files = Files::Embedded
        .list(&options.operation.to_string())
        .expect("case files");
    // A file of another revision is none of this plan's.
    let of_every_revision = |name: &&String| name.matches('.').count() == 1;
    for name in files
        .iter()
        .filter(|name| !name.starts_with("contract."))
        .filter(of_every_revision)
    {
        if ONLY_IN.iter().any(|(file, _)| file == name) {
            continue;
        }
        // Without any other file there is no plan, and what is said names what lost its cover.
        let folder =
            std::env::temp_dir().join(format!("proofmark-{}-without-{name}", std::process::id()));
        copy_without(name, &root, &folder).expect("a copy of the cases");
        let loaded = Plan::load(&Files::Folder(folder.clone()), &options);
        std::fs::remove_dir_all(&folder).expect("a folder of ours");
        let told = loaded.expect_err(name).to_string();
        assert!(told.contains("rule"), "without {name}: {told}");
    }
}

#[test]
fn a_case_file_that_is_deleted_is_missed() {
    let whole = plan();
    for (name, id) in ONLY_IN {
        let defect = find_defect(id).expect("a defect");
        assert_eq!(defect.expected, Expected::MustBeFound, "{id}");
        let mut plan = whole.clone();
        plan.cases.retain(|case| file(case) != Some(name));
        let outcomes = checked(&Arc::new(plan), &[defect]);
        assert!(
            outcomes.iter().all(|o| !o.right()),
            "without {name}, {id} is caught by {:?}",
            outcomes[0].finding
        );
        let told = table(&outcomes);
        assert!(told.starts_with(&format!("MISSED  {id}")), "{told}");
        assert!(
            defect.breaks.iter().all(|atom| told.contains(atom)),
            "{told}"
        );
    }
}

#[test]
fn what_no_case_is_about_has_no_cover() {
    let mut plan = plan();
    let lost = plan.contract.atom_id("request::BatchSize::range::max");
    plan.cases.retain(|case| !case.atoms.contains(&lost));
    let coverage = coverage(&Arc::new(plan)).expect("a target in this process");
    assert!(coverage.untested().any(|(atom, _)| *atom == lost));
}

#[test]
fn a_defect_breaks_promises_that_are_made() {
    let plan = plan();
    // A promise of another operation is told by the first word of its name.
    let word = |slug: &str| slug.split('-').next().unwrap_or_default().to_owned();
    let named = plan.promises().flat_map(|atom| {
        let path = atom.id.path();
        [
            path.to_owned(),
            format!("{}::{path}", word(atom.id.as_str())),
        ]
    });
    let made: std::collections::BTreeSet<String> = named.collect();
    for defect in defects() {
        assert_eq!(
            defect.breaks.is_empty(),
            defect.expected == Expected::LawfulVariation,
            "{}",
            defect.id
        );
        for atom in defect.breaks {
            assert!(
                made.contains(*atom),
                "{} breaks {atom}, which nothing promises",
                defect.id
            );
        }
    }
}
