//! The baseline of a run: read before it, held against it, and written where that is asked for.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::contract::Level;
use crate::harness::environment;
use crate::plan::Plan;
use crate::report::baseline::Baseline;
use crate::report::document::OperationState;
use crate::report::{Report, Summary};
use crate::support::date::Date;
use crate::support::echo::shown;
use crate::support::files::Source;

use super::Failure;
use super::config_args::Chosen;

/// Which findings are known.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct BaselineArgs {
    /// A file of findings that are known: they are shown, and do not fail the run
    #[arg(long, value_name = "FILE", env = environment::BASELINE_VARIABLE, hide_env_values = true)]
    baseline: Option<PathBuf>,
    /// Add the findings that fail the run to that file, which need not be there yet
    #[arg(long)]
    baseline_update: bool,
    /// Remove from that file what no longer appears, has expired, or is about no promise
    #[arg(long)]
    baseline_prune: bool,
}

/// A baseline, where it came from, and the day it is held against.
#[derive(Clone)]
pub(crate) struct Known {
    pub(crate) baseline: Baseline,
    pub(crate) today: Date,
    path: PathBuf,
    /// Whether there is such a file.
    there: bool,
}

impl Known {
    /// The file, as messages name it.
    fn file(&self) -> String {
        self.path.display().to_string()
    }
}

impl BaselineArgs {
    /// Takes the file from the configuration where no flag names one.
    pub(super) fn take(&mut self, chosen: &Chosen) {
        self.baseline = self
            .baseline
            .take()
            .or_else(|| chosen.values.baseline.clone());
    }

    /// Whether the file is to be written.
    pub(super) fn writes(&self) -> bool {
        self.baseline_update || self.baseline_prune
    }

    /// Reads the file, if one is named. One that is missing is a fault, unless it is to be written.
    pub(crate) fn read(&self) -> Result<Option<Known>, Failure> {
        let Some(path) = self.baseline.clone() else {
            return match self.baseline_update || self.baseline_prune {
                true => Err(Failure::usage("expected --baseline: the file to write")),
                false => Ok(None),
            };
        };

        let today = environment::today().map_err(Failure::usage)?;
        let there = path.exists();
        if !there && self.baseline_update {
            return Ok(Some(Known {
                baseline: Baseline::default(),
                today,
                path,
                there,
            }));
        }

        if !there {
            let why = format!(
                "--baseline: no file {}; --baseline-update writes one",
                path.display()
            );
            return Err(Failure::usage(why));
        }

        let file = Source::open(&path).map_err(Failure::usage)?;
        let baseline = Baseline::load(&file).map_err(Failure::usage)?;
        if let Some(first) = baseline.without_reason().next() {
            let count = baseline.without_reason().count();
            super::complain(&format!(
                "warning: {}: entries without a reason: {count}, such as `{}`; write why each is known",
                path.display(),
                shown(first)
            ));
        }

        Ok(Some(Known {
            baseline,
            today,
            path,
            there,
        }))
    }

    /// Holds the baseline against what was found of one operation.
    pub(crate) fn hold(known: Option<&Known>, plan: &Plan, summary: &mut Summary) {
        if let Some(known) = known {
            summary.hold_against(plan, &known.baseline, &known.file(), known.today);
        }
    }

    /// Writes the file anew, where that is asked for, by what a run over one or several operations
    /// showed: its report, and what each operation came to. Gives the baseline that is to be held
    /// against the run from now on.
    pub(crate) fn write(
        &self,
        known: &Known,
        report: &Report,
        summaries: &[Summary],
        gate: Level,
    ) -> Result<Option<Known>, Failure> {
        if !self.writes() {
            return Ok(None);
        }
        let file = known.file();
        // Half a run would leave half the findings out, and one that tested nothing all of them.
        if report.stopped.is_some() || !report.accepted_any {
            super::complain(&format!(
                "{file}: not written, since the run did not come to its end"
            ));
            return Ok(None);
        }

        let before = &known.baseline;
        let mut baseline = before.clone();
        if self.baseline_prune {
            prune(&mut baseline, report, summaries, &file);
        }
        let kept = baseline.len();
        if self.baseline_update {
            let failing = summaries.iter().flat_map(|one| one.failing(gate));
            failing.for_each(|(id, chance)| baseline.add(&id, chance));
        }

        // What a person wrote beside the entries stays as long as these do.
        if baseline != *before || !known.there {
            let failed = |e: std::io::Error| Failure::unwritten(format!("{file}: {e}"));
            if let Some(folder) = known.path.parent() {
                std::fs::create_dir_all(folder).map_err(failed)?;
            }
            std::fs::write(&known.path, baseline.print()).map_err(failed)?;
        }

        let (added, removed) = (baseline.len() - kept, before.len() - kept);
        super::complain(&format!(
            "{file}: {added} added, {removed} removed, {} in all",
            baseline.len()
        ));
        Ok(Some(Known {
            baseline,
            ..known.clone()
        }))
    }
}

/// Removes what the report says is to be removed. An operation of which nothing was accepted says
/// nothing of its entries.
fn prune(baseline: &mut Baseline, report: &Report, summaries: &[Summary], file: &str) {
    let untested: Vec<&str> = report
        .operations
        .iter()
        .filter(|operation| operation.state != OperationState::Judged)
        .map(|operation| operation.slug.as_str())
        .collect();
    let is_tested = |id: &&String| match report.operations.len() {
        0 | 1 => true,
        _ => !untested.contains(&id.split("::").next().unwrap_or_default()),
    };
    let held = report.baseline.iter();
    for id in held.flat_map(|held| held.remove.keys()).filter(is_tested) {
        baseline.remove(id);
    }

    let shown = |id: &&String| {
        report.findings.iter().any(|finding| finding.id == **id)
            || report.causes.iter().any(|cause| cause.id == **id)
    };
    let unsure: BTreeSet<&String> = summaries
        .iter()
        .filter_map(|one| one.baseline.as_ref())
        .flat_map(|held| &held.comparison.unsure)
        .filter(|id| baseline.has(id) && !shown(id))
        .collect();
    if !unsure.is_empty() {
        super::complain(&format!(
            "{file}: {} of its entries did not appear and were kept: not every case that \
             could show them was fired",
            unsure.len()
        ));
    }
}
