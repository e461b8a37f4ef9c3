//! Making fixtures, and undoing them.

use std::time::Duration;

use super::observe::Waits;
use super::{Runner, Stop, silence_text};
use crate::binding::Bindings;
use crate::case::{BodyDraft, Draft, PathDraft, SourceKind};
use crate::exchange::{Exchange, Silence};
use crate::fixture::{Scope, Step, Undo, Wait};
use crate::verdict::error_type;

/// One worker: what it made on the target, and what the names in templates stand for.
#[derive(Clone, Debug)]
pub struct Worker {
    number: String,
    /// Known to every kind of case.
    any: Bindings,
    queue: Option<Bindings>,
    stream: Option<Bindings>,
    /// What was made, as the step's place and the bindings to undo it with.
    made: Vec<(usize, Bindings)>,
    /// What the target does not offer, in words.
    pub notes: Vec<String>,
    renewed: u32,
    /// How many cases in a row had no answer to a valid request.
    pub(super) silent: u32,
}

/// Something that could not be removed from the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leftover {
    /// The fixture, and the request that should have removed it.
    pub what: String,
    /// What the target answered.
    pub why: String,
}

/// A step that went wrong.
enum Trouble {
    /// The target refused it.
    Refused(String),
    /// The target did not answer.
    Silent(Silence),
}

/// So many times a worker makes itself new mappings; a target that loses them all the time is not worth more.
const RENEWALS: u32 = 20;
/// So many steps in a row without an answer mean that there is no one there.
const SILENT_STEPS: u32 = 3;
/// How long the removal of a thing in use is tried again.
const REMOVAL: Duration = Duration::from_secs(5);

impl Worker {
    /// The bindings for a case that needs that kind of source, and the kind they are of.
    pub(super) fn bindings(&self, source: SourceKind) -> Result<(SourceKind, &Bindings), String> {
        let queue = self.queue.as_ref().map(|b| (SourceKind::Queue, b));
        let stream = self.stream.as_ref().map(|b| (SourceKind::Stream, b));
        match source {
            SourceKind::Queue => queue.ok_or_else(|| "the target offers no mapping of a queue".to_owned()),
            SourceKind::Stream => stream.ok_or_else(|| "the target offers no mapping of a stream".to_owned()),
            // The page is about streams: only of them it admits every batch size.
            SourceKind::Any => stream.or(queue).ok_or_else(|| "the target offers no mapping".to_owned()),
        }
    }

    pub(super) fn shared(&self) -> &Bindings {
        &self.any
    }

    fn has_mapping(&self) -> bool {
        self.queue.is_some() || self.stream.is_some()
    }
}

impl Runner {
    /// Makes the fixtures of a worker. `shared`: what an earlier worker knows of those made once a run.
    ///
    /// What was made is in the worker even where the rest failed, so that it can be undone.
    pub(super) async fn prepare(&self, number: usize, shared: Option<&Bindings>) -> (Worker, Result<(), Stop>) {
        let mut any = Bindings::default();
        any.set("run", self.options.token.clone());
        any.set("region", self.plan.region.clone());
        any.set("account", "123456789012");
        if let Some(shared) = shared {
            any = any.over(shared);
            for (name, value) in shared.iter() {
                any.set(name, value);
            }
        }
        let mut worker = Worker {
            number: number.to_string(),
            any,
            queue: None,
            stream: None,
            made: Vec::new(),
            notes: Vec::new(),
            renewed: 0,
            silent: 0,
        };
        let made = self.make(&mut worker, shared.is_none()).await;
        (worker, made)
    }

    /// Makes the fixtures of one worker and leaves them: what the names stand for, and the requests that undo them, each
    /// with the service it is for.
    ///
    /// # Errors
    /// Why they could not be made, and what was made on the way and could not be removed again.
    pub async fn make_fixtures(&self) -> Result<(Bindings, Vec<(Draft, String)>), (Stop, Vec<Leftover>)> {
        let (worker, made) = self.prepare(0, None).await;
        if let Err(stop) = made {
            return Err((stop, self.undo(worker).await));
        }
        let bindings = worker.bindings(SourceKind::Any).map(|(_, b)| b.clone()).unwrap_or_default();
        let mut undo = Vec::new();
        for (index, known) in worker.made.iter().rev() {
            for step in self.plan.fixtures.steps.get(*index).iter().flat_map(|s| &s.undo) {
                if let Ok(request) = step.call.bind(known) {
                    let body = match std::str::from_utf8(&request.body) {
                        Ok("") => BodyDraft::None,
                        Ok(text) => BodyDraft::Text(text.to_owned()),
                        Err(_) => BodyDraft::Bytes(request.body.to_vec()),
                    };
                    let path = PathDraft::Exact(request.path);
                    undo.push((
                        Draft { method: request.method, path, headers: request.headers, body, raw: None },
                        request.service,
                    ));
                }
            }
        }
        Ok((bindings, undo))
    }

    /// New mappings for a worker whose old ones are of no use any more.
    pub(super) async fn renew(&self, worker: &mut Worker) -> Result<(), Stop> {
        worker.renewed += 1;
        if worker.renewed > RENEWALS {
            return Err(Stop::NoFixture(format!("the target lost its mappings {RENEWALS} times")));
        }
        let base = worker.number.split('n').next().unwrap_or_default().to_owned();
        worker.number = format!("{base}n{}", worker.renewed);
        (worker.queue, worker.stream) = (None, None);
        self.make(worker, false).await
    }

    async fn make(&self, worker: &mut Worker, first: bool) -> Result<(), Stop> {
        worker.any.set("worker", worker.number.clone());
        let (mut queue, mut stream) = (Bindings::default(), Bindings::default());
        let mut silent = 0;
        let mut last_refusal = String::new();
        for (index, step) in self.plan.fixtures.steps.iter().enumerate() {
            if step.scope == Scope::Run && !first {
                continue;
            }
            let own = match step.source {
                SourceKind::Any => Bindings::default(),
                SourceKind::Queue => queue.clone(),
                SourceKind::Stream => stream.clone(),
            };
            let known = own.over(&worker.any);
            let (captured, made) = match self.step(step, &known).await {
                Ok(captured) => {
                    silent = 0;
                    (captured, true)
                }
                Err(trouble) => {
                    let why = match trouble {
                        Trouble::Silent(Silence::Unreachable(why)) => return Err(Stop::Unreachable(why)),
                        Trouble::Silent(silence) => {
                            silent += 1;
                            if silent >= SILENT_STEPS {
                                return Err(Stop::Unreachable(format!("the target does not answer: {silence:?}")));
                            }
                            format!("{silence:?}")
                        }
                        Trouble::Refused(why) => {
                            silent = 0;
                            why
                        }
                    };
                    worker.notes.push(format!("fixture {}: {why}", step.id));
                    last_refusal = format!("fixture {}: {why}", step.id);
                    let otherwise: Option<Bindings> = (!step.otherwise.is_empty()).then(|| {
                        let mut captured = Bindings::default();
                        for (name, template) in &step.otherwise {
                            if let Ok(value) = known.fill(template) {
                                captured.set(name.clone(), value);
                            }
                        }
                        captured
                    });
                    match otherwise {
                        Some(captured) => (captured, false),
                        // What stands on it will find its name unbound, and is not offered either.
                        None if step.optional => continue,
                        None => return Err(Stop::NoFixture(last_refusal)),
                    }
                }
            };
            let bindings = captured.clone().over(&known);
            if made {
                worker.made.push((index, bindings));
            }
            let into = match step.source {
                SourceKind::Any => &mut worker.any,
                SourceKind::Queue => &mut queue,
                SourceKind::Stream => &mut stream,
            };
            for (name, value) in captured.iter() {
                into.set(name, value);
            }
        }
        let label_bound = |b: &Bindings| self.plan.binding.label.values().all(|t| b.fill(t).is_ok());
        let usable = |b: Bindings| Some(b.over(&worker.any)).filter(label_bound);
        (worker.queue, worker.stream) = (usable(queue), usable(stream));
        if worker.has_mapping() {
            return Ok(());
        }
        Err(Stop::NoFixture(last_refusal))
    }

    /// Makes one thing and reads what it is called.
    async fn step(&self, step: &Step, known: &Bindings) -> Result<Bindings, Trouble> {
        let mut trouble = Trouble::Refused("nothing was tried".to_owned());
        for call in &step.make {
            let request = match call.bind(known) {
                Ok(request) => request,
                Err(error) => return Err(Trouble::Refused(error.to_string())),
            };
            let exchange = self.link.send(&request).await;
            let answer = match &exchange.outcome {
                Ok(answer) if exchange.accepted() => answer,
                Ok(_) => {
                    trouble = Trouble::Refused(self.said(&exchange));
                    continue;
                }
                Err(silence) => return Err(Trouble::Silent(silence.clone())),
            };
            let mut captured = Bindings::default();
            let mut missing = None;
            for (name, how) in &step.capture {
                match how.read(&answer.body) {
                    Some(value) => captured.set(name.clone(), value),
                    None => missing = missing.or(Some(name)),
                }
            }
            if let Some(name) = missing {
                trouble = Trouble::Refused(format!("{}, but the answer holds no {name}", self.said(&exchange)));
                continue;
            }
            if let Some(wait) = &step.wait {
                self.wait(wait, &captured.clone().over(known)).await;
            }
            return Ok(captured);
        }
        Err(trouble)
    }

    /// Polls until the value is none of those to wait out, or the time for it is up.
    async fn wait(&self, wait: &Wait, bindings: &Bindings) {
        let Ok(request) = wait.call.bind(bindings) else { return };
        let mut waits = Waits::new(self.options.settle_timeout);
        loop {
            let exchange = self.link.send(&request).await;
            let value = exchange.answer().and_then(|a| {
                let document: serde_json::Value = serde_json::from_slice(&a.body).ok()?;
                document.pointer(&wait.json)?.as_str().map(str::to_owned)
            });
            if !value.is_some_and(|v| wait.while_.contains(&v)) || !waits.wait().await {
                return;
            }
        }
    }

    /// Undoes what a worker made, the last first.
    pub(super) async fn undo(&self, worker: Worker) -> Vec<Leftover> {
        let mut leftovers = Vec::new();
        for (index, bindings) in worker.made.iter().rev() {
            let Some(step) = self.plan.fixtures.steps.get(*index) else { continue };
            for undo in &step.undo {
                if let Err(why) = self.remove(undo, bindings).await
                    && !undo.prepares
                {
                    let path = bindings.fill(&undo.call.path).unwrap_or_default();
                    let what = format!("fixture {}: {} {path}", step.id, undo.call.method);
                    // Without anyone to answer there is no use in trying the rest, but each is listed.
                    leftovers.push(Leftover { what, why });
                }
            }
        }
        leftovers
    }

    async fn remove(&self, undo: &Undo, bindings: &Bindings) -> Result<(), String> {
        let request = undo.call.bind(bindings).map_err(|e| e.to_string())?;
        let mut waits = Waits::new(REMOVAL);
        loop {
            let exchange = self.link.send(&request).await;
            let gone = exchange.answer().is_some_and(|a| a.status == 404);
            if exchange.accepted() || gone {
                break;
            }
            // Only what is in use now may be removable later.
            let named = exchange.answer().and_then(|a| error_type(&self.plan.service, a));
            let in_use = named.is_some_and(|n| n == "ResourceInUseException" || n == "ResourceConflictException");
            if !in_use || !waits.wait().await {
                return Err(self.said(&exchange));
            }
        }
        if let Some(wait) = &undo.wait {
            self.wait(wait, bindings).await;
        }
        Ok(())
    }

    fn said(&self, exchange: &Exchange) -> String {
        let Some(answer) = exchange.answer() else { return silence_text(exchange) };
        let named = error_type(&self.plan.service, answer).map(|n| format!(" {n}")).unwrap_or_default();
        let body = String::from_utf8_lossy(&answer.body);
        let body: String = body.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect();
        format!(
            "{} {} answered status {}{named}: {body}",
            exchange.request.method, exchange.request.path, answer.status
        )
    }
}
