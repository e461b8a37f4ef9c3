//! The judge of the data plane: what was put into a stream, and which function received it.
//!
//! Records are delivered at least once, and sometimes late: a record that comes twice, or again
//! after an update, is no finding. One that never comes is, where a later one of the same shard
//! came or nothing does any more.

use super::{Finding, Role, Symptom};
use crate::contract::{AtomId, Contract};
use crate::plan::data_plane::Promises;

/// What was seen of the data plane, part by part. `Err` says why a part could not be carried out.
#[derive(Clone, Debug)]
pub(crate) struct DataPlaneSeen {
    /// While the resource was disabled.
    pub(crate) disabled: Result<Quiet, String>,
    /// Once it was enabled again.
    pub(crate) enabled: Result<Delivery, String>,
    /// Once it named another function.
    pub(crate) moved: Result<(Delivery, Quiet), String>,
    /// Once it had been deleted and made again.
    pub(crate) anew: Result<Delivery, String>,
}

/// Records that a function should not receive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Quiet {
    /// Of those put at first, the ones it received: what was under way may still come.
    pub(crate) at_first: Vec<String>,
    /// Of those put after that, the ones it received.
    pub(crate) later: Vec<String>,
}

/// Records that a function should receive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Delivery {
    /// Those put before the resource was as it is now.
    pub(crate) before: Vec<String>,
    /// Those put since.
    pub(crate) since: Vec<String>,
    /// Of all these, the ones it received within the time limit.
    pub(crate) received: Vec<String>,
    /// Of all these, the ones that the other function received.
    pub(crate) elsewhere: Vec<String>,
}

/// What the data plane came to.
#[derive(Clone, Debug, Default)]
pub(crate) struct DataPlaneJudgement {
    /// Why it could not be tested at all, where that is so.
    pub(crate) not_offered: Option<String>,
    /// What the target does wrong.
    pub(crate) findings: Vec<Finding>,
    /// Promises that were tested.
    pub(crate) exercised: Vec<AtomId>,
    /// Promises that could not be tested, and why.
    pub(crate) untold: Vec<(AtomId, String)>,
}

impl DataPlaneJudgement {
    /// One for a target that delivers nothing to functions.
    pub(crate) fn not_offered(contract: &Contract, promises: &Promises, why: String) -> Self {
        let paths = [&promises.stops, &promises.position, &promises.resets];
        let untold = paths
            .into_iter()
            .filter_map(|path| contract.atom(path))
            .map(|a| (a.id.clone(), why.clone()));
        Self {
            untold: untold.collect(),
            not_offered: Some(why),
            ..Self::default()
        }
    }
}

/// Judges what was seen.
pub(crate) fn judge_data_plane(
    contract: &Contract,
    promises: &Promises,
    seen: &DataPlaneSeen,
) -> DataPlaneJudgement {
    let mut judge = Judge {
        contract,
        judged: DataPlaneJudgement::default(),
    };

    match &seen.disabled {
        Ok(quiet) => {
            judge.quiet(
                &promises.stops,
                quiet,
                "while the resource is disabled, its function receives nothing put since",
            );
        }
        Err(why) => judge.untold(&promises.stops, why),
    }

    let resumed = match &seen.enabled {
        Ok(delivery) => judge.enabled(promises, delivery),
        Err(why) => {
            [&promises.stops, &promises.position]
                .into_iter()
                .for_each(|p| judge.untold(p, why));
            false
        }
    };

    match &seen.moved {
        Ok((delivery, quiet)) => judge.moved(promises, delivery, quiet, resumed),
        Err(why) => judge.untold(&promises.receiver, why),
    }

    match &seen.anew {
        Ok(delivery) => judge.anew(promises, delivery),
        Err(why) => judge.untold(&promises.resets, why),
    }

    judge.judged
}

struct Judge<'a> {
    contract: &'a Contract,
    judged: DataPlaneJudgement,
}

impl Judge<'_> {
    fn quiet(&mut self, promise: &str, quiet: &Quiet, expected: &str) {
        self.exercised(promise);
        if !quiet.later.is_empty() {
            let first = if quiet.at_first.is_empty() {
                String::new()
            } else {
                format!("{}, ", list(&quiet.at_first))
            };
            let actual = format!("it received {first}{}", list(&quiet.later));
            self.finding(promise, Symptom::Delivered, expected.to_owned(), actual);
        }
    }

    /// Whether the resource delivers again.
    fn enabled(&mut self, promises: &Promises, delivery: &Delivery) -> bool {
        let lost = delivery.missing(&delivery.before);
        self.exercised(&promises.stops);
        if !delivery.missing(&delivery.since).is_empty() {
            let expected = format!(
                "enabled again, the resource delivers {}, put while it was disabled, and {}, put since",
                list(&delivery.before),
                list(&delivery.since)
            );
            let actual = format!("the function received {}", list(&delivery.received));
            self.finding(&promises.stops, Symptom::NotDelivered, expected, actual);
            self.untold(
                &promises.position,
                "a resource that was disabled and enabled again delivers nothing",
            );
            return false;
        }

        self.exercised(&promises.position);
        if !lost.is_empty() {
            let expected = format!(
                "enabled again, the resource delivers {}, put while it was disabled",
                list(&delivery.before)
            );
            let actual = format!(
                "{} never came, and {}, put later, did",
                list(&lost),
                list(&delivery.since)
            );
            self.finding(&promises.position, Symptom::NotDelivered, expected, actual);
        }

        true
    }

    fn moved(&mut self, promises: &Promises, delivery: &Delivery, quiet: &Quiet, resumed: bool) {
        let missing = delivery.missing(&delivery.since);
        if missing.is_empty() {
            let expected = "once the resource names another function, the one it named before receives nothing more";
            return self.quiet(&promises.receiver, quiet, expected);
        }

        if !resumed && delivery.elsewhere.is_empty() {
            return self.untold(
                &promises.receiver,
                "a resource that was disabled and enabled again delivers nothing",
            );
        }

        self.exercised(&promises.receiver);
        let expected = format!(
            "the function that an update named receives {}, put after it",
            list(&delivery.since)
        );

        let actual = match delivery.elsewhere.is_empty() {
            true => format!("no function received {}", list(&missing)),
            false => format!(
                "the function named before received {}",
                list(&delivery.elsewhere)
            ),
        };

        self.finding(&promises.receiver, Symptom::NotDelivered, expected, actual);
    }

    fn anew(&mut self, promises: &Promises, delivery: &Delivery) {
        self.exercised(&promises.resets);
        let missing = delivery.missing(&delivery.before);
        if missing.is_empty() {
            return;
        }
        let expected = format!(
            "deleted and made again from the earliest record on, the resource delivers {} again",
            list(&delivery.before)
        );

        let actual = match delivery.received.is_empty() {
            true => "its function received nothing".to_owned(),
            false => format!(
                "its function received {}, and never {}",
                list(&delivery.received),
                list(&missing)
            ),
        };

        self.finding(&promises.resets, Symptom::NotDelivered, expected, actual);
    }

    fn exercised(&mut self, promise: &str) {
        self.judged
            .exercised
            .extend(self.contract.atom(promise).map(|a| a.id.clone()));
    }

    fn untold(&mut self, promise: &str, why: &str) {
        self.judged.untold.extend(
            self.contract
                .atom(promise)
                .map(|a| (a.id.clone(), why.to_owned())),
        );
    }

    fn finding(&mut self, promise: &str, symptom: Symptom, expected: String, actual: String) {
        let Some(atom) = self.contract.atom(promise) else {
            return;
        };
        self.judged.findings.push(Finding {
            atom: atom.id.clone(),
            class: "data-plane".to_owned(),
            symptom,
            level: atom.level,
            basis: atom.basis,
            expected,
            actual,
            role: Role::Subject,
        });
    }
}

impl Delivery {
    fn missing(&self, records: &[String]) -> Vec<String> {
        records
            .iter()
            .filter(|r| !self.received.contains(r))
            .cloned()
            .collect()
    }
}

fn list(records: &[String]) -> String {
    if records.is_empty() {
        "none".to_owned()
    } else {
        records.join(", ")
    }
}
