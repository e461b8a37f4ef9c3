//! What the program prints, and what it must not.
//!
//! Every text for a person goes through here on its way out: without the secrets of the targets that were opened, and
//! through the [guard](sink::guard). Documents for programs are whole as they were rendered.

use std::io::Write as _;
use std::sync::{PoisonError, RwLock};

use proofmark::report::Secrets;
use proofmark::sink;

/// The secrets of every target that this process was told of.
static SECRETS: RwLock<Option<Secrets>> = RwLock::new(None);

/// From now on no text holds these.
pub(super) fn keep_secret(secrets: &Secrets) {
    let mut all = SECRETS.write().unwrap_or_else(PoisonError::into_inner);
    *all = Some(all.as_ref().map_or_else(|| secrets.clone(), |known| known.with(secrets)));
}

/// The text as it may leave.
pub(super) fn leaving(text: &str) -> String {
    let secrets = SECRETS.read().unwrap_or_else(PoisonError::into_inner);
    match secrets.as_ref() {
        Some(secrets) => sink::guard(&secrets.redact(text)),
        None => sink::guard(text),
    }
}

/// Writes text to standard output; a reader that went away, as `head` does, is no fault of ours.
pub(super) fn print(text: &str) {
    document(&leaving(text));
}

/// Writes a document to standard output, as it is.
pub(super) fn document(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Writes a message to standard error.
pub(super) fn complain(message: &str) {
    tell(&format!("proofmark: {message}"));
}

/// Writes a line to standard error. That nobody can read it is no reason to stop.
pub(super) fn tell(line: &str) {
    let _ = std::io::stderr().lock().write_all(leaving(&format!("{line}\n")).as_bytes());
}

/// A panic is told as every other message is: what it repeats may stem from a target.
pub(super) fn tell_panics() {
    std::panic::set_hook(Box::new(|panic| complain(&panic.to_string())));
}
