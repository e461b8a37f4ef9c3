//! What every other room uses: files that are read and written, text that leaves the program,
//! templates, digests, and the request of the user to stop.

pub(crate) mod date;
pub(crate) mod digest;
pub(crate) mod echo;
pub(crate) mod files;
pub(crate) mod interrupt;
pub(crate) mod known;
pub(crate) mod percent;
pub(crate) mod sink;
pub(crate) mod tell;
pub(crate) mod template;
pub(crate) mod units;
