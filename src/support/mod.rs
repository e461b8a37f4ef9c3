//! What every other room uses: files that are read and written, text that leaves the program, templates, digests, and
//! the wish of the user to stop.

pub mod digest;
pub mod echo;
pub mod files;
pub mod interrupt;
pub mod sink;
pub mod tell;
pub mod template;
pub mod units;
