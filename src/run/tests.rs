//! Whole runs on targets that misbehave in the middle: bounded, with a clear end, and nothing left
//! behind unlisted.

mod again;
mod answers;
mod by_chance;
mod confirm;
mod data_plane;
mod ends;
mod examples;
mod kept;
mod left;
mod others;
mod speed;
mod spoilt;
mod stuck;
mod tidy;
mod troubled;
