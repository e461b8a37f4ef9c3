//! Making a worker fit for the next case, after what the last one did to it.

use super::{CaseResult, Event, Runner, Stop, Worker, WorkerHealth};

/// After so many cases in a row without an answer to a valid request, the target is taken for dead.
const DEAD_AFTER: u32 = 3;
/// After so many cases in a row that left their resource in transition, the target is taken to leave
/// every one there.
const STUCK_AFTER: u32 = 5;

impl Runner {
    /// Makes a worker fit for the next case after one, and gives what there is to tell of that:
    /// first what came of the resources, and last the case's result. The stop says why there is no
    /// use in going on.
    pub(super) async fn tended(
        &self,
        worker: &mut Worker,
        index: usize,
        result: CaseResult,
    ) -> (Vec<Event>, Option<Stop>) {
        let Some(case) = self.plan.cases.get(index) else {
            return (vec![Event::Judged(Box::new(result))], None);
        };
        let (result, mut over) = self.unspoilt(worker, case, result).await;

        if over.is_none() {
            over = self
                .tend(worker, WorkerHealth::of(case, &result, &self.plan.service))
                .await
                .err();
        }

        let spoilt = worker
            .take_spoilt()
            .into_iter()
            .map(|spoilt| Event::Spoilt(Box::new(spoilt)));

        (
            spoilt.chain([Event::Judged(Box::new(result))]).collect(),
            over,
        )
    }

    /// Makes a worker fit for the next case. `Err` says why there is no use in one.
    pub(crate) async fn tend(&self, worker: &mut Worker, health: WorkerHealth) -> Result<(), Stop> {
        if let Some(why) = health.ours {
            return Err(Stop::Failed(why));
        }
        worker.silent = if health.dead.is_some() {
            worker.silent + 1
        } else {
            0
        };

        let stuck = self.client.left_in_transition(health.unsettled.is_some());
        let silent = health.dead.is_some() && worker.silent >= DEAD_AFTER;
        if let Some(why) = health.dead.or(health.unreached)
            && (silent || self.client.unreachable().await)
        {
            return Err(Stop::Unreachable(format!(
                "the target stopped answering: {why}"
            )));
        }

        if let Some(why) = self.client.lost() {
            return Err(Stop::Hangs(why));
        }
        if let Some(state) = health.unsettled.filter(|_| stuck >= STUCK_AFTER) {
            return Err(Stop::NoFixture(format!(
                "{STUCK_AFTER} new resources in a row stayed {state} for good"
            )));
        }

        if let Some((place, unsure)) = health.made {
            self.make_room(worker, place, unsure).await?;
        }
        match health.doubt {
            _ if health.spoilt => self.renew(worker).await,
            Some(doubt) => self.mend(worker, doubt).await,
            None => Ok(()),
        }
    }
}
