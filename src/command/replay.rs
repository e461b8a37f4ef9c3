//! `proofmark replay`: a case again, or those of a file, with every exchange in full.

use std::fmt::Write as _;
use std::sync::Arc;

use crate::judge::{Fired, Role, Verdict};
use crate::plan::Plan;
use crate::plan::case::{Action, Case};
use crate::report::{self, Facts, Report, Secrets, Summary, Where};
use crate::run::{Event, Runner};
use crate::support::sink::one_line;
use crate::wire::exchange::Exchange;

use super::replay_file::Replayed;
use super::target_args::Opened;
use super::{Colour, Failure, Outcome, PlanArgs, TargetArgs};

/// The flags of `replay`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ReplayArgs {
    #[command(flatten)]
    plan: PlanArgs,
    #[command(flatten)]
    target: TargetArgs,
    /// The id of a case, of a cause or finding of the last report, a case file (.toml) or a JSON
    /// report (.json)
    #[arg(value_name = "ID|FILE")]
    id: String,
    /// Of a report, the one finding that is meant
    #[arg(value_name = "FINDING")]
    finding: Option<String>,
    /// Colours: auto, always or never
    #[arg(long, value_name = "WHEN", value_enum, default_value_t)]
    color: Colour,
}

/// Carries out `replay`.
pub(crate) fn replay(args: &ReplayArgs) -> Outcome {
    let mut args = args.clone();
    args.target.choose(&mut args.plan)?;
    args.plan.suit(&args.id)?;
    args.target.serve(&args.plan)?;
    let replayed = Replayed::of(&args.id, args.finding.as_deref())?;
    let mut options = args.plan.options()?;
    if let Replayed::Cases(file) = &replayed {
        options.regressions = Some(file.clone());
    }
    let plan = Arc::new(Plan::load(&args.plan.files()?, &options).map_err(Failure::usage)?);
    let replayed = replayed.or_of_last(&plan);
    let meant = replayed.cases(&plan)?;
    let Opened {
        runtime,
        target,
        secrets,
        stop,
        started: _started,
    } = args.target.open(&args.plan.region())?;

    let _within = runtime.enter();
    let runner = Runner::new(Arc::clone(&plan), target, args.target.run_options(1)?);
    let mut summary = Summary::default();
    let mut text = String::new();
    let ended = runtime.block_on(async {
        runner
            .run(&meant, stop, |event| {
                if let Event::Judged(result) = &event {
                    let _ = writeln!(
                        text,
                        "{}",
                        report::explain(&plan, &plan.cases[result.index])
                    );
                    if let Some(seen) = &result.observation {
                        let case = &plan.cases[result.index];
                        for fired in &seen.fired {
                            let name = part_of(case, fired);
                            exchange_text(&name, &fired.exchange, &secrets, &mut text);
                        }
                    }
                    let why = match &result.judgement.verdict {
                        Verdict::Masked(why)
                        | Verdict::Skip(why)
                        | Verdict::Probe(why)
                        | Verdict::Error(why) => why.as_str(),
                        Verdict::Pass | Verdict::Fail | Verdict::NotImplemented => "",
                    };
                    let _ = writeln!(
                        text,
                        "verdict      {} {}\n",
                        result.judgement.verdict.name(),
                        one_line(why)
                    );
                }
                summary.add(&plan, event);
            })
            .await
    });

    summary.end(ended);
    let curl = args.target.curl(&args.plan.region());
    let at = Where {
        curl: curl.as_ref(),
        flags: args.target.flags(&args.plan),
    };

    let style = args.color.style(true);
    let report = Report::new(&plan, &summary, &Facts::of(&at, replayed.gate()));
    for finding in &report.findings {
        text.push_str(&report::finding_text(&report, finding, style));
    }
    super::print(&text);
    let shown: Vec<&String> = report.findings.iter().map(|f| &f.id).collect();
    Ok(replayed.exit(&shown, report.outcome()))
}

/// What an exchange is in its case, in words.
fn part_of(case: &Case, fired: &Fired) -> String {
    let part = match fired.role {
        Role::Twin => "control",
        Role::Given => "given",
        Role::Before => "read before",
        Role::Subject => "request",
        Role::After => "read after",
        Role::Named => "read of what it named",
        Role::Step(_) => {
            let step = case.steps.get(fired.step).filter(|_| !fired.around);
            let action = step.map_or(Action::Read, |step| step.action);
            let on = fired.on.as_deref().unwrap_or("all");
            return format!("{} {on}", action.name());
        }
    };
    part.to_owned()
}

fn exchange_text(name: &str, exchange: &Exchange, secrets: &Secrets, text: &mut String) {
    let request = &exchange.request;
    // In a text every line is ours: a value that has several is shown in one.
    let say = |text: &mut String, line: &str| {
        text.push_str(&format!("{}\n", one_line(&secrets.redact(line))))
    };

    let _ = writeln!(text, "--- {name}");
    say(text, &format!("> {} {}", request.method, request.path));
    for (header, value) in &request.headers {
        say(
            text,
            &format!("> {header}: {}", secrets.header(header, value)),
        );
    }

    if !request.body.is_empty() {
        say(text, &format!("> {}", shown(&request.body)));
    }
    match &exchange.outcome {
        Ok(answer) => {
            let _ = writeln!(text, "< {}", answer.status);
            for (header, value) in &answer.headers {
                say(
                    text,
                    &format!("< {header}: {}", secrets.header(header, value)),
                );
            }
            say(text, &format!("< {}", shown(&answer.body)));
            text.push('\n');
        }
        Err(silence) => {
            say(text, &format!("< no answer: {silence:?}"));
            text.push('\n');
        }
    }
}

fn shown(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    match text.char_indices().nth(4000) {
        Some((cut, _)) => format!("{}… ({} bytes)", &text[..cut], body.len()),
        None => text.into_owned(),
    }
}
