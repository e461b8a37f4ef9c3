//! From a plan, what a run said, and its settings to the document.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::again::{again_line, replay_line, run_line};
use super::document::{
    DataPlane, Ending, Evidence, Example, HeldBaseline, Left, Outcome, Planned, PromiseFacts,
    Refused, Report, ReportedCase, ReportedFinding, ReportedPromise, ReportedSide, ReportedStep,
    Run, Shard, ShowingCase, SideState, SpentBudget, State, StopKind, Stopped, Tool, VERSION,
};
use super::exchanges::Exchanges;
use super::operation_state::operation;
use super::records::Record;
use super::retried::retried_text;
use super::steps::lines;
use super::{
    Budget, Exit, Found, Held, Standing, Summary, Where, draft_text, plural, sent_text, size,
};
use crate::contract::{Atom, Level};
use crate::judge::{Finding, Role};
use crate::plan::Plan;
use crate::plan::case::{Case, Origin};
use crate::plan::generator::Sampling;
use crate::report::baseline::Comparison;
use crate::report::coverage::{Cover, Exercised, Showing, Unshown};
use crate::run::Stop;
use crate::support::digest::Digest;
use crate::support::units::duration_text;

/// What is not in the plan and what a run says of itself.
#[derive(Clone, Debug)]
pub(crate) struct Facts<'a> {
    /// Where the target is.
    pub(crate) at: &'a Where<'a>,
    /// The URL of the target; none for the built-in reference.
    pub(crate) url: Option<String>,
    /// Which version of it, where that is known.
    pub(crate) version: Option<String>,
    /// Findings of that level, and worse, fail the run.
    pub(crate) gate: Level,
    /// What was drawn at random.
    pub(crate) sampling: Sampling,
    /// The places of the cases that the filters left.
    pub(crate) selected: &'a [usize],
    /// How many of these the run was to fire.
    pub(crate) share: usize,
    /// Which share that is, where the run is one of several.
    pub(crate) shard: Option<crate::plan::Shard>,
}

/// A digest of the cases at those places: what is sent and what is expected. Where a file of theirs
/// lies does not matter.
pub(crate) fn plan_digest(plan: &Plan, places: &[usize]) -> String {
    let mut digest = Digest::new();
    for (place, case) in places
        .iter()
        .filter_map(|place| Some((place, plan.cases.get(*place)?)))
    {
        let Case {
            id,
            atoms,
            variant,
            steps,
            ..
        } = case;
        let what = (place, id, atoms, variant, steps);
        // Writing to a digest cannot fail.
        let _ = write!(digest, "{what:?}");
    }

    digest.hex()
}

impl<'a> Facts<'a> {
    /// What there is to say where nothing was chosen: findings, and how to see them again.
    pub(crate) fn of(at: &'a Where<'a>, gate: Level) -> Self {
        Self {
            at,
            url: None,
            version: None,
            gate,
            sampling: Sampling::default(),
            selected: &[],
            share: 0,
            shard: None,
        }
    }
}

impl HeldBaseline {
    /// `masked`: how many cases came to no verdict because of a refusal that it knows.
    pub(crate) fn of(held: &Held, masked: usize) -> Self {
        let Comparison {
            known: _,
            unsure: _,
            expired,
            remove,
        } = &held.comparison;

        Self {
            file: held.file.clone(),
            remove: texts(remove),
            expired: texts(expired),
            masked,
        }
    }
}

/// The entries of a baseline, each with what is said of it.
fn texts(entries: &BTreeMap<String, impl ToString>) -> BTreeMap<String, String> {
    let said = |(id, said): (&String, &_)| (id.clone(), ToString::to_string(said));
    entries.iter().map(said).collect()
}

impl SpentBudget {
    fn of(budget: &Budget) -> Self {
        Self {
            time: duration_text(budget.time),
            meant: budget.meant,
            fired: budget.fired,
            left: budget
                .left
                .iter()
                .map(|atom| atom.path().to_owned())
                .collect(),
        }
    }
}

impl Report {
    /// The document of a run of which nobody says where the target was, nor what was chosen.
    pub(crate) fn of(plan: &Plan, summary: &Summary, gate: Level) -> Self {
        Self::new(plan, summary, &Facts::of(&Where::default(), gate))
    }

    /// The document of a run.
    pub(crate) fn new(plan: &Plan, summary: &Summary, facts: &Facts<'_>) -> Self {
        let ended = summary.ended();
        let stopped = ended.and_then(|e| e.stopped.as_ref()).map(|s| Stopped {
            kind: kind(s),
            why: match (s, &plan.unreached) {
                // It is no answer of the target.
                (Stop::NoFixture(_), Some(why)) => why.clone(),
                _ => s.to_string(),
            },
            enough: matches!(s, Stop::Time(_))
                && summary.budget.as_ref().is_some_and(Budget::suffices),
        });

        let leftovers = ended.iter().flat_map(|e| &e.leftovers);
        let digests =
            |bodies: &BTreeSet<String>| bodies.iter().map(|body| Digest::of(body)).collect();
        let mut cases: Vec<_> = summary
            .records
            .cases
            .iter()
            .filter_map(|record| case(plan, record))
            .collect();

        cases.sort_by_key(|c| c.place);
        let accepted_any = ended.is_some_and(|e| e.accepted_any);
        let operation = operation(plan, summary, &cases, stopped.as_ref(), accepted_any);
        let mut report = Self {
            version: VERSION,
            tool: Tool {
                name: "proofmark".to_owned(),
                version: env!("CARGO_PKG_VERSION").to_owned(),
            },
            run: Run {
                shuffle: summary.shuffle,
                ..run(plan, facts)
            },
            operations: vec![operation],
            plan: Planned {
                digest: plan_digest(plan, facts.selected),
                cases: plan.cases.len(),
                selected: facts.selected.len(),
                share: facts.share,
            },
            exit: ending(Exit::CouldNotTell),
            headline: String::new(),
            // A run that did not end is one that we failed to end.
            stopped: stopped.or_else(|| {
                ended.is_none().then(|| Stopped {
                    kind: StopKind::Failed,
                    why: "the run did not end".to_owned(),
                    enough: false,
                })
            }),
            accepted_any,
            counts: BTreeMap::new(),
            requests: summary.requests,
            causes: Vec::new(),
            findings: findings(plan, summary, facts),
            promises: plan
                .contract
                .atoms
                .values()
                .map(|atom| promise(plan, summary, atom))
                .collect(),
            cases,
            notes: summary.notes.clone(),
            baseline: summary
                .baseline
                .as_ref()
                .map(|held| HeldBaseline::of(held, summary.masked_as_known())),
            implemented: None,
            budget: summary.budget.as_ref().map(SpentBudget::of),
            leftovers: leftovers
                .map(|l| Left {
                    what: l.what.clone(),
                    why: l.why.clone(),
                })
                .chain(left_by_chance(plan, summary))
                .collect(),
            data_plane: summary.data_plane.as_ref().map(|d| DataPlane {
                not_offered: d.not_offered.clone(),
            }),
            refused: Refused {
                controls: digests(&summary.refused_controls),
                subjects: digests(&summary.refused_subjects),
            },
            traffic: summary.gathered.traffic.clone(),
        };

        report.conclude();
        report
    }
}

/// What requests may have made of which no file says how it is removed.
fn left_by_chance(plan: &Plan, summary: &Summary) -> Option<Left> {
    let count = summary.made_up_writes;
    (count > 0).then(|| Left {
        what: format!(
            "what {} of {} made",
            plural(count, "accepted request"),
            plan.contract.operation
        ),
        why: "no file says how it is removed; names of this run begin with `proofmark`".to_owned(),
    })
}

/// What a run says of the promises of other operations than its own: of those that read, list,
/// create and delete what it changes.
pub(crate) fn promises_beside(plan: &Plan, summary: &Summary) -> Vec<ReportedPromise> {
    let own = &plan.contract.atoms;
    plan.promises()
        .filter(|atom| !own.contains_key(&atom.id))
        .map(|atom| promise(plan, summary, atom))
        .collect()
}

pub(super) fn ending(exit: Exit) -> Ending {
    Ending {
        code: exit as u8,
        meaning: exit.meaning().to_owned(),
    }
}

pub(super) fn kind(stop: &Stop) -> StopKind {
    match stop {
        Stop::Unreachable(_) => StopKind::Unreachable,
        Stop::NoFixture(_) => StopKind::NoFixture,
        Stop::Hangs(_) => StopKind::Hangs,
        Stop::Failures(_) => StopKind::Failures,
        Stop::Time(_) => StopKind::Time,
        Stop::Interrupted => StopKind::Interrupted,
        Stop::Failed(_) => StopKind::Failed,
        Stop::Partial(_) => StopKind::Partial,
    }
}

pub(super) fn run(plan: &Plan, facts: &Facts<'_>) -> Run {
    let contract = &plan.contract;
    Run {
        operation: contract.operation.clone(),
        slug: contract.slug.clone(),
        operations: Vec::new(),
        revision: contract.revision.clone(),
        source: contract.source.clone(),
        contract: contract.file.clone(),
        seed: facts.sampling.seed,
        samples: facts.sampling.samples,
        exhaustive: facts.sampling.exhaustive,
        shuffle: None,
        target: facts
            .url
            .clone()
            .unwrap_or_else(|| "built-in reference".to_owned()),
        version: facts.version.clone(),
        flags: facts.at.flags.clone(),
        gate: facts.gate,
        shard: facts.shard.map(|shard| Shard {
            number: shard.number(),
            of: shard.of(),
        }),
        merged: None,
    }
}

fn written(case: &Case) -> (Option<String>, Option<usize>) {
    match &case.origin {
        Origin::Written { file, line } | Origin::Recorded { file, line } => {
            (Some(file.clone()), Some(*line))
        }
        Origin::Derived | Origin::Sampled => (None, None),
    }
}

pub(super) fn case(plan: &Plan, record: &Record) -> Option<ReportedCase> {
    let case = plan.cases.get(record.place)?;
    let (verdict, reason) = Outcome::of(&record.verdict);
    let (file, line) = written(case);
    Some(ReportedCase {
        place: record.place,
        id: case.id.to_string(),
        file,
        line,
        promises: case.atoms.iter().map(ToString::to_string).collect(),
        says: case.says.clone(),
        basis: case.basis,
        level: case.level,
        class: case.expect().class().to_owned(),
        verdict,
        reason: reason.map(str::to_owned),
        findings: record.findings.clone(),
        requests: record.requests,
    })
}

fn findings(plan: &Plan, summary: &Summary, facts: &Facts<'_>) -> Vec<ReportedFinding> {
    let mut findings: Vec<_> = summary
        .found
        .values()
        .map(|found| of_cases(plan, found, facts))
        .collect();

    let data_plane = summary.data_plane.iter().flat_map(|d| &d.findings);
    findings.extend(data_plane.map(|finding| of_data_plane(plan, finding, facts)));
    for (reported, finding) in findings.iter_mut().zip(summary.findings()) {
        let standing = summary.standing(finding, facts.gate);
        let entry = summary
            .baseline
            .as_ref()
            .and_then(|held| held.comparison.known.get(&reported.id));
        reported.known = entry
            .filter(|_| standing == Standing::Known)
            .map(ToString::to_string);
        reported.unstable = standing == Standing::Unstable;
        reported.retried = retried_text(summary, finding);
        reported.evidence = evidence(plan, summary, &reported.id, facts);
        reported.values = summary
            .gathered
            .values
            .get(&reported.id)
            .cloned()
            .unwrap_or_default();
        if summary.only_after_others(finding) {
            reported.after_others = true;
            reported.curl.clear();
            let found = summary.found.get(&reported.id);
            let again = found.and_then(|found| again_line(plan, summary, found, facts.at));
            reported.replay = again.unwrap_or_else(|| run_line(facts.at));
        }
    }

    findings
}

/// What kinds of requests showed a finding.
fn evidence(plan: &Plan, summary: &Summary, id: &str, facts: &Facts<'_>) -> Vec<Evidence> {
    let example = |found: &Found| {
        let shown = of_cases(plan, found, facts);
        Example {
            case: shown.case.unwrap_or_default(),
            place: found.case,
            by_itself: found.finding.role == Role::Subject,
            size: size(found),
            sent: shown.sent.unwrap_or_default(),
            expected: shown.expected,
            actual: shown.actual,
            curl: shown.curl,
            replay: shown.replay,
        }
    };

    let kinds = summary.gathered.evidence.get(id).into_iter().flatten();
    kinds
        .map(|(kind, seen)| Evidence {
            kind: kind.clone(),
            cases: seen.cases,
            example: seen.best.as_deref().map(example),
        })
        .collect()
}

pub(super) fn of_data_plane(plan: &Plan, finding: &Finding, facts: &Facts<'_>) -> ReportedFinding {
    let replay = format!("proofmark run --data-plane {}", facts.at.flags)
        .trim_end()
        .to_owned();
    ReportedFinding {
        replay,
        data_plane: true,
        ..bare(plan, finding)
    }
}

/// What a finding says of itself.
fn bare(plan: &Plan, finding: &Finding) -> ReportedFinding {
    let atom = plan.atom(&finding.atom);
    ReportedFinding {
        id: finding.id(),
        promise: finding.atom.to_string(),
        class: finding.class.clone(),
        symptom: finding.symptom.to_string(),
        level: finding.level,
        basis: finding.basis,
        requirement: atom.map(|a| a.says.clone()).unwrap_or_default(),
        section: atom.map(|a| a.section.to_string()).unwrap_or_default(),
        expected: finding.expected.clone(),
        actual: finding.actual.clone(),
        count: 1,
        case: None,
        says: None,
        file: None,
        line: None,
        place: None,
        size: None,
        role: finding.role.to_string(),
        sent: None,
        exchanges: Vec::new(),
        shown_by: None,
        control: None,
        steps: Vec::new(),
        curl: Vec::new(),
        replay: String::new(),
        after_others: false,
        ground: None,
        written: None,
        data_plane: false,
        repeats: false,
        known: None,
        unstable: false,
        retried: None,
        evidence: Vec::new(),
        values: BTreeSet::new(),
    }
}

pub(super) fn of_cases(plan: &Plan, found: &Found, facts: &Facts<'_>) -> ReportedFinding {
    let bare = ReportedFinding {
        count: found.count,
        place: Some(found.case),
        size: Some(size(found)),
        written: found.written.clone(),
        ..bare(plan, &found.finding)
    };

    let Some(case) = found.shown_by(plan) else {
        return bare;
    };
    let role = found.finding.role;
    let exchanges = Exchanges::of(&found.observation, role);
    let last = match role {
        Role::Step(at) => found
            .observation
            .fired
            .get(at)
            .map_or(0, |fired| fired.step + 1),
        _ => 0,
    };

    let steps = case.steps.iter().take(last).map(|step| ReportedStep {
        action: step.action.name().to_owned(),
        on: step.on.clone(),
        sent: draft_text(&step.request),
        refused: step.refused().map(str::to_owned),
    });

    let (file, line) = written(plan.cases.get(found.case).unwrap_or(case));
    ReportedFinding {
        case: Some(case.id.to_string()),
        says: Some(case.says.clone()),
        file,
        line,
        sent: Some(sent_text(case, found.finding.role, &found.observation)),
        exchanges: exchanges.all,
        shown_by: exchanges.shown_by,
        control: exchanges.control,
        steps: steps.collect(),
        curl: facts
            .at
            .curl
            .map(|curl| lines(plan, case, found.finding.role, &found.observation, curl))
            .unwrap_or_default(),
        // Nobody but the recording knows what was sent to whom.
        replay: match case.origin {
            Origin::Recorded { .. } => String::new(),
            _ => replay_line(plan, case, found, facts.at)
                .trim_end()
                .to_owned(),
        },
        ground: plan
            .atom(&found.finding.atom)
            .filter(|atom| atom.basis != found.finding.basis)
            .map(|_| case.why.clone()),
        ..bare
    }
}

/// What is known of a promise.
pub(super) fn facts(plan: &Plan, summary: &Summary, atom: &Atom) -> PromiseFacts {
    let counts = plan.bases.is_empty() || plan.bases.contains(&atom.basis);
    PromiseFacts {
        tested: summary.tested(&atom.id),
        masked: summary.masked.contains(&atom.id),
        skipped: summary.skipped.get(&atom.id).cloned(),
        untestable: atom.impossible.clone(),
        unplanned: plan.impossible.get(&atom.id).cloned(),
        optional: plan.optional_promise(&atom.id).map(str::to_owned),
        uncounted: (!counts).then(|| {
            format!(
                "its ground is {}, which does not count in this run",
                atom.basis
            )
        }),
    }
}

/// A promise and all that is known of it, but what became of it.
pub(super) fn promise(plan: &Plan, summary: &Summary, atom: &Atom) -> ReportedPromise {
    let sides = summary.records.sides.row(plan, &plan.contract, atom, true);
    let [valid, invalid, answer, in_state] = sides.map(|cover| side(plan, cover));
    ReportedPromise {
        id: atom.id.to_string(),
        says: atom.says.clone(),
        section: atom.section.to_string(),
        basis: atom.basis,
        level: atom.level,
        state: State::Untested,
        why: None,
        valid,
        invalid,
        answer,
        in_state,
        facts: facts(plan, summary, atom),
    }
}

fn side(plan: &Plan, cover: Cover) -> ReportedSide {
    let bare = |state| ReportedSide {
        state,
        cases: 0,
        origins: BTreeMap::new(),
        shown_by: None,
        hindered: BTreeMap::new(),
        why: None,
    };

    let showing = |showing: Showing| {
        let case = plan.cases.get(showing.place)?.id.to_string();
        Some(ShowingCase {
            case,
            place: showing.place,
            besides: showing.besides,
        })
    };

    match cover {
        Cover::Exercised(Exercised { origins, shown_by }) => ReportedSide {
            cases: origins.values().sum(),
            origins,
            shown_by: showing(shown_by),
            ..bare(SideState::Exercised)
        },
        Cover::Unshown(Unshown { origins, hindered }) => ReportedSide {
            cases: origins.values().sum(),
            origins,
            hindered,
            ..bare(SideState::Unshown)
        },
        Cover::Masked => bare(SideState::Masked),
        Cover::Impossible(why) => ReportedSide {
            why: Some(why),
            ..bare(SideState::Impossible)
        },
        // A report is of a run, which leaves nothing planned.
        Cover::Untested | Cover::Planned | Cover::ByRun => bare(SideState::Untested),
        Cover::None => bare(SideState::None),
    }
}
