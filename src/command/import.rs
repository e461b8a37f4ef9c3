//! `proofmark import`: contracts from reference pages and service models, and what documents and
//! contracts say differently.

mod compared;
mod contracts;
mod losses;
mod overview;

use std::path::PathBuf;

use crate::import::{Document, Surroundings, Wanted, folder_of_service, open, print_shapes};
use crate::report::Exit;
use crate::support::echo::shown;

use super::{Failure, Outcome};

/// The flags of `import`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// A reference page in Markdown, a folder of them, a service model (service-2.json of botocore,
    /// also packed as .json.gz, or a model of Smithy in JSON), a folder of models, or
    /// botocore:SERVICE for that of an installed botocore
    #[arg(value_name = "DOCUMENT")]
    document: PathBuf,
    /// An operation of the document, by its name there; more than once for several [default: all]
    #[arg(long, value_name = "NAME")]
    operation: Vec<String>,
    /// Say what the document and this contract tell differently, but for rules and presence
    #[arg(long, value_name = "CONTRACT", conflicts_with_all = ["against", "export"])]
    check: Option<PathBuf>,
    /// Say what the document and another one tell differently, such as pages and a model, with the
    /// reason where one of them cannot say more
    #[arg(long, value_name = "DOCUMENT", conflicts_with = "export")]
    against: Option<PathBuf>,
    /// Write SERVICE/service.toml and SERVICE/OPERATION/contract.toml into this folder, which must
    /// not be there yet
    #[arg(long, value_name = "DIR")]
    export: Option<PathBuf>,
    /// The name of the service in contracts [default: that of the document]
    #[arg(long, value_name = "NAME")]
    service: Option<String>,
    /// What the contracts are as documented at one time [default: page, or current for a model]
    #[arg(long, value_name = "NAME")]
    revision: Option<String>,
    /// Show each lost promise, and not only how many there are
    #[arg(long)]
    lost: bool,
    /// The folder of botocore, for botocore:SERVICE [default: that beside `python3` or `aws`]
    #[arg(long, value_name = "DIR", env = "PROOFMARK_BOTOCORE")]
    botocore: Option<PathBuf>,
}

/// Carries out `import`.
pub(crate) fn import(args: &ImportArgs) -> Outcome {
    let around = Surroundings {
        named: args.botocore.clone(),
        variable: |name| std::env::var_os(name),
    };
    let wanted = Wanted {
        operations: args.operation.clone(),
        // Tables and comparisons show no sentences.
        prose: args.check.is_none() && args.against.is_none() && !args.document.is_dir()
            || args.export.is_some(),
    };
    let documents = opened(&args.document, &wanted, &around)?;

    if let Some(other) = &args.against {
        let others = opened(other, &wanted, &around)?;
        return compared::against(&documents, &others);
    }
    if let Some(contract) = &args.check {
        return compared::check(&documents, contract);
    }

    if let Some(name) = args
        .service
        .as_deref()
        .filter(|name| *name != folder_of_service(name))
    {
        return Err(Failure::usage(format!(
            "--service {}: expected letters in lower case, digits and dashes: it is the name of a folder, \
             such as `{}`",
            shown(name),
            shown(&folder_of_service(name))
        )));
    }
    let named = |document: &Document| args.service.clone().unwrap_or(document.service.clone());
    let revision = |document: &Document| {
        let usual = document.revision.to_owned();
        args.revision.clone().unwrap_or(usual)
    };
    if let Some(folder) = &args.export {
        return contracts::export(&documents, folder, &named, &revision);
    }
    if let [document] = documents.as_slice()
        && let Some(kind) = &document.kind
    {
        super::print(&print_shapes(kind));
        return Ok(Exit::Conforms);
    }
    match documents.as_slice() {
        [document] if document.operations.len() == 1 => {
            contracts::print(document, &named(document), &revision(document))
        }
        _ => overview::show(&documents, args.lost),
    }
}

/// Opens a document. Lines that are not understood are told, all of them.
fn opened(
    path: &std::path::Path,
    wanted: &Wanted,
    around: &Surroundings,
) -> Result<Vec<Document>, Failure> {
    let documents = open(path, wanted, around).map_err(Failure::usage)?;
    let faults: Vec<String> = documents
        .iter()
        .flat_map(|document| document.faults.iter().map(ToString::to_string))
        .collect();
    if !faults.is_empty() {
        return Err(Failure::usage(faults.join("\n")));
    }

    let has_any = documents
        .iter()
        .any(|document| !document.operations.is_empty());
    let may_have_none = wanted.operations.is_empty()
        && (documents.iter().any(|d| d.types > 0 && d.all == 0) || documents.len() > 1);
    if !has_any && !may_have_none {
        return Err(Failure {
            exit: Exit::Usage,
            message: nothing(path, &documents, wanted),
        });
    }
    Ok(documents)
}

/// Why a document gives no operation.
fn nothing(path: &std::path::Path, documents: &[Document], wanted: &Wanted) -> String {
    let shown = path.display();
    let whole = documents.iter().find_map(|d| d.refused_whole.as_ref());
    if let Some(why) = whole {
        return format!("{shown}: {why}");
    }

    let refused: Vec<String> = documents
        .iter()
        .flat_map(|document| &document.refused)
        .filter(|refusal| {
            wanted.operations.is_empty() || wanted.operations.contains(&refusal.operation)
        })
        .map(|refusal| {
            let line = refusal
                .line
                .map(|line| format!(":{line}"))
                .unwrap_or_default();
            format!(
                "{shown}{line}: {} is refused: {}",
                refusal.operation, refusal.why
            )
        })
        .collect();

    if !refused.is_empty() {
        return refused.join("\n");
    }
    match wanted.operations.as_slice() {
        [] => format!("{shown}: the document has no operation"),
        names => format!(
            "{shown}: the document has no operation `{}`: expected a name as it stands there, such \
             as UpdateEventSourceMapping",
            names.join("`, `")
        ),
    }
}
