//! Making fixtures, and undoing them.

use std::sync::Arc;
use std::time::Duration;

use super::look::Sight;
use super::loose::Loose;
use super::mend::{Health, Spoilt};
use super::observe::Waits;
use super::undo::{Leftover, Made};
use super::{Runner, Stop, link, no_answer};
use crate::judge::{error_type, throttles};
use crate::plan::case::{Draft, SourceKind};
use crate::plan::fixture::{Capture, Fixtures, Scope, Step, Wait};
use crate::support::template::{Bindings, names};
use crate::wire::exchange::{Exchange, Phase, Request, Silence};

/// The fixtures of one worker, made and left in place.
#[derive(Clone, Debug)]
pub(crate) struct MadeFixtures {
    /// What the names in templates stand for.
    pub(crate) bindings: Bindings,
    /// The requests that remove them, each with the service it is for.
    pub(crate) undo: Vec<(Draft, String)>,
    worker: Worker,
}

/// One worker: what it made on the target, and what the names in templates stand for.
#[derive(Clone, Debug)]
pub(crate) struct Worker {
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
    pub(crate) notes: Vec<String>,
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
    /// The target refused it for now, until the time for it was up.
    NotYet(String),
    /// The target failed, and may have made it all the same.
    Failed(String),
    /// What the target named is not what was asked for, or there is one that we did not make.
    Foreign {
        why: String,
        /// Whether another may have been made.
        made: bool,
    },
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
/// How long the answer to a request that makes something is waited for, once the run is to end.
const LAST: Duration = Duration::from_secs(2);

impl Trouble {
    /// How sure it is that the thing was made all the same.
    pub(super) fn made(&self) -> Option<Made> {
        match self {
            Self::Unnamed(_) => Some(Made::Surely),
            Self::Failed(_) | Self::Foreign { made: true, .. } => Some(Made::Perhaps),
            Self::Silent(silence) => {
                let sent = !matches!(silence, Silence::Unreachable(_) | Silence::Ours(_));
                sent.then_some(Made::Perhaps)
            }
            _ => None,
        }
    }

    /// Why, in words.
    pub(super) fn why(self) -> String {
        match self {
            Self::Silent(silence) => silence.to_string(),
            Self::Refused(why)
            | Self::NotYet(why)
            | Self::Failed(why)
            | Self::Foreign { why, .. }
            | Self::Unbound(why)
            | Self::Unnamed(why)
            | Self::Throttled(why) => why,
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

    /// What it made for itself, its mappings among them, and what it made once for the run.
    pub(super) fn apart(self, fixtures: &Fixtures) -> (Self, Self) {
        let once = |(index, _, _): &(usize, Bindings, Made)| {
            fixtures.steps.get(*index).is_some_and(|step| step.scope == Scope::Run)
        };
        let (shared, own) = self.made.iter().cloned().partition(once);
        let rest = Self { made: shared, loose: Loose::default(), queue: None, stream: None, ..self.clone() };
        (Self { made: own, ..self }, rest)
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
    pub(crate) async fn make_fixtures(&self) -> Result<MadeFixtures, (Stop, Vec<Leftover>)> {
        let (worker, made) = self.prepare(0, None).await;
        if let Some(stop) = made.err().or_else(|| self.budget.spent()) {
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
                if let Ok(request) = step.call.bind(known) {
                    undo.push((Draft::of(&request), request.service.clone()));
                }
            }
        }
        Ok(MadeFixtures { bindings, undo, worker })
    }

    /// Removes what [`make_fixtures`](Self::make_fixtures) made, and says what is left.
    pub(crate) async fn remove_fixtures(&self, made: MadeFixtures) -> Vec<Leftover> {
        self.undo(made.worker).await
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
        // A target that gives such an identifier again gives what is ours.
        for (index, bindings, _) in &worker.made {
            let identity = self.plan.fixtures.steps.get(*index).and_then(Step::identity);
            if let Some(identity) = identity.and_then(|name| bindings.get(name)) {
                self.known.release(identity);
            }
        }
        self.make(worker, false).await
    }

    async fn make(&self, worker: &mut Worker, first: bool) -> Result<(), Stop> {
        worker.any.set("worker", worker.number.clone());
        let (mut queue, mut stream) = (Bindings::default(), Bindings::default());
        let mut silent = 0;
        let mut last_refusal = String::new();
        let (mut not_yet, mut mapping_refusal) = (None, None);
        for (index, step) in self.plan.fixtures.steps.iter().enumerate() {
            if let Some(why) = self.budget.spent() {
                return Err(why);
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
                    let for_now = matches!(trouble, Trouble::NotYet(_));
                    let foreign = matches!(trouble, Trouble::Foreign { .. });
                    let otherwise = otherwise(step, &known);
                    if let Some(made) = made {
                        worker.made.push((index, otherwise.clone().unwrap_or_default().over(&known), made));
                    }
                    // What was cut short says nothing of the target.
                    if let Some(why) = self.budget.spent() {
                        return Err(why);
                    }
                    let why = match trouble {
                        Trouble::Silent(Silence::Ours(why)) => return Err(Stop::Failed(why)),
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
                    // What a user can act on is what stayed refused for now, else the first refusal of a mapping, and not
                    // what follows from them.
                    if for_now {
                        not_yet.get_or_insert_with(|| refusal.clone());
                    }
                    if !unbound && self.names_mapping(step) {
                        mapping_refusal.get_or_insert_with(|| refusal.clone());
                    }
                    last_refusal = refusal;
                    // What has our name and is not ours is no substitute.
                    match otherwise.filter(|_| !foreign) {
                        Some(captured) => (captured, None),
                        // What stands on it will find its name unbound, and is not offered either.
                        None if step.optional => continue,
                        None => return Err(Stop::NoFixture(not_yet.unwrap_or(last_refusal))),
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
        Err(Stop::NoFixture(not_yet.or(mapping_refusal).unwrap_or(last_refusal)))
    }

    /// Whether a step makes what the operation's requests are about.
    pub(super) fn names_mapping(&self, step: &Step) -> bool {
        let mut templates = self.plan.binding.label.values();
        templates.any(|t| names(t).is_ok_and(|n| n.iter().any(|n| step.capture.contains_key(*n))))
    }

    /// Makes one thing and reads what it is called.
    pub(super) async fn step(&self, step: &Step, known: &Bindings) -> Result<Bindings, Trouble> {
        let before = match self.look_before(step, known).await {
            Ok(before) => before,
            Err(why) => return Err(Trouble::Foreign { why, made: false }),
        };
        let mut trouble = Trouble::Refused("nothing was tried".to_owned());
        for (number, call) in step.make.iter().enumerate() {
            let request = match call.bind(known) {
                Ok(request) => request,
                Err(error) => return Err(Trouble::Unbound(error.to_string())),
            };
            // Whether it was made is worth a wait: it is to be removed again.
            let sent = self.budget.soon(LAST, self.send_until_usable(&request)).await;
            let Some(exchange) = sent else { return Err(Trouble::Silent(Silence::TimedOut(Phase::Head))) };
            let answer = match &exchange.outcome {
                Ok(answer) if exchange.accepted() => answer,
                Ok(answer) if throttles(&self.plan.service, answer) => {
                    return Err(Trouble::Throttled(no_answer(&self.plan.service, &exchange).unwrap_or_default()));
                }
                Ok(_) if self.refuses_for_now(&exchange) => return Err(Trouble::NotYet(self.said(&exchange))),
                Ok(answer) => {
                    let failed = self.may_be_done(answer);
                    // Were it there, the next request for it would be refused for that.
                    if failed && number + 1 < step.make.len() {
                        self.remove_found(step, known).await;
                    }
                    trouble = match trouble {
                        unnamed @ Trouble::Unnamed(_) => unnamed,
                        Trouble::Failed(_) => Trouble::Failed(self.said(&exchange)),
                        _ if failed => Trouble::Failed(self.said(&exchange)),
                        _ => Trouble::Refused(self.said(&exchange)),
                    };
                    continue;
                }
                Err(silence) => return Err(Trouble::Silent(silence.clone())),
            };
            let captured = match self.captured(step, &exchange, &answer.body) {
                Ok(captured) => captured,
                Err(why) => {
                    trouble = Trouble::Unnamed(why);
                    continue;
                }
            };
            let unseen = matches!(before, Some(Sight::Unseen { .. }));
            if let Some(fault) = self.foreign(step, &captured, &answer.body, known, unseen).await {
                return Err(Trouble::Foreign { why: format!("{}, which {fault}", self.said(&exchange)), made: true });
            }
            if let Some(identity) = step.identity().and_then(|name| captured.get(name)) {
                self.known.hold(identity);
            }
            if let Some(wait) = &step.wait {
                self.wait(wait, &captured.clone().over(known)).await;
            }
            return Ok(captured);
        }
        Err(trouble)
    }

    /// Sends a request again and again while it is refused only for now, for no longer than a transition may take. One that
    /// is throttled although the target was waited for is refused for now as well: nothing can be tested without it.
    async fn send_until_usable(&self, request: &Arc<Request>) -> Exchange {
        let mut waits = Waits::new(self.link.limit(link::Wait::Usable, self.options.settle_timeout));
        loop {
            let exchange = self.link.send(request).await;
            let throttled = exchange.answer().is_some_and(|answer| throttles(&self.plan.service, answer));
            if !throttled && !self.refuses_for_now(&exchange) {
                self.link.came(link::Wait::Usable, waits.elapsed());
                return exchange;
            }
            if self.stopped() {
                return exchange;
            }
            if !waits.wait().await {
                self.link.never_came(link::Wait::Usable);
                return exchange;
            }
        }
    }

    /// What an answer says that the thing is called; else which part of that it does not say.
    fn captured(&self, step: &Step, exchange: &Exchange, body: &[u8]) -> Result<Bindings, String> {
        let mut captured = Bindings::default();
        for (name, how) in &step.capture {
            let Some(value) = how.read(body) else {
                let place = match how {
                    Capture::Json(pointer) => format!(" at {pointer}"),
                    Capture::Text(_) => String::new(),
                };
                return Err(format!("{}, which names no {}{place}", self.said(exchange), name.replace('_', " ")));
            };
            captured.set(name.clone(), value);
        }
        Ok(captured)
    }

    /// What says that the thing that an answer names is not the one that was asked for. Where nobody could see what was
    /// there before, a read of it is asked as well.
    async fn foreign(
        &self,
        step: &Step,
        captured: &Bindings,
        body: &[u8],
        known: &Bindings,
        unseen: bool,
    ) -> Option<String> {
        let document = serde_json::from_slice(body).unwrap_or_default();
        let fault = self.names_another(step, captured, &document, known);
        let (true, None, Some(_), Some(wait)) = (unseen, &fault, step.identity(), &step.wait) else { return fault };
        let request = wait.call.bind(&captured.clone().over(known)).ok()?;
        let read = self.link.send(&request).await;
        let document = serde_json::from_slice(&read.answer()?.body).ok()?;
        step.find.as_ref()?.contradiction(&document, known)
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
