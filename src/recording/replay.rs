//! A recorded run, judged again: each case of its plan by the exchanges that the recording holds of
//! it.

use std::collections::HashMap;

use serde_json::Value;

use super::form::{
    CameForm, CaseLine, EndLine, ExchangeForm, HEADER, HeaderLine, NotesLine, PlanForm,
    RetriedLine, ShownForm, SpoiltLine, VERSION,
};
use super::judged::{Judged, MakePlan, partial};
use super::lines::lines;
use super::write::PRINTED;
use crate::judge::{Judge, Observation, Role};
use crate::plan::case::{Case, CaseId, Origin, Variant};
use crate::plan::generator::Sampling;
use crate::plan::{Depth, OperationName, Plan, PlanOptions, REGION};
use crate::report::Summary;
use crate::report::shell::word;
use crate::run::{
    CaseResult, Confirmation, Ended, Event, Example, Leftover, Retried, Shrunk, Spoilt,
    accepted_any, skipped,
};
use crate::support::echo::shown;
use crate::support::files::{FileError, Source, json_fault};
use crate::support::template::Bindings;
use crate::support::units;

/// A recording of a run that drew more is not judged: its plan would take minutes to make.
const MOST_SAMPLES: usize = 1_000_000;

/// Judges a recorded run: what it recorded of one operation after another, each from a line with
/// [`HEADER`] on. `keep`: with the results of its cases.
pub(super) fn judge(
    plan: &MakePlan<'_>,
    source: &Source,
    text: &str,
    keep: bool,
) -> Result<Vec<Judged>, FileError> {
    let mut operations: Vec<Vec<(usize, &str)>> = Vec::new();
    for (number, line) in lines(text) {
        match operations.last_mut() {
            Some(operation) if !begins(line) => operation.push((number, line)),
            _ => operations.push(vec![(number, line)]),
        }
    }

    // A run that is killed leaves its last line half written.
    let is_cut = |line: &str| serde_json::from_str::<Value>(line).is_err();
    let last = operations.last().and_then(|lines| lines.last());
    let cut = last.filter(|(_, line)| !text.ends_with('\n') && is_cut(line));
    let cut = cut.map(|(number, _)| *number);
    operations
        .iter()
        .map(|lines| operation(plan, source, lines, cut, keep))
        .collect()
}

/// Whether a line is the first one of an operation.
fn begins(line: &str) -> bool {
    let keys = || serde_json::from_str::<HashMap<String, serde::de::IgnoredAny>>(line);
    line.contains(HEADER) && keys().is_ok_and(|keys| keys.contains_key(HEADER))
}

/// Judges what was recorded of one operation. `cut`: the line that is cut off.
fn operation(
    plan: &MakePlan<'_>,
    source: &Source,
    lines: &[(usize, &str)],
    cut: Option<usize>,
    keep: bool,
) -> Result<Judged, FileError> {
    let Some(((number, first), lines)) = lines.split_first() else {
        return Err(fault(source, 1, format!("expected a line with `{HEADER}`")));
    };
    let header = header(source, *number, first)?;
    let written_by = header.proofmark.clone();
    let flags = flags(&header.plan);
    in_order(&header.plan).map_err(|message| fault(source, *number, message))?;
    let plan = plan(&options(header)).map_err(|error| match error.file == REGION {
        true => fault(source, *number, error.to_string()),
        false => error,
    })?;

    let mut reading = Reading::new(plan, source, flags);
    reading.kept = keep.then(Vec::new);
    for (number, line) in lines {
        // What stands before the line that is cut off counts all the same.
        if cut == Some(*number) {
            let name = &source.name;
            let note = format!("{name}:{number}: the last line is cut off, and left out");
            reading.notes.push(note);
            break;
        }
        reading.line(*number, line)?;
    }

    Ok(reading.end(&written_by))
}

fn header(source: &Source, number: usize, line: &str) -> Result<HeaderLine, FileError> {
    // The version first: what else stands there is that version's.
    let any: Value = serde_json::from_str(line)
        .map_err(|e| json_fault(&source.name, number, "a JSON object", &e))?;
    if any.get(HEADER).and_then(Value::as_u64) != Some(VERSION) {
        let found = any.get(HEADER).map(ToString::to_string).unwrap_or_default();
        let message = format!(
            "expected `{HEADER}` with version {VERSION}, found {}",
            shown(&found)
        );
        return Err(fault(source, number, message));
    }

    serde_json::from_str(line).map_err(|e| {
        json_fault(
            &source.name,
            number,
            "`proofmark` and the `plan` of the run",
            &e,
        )
    })
}

/// Whether what leads to a plan is what a run writes: a recording is a text of whoever made it, and
/// what stands there names files and decides how much is drawn.
fn in_order(plan: &PlanForm) -> Result<(), String> {
    let is_name = |text: &str| {
        text.bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    };

    if let Some(name) = [&plan.service, &plan.operation]
        .into_iter()
        .find(|name| !is_name(name))
    {
        return Err(format!(
            "expected the name of a folder of cases, found `{}`",
            shown(name)
        ));
    }

    if plan.samples > MOST_SAMPLES {
        return Err(format!(
            "expected at most {MOST_SAMPLES} `samples`, found {}",
            plan.samples
        ));
    }

    units::region(&plan.region).map(|_| ())
}

fn options(header: HeaderLine) -> PlanOptions {
    let plan = header.plan;
    PlanOptions {
        operation: OperationName {
            service: plan.service,
            operation: plan.operation,
        },
        revision: plan.revision,
        region: plan.region,
        sampling: Sampling {
            samples: plan.samples,
            seed: plan.seed,
            exhaustive: plan.exhaustive,
        },
        regressions: None,
        depth: match plan.quick {
            true => Depth::Quick,
            false => Depth::Full,
        },
        bases: plan.basis,
    }
}

/// The flags that lead to the plan, for whoever fires a case of it again.
fn flags(plan: &PlanForm) -> String {
    let operation = OperationName {
        service: plan.service.clone(),
        operation: plan.operation.clone(),
    };
    let mut flags: Vec<String> = operation.flag().into_iter().collect();
    let revision = plan
        .revision
        .iter()
        .map(|revision| format!("--revision {}", word(revision)));
    flags.extend(revision);

    flags.push(format!("--samples {} --seed {}", plan.samples, plan.seed));
    if !plan.basis.is_empty() {
        let bases: Vec<String> = plan.basis.iter().map(ToString::to_string).collect();
        flags.push(format!("--basis {}", bases.join(",")));
    }

    flags.extend(plan.quick.then(|| "--depth quick".to_owned()));
    flags.extend(plan.exhaustive.then(|| "--exhaustive".to_owned()));
    flags.join(" ")
}

struct Reading<'a> {
    source: &'a Source,
    plan: Plan,
    /// The places of the plan's cases, by their id.
    places: HashMap<String, Vec<usize>>,
    summary: Summary,
    notes: Vec<String>,
    accepted_any: bool,
    /// Cases that this plan has not, or has otherwise.
    unknown: usize,
    ended: Option<EndLine>,
    flags: String,
    /// The first try of a case, where the next line of that case is its second.
    first: Option<CaseResult>,
    /// The results of cases, where they are asked for.
    kept: Option<Vec<CaseResult>>,
}

impl<'a> Reading<'a> {
    fn new(plan: Plan, source: &'a Source, flags: String) -> Self {
        let mut places: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, case) in plan.cases.iter().enumerate() {
            places
                .entry(case.id.as_str().to_owned())
                .or_default()
                .push(place);
        }

        Self {
            source,
            plan,
            places,
            summary: Summary::default(),
            notes: Vec::new(),
            accepted_any: false,
            unknown: 0,
            ended: None,
            flags,
            first: None,
            kept: None,
        }
    }

    fn line(&mut self, number: usize, line: &str) -> Result<(), FileError> {
        let name = &self.source.name;
        if self.ended.is_some() {
            return Err(fault(
                self.source,
                number,
                "expected nothing after the line with `end`".to_owned(),
            ));
        }

        let keys: std::collections::BTreeMap<String, serde::de::IgnoredAny> =
            serde_json::from_str(line)
                .map_err(|e| json_fault(name, number, "a JSON object", &e))?;
        if keys.contains_key("case") {
            let line =
                serde_json::from_str(line).map_err(|e| json_fault(name, number, "a case", &e))?;
            return self.case(number, line);
        }

        if keys.contains_key("spoilt") {
            let line = serde_json::from_str(line)
                .map_err(|e| json_fault(name, number, "a spoilt resource", &e))?;
            return self.spoilt(number, line);
        }

        if keys.contains_key("retried") {
            let line = serde_json::from_str(line).map_err(|e| {
                json_fault(name, number, "what further tries of a finding came to", &e)
            })?;
            return self.retried(number, line);
        }

        if keys.contains_key("notes") {
            let notes: NotesLine =
                serde_json::from_str(line).map_err(|e| json_fault(name, number, "notes", &e))?;
            self.summary
                .add(&self.plan, Event::Prepared { notes: notes.notes });
            return Ok(());
        }

        if keys.contains_key("end") {
            self.ended = Some(
                serde_json::from_str(line).map_err(|e| json_fault(name, number, "an end", &e))?,
            );
            return Ok(());
        }

        Err(fault(
            self.source,
            number,
            "expected a line with `case`, `spoilt`, `retried`, `notes` or `end`".to_owned(),
        ))
    }

    fn case(&mut self, number: usize, line: CaseLine) -> Result<(), FileError> {
        let shrunk = line
            .shrunk
            .as_ref()
            .map(|s| (s.of.clone(), s.finding.clone()));

        let Some(mut result) = self.result(number, line)? else {
            self.unknown += 1;
            return Ok(());
        };

        let index = result.index;
        let Some((of, id)) = shrunk else {
            if let Some(first) = self.first.take_if(|first| first.index == index) {
                result.counts_beside(&first);
            }
            self.judged(result);
            return Ok(());
        };

        let found = result.judgement.findings.into_iter().find(|f| f.id() == id);
        match (found, self.plan.cases.get(index), result.observation) {
            (Some(finding), Some(case), Some(observation)) => {
                let shrunk = Shrunk {
                    of,
                    finding,
                    case: case.clone(),
                    observation,
                };
                self.summary
                    .add(&self.plan, Event::Shrunk(Box::new(shrunk)));
            }
            _ => self.unknown += 1,
        }

        // It is shown in place of a case of the plan, and counted nowhere.
        self.plan.cases.truncate(index);
        Ok(())
    }

    /// A case that spoilt a resource. What another case showed there before it was fired again
    /// counts beside its result.
    fn spoilt(&mut self, number: usize, line: SpoiltLine) -> Result<(), FileError> {
        let SpoiltLine { spoilt } = line;
        let by = spoilt
            .by
            .and_then(|id| self.places.get(&id)?.first().copied());
        let first = spoilt
            .overtaken
            .map(|line| self.result(number, line))
            .transpose()?;

        self.unknown += usize::from(matches!(first, Some(None)));
        let overtaken = first.flatten();
        self.first.clone_from(&overtaken);
        let overtaken = overtaken.map(Box::new);
        let spoilt = Spoilt {
            by,
            why: spoilt.why,
            overtaken,
        };

        self.summary
            .add(&self.plan, Event::Spoilt(Box::new(spoilt)));
        Ok(())
    }

    /// What a line tells of a case, judged; `None` where this plan has another case there.
    fn result(&mut self, number: usize, line: CaseLine) -> Result<Option<CaseResult>, FileError> {
        let shrunk = line.shrunk.is_some();
        let place = match &line.toml {
            Some(table) => Some(self.printed(number, &line.case, table, shrunk)?),
            // What has no words in case files is not in the plan, and nobody knows what it was.
            None if shrunk => None,
            None => self
                .places
                .get(&line.case)
                .and_then(|places| places.get(line.draw))
                .copied(),
        };

        let skip = line.skipped.clone();
        let seen = observation(line, &self.plan.service.signing_name)
            .map_err(|m| fault(self.source, number, m))?;
        let Some(index) = place.filter(|place| self.same(*place, skip.is_none().then_some(&seen)))
        else {
            return Ok(None);
        };

        if let Some(why) = skip {
            return Ok(Some(CaseResult {
                index,
                judgement: skipped(why),
                observation: None,
            }));
        }

        let Some(case) = self.plan.cases.get(index) else {
            return Ok(None);
        };
        let judgement = Judge::of(&self.plan).judge(case, &seen);
        self.accepted_any |= !shrunk && accepted_any(case, &seen);
        Ok(Some(CaseResult {
            index,
            judgement,
            observation: Some(seen),
        }))
    }

    /// Takes in what further tries of a finding came to: the last of them is what the report shows.
    fn retried(&mut self, number: usize, line: RetriedLine) -> Result<(), FileError> {
        let RetriedLine {
            retried: id,
            tries,
            came,
            shown,
            last,
        } = line;

        let confirmation = match came {
            CameForm::Confirmed => Confirmation::Confirmed,
            CameForm::AfterOthers(before) => Confirmation::AfterOthers(before),
            CameForm::AtTheSameTime(jobs) => Confirmation::AtTheSameTime(jobs),
            CameForm::Unstable => Confirmation::Unstable,
            CameForm::Untried(why) => Confirmation::Untried(why),
        };

        let mut retried = Retried {
            id,
            tries,
            confirmation,
            observation: None,
            shown: None,
        };

        if let Some(last) = last {
            let index = self.place(&last.case, last.draw);
            let seen = observation(last, &self.plan.service.signing_name)
                .map_err(|message| fault(self.source, number, message))?;
            retried.shown = shown
                .zip(index)
                .and_then(|(shown, index)| self.example(&retried.id, shown, index, &seen));
            retried.observation = Some(seen);
        }

        self.summary
            .add(&self.plan, Event::Retried(Box::new(retried)));
        Ok(())
    }

    /// The finding as a further try showed it.
    fn example(
        &self,
        id: &str,
        shown: ShownForm,
        index: usize,
        seen: &Observation,
    ) -> Option<Example> {
        let shrunk = matches!(shown, ShownForm::Shrunk);
        let case = match shrunk {
            true => self.summary.found.get(id)?.shrunk.as_deref()?,
            false => self
                .plan
                .cases
                .get(index)
                .filter(|_| self.same(index, Some(seen)))?,
        };

        let found = Judge::of(&self.plan)
            .judge(case, seen)
            .findings
            .into_iter()
            .find(|f| f.id() == id);

        found.map(|finding| Example {
            index,
            shrunk,
            finding,
        })
    }

    /// The place of the case with that id which was drawn as that one of several.
    fn place(&self, id: &str, draw: usize) -> Option<usize> {
        let planned = self
            .places
            .get(id)
            .and_then(|places| places.get(draw))
            .copied();

        // What was recorded with its text stands behind the cases of the plan.
        planned.or_else(|| {
            self.plan
                .cases
                .iter()
                .rposition(|case| case.id.as_str() == id)
        })
    }

    fn judged(&mut self, result: CaseResult) {
        self.kept
            .iter_mut()
            .for_each(|kept| kept.push(result.clone()));
        self.summary
            .add(&self.plan, Event::Judged(Box::new(result)));
    }

    /// Adds a case that the plan has not to its end, and says at which place.
    fn printed(
        &mut self,
        number: usize,
        id: &str,
        table: &str,
        shrunk: bool,
    ) -> Result<usize, FileError> {
        let plan = &self.plan;
        let file = Source {
            name: self.source.name.clone(),
            text: table.to_owned(),
        };

        let loaded = plan.read_cases(&file, PRINTED);
        let fail = |message: &str| {
            fault(
                self.source,
                number,
                format!("expected one case in `toml`: {message}"),
            )
        };

        let mut cases = loaded.map_err(|e| fail(&e.message))?;
        let (Some(case), true) = (cases.pop(), cases.is_empty()) else {
            return Err(fail("found several"));
        };
        let origin = match shrunk {
            true => Origin::Sampled,
            false => Origin::Written {
                file: self.source.name.clone(),
                line: number,
            },
        };

        let case = Case {
            id: CaseId(id.to_owned()),
            origin,
            ..case
        };

        self.plan.cases.push(case);
        Ok(self.plan.cases.len() - 1)
    }

    /// Whether the case at that place sends what was recorded: cases change from one version to
    /// another.
    fn same(&self, place: usize, seen: Option<&Observation>) -> bool {
        let (Some(case), Some(seen)) = (self.plan.cases.get(place), seen) else {
            return true;
        };
        let Some(sent) = seen.all(Role::Subject).next() else {
            return seen.fired.iter().all(|fired| fired.step < case.steps.len());
        };
        let Some(request) = case.request() else {
            return false;
        };
        let planned = request.bind(&seen.bindings, &self.plan.service.signing_name);
        let sent = &sent.request;
        planned.is_ok_and(|p| p.method == sent.method && p.path == sent.path && p.body == sent.body)
    }

    fn end(mut self, written_by: &str) -> Judged {
        let (stopped, leftovers, cut) = match self.ended {
            Some(EndLine { end }) => {
                let leftovers = end
                    .leftovers
                    .into_iter()
                    .map(|(what, why)| Leftover { what, why })
                    .collect();
                (
                    end.stopped.map(super::form::StopForm::into_stop),
                    leftovers,
                    end.cut,
                )
            }
            None => (
                partial("the recording ends before its run did".to_owned()).stopped,
                Vec::new(),
                Vec::new(),
            ),
        };
        let own = env!("CARGO_PKG_VERSION");
        let unknown = (self.unknown > 0).then(|| {
            format!(
                "recorded cases that are not those of this version or of these files: {}; proofmark {written_by} wrote \
                 them, and this is {own}",
                self.unknown
            )
        });
        let stopped = stopped.or_else(|| partial(unknown.clone()?).stopped);
        self.notes.extend(unknown);
        self.summary.notes.extend(self.notes);
        self.summary.end(Ended {
            stopped,
            accepted_any: self.accepted_any,
            leftovers,
            cut,
        });
        Judged {
            plan: self.plan,
            summary: self.summary,
            flags: self.flags,
            results: self.kept.unwrap_or_default(),
        }
    }
}

fn observation(line: CaseLine, service: &str) -> Result<Observation, String> {
    let named = line.variant.as_deref().map(Variant::named);
    let variant = named.unwrap_or_default();

    let mut bindings = Bindings::default();
    line.bindings
        .into_iter()
        .for_each(|(name, value)| bindings.set(name, value));
    let mut seen = Observation::new(bindings, variant);
    seen.unsettled = line.unsettled;
    seen.requests = line.requests;

    for form in line.exchanges {
        let ExchangeForm {
            role,
            step,
            settled,
            ..
        } = form;
        let on = form.on.clone();
        let exchange = form.into_exchange(service)?;
        let role = role.ok_or("expected a `role` of each exchange")?;
        let Some(role) = role.alone() else {
            let step = step.ok_or("expected the place of its `step` in a sequence")?;
            seen.add_part(step, on, settled, exchange);
            continue;
        };
        if role != Role::Subject && seen.at(role).is_some() {
            return Err("expected one exchange of each role".to_owned());
        }
        // The request that a case is about is the last of its steps.
        let before = seen.sent().filter(|fired| fired.role != Role::Subject);
        let step = before.count();
        seen.add(step, role, exchange);
    }

    Ok(seen)
}

fn fault(source: &Source, line: usize, message: String) -> FileError {
    FileError {
        file: source.name.clone(),
        line: Some(line),
        message,
    }
}
