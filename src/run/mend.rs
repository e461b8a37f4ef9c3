//! Resources that a case spoils for the cases after it: put back by a valid update, or made anew.
//!
//! After a case that left the state unknown, its resource is put back by a valid update and a read
//! that must show it. Where that does not help, the worker makes new resources. A control that
//! worked on a resource and fails now is sent once more: if it still fails, and not on new resources,
//! an earlier case spoilt the old one, and the case is fired again.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::resource_health::{FAILED, Kind, Sign, body_of, refused, says_nothing, signs, signs_of};
use super::worker_health::UnknownState;
use super::{CaseResult, Runner, Spoilt, Stop, Worker};
use crate::contract::{Location, Member};
use crate::judge::{Judge, Observation, Role, Verdict};
use crate::plan::case::{Action, BodyDraft, Case, CaseId, Draft, Expect, Purpose, Step, Variant};
use crate::plan::generator::simplest;
use crate::wire::exchange::json::{self, Document};

/// So many signs that a resource is spoilt are named.
const SIGNS: usize = 3;

impl Runner {
    /// Fires a case again where an earlier one spoilt its resource, and says what became of it. The
    /// stop says why there is no use in going on.
    pub(super) async fn unspoilt(
        &self,
        worker: &mut Worker,
        case: &Case,
        first: CaseResult,
    ) -> (CaseResult, Option<Stop>) {
        let Some(variant) = first.observation.as_ref().map(|seen| seen.variant.clone()) else {
            return (first, None);
        };
        let index = first.index;
        let (result, stop) = match signs(&first, &self.plan.service) {
            Some(shown) => self.compared(worker, case, (first, &variant), shown).await,
            None => (first, None),
        };
        worker.health.kind(&variant).last = Some(index);
        (result, stop)
    }

    /// Compares what a control shows with what others showed before it.
    async fn compared(
        &self,
        worker: &mut Worker,
        case: &Case,
        (first, variant): (CaseResult, &Variant),
        shown: BTreeSet<Sign>,
    ) -> (CaseResult, Option<Stop>) {
        let new: BTreeSet<Sign> = shown.difference(&worker.health.usual).cloned().collect();
        let body = first
            .observation
            .as_ref()
            .and_then(|seen| seen.at(Role::Given))
            .map(body_of)
            .unwrap_or_default();

        let kind = worker.health.kind(variant);
        if !refused(&shown) {
            // A control is what shows that a resource is as it should be.
            kind.accepted.insert(body);
            if !kind.sound {
                // The first on a resource says what controls show on this target.
                kind.sound = true;
                worker.health.usual.extend(new);
            } else if new.is_empty() {
                kind.doubted = None;
            } else {
                return self.look_into(worker, case, (first, variant), new).await;
            }
            return (first, None);
        }

        if !kind.sound || new.is_empty() {
            return (first, None);
        }
        self.look_into(worker, case, (first, variant), new).await
    }

    /// Finds out why a control fails that worked before.
    async fn look_into(
        &self,
        worker: &mut Worker,
        case: &Case,
        (first, variant): (CaseResult, &Variant),
        new: BTreeSet<Sign>,
    ) -> (CaseResult, Option<Stop>) {
        let index = first.index;
        let Kind { last, doubted, .. } = worker.health.kind(variant).clone();
        let given = self.given(case);
        let Some(still) = self.check(worker, case, given, variant).await else {
            return (first, None);
        };

        if still.is_disjoint(&new) {
            // It comes and goes: what was answered counts, and the case is fired once more where it
            // was kept from it.
            if !refused(&new) {
                return (first, None);
            }
            let second = self.judged_case(worker, index, case).await;
            return (worker.overtake(first, second, Spoilt::passing()), None);
        }

        if refused(&new) && self.only_this(worker, case, (&first, variant)).await {
            worker.health.usual.extend(new);
            return (first, None);
        }

        match self.anew(worker).await {
            Ok(true) => {}
            Ok(false) => return (named(self.id(doubted.or(last)), first), None),
            Err(stop) => return (first, Some(stop)),
        }

        let second = self.judged_case(worker, index, case).await;
        let shown = signs(&second, &self.plan.service).unwrap_or_default();
        worker.health.kind(variant).sound = !refused(&shown);
        if !shown.is_disjoint(&new) {
            // New resources are no better: that is how this target is, or has become.
            worker
                .health
                .usual
                .extend(shown.intersection(&new).cloned());
            return (named(self.id(doubted.or(last)), second), None);
        }

        let spoilt = Spoilt {
            by: doubted.or(last),
            why: self.why(&first),
            overtaken: None,
        };

        // What follows from a case that is told already is no finding of its own.
        if doubted.is_some() {
            worker.spoilt.push(spoilt);
            return (second, None);
        }

        (worker.overtake(first, second, spoilt), None)
    }

    /// Whether the target refuses just this control, which it never accepted, and its resource is as
    /// it was.
    async fn only_this(
        &self,
        worker: &Worker,
        case: &Case,
        (first, variant): (&CaseResult, &Variant),
    ) -> bool {
        let body = first
            .observation
            .as_ref()
            .and_then(|seen| seen.at(Role::Given))
            .map(body_of)
            .unwrap_or_default();

        let kind = worker.health.variants.get(variant);
        if kind.is_some_and(|kind| kind.accepted.contains(&body)) {
            return false;
        }
        let plain = Draft {
            body: BodyDraft::Text(self.plan.binding.given.clone()),
            ..self.given(case)
        };

        let shown = self.check(worker, case, plain, variant).await;
        shown.is_some_and(|shown| shown.is_subset(&worker.health.usual))
    }

    /// Puts the resource back that a case left in a state nobody knows, or makes new ones.
    ///
    /// # Errors
    /// Why there is no use in going on.
    pub(super) async fn mend(&self, worker: &mut Worker, doubt: UnknownState) -> Result<(), Stop> {
        let UnknownState {
            index,
            case,
            variant,
            ..
        } = &doubt;

        // What is made before each request, and removed after it, is as it was already.
        if !self.plan.binding.around.is_empty() && self.plan.read.is_none() {
            return Ok(());
        }
        // Where a control is refused as always, there is nothing to put right.
        if doubt
            .control
            .as_ref()
            .is_some_and(|c| refused(c) && c.is_subset(&worker.health.usual))
        {
            return Ok(());
        }
        if doubt.told {
            worker.health.kind(variant).doubted = Some(*index);
        }
        let back = self.putting_back(&doubt);
        let wrong = match &back {
            Some(back) => match self.check(worker, case, back.clone(), variant).await {
                None => return Ok(()),
                Some(shown) if shown.is_subset(&worker.health.usual) => return Ok(()),
                Some(shown) => Some(shown),
            },
            None => None,
        };

        if worker.health.failed >= FAILED || !self.anew(worker).await? {
            return Ok(());
        }
        // What new resources show as well, the case is not to blame for.
        let back = back.unwrap_or_else(|| self.given(case));

        if let Some(shown) = self.check(worker, case, back, variant).await {
            let accepted = !refused(&shown);
            worker.health.usual.extend(shown);
            worker.health.kind(variant).sound = accepted;
        }

        // Where new resources are no better, the case spoilt nothing.
        if wrong
            .as_ref()
            .is_none_or(|wrong| !wrong.is_subset(&worker.health.usual))
        {
            let why = wrong.map_or(
                "no valid update names all that it touched".to_owned(),
                |wrong| words(&wrong),
            );
            worker.spoilt.push(Spoilt {
                by: Some(*index),
                why,
                overtaken: None,
            });
        }

        Ok(())
    }

    /// New resources where a sequence left something behind in the place of its resources: the next
    /// one that makes them there would be refused, and rightly.
    ///
    /// # Errors
    /// Why there is no use in going on.
    pub(super) async fn make_room(
        &self,
        worker: &mut Worker,
        by: usize,
        unsure: bool,
    ) -> Result<(), Stop> {
        if worker.created.len() > worker.health.left {
            self.remove_loose(worker).await;
        }
        let left = worker.created.len();
        let more = left > worker.health.left;
        worker.health.left = left;

        let unsure = unsure || worker.created.is_unclear();
        if (more || unsure) && worker.health.failed < FAILED && self.anew(worker).await? {
            let why = "what it made is, or may be, still there".to_owned();
            worker.spoilt.push(Spoilt {
                by: Some(by),
                why,
                overtaken: None,
            });
        }

        Ok(())
    }

    /// New resources after a case spoilt the old ones; `false`: there are none to be had, and the
    /// old ones stay in use.
    pub(super) async fn anew(&self, worker: &mut Worker) -> Result<bool, Stop> {
        let old = worker.variants.clone();
        match self.remake(worker).await {
            Ok(()) => {
                worker.health.failed = 0;
                worker.health.renewed();
                Ok(true)
            }
            Err(Stop::NoFixture(_)) => {
                worker.health.failed += 1;
                worker.variants = old;
                Ok(false)
            }
            Err(other) => Err(other),
        }
    }

    /// A valid update that names every member that the requests of a case named, where the contract
    /// allows.
    fn putting_back(&self, doubt: &UnknownState) -> Option<Draft> {
        let sample = self.plan.sample();
        let generator = self.plan.generator(&sample);
        let of_resource = |name: &String| {
            self.plan
                .binding
                .identity()
                .values()
                .any(|template| template == &format!("${{{name}}}"))
        };

        if !doubt.named.iter().all(of_resource) {
            return None;
        }
        let mut members: Map<String, Value> = generator.given().clone();

        for name in doubt.bodies.iter().flat_map(|body| named_in(body)) {
            let mut input = self.plan.contract.input.iter();
            let is_it = |m: &&Member| m.location == Location::Body && m.wire_name == name;
            let Some(member) = input.find(is_it) else {
                continue;
            };
            if !members.contains_key(&member.name) {
                members.insert(
                    member.name.clone(),
                    simplest(&self.plan.contract, &member.shape, 0)?,
                );
            }
        }

        let mut request = generator.request(&members);
        request.with_token_of("put back");
        Some(request)
    }

    /// Sends a valid update and reads what it did: what is wrong with either. `None`: nobody
    /// answered, or the user wants an end.
    async fn check(
        &self,
        worker: &Worker,
        case: &Case,
        update: Draft,
        variant: &Variant,
    ) -> Option<BTreeSet<Sign>> {
        let (_, bindings) = worker.bindings(variant).ok()?;
        let made = self.budget.unless_spent(self.make_before(worker, bindings));
        let bindings = &made.await.ok()?.over(bindings);
        let request = update
            .bind(bindings, &self.plan.service.signing_name)
            .ok()?;
        let case = valid(case, update);
        let step = case.steps.first()?;
        let mut seen = Observation::new(bindings.clone(), variant.clone());
        let firing = async {
            let sent = self.update(&request).await;
            self.remove_after(worker, step, &sent, bindings).await;
            // What was not accepted put nothing right, whatever comes of the resource later.
            let (read, unsettled) = match sent.accepted() {
                true => self.settle(bindings).await,
                false => (self.look_once(bindings).await, None),
            };
            seen.add(0, Role::Subject, sent);
            if let Some(read) = read {
                seen.add(0, Role::After, read);
            }
            seen.unsettled = unsettled;
        };

        self.budget.unless_spent(firing).await.ok()?;
        // A target that answers neither an update nor a read says nothing of one resource.
        let silent = seen
            .at(Role::After)
            .is_some_and(|read| read.outcome.is_err());

        let sent = seen.at(Role::Subject)?;
        if silent || says_nothing(sent, &self.plan.service) {
            return None;
        }
        let judgement = Judge::of(&self.plan).judge(&case, &seen);
        let accepted = sent.accepted() && seen.unsettled.is_none();
        Some(signs_of(
            &judgement,
            (!accepted).then(|| String::from_utf8_lossy(&request.body).into_owned()),
            |_| true,
        ))
    }

    /// The valid update that a case is fired after, or the one that most are.
    fn given(&self, case: &Case) -> Draft {
        let given = case.given().cloned();
        given.unwrap_or_else(|| self.plan.usual_update())
    }

    fn id(&self, place: Option<usize>) -> Option<&CaseId> {
        place
            .and_then(|place| self.plan.cases.get(place))
            .map(|case| &case.id)
    }

    /// How a failed control shows that its resource was spoilt.
    fn why(&self, result: &CaseResult) -> String {
        let given = result
            .observation
            .as_ref()
            .and_then(|seen| seen.at(Role::Given))
            .filter(|e| !e.accepted());
        given.map_or_else(
            || words(&signs(result, &self.plan.service).unwrap_or_default()),
            |exchange| self.said(exchange),
        )
    }
}

impl Worker {
    /// Keeps what a first try showed beside the result of the second.
    fn overtake(
        &mut self,
        first: CaseResult,
        mut second: CaseResult,
        spoilt: Spoilt,
    ) -> CaseResult {
        second.counts_beside(&first);
        self.spoilt.push(Spoilt {
            overtaken: Some(Box::new(first)),
            ..spoilt
        });
        second
    }
}

/// The same case with a valid update in the place of everything it sends.
fn valid(case: &Case, request: Draft) -> Case {
    Case {
        atoms: Vec::new(),
        steps: vec![Step::new(
            Purpose::Subject,
            Action::Update,
            request,
            Expect::Accept,
        )],
        ..case.clone()
    }
}

/// A result that says which case came before its control failed.
fn named(by: Option<&CaseId>, mut result: CaseResult) -> CaseResult {
    if let (Verdict::Masked(why), Some(by)) = (&mut result.judgement.verdict, by) {
        why.push_str(&format!("; it was accepted until {by} was fired"));
    }
    result
}

fn words(signs: &BTreeSet<Sign>) -> String {
    let words = signs.iter().take(SIGNS).map(|sign| match sign {
        Sign::Refused(_) => "a valid update is not accepted",
        Sign::Finding(id) => id.as_str(),
    });
    let named = words.collect::<Vec<_>>().join(", ");
    match signs.len().checked_sub(SIGNS) {
        None | Some(0) => named,
        Some(more) => format!("{named} and {more} more"),
    }
}

/// The names of the members of a body, as far as it can be read.
fn named_in(body: &[u8]) -> Vec<String> {
    match json::read(body) {
        Document::Value(Value::Object(members)) => {
            members.into_iter().map(|(name, _)| name).collect()
        }
        _ => Vec::new(),
    }
}
