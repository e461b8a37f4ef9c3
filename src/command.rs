//! The commands, one file each; this one holds what they share: flags, the target they lead to, exit codes.

mod coverage;
mod explain;
mod fixtures;
mod lint;
mod list;
mod patterns;
mod precedence;
mod regressions;
mod replay;
mod run;
mod self_check;
mod serve;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use proofmark::contract::Level;
use proofmark::environment;
use proofmark::files::Files;
use proofmark::generator::Sampling;
use proofmark::plan::{Plan, PlanOptions};
use proofmark::reference::{Options, Reference, find_defect};
use proofmark::report::Exit;
use proofmark::report::curl::CurlTarget;
use proofmark::runner::RunOptions;
use proofmark::target::{Endpoint, Permission, Settings, Target};

const EXIT_CODES: &str = "\
Exit codes:
  0    the target conforms
  1    it does not: there are findings
  2    the command line, a case file or a contract is wrong
  3    the target could not be reached, stopped answering, or a verdict could not be reached
  4    nothing was tested: the target accepted no valid request
  130  interrupted; the report says what was done until then

The endpoint is --endpoint, else PROOFMARK_ENDPOINT, AWS_ENDPOINT_URL_LAMBDA or AWS_ENDPOINT_URL, else the reference
that is built in. Only loopback is sent to, and hosts named by --allow-host or PROOFMARK_ALLOW_HOST (with commas
between). Requests are signed with AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, else with
test credentials.";

/// Judges a live endpoint against the documented contract of AWS Lambda's UpdateEventSourceMapping.
#[derive(Debug, Parser)]
#[command(version, after_help = EXIT_CODES, args_conflicts_with_subcommands = true, max_term_width = 120)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    run: run::RunArgs,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Fire the cases at a target and judge its answers (the default)
    Run(Box<run::RunArgs>),
    /// List the cases, offline
    List(list::ListArgs),
    /// Explain a case or a promise: what it says, sends and expects, and why
    Explain(explain::ExplainArgs),
    /// Check contract and case files
    Lint(lint::LintArgs),
    /// Serve the reference on loopback
    Serve(serve::ServeArgs),
    /// Fire one case again and show every exchange
    Replay(Box<replay::ReplayArgs>),
    /// Fire the cases at every defect and lawful variation of the reference: what the suite would miss or wrongly flag
    SelfCheck(self_check::SelfCheckArgs),
    /// Show of every promise from which sides the cases test it: what no case tests is seen before a target breaks it
    Coverage(coverage::CoverageArgs),
    /// Show which of two faults in one request the target reports: its order of checks
    Precedence(Box<precedence::PrecedenceArgs>),
    /// Make what the cases need on a target and print it as shell variables for curl lines
    Fixtures(fixtures::FixturesArgs),
    /// Check every pattern of a service model: what is generated from it and how it is broken, as a table
    Patterns(patterns::PatternsArgs),
}

/// What is planned.
#[derive(Clone, Debug, Args)]
struct PlanArgs {
    /// A folder of contracts and cases to use instead of those built in
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// The revision of the contract: `2018` is the reference page, `current` today's model
    #[arg(long, value_name = "NAME")]
    revision: Option<String>,
    /// The region that ARNs and credential scopes name
    #[arg(long, env = "AWS_REGION", default_value = "us-east-1", hide_env = true)]
    region: String,
    #[command(flatten)]
    sampling: SamplingArgs,
    #[command(flatten)]
    regressions: regressions::RegressionsArgs,
}

/// What is drawn at random.
#[derive(Clone, Debug, Args)]
struct SamplingArgs {
    /// How many requests are drawn at random, beside the cases that are derived and written
    #[arg(long, value_name = "N", default_value_t = SAMPLES)]
    samples: usize,
    /// What decides which: the same seed draws the same requests
    #[arg(long, value_name = "SEED", default_value_t = 0)]
    seed: u64,
    /// Every value of every integer range as well
    #[arg(long)]
    exhaustive: bool,
}

/// How many requests are drawn at random, unless a flag says otherwise.
const SAMPLES: usize = 500;

/// Which cases.
#[derive(Clone, Debug, Args)]
struct FilterArgs {
    /// Only cases whose id contains one of these
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Filters name whole ids
    #[arg(long)]
    exact: bool,
    /// Not cases whose id contains this
    #[arg(long, value_name = "FILTER")]
    skip: Vec<String>,
}

/// Where requests go.
#[derive(Clone, Debug, Args)]
struct TargetArgs {
    /// The target's URL; without one, the reference that is built in
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// Allow requests to this host although it is not loopback
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
    /// A header to send with every request, `NAME: VALUE`
    #[arg(long, value_name = "HEADER")]
    header: Vec<String>,
    /// The longest wait for an answer, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 5.0)]
    timeout: f64,
    /// No more requests per second than this
    #[arg(long, value_name = "N")]
    rate: Option<f64>,
    /// The longest wait for a transition of a mapping to end, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 30.0)]
    settle_timeout: f64,
    /// A defect to order of the built-in reference
    #[arg(long, value_name = "ID", hide = true)]
    defect: Option<String>,
    /// How long the built-in reference's transitions last, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, hide = true)]
    settle: u64,
    /// A token for the names of fixtures instead of one of the run's own: eight of [0-9a-z]
    #[arg(long, value_name = "TOKEN", hide = true)]
    token: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Colour {
    #[default]
    Auto,
    Always,
    Never,
}

/// A message for the user and the code to end with.
struct Failure {
    exit: Exit,
    message: String,
}

impl Failure {
    fn usage(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }
}

type Outcome = Result<Exit, Failure>;

/// Reads the command line and carries it out.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        None => run::run(&cli.run),
        Some(Command::Run(args)) => run::run(&args),
        Some(Command::List(args)) => list::list(&args),
        Some(Command::Explain(args)) => explain::explain(&args),
        Some(Command::Lint(args)) => lint::lint(&args),
        Some(Command::Serve(args)) => serve::serve(&args),
        Some(Command::Replay(args)) => replay::replay(&args),
        Some(Command::SelfCheck(args)) => self_check::self_check(&args),
        Some(Command::Coverage(args)) => coverage::coverage(&args),
        Some(Command::Precedence(args)) => precedence::precedence(&args),
        Some(Command::Fixtures(args)) => fixtures::fixtures(&args),
        Some(Command::Patterns(args)) => patterns::patterns(&args),
    };
    let exit = outcome.unwrap_or_else(|failure| {
        eprintln!("proofmark: {}", failure.message);
        failure.exit
    });
    ExitCode::from(exit as u8)
}

impl PlanArgs {
    fn files(&self) -> Files {
        self.cases.clone().map_or(Files::Embedded, Files::Folder)
    }

    fn plan(&self) -> Result<Plan, Failure> {
        let SamplingArgs { samples, seed, exhaustive } = self.sampling;
        let options = PlanOptions {
            revision: self.revision.clone(),
            region: self.region.clone(),
            sampling: Sampling { samples, seed, exhaustive },
            regressions: self.regressions.read(self.revision.as_deref())?,
            ..PlanOptions::default()
        };
        Plan::load(&self.files(), &options).map_err(Failure::usage)
    }

    /// The flags that lead another command to the same plan.
    fn flags(&self) -> Vec<String> {
        let mut flags = Vec::new();
        flags.extend(self.cases.iter().map(|folder| format!("--cases {}", folder.display())));
        flags.extend(self.revision.iter().map(|revision| format!("--revision {revision}")));
        let SamplingArgs { samples, seed, exhaustive } = self.sampling;
        if samples != SAMPLES {
            flags.push(format!("--samples {samples}"));
        }
        if seed != 0 {
            flags.push(format!("--seed {seed}"));
        }
        if exhaustive {
            flags.push("--exhaustive".to_owned());
        }
        flags.extend(self.regressions.flags());
        flags
    }
}

impl FilterArgs {
    /// The places of the cases that are meant, in order.
    fn select(&self, plan: &Plan) -> Vec<usize> {
        let meant = |id: &str, filter: &String| if self.exact { id == filter } else { id.contains(filter.as_str()) };
        plan.cases
            .iter()
            .enumerate()
            .filter(|(_, case)| {
                let id = case.id.as_str();
                (self.filters.is_empty() || self.filters.iter().any(|f| meant(id, f)))
                    && !self.skip.iter().any(|f| meant(id, f))
            })
            .map(|(index, _)| index)
            .collect()
    }
}

impl FilterArgs {
    /// What to say where no case is meant.
    fn no_case(&self) -> String {
        let how = if self.exact { "is" } else { "contains" };
        let filters = self.filters.join("` or `");
        let but = if self.skip.is_empty() { "" } else { " and is not skipped" };
        match filters.is_empty() {
            true => "every case is skipped: `proofmark list` shows the ids".to_owned(),
            false => format!("no case has an id that {how} `{filters}`{but}: `proofmark list` shows the ids"),
        }
    }
}

impl TargetArgs {
    /// The endpoint's URL, by flag or environment.
    fn url(&self) -> Option<String> {
        self.endpoint.clone().or_else(environment::endpoint_url)
    }

    fn settings(&self, region: &str) -> Result<Settings, Failure> {
        let mut extra_headers = Vec::new();
        for header in &self.header {
            let (name, value) = header
                .split_once(':')
                .ok_or_else(|| Failure::usage("--header: expected `NAME: VALUE`, found no colon"))?;
            extra_headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }
        let timeout = seconds("--timeout", self.timeout)?;
        Ok(Settings {
            permission: Permission::new(&[environment::allowed_hosts(), self.allow_host.clone()].concat()),
            extra_headers,
            head_timeout: timeout,
            body_timeout: timeout * 2,
            rate: self.rate,
            ..environment::settings(region).map_err(Failure::usage)?
        })
    }

    fn target(&self, region: &str) -> Result<Target, Failure> {
        let settings = self.settings(region)?;
        match self.url() {
            Some(url) => {
                if self.defect.is_some() {
                    return Err(Failure::usage("--defect is for the built-in reference; take --endpoint away"));
                }
                let endpoint = Endpoint::parse(&url).map_err(Failure::usage)?;
                Target::http(endpoint, settings).map_err(Failure::usage)
            }
            None => {
                let defect = self.defect.as_deref().map(|id| {
                    find_defect(id).ok_or_else(|| Failure::usage(format!("--defect: the reference has no `{id}`")))
                });
                let options = Options {
                    defect: defect.transpose()?,
                    settle: Duration::from_millis(self.settle),
                    region: region.to_owned(),
                    ..Options::default()
                };
                Target::service(Reference::new(options), settings).map_err(Failure::usage)
            }
        }
    }

    /// How curl reaches the target; none for the built-in reference, which listens nowhere.
    fn curl(&self, region: &str) -> Option<CurlTarget> {
        Some(environment::curl_target(&self.url()?, region))
    }

    /// The flags that lead another command to the same plan and target.
    fn flags(&self, plan: &PlanArgs) -> String {
        let mut flags = plan.flags();
        match (self.url(), &self.defect) {
            (Some(url), _) => flags.push(format!("--endpoint {url}")),
            (None, Some(defect)) => flags.push(format!("--defect {defect}")),
            (None, None) => {}
        }
        flags.extend(self.allow_host.iter().map(|h| format!("--allow-host {h}")));
        if self.settle > 0 {
            flags.push(format!("--settle {}", self.settle));
        }
        flags.join(" ")
    }

    fn run_options(&self, jobs: usize) -> Result<RunOptions, Failure> {
        Ok(RunOptions {
            jobs,
            settle_timeout: seconds("--settle-timeout", self.settle_timeout)?,
            token: self.token()?,
            ..RunOptions::default()
        })
    }

    /// A token that no other run has: fixtures of two runs must not meet. The built-in reference is new each time.
    fn token(&self) -> Result<String, Failure> {
        if let Some(token) = &self.token {
            let fits = token.len() == 8 && token.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
            return if fits { Ok(token.clone()) } else { Err(Failure::usage("--token: expected eight of [0-9a-z]")) };
        }
        if self.url().is_none() {
            return Ok(RunOptions::default().token);
        }
        Ok(environment::run_token())
    }
}

impl Colour {
    /// Whether to use colours on that stream: never into a pipe, nor where NO_COLOR is set.
    fn on(self, stream: &impl IsTerminal) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
        }
    }
}

fn seconds(flag: &str, value: f64) -> Result<Duration, Failure> {
    Duration::try_from_secs_f64(value)
        .ok()
        .filter(|d| !d.is_zero() && *d <= Duration::from_secs(86_400))
        .ok_or_else(|| Failure::usage(format!("{flag}: expected a number of seconds above 0 and up to a day")))
}

fn level(name: &str) -> Result<Level, String> {
    match name {
        "must" => Ok(Level::Must),
        "should" => Ok(Level::Should),
        other => Err(format!("expected must or should, found {other}")),
    }
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|e| Failure { exit: Exit::CouldNotTell, message: format!("no threads to be had: {e}") })
}

/// Writes to standard output; a reader that went away, as `head` does, is no fault of ours.
fn print(text: &str) {
    use std::io::Write as _;
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}
