//! Undoing fixtures: the last first, and a list of what could not be removed.

use std::time::Duration;

use super::link::Wait;
use super::observe::Waits;
use super::{Runner, Worker, no_answer};
use crate::binding::Bindings;
use crate::fixture::Undo;
use crate::verdict::error_type;

/// Something that could not be removed from the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The fixture, and the request that should have removed it.
    pub what: String,
    /// What the target answered.
    pub why: String,
}

/// How sure it is that something was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    /// The target said so.
    Surely,
    /// The target did not answer, and may have carried the request out all the same.
    Perhaps,
}

/// Why something could not be removed.
enum Stuck {
    /// Nobody answered.
    Silent(String),
    /// The target refused, or we do not know what it is called.
    Refused(String),
}

/// So many removals in a row without an answer mean that there is no one there.
const SILENT_REMOVALS: u32 = 2;
/// How long the removal of a thing in use is tried again.
const REMOVAL: Duration = Duration::from_secs(5);

impl Runner {
    /// Undoes what a worker made, the last first.
    ///
    /// That the run is to end is no reason to leave anything: what is throttled meanwhile is waited for all the same.
    pub(crate) async fn undo(&self, worker: Worker) -> Vec<Leftover> {
        Self { link: self.link.removing(), ..self.clone() }.undo_all(worker).await
    }

    async fn undo_all(&self, worker: Worker) -> Vec<Leftover> {
        let mut leftovers = self.remove_loose(&worker).await;
        let mut silent = 0;
        for (index, bindings, made) in worker.made.iter().rev() {
            let Some(step) = self.plan.fixtures.steps.get(*index) else { continue };
            for undo in &step.undo {
                // Without anyone to answer there is no use in trying the rest, but each is listed.
                let removed = match silent >= SILENT_REMOVALS {
                    true => Err(Stuck::Silent("not tried, since the target no longer answers".to_owned())),
                    false => self.remove(undo, bindings).await,
                };
                let (why, silence) = match removed {
                    Ok(()) => {
                        silent = 0;
                        continue;
                    }
                    Err(Stuck::Silent(why)) => (why, true),
                    Err(Stuck::Refused(why)) => (why, false),
                };
                silent = if silence { silent + 1 } else { 0 };
                let unsure = if *made == Made::Perhaps { ", if it was made at all" } else { "" };
                if !undo.prepares {
                    // The template says more than nothing where a name is not known.
                    let path = bindings.fill(&undo.call.path).unwrap_or_else(|_| undo.call.path.clone());
                    let named = step.capture.keys().filter_map(|n| bindings.get(n)).next().unwrap_or_default();
                    let named =
                        if named.is_empty() || path.contains(named) { String::new() } else { format!(" {named}") };
                    let what = format!("fixture {}{named}{unsure}: {} {path}", step.id, undo.call.method);
                    leftovers.push(Leftover { what, why });
                }
            }
        }
        leftovers
    }

    /// Carries out one request of an undoing, and says what is left where it fails.
    pub(super) async fn remove_one(&self, undo: &Undo, bindings: &Bindings) -> Option<Leftover> {
        let why = match self.remove(undo, bindings).await {
            Ok(()) => return None,
            Err(Stuck::Silent(why) | Stuck::Refused(why)) => why,
        };
        let path = bindings.fill(&undo.call.path).unwrap_or_else(|_| undo.call.path.clone());
        (!undo.prepares).then(|| Leftover { what: format!("{} {path}", undo.call.method), why })
    }

    async fn remove(&self, undo: &Undo, bindings: &Bindings) -> Result<(), Stuck> {
        let request = undo.call.bind(bindings).map_err(|e| Stuck::Refused(e.to_string()))?;
        let mut waits = Waits::new(self.link.limit(Wait::Removal, REMOVAL));
        loop {
            let exchange = self.link.send(&request).await;
            let named = exchange.answer().and_then(|a| error_type(&self.plan.service, a));
            // Some services say so with a 400.
            let absent = named.as_deref() == Some("ResourceNotFoundException");
            let gone = absent || exchange.answer().is_some_and(|a| a.status == 404);
            if exchange.accepted() || gone {
                self.link.came(Wait::Removal, waits.elapsed());
                break;
            }
            if let Some(why) = no_answer(&exchange) {
                return Err(Stuck::Silent(why));
            }
            // Only what is in use now may be removable later.
            let in_use = named.is_some_and(|n| n == "ResourceInUseException" || n == "ResourceConflictException");
            if in_use && waits.wait().await {
                continue;
            }
            if in_use {
                self.link.never_came(Wait::Removal);
            }
            return Err(Stuck::Refused(self.said(&exchange)));
        }
        if let Some(wait) = &undo.wait {
            self.wait(wait, bindings).await;
        }
        Ok(())
    }
}
