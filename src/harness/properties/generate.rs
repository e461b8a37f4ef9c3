//! What is generated from a contract keeps it, or breaks it in exactly the way it says: whatever
//! the contract.
//!
//! What a request breaks is decided here by comparisons of its own, a few lines for each kind of
//! member; the oracle of the crate and the generator are both held against them.

mod contract;

use arbitrary::Arbitrary;
use serde_json::{Map, Value};

use super::built_in::plan;
use crate::contract::load_operation;
use crate::contract::oracle::Oracle;
use crate::plan::case::{Case, Expect};
use crate::plan::generator::{Generator, Sampling};
use crate::support::files::Source;
use crate::support::template::Bindings;

pub(crate) use contract::AnyMember;

/// A small contract, and what decides what is drawn.
#[derive(Debug, Arbitrary)]
pub struct AnyContract {
    pub(crate) members: Vec<AnyMember>,
    /// What decides which requests are drawn at random.
    pub(crate) seed: u64,
}

/// No more members are looked at.
const MOST_MEMBERS: usize = 4;
/// How many requests are drawn at random from one contract.
const SAMPLES: usize = 16;

impl AnyContract {
    /// Contracts: a request that is generated to be valid breaks nothing, one that is generated to
    /// be refused breaks the promise that its case names, and no other.
    ///
    /// # Panics
    /// Where a request does otherwise, or the contract made of these members is refused.
    pub fn check(&self) {
        let members = &self.members[..self.members.len().min(MOST_MEMBERS)];
        let service = &plan().service;
        let file = Source {
            name: "any.toml".to_owned(),
            text: contract::text(members),
        };

        let contract = match load_operation(&file, "any", service) {
            Ok(contract) => contract,
            Err(error) => panic!("{error}\n{}", file.text),
        };

        let Some(binding) = contract::binding(members, &contract) else {
            return;
        };
        let sample = Bindings::default();
        let generator = Generator::new(Oracle::of(&contract, service), &binding, &sample);

        let derived = generator.derive().cases;
        let drawn = generator.sample(Sampling {
            samples: SAMPLES,
            seed: self.seed,
            exhaustive: false,
        });

        for case in derived.iter().chain(&drawn) {
            let Some(body) = body_of(case) else { continue };
            let Some(broken) = contract::broken(members, &body) else {
                continue;
            };
            let judged: Vec<String> = generator
                .oracle
                .violations(&body)
                .into_iter()
                .map(|v| v.atom)
                .collect();
            assert_eq!(
                judged,
                broken,
                "the oracle differs about {}\n{}",
                Value::Object(body),
                file.text
            );
            let said: Vec<&str> = match (case.expect(), case.atoms.as_slice()) {
                (Expect::Accept, _) => Vec::new(),
                (Expect::Reject(_), [atom]) if contract::is_of_a_member(atom.path(), members) => {
                    vec![atom.path()]
                }
                _ => continue,
            };
            assert_eq!(
                broken,
                said,
                "{} sends {}\n{}",
                case.id,
                Value::Object(body),
                file.text
            );
        }
    }
}

/// The members that a case sends, where it sends an object in the operation's plain way.
fn body_of(case: &Case) -> Option<Map<String, Value>> {
    let (request, given) = (case.request()?, case.given()?);
    // What is sent otherwise is about something else than its members.
    let plain = request.is_like(given) && request.raw.is_none();
    request.members().filter(|_| plain)
}

#[cfg(test)]
mod tests {
    use arbitrary::{Arbitrary as _, Unstructured};
    use proptest::prelude::*;

    use super::contract::{Kind, Part, Repeat};
    use super::*;

    proptest! {
        #![proptest_config(crate::harness::testing::property_tests(4))]

        #[test]
        fn contracts_of_any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            AnyContract::arbitrary_take_rest(Unstructured::new(&bytes)).expect("any bytes will do").check();
        }
    }

    #[test]
    fn each_kind_of_member_is_broken() {
        let number = Kind::Number { min: 3, room: 40 };
        let word = Kind::Text {
            parts: vec![Part {
                class: 0,
                repeat: Repeat::Some(2, 3),
            }],
            min: 1,
            room: 9,
        };
        let members: Vec<AnyMember> = [number, word, Kind::Choice(3), Kind::Switch]
            .into_iter()
            .map(|kind| AnyMember {
                kind,
                required: false,
            })
            .collect();
        AnyContract { members, seed: 1 }.check();
        let broken = |body: &str| {
            let members = [AnyMember {
                kind: Kind::Number { min: 3, room: 40 },
                required: true,
            }];
            contract::broken(&members, &serde_json::from_str(body).expect("an object"))
        };
        assert_eq!(broken(r#"{"Member0":3}"#), Some(Vec::new()));
        assert_eq!(
            broken(r#"{"Member0":2}"#),
            Some(vec!["request::Member0::range::min".to_owned()])
        );
        assert_eq!(
            broken(r#"{"Member0":"3"}"#),
            Some(vec!["request::Member0::type".to_owned()])
        );
        assert_eq!(
            broken("{}"),
            Some(vec!["request::Member0::required".to_owned()])
        );
        assert_eq!(broken(r#"{"Member0":3.0}"#), None);
    }
}
