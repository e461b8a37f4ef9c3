//! The configuration file, `proofmark.toml`: the targets of a project by name, and what differs in
//! a CI.
//!
//! Whatever a command line may say of a target may stand in the file once instead. A key that
//! nobody knows is refused with file, line and the nearest key that is known; secrets are never
//! written into it, only the names of the variables that hold them.

mod credentials;
mod keys;
mod reader;
mod substitute;
mod target;

use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::plan::OperationName;
use crate::support::echo::{nearest, shown};
use crate::support::files::{FileError, Source};

pub(crate) use credentials::CredentialSource;

use reader::Reader;

pub(crate) const FILE_NAME: &str = "proofmark.toml";

/// A commented file to start from, as `proofmark init` writes it.
pub(crate) const SAMPLE: &str = include_str!("config/sample.toml");

/// A configuration file, of which every key is known and every value has its type.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    source: Source,
    /// The folder of the file: paths in it start there, and commands are started there.
    folder: PathBuf,
    targets: Vec<String>,
}

/// Under which circumstances a run takes place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Profile {
    /// On somebody's machine.
    #[default]
    Dev,
    /// Unattended: no file is written, and nothing is judged that nobody named.
    Ci,
}

/// What the file says of one target, with what the profile puts in place of it. What it does not
/// say is `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Values {
    /// The URL.
    pub(crate) endpoint: Option<String>,
    /// The region that ARNs and credential scopes name.
    pub(crate) region: Option<String>,
    /// Where the credentials come from.
    pub(crate) credentials: CredentialSource,
    /// Headers to send with every request.
    pub(crate) headers: Vec<(String, String)>,
    /// Requests per second, at most.
    pub(crate) rate: Option<f64>,
    /// Which contract to judge by.
    pub(crate) contract: ContractValues,
    /// The file of findings that are known.
    pub(crate) baseline: Option<PathBuf>,
    /// Hosts outside this machine that may be sent to.
    pub(crate) allow_host: Vec<String>,
    /// The longest wait for an answer.
    pub(crate) timeout: Option<Duration>,
    /// The longest wait for a transition to end.
    pub(crate) settle_timeout: Option<Duration>,
    /// How many workers fire cases side by side.
    pub(crate) jobs: Option<usize>,
    /// What brings the target up, where it does not run already.
    pub(crate) start: Option<Start>,
    /// Which version of the target it is, for a scoreboard.
    pub(crate) release: Option<Release>,
    /// At most so many cases are fired for a scoreboard, those that show most: for targets that are
    /// slow.
    pub(crate) cases: Option<usize>,
}

/// Which contract to judge by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ContractValues {
    /// The operations; none where the file names none.
    pub(crate) operations: Vec<OperationName>,
    /// The revision of their contracts.
    pub(crate) revision: Option<String>,
    /// The document that contracts come from, in place of contract files.
    pub(crate) model: Option<String>,
}

/// Which version of a target it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Release {
    /// The file says it.
    Known(String),
    /// The first line that a command writes says it. It is started in the folder of the
    /// configuration file.
    Told {
        /// The program and its arguments. No shell reads them.
        command: Vec<String>,
        /// The folder it is started in.
        folder: PathBuf,
    },
}

/// How a target is brought up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Start {
    /// The program and its arguments. No shell reads them.
    pub(crate) command: Vec<String>,
    /// The folder it is started in: that of the configuration file.
    pub(crate) folder: PathBuf,
    /// The path whose answer must be a success before anything else is sent; none: any answer to
    /// `/` will do.
    pub(crate) ready: Option<String>,
    /// How long it may take until then. Default: 60 s.
    pub(crate) timeout: Duration,
}

impl Profile {
    /// The profile of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        match name {
            "dev" => Some(Self::Dev),
            "ci" => Some(Self::Ci),
            _ => None,
        }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Ci => "ci",
        }
    }
}

impl Config {
    /// The file for commands run in that folder: in it, or else in the nearest folder above it that
    /// has one, up to the root of the repository. Outside a repository only the folder itself is
    /// looked at, since a file may start commands, and what lies further up may be anybody's.
    pub(crate) fn find(folder: &Path) -> Option<PathBuf> {
        let root = folder
            .ancestors()
            .find(|f| f.join(".git").exists())
            .unwrap_or(folder);
        let within = folder.ancestors().take_while(|f| f.starts_with(root));
        within
            .map(|f| f.join(FILE_NAME))
            .find(|path| path.is_file())
    }

    /// Reads and checks the file at that path.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and where it cannot be read.
    pub(crate) fn load(path: &Path) -> Result<Self, FileError> {
        let folder = path
            .parent()
            .filter(|f| !f.as_os_str().is_empty())
            .unwrap_or(Path::new("."));
        Self::parse(Source::open(path)?, folder)
    }

    /// Checks a text that stands in that folder. Variables are looked up later, for the target that
    /// is chosen alone.
    ///
    /// # Errors
    /// Where it is no TOML, has a key that is not known or a secret, or a value of a wrong form.
    pub(crate) fn parse(source: Source, folder: &Path) -> Result<Self, FileError> {
        let mut config = Self {
            source,
            folder: folder.to_owned(),
            targets: Vec::new(),
        };

        let document = config.document()?;
        let reader = Reader {
            file: &config.source,
            variable: None,
        };

        let mut targets = Vec::new();
        reader.known_keys(
            document.get_ref(),
            &["default-target", "targets", "profiles"],
        )?;

        for (name, table) in config.tables(&document, "targets")? {
            reader.target(&table, folder, &mut Values::default())?;
            targets.push(name);
        }

        for (name, table) in config.tables(&document, "profiles")? {
            reader.profile_name(&name, &table)?;
            reader.profile(&table, folder, &mut Values::default())?;
        }

        drop(document);
        config.targets = targets;
        for profile in [Profile::Dev, Profile::Ci] {
            config.default_target(profile)?;
        }
        Ok(config)
    }

    /// The file's path, as it was given.
    pub(crate) fn name(&self) -> &str {
        &self.source.name
    }

    /// The names of its targets, in its order.
    pub(crate) fn targets(&self) -> &[String] {
        &self.targets
    }

    /// The target that is meant where none is named.
    ///
    /// # Errors
    /// Where the file has no such target.
    pub(crate) fn default_target(&self, profile: Profile) -> Result<Option<String>, FileError> {
        let document = self.document()?;
        let reader = Reader {
            file: &self.source,
            variable: None,
        };

        let profiles = self.tables(&document, "profiles")?;
        let of_profile = profiles
            .into_iter()
            .find(|(name, _)| name == profile.name());
        let of_profile =
            of_profile.and_then(|(_, table)| table.get_ref().get("default-target").cloned());
        let Some(value) = of_profile.or_else(|| document.get_ref().get("default-target").cloned())
        else {
            return Ok(None);
        };
        let name = reader.plain(&value)?;
        if self.targets.contains(&name) {
            return Ok(Some(name));
        }
        Err(self.source.at(
            value.span(),
            format!("default-target: {}", self.no_target(&name)),
        ))
    }

    /// What the file says of that target, or, without one, of any, under that profile. `variable`
    /// gives the value of a variable of the environment.
    ///
    /// # Errors
    /// Where there is no such target, a variable is not set, or a value is wrong once its variables
    /// are filled in.
    pub(crate) fn values(
        &self,
        target: Option<&str>,
        profile: Profile,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Values, FileError> {
        let document = self.document()?;
        let reader = Reader {
            file: &self.source,
            variable: Some(variable),
        };

        let mut values = Values::default();
        if let Some(target) = target {
            let found = self
                .tables(&document, "targets")?
                .into_iter()
                .find(|(name, _)| name == target);
            let Some((_, table)) = found else {
                let message = self.no_target(target);
                return Err(FileError {
                    file: self.source.name.clone(),
                    line: None,
                    message,
                });
            };
            reader.target(&table, &self.folder, &mut values)?;
        }

        if let Some((_, table)) = self
            .tables(&document, "profiles")?
            .into_iter()
            .find(|(n, _)| n == profile.name())
        {
            reader.profile(&table, &self.folder, &mut values)?;
        }
        Ok(values)
    }

    /// What that target is judged by, for commands that need no target: no other value is looked
    /// at.
    ///
    /// # Errors
    /// Where a variable in it is not set, or an operation has no name of one.
    pub(crate) fn contract(
        &self,
        target: Option<&str>,
        profile: Profile,
        variable: &dyn Fn(&str) -> Option<String>,
    ) -> Result<ContractValues, FileError> {
        let document = self.document()?;
        let reader = Reader {
            file: &self.source,
            variable: Some(variable),
        };

        let mut contract = ContractValues::default();
        for (key, name) in [("targets", target), ("profiles", Some(profile.name()))] {
            let table = self
                .tables(&document, key)?
                .into_iter()
                .find(|(known, _)| Some(known.as_str()) == name);
            if let Some((_, table)) = table {
                reader.contract(table.get_ref(), &self.folder, &mut contract)?;
            }
        }
        Ok(contract)
    }

    fn document(&self) -> Result<Spanned<DeTable<'_>>, FileError> {
        self.source.table()
    }

    /// The tables of `[key.NAME]`, each with its name.
    fn tables<'a>(
        &self,
        document: &Spanned<DeTable<'a>>,
        key: &str,
    ) -> Result<Vec<(String, Spanned<DeTable<'a>>)>, FileError> {
        let Some(value) = document.get_ref().get(key) else {
            return Ok(Vec::new());
        };
        let wrong = |span, name: &str| {
            self.source
                .at(span, format!("expected a table [{key}.{name}]"))
        };

        let DeValue::Table(named) = value.get_ref() else {
            return Err(wrong(value.span(), "NAME"));
        };
        let mut tables = Vec::new();

        for (name, table) in named {
            let DeValue::Table(inner) = table.get_ref() else {
                return Err(wrong(name.span(), name.get_ref()));
            };
            tables.push((
                name.get_ref().to_string(),
                Spanned::new(name.span(), inner.clone()),
            ));
        }

        Ok(tables)
    }

    fn no_target(&self, name: &str) -> String {
        let known: Vec<&str> = self.targets.iter().map(String::as_str).collect();
        let hint = match (nearest(name, known.iter().copied()), known.is_empty()) {
            (_, true) => "the file has no [targets.NAME]".to_owned(),
            (Some(near), _) => format!("did you mean `{near}`?"),
            (None, _) => format!("expected one of {}", known.join(", ")),
        };
        format!("there is no target `{}`: {hint}", shown(name))
    }
}

#[cfg(test)]
mod tests;
