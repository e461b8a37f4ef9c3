//! The general reference itself: a request goes in, an answer comes out.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Map;

use super::api::{Api, Found, Operation};
use super::bend::{Bend, Bent};
use super::carry_out::Job;
use super::decode::{Asked, decode};
use super::edit::edited;
use super::encode;
use super::refusal::Refusal;
use super::store::Store;
use super::validate::{breaks, breaks_as_new};
use crate::contract::Contract;
use crate::contract::oracle::Oracle;
use crate::reference::call::Call;
use crate::reference::response::Response;

/// A server that conforms to the contracts of an API, or differs in one thing.
pub(crate) struct General {
    api: Arc<Api>,
    ordered: Option<Ordered>,
    store: Mutex<Store>,
}

/// What was ordered of one operation.
struct Ordered {
    /// The place of the operation.
    operation: usize,
    bend: Bend,
    /// What requests are held against, where that is not what the contract says.
    contract: Option<Contract>,
}

impl General {
    /// A server of these operations where nothing was made yet. With a bend, the operation at that
    /// place differs in it.
    pub(crate) fn new(api: Arc<Api>, bend: Option<(usize, Bend)>) -> Self {
        let ordered = bend.map(|(operation, bend)| {
            let contract = match &bend {
                Bend::Edited(promise, edit) => api
                    .operation(operation)
                    .and_then(|own| edited(api.contract(own), promise, *edit)),
                _ => None,
            };
            Ordered {
                operation,
                bend,
                contract,
            }
        });
        Self {
            store: Mutex::new(Store::new(api.kinds())),
            api,
            ordered,
        }
    }

    /// Answers a request at that time, in milliseconds since the Unix epoch. `beside` is what
    /// somebody else answers who serves the same path. None where no operation has such a path.
    pub(crate) fn answer(
        &self,
        call: &Call,
        now: u64,
        beside: impl FnOnce() -> Option<Response>,
    ) -> Option<Response> {
        let method = call.method.as_str();
        let (place, labels) = match self.api.find(method, &call.path, &call.query) {
            Found::Operation(place, labels) => (place, labels),
            Found::OtherMethod(place) => {
                let operation = self.api.operation(place).filter(|own| !own.is_of_others)?;
                return Some(self.other_method(operation, self.bent(place)));
            }
            Found::Nothing => return None,
        };

        let operation = self.api.operation(place)?;
        let bent = self.bent(place);
        let asked = decode(self.api.contract(operation), call, labels);
        if operation.is_of_others {
            return self.guarded(operation, &asked);
        }
        let mut response = self.answered(place, operation, &asked, now, beside);
        bent.response(&mut response);
        if method == "HEAD" {
            response.body.clear();
        }
        Some(response)
    }

    fn answered(
        &self,
        place: usize,
        operation: &Operation,
        asked: &Asked,
        now: u64,
        beside: impl FnOnce() -> Option<Response>,
    ) -> Response {
        let bent = self.bent(place);
        let (service, contract) = (self.api.service(operation), self.api.contract(operation));
        let mut job = Job {
            api: &self.api,
            place,
            operation,
            asked,
            bent,
            now,
            beside: None,
        };

        let refused = |mut refusal: Refusal| {
            bent.refusal(&mut refusal);
            encode::refused(service, &refusal)
        };
        if let Some((class, what)) = self.wrong(place, operation, asked) {
            let message = format!("It breaks {what}");
            let way = bent.alternative(class);
            if bent.stores_refused() {
                job.store_refused(&mut self.store());
            }
            return refused(Refusal::by(service, contract, class, &message, way));
        }

        if let Some(other) = beside() {
            let is_success = (200..300).contains(&other.status);
            // What has no resource, only somebody else knows to be there.
            if other.status == 404 && operation.part.is_none() && operation.about.is_none() {
                return other;
            }
            let members = serde_json::from_slice::<Map<_, _>>(&other.body).ok();
            job.beside = members.filter(|_| is_success);
        }
        match job.carry_out(&mut self.store()) {
            Ok(members) => encode::success(service, contract, &members),
            Err(refusal) => {
                let way = bent.alternative(&refusal.class);
                let other =
                    || Refusal::by(service, contract, &refusal.class, &refusal.message, way);
                let refusal = if way > 0 { other() } else { refusal };
                refused(refusal)
            }
        }
    }

    /// The refusal of what only this revision knows to be wrong, for those who go by another one.
    fn guarded(&self, operation: &Operation, asked: &Asked) -> Option<Response> {
        let (class, what) = breaks_as_new(self.api.oracle(operation), &asked.members)?;
        let (service, contract) = (self.api.service(operation), self.api.contract(operation));
        let refusal = Refusal::of(service, contract, class, &format!("It breaks {what}"));
        Some(encode::refused(service, &refusal))
    }

    /// The answer to a request whose path is that of no operation. None where somebody else serves
    /// paths of these services.
    pub(crate) fn no_route(&self, others: &str) -> Option<Response> {
        if self.api.has(others) {
            return None;
        }
        let (_, operation) = self.api.operations().next()?;
        let (service, contract) = (self.api.service(operation), self.api.contract(operation));
        let refusal = Refusal::of(service, contract, "route", "No operation has that path");
        let found = Refusal {
            status: if refusal.status == 405 {
                404
            } else {
                refusal.status
            },
            kind: "UnheardOfPath".to_owned(),
            ..refusal
        };
        Some(encode::refused(service, &found))
    }

    /// The class of what is wrong with a request, and what it breaks.
    fn wrong(
        &self,
        place: usize,
        operation: &Operation,
        asked: &Asked,
    ) -> Option<(&'static str, String)> {
        let bent = self.bent(place);
        if asked.is_broken {
            let class = "syntax";
            return (!bent.overlooks(class)).then(|| (class, "the syntax of its body".to_owned()));
        }

        let oracle = self.api.oracle(operation);
        let edited = self.ordered_of(place).and_then(|own| own.contract.as_ref());
        let oracle = match edited {
            // The other revisions have no say in what was ordered.
            Some(contract) => Oracle {
                contract,
                others: &[],
                service: oracle.service,
            },
            None => oracle,
        };
        let found = breaks(oracle, &asked.members, bent.refuses_doubtful());
        let found = found.filter(|(class, _)| !bent.overlooks(class));
        let objection = || {
            let members = &asked.members;
            bent.objects(members)
                .then(|| ("required", "nothing".to_owned()))
        };
        found.or_else(objection)
    }

    fn other_method(&self, operation: &Operation, bent: Bent<'_>) -> Response {
        let (service, contract) = (self.api.service(operation), self.api.contract(operation));
        let message = "No operation has that method at this path";
        let mut refusal = Refusal::of(service, contract, "route", message);
        bent.refusal(&mut refusal);
        encode::refused(service, &refusal)
    }

    fn bent(&self, place: usize) -> Bent<'_> {
        Bent(self.ordered_of(place).map(|own| &own.bend))
    }

    fn ordered_of(&self, place: usize) -> Option<&Ordered> {
        self.ordered.as_ref().filter(|own| own.operation == place)
    }

    /// The state. What a panic left is taken all the same: each change of it is whole.
    fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for General {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("General").finish_non_exhaustive()
    }
}
