//! Machine-readable reports: where they go, and that they can go there before anything is sent.

use std::fs::File;
use std::io::Write as _;

use crate::plan::Plan;
use crate::report::{Facts, Format, Report, Secrets, Stream};
use crate::run::Event;

use super::Failure;
use super::place::{Place, make_folder};
use super::report_path::{self, Wanted};

/// Which reports are written.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ReportArgs {
    /// Write a report as well, any number of times: FORMAT, or FORMAT=PATH. FORMAT is json, ndjson,
    /// junit, markdown, html, github or sarif; without PATH it goes into target/proofmark/, and
    /// github to standard output. With the path `-` standard output is for it alone, and the text
    /// goes to standard error
    #[arg(long = "report", value_name = "FORMAT[=PATH]", value_parser = wanted)]
    reports: Vec<Wanted<Format>>,
}

/// Reports that can be written.
#[derive(Debug, Default)]
pub(super) struct Reports {
    sinks: Vec<(Wanted<Format>, Sink)>,
    stream: Stream,
    failed: Option<String>,
}

/// Where a report is written to.
#[derive(Debug)]
enum Sink {
    /// Standard output, after the text.
    Output,
    /// A file, written when the run is over.
    File(Place),
    /// A file that is written to while the run goes on.
    Live(File),
}

fn wanted(text: &str) -> Result<Wanted<Format>, String> {
    report_path::wanted(text, &Format::ALL, Format::name, Format::file_name)
}

impl Sink {
    fn open(wanted: &Wanted<Format>, live: bool) -> std::io::Result<Self> {
        let Some(path) = &wanted.path else {
            return Ok(Self::Output);
        };
        if live && wanted.format == Format::Ndjson {
            make_folder(path)?;
            return Ok(Self::Live(File::create(path)?));
        }
        Ok(Self::File(Place::open(path)?))
    }
}

impl ReportArgs {
    /// Makes sure that every report can be written, before the run that it is of.
    pub(super) fn open(&self) -> Result<Reports, Failure> {
        self.sinks(false)
    }

    /// As [`open`](Self::open), for a run that tells of what happens as it happens.
    pub(super) fn open_live(&self) -> Result<Reports, Failure> {
        self.sinks(true)
    }

    fn sinks(&self, live: bool) -> Result<Reports, Failure> {
        Wanted::apart(&self.reports)?;
        let mut reports = Reports::default();
        for wanted in &self.reports {
            let sink =
                Sink::open(wanted, live).map_err(|e| Failure::unopened(&e, wanted.failure(&e)))?;
            reports.sinks.push((wanted.clone(), sink));
        }
        Ok(reports)
    }
}

impl Reports {
    /// Prints a text for a person, where no report has standard output to itself.
    pub(super) fn print(&self, text: &str) {
        report_path::print_beside(self.sinks.iter().map(|(wanted, _)| wanted), text);
    }

    /// Tells that the run begins.
    pub(super) fn start(&mut self, plan: &Plan, facts: &Facts<'_>, secrets: &Secrets) {
        if self.is_live() {
            self.tell(&Stream::start(plan, facts, secrets));
        }
    }

    /// Tells of what just happened.
    pub(super) fn event(
        &mut self,
        plan: &Plan,
        event: &Event,
        facts: &Facts<'_>,
        secrets: &Secrets,
    ) {
        if self.is_live() {
            let lines = self.stream.event(plan, event, facts, secrets);
            self.tell(&lines);
        }
    }

    fn is_live(&self) -> bool {
        self.sinks
            .iter()
            .any(|(_, sink)| matches!(sink, Sink::Live(_)))
    }

    /// A disk that is full is no reason to end the run: it is told with the other reports.
    fn tell(&mut self, lines: &str) {
        for (wanted, sink) in &mut self.sinks {
            if let Sink::Live(file) = sink
                && let Err(e) = file.write_all(lines.as_bytes())
            {
                self.failed.get_or_insert_with(|| wanted.failure(e));
            }
        }
    }

    /// Writes every report. One that fails is no reason not to write the others.
    ///
    /// # Errors
    /// The first that could not be written.
    pub(super) fn write(mut self, report: &Report) -> Result<(), Failure> {
        if self.is_live() {
            self.tell(&Stream::end(report));
        }
        let mut failed = self.failed.take();

        for (wanted, sink) in &self.sinks {
            let text = || wanted.format.render(report);
            let written = match sink {
                Sink::File(place) => place.write(&text()),
                Sink::Live(_) => Ok(()),
                Sink::Output => {
                    super::output::document(&text());
                    Ok(())
                }
            };
            if let Err(e) = written {
                failed.get_or_insert_with(|| wanted.failure(e));
            }
        }

        failed.map_or(Ok(()), |message| Err(Failure::unwritten(message)))
    }
}
