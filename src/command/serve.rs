//! `proofmark serve`: the reference for others to talk to.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use super::model_args::ModelArgs;
use super::served::{self, KnownApis};
use super::{Failure, Outcome, runtime};
use crate::plan::{Services, WantedOperations};
use crate::reference::{Api, Options, defects, hostile_defects, rare_defects, serve as serve_on};
use crate::report::Exit;
use crate::support::echo::shown;

/// The flags of `serve`.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ServeArgs {
    /// The port on 127.0.0.1; 0 for any that is free
    #[arg(long, default_value_t = 4566)]
    port: u16,
    /// How long a mapping's transitions last, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 0)]
    settle: u64,
    /// Misbehave in this one way; `list` lists the ways
    #[arg(long, value_name = "ID")]
    defect: Option<String>,
    /// Answer every Nth request with 429 TooManyRequestsException
    #[arg(long, value_name = "N")]
    throttle_every: Option<u32>,
    #[command(flatten)]
    contracts: ContractArgs,
}

/// Which contracts it answers by.
#[derive(Clone, Debug, clap::Args)]
struct ContractArgs {
    /// A folder of contracts to use instead of those built in
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    #[command(flatten)]
    model: ModelArgs,
    /// Every operation of that service as well, by its contracts
    #[arg(long, value_name = "SERVICE")]
    service: Option<String>,
    /// The revision of the contracts
    #[arg(long, value_name = "NAME")]
    revision: Option<String>,
}

impl ContractArgs {
    /// What is interpreted, where flags name any of it.
    fn interpreted(&self) -> Result<Option<Arc<Api>>, Failure> {
        let wanted = match (&self.service, self.model.flags().is_empty()) {
            (Some(service), _) => WantedOperations::OfService(service.clone()),
            (None, false) => WantedOperations::Usual,
            (None, true) => return Ok(None),
        };
        let files = self.model.files(self.cases.as_ref())?;
        let all = wanted.among(&files).map_err(Failure::usage)?;
        let revision = self.revision.as_deref();
        KnownApis::default().of(&files, &Services::default(), &all, revision)
    }
}

/// Carries out `serve`, until it is interrupted.
pub(crate) fn serve(args: &ServeArgs) -> Outcome {
    let api = args.contracts.interpreted()?;
    if args.defect.as_deref() == Some("list") {
        let all = defects()
            .iter()
            .chain(rare_defects())
            .chain(hostile_defects());
        let by_hand = all.map(|d| format!("{:<44} {}\n", d.id, d.says));
        let general = api.as_deref().map(served::all_of).unwrap_or_default();
        let general = general.iter().map(|d| format!("{:<44} {}\n", d.id, d.says));
        super::print(&match api {
            Some(_) => general.collect::<String>(),
            None => by_hand.collect(),
        });
        return Ok(Exit::Conforms);
    }

    let options = Options {
        settle: Duration::from_millis(args.settle),
        throttle_every: args.throttle_every,
        ..Options::default()
    };

    let defect = args.defect.as_deref();
    let unknown = |_| {
        let id = shown(defect.unwrap_or_default());
        Failure::usage(format!("no defect `{id}`: --defect list lists them"))
    };
    let reference = served::reference(options, api.as_ref(), defect).map_err(unknown)?;
    let stop = super::signals::stop();
    runtime()?.block_on(async {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, args.port));
        let cannot = |e: std::io::Error| Failure {
            exit: Exit::CouldNotTell,
            message: format!("{address}: {e}"),
        };
        let listener = tokio::net::TcpListener::bind(address)
            .await
            .map_err(cannot)?;
        let bound = listener.local_addr().map_err(cannot)?;
        // A caller that starts us waits for this line.
        super::print(&format!("http://{bound}\n"));
        // Whoever cannot be told where it listens has no use for it.
        super::output::check()?;
        let mut stop = stop;
        let interrupted = async {
            // Where signals are not heard there is nothing to wait for but the end of the process.
            if stop.wait_for(|stop| *stop).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        serve_on(listener, reference, interrupted)
            .await
            .map_err(cannot)?;
        Ok(Exit::Conforms)
    })
}
