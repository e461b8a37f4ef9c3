//! The plan of the files that are built in.

use std::sync::{Arc, OnceLock};

use crate::plan::case::{BodyDraft, Defaults};
use crate::plan::generator::Generator;
use crate::plan::{Plan, PlanOptions};
use crate::support::files::Files;

/// The plan of the files that are built in, made once.
pub(crate) fn plan() -> &'static Arc<Plan> {
    static PLAN: OnceLock<Arc<Plan>> = OnceLock::new();
    PLAN.get_or_init(|| {
        Arc::new(
            Plan::load(&Files::Embedded, &PlanOptions::default())
                .expect("the files built in make a plan"),
        )
    })
}

/// What the files of cases leave out, in the plan of the files that are built in.
pub(crate) fn defaults<T>(with: impl FnOnce(&Defaults<'_>) -> T) -> T {
    let plan = plan();
    let sample = plan.sample();
    let generator = Generator {
        oracle: plan.oracle(),
        binding: &plan.binding,
        sample: &sample,
    };
    let given = generator.draft(BodyDraft::Text(plan.binding.given.clone()));
    with(&Defaults {
        given: &given,
        names: &plan.fixtures.names(),
        operations: plan.operations(),
    })
}
