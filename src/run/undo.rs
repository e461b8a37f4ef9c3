//! Undoing fixtures: the last first, and a list of what could not be removed.

use std::time::Duration;

use super::leftover::Made;
use super::outcome::no_answer;
use super::patient_client::Wait;
use super::waits::Waits;
use super::{Leftover, Runner, Worker, stays};
use crate::contract::Errors;
use crate::judge::{error_type, throttles};
use crate::plan::fixture::{Find, Step, Undo};
use crate::support::template::Bindings;
use crate::wire::exchange::Silence;

/// Why something could not be removed.
enum Stuck {
    /// Nobody answered.
    Silent(String),
    /// The target refused, or we do not know what it is called.
    Refused(String),
}

/// So many removals in a row without an answer mean that there is no one there.
const SILENT_REMOVALS: u32 = 2;
/// How long the removal of a thing in use, or of one whose removal is throttled, is tried again.
const REMOVAL: Duration = Duration::from_secs(5);
/// So many failures of the target to remove one thing are enough.
const FAILURES: u32 = 3;
/// So many things that may not have been made are told one by one.
const FEW: usize = 3;

impl Runner {
    /// Undoes what a worker made, the last first.
    ///
    /// That the run is to end is no reason to leave anything: what is throttled meanwhile is waited
    /// for all the same.
    pub(crate) async fn undo(&self, worker: Worker) -> Vec<Leftover> {
        Self {
            client: self.client.removing(),
            ..self.clone()
        }
        .undo_all(worker)
        .await
    }

    async fn undo_all(&self, worker: Worker) -> Vec<Leftover> {
        let mut leftovers = self.remove_loose(&worker).await;
        leftovers.extend(self.remove_the_rest(&worker).await);
        let mut unsure = Vec::new();
        let mut silent = 0;
        for (index, bindings, made) in worker.made.iter().rev() {
            let Some(step) = self.plan.fixtures.steps.get(*index) else {
                continue;
            };
            let things = match silent >= SILENT_REMOVALS {
                true => vec![bindings.clone()],
                false => self.things_to_remove(step, bindings, *made).await,
            };
            for bindings in &things {
                for undo in &step.undo {
                    // Without anyone to answer there is no use in trying the rest, but each is
                    // listed.
                    let removed = match silent >= SILENT_REMOVALS {
                        true => Err(Stuck::Silent(
                            "not tried, since the target no longer answers".to_owned(),
                        )),
                        false => self.remove(undo, bindings, step.find.as_ref()).await,
                    };
                    let (why, silence) = match removed {
                        Ok(()) => {
                            silent = 0;
                            if let Some(identity) =
                                step.identity().and_then(|name| bindings.get(name))
                            {
                                self.known.release(identity);
                            }
                            continue;
                        }
                        Err(Stuck::Silent(why)) => (why, true),
                        Err(Stuck::Refused(why)) => (why, false),
                    };
                    silent = if silence { silent + 1 } else { 0 };
                    if !undo.prepares {
                        let list = if *made == Made::Perhaps {
                            &mut unsure
                        } else {
                            &mut leftovers
                        };
                        list.push(Leftover {
                            what: left(step, undo, bindings, *made),
                            why,
                        });
                    }
                }
            }
        }

        leftovers.extend(told_together(unsure));
        leftovers
    }

    /// What a step made, as far as it is known or can be seen.
    async fn things_to_remove(
        &self,
        step: &Step,
        bindings: &Bindings,
        made: Made,
    ) -> Vec<Bindings> {
        let named = step
            .undo
            .iter()
            .all(|undo| undo.call.bind(bindings).is_ok());

        if step.undo.is_empty() || (made == Made::Surely && named) {
            return vec![bindings.clone()];
        }
        match self.look_for_ours(step, bindings).await {
            // The target said that it was made.
            Ok(ours) if ours.is_empty() && made == Made::Surely => vec![bindings.clone()],
            Ok(ours) => ours,
            Err(_) => vec![bindings.clone()],
        }
    }

    /// Removes what a request made that was refused, where it shows that it was carried out. What
    /// stays is tried again when everything is undone.
    pub(super) async fn remove_found(&self, step: &Step, known: &Bindings) {
        for bindings in self.look_for_ours(step, known).await.unwrap_or_default() {
            for undo in &step.undo {
                if self
                    .remove(undo, &bindings, step.find.as_ref())
                    .await
                    .is_err()
                    && !undo.prepares
                {
                    return;
                }
            }
        }
    }

    /// Carries out one request of an undoing, and says what is left where it fails. `find` tells
    /// what says that it is gone.
    pub(super) async fn remove_one(
        &self,
        undo: &Undo,
        bindings: &Bindings,
        find: Option<&Find>,
    ) -> Option<Leftover> {
        let why = match self.remove(undo, bindings, find).await {
            Ok(()) => return None,
            Err(Stuck::Silent(why) | Stuck::Refused(why)) => why,
        };
        let path = bindings
            .fill(&undo.call.path)
            .unwrap_or_else(|_| undo.call.path.clone());
        (!undo.prepares).then(|| Leftover {
            what: format!("{} {path}", undo.call.method),
            why,
        })
    }

    async fn remove(
        &self,
        undo: &Undo,
        bindings: &Bindings,
        find: Option<&Find>,
    ) -> Result<(), Stuck> {
        let request = undo
            .call
            .bind(bindings)
            .map_err(|e| Stuck::Refused(e.to_string()))?;

        // What is in a transition that never ends is in use for ever.
        let (stays, kind) = (&self.stays, stays::kind(&undo.call));
        let limit = match self.client.never_settles() || stays.usual(&kind) {
            true => Duration::ZERO,
            false => self.client.limit(Wait::Removal, REMOVAL),
        };
        let mut waits = Waits::new(limit);
        let mut failures = 0;
        loop {
            let exchange = self.client.send(&request).await;
            let named = exchange
                .answer()
                .and_then(|a| error_type(&self.plan.service, a));
            // Some services say so with a 400.
            let errors = &self.plan.service.errors;
            let absent = Errors::has(&errors.absent, named.as_deref())
                || find.is_some_and(|find| self.says_absent(find, &exchange));
            let gone = absent || exchange.answer().is_some_and(|a| a.status == 404);
            if exchange.accepted() || gone {
                self.client.came(Wait::Removal, waits.elapsed());
                stays.removed(&kind, &request);
                break;
            }
            // What is in use now may be removable later, what was throttled was not carried out,
            // and a failure may pass.
            let in_use = Errors::has(&errors.busy, named.as_deref());
            let throttled = exchange
                .answer()
                .is_some_and(|a| throttles(&self.plan.service, a));
            let failed = match &exchange.outcome {
                Ok(answer) => self.may_be_done(answer),
                Err(silence) => matches!(
                    silence,
                    Silence::Closed(_) | Silence::Cut { .. } | Silence::NotHttp(_)
                ),
            };
            failures += u32::from(failed);
            if (in_use || throttled || (failed && failures < FAILURES)) && waits.wait().await {
                continue;
            }
            if in_use || throttled {
                self.client.never_came(Wait::Removal);
            }
            if let Some(why) = no_answer(&self.plan.service, &exchange) {
                return Err(Stuck::Silent(why));
            }
            let why = self.said(&exchange);
            if !undo.prepares {
                stays.refused(&kind, &request, &why);
            }
            return Err(Stuck::Refused(why));
        }

        if let Some(wait) = &undo.wait {
            self.wait(wait, bindings).await;
        }
        Ok(())
    }
}

/// What is left, in words.
fn left(step: &Step, undo: &Undo, bindings: &Bindings, made: Made) -> String {
    // The template says more than nothing where a name is not known.
    let path = bindings
        .fill(&undo.call.path)
        .unwrap_or_else(|_| undo.call.path.clone());

    let named = step
        .capture
        .keys()
        .filter_map(|n| bindings.get(n))
        .next()
        .unwrap_or_default();

    let named = if named.is_empty() || path.contains(named) {
        String::new()
    } else {
        format!(" {named}")
    };

    let unsure = if made == Made::Perhaps {
        ", if it was made at all"
    } else {
        ""
    };

    format!(
        "fixture {}{named}{unsure}: {} {path}",
        step.id, undo.call.method
    )
}

/// Of many things that may not be there at all one line is enough.
fn told_together(unsure: Vec<Leftover>) -> Vec<Leftover> {
    let Some(first) = unsure.get(FEW) else {
        return unsure;
    };
    let what: Vec<&str> = unsure
        .iter()
        .map(|left| left.what.split([',', ':']).next().unwrap_or_default())
        .collect();

    let what = format!(
        "{}, if they were made at all: `proofmark clean` looks for them",
        what.join(", ")
    );

    vec![Leftover {
        what,
        why: first.why.clone(),
    }]
}
