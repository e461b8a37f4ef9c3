//! The data plane: records of streams, handed to functions that write them into their logs.
//!
//! Nothing runs in the background. Whatever a poller would have done by now is done when a request
//! arrives, before the request is looked at.

use super::state::Inner;
use super::world::{Mapping, SourceKind, Stream, World};

/// What a function of this server writes for each record it receives; those of `data-plane.toml`
/// print the same.
const RECEIVED: &str = "proofmark-received";

/// Hands over what is due at `now`, in milliseconds since the Unix epoch.
pub(crate) fn deliver(server: &Inner, now: u64) {
    let world = &mut *server.world();
    if world
        .streams
        .values()
        .all(|stream| stream.records.is_empty())
    {
        return;
    }
    let behaviour = &server.behaviour.delivery;
    let mappings: Vec<Mapping> = world
        .mappings
        .values()
        .filter(|m| m.kind == SourceKind::Kinesis)
        .cloned()
        .collect();

    for mapping in mappings {
        let Some(stream) = world.streams.get(&mapping.source) else {
            continue;
        };
        let key = (behaviour.position_of)(&mapping);
        let from = world
            .positions
            .get(&key)
            .copied()
            .unwrap_or_else(|| start(&mapping, stream));
        world.positions.insert(key.clone(), from);
        if !(behaviour.polls)(&mapping, now) {
            continue;
        }
        let delay = super::clock::whole_millis(behaviour.delay);
        let due = |arrived: u64| arrived.saturating_add(delay) <= now;
        let batch: Vec<String> = stream
            .records
            .iter()
            .skip(from)
            .take_while(|r| due(r.arrived))
            .map(|r| r.data.clone())
            .collect();
        if batch.is_empty() {
            continue;
        }
        let first = world
            .receivers
            .entry(mapping.uuid.clone())
            .or_insert_with(|| mapping.function.clone())
            .clone();
        for function in (behaviour.receivers)(&first, &mapping) {
            write(world, &function, &batch, now);
        }
        world.positions.insert(key, from + batch.len());
    }
}

/// Where a mapping begins that has no position yet.
fn start(mapping: &Mapping, stream: &Stream) -> usize {
    match mapping.starting_position.as_deref() {
        Some("TRIM_HORIZON") => 0,
        _ => stream.records.len(),
    }
}

fn write(world: &mut World, function: &str, batch: &[String], now: u64) {
    let name = function.rsplit(':').next().unwrap_or_default();
    // What is gone receives nothing, and neither does it get a log.
    if world.functions.contains_key(function) {
        let lines = batch
            .iter()
            .map(|data| (now, format!("{RECEIVED} {data}\n")));
        world
            .logs
            .entry(format!("/aws/lambda/{name}"))
            .or_default()
            .extend(lines);
    }
}
