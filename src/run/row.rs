//! Several valid updates behind one another.
//!
//! What one update leaves is the state before the next, and the read after one is the read before
//! the next. The update that makes a state is sent only where the next case would show too little:
//! where the resource has one of its values already.
//!
//! Only what comes through without any finding counts so. A case that comes to anything else is
//! fired once more the long way, by itself.

use std::sync::Arc;

use super::accepted_control::AcceptedControl;
use super::link::{self, Chained, Link};
use super::{CaseResult, Runner, Worker};
use crate::judge::{Judge, Observation, Role, SharedLooks, Verdict};
use crate::plan::Plan;
use crate::plan::case::{Case, Expect, Purpose};
use crate::wire::exchange::{Exchange, Request};

/// The state of a resource, and what made it where that was sent for the next case.
struct State {
    given: Option<Exchange>,
    read: Exchange,
}

/// Of these cases, in order, how many at most can be fired in a row.
pub(super) fn length(plan: &Plan, places: &[usize], most: usize) -> usize {
    let mut cases = places.iter().map_while(|place| plan.cases.get(*place));
    let Some(first) = cases.next().filter(|case| stands_in_row(case)) else {
        return 1;
    };
    let more = cases.take_while(|case| case.variant == first.variant && stands_in_row(case));
    1 + more.take(most.saturating_sub(1)).count()
}

/// Whether a case is about an update that is accepted, whatever the state before.
pub(super) fn stands_in_row(case: &Case) -> bool {
    let accepted = matches!(case.expect(), Expect::Accept);
    accepted && case.step(Purpose::Twin).is_none() && link::shares(case)
}

impl Runner {
    /// Fires cases in a row. The next is always the first of those that are left which shows
    /// something in the state at hand.
    pub(super) async fn in_a_row(&self, worker: &mut Worker, places: &[usize]) -> Chained {
        let kept = worker.last_control.take();
        self.row(worker, places, kept).await.unwrap_or_default()
    }

    /// As [`in_a_row`](Self::in_a_row). `None`: the cases cannot be fired so now.
    async fn row(
        &self,
        worker: &mut Worker,
        places: &[usize],
        kept: Option<AcceptedControl>,
    ) -> Option<Chained> {
        let first = self.plan.cases.get(*places.first()?)?;
        let (variant, bindings) = worker.bindings(&first.variant).ok()?;
        let (variant, bindings) = (variant.clone(), bindings.clone());
        let kind = worker.health.kind(&variant);
        if !kind.sound || kind.doubted.is_some() {
            return None;
        }

        let read = self.read(&bindings, None)?;
        let links = places.iter().map(|place| self.link(*place, &bindings));
        let mut links: Vec<Link<'_>> = links.collect::<Option<_>>()?;
        let shared = SharedLooks::default();
        let judge = Judge::of(&self.plan).sharing(&shared);
        let mut chained = Chained::default();
        let kept = kept.filter(|kept| kept.variant == variant);
        let mut state = kept.map(|kept| kept.before);

        while !links.is_empty() {
            let (at, before) = match next_in(&judge, &links, state.take()) {
                Some(next) => next,
                None => {
                    let given = links[0].request(Purpose::Given)?;
                    let Some(control) = self.send_control(&variant, &given, &read).await else {
                        chained.again = vec![links[0].place];
                        return Some(chained);
                    };
                    let (given, read) = (Some(control.given), control.before);
                    (0, State { given, read })
                }
            };
            let link = links.remove(at);
            let seen = Observation::new(bindings.clone(), variant.clone());
            let (result, after) = self.fire_link(&link, before, seen, &read, judge).await?;
            // Were the next update refused, this case might be to blame.
            worker.health.kind(&variant).last = Some(link.place);

            let counts = result.judgement.verdict == Verdict::Pass;
            if !counts || !result.judgement.findings.is_empty() {
                chained.again = vec![link.place];
                chained.broke = Some(Box::new(result));
                return Some(chained);
            }
            worker.silent = 0;
            self.client.left_in_transition(false);
            chained.results.push(result);
            state = after;
        }

        Some(chained)
    }

    /// Fires the update of a case, in that state; with the read after it.
    async fn fire_link(
        &self,
        link: &Link<'_>,
        before: State,
        mut seen: Observation,
        read: &Arc<Request>,
        judge: Judge<'_>,
    ) -> Option<(CaseResult, Option<Exchange>)> {
        seen.requests = Some(if before.given.is_some() { 4 } else { 2 });
        if let Some(given) = before.given {
            seen.add(link.at(Purpose::Given)?, Role::Given, given);
        }
        let at = link.at(Purpose::Subject)?;
        seen.add(at, Role::Before, before.read);

        let subject = self.update(&link.request(Purpose::Subject)?).await;
        let begun = self.begins(&subject);
        seen.add(at, Role::Subject, subject);
        let (after, unsettled) = self.settle_after(read, begun).await;
        if let Some(after) = &after {
            seen.add(at, Role::After, after.clone());
        }
        seen.unsettled = unsettled;
        Some((link.judged(judge, seen), after))
    }
}

/// The first case that shows something in that state.
fn next_in(
    judge: &Judge<'_>,
    links: &[Link<'_>],
    state: Option<Exchange>,
) -> Option<(usize, State)> {
    let read = state?;
    let shows = |link: &Link<'_>| {
        let request = link.request(Purpose::Subject);
        request.is_some_and(|request| judge.changes_all(&request, &read))
    };
    let at = links.iter().position(shows)?;
    Some((at, State { given: None, read }))
}
