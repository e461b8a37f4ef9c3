//! Where requests go, and how: flags of the commands that send any.

use std::sync::Arc;
use std::time::Duration;

use crate::command::config::CredentialSource;
use crate::harness::environment;
use crate::plan::Plan;
use crate::reference::{Api, Clock, Options};
use crate::report::Secrets;
use crate::report::curl::{CurlTarget, with_variable};
use crate::report::shell::word;
use crate::run::RunOptions;
use crate::support::units;
use crate::wire::exchange::Request;
use crate::wire::target::{Endpoint, Permission, Settings, Target};
use clap::Args;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

use super::Failure;
use super::config_args::{Chosen, ConfigArgs};
use super::plan_args::PlanArgs;
use super::served;
use super::started::Started;
use super::wait;

/// Where requests go.
#[derive(Clone, Debug, Args)]
pub(crate) struct TargetArgs {
    /// The target's URL; without one, the reference that is built in
    #[arg(long, value_name = "URL")]
    endpoint: Option<String>,
    /// The reference that is built in, whatever the environment and the configuration file name
    #[arg(long, conflicts_with_all = ["endpoint", "target"])]
    reference: bool,
    #[command(flatten)]
    config: ConfigArgs,
    /// Allow requests to this host although it is not loopback
    #[arg(long, value_name = "HOST")]
    allow_host: Vec<String>,
    /// A header to send with every request, `NAME: VALUE`. No output holds the value: in curl lines
    /// a variable of the shell, NAME in capitals, stands for it
    #[arg(long, value_name = "HEADER")]
    header: Vec<String>,
    /// Wait until a target that is still starting answers, for no longer than this: seconds, or
    /// such as 2m
    #[arg(long, value_name = "TIME", env = "PROOFMARK_WAIT", hide_env = true, value_parser = units::duration)]
    wait: Option<Duration>,
    /// The longest wait for an answer: seconds, or such as 500ms [default: 5s]
    #[arg(long, value_name = "TIME", env = "PROOFMARK_TIMEOUT", hide_env = true, value_parser = units::duration)]
    timeout: Option<Duration>,
    /// No more requests than this: a number per second, or such as 600/min
    #[arg(long, value_name = "RATE", env = "PROOFMARK_RATE", hide_env = true, value_parser = units::rate)]
    rate: Option<f64>,
    /// The longest wait for a transition of a mapping to end: seconds, or such as 2m [default: 30s]
    #[arg(long, value_name = "TIME", env = "PROOFMARK_SETTLE_TIMEOUT", hide_env = true, value_parser = units::duration)]
    settle_timeout: Option<Duration>,
    /// A defect to order of the built-in reference
    #[arg(long, value_name = "ID", hide = true)]
    defect: Option<String>,
    /// How long the built-in reference's transitions last, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0, hide = true)]
    settle: u64,
    /// A token for the names of fixtures instead of one of the run's own: eight of [0-9a-z]
    #[arg(long, value_name = "TOKEN", hide = true)]
    token: Option<String>,
    /// What flags, environment and configuration file come to; see [`TargetArgs::choose`].
    #[arg(skip)]
    chosen: Chosen,
    /// What the built-in reference interprets, where it is the target; see [`TargetArgs::serve`].
    #[arg(skip)]
    served: Option<Arc<Api>>,
}

/// A target that is up, and what is needed beside it.
pub(super) struct Opened {
    /// What carries requests out; time and signals are those of it, so that it is to be entered.
    pub(crate) runtime: Runtime,
    pub(crate) target: Target,
    /// What no output may hold.
    pub(crate) secrets: Secrets,
    /// Turns true when the user wants an end.
    pub(crate) stop: watch::Receiver<bool>,
    /// What was started, and is stopped when this goes; none where the target runs already, or is
    /// built in.
    pub(crate) started: Option<Started>,
}

/// How long an answer may take, unless something says otherwise.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The token of runs against what the built-in reference interprets.
const INTERPRETED: &str = "0a1b2c3d";

impl TargetArgs {
    /// Whether a flag says where requests go.
    pub(super) fn names_target(&self) -> bool {
        self.endpoint.is_some() || self.reference || self.config.names_target()
    }

    /// The same for another target: a URL, a target of the configuration file, `reference`, or
    /// `reference:DEFECT`.
    pub(super) fn aimed_at(&self, target: &str) -> Self {
        let (reference, defect) = match target.strip_prefix("reference") {
            Some("") => (true, None),
            Some(rest) => (
                rest.starts_with(':'),
                rest.strip_prefix(':').map(str::to_owned),
            ),
            None => (false, None),
        };

        let is_url = target.contains("://");
        let name = (!reference && !is_url).then_some(target);
        let endpoint = is_url.then(|| target.to_owned());
        Self {
            endpoint,
            reference,
            defect,
            config: self.config.with_target(name),
            ..self.clone()
        }
    }

    /// Chooses the target, and fills in what the configuration file says where flags and
    /// environment are silent. All else here is about what was chosen.
    pub(super) fn choose(&mut self, plan: &mut PlanArgs) -> Result<(), Failure> {
        self.chosen = self
            .config
            .choose(self.endpoint.as_deref(), self.reference)?;
        let values = &self.chosen.values;
        self.timeout = self.timeout.or(values.timeout);
        self.rate = self.rate.or(values.rate);
        self.settle_timeout = self.settle_timeout.or(values.settle_timeout);
        plan.take(&self.chosen);
        self.serve(plan)
    }

    /// Has the built-in reference serve the operations that are meant, where it is the target.
    pub(super) fn serve(&mut self, plan: &PlanArgs) -> Result<(), Failure> {
        self.served = match self.url() {
            Some(_) => None,
            None => plan.interpreted()?,
        };
        Ok(())
    }

    /// What a configuration file says of one of its targets, without flags and variables, which
    /// would be of all.
    pub(super) fn of_file(chosen: Chosen) -> Self {
        let values = &chosen.values;
        Self {
            endpoint: None,
            reference: false,
            config: ConfigArgs::default(),
            allow_host: Vec::new(),
            header: Vec::new(),
            wait: None,
            timeout: values.timeout,
            rate: values.rate,
            settle_timeout: values.settle_timeout,
            defect: None,
            settle: 0,
            token: None,
            chosen,
            served: None,
        }
    }

    /// What was chosen.
    pub(super) fn chosen(&self) -> &Chosen {
        &self.chosen
    }

    /// The endpoint's URL; none for the built-in reference.
    pub(super) fn url(&self) -> Option<String> {
        self.chosen.url.clone()
    }

    pub(super) fn settings(&self, region: &str) -> Result<Settings, Failure> {
        let mut extra_headers = Vec::new();
        let values = &self.chosen.values;
        for header in &self.header {
            let (name, value) = header.split_once(':').ok_or_else(|| {
                Failure::usage("--header: expected `NAME: VALUE`, found no colon")
            })?;
            extra_headers.push((name.trim().to_owned(), value.trim().to_owned()));
        }

        let own = |name: &str| {
            extra_headers
                .iter()
                .any(|(own, _): &(String, _)| own.eq_ignore_ascii_case(name))
        };

        let of_file: Vec<_> = values
            .headers
            .iter()
            .filter(|(name, _)| !own(name))
            .cloned()
            .collect();

        extra_headers.extend(of_file);
        let timeout = self.timeout.unwrap_or(TIMEOUT);
        let hosts = [
            environment::allowed_hosts(),
            self.allow_host.clone(),
            values.allow_host.clone(),
        ]
        .concat();

        let credentials = values
            .credentials
            .read(environment::variable)
            .map_err(Failure::usage)?;

        let usual = match credentials {
            Some(credentials) => environment::settings_for(region, credentials),
            None => environment::settings(region),
        };

        Ok(Settings {
            permission: Permission::new(&hosts),
            extra_headers,
            head_timeout: timeout,
            body_timeout: timeout * 2,
            rate: self.rate,
            ..usual.map_err(Failure::usage)?
        })
    }

    pub(super) fn target(&self, region: &str) -> Result<Target, Failure> {
        let settings = self.settings(region)?;
        match self.url() {
            Some(url) => {
                if self.defect.is_some() {
                    return Err(Failure::usage(
                        "--defect is for the built-in reference; take --endpoint away",
                    ));
                }
                at(&url, settings)
            }
            None => {
                let options = Options {
                    settle: Duration::from_millis(self.settle),
                    region: region.to_owned(),
                    clock: Clock::tokio(),
                    ..Options::default()
                };
                let (api, defect) = (self.served.as_ref(), self.defect.as_deref());
                let reference = served::reference(options, api, defect)?;
                Target::service(reference, settings).map_err(Failure::usage)
            }
        }
    }

    /// Brings the target up and connects to it, for a command that ends at Ctrl-C.
    pub(super) fn open(&self, region: &str) -> Result<Opened, Failure> {
        let runtime = self.runtime()?;
        let within = runtime.enter();
        let stop = super::signals::stop();
        let secrets = self.secrets(region)?;
        let started = runtime.block_on(self.start(region, &stop))?;
        if started.is_none() {
            runtime.block_on(self.wait(region, &stop))?;
        }
        let target = self.target(region)?;
        drop(within);
        Ok(Opened {
            runtime,
            target,
            secrets,
            stop,
            started,
        })
    }

    /// What carries requests out. The built-in reference waits for nobody outside this process, so
    /// its time is one that moves on by itself where all wait: settling and time limits cost none.
    ///
    /// The target is made within it, and takes its time from there.
    fn runtime(&self) -> Result<Runtime, Failure> {
        if self.url().is_some() {
            return super::runtime();
        }
        super::room_for_files()?;
        Builder::new_current_thread()
            .enable_all()
            .start_paused(true)
            .build()
            .map_err(super::no_runtime)
    }

    /// Brings the target up, where the configuration file says how. `None`: it runs, or is built
    /// in.
    pub(super) async fn start(
        &self,
        region: &str,
        stop: &watch::Receiver<bool>,
    ) -> Result<Option<Started>, Failure> {
        let (Some(start), Some(url), true) = (
            &self.chosen.values.start,
            self.url(),
            self.chosen.url_of_file,
        ) else {
            return Ok(None);
        };
        let target = self.starting(&url, region)?;
        Started::start(start, &url, &target, stop.clone())
            .await
            .map(Some)
    }

    /// Waits for a target that somebody else starts, where that is wanted.
    async fn wait(&self, region: &str, stop: &watch::Receiver<bool>) -> Result<(), Failure> {
        let (Some(limit), Some(url)) = (self.wait, self.url()) else {
            return Ok(());
        };
        let target = self.starting(&url, region)?;
        wait::until_it_answers(&target, &url, limit, stop.clone()).await
    }

    /// Reaches a target that may still be starting.
    fn starting(&self, url: &str, region: &str) -> Result<Target, Failure> {
        // It may take a connection long before it answers.
        let patience = Duration::from_secs(2);
        let settings = Settings {
            head_timeout: patience,
            body_timeout: patience,
            ..self.settings(region)?
        };
        at(url, settings)
    }

    /// How curl reaches the target; none for the built-in reference, which listens nowhere.
    pub(super) fn curl(&self, region: &str) -> Option<CurlTarget> {
        let headers = self
            .header
            .iter()
            .filter_map(|h| h.split_once(':'))
            .map(|(name, _)| name.trim().to_owned());

        let target = CurlTarget {
            headers: headers.collect(),
            ..environment::curl_target(&self.url()?, region)
        };

        Some(match self.chosen.values.credentials {
            CredentialSource::Environment => target,
            CredentialSource::Test => CurlTarget {
                signs: false,
                ..target
            },
            // A session's token has a variable of its own there, if there is one.
            CredentialSource::Variables { .. } => CurlTarget {
                signs: true,
                session: false,
                ..target
            },
        })
    }

    /// Whether the target answers a request that nobody signed: a list of what is there. Its curl
    /// lines need no signature then.
    pub(super) async fn answers_unsigned(&self, plan: &Plan) -> bool {
        let (Some(url), Some(operations)) = (self.url(), plan.operations()) else {
            return false;
        };
        let unsigned = |settings| Settings {
            signing: false,
            ..settings
        };
        let settings = self.settings(&plan.region).map(unsigned);
        let Ok(target) = settings.and_then(|settings| at(&url, settings)) else {
            return false;
        };

        let request = Request {
            method: operations.list.http.method.clone(),
            path: operations.list.http.uri.clone(),
            service: plan.service.signing_name.clone(),
            ..Request::default()
        };

        // Who takes it for another service answers with no object of JSON.
        let answer = target.send_waiting(request, 0).await.outcome;
        answer.is_ok_and(|answer| {
            (200..300).contains(&answer.status)
                && serde_json::from_slice::<serde_json::Map<_, _>>(&answer.body).is_ok()
        })
    }

    /// What no output may hold. From now on no text of this process does.
    pub(super) fn secrets(&self, region: &str) -> Result<Secrets, Failure> {
        let settings = self.settings(region)?;
        let headers = settings
            .extra_headers
            .iter()
            .map(|(name, value)| (name.as_str(), value.as_str()));
        let secrets = Secrets::new(settings.credentials.secrets(), headers);
        super::output::keep_secret(&secrets);
        Ok(secrets)
    }

    /// The flags that lead another command to the same plan and target.
    pub(super) fn flags(&self, plan: &PlanArgs) -> String {
        let mut flags = plan.flags();
        flags.extend(self.chosen.flags.iter().cloned());
        flags.extend(
            self.defect
                .iter()
                .map(|defect| format!("--defect {}", word(defect))),
        );

        flags.extend(
            self.allow_host
                .iter()
                .map(|h| format!("--allow-host {}", word(h))),
        );

        let names = self
            .header
            .iter()
            .filter_map(|h| h.split_once(':'))
            .map(|(name, _)| name.trim());

        flags.extend(names.map(|name| format!("--header {}", with_variable(name))));
        if self.settle > 0 {
            flags.push(format!("--settle {}", self.settle));
        }
        flags.join(" ")
    }

    pub(super) fn run_options(&self, jobs: usize) -> Result<RunOptions, Failure> {
        Ok(RunOptions {
            jobs,
            settle_timeout: self
                .settle_timeout
                .unwrap_or(RunOptions::default().settle_timeout),
            token: self.token()?,
            ..RunOptions::default()
        })
    }

    /// A token that no other run has: fixtures of two runs must not meet. The built-in reference is
    /// new each time.
    pub(super) fn token(&self) -> Result<String, Failure> {
        if let Some(token) = &self.token {
            let fits = token.len() == 8
                && token
                    .bytes()
                    .all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
            return if fits {
                Ok(token.clone())
            } else {
                Err(Failure::usage("--token: expected eight of [0-9a-z]"))
            };
        }

        // Names of services may be of hexadecimal digits alone.
        if self.served.is_some() {
            return Ok(INTERPRETED.to_owned());
        }
        if self.url().is_none() {
            return Ok(RunOptions::default().token);
        }
        Ok(environment::run_token())
    }
}

fn at(url: &str, settings: Settings) -> Result<Target, Failure> {
    let endpoint = Endpoint::parse(url).map_err(Failure::usage)?;
    Target::http(endpoint, settings).map_err(Failure::usage)
}
