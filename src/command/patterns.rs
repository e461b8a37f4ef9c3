//! `proofmark patterns`: what becomes of every pattern of a service's model, as a table.

mod causes;
mod models;

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use self::causes::{Causes, Reason};
use self::models::{Listed, listed};

use super::{Failure, Outcome};
use crate::contract::pattern::{Anchoring, LONGEST, Language, Pattern};
use crate::contract::pattern_table::{Documented, Tally};
use crate::report::Exit;

/// The flags of `patterns`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PatternsArgs {
    /// A service model: `service-2.json` of botocore, also packed as .json.gz; or a folder of
    /// models, such as botocore's `data`
    #[arg(value_name = "FILE|DIR")]
    file: PathBuf,
    /// How many strings to draw from each pattern
    #[arg(long, value_name = "N", default_value_t = 10_000, value_parser = super::limits::strings())]
    samples: usize,
    /// The seed of the draws
    #[arg(long, value_name = "N", default_value_t = 0)]
    seed: u64,
    /// Violations must be refused by those too who ask only that a part of the value matches
    #[arg(long)]
    unanchored: bool,
    /// Show what each pattern costs: times, and on Linux the greatest memory of the process
    /// meanwhile
    #[arg(long)]
    timings: bool,
}

/// What the whole table adds up to.
#[derive(Default)]
struct Total {
    samples: Tally,
    violations: Tally,
    without_samples: Causes,
    without_violations: Causes,
    patterns: usize,
    shapes: usize,
    /// Those of which longer strings are legal than any that is made.
    cut: usize,
}

/// One line of the table.
struct Row {
    samples: Result<Tally, Reason>,
    violations: Result<Tally, Reason>,
    cost: Cost,
}

#[derive(Default)]
struct Cost {
    build: Duration,
    sample: Duration,
    violate: Duration,
    peak: Option<u64>,
}

/// Carries out `patterns`.
pub(crate) fn patterns(args: &PatternsArgs) -> Outcome {
    if args.samples == 0 {
        return Err(Failure::usage(
            "--samples: expected at least 1: with none nothing is checked",
        ));
    }

    let Listed {
        shapes,
        models,
        faults,
    } = listed(&args.file)?;
    let names = shapes.iter().map(|shape| shape.name.chars().count());
    let width = names.max().unwrap_or(0);

    let mut head = line(
        width,
        "shape",
        "length",
        ["samples", "accepted", "violations", "rejected"],
    );

    if args.timings {
        let _ = write!(
            head,
            "  {:>8}  {:>8}  {:>8}  {:>8}",
            "build", "sample", "violate", "peak"
        );
    }

    super::print(&format!("{head}\n"));
    let mut total = Total::default();
    for shape in &shapes {
        let row = Row::of(&shape.documented, args);
        super::print(&row.text(&shape.name, &shape.documented, width, args.timings));
        total.add(&shape.documented, shape.times, row);
    }

    super::print(&total.text(models));
    if let [first, rest @ ..] = faults.as_slice() {
        let more = match rest.len() {
            0 => String::new(),
            more => format!("\n{more} more models cannot be read"),
        };
        return Err(Failure::usage(format!("{first}{more}")));
    }
    if total.samples.made == 0 && total.violations.made == 0 {
        let message = "nothing was checked: no pattern can be generated or broken".to_owned();
        return Err(Failure {
            exit: Exit::NothingTested,
            message,
        });
    }

    Ok(
        if total.samples.all_agree() && total.violations.all_agree() {
            Exit::Conforms
        } else {
            Exit::Findings
        },
    )
}

impl Row {
    fn of(documented: &Documented, args: &PatternsArgs) -> Self {
        forget_peak_memory();
        let started = Instant::now();
        let pattern = match Pattern::parse(&documented.source) {
            Ok(pattern) => pattern,
            Err(error) => {
                let why = Reason {
                    text: format!("unsupported: {error}"),
                    cause: format!("unsupported: {}", error.cause()),
                };
                return Self {
                    samples: Err(why.clone()),
                    violations: Err(why),
                    cost: Cost::default(),
                };
            }
        };

        let language = Language::new(&pattern, documented.min, documented.longest());
        let build = started.elapsed();
        let started = Instant::now();
        let samples = match &language {
            Ok(language) if language.is_empty() => {
                Err("impossible: no string of a legal length matches under every reading".into())
            }
            Ok(language) => Ok(documented.samples(&pattern, language, args.samples, args.seed)),
            Err(error) => Err(Reason {
                text: format!("unsupported: {error}"),
                cause: format!("unsupported: {}", error.reason()),
            }),
        };

        let sample = started.elapsed();
        let anchoring = if args.unanchored {
            Anchoring::Either
        } else {
            Anchoring::Whole
        };

        let started = Instant::now();
        let violations = documented
            .violations(&pattern, anchoring)
            .map_err(|none| none.to_string().into());
        let cost = Cost {
            build,
            sample,
            violate: started.elapsed(),
            peak: peak_memory(),
        };

        Self {
            samples,
            violations,
            cost,
        }
    }

    fn text(&self, name: &str, documented: &Documented, width: usize, timings: bool) -> String {
        let length = match documented.max {
            Some(max) => format!("{}..{max}", documented.min),
            None => format!("{}..no limit", documented.min),
        };

        let made = |tally: &Result<Tally, Reason>| {
            tally
                .as_ref()
                .map_or("-".to_owned(), |t| t.made.to_string())
        };

        let agreed = |tally: &Result<Tally, Reason>| {
            tally
                .as_ref()
                .map_or("-".to_owned(), |t| t.agreed.to_string())
        };

        let counts = [
            made(&self.samples),
            agreed(&self.samples),
            made(&self.violations),
            agreed(&self.violations),
        ];

        let mut text = line(width, name, &length, counts.each_ref().map(String::as_str));

        if timings {
            let Cost {
                build,
                sample,
                violate,
                peak,
            } = &self.cost;
            let peak = peak.map_or("-".to_owned(), |bytes| {
                format!("{:.1} MiB", bytes as f64 / f64::from(1 << 20))
            });
            let times = [build, sample, violate]
                .map(|time| format!("{:.1} ms", time.as_secs_f64() * 1000.0));
            let _ = write!(
                text,
                "  {:>8}  {:>8}  {:>8}  {peak:>8}",
                times[0], times[1], times[2]
            );
        }

        let reasons = [self.samples.as_ref().err(), self.violations.as_ref().err()];
        let reasons = reasons.into_iter().flatten();
        let mut reasons: Vec<&String> = reasons.map(|reason| &reason.text).collect();
        reasons.dedup();
        for reason in reasons {
            let _ = write!(text, "  {reason}");
        }
        text.push('\n');

        for (tally, what) in [
            (&self.samples, "a sample is not accepted"),
            (&self.violations, "a violation is accepted"),
        ] {
            if let Some(value) = tally.as_ref().ok().and_then(|t| t.disputed.as_ref()) {
                let _ = writeln!(text, "  {what}: {value:?}");
            }
        }

        text
    }
}

impl Total {
    fn add(&mut self, documented: &Documented, times: usize, row: Row) {
        self.patterns += 1;
        self.shapes += times;
        self.cut += usize::from(documented.is_cut());
        let parts = [
            (row.samples, &mut self.samples, &mut self.without_samples),
            (
                row.violations,
                &mut self.violations,
                &mut self.without_violations,
            ),
        ];

        for (tally, total, without) in parts {
            match tally {
                Ok(tally) => {
                    total.made += tally.made;
                    total.agreed += tally.agreed;
                    total.open += tally.open;
                }
                Err(reason) => without.add(reason),
            }
        }
    }

    fn text(&self, models: usize) -> String {
        let Self {
            samples,
            violations,
            patterns,
            ..
        } = self;

        let mut text = format!(
            "{patterns} patterns: {} of {} samples accepted, {} of {} violations rejected\n",
            samples.agreed, samples.made, violations.agreed, violations.made
        );
        if models > 1 {
            let _ = writeln!(
                text,
                "{models} models, {} shapes with a pattern: equal ones stand in one line",
                self.shapes
            );
        }
        if samples.open > 0 {
            let _ = writeln!(
                text,
                "{} samples on which engines differ by definition: a character beyond U+FFFF counts \
                 once or twice",
                samples.open
            );
        }

        self.without_samples.write("samples", &mut text);
        self.without_violations.write("violations", &mut text);
        if self.cut > 0 {
            let _ = writeln!(
                text,
                "{} without a greatest length up to {LONGEST}: sampled up to {LONGEST} characters",
                self.cut
            );
        }

        text
    }
}

fn line(width: usize, shape: &str, length: &str, counts: [&str; 4]) -> String {
    let [samples, accepted, violations, rejected] = counts;
    format!(
        "{shape:width$}  {length:>13}  {samples:>8}  {accepted:>8}  {violations:>10}  {rejected:>8}"
    )
}

/// Starts the measurement of memory anew. Elsewhere than on Linux there is none.
fn forget_peak_memory() {
    let _ = std::fs::write("/proc/self/clear_refs", "5");
}

/// The most memory the process held since, in bytes: what a pattern took, and what it was built
/// upon.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .trim()
        .strip_suffix("kB")?;
    Some(kilobytes.trim().parse::<u64>().ok()? * 1024)
}
