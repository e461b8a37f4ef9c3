//! Making fixtures, and undoing them.

use std::sync::Arc;

use super::mend::{Health, Spoilt};
use super::observe::Waits;
use super::sequence::Loose;
use super::undo::{Leftover, Made};
use super::{Runner, Stop, link, no_answer};
use crate::binding::{Bindings, names};
use crate::case::{BodyDraft, Draft, PathDraft, SourceKind};
use crate::exchange::{Exchange, Silence};
use crate::fixture::{Capture, Scope, Step, Wait};
use crate::verdict::error_type;

/// One worker: what it made on the target, and what the names in templates stand for.
#[derive(Clone, Debug)]
pub struct Worker {
    number: String,
    /// Known to every kind of case.
    any: Bindings,
    queue: Option<Bindings>,
    stream: Option<Bindings>,
    /// What was made, as the step's place, the bindings to undo it with, and how sure it is.
    pub(super) made: Vec<(usize, Bindings, Made)>,
    /// What its sequences made and did not remove yet.
    pub(super) loose: Loose,
    /// What the target does not offer, in words.
    pub notes: Vec<String>,
    renewed: u32,
    /// How many of these new mappings took the place of one that vanished or stayed in transition.
    vanished: u32,
    /// What is known of the mappings.
    pub(super) health: Health,
    /// The mappings that cases spoilt, and that nobody was told of yet.
    pub(super) spoilt: Vec<Spoilt>,
    /// How many cases in a row had no answer to a valid request.
    pub(super) silent: u32,
    /// How many cases in a row left their mapping in transition.
    pub(super) stuck: u32,
}

/// A step that went wrong.
pub(super) enum Trouble {
    /// The target refused it.
    Refused(String),
    /// A name it needs is not known, because something before it was not made.
    Unbound(String),
    /// The target said that it made it, but not what it is called.
    Unnamed(String),
    /// The target did not answer.
    Silent(Silence),
    /// The target answers nothing but that there are too many requests.
    Throttled(String),
}

/// So many times a worker makes itself new mappings; a target that loses them all the time is not worth more.
const RENEWALS: u32 = 100;
/// So many steps in a row without an answer mean that there is no one there.
const SILENT_STEPS: u32 = 3;

impl Trouble {
    /// How sure it is that the thing was made all the same.
    pub(super) fn made(&self) -> Option<Made> {
        match self {
            Self::Unnamed(_) => Some(Made::Surely),
            Self::Silent(silence) => (!matches!(silence, Silence::Unreachable(_))).then_some(Made::Perhaps),
            _ => None,
        }
    }

    /// Why, in words.
    pub(super) fn why(self) -> String {
        match self {
            Self::Silent(silence) => silence.to_string(),
            Self::Refused(why) | Self::Unbound(why) | Self::Unnamed(why) | Self::Throttled(why) => why,
        }
    }
}

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

    pub(crate) fn shared(&self) -> &Bindings {
        &self.any
    }

    /// What its mappings are, by kind.
    pub(super) fn mappings(&self) -> [Option<Bindings>; 2] {
        [self.queue.clone(), self.stream.clone()]
    }

    /// Uses those mappings again, where no new ones were to be had.
    pub(super) fn take_back(&mut self, mappings: [Option<Bindings>; 2]) {
        [self.queue, self.stream] = mappings;
    }

    /// Takes out what is known of mappings that cases spoilt.
    pub(crate) fn take_spoilt(&mut self) -> Vec<Spoilt> {
        std::mem::take(&mut self.spoilt)
    }

    fn has_mapping(&self) -> bool {
        self.queue.is_some() || self.stream.is_some()
    }
}

impl Runner {
    /// What every fixture knows, but for the worker's number; the account until a fixture tells another.
    pub(super) fn given_names(&self) -> Bindings {
        let mut names = Bindings::default();
        names.set("run", self.options.token.clone());
        names.set("region", self.plan.region.clone());
        names.set("account", "123456789012");
        names
    }

    /// Makes the fixtures of a worker. `shared`: what an earlier worker knows of those made once a run.
    ///
    /// What was made is in the worker even where the rest failed, so that it can be undone.
    pub(crate) async fn prepare(&self, number: usize, shared: Option<&Bindings>) -> (Worker, Result<(), Stop>) {
        let mut any = self.given_names();
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
            loose: Loose::default(),
            notes: Vec::new(),
            renewed: 0,
            vanished: 0,
            health: Health::default(),
            spoilt: Vec::new(),
            silent: 0,
            stuck: 0,
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
        let mut bindings = worker.bindings(SourceKind::Any).map(|(_, b)| b.clone()).unwrap_or_default();
        for source in [SourceKind::Queue, SourceKind::Stream] {
            let (Ok((_, own)), Some(prefix)) = (worker.bindings(source), source.prefix()) else { continue };
            for name in self.plan.fixtures.names_of(source) {
                if let Some(value) = own.get(name) {
                    bindings.set(format!("{prefix}{name}"), value);
                }
            }
        }
        let mut undo = Vec::new();
        for (index, known, _) in worker.made.iter().rev() {
            for step in self.plan.fixtures.steps.get(*index).iter().flat_map(|s| &s.undo) {
                if let Ok(request) = step.call.bind(known).map(Arc::unwrap_or_clone) {
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
        worker.vanished += 1;
        if worker.vanished > RENEWALS {
            let why = format!("{RENEWALS} mappings vanished or stayed in transition, and each had to be made anew");
            return Err(Stop::NoFixture(why));
        }
        self.remake(worker).await?;
        worker.health.renewed();
        Ok(())
    }

    /// New mappings in the place of a worker's old ones.
    pub(super) async fn remake(&self, worker: &mut Worker) -> Result<(), Stop> {
        worker.renewed += 1;
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
        let mut mapping_refusal = None;
        for (index, step) in self.plan.fixtures.steps.iter().enumerate() {
            if self.stopped() {
                return Err(Stop::Interrupted);
            }
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
                    (captured, Some(Made::Surely))
                }
                Err(trouble) => {
                    let made = trouble.made();
                    silent = if matches!(trouble, Trouble::Silent(_)) { silent + 1 } else { 0 };
                    let unbound = matches!(trouble, Trouble::Unbound(_));
                    let otherwise = otherwise(step, &known);
                    if let Some(made) = made {
                        worker.made.push((index, otherwise.clone().unwrap_or_default().over(&known), made));
                    }
                    let why = match trouble {
                        Trouble::Silent(Silence::Unreachable(why)) => {
                            // Of an authority of the same name, but another key, it is the signature that is wrong.
                            let untrusted = ["UnknownIssuer", "BadSignature"].iter().any(|kind| why.contains(kind));
                            let hint = match untrusted {
                                true => "; AWS_CA_BUNDLE names a file of the authorities to trust",
                                false => "",
                            };
                            return Err(Stop::Unreachable(format!("the target cannot be reached: {why}{hint}")));
                        }
                        Trouble::Silent(silence) if silent >= SILENT_STEPS => {
                            return Err(Stop::Unreachable(format!("the target gives no usable answer: {silence}")));
                        }
                        Trouble::Throttled(why) => return Err(Stop::Unreachable(format!("the target is busy: {why}"))),
                        trouble => trouble.why(),
                    };
                    worker.notes.push(format!("fixture {}: {why}", step.id));
                    let refusal = format!("fixture {}: {why}", step.id);
                    // What a user can act on is the first refusal of a mapping, not what follows from it.
                    if !unbound && self.names_mapping(step) {
                        mapping_refusal.get_or_insert_with(|| refusal.clone());
                    }
                    last_refusal = refusal;
                    match otherwise {
                        Some(captured) => (captured, None),
                        // What stands on it will find its name unbound, and is not offered either.
                        None if step.optional => continue,
                        None => return Err(Stop::NoFixture(last_refusal)),
                    }
                }
            };
            let bindings = captured.clone().over(&known);
            if let Some(made) = made {
                worker.made.push((index, bindings, made));
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
        Err(Stop::NoFixture(mapping_refusal.unwrap_or(last_refusal)))
    }

    /// Whether a step makes what the operation's requests are about.
    pub(super) fn names_mapping(&self, step: &Step) -> bool {
        let mut templates = self.plan.binding.label.values();
        templates.any(|t| names(t).is_ok_and(|n| n.iter().any(|n| step.capture.contains_key(*n))))
    }

    /// Makes one thing and reads what it is called.
    pub(super) async fn step(&self, step: &Step, known: &Bindings) -> Result<Bindings, Trouble> {
        let mut trouble = Trouble::Refused("nothing was tried".to_owned());
        for call in &step.make {
            let request = match call.bind(known) {
                Ok(request) => request,
                Err(error) => return Err(Trouble::Unbound(error.to_string())),
            };
            let exchange = self.link.send(&request).await;
            let answer = match &exchange.outcome {
                Ok(answer) if exchange.accepted() => answer,
                Ok(answer) if answer.status == 429 => {
                    return Err(Trouble::Throttled(no_answer(&exchange).unwrap_or_default()));
                }
                Ok(_) => {
                    if !matches!(trouble, Trouble::Unnamed(_)) {
                        trouble = Trouble::Refused(self.said(&exchange));
                    }
                    continue;
                }
                Err(silence) => return Err(Trouble::Silent(silence.clone())),
            };
            let mut captured = Bindings::default();
            let mut missing = None;
            for (name, how) in &step.capture {
                match how.read(&answer.body) {
                    Some(value) => captured.set(name.clone(), value),
                    None => missing = missing.or(Some((name, how))),
                }
            }
            if let Some((name, how)) = missing {
                let place = match how {
                    Capture::Json(pointer) => format!(" at {pointer}"),
                    Capture::Text(_) => String::new(),
                };
                let name = name.replace('_', " ");
                trouble = Trouble::Unnamed(format!("{}, which names no {name}{place}", self.said(&exchange)));
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
    pub(super) async fn wait(&self, wait: &Wait, bindings: &Bindings) {
        let Ok(request) = wait.call.bind(bindings) else { return };
        let mut waits = Waits::new(self.link.limit(link::Wait::Transition, self.options.settle_timeout));
        loop {
            let exchange = self.link.send(&request).await;
            let value = exchange.answer().and_then(|a| {
                let document: serde_json::Value = serde_json::from_slice(&a.body).ok()?;
                document.pointer(&wait.json)?.as_str().map(str::to_owned)
            });
            if !value.is_some_and(|v| wait.while_.contains(&v)) {
                return self.link.came(link::Wait::Transition, waits.elapsed());
            }
            if self.stopped() {
                return;
            }
            if !waits.wait().await {
                return self.link.never_came(link::Wait::Transition);
            }
        }
    }

    /// What the target answered, in one line.
    pub(super) fn said(&self, exchange: &Exchange) -> String {
        let answer = match &exchange.outcome {
            Ok(answer) => answer,
            Err(silence) => return silence.to_string(),
        };
        let named = error_type(&self.plan.service, answer).map(|n| format!(" {n}")).unwrap_or_default();
        let body = String::from_utf8_lossy(&answer.body);
        let mut body = body.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some((cut, _)) = body.char_indices().nth(160) {
            body.truncate(cut);
            body.push('…');
        }
        // We follow no redirect: whoever reads this may have meant its goal.
        let elsewhere = answer.header("location").filter(|_| (300..400).contains(&answer.status));
        let elsewhere = elsewhere.map(|l| format!(", a redirect to {l} (not followed)")).unwrap_or_default();
        let body = if body.is_empty() { "no body".to_owned() } else { body };
        let (method, path) = (&exchange.request.method, &exchange.request.path);
        format!("{method} {path} was answered with status {}{named}{elsewhere}: {body}", answer.status)
    }
}

/// What to use where the target offers no such thing.
pub(super) fn otherwise(step: &Step, known: &Bindings) -> Option<Bindings> {
    if step.otherwise.is_empty() {
        return None;
    }
    let mut captured = Bindings::default();
    for (name, template) in &step.otherwise {
        if let Ok(value) = known.fill(template) {
            captured.set(name.clone(), value);
        }
    }
    Some(captured)
}
