//! Which operations are judged: flags that most commands share.

use crate::plan::{OperationName, WantedOperations, judged_operations};
use crate::report::shell::word;
use crate::support::files::Files;
use clap::Args;

use super::Failure;

/// Which operations.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct OperationArgs {
    /// An operation to judge, as the folders of its contract are named; more than once for several
    /// [default: lambda/update-event-source-mapping, or the only one of --cases DIR]
    #[arg(long, value_name = "SERVICE/OPERATION")]
    operation: Vec<OperationName>,
    /// Every operation of that service
    #[arg(long, value_name = "SERVICE", conflicts_with = "operation")]
    service: Option<String>,
    /// The one of those that a part of a run is about.
    #[arg(skip)]
    part: Option<OperationName>,
}

impl OperationArgs {
    /// The flags of one operation alone.
    pub(super) fn only(operation: OperationName) -> Self {
        Self {
            operation: vec![operation.clone()],
            service: None,
            part: Some(operation),
        }
    }

    /// Takes the operations that the configuration file names where no flag names any.
    pub(super) fn take(&mut self, of_file: &[OperationName]) {
        if !self.is_named() {
            self.operation = of_file.to_vec();
        }
    }

    /// The operations that flags name.
    pub(super) fn wanted(&self) -> &[OperationName] {
        &self.operation
    }

    /// Whether a flag, or the configuration file, names any.
    pub(super) fn is_named(&self) -> bool {
        !self.operation.is_empty() || self.service.is_some()
    }

    /// Takes the operation that an id begins with.
    pub(super) fn suit(&mut self, files: &Files, id: &str) -> Result<(), Failure> {
        let slug = id.split("::").next().unwrap_or_default();
        if slug == OperationName::default().operation {
            return Ok(());
        }
        let known = judged_operations(files).map_err(Failure::usage)?;
        self.operation
            .extend(known.into_iter().find(|name| name.operation == slug));
        Ok(())
    }

    /// All that are meant.
    pub(super) fn all(&self, files: &Files) -> Result<Vec<OperationName>, Failure> {
        if let Some(part) = &self.part {
            return Ok(vec![part.clone()]);
        }
        let wanted = match (&self.service, self.operation.as_slice()) {
            (Some(service), _) => WantedOperations::OfService(service.clone()),
            (None, []) => WantedOperations::Usual,
            (None, named) => WantedOperations::Named(named.to_vec()),
        };
        wanted.among(files).map_err(Failure::usage)
    }

    /// Those that are named; `None` where no flag names any.
    pub(super) fn named(&self, files: &Files) -> Result<Option<Vec<OperationName>>, Failure> {
        match self.is_named() {
            true => self.all(files).map(Some),
            false => Ok(None),
        }
    }

    /// The one that is meant, for commands that take no more.
    pub(super) fn one(&self, files: &Files) -> Result<OperationName, Failure> {
        let all = self.all(files)?;
        let names: Vec<String> = all.iter().map(ToString::to_string).collect();
        let [one] = all.as_slice() else {
            return Err(Failure::usage(format!(
                "this command takes one operation: expected --operation with one of {}",
                names.join(", ")
            )));
        };
        Ok(one.clone())
    }

    /// The flags that choose the same again.
    pub(super) fn flags(&self) -> Vec<String> {
        let named = operation_flags(&self.operation);
        let service = self
            .service
            .iter()
            .map(|name| format!("--service {}", word(name)));
        named.into_iter().chain(service).collect()
    }
}

/// The flags that choose these operations: of several the usual one is named too.
pub(super) fn operation_flags(operations: &[OperationName]) -> Vec<String> {
    match operations {
        [one] => one.flag().into_iter().collect(),
        several => several
            .iter()
            .map(|name| format!("--operation {name}"))
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::operation_flags;
    use crate::plan::OperationName;

    #[test]
    fn beside_others_the_usual_operation_is_named() {
        let usual = OperationName::default();
        let other: OperationName = "todo/get-todo".parse().expect("a name");
        assert!(operation_flags(std::slice::from_ref(&usual)).is_empty());
        let both = operation_flags(&[usual.clone(), other]);
        assert_eq!(
            both,
            [
                format!("--operation {usual}"),
                "--operation todo/get-todo".to_owned()
            ]
        );
    }
}
