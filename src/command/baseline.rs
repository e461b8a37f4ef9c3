//! The baseline of a run: read before it, held against it, and written where that is asked for.

use std::path::PathBuf;

use crate::contract::Level;
use crate::harness::environment;
use crate::plan::Plan;
use crate::report::Summary;
use crate::report::baseline::Baseline;
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

    /// Holds the baseline against a run, and writes it anew where that is asked for.
    pub(crate) fn hold(
        &self,
        known: Option<Known>,
        plan: &Plan,
        summary: &mut Summary,
        gate: Level,
    ) -> Result<(), Failure> {
        let Some(Known {
            mut baseline,
            today,
            path,
            there,
        }) = known
        else {
            return Ok(());
        };
        let file = path.display().to_string();
        summary.hold_against(plan, &baseline, &file, today);
        if !(self.baseline_update || self.baseline_prune) {
            return Ok(());
        }
        // Half a run would leave half the findings out, and one that tested nothing all of them.
        if !summary
            .ended()
            .is_some_and(|ended| ended.stopped.is_none() && ended.accepted_any)
        {
            super::complain(&format!(
                "{file}: not written, since the run did not come to its end"
            ));
            return Ok(());
        }
        let before = baseline.clone();
        if self.baseline_prune {
            let remove = summary
                .baseline
                .iter()
                .flat_map(|held| held.comparison.remove.keys());
            remove.for_each(|id| baseline.remove(id));
            let held = summary.baseline.as_ref();
            let unsure = held.map_or(0, |held| held.comparison.unsure);
            if unsure > 0 {
                super::complain(&format!(
                    "{file}: {unsure} of its entries did not appear and were kept: not every case that \
                     could show them was fired"
                ));
            }
        }
        let kept = baseline.len();
        if self.baseline_update {
            summary
                .failing(gate)
                .iter()
                .for_each(|(id, chance)| baseline.add(id, *chance));
        }
        // What a person wrote beside the entries stays as long as these do.
        if baseline != before || !there {
            let failed = |e: std::io::Error| Failure::unwritten(format!("{file}: {e}"));
            if let Some(folder) = path.parent() {
                std::fs::create_dir_all(folder).map_err(failed)?;
            }
            std::fs::write(&path, baseline.print()).map_err(failed)?;
        }
        let (added, removed) = (baseline.len() - kept, before.len() - kept);
        super::complain(&format!(
            "{file}: {added} added, {removed} removed, {} in all",
            baseline.len()
        ));
        summary.hold_against(plan, &baseline, &file, today);
        Ok(())
    }
}
