//! What only cases drawn at random show is made small, kept, and fired first from then on.

use std::sync::Arc;

use proptest::strategy::ValueTree;
use tokio::sync::watch;

use crate::contract::Level;
use crate::harness::testing::{assert_refused, request_of};
use crate::plan::case::{Case, Origin};
use crate::plan::generator::Sampling;
use crate::plan::{Plan, PlanOptions};
use crate::reference::{Options, Reference, find_defect};
use crate::report::{Exit, Report, Style, Summary, report_text};
use crate::run::regressions;
use crate::run::shrink::{Trial, shrink};
use crate::run::{RunOptions, Runner};
use crate::support::files::{Files, Source};
use crate::wire::target::{Settings, Target};

fn load(samples: usize, text: &str) -> Plan {
    let file = Source {
        name: "odd.toml".to_owned(),
        text: text.to_owned(),
    };
    let sampling = Sampling {
        samples,
        ..Sampling::default()
    };
    let options = PlanOptions {
        sampling,
        regressions: Some(file),
        ..PlanOptions::default()
    };
    Plan::load(&Files::Embedded, &options).expect("a plan")
}

/// Fires what is drawn, and what was kept before, at the reference with a defect.
async fn run(plan: Plan, defect: &str) -> (Arc<Plan>, Summary) {
    let plan = Arc::new(plan);
    let kept = |case: &Case| {
        case.origin != Origin::Derived && case.id.as_str().contains("::regressions::")
    };
    let places = (0..plan.cases.len())
        .filter(|i| plan.cases[*i].origin == Origin::Sampled || kept(&plan.cases[*i]));
    let reference = Reference::new(Options {
        defect: find_defect(defect),
        ..Options::default()
    });
    let target = Target::service(reference, Settings::default()).expect("a target");
    let (_sender, stop) = watch::channel(false);
    let options = RunOptions {
        shrink: 200,
        ..RunOptions::default()
    };
    let mut summary = Summary::default();
    let places: Vec<usize> = places.collect();
    let ended = Runner::new(plan.clone(), target, options)
        .run(&places, stop, |e| summary.add(&plan, e))
        .await;
    summary.end(ended);
    (plan, summary)
}

fn body(case: &Case) -> &str {
    request_of(case).text().expect("a body of text")
}

/// Shrinks what the defect shows to that body, keeps it, and finds it again without drawing
/// anything.
async fn check(defect: &str, finding: &str, smallest: &str) {
    let (plan, summary) = run(load(500, ""), defect).await;
    let id = format!("{}::{finding}", plan.contract.slug);
    let found = summary
        .found
        .get(&id)
        .unwrap_or_else(|| panic!("{id} is none of {:?}", summary.found.keys()));
    let shrunk = found.shrunk.as_deref().expect("a smaller case");
    assert_eq!(body(shrunk), smallest);
    let shown = found.shown_by(&plan).expect("a case");
    assert_eq!(shrunk.steps, shown.steps);

    let text = regressions::add(&plan, "", [shrunk]);
    assert_eq!(regressions::add(&plan, &text, [shrunk]), text, "kept twice");
    let again = load(0, &text);
    assert_eq!(
        (&again.cases[0].id, body(&again.cases[0])),
        (&shrunk.id, smallest)
    );
    assert_eq!(
        format!("{:?}", again.cases[0].given()),
        format!("{:?}", shrunk.given())
    );
    let (again, summary) = run(again, defect).await;
    let report = Report::of(&again, &summary, Level::Must);
    assert_eq!(report.outcome(), Exit::Findings);
    let found = summary.found.get(&id).expect("the same finding");
    assert!(
        found.shrunk.is_none(),
        "what is kept already is not shrunk again"
    );
    let text = report_text(&report, Style::default());
    assert!(
        text.contains(&format!("proofmark replay {}", shrunk.id)),
        "{text}"
    );
}

#[tokio::test]
async fn valid_requests() {
    check(
        "chance-13-refused",
        "request::http::valid::refused",
        r#"{"BatchSize":13}"#,
    )
    .await;
    let finding = "request::FunctionName::pattern::well-formed::refused";
    check("chance-qz-refused", finding, r#"{"FunctionName":"qZ"}"#).await;
}

#[tokio::test]
async fn broken_requests() {
    let finding = "request::BatchSize::range::max::range::accepted";
    check("chance-4-accepted", finding, r#"{"BatchSize":20004}"#).await;
}

#[test]
fn a_broken_file_is_refused() {
    let load = |text: &str| {
        let file = Source {
            name: "odd.toml".to_owned(),
            text: text.to_owned(),
        };
        let options = PlanOptions {
            regressions: Some(file),
            ..PlanOptions::default()
        };
        Plan::load(&Files::Embedded, &options)
    };
    assert_refused(
        load("[[case]]\nid = \"a\"\n"),
        "odd.toml:1: missing field `says`",
    );
    assert_refused(load("[[case\n"), "odd.toml:1: …");
    assert!(load("# Nothing is left.\n").is_ok());
}

/// Numbers, as they shrink towards 0 by halves.
struct Halves {
    best: u32,
    current: u32,
    step: u32,
}

impl ValueTree for Halves {
    type Value = u32;

    fn current(&self) -> u32 {
        self.current
    }

    fn simplify(&mut self) -> bool {
        (self.best, self.step) = (self.current, self.current);
        self.complicate()
    }

    fn complicate(&mut self) -> bool {
        let more = self.step > 0;
        self.current = self.best - self.step;
        self.step /= 2;
        more
    }
}

#[tokio::test]
async fn any_tree_shrinks_within_bounds() {
    let tree = || Halves {
        best: 1000,
        current: 1000,
        step: 0,
    };
    let mut trials = 0;
    let above = |least: u32| {
        async move |n: &u32| {
            if *n >= least {
                Trial::Shows(*n)
            } else {
                Trial::Hides
            }
        }
    };
    assert_eq!(shrink(&mut tree(), 100, above(77)).await, Some((77, 77)));
    assert_eq!(shrink(&mut tree(), 100, above(2000)).await, None);
    let counted = async |n: &u32| {
        trials += 1;
        if *n >= 77 {
            Trial::Shows(())
        } else {
            Trial::Hides
        }
    };
    assert!(shrink(&mut tree(), 3, counted).await.is_some());
    assert_eq!(trials, 3);
    assert_eq!(
        shrink(&mut tree(), 100, async |_: &u32| Trial::<()>::Stop).await,
        None
    );
}
