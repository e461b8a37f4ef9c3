//! A recording without cases, judged: each exchange by itself, and then what happened to each
//! resource.

use std::collections::{BTreeMap, BTreeSet};

use super::entry::{Entries, Entry, Operation, operation};
use super::history::{History, Link, at_rest, histories};
use super::intent::{Effect, Intent, intent, judge as judge_of};
use super::judged::{Judged, partial};
use super::lines::document;
use crate::judge::{Judge, Observation, Role, Verdict, throttles};
use crate::plan::Plan;
use crate::plan::case::{Action, Case, CaseId, Origin};
use crate::report::Summary;
use crate::run::{CaseResult, Ended, Event};
use crate::support::files::{FileError, Source};
use crate::support::percent::percent_decode;
use crate::support::template::Bindings;

/// A resource: where it is, and its identity there.
type Key = (String, String);

/// An exchange of an operation, with what it is about.
struct Met<'a> {
    entry: &'a Entry,
    operation: Operation<'a>,
    label: Option<String>,
    key: Option<Key>,
}

/// Judges the exchanges. The cases of the plan become those that they are.
pub(super) fn judge(
    mut plan: Plan,
    source: &Source,
    entries: &Entries,
) -> Result<Judged, FileError> {
    let Some(operations) = plan.operations() else {
        let message =
            "no fixture file says which operations create, read, list and delete".to_owned();
        return Err(FileError {
            file: source.name.clone(),
            line: None,
            message,
        });
    };
    let identity = Judge::of(&plan).identity();
    let met: Vec<Met<'_>> = entries
        .all
        .iter()
        .filter_map(|entry| {
            let (operation, label) = operation(&operations, &entry.exchange.request)?;
            let key = identity_of(identity, entry, operation, label.as_deref())
                .map(|id| (entry.host.clone(), id));
            Some(Met {
                entry,
                operation,
                label,
                key,
            })
        })
        .collect();
    let intents = intents(&plan, &met);
    let mut about: BTreeMap<&Key, Vec<Link<'_>>> = BTreeMap::new();
    for (place, (met, intent)) in met.iter().zip(&intents).enumerate() {
        let Some(key) = &met.key else { continue };
        let link = Link {
            place,
            entry: met.entry,
            operation: met.operation,
            label: met.label.as_deref(),
            effect: &intent.effect,
        };
        about.entry(key).or_default().push(link);
    }
    let strangers = strangers(entries, &about);
    let mut histories: Vec<History> = about
        .iter()
        .flat_map(|(key, links)| {
            histories(
                &operations,
                &key.1,
                links,
                strangers.get(key).map_or(&[], Vec::as_slice),
            )
        })
        .collect();
    // In the order of the recording, not of identities.
    histories.sort_by_key(|history| history.places.first().copied());

    let mut results: Vec<CaseResult> = Vec::new();
    for (index, (met, intent)) in met.iter().zip(&intents).enumerate() {
        results.push(alone(&plan, index, met, &intent.case));
    }
    for history in &histories {
        let told: BTreeSet<String> = history
            .places
            .iter()
            .flat_map(|at| results[*at].judgement.findings.iter().map(|f| f.id()))
            .collect();
        let mut judgement = Judge::of(&plan).judge(&history.case, &history.observation);
        // What an exchange shows by itself was told of it.
        judgement
            .findings
            .retain(|finding| !told.contains(&finding.id()));
        if judgement.verdict == Verdict::Fail && judgement.findings.is_empty() {
            judgement.verdict = Verdict::Pass;
        }
        results.push(CaseResult {
            index: results.len(),
            judgement,
            observation: Some(history.observation.clone()),
        });
    }
    let slug = plan.contract.slug.clone();
    let alone = intents
        .into_iter()
        .enumerate()
        .map(|(at, i)| (format!("exchange-{}", at + 1), i.case));
    let together = histories
        .into_iter()
        .enumerate()
        .map(|(at, h)| (format!("history-{}", at + 1), h.case));
    let ignored = entries.all.len() - met.len();
    let cases: Vec<Case> = alone
        .chain(together)
        .map(|(name, case)| named(case, &slug, &name, source))
        .collect();
    plan.cases = cases;

    let mut summary = Summary::default();
    let mut notes = Vec::new();
    notes.extend(
        (ignored > 0).then(|| {
            format!("exchanges left out, of operations that are not judged here: {ignored}")
        }),
    );
    let unanswered = entries.unanswered;
    notes.extend(
        (unanswered > 0)
            .then(|| format!("exchanges left out, recorded without a whole answer: {unanswered}")),
    );
    summary.add(&plan, Event::Prepared { notes });
    let nothing = results.is_empty();
    let tested = results
        .iter()
        .any(|result| !matches!(result.judgement.verdict, Verdict::Skip(_)));
    for result in results {
        // Each exchange is counted once, by itself.
        summary.add(&plan, Event::Judged(Box::new(result)));
    }
    // What was throttled alone shows nothing.
    let mut ended = Ended {
        stopped: None,
        accepted_any: tested,
        leftovers: Vec::new(),
        cut: Vec::new(),
    };
    if nothing {
        ended = partial(
            "the recording holds no exchange of an operation that is judged here".to_owned(),
        );
        ended.accepted_any = false;
    }
    summary.requests = met_requests(&plan);
    summary.end(ended);
    Ok(Judged {
        plan,
        summary,
        flags: String::new(),
        results: Vec::new(),
    })
}

/// For each resource, the lines of accepted writes that name it in another way than the operations
/// do, as by other letters or a path written otherwise: what they did to it nobody knows.
fn strangers<'a>(
    entries: &Entries,
    about: &BTreeMap<&'a Key, Vec<Link<'_>>>,
) -> BTreeMap<&'a Key, Vec<usize>> {
    let mut found: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
    for entry in &entries.all {
        let request = &entry.exchange.request;
        if !entry.exchange.accepted()
            || matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS")
        {
            continue;
        }
        let path = percent_decode(&percent_decode(&request.path)).to_lowercase();
        for (key, links) in about {
            let own = links.iter().any(|link| link.entry.line == entry.line);
            if !own && key.0 == entry.host && path.contains(&key.1.to_lowercase()) {
                found.entry(key).or_default().push(entry.line);
            }
        }
    }

    found
}

/// How many of the cases are exchanges, and not histories of several.
fn met_requests(plan: &Plan) -> usize {
    plan.cases
        .iter()
        .filter(|case| case.subject().is_some())
        .count()
}

fn named(case: Case, slug: &str, name: &str, source: &Source) -> Case {
    let origin = match case.origin {
        Origin::Recorded { line, .. } => Origin::Recorded {
            file: source.name.clone(),
            line,
        },
        other => other,
    };

    Case {
        id: CaseId(format!("{slug}::recorded::{name}")),
        origin,
        ..case
    }
}

/// What each exchange was meant for, by what those before it tell.
fn intents(plan: &Plan, met: &[Met<'_>]) -> Vec<Intent> {
    let mut alive: BTreeMap<&Key, bool> = BTreeMap::new();
    let mut busy_until: BTreeMap<&Key, i64> = BTreeMap::new();
    let mut intents = Vec::new();
    for met in met {
        // What is under way at the same time may come first or second.
        let crossed = met
            .key
            .as_ref()
            .zip(met.entry.span)
            .is_some_and(|(key, (start, end))| {
                let until = busy_until.entry(key).or_insert(i64::MIN);
                let crossed = start < *until;
                *until = end.max(*until);
                crossed
            });
        let known = met
            .key
            .as_ref()
            .and_then(|key| alive.get(key))
            .copied()
            .filter(|_| !crossed);
        let intent = intent(plan, met.operation, met.label.as_deref(), met.entry, known);
        let status = met
            .entry
            .exchange
            .answer()
            .map_or(0, |answer| answer.status);
        if let Some(key) = &met.key {
            let now = match (met.operation.action, &intent.effect) {
                (Action::Delete, Effect::Done | Effect::Open) => Some(false),
                _ if status == 404 => Some(false),
                // One that is being deleted is shown for a while.
                (Action::Create | Action::Update, Effect::Done) => Some(true),
                (Action::Read, Effect::Done) => {
                    at_rest(&plan.contract, &met.entry.exchange).then_some(true)
                }
                _ => None,
            };
            if let Some(now) = now {
                alive.insert(key, now);
            }
        }
        intents.push(intent);
    }

    intents
}

/// The identity of the resource that an exchange is about: in the path, or in the answer to its
/// creation.
fn identity_of(
    member: Option<&str>,
    entry: &Entry,
    operation: Operation<'_>,
    label: Option<&str>,
) -> Option<String> {
    if let Some(label) = label {
        return Some(label.to_owned());
    }
    let exchange = &entry.exchange;
    let answer = exchange
        .answer()
        .filter(|_| operation.action == Action::Create && exchange.accepted())?;
    Some(document(&answer.body)?.get(member?)?.as_str()?.to_owned())
}

fn alone(plan: &Plan, index: usize, met: &Met<'_>, case: &Case) -> CaseResult {
    let exchange = met.entry.exchange.clone();
    let resource = plan.binding.resource.as_ref().map(|(_, resource)| resource);
    let shown = exchange.answer().and_then(|answer| document(&answer.body));
    let variant = resource.and_then(|resource| resource.variant_of(&shown?));

    let mut seen = Observation::new(Bindings::default(), variant.unwrap_or_default());
    seen.add(0, Role::Subject, exchange);
    let mut judgement = judge_of(plan, met.operation).judge(case, &seen);
    // A run waits and tries again, and cannot tell where that is of no use. Here there was nothing
    // to wait for.
    let throttled = met
        .entry
        .exchange
        .answer()
        .is_some_and(|answer| throttles(&plan.service, answer));

    if let (Verdict::Error(_), true) = (&judgement.verdict, throttled) {
        let throttled = Verdict::Skip("it was throttled".to_owned());
        judgement.verdict = if judgement.findings.is_empty() {
            throttled
        } else {
            Verdict::Fail
        };
    }

    CaseResult {
        index,
        judgement,
        observation: Some(seen),
    }
}
