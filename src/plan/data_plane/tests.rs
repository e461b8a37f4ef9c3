//! What is wrong with `data-plane.toml` is said with what was expected.

use super::load_data_plane;
use crate::harness::testing::{assert_refused, plan};
use crate::plan::{Plan, PlanOptions};
use crate::support::files::{Files, Source};

fn check(from: &str, to: &str, expected: &str) {
    let mut file: Source = Files::Embedded
        .read("lambda/data-plane.toml")
        .expect("the file");
    assert!(file.text.contains(from), "{from}");
    file.text = file.text.replace(from, to);
    assert_refused(
        load_data_plane(&file, "update-event-source-mapping", &[&plan().contract]).map(|_| ()),
        expected,
    );
}

#[test]
fn faults() {
    let file = Files::Embedded
        .read("lambda/data-plane.toml")
        .expect("the file");
    let name = &file.name;
    let line = |text: &str| {
        file.text
            .lines()
            .position(|l| l.contains(text))
            .expect("the line")
            + 1
    };
    let (record, stops) = (line("${record}"), line("rule::polling-stops"));
    check(
        "${record}",
        "${recod}",
        &format!("{name}:{record}: `${{recod}}` is captured by no fixture"),
    );
    check(
        "rule::polling-stops",
        "rule::poling",
        &format!("{name}:{stops}: unknown promise `rule::poling`: …"),
    );
    check("[receivers]", "[reciever]", &format!("{name}:…"));
    let line = file
        .text
        .lines()
        .position(|l| l.starts_with("record = "))
        .expect("the line")
        + 1;
    check(
        "([A-Za-z0-9]{8})",
        "x",
        &format!("{name}:{line}: expected a group in the regular expression"),
    );
}

/// A creation may name a mapping that was there before: without a look at what is there, that one
/// would be removed.
#[test]
fn what_is_made_is_told_from_what_was_there() {
    let file = Files::Embedded
        .read("lambda/data-plane.toml")
        .expect("the file");
    let (before, block) = file.text.split_once("[find]\n").expect("the table");
    let block = block.split("\n\n").next().expect("its lines");
    let name = &file.name;
    let ours = block
        .lines()
        .find(|line| line.starts_with("ours = "))
        .expect("the line");
    let line = before.lines().count() + 1;
    check(
        ours,
        "",
        &format!("{name}:{line}: `find`: expected `ours`, and one of `list` and `items`"),
    );
    let expected = "the target chooses `resource`; add a `find` with `ours`, which tells what a run made from what was \
                    there before";
    let created = before
        .lines()
        .position(|line| line == "[create]")
        .expect("the line")
        + 2;
    check(
        &format!("[find]\n{block}"),
        "",
        &format!("{name}:{created}: {expected}"),
    );
}

#[test]
fn other_operations_have_none() {
    let file = Files::Embedded
        .read("lambda/data-plane.toml")
        .expect("the file");
    let found = load_data_plane(&file, "get-event-source-mapping", &[&plan().contract]);
    assert!(found.is_ok_and(|plane| plane.is_none()));
}

/// A promise that only one revision makes does not keep the other from being planned.
#[test]
fn every_revision_has_a_plan() {
    for revision in ["2018", "current"] {
        let options = PlanOptions {
            revision: Some(revision.to_owned()),
            ..PlanOptions::default()
        };
        let plan = Plan::load(&Files::Embedded, &options);
        assert!(
            plan.is_ok_and(|plan| plan.data_plane.is_some()),
            "{revision}"
        );
    }
}
