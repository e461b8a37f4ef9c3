//! `proofmark fuzz merge`: the corpora and findings of several campaigns as one.

use std::path::PathBuf;

use crate::plan::case::Case;
use crate::plan::{Plan, PlanOptions};
use crate::report::Exit;
use crate::run::fuzz::corpus;
use crate::run::regressions;
use crate::support::files::{Files, Source};

use super::{Failure, Outcome, PlanArgs};

/// The findings of a campaign, among its corpus: what a merge collects.
pub(super) const FINDINGS: &str = "regressions.toml";

/// The flags of `fuzz merge`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct FuzzMergeArgs {
    /// Corpus folders that `fuzz --corpus DIR` wrote
    #[arg(required = true, value_name = "DIR")]
    folders: Vec<PathBuf>,
    /// The folder of the whole, which may be one of them; the next `fuzz --corpus` drops what shows
    /// nothing new
    #[arg(long, value_name = "DIR")]
    into: PathBuf,
    #[command(flatten)]
    plan: PlanArgs,
}

/// Carries out `fuzz merge`.
pub(crate) fn merge(args: &FuzzMergeArgs) -> Outcome {
    let (mut inputs, mut added) = (0, 0);
    let mut found: Vec<Case> = Vec::new();
    // All is read before anything is written: one that is broken leaves the whole as it was.
    let mut corpora = Vec::new();

    for folder in &args.folders {
        if !folder.is_dir() {
            return Err(Failure::usage(format!(
                "{}: expected a folder that `fuzz --corpus` wrote",
                folder.display()
            )));
        }
        corpora.push(corpus::load(folder).map_err(Failure::usage)?);
        let path = folder.join(FINDINGS);
        if path.exists() {
            let plan = with_findings(&args.plan, Source::open(&path).map_err(Failure::usage)?)?;
            let slug = plan.contract.slug.clone();
            found.extend(
                plan.cases
                    .into_iter()
                    .filter(|case| regressions::kept(&slug, &case.id)),
            );
        }
    }

    if corpora.iter().all(Vec::is_empty) && found.is_empty() {
        let message =
            "nothing to merge: the folders hold no input and no finding of `fuzz`".to_owned();
        return Err(Failure {
            exit: Exit::NothingTested,
            message,
        });
    }

    for input in corpora.iter().flatten() {
        inputs += 1;
        added += usize::from(corpus::write(&args.into, input).map_err(Failure::usage)?);
    }

    let into = args.into.join(FINDINGS);
    if !found.is_empty() {
        super::regressions::add(&args.plan.plan()?, &into, &found)?;
    }
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found.dedup_by(|a, b| a.id == b.id);
    let lines = found
        .iter()
        .map(|case| format!("  {}\n", case.id))
        .collect::<String>();

    super::print(&format!(
        "{added} of {inputs} inputs added to {}; {} different findings{}\n{lines}",
        args.into.display(),
        found.len(),
        if found.is_empty() {
            String::new()
        } else {
            format!(" in {}", into.display())
        },
    ));

    Ok(Exit::Conforms)
}

/// The plan with a file of findings among its cases.
pub(super) fn with_findings(args: &PlanArgs, file: Source) -> Result<Plan, Failure> {
    let files: Files = args.files()?;
    let options = PlanOptions {
        regressions: Some(file),
        ..args.options()?
    };
    Plan::load(&files, &options).map_err(Failure::usage)
}
