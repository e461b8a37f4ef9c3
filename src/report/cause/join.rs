//! What several kinds of requests have in common beyond what each has by itself: causes of one fault are put together.
//!
//! Each rule asks for evidence that two faults at once do not leave: the same wrong answer that nothing is rightly given,
//! one class or one member whose every request ends alike, or one promise that is not looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::super::document::{CauseKind, Evidence, EvidenceKind, Report, Traffic};
use super::group::Group;
use super::key::{ACCEPTED, Key, how, refuses, slug};

/// So many classes whose requests all end alike have their end in common, and not what is sent.
const CLASSES: usize = 3;

type Groups<'a> = BTreeMap<Key, Group<'a>>;

/// What became of the requests that break promises.
struct Faults<'a> {
    traffic: &'a Traffic,
    /// The refusals that are wrong: class, promise and outcome.
    wrong: BTreeSet<(String, String, String)>,
}

/// Puts causes of one fault together.
pub(super) fn join<'a>(report: &'a Report, groups: &mut Groups<'a>) {
    let faults = Faults::of(report);
    after_accepted(groups);
    refusals(&faults, groups);
    let crashes = groups.keys().filter(|key| is_fault(CauseKind::Crash, key)).cloned().collect();
    together(groups, crashes, CauseKind::Crash, |one, other| faults.crash_alike(one, other));
    open_crashes(groups);
    let accepted = groups.keys().filter(|key| is_fault(CauseKind::Accepted, key)).cloned().collect();
    together(groups, accepted, CauseKind::Accepted, |one, other| faults.accepted_alike(one, other));
    same_promise(groups);
}

/// Moves what requests show that should have been refused, and were not: that they were accepted explains it.
fn after_accepted(groups: &mut Groups<'_>) {
    let accepted = groups.iter().filter(|(key, _)| key.kind == CauseKind::Accepted);
    let of: Vec<(EvidenceKind, Key)> =
        accepted.flat_map(|(key, group)| kinds(group).map(move |kind| (kind.clone(), key.clone()))).collect();
    let from: Vec<Key> = groups.keys().filter(|key| is_shown(key)).cloned().collect();
    for key in from {
        let to = |e: &Evidence| {
            let is_of = |kind: &EvidenceKind| match &e.kind.fault {
                Some(fault) => kind.fault.as_ref() == Some(fault),
                // Where it is open what the request breaks, its class tells, or the member that it names.
                None => {
                    kind.class == e.kind.class || kind.fault_member.as_ref().is_some_and(|m| e.kind.names.contains(m))
                }
            };
            let broken = e.kind.class != "valid" && e.kind.came == ACCEPTED;
            of.iter().find(|(kind, _)| broken && is_of(kind)).map(|(_, key)| key.clone())
        };
        move_evidence(groups, &key, true, to);
    }
}

/// Whether a cause is about what answers show, or what requests leave behind.
fn is_shown(key: &Key) -> bool {
    use CauseKind::{Answer, Changed, Form, Single, Stored};
    matches!(key.kind, Form | Answer | Stored | Changed | Single)
}

/// Whether a cause is about requests that break promises.
fn is_fault(kind: CauseKind, key: &Key) -> bool {
    let first = key.about.first().map(String::as_str).unwrap_or_default();
    key.kind == kind && !matches!(first, "valid" | "read" | "create" | "list" | "delete" | "gone")
}

/// Puts evidence of a cause with others, piece by piece. `follows`: it is shown there by what is explained alone.
pub(super) fn move_evidence(groups: &mut Groups<'_>, from: &Key, follows: bool, to: impl Fn(&Evidence) -> Option<Key>) {
    let Some(group) = groups.remove(from) else { return };
    let mut rest = Group { follows: group.follows.clone(), ..Group::default() };
    for (place, evidence) in group.evidence {
        if evidence.is_empty() {
            rest.evidence.entry(place).or_default();
        }
        for one in evidence {
            let known = to(one).filter(|key| key != from).and_then(|key| groups.get_mut(&key));
            let Some(known) = known else {
                rest.evidence.entry(place).or_default().push(one);
                continue;
            };
            if follows && !known.evidence.contains_key(&place) {
                known.follows.insert(place);
            }
            known.evidence.entry(place).or_default().push(one);
        }
    }
    rest.follows.retain(|place| rest.evidence.contains_key(place));
    if !rest.evidence.is_empty() {
        groups.insert(from.clone(), rest);
    }
}

/// Puts a cause as a whole with another, which need not be there yet.
pub(super) fn absorb(groups: &mut Groups<'_>, from: &Key, to: &Key) {
    if from == to {
        return;
    }
    let Some(group) = groups.remove(from) else { return };
    let known = groups.entry(to.clone()).or_default();
    let own = group.evidence.keys().filter(|place| !group.follows.contains(place));
    own.for_each(|place| {
        known.follows.remove(place);
    });
    known.follows.extend(group.follows.iter().filter(|place| !known.evidence.contains_key(place)));
    for (place, evidence) in group.evidence {
        known.evidence.entry(place).or_default().extend(evidence);
    }
}

/// Wrong refusals: none that is right, one answer that no request is rightly given, or one promise.
fn refusals(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    let is_status = |key: &Key| {
        key.kind == CauseKind::Form && key.about.last().is_some_and(|symptom| symptom == "wrong-error-status")
    };
    let keys: Vec<Key> = groups.keys().filter(|key| key.kind == CauseKind::Refusals).cloned().collect();
    if faults.all_wrong() {
        let all = Key { kind: CauseKind::EveryRefusal, about: Vec::new() };
        keys.iter().for_each(|key| absorb(groups, key, &all));
        return;
    }
    valid_as_well(faults, groups);
    together(groups, keys, CauseKind::Refusals, |one, other| faults.refused_alike(one, other));
    // A type that does not go with its status is the same wrong answer.
    let statuses: Vec<Key> = groups.keys().filter(|key| is_status(key)).cloned().collect();
    for status in statuses {
        let Some(shown) = groups.get(&status).map(cames) else { continue };
        let tells = |(key, group): &(&Key, &Group<'_>)| {
            key.kind == CauseKind::Refusals && !shown.is_disjoint(&cames(group)) && shown.is_subset(&cames(group))
        };
        let Some(to) = groups.iter().find(tells).map(|(key, _)| key.clone()) else { continue };
        absorb(groups, &status, &to);
    }
}

/// Puts wrong refusals with those of valid updates that get an answer which no request is rightly given.
fn valid_as_well(faults: &Faults<'_>, groups: &mut Groups<'_>) {
    let keys: Vec<Key> = groups.keys().filter(|key| key.kind == CauseKind::Refusals).cloned().collect();
    for key in keys {
        let Some(group) = groups.get(&key) else { continue };
        let is_strange = |came: &&&str| !faults.is_right(came);
        let strange: BTreeSet<&str> = cames(group).iter().filter(is_strange).copied().collect();
        let same = |(other, group): &(&Key, &Group<'_>)| {
            other.kind == CauseKind::Refused && !strange.is_disjoint(&cames(group))
        };
        let Some(to) = groups.iter().find(same).map(|(key, _)| key.clone()) else { continue };
        absorb(groups, &key, &to);
    }
}

/// Failures of the service that are told without what led to them, with those of the same text that are.
fn open_crashes(groups: &mut Groups<'_>) {
    let is_open = |key: &Key| key.kind == CauseKind::Crash && key.about.len() == 2;
    let keys: Vec<Key> = groups.keys().filter(|key| is_open(key)).cloned().collect();
    for key in keys {
        let is_told = |other: &Key| is_fault(CauseKind::Crash, other) && *other != key;
        let Some(group) = groups.get(&key) else { continue };
        let all: Vec<(&Evidence, Option<Key>)> = group
            .evidence
            .values()
            .flatten()
            .map(|e| {
                let open = e.kind.fault.is_none();
                let found = groups.iter().find(|(other, group)| open && is_told(other) && led_to(e, group));
                (*e, found.map(|(key, _)| key.clone()))
            })
            .collect();
        move_evidence(groups, &key, false, |e| {
            all.iter().find(|(other, _)| std::ptr::eq(*other, e)).and_then(|(_, to)| to.clone())
        });
    }
}

/// Whether a failure of the service is told with what led to it by another cause.
fn led_to(open: &Evidence, group: &Group<'_>) -> bool {
    kinds(group).filter(|kind| kind.fault.is_some()).any(|kind| {
        let about = kind.fault_member.as_ref().is_some_and(|member| open.kind.names.contains(member));
        slug(&kind.came) == slug(&open.kind.came) && (kind.class == open.kind.class || about)
    })
}

/// A promise that is not looked at: what breaks it is accepted, or refused for what comes to light later.
fn same_promise(groups: &mut Groups<'_>) {
    let refusals: Vec<Key> = groups.keys().filter(|key| key.kind == CauseKind::Refusals).cloned().collect();
    for key in refusals {
        let Some(faults) = groups.get(&key).map(paths) else { continue };
        let accepts = |(other, group): &(&Key, &Group<'_>)| {
            is_fault(CauseKind::Accepted, other) && faults.len() == 1 && faults.is_subset(&paths(group))
        };
        let Some(to) = groups.iter().find(accepts).map(|(key, _)| key.clone()) else { continue };
        absorb(groups, &key, &to);
    }
}

/// Puts causes together that are alike, directly or by others between them.
fn together(groups: &mut Groups<'_>, keys: Vec<Key>, kind: CauseKind, alike: impl Fn(&Group<'_>, &Group<'_>) -> bool) {
    let mut sets: Vec<Vec<Key>> = Vec::new();
    for key in keys {
        let Some(group) = groups.get(&key) else { continue };
        let with = |other: &Key| groups.get(other).is_some_and(|other| alike(group, other));
        let (joined, mut others): (Vec<_>, Vec<_>) = sets.into_iter().partition(|set| set.iter().any(with));
        others.push(joined.into_iter().flatten().chain([key]).collect());
        sets = others;
    }
    for set in sets.into_iter().filter(|set| set.len() > 1) {
        let all: Vec<&EvidenceKind> = set.iter().filter_map(|key| groups.get(key)).flat_map(kinds).collect();
        let mut about = vec![common(&all)];
        if kind == CauseKind::Crash {
            about.extend(all.iter().map(|kind| slug(&kind.came)).min());
        }
        let to = Key { kind, about };
        for key in &set {
            absorb(groups, key, &to);
        }
    }
}

/// What requests that break promises have in common: the class, the member, the kind of promise; else nothing.
fn common(kinds: &[&EvidenceKind]) -> String {
    let one = |of: BTreeSet<&str>| of.first().filter(|_| of.len() == 1).map(|one| (*one).to_owned());
    let classes = || one(kinds.iter().map(|kind| kind.class.as_str()).collect());
    let paths = || kinds.iter().filter_map(|kind| kind.fault.as_deref());
    let members = || one(paths().map(|path| path.rsplit_once("::").map_or(path, |(member, _)| member)).collect());
    let deeper = || {
        let member = |path: &str| path.split("::").take(2).collect::<Vec<_>>().join("::");
        let all: BTreeSet<String> = paths().map(member).collect();
        all.first().filter(|_| all.len() == 1).cloned()
    };
    let last = || one(paths().map(|path| path.rsplit("::").next().unwrap_or(path)).collect());
    let path = one(paths().collect());
    path.or_else(classes).or_else(members).or_else(deeper).or_else(last).unwrap_or_else(|| "any".to_owned())
}

impl<'a> Faults<'a> {
    fn of(report: &'a Report) -> Self {
        let wrong = report.findings.iter().filter(|f| f.symptom == "wrong-refusal").flat_map(|f| &f.evidence);
        let of = |e: &Evidence| Some((e.kind.class.clone(), e.kind.fault.clone()?, e.kind.came.clone()));
        Self { traffic: &report.traffic, wrong: wrong.filter_map(of).collect() }
    }

    /// Every outcome: class, promise and what came.
    fn all(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.traffic.faults.iter().flat_map(|(class, promises)| {
            promises.iter().flat_map(move |(path, outcomes)| {
                outcomes.keys().map(move |came| (class.as_str(), path.as_str(), came.as_str()))
            })
        })
    }

    fn is_wrong(&self, (class, path, came): (&str, &str, &str)) -> bool {
        self.wrong.contains(&(class.to_owned(), path.to_owned(), came.to_owned()))
    }

    /// Whether no refusal of many classes is right.
    fn all_wrong(&self) -> bool {
        let classes: BTreeSet<&str> =
            self.all().filter(|(_, _, came)| refuses(came)).map(|(class, ..)| class).collect();
        classes.len() >= CLASSES && self.all().filter(|(_, _, came)| refuses(came)).all(|of| self.is_wrong(of))
    }

    /// Whether an answer is right for some request.
    fn is_right(&self, came: &str) -> bool {
        self.all().any(|of| of.2 == came && !self.is_wrong(of))
    }

    /// Whether whatever breaks each of these promises ends as one.
    fn entire(&self, paths: &BTreeSet<&str>, ends: impl Fn(&str) -> bool) -> bool {
        let mut of = self.all().filter(|(_, path, _)| paths.contains(path)).peekable();
        of.peek().is_some() && of.all(|(_, _, came)| ends(came))
    }

    /// The classes of which every request ends as one.
    fn classes(&self, ends: impl Fn(&str) -> bool) -> BTreeSet<&str> {
        let all: BTreeSet<&str> = self.all().map(|(class, ..)| class).collect();
        let whole = |class: &&str| self.all().filter(|(of, ..)| of == class).all(|(_, _, came)| ends(came));
        all.into_iter().filter(whole).collect()
    }

    fn refused_alike(&self, one: &Group<'_>, other: &Group<'_>) -> bool {
        let same_promise = !paths(one).is_disjoint(&paths(other));
        let (these, those) = (cames(one), cames(other));
        let mut same = these.intersection(&those).peekable();
        let same_member = !members(one).is_disjoint(&members(other));
        let is_one = same.peek().is_some() && same_member;
        is_one || same_promise || same.any(|came| !self.is_right(came))
    }

    fn crash_alike(&self, one: &Group<'_>, other: &Group<'_>) -> bool {
        let same_text = !slugs(one).is_disjoint(&slugs(other));
        let same_class = !classes(one).is_disjoint(&classes(other));
        let crashes = |came: &str| matches!(how(came), "crashed" | "not-answered") && came != ACCEPTED;
        let entire = |group: &Group<'_>| self.entire(&paths(group), crashes);
        let same_member = !members(one).is_disjoint(&members(other)) && entire(one) && entire(other);
        let same_promise = !paths(one).is_disjoint(&paths(other));
        let whole = self.classes(crashes);
        let is_whole = |group: &Group<'_>| classes(group).iter().any(|class| whole.contains(class));
        let many = whole.len() >= CLASSES && is_whole(one) && is_whole(other);
        same_text && (same_class || same_member || same_promise || many)
    }

    fn accepted_alike(&self, one: &Group<'_>, other: &Group<'_>) -> bool {
        let accepts = |came: &str| came == ACCEPTED;
        let whole = self.classes(accepts);
        let of_whole = |of: BTreeSet<&str>| -> BTreeSet<String> {
            of.into_iter().filter(|class| whole.contains(class)).map(str::to_owned).collect()
        };
        let (these, those) = (of_whole(classes(one)), of_whole(classes(other)));
        let same_class = !these.is_disjoint(&those);
        let many = whole.len() >= CLASSES && !these.is_empty() && !those.is_empty();
        let entire = |group: &Group<'_>| self.entire(&paths(group), accepts);
        let last = |group: &Group<'_>| -> BTreeSet<String> {
            paths(group)
                .iter()
                .filter_map(|path| path.strip_prefix("request::")?.rsplit("::").next())
                .map(str::to_owned)
                .collect()
        };
        let related = !members(one).is_disjoint(&members(other)) || !last(one).is_disjoint(&last(other));
        same_class || many || (related && entire(one) && entire(other))
    }
}

fn kinds<'g>(group: &'g Group<'_>) -> impl Iterator<Item = &'g EvidenceKind> {
    group.evidence.values().flatten().map(|e| &e.kind)
}

fn cames<'g>(group: &'g Group<'_>) -> BTreeSet<&'g str> {
    kinds(group).map(|kind| kind.came.as_str()).collect()
}

fn slugs(group: &Group<'_>) -> BTreeSet<String> {
    kinds(group).map(|kind| slug(&kind.came)).collect()
}

fn classes<'g>(group: &'g Group<'_>) -> BTreeSet<&'g str> {
    kinds(group).map(|kind| kind.class.as_str()).filter(|class| *class != "valid").collect()
}

fn paths<'g>(group: &'g Group<'_>) -> BTreeSet<&'g str> {
    kinds(group).filter_map(|kind| kind.fault.as_deref()).collect()
}

fn members<'g>(group: &'g Group<'_>) -> BTreeSet<&'g str> {
    let own = |kind: &'g EvidenceKind| kind.fault_member.as_deref().filter(|_| kind.fault.is_some());
    kinds(group).filter_map(own).collect()
}
