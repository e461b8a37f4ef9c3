//! The plan of the files that are built in.

use std::sync::{Arc, OnceLock};

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
