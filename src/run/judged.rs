//! One case, fired and judged.

use std::sync::Arc;

use super::{CaseResult, Keep, Runner, Worker, skipped};
use crate::judge::{Judge, Memo, Observation};
use crate::plan::case::Case;

impl Runner {
    /// Fires one case with a worker, and judges it.
    pub(super) async fn judged(&self, worker: &Worker, index: usize) -> CaseResult {
        match self.plan.cases.get(index) {
            Some(case) => self.judged_case(worker, index, case).await,
            None => CaseResult {
                index,
                judgement: skipped(format!("the plan has no case {index}")),
                observation: None,
            },
        }
    }

    /// Fires a case that need not be in the plan, in place of the one that is.
    pub(crate) async fn judged_case(
        &self,
        worker: &Worker,
        index: usize,
        case: &Case,
    ) -> CaseResult {
        self.watched_case(worker, index, case, Keep::All, &mut Memo::default(), |_| ())
            .await
    }

    /// As [`judged_case`](Self::judged_case); `watch` is told after each step of a sequence, while
    /// what its answers say is at hand, and what was right in them is kept in `memo`: of what is
    /// known from there the judgement does not say that it was tested.
    pub(crate) async fn watched_case<'a>(
        &'a self,
        worker: &Worker,
        index: usize,
        case: &Case,
        keep: Keep,
        memo: &mut Memo<'a>,
        mut watch: impl FnMut(&Observation) + Send,
    ) -> CaseResult {
        if let Some(why) = self.stays.enough_of_cases(&self.plan) {
            return CaseResult {
                index,
                judgement: skipped(why),
                observation: None,
            };
        }

        let judge = Judge::of(&self.plan);
        let mut model = judge.model(case, std::mem::take(memo));
        let mut looked_at = 0;
        let nothing = Arc::default();
        let each = |seen: &mut Observation| {
            let Some(model) = &mut model else { return };
            let told = model.follow(seen);
            watch(seen);
            // Of a long sequence all documents at once are more than a processor has at hand, and
            // who judges the last of them only then waits for each. The same goes for requests and
            // answers that nobody will ask for.
            for fired in seen.fired.iter_mut().skip(looked_at) {
                if keep == Keep::All || told || judge.outweighs(&fired.exchange) {
                    fired.exchange.forget_document();
                } else {
                    fired.exchange.forget(&nothing);
                }
            }
            looked_at = seen.fired.len();
        };

        let result = match self.observe(worker, case, each).await {
            Ok(seen) => {
                let judgement = judge.judge_followed(case, &seen, model.as_mut());
                CaseResult {
                    index,
                    judgement,
                    observation: Some(seen),
                }
            }
            Err(why) => CaseResult {
                index,
                judgement: skipped(why),
                observation: None,
            },
        };

        if let Some(model) = model {
            *memo = model.into_memo();
        }
        result
    }
}
