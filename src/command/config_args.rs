//! Which target is meant, by flags, environment and configuration file, and what the file says of
//! it.

use std::path::{Path, PathBuf};

use crate::command::config::{Config, ContractValues, Profile, Values};
use crate::harness::environment;
use crate::report::shell::word;
use clap::Args;

use super::Failure;

/// Which target, and which file tells of it.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct ConfigArgs {
    /// A target of the configuration file
    #[arg(long, value_name = "NAME")]
    target: Option<String>,
    /// What the circumstances are: `dev`, or `ci`, which keeps findings only in files that flags
    /// name [default: ci where CI is set, else dev]
    #[arg(long, value_name = "NAME", env = "PROOFMARK_PROFILE", hide_env = true, value_parser = profile)]
    profile: Option<Profile>,
    /// The configuration file [default: proofmark.toml here, or above within the repository]
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long, conflicts_with = "config")]
    no_config: bool,
}

/// What was chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Chosen {
    pub(super) profile: Profile,
    /// The URL; none for the built-in reference.
    pub(super) url: Option<String>,
    /// Whether the file names that URL, so that what it says of starting a target is about this
    /// one.
    pub(super) url_of_file: bool,
    /// What the file says.
    pub(super) values: Values,
    /// The flags that choose the same again.
    pub(super) flags: Vec<String>,
}

impl ConfigArgs {
    /// The same with that target, or none.
    pub(super) fn with_target(&self, target: Option<&str>) -> Self {
        Self {
            target: target.map(str::to_owned),
            ..self.clone()
        }
    }

    /// Whether a target is named.
    pub(super) fn names_target(&self) -> bool {
        self.target.is_some()
    }

    /// That file, or the one that is found, under that profile.
    pub(super) fn of(config: Option<PathBuf>, profile: Option<Profile>) -> Self {
        Self {
            target: None,
            profile,
            config,
            no_config: false,
        }
    }

    /// Chooses. `endpoint` and `reference` are flags; flags outrank the environment, and that
    /// outranks the file.
    ///
    /// A target and an endpoint of one rank go together: the endpoint stands in for that of the
    /// file. An endpoint alone is no target of the file, which may say what another must not see:
    /// headers and credentials.
    pub(super) fn choose(
        &self,
        endpoint: Option<&str>,
        reference: bool,
    ) -> Result<Chosen, Failure> {
        let config = self.load()?;
        let profile = self.profile();
        let (target, url) = self.pick(config.as_ref(), endpoint, reference)?;
        if let (Some(name), None) = (&target, &config) {
            return Err(Failure::usage(format!(
                "target `{name}`: there is no {}",
                crate::command::config::FILE_NAME
            )));
        }
        let nobody = target.is_none() && url.is_none() && !reference;
        if nobody && profile == Profile::Ci {
            if self.profile.is_some() || config.is_some() {
                return Err(Failure::usage(
                    "profile ci, and no target is named: --target, --endpoint, PROOFMARK_TARGET, PROOFMARK_ENDPOINT or \
                     `default-target` in the file name one; --reference is the built-in reference",
                ));
            }
            // A run on a new clone, and the commands of the documentation, are not refused for
            // where they take place.
            super::complain(
                "no target is named: this judges the built-in reference (--reference says so)",
            );
        }
        let values = match &config {
            Some(config) => config.values(target.as_deref(), profile, &environment::variable),
            None => Ok(Values::default()),
        };
        let values = values.map_err(Failure::usage)?;
        let url_of_file = url.is_none() && values.endpoint.is_some();
        let flags = self.flags(target.as_deref(), url.as_deref(), reference);
        let url = url.or_else(|| values.endpoint.clone());
        Ok(Chosen {
            profile,
            url,
            url_of_file,
            values,
            flags,
        })
    }

    /// The contract that the file says for the target that is meant, for commands that reach none.
    pub(super) fn contract(&self) -> Result<ContractValues, Failure> {
        let Some(config) = self.load()? else {
            return Ok(ContractValues::default());
        };
        let (target, _) = self.pick(Some(&config), None, false)?;
        let contract = config.contract(target.as_deref(), self.profile(), &environment::variable);
        contract.map_err(Failure::usage)
    }

    pub(super) fn profile(&self) -> Profile {
        self.profile.unwrap_or(if environment::is_ci() {
            Profile::Ci
        } else {
            Profile::Dev
        })
    }

    /// The target of the file and the URL that are named, by the first rank that names any.
    fn pick(
        &self,
        config: Option<&Config>,
        endpoint: Option<&str>,
        reference: bool,
    ) -> Result<(Option<String>, Option<String>), Failure> {
        Ok(match (&self.target, endpoint) {
            _ if reference => (None, None),
            (None, None) => match (environment::target_name(), environment::own_endpoint_url()) {
                (None, None) => match (environment::endpoint_url(), config) {
                    (Some(url), _) => (None, Some(url)),
                    (None, Some(config)) => (
                        config
                            .default_target(self.profile())
                            .map_err(Failure::usage)?,
                        None,
                    ),
                    (None, None) => (None, None),
                },
                named => named,
            },
            (target, url) => (target.clone(), url.map(str::to_owned)),
        })
    }

    /// The file, where there is one.
    pub(super) fn load(&self) -> Result<Option<Config>, Failure> {
        let found = || {
            std::env::current_dir()
                .ok()
                .and_then(|folder| Config::find(&folder))
                .map(|p| relative(&p))
        };

        let path = match &self.config {
            Some(path) => Some(path.clone()),
            None if self.no_config || environment::variable("PROOFMARK_NO_CONFIG").is_some() => {
                None
            }
            None => environment::variable("PROOFMARK_CONFIG")
                .map(PathBuf::from)
                .or_else(found),
        };

        path.map(|path| Config::load(&path))
            .transpose()
            .map_err(Failure::usage)
    }

    pub(super) fn flags(
        &self,
        target: Option<&str>,
        url: Option<&str>,
        reference: bool,
    ) -> Vec<String> {
        let mut flags = Vec::new();
        flags.extend(
            self.config
                .iter()
                .map(|file| format!("--config {}", word(&file.to_string_lossy()))),
        );

        flags.extend(target.map(|name| format!("--target {}", word(name))));
        flags.extend(url.map(|url| format!("--endpoint {}", word(url))));
        if reference {
            flags.push("--reference".to_owned());
        }
        flags
    }
}

/// A path as it is said to those who work in the folder that they are in.
fn relative(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(here)
        .map_or_else(|_| path.to_owned(), Path::to_owned)
}

pub(super) fn profile(name: &str) -> Result<Profile, String> {
    Profile::named(name).ok_or_else(|| super::other_word("dev or ci", ["dev", "ci"], name))
}
