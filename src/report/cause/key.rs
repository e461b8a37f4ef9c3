//! Which cause explains one kind of evidence of a finding.

use crate::contract::PromisePath;
use std::collections::{BTreeMap, BTreeSet};

use super::super::document::{CauseKind, EvidenceKind, ReportedFinding, Traffic};

/// So many requests alike are a pattern.
const ENOUGH: usize = 2;

/// What tells one cause from another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: CauseKind,
    pub(super) about: Vec<String>,
}

/// What is known of a whole run, to hold each piece of evidence against.
pub(super) struct Known<'a> {
    traffic: &'a Traffic,
    /// What every valid update was answered, where that is one answer and no success.
    every: Option<&'a str>,
    /// Whether every update that was accepted got the same answer.
    same: bool,
    /// The members that are never read.
    ignored: BTreeSet<String>,
    /// The promises about these that requests broke and were accepted, each with the member.
    ignored_faults: BTreeMap<&'a str, &'a str>,
    /// What everything that was refused was answered, where that is one answer.
    refusal: Option<&'a str>,
}

impl Key {
    fn new(kind: CauseKind, about: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self {
            kind,
            about: about.into_iter().map(Into::into).collect(),
        }
    }

    /// Of a finding that nothing else explains.
    pub(super) fn single(finding: &ReportedFinding) -> Self {
        Self::new(CauseKind::Single, [finding.id.as_str()])
    }
}

impl<'a> Known<'a> {
    pub(super) fn of(findings: &'a [ReportedFinding], traffic: &'a Traffic) -> Self {
        let every = traffic
            .valid
            .get("")
            .and_then(alike)
            .filter(|came| *came != ACCEPTED);

        let accepted = |outcomes: &BTreeMap<String, usize>| {
            outcomes.get(ACCEPTED).copied().unwrap_or_default()
        };
        let all = traffic.valid.get("").map_or(0, accepted)
            + faults(traffic).map(accepted).sum::<usize>();
        let mut known = Self {
            traffic,
            every,
            same: traffic.bodies.len() == 1 && all > ENOUGH,
            ignored: BTreeSet::new(),
            ignored_faults: BTreeMap::new(),
            refusal: None,
        };

        let members: BTreeSet<&String> = kinds(findings)
            .filter_map(|(_, kind)| kind.member.as_ref())
            .collect();
        known.ignored = members
            .into_iter()
            .filter(|m| known.is_ignored(findings, m))
            .cloned()
            .collect();

        let accepted = kinds(findings).filter(|(f, _)| f.symptom == "accepted");
        let faults_of = accepted
            .filter_map(|(_, kind)| Some((kind.fault.as_deref()?, kind.fault_member.as_deref()?)));
        known.ignored_faults = faults_of
            .filter(|(_, member)| known.ignored.contains(*member))
            .collect();
        let refusals: BTreeSet<&str> = faults(traffic)
            .flat_map(|o| o.keys().map(String::as_str))
            .filter(refuses)
            .collect();

        let classes = traffic
            .faults
            .values()
            .filter(|of| of.values().any(|o| o.keys().any(|c| refuses(&c.as_str()))));

        known.refusal = refusals
            .first()
            .copied()
            .filter(|_| refusals.len() == 1 && classes.count() >= ENOUGH);

        known
    }

    /// Whether a member is never read: nothing that was sent as it was refused or stored.
    fn is_ignored(&self, findings: &[ReportedFinding], member: &str) -> bool {
        let about = |kind: &EvidenceKind| kind.member.as_deref() == Some(member);
        let lost = kinds(findings).any(|(f, kind)| about(kind) && is_effect(f));
        let accepted = kinds(findings)
            .filter(|(f, kind)| {
                f.symptom == "accepted" && kind.fault_member.as_deref() == Some(member)
            })
            .filter_map(|(_, kind)| kind.fault.as_deref());

        let paths: BTreeSet<&str> = accepted.collect();
        let faults = self.traffic.faults.values().flatten();
        let about = faults.filter(|(path, _)| {
            PromisePath::new(path).request_member() == Some(member) || paths.contains(path.as_str())
        });
        let counts = |(_, outcomes): (&String, &BTreeMap<String, usize>)| {
            (
                outcomes.get(ACCEPTED).copied().unwrap_or_default(),
                total(outcomes),
            )
        };

        let (accepted, all) = about
            .map(counts)
            .fold((0, 0), |(a, b), (x, y)| (a + x, b + y));
        // A fault of the body as a whole is seen by who never looks for the member.
        let hardly_refused = all - accepted <= 1.max(all / 10);
        lost && !paths.is_empty() && hardly_refused && !self.traffic.moved.contains_key(member)
    }

    /// The cause that explains how a kind of request showed a finding.
    pub(super) fn key(&self, finding: &ReportedFinding, kind: &EvidenceKind) -> Key {
        self.of_all(finding, kind)
            .or_else(|| self.of_member(finding, kind))
            .or_else(|| self.of_failure(finding, kind))
            .or_else(|| self.of_refusal(finding, kind))
            .unwrap_or_else(|| of_answer(finding, kind))
    }

    /// What all updates have in common.
    fn of_all(&self, finding: &ReportedFinding, kind: &EvidenceKind) -> Option<Key> {
        let about_updates = matches!(kind.operation.as_str(), "update" | "read");
        if let Some(every) = self.every
            && about_updates
            && end(&kind.came) == every
        {
            return Some(Key::new(CauseKind::EveryUpdate, [how(every)]));
        }
        let shown_by_all = kind.operation == "update"
            && matches!(
                finding.symptom.as_str(),
                "accepted" | "missing" | "not-echoed" | "wrong-state" | "inconsistent"
            );

        let nothing_moved =
            self.traffic.moved.is_empty() && kind.operation == "read" && is_effect(finding);
        let same = self.same && (shown_by_all || nothing_moved);
        same.then(|| Key::new(CauseKind::SameAnswer, Vec::<String>::new()))
    }

    /// What all updates that name a member have in common.
    fn of_member(&self, finding: &ReportedFinding, kind: &EvidenceKind) -> Option<Key> {
        // A fault is not looked at either where whatever has that name gets that answer.
        let not_accepted = is_failure(finding)
            || matches!(
                finding.symptom.as_str(),
                "refused" | "wrong-refusal" | "no-error-type"
            );

        if kind.operation == "update" && not_accepted {
            let bad = |name: &&String| {
                let outcomes = self.traffic.valid.get(*name);
                outcomes.is_some_and(|o| total(o) >= ENOUGH && alike(o) == Some(end(&kind.came)))
            };
            if let Some(name) = kind.names.iter().find(bad) {
                return Some(Key::new(
                    CauseKind::EveryUpdateWith,
                    [name.as_str(), how(&kind.came)],
                ));
            }
        }

        let named: Vec<&String> = kind
            .names
            .iter()
            .filter(|name| !name.contains('='))
            .collect();

        let sole = named
            .first()
            .filter(|_| named.len() == 1)
            .map(|name| name.as_str());

        let of_effect = is_effect(finding)
            || matches!(
                finding.symptom.as_str(),
                "accepted" | "read-disagrees" | "changed"
            );

        // A list, or an answer to another operation, is not about what an update names.
        let member = match finding.symptom.as_str() {
            "accepted" => {
                let elsewhere = || self.ignored_faults.get(kind.fault.as_deref()?).copied();
                kind.fault_member.as_deref().or(sole).or_else(elsewhere)
            }
            // Of updates sent at the same time no order explains what is shown where one of their
            // members is never read.
            "read-disagrees" if kind.member.is_none() => named
                .iter()
                .map(|name| name.as_str())
                .find(|name| self.ignored.contains(*name)),
            _ => kind.member.as_deref().or(sole),
        };

        let member = member.filter(|m| of_effect && self.ignored.contains(*m))?;
        Some(Key::new(CauseKind::Ignored, [member]))
    }

    /// What requests have in common that make the service fail.
    fn of_failure(&self, finding: &ReportedFinding, kind: &EvidenceKind) -> Option<Key> {
        let crashed = finding.symptom == "wrong-refusal" && how(&kind.came) == "crashed";
        if !is_failure(finding) && !crashed {
            return None;
        }
        let text = slug(&kind.came);
        let about = match &kind.fault {
            _ if self.whole_class(kind) => {
                return Some(Key::new(CauseKind::Crash, [kind.class.as_str()]));
            }
            Some(path) => vec![path.clone()],
            None if kind.class != "valid" => vec![kind.class.clone()],
            _ if kind.operation == "update" => match self.likeliest(kind) {
                Some(name) => vec!["valid".to_owned(), name],
                None => vec!["valid".to_owned()],
            },
            _ => vec![kind.operation.clone()],
        };

        Some(Key::new(CauseKind::Crash, about.into_iter().chain([text])))
    }

    /// Whether requests of a class make the service fail whichever member they are about. The texts
    /// of the errors may tell what was sent.
    fn whole_class(&self, kind: &EvidenceKind) -> bool {
        let Some(promises) = self.traffic.faults.get(&kind.class) else {
            return false;
        };
        let fails =
            |outcomes: &BTreeMap<String, usize>| outcomes.keys().any(|came| how(came) == "crashed");
        let subjects: BTreeSet<&str> = promises
            .iter()
            .filter(|(_, outcomes)| fails(outcomes))
            .map(|(path, _)| PromisePath::new(path).subject())
            .collect();
        subjects.len() >= ENOUGH
    }

    /// What a request names whose share of requests with that end is the greatest, where it says
    /// something: a tenth of them at least, and twice as many as of all.
    fn likeliest(&self, kind: &EvidenceKind) -> Option<String> {
        let share = |name: &String| {
            let outcomes = self.traffic.valid.get(name)?;
            let ended = outcomes.get(&kind.came).copied().unwrap_or_default();
            // In thousandths, so that shares can be ordered.
            (ended * 1000).checked_div(total(outcomes))
        };

        let all = share(&String::new()).unwrap_or_default();
        let names = kind
            .names
            .iter()
            .filter_map(|name| Some((share(name)?, name)));

        let telling = names.filter(|(share, _)| *share >= 100.max(2 * all));
        // Of equals the first, and a member before its forms.
        telling
            .max_by_key(|(share, name)| (*share, std::cmp::Reverse(*name)))
            .map(|(_, name)| name.clone())
    }

    /// What requests have in common that are refused wrongly.
    fn of_refusal(&self, finding: &ReportedFinding, kind: &EvidenceKind) -> Option<Key> {
        match finding.symptom.as_str() {
            "wrong-refusal" if self.refusal == Some(kind.came.as_str()) => {
                Some(Key::new(CauseKind::EveryRefusal, Vec::<String>::new()))
            }
            "wrong-refusal" => {
                let of_class = self.traffic.faults.get(&kind.class);
                let refused = |o: &BTreeMap<String, usize>| {
                    o.keys().all(|c| !refuses(&c.as_str()) || *c == kind.came)
                };
                match of_class.is_some_and(|promises| {
                    promises.len() >= ENOUGH && promises.values().all(refused)
                }) {
                    true => Some(Key::new(CauseKind::Refusals, [kind.class.as_str()])),
                    false => Some(Key::new(
                        CauseKind::Refusals,
                        [finding.promise_path(), kind.class.as_str()],
                    )),
                }
            }
            "refused" if kind.operation == "update" && kind.fault.is_none() => {
                let name = self.likeliest(kind).unwrap_or_else(|| "any".to_owned());
                Some(Key::new(
                    CauseKind::Refused,
                    [name.as_str(), how(&kind.came)],
                ))
            }
            _ => None,
        }
    }
}

/// What an answer, or the state behind it, has by itself.
fn of_answer(finding: &ReportedFinding, kind: &EvidenceKind) -> Key {
    let path = finding.promise_path();
    let symptom = finding.symptom.as_str();
    match (symptom, &kind.member) {
        ("accepted", _) => match kind.operation.as_str() {
            "update" | "other" => Key::new(CauseKind::Accepted, [path]),
            operation => Key::new(CauseKind::Accepted, [operation, path]),
        },
        ("not-echoed" | "not-stored" | "wrong-state", Some(member)) => {
            Key::new(CauseKind::Stored, [member.as_str()])
        }
        ("changed-by-refusal", _) => Key::new(CauseKind::ChangedByRefusal, Vec::<String>::new()),
        ("changed", Some(member)) => Key::new(CauseKind::Changed, [member.as_str()]),
        ("missing" | "wrong-type" | "out-of-contract" | "not-null", Some(member)) => {
            Key::new(CauseKind::Answer, [member.as_str(), symptom])
        }
        ("content-type" | "no-error-type" | "not-json" | "content-coding" | "member-twice", _) => {
            Key::new(CauseKind::Form, [path, symptom])
        }
        ("wrong-status" | "wrong-error-status", _) => Key::new(CauseKind::Form, [path, symptom]),
        _ => Key::new(CauseKind::Single, [path, symptom]),
    }
}

pub(super) const ACCEPTED: &str = "accepted";

/// How a request ended, in a word that names no status: it may be another tomorrow, and the cause
/// is the same.
pub(super) fn how(came: &str) -> &'static str {
    match came.as_bytes().first() {
        Some(b'3') => "redirected",
        Some(b'4') => "refused",
        Some(b'5') => "crashed",
        _ => "not-answered",
    }
}

/// An outcome, but for the text of a failure of the service, which may tell what was sent.
fn end(came: &str) -> &str {
    if how(came) == "crashed" { "500" } else { came }
}

pub(super) fn refuses(came: &&str) -> bool {
    how(came) == "refused"
}

pub(super) fn is_effect(finding: &ReportedFinding) -> bool {
    matches!(
        finding.symptom.as_str(),
        "not-echoed" | "not-stored" | "wrong-state"
    )
}

pub(super) fn is_failure(finding: &ReportedFinding) -> bool {
    let failures = [
        "server-error",
        "crashed",
        "no-answer",
        "timed-out",
        "cut",
        "too-large",
        "not-http",
    ];
    failures.contains(&finding.symptom.as_str())
}

fn kinds(findings: &[ReportedFinding]) -> impl Iterator<Item = (&ReportedFinding, &EvidenceKind)> {
    findings
        .iter()
        .flat_map(|f| f.evidence.iter().map(move |e| (f, &e.kind)))
}

fn faults(traffic: &Traffic) -> impl Iterator<Item = &BTreeMap<String, usize>> {
    traffic.faults.values().flat_map(BTreeMap::values)
}

/// The one outcome that there is, where there is one.
fn alike(outcomes: &BTreeMap<String, usize>) -> Option<&str> {
    let mut ends = outcomes.keys().map(|came| end(came));
    let first = ends.next()?;
    ends.all(|other| other == first).then_some(first)
}

fn total(outcomes: &BTreeMap<String, usize>) -> usize {
    outcomes.values().sum()
}

/// The text of an error as part of an identity: its first words.
pub(super) fn slug(came: &str) -> String {
    let words = came
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(4);
    let text = words.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    text.chars().take(48).collect()
}

impl ReportedFinding {
    /// Its promise without the operation.
    pub(super) fn promise_path(&self) -> &str {
        PromisePath::of_id(&self.promise).as_str()
    }
}
