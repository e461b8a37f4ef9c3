//! `proofmark serve`: the reference for others to talk to.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use super::{Failure, Outcome, runtime};
use crate::reference::{
    Options, Reference, defects, find_defect, hostile_defects, rare_defects, serve as serve_on,
};
use crate::report::Exit;

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
}

/// Carries out `serve`, until it is interrupted.
pub(crate) fn serve(args: &ServeArgs) -> Outcome {
    if args.defect.as_deref() == Some("list") {
        let all = defects()
            .iter()
            .chain(rare_defects())
            .chain(hostile_defects());
        let lines = all
            .map(|d| format!("{:<44} {}\n", d.id, d.says))
            .collect::<String>();
        super::print(&lines);
        return Ok(Exit::Conforms);
    }

    let defect = args.defect.as_deref().map(|id| {
        find_defect(id)
            .ok_or_else(|| Failure::usage(format!("no defect `{id}`: --defect list lists them")))
    });

    let options = Options {
        settle: Duration::from_millis(args.settle),
        defect: defect.transpose()?,
        throttle_every: args.throttle_every,
        ..Options::default()
    };

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
        serve_on(listener, Reference::new(options), interrupted)
            .await
            .map_err(cannot)?;
        Ok(Exit::Conforms)
    })
}
