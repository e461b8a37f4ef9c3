//! Several invalid requests behind one valid update.
//!
//! An invalid request that is refused leaves its resource as it was. So the control of one is the
//! control of the next, and the reads around all of them are reads around each: the update is sent
//! before the first and again after the last, and the resource is read before and after all.
//!
//! Only what comes through without any finding counts so. Whatever else a case of a chain comes to,
//! it is fired once more the long way, by itself, and that is what is told: a finding always has
//! exchanges of its own, and nothing is found that depends on the chain. Where a chain shows that
//! something was changed, its cases are fired again on new resources: a change that no update takes
//! back would not show a second time.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::accepted_control::AcceptedControl;
use super::link::{self, Chained, Link};
use super::outcome::no_answer;
use super::worker_health::shows_change;
use super::{CaseResult, Runner, Worker};
use crate::judge::{Judge, Observation, Role, SharedLooks, Verdict};
use crate::plan::Plan;
use crate::plan::case::{Case, Draft, Expect, Purpose, Variant};
use crate::support::template::Bindings;
use crate::wire::exchange::{Exchange, Request};

/// A chain that is fired, with what its cases have in common.
struct Chain<'a> {
    links: Vec<Link<'a>>,
    variant: Variant,
    bindings: Bindings,
    /// The read of the resource.
    read: Arc<Request>,
    /// What answers are compared with.
    twins: Vec<Exchange>,
    control: AcceptedControl,
    /// How many requests were sent for it before the first case.
    sent: usize,
}

/// Of these cases, in order, how many at most can be fired behind one update: an odd number. 1: the
/// first goes by itself.
pub(super) fn length(plan: &Plan, places: &[usize], most: usize) -> usize {
    let mut cases = places.iter().map_while(|place| plan.cases.get(*place));
    let Some(first) = cases.next().filter(|case| chains(plan, case)) else {
        return 1;
    };
    let given = first.given().map(members).unwrap_or_default();
    let mut named = first.request().map(members).unwrap_or_default();
    let mut count = 1;
    for case in cases.take(most.saturating_sub(1)) {
        let same = case.variant == first.variant && case.given() == first.given();
        let own = case.request().map(members).unwrap_or_default();
        // What breaks the contract has no value that the update gave.
        let sound = own
            .iter()
            .filter(|(name, _)| own.len() > 1 && !is_about(case, name));
        if !same || !chains(plan, case) || hides(plan, &given, &named, sound) {
            break;
        }
        named.extend(own.clone());
        count += 1;
    }

    count - (count + 1) % 2
}

/// Whether a case is about an update that is refused, or may be, and changes nothing then.
pub(super) fn chains(plan: &Plan, case: &Case) -> bool {
    let refused = matches!(
        case.expect(),
        Expect::Reject(_) | Expect::Either(_) | Expect::LikeTwin | Expect::AsTwin
    );
    let family = plan.service.family(case.expect().class());
    let opaque = family.is_some_and(|family| family.opaque);

    refused && !opaque && link::shares(case)
}

/// Whether a request could hide what an earlier one did although it was refused: it names a member
/// that the earlier one named too, with the value that the update before both gave it.
fn hides<'a>(
    plan: &Plan,
    given: &Map<String, Value>,
    named: &Map<String, Value>,
    mut own: impl Iterator<Item = (&'a String, &'a Value)>,
) -> bool {
    own.any(|(name, value)| {
        let other = named.get(name).is_some_and(|before| before != value);
        // One function has several names.
        let may_mean = plan.binding.reference.contains_key(name) || given.get(name) == Some(value);
        other && may_mean
    })
}

/// Whether a case is about what that member of the request holds.
fn is_about(case: &Case, member: &str) -> bool {
    let mut about = case.atoms.iter().map(|atom| atom.parts().request_member());
    about.any(|name| name == Some(member))
}

/// The members that a request names, as far as it can be read.
fn members(draft: &Draft) -> Map<String, Value> {
    draft.members().unwrap_or_default()
}

impl Runner {
    /// Fires cases behind one update.
    pub(super) async fn chained(&self, worker: &mut Worker, places: &[usize]) -> Chained {
        self.links(worker, places).await.unwrap_or_default()
    }

    /// As [`chained`](Self::chained). `None`: nothing came of it.
    async fn links(&self, worker: &mut Worker, places: &[usize]) -> Option<Chained> {
        let chain = self.begin(worker, places).await?;
        let mut refusals = Vec::new();
        for link in &chain.links {
            let request = link.request(Purpose::Subject)?;
            let exchange = self.client.send(&request).await;
            if !self.is_plain_refusal(&exchange) {
                let result = self.broken(&chain, link, exchange).await;
                let fired = places.iter().take(refusals.len() + 1);
                return Some(Chained {
                    broke: Some(Box::new(result)),
                    again: fired.copied().collect(),
                    ..Chained::default()
                });
            }
            refusals.push(exchange);
        }

        // Were a control refused from now on, one of these would be to blame.
        worker.health.kind(&chain.variant).last = places.last().copied();
        let after = self.at_rest(&chain.read, false).await?;
        // A target that changed its mind since refuses now what it accepted before.
        let control = &chain.control;
        let next = self.send_control(&chain.variant, &control.request, &chain.read);
        let next = next.await?;
        let (results, changed) = self.judged_links(&chain, refusals, &after);

        worker.silent = 0;
        self.client.left_in_transition(false);
        worker.last_control = Some(next);
        let through = |place: &usize| results.iter().any(|result| result.index == *place);
        let again = places.iter().copied().filter(|place| !through(place));
        Some(Chained {
            again: again.collect(),
            changed,
            results,
            ..Chained::default()
        })
    }

    /// Sends what the cases have in common. `None`: they cannot be fired behind one update now.
    async fn begin(&self, worker: &mut Worker, places: &[usize]) -> Option<Chain<'_>> {
        let kept = worker.last_control.take();
        let first = self.plan.cases.get(*places.first()?)?;
        let (variant, bindings) = worker.bindings(&first.variant).ok()?;
        let (variant, bindings) = (variant.clone(), bindings.clone());
        let kind = worker.health.kind(&variant);
        if !kind.sound || kind.doubted.is_some() {
            return None;
        }

        let links = places.iter().map(|place| self.link(*place, &bindings));
        let links: Vec<Link<'_>> = links.collect::<Option<_>>()?;
        let read = self.read(&bindings, None)?;
        let update = links.first()?.request(Purpose::Given)?;

        let twins = self.twins(&links, &read).await?;
        let kept = kept
            .filter(|kept| twins.is_empty() && kept.variant == variant && kept.request == update);
        let sent = twins.len() + if kept.is_some() { 0 } else { 2 };
        let control = match kept {
            Some(control) => control,
            None => self.send_control(&variant, &update, &read).await?,
        };
        Some(Chain {
            links,
            variant,
            bindings,
            read,
            twins,
            control,
            sent,
        })
    }

    /// What came of a case whose request was not refused.
    async fn broken(&self, chain: &Chain<'_>, link: &Link<'_>, subject: Exchange) -> CaseResult {
        let begun = self.begins(&subject);
        let (after, unsettled) = self.settle_after(&chain.read, begun).await;
        let mut seen = chain.seen_of(link, subject, after);
        seen.unsettled = unsettled;
        link.judged(Judge::of(&self.plan), seen)
    }

    /// The results that count, of cases that were all refused; and whether others show that
    /// something was changed.
    fn judged_links(
        &self,
        chain: &Chain<'_>,
        refusals: Vec<Exchange>,
        after: &Exchange,
    ) -> (Vec<CaseResult>, bool) {
        // The first case counts what all have in common; the read after them and the last control
        // with its read are three more.
        let mut sent = chain.sent + 3;
        let (mut results, mut changed) = (Vec::new(), false);
        let shared = SharedLooks::default();
        let judge = Judge::of(&self.plan).sharing(&shared);
        for (link, subject) in chain.links.iter().zip(refusals) {
            let mut seen = chain.seen_of(link, subject, Some(after.clone()));
            seen.requests = Some(1 + std::mem::take(&mut sent));
            let result = link.judged(judge, seen);
            changed |= shows_change(&result);
            if result.judgement.verdict == Verdict::Pass && result.judgement.findings.is_empty() {
                results.push(result);
            }
        }
        (results, changed)
    }

    /// Sends what answers are compared with, each request once. `None`: one was not answered as it
    /// should be.
    async fn twins(&self, links: &[Link<'_>], read: &Arc<Request>) -> Option<Vec<Exchange>> {
        let mut twins: Vec<Exchange> = Vec::new();
        for link in links {
            let Some(request) = link.request(Purpose::Twin) else {
                continue;
            };
            if twins.iter().any(|twin| twin.request == request) {
                continue;
            }
            let twin = self.update(&request).await;
            let compared = matches!(link.case.expect(), Expect::LikeTwin | Expect::AsTwin);
            if !(twin.accepted() || compared && self.is_plain_refusal(&twin)) {
                return None;
            }
            self.at_rest(read, self.begins(&twin)).await?;
            twins.push(twin);
        }
        Some(twins)
    }

    /// Sends the update that makes the state of a chain, and reads the state.
    pub(super) async fn send_control(
        &self,
        variant: &Variant,
        update: &Arc<Request>,
        read: &Arc<Request>,
    ) -> Option<AcceptedControl> {
        let given = self.update(update).await;
        if !given.accepted() {
            return None;
        }
        let before = self.at_rest(read, self.begins(&given)).await?;
        Some(AcceptedControl {
            variant: variant.clone(),
            request: Arc::clone(update),
            given,
            before,
        })
    }

    /// The read of a resource at rest; none where it does not come to it, or cannot be read.
    async fn at_rest(&self, read: &Arc<Request>, begun: bool) -> Option<Exchange> {
        let (read, unsettled) = self.settle_after(read, begun).await;
        read.filter(|read| read.accepted() && unsettled.is_none())
    }

    /// Whether an answer refuses a request, and for more than a moment.
    fn is_plain_refusal(&self, exchange: &Exchange) -> bool {
        let refused = exchange
            .answer()
            .is_some_and(|answer| (400..500).contains(&answer.status));
        let answered = no_answer(&self.plan.service, exchange).is_none();
        refused && answered && !self.in_transition(exchange)
    }
}

impl Chain<'_> {
    /// What was seen of one of the cases, in the order in which it is fired by itself.
    fn seen_of(&self, link: &Link<'_>, subject: Exchange, after: Option<Exchange>) -> Observation {
        let mut seen = Observation::new(self.bindings.clone(), self.variant.clone());
        let own = link.request(Purpose::Twin);
        let twin = own.and_then(|own| self.twins.iter().find(|twin| twin.request == own));
        if let (Some(at), Some(twin)) = (link.at(Purpose::Twin), twin) {
            seen.add(at, Role::Twin, twin.clone());
        }

        let at = link.at(Purpose::Given).unwrap_or_default();
        seen.add(at, Role::Given, self.control.given.clone());
        let at = link.at(Purpose::Subject).unwrap_or_default();
        seen.add(at, Role::Before, self.control.before.clone());
        seen.add(at, Role::Subject, subject);
        if let Some(after) = after {
            seen.add(at, Role::After, after);
        }
        seen
    }
}
