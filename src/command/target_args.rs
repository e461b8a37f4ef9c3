//! Where requests go, and how: flags of the commands that send any.

use std::time::Duration;

use clap::Args;
use proofmark::environment;
use proofmark::reference::{Clock, Options, Reference, find_defect};
use proofmark::report::curl::CurlTarget;
use proofmark::runner::RunOptions;
use proofmark::target::{Endpoint, Permission, Settings, Target};

use tokio::runtime::{Builder, Runtime};

use super::Failure;
use super::plan_args::PlanArgs;

/// Where requests go.
#[derive(Clone, Debug, Args)]
pub(super) struct TargetArgs {
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

impl TargetArgs {
    /// The endpoint's URL, by flag or environment.
    pub(super) fn url(&self) -> Option<String> {
        self.endpoint.clone().or_else(environment::endpoint_url)
    }

    /// The names of the headers that the user adds to every request: their values may be secrets.
    pub(super) fn header_names(&self) -> impl Iterator<Item = String> {
        self.header.iter().filter_map(|header| Some(header.split_once(':')?.0.trim().to_owned()))
    }

    pub(super) fn settings(&self, region: &str) -> Result<Settings, Failure> {
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

    pub(super) fn target(&self, region: &str) -> Result<Target, Failure> {
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
                    clock: Clock::tokio(),
                    ..Options::default()
                };
                Target::service(Reference::new(options), settings).map_err(Failure::usage)
            }
        }
    }

    /// What carries requests out. The built-in reference waits for nobody outside this process, so its time is one that
    /// moves on by itself where all wait: settling and time limits cost none.
    ///
    /// The target is made within it, and takes its time from there.
    pub(super) fn runtime(&self) -> Result<Runtime, Failure> {
        if self.url().is_some() {
            return super::runtime();
        }
        Builder::new_current_thread().enable_all().start_paused(true).build().map_err(super::no_runtime)
    }

    /// How curl reaches the target; none for the built-in reference, which listens nowhere.
    pub(super) fn curl(&self, region: &str) -> Option<CurlTarget> {
        Some(environment::curl_target(&self.url()?, region))
    }

    /// The flags that lead another command to the same plan and target.
    pub(super) fn flags(&self, plan: &PlanArgs) -> String {
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

    pub(super) fn run_options(&self, jobs: usize) -> Result<RunOptions, Failure> {
        Ok(RunOptions {
            jobs,
            settle_timeout: seconds("--settle-timeout", self.settle_timeout)?,
            token: self.token()?,
            ..RunOptions::default()
        })
    }

    /// A token that no other run has: fixtures of two runs must not meet. The built-in reference is new each time.
    pub(super) fn token(&self) -> Result<String, Failure> {
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

fn seconds(flag: &str, value: f64) -> Result<Duration, Failure> {
    Duration::try_from_secs_f64(value)
        .ok()
        .filter(|d| !d.is_zero() && *d <= Duration::from_secs(86_400))
        .ok_or_else(|| Failure::usage(format!("{flag}: expected a number of seconds above 0 and up to a day")))
}
