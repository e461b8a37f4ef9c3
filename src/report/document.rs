//! The report as one document: everything that a format needs, and nothing that depends on the
//! time.
//!
//! Every format is rendered from a [`Report`] alone, so that a report that was written and read
//! again, or merged from those of shards, gives the same bytes. The same run gives the same
//! document.

mod case;
mod cause;
mod evidence;
mod finding;
mod implemented;
mod operation;
mod promise;
mod texts;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::contract::Level;
use crate::support::digest::Digest;

pub(crate) use case::{Outcome, ReportedCase};
pub(crate) use cause::{CauseKind, ReportedCause};
pub(crate) use evidence::{Evidence, EvidenceKind, Example, Traffic};
pub(crate) use finding::{Body, ReportedAnswer, ReportedExchange, ReportedFinding, ReportedStep};
pub(crate) use implemented::HeldImplemented;
pub(crate) use operation::{OperationState, ReportedOperation};
pub(crate) use promise::{
    Facts as PromiseFacts, ReportedPromise, ReportedSide, ShowingCase, SideState, State,
};
pub(crate) use texts::Texts;

/// The version of the form. It is raised where a reader of the older one would misread a document.
pub(crate) const VERSION: u32 = 2;

/// A short name has so many digits, and more where these tell it from no other.
const SHORTEST: usize = 4;

/// A run, or several merged into one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Report {
    /// The version of this form: 2.
    pub(crate) version: u32,
    /// What wrote it.
    pub(crate) tool: Tool,
    /// What was judged, and how.
    pub(crate) run: Run,
    /// What became of each operation, in the order in which they were judged.
    #[serde(default)]
    pub(crate) operations: Vec<ReportedOperation>,
    /// What was planned.
    pub(crate) plan: Planned,
    /// The exit code of the run.
    pub(crate) exit: Ending,
    /// The verdict on the target in one line, as the last line of the text report.
    pub(crate) headline: String,
    /// Why not every case was fired, where that is so.
    pub(crate) stopped: Option<Stopped>,
    /// Whether the target accepted any valid request of the operation.
    pub(crate) accepted_any: bool,
    /// How many cases came to each verdict; a verdict that none came to is left out.
    pub(crate) counts: BTreeMap<Outcome, usize>,
    /// How many requests were sent for cases.
    pub(crate) requests: usize,
    /// What the target does wrong, grouped: the unit in which a report tells it.
    pub(crate) causes: Vec<ReportedCause>,
    /// What the target does wrong, in the order of the plan; findings of the data plane last.
    pub(crate) findings: Vec<ReportedFinding>,
    /// The promises of the contract, in its order.
    pub(crate) promises: Vec<ReportedPromise>,
    /// The cases that were fired, in the order of the plan.
    pub(crate) cases: Vec<ReportedCase>,
    /// What the target does not offer, in words.
    pub(crate) notes: Vec<String>,
    /// The baseline that the run was held against.
    pub(crate) baseline: Option<HeldBaseline>,
    /// The operations that the target is to implement, where the run was told of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) implemented: Option<HeldImplemented>,
    /// What was done within a budget of time, where the run had one.
    #[serde(default)]
    pub(crate) budget: Option<SpentBudget>,
    /// What could not be removed from the target.
    pub(crate) leftovers: Vec<Left>,
    /// What the data plane came to, where it was asked for.
    pub(crate) data_plane: Option<DataPlane>,
    /// Which valid requests were refused, as digests of their bodies. A control that is refused is
    /// the same cause as the refusal of that request in a case about it; see
    /// [`ReportedFinding::repeats`].
    pub(crate) refused: Refused,
    /// What became of all updates, by what they had.
    pub(crate) traffic: Traffic,
}

/// A baseline, held against a run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct HeldBaseline {
    /// The file, as it was named.
    pub(crate) file: String,
    /// The findings to remove from it, each with the reason.
    pub(crate) remove: BTreeMap<String, String>,
    /// The findings that count as new since their entry has expired, each with the last day of it.
    #[serde(default)]
    pub(crate) expired: BTreeMap<String, String>,
    /// How many cases came to no verdict because of a refusal that the baseline knows.
    pub(crate) masked: usize,
}

/// What a run got done within its budget of time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct SpentBudget {
    /// The time it had.
    pub(crate) time: String,
    /// How many cases were meant.
    pub(crate) meant: usize,
    /// How many of these were fired.
    pub(crate) fired: usize,
    /// Promises with a kind of case of which not one was fired.
    pub(crate) left: Vec<String>,
}

/// What wrote a report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Tool {
    /// `proofmark`.
    pub(crate) name: String,
    /// Its version.
    pub(crate) version: String,
}

/// What was judged, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Run {
    /// The operation as documented, `UpdateEventSourceMapping`.
    pub(crate) operation: String,
    /// The operation in ids, `update-event-source-mapping`.
    pub(crate) slug: String,
    /// The operations in ids, where the report is of several; then what is said of one names all
    /// of them, with commas between.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) operations: Vec<String>,
    /// The revision of its contract.
    pub(crate) revision: String,
    /// The document that the promises are taken from.
    pub(crate) source: String,
    /// The file of the contract.
    pub(crate) contract: String,
    /// What decided which requests were drawn at random.
    pub(crate) seed: u64,
    /// How many requests were drawn at random.
    pub(crate) samples: usize,
    /// Whether every value of every integer range was planned as well.
    pub(crate) exhaustive: bool,
    /// The seed of the order in which the cases were fired; none for that of the plan.
    #[serde(default)]
    pub(crate) shuffle: Option<u64>,
    /// The URL of the target, or `built-in reference`.
    pub(crate) target: String,
    /// Which version of the target it is, where that is known.
    #[serde(default)]
    pub(crate) version: Option<String>,
    /// The flags that lead `replay` to the same plan and target.
    pub(crate) flags: String,
    /// Findings of that level, and worse, fail the run.
    pub(crate) gate: Level,
    /// Which share of the cases was fired, where the run was one of several.
    pub(crate) shard: Option<Shard>,
    /// Of how many reports this one was merged; none where it is of one run.
    pub(crate) merged: Option<usize>,
}

/// So many operations are named; of more only their number is told.
const NAMED_OPERATIONS: usize = 5;

impl Run {
    /// What was judged, in a few words: the operations by name, or how many they are.
    pub(crate) fn subject(&self) -> Cow<'_, str> {
        match self.operations.len() {
            0..=NAMED_OPERATIONS => Cow::Borrowed(&self.operation),
            many => Cow::Owned(format!("{many} operations")),
        }
    }
}

/// One share of the cases of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Shard {
    /// Which, from 1.
    pub(crate) number: u64,
    /// Of how many.
    pub(crate) of: u64,
}

/// What was planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Planned {
    /// A digest of all cases that the filters left: reports with different ones cannot be merged.
    pub(crate) digest: String,
    /// How many cases the plan has.
    pub(crate) cases: usize,
    /// How many of them the filters left.
    pub(crate) selected: usize,
    /// How many of these the run was to fire: fewer, where it was one of several.
    pub(crate) share: usize,
}

/// How a run ended, for scripts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Ending {
    /// The exit code.
    pub(crate) code: u8,
    /// What it means.
    pub(crate) meaning: String,
}

/// Why a run stopped early.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Stopped {
    /// In one word.
    pub(crate) kind: StopKind,
    /// In a sentence.
    pub(crate) why: String,
    /// Whether what was fired until then is enough for a pass: every promise was tested by every
    /// kind of case.
    pub(crate) enough: bool,
}

/// Why a run stopped early, in one word; the worse comes later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum StopKind {
    /// The time for it was over.
    Time,
    /// As many cases failed as the user wanted to see.
    Failures,
    /// The target leaves too many requests unanswered.
    Hangs,
    /// A recording was judged that does not hold all of its run.
    Partial,
    /// The target refused what the cases need.
    NoFixture,
    /// The target could not be reached, or stopped answering.
    Unreachable,
    /// We failed, not the target.
    Failed,
    /// The user asked for it.
    Interrupted,
}

/// Something that could not be removed from the target.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Left {
    /// The fixture, and the request that should have removed it.
    pub(crate) what: String,
    /// What the target answered.
    pub(crate) why: String,
}

/// What the data plane came to; its findings stand among the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct DataPlane {
    /// Why it could not be tested, where that is so.
    pub(crate) not_offered: Option<String>,
}

/// Valid requests that were refused, as digests of their bodies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(crate) struct Refused {
    /// As the control of another request.
    pub(crate) controls: BTreeSet<String>,
    /// In a case about them.
    pub(crate) subjects: BTreeSet<String>,
}

/// A cause with the finding that shows it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Told<'a> {
    /// The cause, where there is one.
    pub(crate) cause: Option<&'a ReportedCause>,
    /// The finding.
    pub(crate) finding: &'a ReportedFinding,
}

impl<'a> Told<'a> {
    /// What is wrong, in words.
    pub(crate) fn says(&self) -> &'a str {
        self.cause
            .map_or(self.finding.requirement.as_str(), |cause| {
                cause.says.as_str()
            })
    }

    /// The identity of the cause, or of the finding where there is none.
    pub(crate) fn id(&self) -> &'a str {
        self.cause.map_or(&self.finding.id, |cause| &cause.id)
    }

    /// How many promises it breaks.
    pub(crate) fn promises(&self) -> usize {
        self.cause.map_or(1, |cause| cause.promises.len())
    }

    /// How many cases show it.
    pub(crate) fn cases(&self) -> usize {
        self.cause.map_or(self.finding.count, |cause| cause.cases)
    }

    /// The other findings that the cause explains.
    pub(crate) fn others(&self) -> impl Iterator<Item = &'a String> {
        let findings = self.cause.into_iter().flat_map(|cause| &cause.findings);
        findings.filter(|id| **id != self.finding.id)
    }

    /// What came, of the request that shows the cause.
    pub(crate) fn actual(&self) -> &'a str {
        self.example()
            .map_or(self.finding.actual.as_str(), |e| e.actual.as_str())
    }

    /// What was expected of that request.
    pub(crate) fn expected(&self) -> &'a str {
        self.example()
            .map_or(self.finding.expected.as_str(), |e| e.expected.as_str())
    }

    /// The request in words.
    pub(crate) fn sent(&self) -> Option<&'a str> {
        self.example()
            .map(|e| e.sent.as_str())
            .or(self.finding.sent.as_deref())
    }

    /// Lines of a POSIX shell that show it.
    pub(crate) fn curl(&self) -> &'a [String] {
        self.example()
            .map_or(self.finding.curl.as_slice(), |e| e.curl.as_slice())
    }

    /// The command that shows it again.
    pub(crate) fn replay(&self) -> &'a str {
        self.example()
            .map_or(self.finding.replay.as_str(), |e| e.replay.as_str())
    }

    /// Whether another request than that of the finding shows the cause.
    pub(crate) fn is_example(&self) -> bool {
        self.example().is_some()
    }

    fn example(&self) -> Option<&'a Example> {
        self.cause.and_then(|cause| cause.example.as_ref())
    }
}

/// The form of the document as a JSON Schema.
pub(crate) fn schema() -> String {
    include_str!("schemas/report.json").to_owned()
}

impl Report {
    /// The finding of that identity.
    pub(crate) fn finding(&self, id: &str) -> Option<&ReportedFinding> {
        self.findings.iter().find(|f| f.id == id)
    }

    /// The findings to show, before they are grouped: those that fail the run first, each group in
    /// the order of the plan.
    pub(crate) fn shown(&self) -> impl Iterator<Item = &ReportedFinding> {
        let of = |fails: bool| {
            self.findings
                .iter()
                .filter(move |f| !f.repeats && f.fails(self.run.gate) == fails)
        };
        of(true).chain(of(false))
    }

    /// What to tell: each cause with the finding that shows it, those that fail the run first. A
    /// finding that no cause explains is told by itself.
    pub(crate) fn told(&self) -> impl Iterator<Item = Told<'_>> {
        let by_id: HashMap<&str, &ReportedFinding> =
            self.findings.iter().map(|f| (f.id.as_str(), f)).collect();
        let explained: HashSet<&str> = self
            .causes
            .iter()
            .flat_map(|c| &c.findings)
            .map(String::as_str)
            .collect();

        let causes = self.causes.iter().filter_map(move |cause| {
            let finding = by_id.get(cause.shown_by.as_str()).copied()?;
            Some(Told {
                cause: Some(cause),
                finding,
            })
        });

        let alone = self
            .shown()
            .filter(move |f| !explained.contains(f.id.as_str()));
        causes.chain(alone.map(|finding| Told {
            cause: None,
            finding,
        }))
    }

    /// A short name of a cause or a finding, by which commands find it in this report: as many
    /// digits as tell it from all others.
    pub(crate) fn short(&self, id: &str) -> String {
        let all: Vec<String> = self.told().map(|told| Digest::of(told.id())).collect();
        let is_alone = |length: &usize| {
            let short: HashSet<_> = all.iter().map(|digest| digest.get(..*length)).collect();
            short.len() == all.len()
        };
        let length = (SHORTEST..=16).find(is_alone).unwrap_or(16);
        Digest::of(id).chars().take(length).collect()
    }

    /// What is meant by the id, or the short name, of a cause or of a finding.
    pub(crate) fn meant(&self, id: &str) -> Option<Told<'_>> {
        let digits = id.len() >= SHORTEST && id.bytes().all(|b| b.is_ascii_hexdigit());
        let named =
            |told: &Told<'_>| told.id() == id || (digits && Digest::of(told.id()).starts_with(id));
        let alone = || {
            let finding = self.finding(id)?;
            Some(Told {
                cause: None,
                finding,
            })
        };
        self.told().find(named).or_else(alone)
    }

    /// The causes that explain a finding.
    pub(crate) fn causes_of(&self, id: &str) -> impl Iterator<Item = &ReportedCause> {
        self.causes
            .iter()
            .filter(move |cause| cause.findings.iter().any(|of| of == id))
    }

    /// How many cases came to that verdict.
    pub(crate) fn count(&self, outcome: Outcome) -> usize {
        self.counts.get(&outcome).copied().unwrap_or_default()
    }
}

#[cfg(test)]
pub(crate) mod tests;
