//! Writing a run down while it goes.

use std::collections::HashMap;
use std::io::{self, Write};

use serde::Serialize;

use super::form::{
    CameForm, CaseLine, EndForm, EndLine, ExchangeForm, HeaderLine, NotesLine, PlanForm,
    RetriedLine, RoleForm, ShownForm, ShrunkForm, SpoiltForm, SpoiltLine, StopForm, VERSION,
};
use crate::judge::{Observation, Role, Verdict};
use crate::plan::case::{Case, Origin};
use crate::plan::{Depth, Plan, PlanOptions};
use crate::report::Secrets;
use crate::run::{CaseResult, Confirmation, Ended, Event, Retried, Stop};
use crate::support::sink::json;
use crate::wire::exchange::Exchange;

/// Writes what happens in a run as lines of JSON, each as soon as it happened: what was written
/// when a run is cut off is the beginning of a recording.
#[derive(Debug)]
pub(crate) struct Recorder<W> {
    out: W,
    /// What is not written, wherever it stands.
    secrets: Secrets,
    /// For each case of the plan, which of those with its id it is.
    draws: Vec<usize>,
    /// The name of the file of regressions: what it holds is in the plan of this run alone.
    regressions: Option<String>,
    /// What kept a line from being written; after it none is.
    failed: Option<io::Error>,
}

impl<W: Write> Recorder<W> {
    /// Begins a recording of a run of that plan, which those options lead to. No line holds any of
    /// the secrets: a target may repeat in an answer what it was sent.
    pub(crate) fn new(out: W, plan: &Plan, options: &PlanOptions, secrets: Secrets) -> Self {
        let regressions = options.regressions.as_ref().map(|file| file.name.clone());
        let mut recorder = Self {
            out,
            secrets,
            draws: Vec::with_capacity(plan.cases.len()),
            regressions,
            failed: None,
        };

        let mut count: HashMap<&str, usize> = HashMap::new();
        for case in &plan.cases {
            // Without them the draws count as in the plan that is made without a file.
            if recorder.is_regression(case) {
                recorder.draws.push(0);
                continue;
            }
            let draw = count.entry(case.id.as_str()).or_default();
            recorder.draws.push(*draw);
            *draw += 1;
        }

        recorder.line(&HeaderLine {
            version: VERSION,
            proofmark: env!("CARGO_PKG_VERSION").to_owned(),
            plan: PlanForm {
                service: options.operation.service.clone(),
                operation: options.operation.operation.clone(),
                revision: options.revision.clone(),
                region: options.region.clone(),
                samples: options.sampling.samples,
                seed: options.sampling.seed,
                exhaustive: options.sampling.exhaustive,
                quick: options.depth == Depth::Quick,
                basis: options.bases.clone(),
            },
        });

        recorder
    }

    /// Writes what just happened.
    pub(crate) fn add(&mut self, plan: &Plan, event: &Event) {
        match event {
            Event::Prepared { notes } => {
                let notes = notes.iter().map(|note| self.secrets.redact(note)).collect();
                self.line(&NotesLine { notes });
            }
            Event::Judged(result) => {
                let Some(case) = plan.cases.get(result.index) else {
                    return;
                };
                self.line(&self.planned(plan, case, result));
            }
            Event::Shrunk(shrunk) => {
                let mut line = self.case(&shrunk.case, Some(&shrunk.observation));
                line.shrunk = Some(ShrunkForm {
                    of: shrunk.of.clone(),
                    finding: shrunk.finding.id(),
                });
                line.toml = plan.print_case(&shrunk.case, PRINTED);
                self.line(&line);
            }
            // A first try that counts is judged again beside the second.
            Event::Spoilt(spoilt) => {
                let id = |place: usize| Some(plan.cases.get(place)?.id.as_str().to_owned());
                let first = spoilt.overtaken.as_deref();
                let spoilt = SpoiltForm {
                    by: spoilt.by.and_then(id),
                    why: self.secrets.redact(&spoilt.why),
                    overtaken: first.and_then(|first| {
                        Some(self.planned(plan, plan.cases.get(first.index)?, first))
                    }),
                };
                self.line(&SpoiltLine { spoilt });
            }
            Event::Retried(retried) => {
                let line = self.retried(plan, retried);
                self.line(&line);
            }
            // What functions received are no exchanges of cases.
            Event::DataPlane(_) => {}
        }
    }

    /// What further tries came to: the last of them is what the report shows.
    fn retried(&self, plan: &Plan, retried: &Retried) -> RetriedLine {
        let clean = |text: &str| self.secrets.redact(text);
        let shown = retried.shown.as_ref();
        let last = retried.observation.as_ref().map(|seen| {
            let case = shown.and_then(|shown| Some((shown.index, plan.cases.get(shown.index)?)));
            CaseLine {
                case: case
                    .map(|(_, case)| case.id.as_str().to_owned())
                    .unwrap_or_default(),
                draw: case
                    .and_then(|(index, _)| self.draws.get(index).copied())
                    .unwrap_or_default(),
                ..self.seen(seen)
            }
        });

        RetriedLine {
            retried: retried.id.clone(),
            tries: retried.tries,
            came: match &retried.confirmation {
                Confirmation::Confirmed => CameForm::Confirmed,
                Confirmation::AfterOthers(before) => CameForm::AfterOthers(before.clone()),
                Confirmation::AtTheSameTime(jobs) => CameForm::AtTheSameTime(*jobs),
                Confirmation::Unstable => CameForm::Unstable,
                Confirmation::Untried(why) => CameForm::Untried(clean(why)),
            },
            shown: shown.map(|shown| {
                if shown.shrunk {
                    ShownForm::Shrunk
                } else {
                    ShownForm::Planned
                }
            }),
            last,
        }
    }

    /// Writes how the run ended.
    ///
    /// # Errors
    /// What kept this or an earlier line from being written.
    pub(crate) fn end(mut self, ended: &Ended) -> io::Result<()> {
        let clean = |text: &str| self.secrets.redact(text);
        let leftovers = ended
            .leftovers
            .iter()
            .map(|l| (clean(&l.what), clean(&l.why)))
            .collect();

        let stopped = ended
            .stopped
            .as_ref()
            .map(|stop| StopForm::of(stop, &self.secrets));

        let cut = ended.cut.iter().map(|text| clean(text)).collect();
        self.line(&EndLine {
            end: EndForm {
                stopped,
                leftovers,
                cut,
            },
        });

        self.failed.map_or(Ok(()), Err)
    }

    fn is_regression(&self, case: &Case) -> bool {
        matches!(&case.origin, Origin::Written { file, .. } if Some(file) == self.regressions.as_ref())
    }

    /// A case of the plan, with what came of it.
    fn planned(&self, plan: &Plan, case: &Case, result: &CaseResult) -> CaseLine {
        let mut line = self.case(case, result.observation.as_ref());
        line.draw = self.draws.get(result.index).copied().unwrap_or_default();
        if let (Verdict::Skip(why), None) = (&result.judgement.verdict, &result.observation) {
            line.skipped = Some(self.secrets.redact(why));
        }
        line.toml = self
            .is_regression(case)
            .then(|| plan.print_case(case, PRINTED))
            .flatten();
        line
    }

    fn case(&self, case: &Case, seen: Option<&Observation>) -> CaseLine {
        let line = seen.map(|seen| self.seen(seen)).unwrap_or_default();
        CaseLine {
            case: case.id.as_str().to_owned(),
            ..line
        }
    }

    /// What was seen, of a case without a name yet.
    fn seen(&self, seen: &Observation) -> CaseLine {
        CaseLine {
            variant: seen.variant.name().map(str::to_owned),
            bindings: seen
                .bindings
                .iter()
                .map(|(name, value)| (name.to_owned(), self.secrets.redact(value)))
                .collect(),
            unsettled: seen.unsettled.as_ref().map(|why| self.secrets.redact(why)),
            requests: seen.requests,
            exchanges: exchanges(seen, &self.secrets),
            ..CaseLine::default()
        }
    }

    fn line(&mut self, line: &impl Serialize) {
        if self.failed.is_some() {
            return;
        }
        let written = serde_json::to_value(line)
            .map_err(io::Error::other)
            .and_then(|line| {
                let line = json::escaped(line.to_string()) + "\n";
                self.out.write_all(line.as_bytes())?;
                self.out.flush()
            });
        self.failed = written.err();
    }
}

impl StopForm {
    fn of(stop: &Stop, secrets: &Secrets) -> Self {
        match stop {
            Stop::Unreachable(why) => Self::Unreachable(secrets.redact(why)),
            Stop::NoFixture(why) => Self::NoFixture(secrets.redact(why)),
            Stop::Hangs(why) => Self::Hangs(secrets.redact(why)),
            Stop::Failures(count) => Self::Failures(*count),
            Stop::Time(time) => Self::Time(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)),
            Stop::Interrupted => Self::Interrupted,
            Stop::Failed(why) => Self::Failed(secrets.redact(why)),
            Stop::Partial(why) => Self::Partial(secrets.redact(why)),
        }
    }

    pub(super) fn into_stop(self) -> Stop {
        match self {
            Self::Unreachable(why) => Stop::Unreachable(why),
            Self::NoFixture(why) => Stop::NoFixture(why),
            Self::Hangs(why) => Stop::Hangs(why),
            Self::Failures(count) => Stop::Failures(count),
            Self::Time(time) => Stop::Time(std::time::Duration::from_millis(time)),
            Self::Interrupted => Stop::Interrupted,
            Self::Failed(why) => Stop::Failed(why),
            Self::Partial(why) => Stop::Partial(why),
        }
    }
}

/// The name of every case that is printed into a recording: its line tells the id.
pub(super) const PRINTED: &str = "recorded";

fn exchanges(seen: &Observation, secrets: &Secrets) -> Vec<ExchangeForm> {
    let form = |role: RoleForm, exchange: &Exchange| ExchangeForm {
        role: Some(role),
        ..ExchangeForm::of(exchange, secrets)
    };

    let parts = seen.fired.iter().map(|fired| match fired.role {
        Role::Step(_) => ExchangeForm {
            step: Some(fired.step),
            on: fired.on.clone(),
            settled: fired.around,
            ..form(RoleForm::Step, &fired.exchange)
        },
        role => form(RoleForm::of(role), &fired.exchange),
    });

    parts.collect()
}
