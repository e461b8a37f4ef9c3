//! `run --reproducers DIR`: each finding as files that show it without us.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::plan::Plan;
use crate::report::curl::CurlTarget;
use crate::report::reproducer::files::{Entry, Site, files, index};
use crate::report::reproducer::reproduction;
use crate::report::shell::word;
use crate::report::{Secrets, Summary};
use crate::run::{Budget, Stop};
use crate::wire::target::Target;
use tokio::sync::watch;

use super::Failure;

/// Whether reproducers are written, and where.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ReproducersArgs {
    /// Write every finding into this folder as a Hurl file, a pytest, a Rust test, lines for curl
    /// and the AWS CLI, and a case for `replay`. Each is fired once more first, and says so where
    /// it did not show the finding again
    #[arg(long, value_name = "DIR")]
    reproducers: Option<PathBuf>,
}

/// What reproducers are fired with.
pub(super) struct Again<'a> {
    pub(crate) target: Target,
    pub(crate) token: String,
    pub(crate) patience: Duration,
    pub(crate) curl: Option<&'a CurlTarget>,
    pub(crate) flags: &'a str,
    /// Turns true when the user wants an end: nothing more is fired then.
    pub(crate) stop: &'a watch::Receiver<bool>,
}

/// So long may all findings together take to be fired once more. What is left says that it was not.
const TIME: Duration = Duration::from_secs(120);

impl ReproducersArgs {
    /// The folder, once it is there.
    ///
    /// # Errors
    /// Where it cannot be made: before anything is sent.
    pub(super) fn open(&self) -> Result<Option<&Path>, Failure> {
        let Some(folder) = &self.reproducers else {
            return Ok(None);
        };
        let failed = |e| Failure::unopened(&e, format!("--reproducers {}: {e}", folder.display()));
        std::fs::create_dir_all(folder).map_err(failed)?;
        Ok(Some(folder))
    }
}

/// Fires every finding once more by itself, and writes its files.
pub(super) async fn write(
    folder: &Path,
    plan: &Plan,
    summary: &Summary,
    again: &Again<'_>,
    secrets: &Secrets,
) -> Result<(), Failure> {
    let stopped = summary.ended().and_then(|e| e.stopped.as_ref());
    let fires = !matches!(stopped, Some(Stop::Interrupted | Stop::Unreachable(_)));
    let site = Site {
        plan,
        curl: again.curl,
    };

    let put = |name: &str, text: &str| {
        let path = folder.join(name);
        let failed = |e| Failure::unwritten(format!("--reproducers {}: {e}", path.display()));
        std::fs::write(&path, text).map_err(failed)
    };

    let mut entries = Vec::new();
    let budget = Budget::new(Some(TIME), 1, again.stop.clone());
    for (place, cause) in summary.shown().into_iter().enumerate() {
        let mut of = match reproduction(plan, cause) {
            Ok(of) => of,
            Err(why) => {
                let case = cause
                    .shown_by(plan)
                    .map(|case| case.id.to_string())
                    .unwrap_or_default();
                let replay = format!("proofmark replay {} {}", word(&case), again.flags)
                    .trim_end()
                    .to_owned();
                entries.push(Entry::Left {
                    id: cause.finding.id(),
                    why: why.to_owned(),
                    replay,
                });
                continue;
            }
        };
        if fires && budget.over().is_none() {
            let token = token(&again.token, place);
            of.fire(
                &again.target,
                &plan.service,
                &token,
                again.patience,
                &budget,
            )
            .await;
        }
        let of = of.redacted(secrets);
        let all = files(&of, cause, &site);
        for file in &all {
            put(&file.name, &file.text)?;
        }
        entries.push(Entry::Offered(Box::new(of), all));
    }

    put("README.md", &index(&entries))
}

/// A token that no other reproducer has: on some targets a name is taken for a while after its
/// removal.
fn token(run: &str, place: usize) -> String {
    let digit = |n: usize| char::from_digit(u32::try_from(n % 36).unwrap_or(0), 36).unwrap_or('0');
    let run: String = run.chars().skip(3).collect();
    format!("r{}{}{run}", digit(place / 36), digit(place))
}
