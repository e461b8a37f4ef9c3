//! One file per side of an exchange: what comes back, the connections it comes over, and what goes
//! out.

mod answers;
mod connections;
mod kept;
mod requests;

use crate::wire::exchange::{Answer, Framing, Silence, Wire};
use crate::wire::target::Settings;
use crate::wire::target::testing::{Server, put};

const BOTH: [Wire; 2] = [Wire::Client, Wire::Raw(Framing::Length)];

async fn outcome(server: &Server, wire: Wire, settings: Settings) -> Result<Answer, Silence> {
    server.target(settings).send(put(wire, "{}")).await.outcome
}
