//! `proofmark drift`: what two revisions of the contract promise differently, or two documents,
//! offline.

mod documents;

use std::path::PathBuf;

use crate::plan::{Plan, PlanOptions};
use crate::report::Exit;
use crate::report::drift::{Drift, schema, text};
use crate::support::echo::shown;
use crate::support::files::Files;
use clap::ValueEnum;

use super::model_args::BotocoreArgs;
use super::operation_args::OperationArgs;
use super::{Failure, Outcome};

/// The flags of `drift`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct DriftArgs {
    /// Two documents in place of two revisions, the older one first: service models, reference
    /// pages or folders of them, or botocore:SERVICE
    #[arg(
        value_name = "DOCUMENT",
        num_args = 2,
        conflicts_with_all = ["from", "to", "cases", "service"]
    )]
    documents: Vec<String>,
    #[command(flatten)]
    botocore: BotocoreArgs,
    /// The older revision: `page` is the one that is meant where none is named
    #[arg(long, value_name = "NAME", default_value = "page")]
    from: String,
    /// The newer revision
    #[arg(long, value_name = "NAME", default_value = "current")]
    to: String,
    #[command(flatten)]
    operations: OperationArgs,
    /// A folder of contracts and cases to use instead of those built in
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// How it is written
    #[arg(long, value_name = "FORMAT", value_enum, default_value_t)]
    format: Written,
    /// Print the form of the JSON document as a JSON Schema, and do nothing else
    #[arg(long)]
    schema: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Written {
    #[default]
    Text,
    Json,
}

/// Carries out `drift`.
pub(crate) fn drift(args: &DriftArgs) -> Outcome {
    if args.schema {
        super::output::document(&schema());
        return Ok(Exit::Conforms);
    }
    if let [from, to] = args.documents.as_slice() {
        let wanted = args.operations.wanted();
        let drift = documents::compared([from, to], wanted, &args.botocore)?;
        if drift.operations.is_empty() {
            return Err(Failure {
                exit: Exit::NothingTested,
                message: "the documents have no such operation in common".to_owned(),
            });
        }
        match args.format {
            Written::Text => super::print(&drift.text()),
            Written::Json => super::output::document(&drift.json()),
        }
        return Ok(Exit::Conforms);
    }

    let files = args.cases.clone().map_or(Files::Embedded, Files::Folder);
    let operation = args.operations.one(&files)?;
    let plan = |revision: &str| {
        let options = PlanOptions {
            operation: operation.clone(),
            // What stands in `contract.toml` is the page.
            revision: Some(revision.to_owned()).filter(|name| name != "page"),
            sampling: documents::NOTHING_DRAWN,
            ..PlanOptions::default()
        };
        Plan::load(&files, &options).map_err(Failure::usage)
    };
    let (from, to) = (plan(&args.from)?, plan(&args.to)?);
    if from.contract.revision == to.contract.revision {
        let name = shown(&from.contract.revision);
        return Err(Failure::usage(format!(
            "--from and --to: expected two revisions, found `{name}` twice"
        )));
    }

    let drift = Drift::new(&from, &to);
    match args.format {
        Written::Text => super::print(&text(&drift)),
        Written::Json => super::output::document(&drift.json()),
    }
    Ok(Exit::Conforms)
}
