//! Making what a sequence makes, so that one that is cut off leaves nothing behind, and removing it
//! again.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::runtime::Handle;

use super::{Leftover, Runner, Worker};
use serde_json::Value;

use crate::contract::RuleKind;
use crate::judge::Judge;
use crate::plan::fixture::{self, Find, is_ours, is_segment};
use crate::support::template::Bindings;
use crate::wire::exchange::{Exchange, Request, Silence};

/// A request that is sent to its end, also where nobody waits for it any more: what it makes is to
/// be removed.
struct ToItsEnd(Option<Pin<Box<dyn Future<Output = Exchange> + Send>>>);

/// So long is waited for requests that may still make something.
const PATIENCE: Duration = Duration::from_secs(5);

impl Runner {
    /// Sends a request that makes the resource of that name, and notes what it made.
    pub(crate) async fn make_loose(
        &self,
        worker: &Worker,
        request: &Arc<Request>,
        on: Option<&str>,
        known: &Bindings,
    ) -> Exchange {
        let (runner, request, created) =
            (self.clone(), Arc::clone(request), worker.created.clone());
        let (on, mut known) = (on.map(str::to_owned), known.clone());
        self.known.creates();
        // Nobody removes anything while a sequence is fired.
        let making = Arc::clone(&created.making).try_read_owned();
        let sending = Box::pin(async move {
            let exchange = runner.client.send(&request).await;
            match (on, runner.identity(&exchange)) {
                // What it names is not its own, and what it made has another name.
                (_, Some(identity)) if runner.is_foreign(&identity) => created.unclear(&known),
                (Some(on), Some(identity)) => {
                    created.gave(&identity);
                    known.set(on.clone(), identity);
                    runner
                        .named(&on, &known)
                        .into_iter()
                        .for_each(|own| created.add(own));
                }
                _ if exchange.accepted() || runner.may_have_made(&exchange) => {
                    created.unclear(&known)
                }
                _ => {}
            }
            drop(making);
            exchange
        });

        ToItsEnd(Some(sending)).await
    }

    /// What the answer calls what was made. An answer that is no JSON is searched for it: what it
    /// names is to be removed all the same.
    pub(crate) fn identity(&self, exchange: &Exchange) -> Option<String> {
        let answer = exchange.answer().filter(|_| exchange.accepted())?;
        let member = Judge::of(&self.plan).identity()?;
        match answer.body.value() {
            Some(document) => Some(document.get(member)?.as_str()?.to_owned()),
            None => searched(std::str::from_utf8(&answer.body).ok()?, member),
        }
    }

    /// The identities of entries of a list that are like what a worker's sequences make, and that
    /// no creation gave.
    pub(crate) fn strangers(
        &self,
        worker: &Worker,
        exchange: &Exchange,
        known: &Bindings,
    ) -> Vec<String> {
        let (Some((_, resource)), Some(operations)) =
            (&self.plan.binding.resource, self.plan.operations())
        else {
            return Vec::new();
        };
        let document = exchange.answer().and_then(|answer| answer.body.value());
        let lists = operations
            .list
            .rules
            .iter()
            .filter_map(|rule| match &rule.kind {
                RuleKind::Listed { output, .. } => document?.get(output)?.as_array(),
                _ => None,
            });
        let is_ours = |entry: &&Value| is_ours(&resource.ours, entry, known).unwrap_or(false);
        let identity = Judge::of(&self.plan).identity();
        let identities = lists.flatten().filter(is_ours).filter_map(|entry| {
            let identity = entry.get(identity?)?.as_str()?;
            let given = self.known.is_taken(identity) || worker.created.may_have_given(identity);
            (!given).then(|| identity.to_owned())
        });
        identities.collect()
    }

    /// Whether that is not the identifier of what was just made: no segment of a path, or one that
    /// was given before.
    pub(crate) fn is_foreign(&self, identity: &str) -> bool {
        !is_segment(identity) || self.known.is_taken(identity)
    }

    /// Whether a creation that was not accepted may have been carried out all the same.
    fn may_have_made(&self, exchange: &Exchange) -> bool {
        match &exchange.outcome {
            Ok(answer) => self.may_be_done(answer),
            Err(silence) => !matches!(silence, Silence::Unreachable(_) | Silence::Ours(_)),
        }
    }

    /// Removes what sequences made on a worker. A refusal to do so is told, unless it is gone
    /// already.
    pub(crate) async fn remove_loose(&self, worker: &Worker) -> Vec<Leftover> {
        let mut leftovers = Vec::new();
        if tokio::time::timeout(PATIENCE, worker.created.making.write())
            .await
            .is_err()
        {
            let what =
                "what a sequence was making as it was cut off, if it was made at all".to_owned();
            leftovers.push(Leftover {
                what,
                why: "the target did not answer".to_owned(),
            });
        }
        let Some(step) = self
            .plan
            .fixtures
            .steps
            .iter()
            .find(|s| self.names_resource(s))
        else {
            return leftovers;
        };

        if let Some(known) = worker.created.take_unclear()
            && let Some(left) = self.find_loose(worker, step, &known).await
        {
            worker.created.unclear(&known);
            leftovers.push(left);
        }
        for (number, bindings) in worker.created.all() {
            let before = leftovers.len();
            for undo in &step.undo {
                leftovers.extend(self.remove_one(undo, &bindings, step.find.as_ref()).await);
            }
            // What stays is tried once more when the worker's own fixtures are undone.
            if leftovers.len() == before {
                worker.created.forget(number);
            }
        }
        leftovers
    }

    /// Looks for what sequences made without an answer that says so, and says where that cannot be
    /// seen.
    async fn find_loose(
        &self,
        worker: &Worker,
        step: &fixture::Step,
        known: &Bindings,
    ) -> Option<Leftover> {
        let (_, resource) = self.plan.binding.resource.as_ref()?;
        let ours = &resource.ours;
        let find = Find {
            ours: ours.clone(),
            ..step.find.clone()?
        };
        let look = fixture::Step {
            find: Some(find),
            ..step.clone()
        };

        match self.look_for_ours(&look, known).await {
            Ok(found) => {
                found
                    .into_iter()
                    .for_each(|bindings| worker.created.add(bindings));
                None
            }
            Err(why) => {
                let what =
                    "what a sequence made, if it was made at all: `proofmark clean` looks for it"
                        .to_owned();
                Some(Leftover { what, why })
            }
        }
    }
}

impl Future for ToItsEnd {
    type Output = Exchange;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Exchange> {
        // It is taken out once it came to its end, and nobody asks after that.
        let Some(sending) = &mut self.0 else {
            return Poll::Pending;
        };
        let sent = sending.as_mut().poll(context);
        if sent.is_ready() {
            self.0 = None;
        }
        sent
    }
}

impl Drop for ToItsEnd {
    fn drop(&mut self) {
        if let (Some(sending), Ok(runtime)) = (self.0.take(), Handle::try_current()) {
            runtime.spawn(sending);
        }
    }
}

/// The text that follows the member's name in a document that cannot be read.
fn searched(text: &str, member: &str) -> Option<String> {
    let (_, rest) = text.split_once(&format!("\"{member}\""))?;
    let rest = rest.trim_start().strip_prefix(':')?.trim_start();
    let (value, _) = rest.strip_prefix('"')?.split_once('"')?;
    (!value.contains('\\')).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::searched;

    #[test]
    fn an_identity_is_found_in_what_is_no_json() {
        let found = |text| searched(text, "UUID");
        let text = r#"{"BatchSize": Infinity, "UUID" : "a-1", "Other": "b"}"#;
        assert_eq!(found(text).as_deref(), Some("a-1"));
        for none in [
            r#"{"UUID": 7"#,
            r#"{"UUID": "a\u0031""#,
            r#"{"uuid": "a""#,
            "",
        ] {
            assert_eq!(found(none), None, "{none}");
        }
    }
}
