//! Shards: a plan parted among several machines, each of which fires its own part.
//!
//! A case's shard follows from its id alone, so that a new case moves no other one. The cases of
//! one id, which are draws of one kind, follow from their number among these too, or a kind would
//! be one machine's alone.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;

use crate::plan::case::Case;
use crate::support::digest::Digest;
use crate::support::echo::shown;

/// One of several parts of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Shard {
    /// Which part, from 1.
    number: u64,
    /// Of how many.
    of: u64,
}

impl Shard {
    /// Which part, from 1.
    pub(crate) fn number(self) -> u64 {
        self.number
    }

    /// Of how many.
    pub(crate) fn of(self) -> u64 {
        self.of
    }

    /// Of the cases at these places, in order, those that are this shard's, in the same order.
    pub(crate) fn select(self, cases: &[Case], places: &[usize]) -> Vec<usize> {
        let mut seen: HashMap<&str, u64> = HashMap::new();
        let mut numbered = vec![0; cases.len()];
        for (case, number) in cases.iter().zip(&mut numbered) {
            let count = seen.entry(case.id.as_str()).or_default();
            *number = *count;
            *count += 1;
        }

        let mine = |place: &usize| {
            let id = cases
                .get(*place)
                .map(|case| case.id.as_str())
                .unwrap_or_default();
            self.holds(id, numbered.get(*place).copied().unwrap_or_default())
        };

        places.iter().copied().filter(mine).collect()
    }

    /// Whether the case of that id is this shard's; `number` is its place among the cases of that
    /// id.
    ///
    /// It is the one whose number is one more than h modulo the count of shards, where h is the
    /// 64-bit FNV-1a hash of the id and, unless it is the first of its id, of `#` and its place in
    /// decimal digits; the upper half of the hash is folded onto the lower one by exclusive or,
    /// since the lowest bits of this hash see only the lowest of the text.
    pub(crate) fn holds(self, id: &str, number: u64) -> bool {
        let mut digest = Digest::new();
        digest.add(id.as_bytes());
        if number > 0 {
            digest.add(format!("#{number}").as_bytes());
        }
        let hash = digest.value();
        (hash ^ (hash >> 32)) % self.of == self.number - 1
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text
            .split_once('/')
            .and_then(|(number, of)| Some((number.parse().ok()?, of.parse().ok()?)));
        match parts {
            Some((number, of)) if 1 <= number && number <= of => Ok(Self { number, of }),
            _ => Err(format!(
                "expected K/N, such as 1/4 for the first of four shards, found `{}`",
                shown(text)
            )),
        }
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::{Plan, PlanOptions};
    use crate::support::files::Files;

    fn shard(text: &str) -> Shard {
        text.parse().expect("a shard")
    }

    #[test]
    fn forms() {
        assert_eq!(shard("2/4").to_string(), "2/4");
        for text in ["", "1", "0/4", "5/4", "1/0", "-1/4", "a/b", "1/4/2"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    #[test]
    fn shards_part_the_plan_and_new_cases_move_no_other() {
        let plan = Plan::load(&Files::Embedded, &PlanOptions::default()).expect("a plan");
        let all: Vec<usize> = (0..plan.cases.len()).collect();
        for of in [1, 2, 3, 4, 16] {
            let shards: Vec<Vec<usize>> = (1..=of)
                .map(|n| shard(&format!("{n}/{of}")).select(&plan.cases, &all))
                .collect();
            let mut together = shards.concat();
            together.sort_unstable();
            assert_eq!(together, all);
            let even = all.len() / shards.len();
            for part in &shards {
                assert!(part.is_sorted());
                assert!(
                    part.len() > even * 3 / 4 && part.len() < even * 5 / 4,
                    "{} of {of} shards",
                    part.len()
                );
            }
        }

        // Taking a case away is adding it the other way round.
        let mut fewer = plan.cases.clone();
        fewer.retain(|case| !case.id.as_str().contains("BatchSize"));
        let ids = |cases: &[Case], places: &[usize]| -> Vec<String> {
            let mine = shard("2/4")
                .select(cases, places)
                .into_iter()
                .map(|at| cases[at].id.to_string());
            mine.filter(|id| !id.contains("BatchSize")).collect()
        };

        let rest: Vec<usize> = (0..fewer.len()).collect();
        assert_eq!(ids(&fewer, &rest), ids(&plan.cases, &all));
        // A filter changes nothing about whose a case is.
        let odd: Vec<usize> = all.iter().copied().filter(|n| n % 2 == 1).collect();
        let whole = shard("1/3").select(&plan.cases, &all);
        assert_eq!(
            shard("1/3").select(&plan.cases, &odd),
            whole.into_iter().filter(|n| n % 2 == 1).collect::<Vec<_>>()
        );
    }
}
