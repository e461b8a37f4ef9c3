//! Both revisions of the real contract, and a revision against itself.

use super::{Change, Drift, Reading, VerdictDrift, schema, text};
use crate::harness::testing::built_in_plan;
use crate::plan::generator::Sampling;
use crate::plan::{Plan, PlanOptions};

fn plan(revision: Option<&str>) -> Plan {
    let sampling = Sampling {
        samples: 0,
        ..PlanOptions::default().sampling
    };
    let options = PlanOptions {
        revision: revision.map(str::to_owned),
        sampling,
        ..PlanOptions::default()
    };
    built_in_plan(&options).expect("a plan")
}

#[test]
fn a_revision_does_not_differ_from_itself() {
    let page = plan(None);
    let drift = Drift::new(&page, &page);
    assert_eq!(
        (drift.same, drift.promises.len(), drift.verdicts.len()),
        (page.contract.atoms.len(), 0, 0)
    );
    assert!(drift.only_from.is_empty() && drift.only_to.is_empty());
}

#[test]
fn the_page_and_todays_model() {
    let (page, current) = (plan(None), plan(Some("current")));
    let drift = Drift::new(&page, &current);
    let promise = |id: &str| {
        let id = format!("update-event-source-mapping::{id}");
        let found = drift.promises.iter().find(|p| p.id == id);
        found.unwrap_or_else(|| panic!("{id} is the same"))
    };
    let length = promise("request::FunctionName::length::max");
    assert_eq!(length.change, Change::Changed);
    let (from, to) = (
        length.from.as_deref().unwrap_or_default(),
        length.to.as_deref().unwrap_or_default(),
    );
    assert!(from.contains("140") && to.contains("256"), "{from} / {to}");
    let added = promise("request::MaximumRetryAttempts::range::max");
    assert!(added.change == Change::Added && added.from.is_none());
    // A name that is too long for the page is none for today's model.
    let long = |v: &VerdictDrift| {
        v.to == Reading::Valid
            && matches!(&v.from, Reading::Invalid { promise } if promise.ends_with("FunctionName::length::max"))
    };
    assert!(
        drift.verdicts.iter().any(long),
        "no request has a name of 141 to 256 characters"
    );
    assert!(
        drift
            .verdicts
            .iter()
            .all(|v| v.from != v.to && !v.cases.is_empty())
    );
    assert!(
        drift
            .only_to
            .keys()
            .any(|promise| promise.contains("MaximumRetryAttempts"))
    );
    // The other way round the same promises differ.
    let back = Drift::new(&current, &page);
    assert_eq!(
        (back.same, back.promises.len()),
        (drift.same, drift.promises.len())
    );
    assert_eq!(
        drift.same
            + drift
                .promises
                .iter()
                .filter(|p| p.change != Change::Added)
                .count(),
        page.contract.atoms.len()
    );
    let told = text(&drift);
    for (word, count) in [
        ("changed", Change::Changed),
        ("removed", Change::Removed),
        ("added", Change::Added),
    ] {
        let count = drift.promises.iter().filter(|p| p.change == count).count();
        assert_eq!(
            told.lines()
                .filter(|l| l.starts_with(&format!("{word:<8} ")))
                .count(),
            count,
            "{word}"
        );
    }
    let form = jsonschema::validator_for(&serde_json::from_str(&schema()).expect("JSON"))
        .expect("a schema");
    assert!(form.is_valid(&serde_json::to_value(&drift).expect("JSON")));
}
