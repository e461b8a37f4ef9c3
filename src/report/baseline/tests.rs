//! Files of known findings, and what a run says of them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Baseline, Comparison, Date, Entry, Removal, Seen};
use crate::harness::testing::assert_refused;
use crate::support::files::Source;

fn source(text: &str) -> Source {
    Source {
        name: "known.toml".to_owned(),
        text: text.to_owned(),
    }
}

fn day(text: &str) -> Date {
    crate::support::date::day(text).expect(text)
}

const WHOLE: &str = r#"
[[finding]]
id = "op::rule::b::valid::changed"
reason = ""
chance = true

[[finding]]
id = "op::request::A::range::min::range::accepted"
reason = "it says \"so\""
link = "https://example.com/1"
expires = 2027-01-31
"#;

#[test]
fn what_is_printed_is_what_was_read() {
    let baseline = Baseline::load(&source(WHOLE)).expect("a baseline");
    let text = baseline.print();
    assert_eq!(Baseline::load(&source(&text)), Ok(baseline.clone()));
    // Sorted, whatever the order was.
    assert!(
        text.find("op::request").expect("a place") < text.find("op::rule").expect("a place"),
        "{text}"
    );
    assert!(
        text.contains("\n\n[[finding]]\n") && text.contains("expires = 2027-01-31\n"),
        "{text}"
    );
    let quoted = WHOLE.replace("2027-01-31", "\"2027-01-31\"");
    assert_eq!(Baseline::load(&source(&quoted)), Ok(baseline));
    assert_eq!(Baseline::load(&source("")), Ok(Baseline::default()));
}

#[test]
fn faults_are_told_with_their_line() {
    let refused =
        |text: &str, message: &str| assert_refused(Baseline::load(&source(text)), message);
    refused("[[finding", "known.toml:1: …");
    refused(
        "[[findings]]\nid = \"a::b::c\"",
        "known.toml:1: unknown key `findings`: expected one of finding; did you mean `finding`?",
    );
    refused("finding = 3", "known.toml:1: expected tables [[finding]]");
    refused(
        &WHOLE.replace("link =", "lnik ="),
        "known.toml:10: unknown key `lnik`: expected one of id, reason, link, expires, chance; did you mean `link`?",
    );
    refused(
        &WHOLE.replace("link =", "colour ="),
        "known.toml:10: unknown key `colour`: expected one of id, reason, link, expires, chance",
    );
    refused(
        &WHOLE.replace("reason = \"\"\n", ""),
        "known.toml:2: [[finding]] lacks the key `reason`",
    );
    refused(
        &WHOLE.replace("reason = \"\"", "reason = 3"),
        "known.toml:4: reason: expected a string, found integer",
    );
    refused(
        &WHOLE.replace("= true", "= 1"),
        "known.toml:5: chance: expected true or false",
    );
    refused(
        &format!("{WHOLE}{WHOLE}"),
        "known.toml:14: finding `op::rule::b::valid::changed` stands twice in this file",
    );
    refused(
        &WHOLE.replace("op::rule::b::", ""),
        "known.toml:3: id: expected PROMISE::CLASS::SYMPTOM, found `valid::changed`",
    );
    for wrong in [
        "2027-02-29",
        "2027-13-01",
        "27-01-31",
        "\"soon\"",
        "2027-01-31T00:00:00Z",
    ] {
        let found = Baseline::load(&source(&WHOLE.replace("2027-01-31", wrong)));
        assert!(
            found.is_err_and(|e| e.to_string().starts_with("known.toml:11: ")),
            "{wrong}"
        );
    }
}

fn compared(found: &[&str], shows: bool, today: &str) -> Comparison {
    let baseline = Baseline::load(&source(WHOLE)).expect("a baseline");
    let found: BTreeSet<String> = found.iter().map(|id| (*id).to_owned()).collect();
    let promises = BTreeSet::from([
        "op::request::A::range::min".to_owned(),
        "op::rule::b".to_owned(),
    ]);
    let seen = Seen {
        found: &found,
        causes: &BTreeMap::new(),
        promises: &promises,
        would_show: &|_, entry: &Entry| shows && !entry.chance,
    };
    baseline.compare(seen, day(today))
}

const MIN: &str = "op::request::A::range::min::range::accepted";

#[test]
fn known_until_the_day() {
    for (today, known) in [("2027-01-31", true), ("2027-02-01", false)] {
        let comparison = compared(&[MIN, "op::other::valid::changed"], false, today);
        assert_eq!(comparison.known.contains_key(MIN), known);
        assert_eq!(comparison.expired.contains_key(MIN), !known);
        assert!(comparison.remove.is_empty());
    }
    let baseline = Baseline::load(&source(WHOLE)).expect("a baseline");
    assert_eq!(baseline.known(day("2027-02-01")).len(), 1);
    assert_eq!(baseline.known(day("2027-01-31")).len(), 2);
}

#[test]
fn entries_to_remove() {
    assert!(
        compared(&[], false, "2027-01-01").remove.is_empty(),
        "what could not be seen is not gone"
    );
    let gone = compared(&[], true, "2027-01-01").remove;
    assert_eq!(
        gone.into_iter().collect::<Vec<_>>(),
        [(MIN.to_owned(), Removal::Gone)]
    );
    let expired = compared(&[], false, "2027-02-01").remove;
    assert_eq!(expired.get(MIN), Some(&Removal::Expired(day("2027-01-31"))));
    let baseline =
        Baseline::load(&source(&WHOLE.replace("rule::b", "rule::bb"))).expect("a baseline");
    let promises = BTreeSet::from([
        "op::request::A::range::min".to_owned(),
        "op::rule::b".to_owned(),
    ]);
    let seen = Seen {
        found: &BTreeSet::new(),
        causes: &BTreeMap::new(),
        promises: &promises,
        would_show: &|_, _| false,
    };
    let removal = baseline.compare(seen, day("2027-01-01")).remove;
    assert_eq!(
        removal.into_values().collect::<Vec<_>>(),
        [Removal::NoPromise(Some("op::rule::b".to_owned()))]
    );
}

#[test]
fn any_text_is_read_as_it_was_written() {
    let mut baseline = Baseline::default();
    for (number, evil) in crate::harness::testing::evil::EVIL.iter().enumerate() {
        let entry = Entry {
            reason: evil.to_string(),
            link: Some(evil.to_string()),
            ..Entry::default()
        };
        baseline
            .entries
            .insert(format!("a::{number}{evil}::b::c"), entry);
    }
    assert_eq!(Baseline::load(&source(&baseline.print())), Ok(baseline));
}

#[test]
fn a_cause_may_be_named() {
    let cause = "op::cause::crash::rule::b";
    let text = format!("[[finding]]\nid = \"{cause}\"\nreason = \"known\"\n");
    let baseline = Baseline::load(&source(&text)).expect("a baseline");
    let found: BTreeSet<String> = ["op::rule::b::valid::changed", "op::rule::c::valid::changed"]
        .map(str::to_owned)
        .into();
    let promises = BTreeSet::from(["op::rule::b".to_owned()]);
    let of = |causes: &[(&str, &[usize])]| -> BTreeMap<String, Vec<String>> {
        let named = |places: &[usize]| {
            places
                .iter()
                .filter_map(|at| found.iter().nth(*at).cloned())
                .collect()
        };
        causes
            .iter()
            .map(|(id, places)| ((*id).to_owned(), named(places)))
            .collect()
    };
    let compare = |causes: &BTreeMap<String, Vec<String>>| {
        let seen = Seen {
            found: &found,
            causes,
            promises: &promises,
            would_show: &|_, _| true,
        };
        baseline.compare(seen, day("2026-01-01"))
    };
    // What another cause shows as well is known only where that one is.
    let both = compare(&of(&[
        (cause, &[0, 1]),
        ("op::cause::crash::rule::c", &[1]),
    ]));
    assert_eq!(
        both.known.keys().map(String::as_str).collect::<Vec<_>>(),
        ["op::rule::b::valid::changed"]
    );
    assert!(both.remove.is_empty());
    let all = compare(&of(&[(cause, &[0, 1])]));
    assert_eq!(all.known.len(), 2);
    let gone = compare(&of(&[]));
    assert_eq!(gone.remove.get(cause), Some(&Removal::Gone));
}
