//! The whole plan at once, for tests that hold what it showed against something.

use std::sync::Arc;

use tokio::sync::watch;

use super::{Conformance, operation};
use crate::harness::environment;
use crate::plan::{Plan, PlanOptions};
use crate::report::{Exit, Report, Style, Summary, report_text};
use crate::run::{RunOptions, Runner};

/// A run that is over.
#[derive(Clone, Debug)]
pub struct Ran {
    report: Report,
}

impl Ran {
    /// The exit code that `proofmark run` would end with.
    #[must_use]
    pub fn exit(&self) -> Exit {
        self.report.outcome()
    }

    /// The ids of its findings, as a baseline holds them, those that fail the run first.
    #[must_use]
    pub fn findings(&self) -> Vec<String> {
        self.report.shown().map(|f| f.id.clone()).collect()
    }

    /// What `proofmark run` would print.
    #[must_use]
    pub fn text(&self) -> String {
        report_text(&self.report, Style::default())
    }
}

impl Conformance {
    /// Fires every case of the plan, one after another, without a test harness. A baseline is not
    /// looked at: the caller sees every finding.
    ///
    /// # Errors
    /// Files that make no plan, or a target that cannot be set up.
    pub fn run(self) -> Result<Ran, String> {
        let options = PlanOptions {
            operation: operation(self.operation.as_deref(), &self.files)?,
            revision: self.revision,
            region: environment::region(),
            ..PlanOptions::default()
        };

        let plan = Arc::new(Plan::load(&self.files, &options).map_err(|e| e.to_string())?);
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build();
        let runtime = runtime.map_err(|e| format!("no threads to be had: {e}"))?;
        let _within = runtime.enter();
        let started = (self.start)(&options)?;
        let run = RunOptions {
            token: started.token,
            ..RunOptions::default()
        };

        let runner = Runner::new(Arc::clone(&plan), started.target, run);
        let cases: Vec<usize> = (0..plan.cases.len()).collect();
        let (_never, stop) = watch::channel(false);
        let mut summary = Summary::default();
        let ended = runtime.block_on(runner.run(&cases, stop, |event| summary.add(&plan, event)));
        summary.end(ended);
        drop(started.keep);
        Ok(Ran {
            report: Report::of(&plan, &summary, self.level),
        })
    }
}
