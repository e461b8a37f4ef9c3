//! `proofmark replay FILE`: what a file says is to be fired again, a case file or a JSON report.

use std::path::Path;

use crate::contract::Level;
use crate::plan::Plan;
use crate::report::document::ReportedFinding;
use crate::report::{Exit, Report};
use crate::run::regressions;
use crate::support::echo::{did_you_mean, shown};
use crate::support::files::Source;

use super::Failure;

pub(super) enum Replayed {
    /// The case of that id.
    Id(String),
    /// The cases of a case file.
    Cases(Source),
    /// What findings of a report are shown by: each finding's id, with the place in the plan and
    /// the id of its case.
    Findings(Vec<ShownBy>),
}

impl Replayed {
    /// What is meant by the argument: a file, by the end of its name, or an id. `finding`: the one
    /// of a report that is meant.
    ///
    /// # Errors
    /// Where the file cannot be read, is no report, or has no such finding.
    pub(super) fn of(argument: &str, finding: Option<&str>) -> Result<Self, Failure> {
        let path = Path::new(argument);
        let end = path
            .extension()
            .and_then(|e| e.to_str())
            .unwrap_or_default();

        if finding.is_some() && end != "json" {
            return Err(Failure::usage(
                "expected one id, or a JSON report and the id of a finding",
            ));
        }

        match end {
            "toml" => Source::open(path).map(Self::Cases).map_err(Failure::usage),
            "json" => Self::report(argument, finding),
            _ => Ok(Self::Id(argument.to_owned())),
        }
    }

    fn report(argument: &str, wanted: Option<&str>) -> Result<Self, Failure> {
        let failed = |why: &dyn std::fmt::Display| Failure::usage(format!("{argument}: {why}"));
        let report = super::report_file::read(Path::new(argument))?;
        let all = match wanted {
            Some(id) => of_report(&report, id),
            None => report.findings.iter().filter_map(shown_by).collect(),
        };

        match (all.is_empty(), wanted) {
            (false, _) => Ok(Self::Findings(all)),
            (true, Some(id)) => Err(failed(&format!(
                "the report has no finding `{}` that a case shows",
                shown(id)
            ))),
            (true, None) => Err(failed(&"the report has no finding that a case shows")),
        }
    }

    /// An id that is of no case may be that of a cause, or of a finding, of the last report.
    pub(super) fn or_of_last(self, plan: &Plan) -> Self {
        let Self::Id(id) = &self else { return self };
        if plan.case(id).is_some() {
            return self;
        }
        let of_last = super::last::read().map(|report| of_report(&report, id));
        match of_last {
            Some(all) if !all.is_empty() => Self::Findings(all),
            _ => self,
        }
    }

    /// The places in the plan of the cases.
    ///
    /// # Errors
    /// Where the plan has no such case.
    pub(super) fn cases(&self, plan: &Plan) -> Result<Vec<usize>, Failure> {
        let of = |id: &str| {
            (0..plan.cases.len())
                .filter(|i| plan.cases[*i].id.as_str() == id)
                .collect::<Vec<_>>()
        };

        match self {
            // All draws of a kind have one id.
            Self::Id(id) => match of(id) {
                none if none.is_empty() => Err(Failure::usage(no_case(plan, id))),
                all => Ok(all),
            },
            Self::Cases(file) => {
                let kept = |i: &usize| regressions::kept(&plan.contract.slug, &plan.cases[*i].id);
                match (0..plan.cases.len()).filter(kept).collect::<Vec<_>>() {
                    none if none.is_empty() => Err(Failure::usage(
                        file.at(0..0, "expected at least one [[case]] or [[sequence]]"),
                    )),
                    all => Ok(all),
                }
            }
            Self::Findings(all) => {
                let mut meant = Vec::new();
                for (finding, place, case) in all {
                    let there =
                        place.filter(|p| plan.cases.get(*p).is_some_and(|c| c.id.as_str() == case));
                    let kept = regressions::case_of(&plan.contract.slug, finding);
                    let found = match there {
                        Some(place) => vec![place],
                        None => [of(case), of(kept.as_str())].concat(),
                    };
                    if found.is_empty() {
                        let case = shown(case);
                        let message = format!(
                            "no case `{case}`: the plan is not that of the report; see its flags"
                        );
                        return Err(Failure::usage(message));
                    }
                    meant.extend(found);
                }
                meant.sort_unstable();
                meant.dedup();
                Ok(meant)
            }
        }
    }

    /// The level of findings that make the exit code 1: a file is there for what it shows, warnings
    /// too.
    pub(super) fn gate(&self) -> Level {
        match self {
            Self::Id(_) => Level::Must,
            Self::Cases(_) | Self::Findings(_) => Level::Should,
        }
    }

    /// The exit code: of a report, 1 only where one of the findings that are meant shows again.
    /// `shown`: the findings that showed; `exit`: what they all come to.
    pub(super) fn exit(&self, shown: &[&String], exit: Exit) -> Exit {
        let Self::Findings(meant) = self else {
            return exit;
        };
        match exit {
            _ if meant.iter().any(|(id, _, _)| shown.contains(&id)) => Exit::Findings,
            Exit::Findings => Exit::Conforms,
            other => other,
        }
    }
}

/// What a finding is shown by: its id, with the place in the plan and the id of its case.
type ShownBy = (String, Option<usize>, String);

fn shown_by(finding: &ReportedFinding) -> Option<ShownBy> {
    Some((finding.id.clone(), finding.place, finding.case.clone()?))
}

/// What shows the cause, or the finding, of that id.
fn of_report(report: &Report, id: &str) -> Vec<ShownBy> {
    let Some(told) = report.meant(id) else {
        return Vec::new();
    };
    let example = told.cause.and_then(|cause| cause.example.as_ref());
    let of_example = example.map(|e| (told.finding.id.clone(), Some(e.place), e.case.clone()));
    of_example
        .or_else(|| shown_by(told.finding))
        .into_iter()
        .collect()
}

fn no_case(plan: &Plan, id: &str) -> String {
    let hint = did_you_mean(id, plan.cases.iter().map(|case| case.id.as_str()));
    format!(
        "no case `{}`: `proofmark list` lists them{hint}; nor has the last report ({}) a cause or finding of that id",
        shown(id),
        super::last::FILE
    )
}
