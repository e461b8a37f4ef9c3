//! From the findings of a document to its causes.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::super::document::{CauseKind, Example, Report, ReportedCause, ReportedFinding};
use super::explained::Group;
use super::key::{Key, Known};
use super::rules;
use super::words::says;
use crate::contract::Level;

/// The causes of what a report tells, worst first: those that fail the run before others, and of
/// these those that break most promises and show in most cases.
pub(crate) fn causes(report: &Report) -> Vec<ReportedCause> {
    let known = Known::of(&report.findings, &report.traffic);
    let mut groups: BTreeMap<Key, Group<'_>> = BTreeMap::new();
    for (place, finding) in report
        .findings
        .iter()
        .enumerate()
        .filter(|(_, f)| !f.repeats)
    {
        if finding.evidence.is_empty() {
            groups
                .entry(Key::single(finding))
                .or_default()
                .evidence
                .insert(place, Vec::new());
        }
        for evidence in &finding.evidence {
            let group = groups
                .entry(known.key(finding, &evidence.kind))
                .or_default();
            group.evidence.entry(place).or_default().push(evidence);
        }
    }

    rules::apply(report, &mut groups);
    repeats(report, &known, &mut groups);
    let mut causes: Vec<(usize, ReportedCause)> = groups
        .iter()
        .filter_map(|(key, group)| Some((group.first()?, cause(report, key, group)?)))
        .collect();

    causes.sort_by(|(a, one), (b, other)| {
        let weight = |cause: &ReportedCause| {
            (
                !cause.fails,
                Reverse(cause.promises.len()),
                Reverse(cause.cases),
            )
        };
        (weight(one), a, &one.id).cmp(&(weight(other), b, &other.id))
    });

    causes.into_iter().map(|(_, cause)| cause).collect()
}

/// Puts the refusals of controls that another finding tells already where that one is, or where
/// they belong themselves.
fn repeats<'a>(report: &'a Report, known: &Known<'_>, groups: &mut BTreeMap<Key, Group<'a>>) {
    for (place, finding) in report
        .findings
        .iter()
        .enumerate()
        .filter(|(_, f)| f.repeats)
    {
        for evidence in &finding.evidence {
            let key = known.key(finding, &evidence.kind);
            // Which finding tells it is known by its answer: the first that was refused alike.
            let alike = || {
                groups.iter().find(|(_, group)| {
                    let refused = |at: &usize| {
                        report
                            .findings
                            .get(*at)
                            .is_some_and(|f| f.symptom == "refused")
                    };
                    let mut kinds = group.evidence.iter().filter(|(at, _)| refused(at));
                    kinds.any(|(_, of)| of.iter().any(|e| e.kind.came == evidence.kind.came))
                })
            };
            let key = if groups.contains_key(&key) {
                key
            } else {
                alike().map_or(key, |(key, _)| key.clone())
            };
            groups
                .entry(key)
                .or_default()
                .evidence
                .entry(place)
                .or_default()
                .push(evidence);
        }
    }
}

fn cause(report: &Report, key: &Key, group: &Group<'_>) -> Option<ReportedCause> {
    let findings: Vec<(usize, &ReportedFinding)> = group
        .evidence
        .keys()
        .filter_map(|place| Some((*place, report.findings.get(*place)?)))
        .collect();
    let roots = || {
        findings
            .iter()
            .filter(|(place, f)| !group.follows.contains(place) && !f.repeats)
    };
    // The severest shows it; of those, one whose own request does and breaks a promise of its own;
    // of those, the one of most cases.
    let rank = |(place, f): &&(usize, &ReportedFinding)| {
        let around = matches!(
            f.role.as_str(),
            "given" | "before" | "twin" | "after" | "named"
        );
        let general = f.promise_path().starts_with("protocol::no-server-error");
        // Of valid requests that are refused, the example is one.
        let other_class = key.kind == CauseKind::Refused && f.class != "valid";
        let elsewhere = f.promise.split("::").next() != Some(report.run.slug.as_str());
        (
            !f.fails(report.run.gate),
            f.level,
            general,
            f.role == "step",
            other_class,
            elsewhere,
            around,
            Reverse(f.count),
            f.size,
            *place,
        )
    };
    // A finding that fails the run is never hidden behind one that is known.
    let fails = |(_, f): &&(usize, &ReportedFinding)| f.fails(report.run.gate);
    let shown = roots()
        .filter(fails)
        .min_by_key(rank)
        .or_else(|| findings.iter().filter(fails).min_by_key(rank));
    let (place, shown_by) = shown
        .or_else(|| roots().min_by_key(rank))
        .or_else(|| findings.iter().min_by_key(rank))?;
    let mut promises = Vec::new();
    for (_, finding) in findings
        .iter()
        .filter(|(place, _)| !group.follows.contains(place))
    {
        if !promises.contains(&finding.promise) {
            promises.push(finding.promise.clone());
        }
    }
    let id = format!("{}::cause::{}", report.run.slug, id_of(key));
    let known: Vec<&String> = findings
        .iter()
        .filter_map(|(_, f)| f.known.as_ref())
        .collect();
    Some(ReportedCause {
        id,
        kind: key.kind,
        about: key.about.clone(),
        says: says(key, shown_by, group),
        level: findings
            .iter()
            .map(|(_, f)| f.level)
            .min()
            .unwrap_or(Level::Should),
        cases: group.cases(&report.findings),
        findings: findings.iter().map(|(_, f)| f.id.clone()).collect(),
        follows: findings
            .iter()
            .filter(|(at, _)| group.follows.contains(at))
            .map(|(_, f)| f.id.clone())
            .collect(),
        promises,
        shown_by: shown_by.id.clone(),
        example: example(group, *place, shown_by),
        fails: findings.iter().any(|(_, f)| f.fails(report.run.gate)),
        known: known
            .first()
            .filter(|_| known.len() == findings.len())
            .map(|why| (*why).clone()),
    })
}

/// Another request than the finding's, where that one is of another cause.
fn example(group: &Group<'_>, place: usize, finding: &ReportedFinding) -> Option<Example> {
    let evidence = group.evidence.get(&place)?;
    let examples = evidence.iter().filter_map(|e| e.example.as_ref());
    let best = examples.min_by_key(|e| (!e.by_itself, e.size, e.place))?;
    (finding.place != Some(best.place)).then(|| best.clone())
}

fn id_of(key: &Key) -> String {
    let kind = serde_json::to_value(key.kind).ok();
    let kind = kind
        .as_ref()
        .and_then(|kind| kind.as_str())
        .unwrap_or_default()
        .to_owned();
    std::iter::once(kind)
        .chain(key.about.iter().cloned())
        .collect::<Vec<_>>()
        .join("::")
}
