//! Making fixtures, and undoing them.

use indexmap::IndexMap;

use super::accepted_control::ChainLimit;
use super::created::CreatedResources;
use super::leftover::Made;
use super::resource_health::ResourceHealth;
use super::step::{Trouble, otherwise};
use super::{Leftover, MadeFixtures, Runner, Stop, Worker};
use crate::plan::case::{Draft, Variant};
use crate::plan::fixture::{GIVEN_NAMES, Scope, Step, Wait};
use crate::support::template::{Bindings, names};
use crate::wire::exchange::Silence;

/// Which of the fixtures that are made once a run a worker makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Once {
    /// All: it is the first worker of all.
    All,
    /// Those that no worker before it made.
    Lacking,
    /// None of them.
    Nothing,
}

impl Once {
    fn is_for(self, step: &Step, known: &Bindings) -> bool {
        match self {
            Self::All => true,
            // The account is known from the start, and told more exactly by what is made.
            Self::Lacking => {
                let own = |name: &&String| !GIVEN_NAMES.contains(&name.as_str());
                let mut own = step.capture.keys().filter(own);
                own.all(|name| known.get(name).is_none())
            }
            Self::Nothing => false,
        }
    }
}

/// So many times a worker makes itself new resources; a target that loses them all the time is not
/// worth more.
const RENEWALS: u32 = 100;
/// So many steps in a row without an answer mean that there is no one there.
const SILENT_STEPS: u32 = 3;
/// So many answers that are alike to the last byte, in which several kinds of things were asked for.
const ALIKE: u64 = 10;

impl Runner {
    /// What every fixture knows, but for the worker's number; the account until a fixture tells
    /// another.
    pub(super) fn given_names(&self) -> Bindings {
        let mut names = Bindings::default();
        names.set("run", self.options.token.clone());
        names.set("region", self.plan.region.clone());
        names.set("account", "123456789012");
        names
    }

    /// Makes the fixtures of a worker. `shared`: what an earlier worker knows of those made once a
    /// run.
    ///
    /// What was made is in the worker even where the rest failed, so that it can be undone.
    pub(crate) async fn prepare(
        &self,
        number: usize,
        shared: Option<&Bindings>,
    ) -> (Worker, Result<(), Stop>) {
        self.prepare_with(number, shared, Once::Nothing).await
    }

    /// As [`prepare`](Self::prepare), for the first worker of an operation after another one: what is
    /// made once a run and was not needed before is made now.
    pub(super) async fn prepare_after(
        &self,
        number: usize,
        shared: &Bindings,
    ) -> (Worker, Result<(), Stop>) {
        self.prepare_with(number, Some(shared), Once::Lacking).await
    }

    async fn prepare_with(
        &self,
        number: usize,
        shared: Option<&Bindings>,
        once: Once,
    ) -> (Worker, Result<(), Stop>) {
        let mut any = self.given_names();
        // What another worker made for itself is no concern of this one.
        let of_run = |name: &str| {
            let mut once = self.plan.fixtures.steps.iter();
            GIVEN_NAMES.contains(&name) || once.any(|s| s.scope == Scope::Run && s.gives(name))
        };
        for (name, value) in shared.into_iter().flat_map(Bindings::iter) {
            if of_run(name) {
                any.set(name, value);
            }
        }

        let mut worker = Worker {
            number: number.to_string(),
            any,
            variants: IndexMap::new(),
            made: Vec::new(),
            created: CreatedResources::default(),
            notes: Vec::new(),
            renewed: 0,
            vanished: 0,
            health: ResourceHealth::default(),
            spoilt: Vec::new(),
            last_control: None,
            chain_limit: ChainLimit::default(),
            alone: 0,
            silent: 0,
        };

        let once = match shared {
            None => Once::All,
            Some(_) => once,
        };
        let made = self.make(&mut worker, once).await;
        (worker, made)
    }

    /// Makes the fixtures of one worker and leaves them: what the names stand for, and the requests
    /// that undo them, each with the service it is for.
    ///
    /// # Errors
    /// Why they could not be made, and what was made on the way and could not be removed again.
    pub(crate) async fn make_fixtures(&self) -> Result<MadeFixtures, (Stop, Vec<Leftover>)> {
        let (worker, made) = self.prepare(0, None).await;
        if let Some(stop) = made.err().or_else(|| self.budget.spent()) {
            return Err((stop, self.undo(worker).await));
        }
        let mut bindings = worker
            .bindings(&Variant::ANY)
            .map(|(_, b)| b.clone())
            .unwrap_or_default();

        for (variant, own) in &worker.variants {
            let Some(prefix) = variant.prefix() else {
                continue;
            };
            for name in self.plan.fixtures.names_of(variant) {
                if let Some(value) = own.get(name) {
                    bindings.set(format!("{prefix}{name}"), value);
                }
            }
        }

        let mut undo = Vec::new();
        for (index, known, _) in worker.made.iter().rev() {
            for step in self
                .plan
                .fixtures
                .steps
                .get(*index)
                .iter()
                .flat_map(|s| &s.undo)
            {
                if let Ok(request) = step.call.bind(known) {
                    undo.push((Draft::of(&request), request.service.clone()));
                }
            }
        }

        Ok(MadeFixtures {
            bindings,
            undo,
            worker,
        })
    }

    /// Removes what [`make_fixtures`](Self::make_fixtures) made, and says what is left.
    pub(crate) async fn remove_fixtures(&self, made: MadeFixtures) -> Vec<Leftover> {
        self.undo(made.worker).await
    }

    /// New resources for a worker whose old ones are of no use any more.
    pub(super) async fn renew(&self, worker: &mut Worker) -> Result<(), Stop> {
        worker.vanished += 1;
        if worker.vanished > RENEWALS {
            let why = format!(
                "{RENEWALS} resources vanished or stayed in transition, and each had to be made anew"
            );
            return Err(Stop::NoFixture(why));
        }
        self.remake(worker).await?;
        worker.health.renewed();
        Ok(())
    }

    /// New resources in the place of a worker's old ones.
    pub(super) async fn remake(&self, worker: &mut Worker) -> Result<(), Stop> {
        worker.renewed += 1;
        let base = worker
            .number
            .split('n')
            .next()
            .unwrap_or_default()
            .to_owned();

        worker.number = format!("{base}n{}", worker.renewed);
        worker.variants.clear();
        // A target that gives such an identifier again gives what is ours.
        for (index, bindings, _) in &worker.made {
            let identity = self
                .plan
                .fixtures
                .steps
                .get(*index)
                .and_then(Step::identity);
            if let Some(identity) = identity.and_then(|name| bindings.get(name)) {
                self.known.release(identity);
            }
        }

        self.make(worker, Once::Nothing).await
    }

    async fn make(&self, worker: &mut Worker, once: Once) -> Result<(), Stop> {
        if let Some(why) = &self.plan.unreached {
            return Err(Stop::NoFixture(why.clone()));
        }
        worker.any.set("worker", worker.number.clone());
        // What the fixtures of each variant gave.
        let variants = self.plan.binding.variants();
        let mut own: IndexMap<Variant, Bindings> = variants
            .into_iter()
            .map(|variant| (variant, Bindings::default()))
            .collect();
        let mut silent = 0;
        let mut last_refusal = String::new();
        let (mut not_yet, mut resource_refusal) = (None, None);
        // What was made is waited for when it is needed, so that transitions overlap.
        let mut not_usable: Vec<(&Step, &Wait, Bindings)> = Vec::new();
        for (index, step) in self.plan.fixtures.steps.iter().enumerate() {
            if let Some(why) = self.budget.spent() {
                return Err(why);
            }
            let is_left = step.scope == Scope::Run && !once.is_for(step, &worker.any);
            if is_left || self.plan.unneeded.contains(&index) {
                continue;
            }
            let of_variant = own.get(&step.variant).filter(|_| !step.variant.is_any());
            let known = of_variant.cloned().unwrap_or_default().over(&worker.any);
            let needed = not_usable.extract_if(.., |(made, _, _)| needs(step, made));
            for (_, wait, bindings) in needed.collect::<Vec<_>>() {
                self.wait(wait, &bindings).await;
            }
            let (captured, made) = match self.make_one(step, &known).await {
                Ok(captured) => {
                    silent = 0;
                    if let Some(wait) = &step.wait {
                        not_usable.push((step, wait, captured.clone().over(&known)));
                    }
                    (captured, Some(Made::Surely))
                }
                Err(trouble) => {
                    let made = trouble.made();
                    silent = if matches!(trouble, Trouble::Silent(_)) {
                        silent + 1
                    } else {
                        0
                    };
                    let unbound = matches!(trouble, Trouble::Unbound(_));
                    let for_now = matches!(trouble, Trouble::NotYet(_));
                    let foreign = matches!(trouble, Trouble::Foreign { .. });
                    let otherwise = otherwise(step, &known);
                    if let Some(made) = made {
                        worker.made.push((
                            index,
                            otherwise.clone().unwrap_or_default().over(&known),
                            made,
                        ));
                    }
                    // What was cut short says nothing of the target.
                    if let Some(why) = self.budget.spent() {
                        return Err(why);
                    }
                    let why = match trouble {
                        Trouble::Silent(Silence::Ours(why)) => return Err(Stop::Failed(why)),
                        Trouble::Silent(Silence::Unreachable(why)) => {
                            let hint = hint(&why);
                            return Err(Stop::Unreachable(format!(
                                "the target cannot be reached: {why}{hint}"
                            )));
                        }
                        Trouble::Silent(silence) if silent >= SILENT_STEPS => {
                            return Err(Stop::Unreachable(format!(
                                "the target gives no usable answer: {silence}"
                            )));
                        }
                        Trouble::Throttled(why) => {
                            return Err(Stop::Unreachable(format!("the target is busy: {why}")));
                        }
                        trouble => trouble.why(),
                    };
                    worker.notes.push(format!("fixture {}: {why}", step.id));
                    let refusal = format!("fixture {}: {why}", step.id);
                    // What a user can act on is what stayed refused for now, else the first refusal
                    // of a resource, and not what follows from them.
                    if for_now {
                        not_yet.get_or_insert_with(|| refusal.clone());
                    }
                    if !unbound && self.names_resource(step) {
                        resource_refusal.get_or_insert_with(|| refusal.clone());
                        // Who has one answer for all has it for the other resources too.
                        if self.client.alike(ALIKE).is_some() {
                            return Err(Stop::NoFixture(refusal));
                        }
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
            let into = if step.variant.is_any() {
                &mut worker.any
            } else {
                own.entry(step.variant.clone()).or_default()
            };
            for (name, value) in captured.iter() {
                into.set(name, value);
            }
        }
        for (_, wait, bindings) in &not_usable {
            self.wait(wait, bindings).await;
        }

        let identity = self.plan.binding.identity();
        // What is made before a request has its name only then.
        let later = self.stand_ins();
        let label_bound = |b: &Bindings| {
            let all = later.clone().over(b);
            identity.values().all(|t| all.fill(t).is_ok())
        };
        let usable = |b: Bindings| Some(b.over(&worker.any)).filter(label_bound);
        let offered = own
            .into_iter()
            .filter_map(|(variant, bindings)| Some((variant, usable(bindings)?)));
        worker.variants = offered.collect();
        if !worker.variants.is_empty() {
            return Ok(());
        }
        Err(Stop::NoFixture(
            not_yet.or(resource_refusal).unwrap_or(last_refusal),
        ))
    }

    /// Whether a step makes what the operation's requests are about.
    pub(super) fn names_resource(&self, step: &Step) -> bool {
        let mut templates = self.plan.binding.identity().values();
        templates.any(|t| names(t).is_ok_and(|n| n.iter().any(|n| step.capture.contains_key(*n))))
    }
}

/// Whether a step stands on what another made: it names it, or it takes something away.
fn needs(step: &Step, made: &Step) -> bool {
    let captures = |name: &str| made.capture.contains_key(name);
    step.make.iter().any(|call| {
        let mut templates = call.templates();
        let named = |t: &str| names(t).is_ok_and(|names| names.iter().any(|name| captures(name)));
        call.method == "DELETE" || templates.any(named)
    })
}

/// What may help against that reason why a target cannot be reached.
fn hint(why: &str) -> &'static str {
    let tells = |kinds: &[&str]| kinds.iter().any(|kind| why.contains(kind));
    // Of an authority of the same name, but another key, it is the signature that is wrong.
    if tells(&["UnknownIssuer", "BadSignature"]) {
        return "; AWS_CA_BUNDLE names a file of the authorities to trust";
    }
    // What `openssl req -x509` makes unless told otherwise.
    if tells(&["CaUsedAsEndEntity"]) {
        return "; a server's certificate must say CA:FALSE, and AWS_CA_BUNDLE names a file of the \
                authorities to trust";
    }
    if tells(&["refused"]) {
        return "; is it running? --wait 60s waits for one that is still starting";
    }
    ""
}
