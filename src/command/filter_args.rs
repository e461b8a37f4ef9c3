//! Which of the plan's cases are meant: flags of `run` and `list`.

use crate::contract::Level;
use crate::plan::Plan;
use crate::plan::case::{Case, Origin};
use crate::support::echo::{did_you_mean, shown};
use clap::{Args, ValueEnum};

use super::level;

/// Which cases. Each flag leaves some of them; of one flag given more than once, any will do.
#[derive(Clone, Debug, Args)]
pub(crate) struct FilterArgs {
    /// Only cases whose id contains one of these
    #[arg(value_name = "FILTER")]
    filters: Vec<String>,
    /// Filters name whole ids
    #[arg(long)]
    exact: bool,
    /// Not cases whose id contains this
    #[arg(long, value_name = "FILTER")]
    skip: Vec<String>,
    /// Only cases about a promise whose id contains this; `list --atoms` lists the promises
    #[arg(long, value_name = "PART")]
    promise: Vec<String>,
    /// Only cases of this class: `valid`, or the way in which a request is invalid, such as `range`
    #[arg(long, value_name = "NAME")]
    class: Vec<String>,
    /// Only cases whose findings are of this level: `must` or `should`
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    only: Option<Level>,
    /// Only cases of this origin
    #[arg(long, value_name = "ORIGIN", value_enum)]
    origin: Vec<OriginName>,
}

/// Where cases come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OriginName {
    /// From the contract alone.
    Derived,
    /// From a file of cases.
    Written,
    /// From the contract and chance.
    Chance,
}

impl FilterArgs {
    /// The places of the cases that are meant, in order.
    pub(super) fn select(&self, plan: &Plan) -> Vec<usize> {
        plan.cases
            .iter()
            .enumerate()
            .filter(|(_, case)| self.meant(case))
            .map(|(index, _)| index)
            .collect()
    }

    /// What to say where no case is meant.
    pub(super) fn no_case(&self, plan: &Plan) -> String {
        let of_class = |name: &String| plan.cases.iter().any(|case| case.expect().class() == name);
        if let Some(unknown) = self.class.iter().find(|name| !of_class(name)) {
            let known: std::collections::BTreeSet<_> = plan
                .cases
                .iter()
                .map(|case| case.expect().class())
                .collect();
            let hint = did_you_mean(unknown, known.iter().copied());
            let known = known.into_iter().collect::<Vec<_>>().join(", ");
            return format!(
                "--class: no case is of the class `{}`; there are {known}{hint}",
                shown(unknown)
            );
        }

        let others = !self.promise.is_empty() || !self.class.is_empty() || !self.origin.is_empty();
        let how = if self.exact { "is" } else { "contains" };
        let filters = self
            .filters
            .iter()
            .map(|filter| shown(filter))
            .collect::<Vec<_>>()
            .join("` or `");

        let but = if self.skip.is_empty() {
            ""
        } else {
            " and is not skipped"
        };

        match self.filters.is_empty() {
            _ if others || self.only.is_some() => {
                "no case is meant by all of these flags: `proofmark list` takes them too".to_owned()
            }
            true => "every case is skipped: `proofmark list` shows the ids".to_owned(),
            false => format!(
                "no case has an id that {how} `{filters}`{but}: `proofmark list` shows the ids"
            ),
        }
    }

    /// The filter, where there is one alone.
    pub(super) fn single(&self) -> Option<&str> {
        match self.filters.as_slice() {
            [filter] => Some(filter),
            _ => None,
        }
    }

    fn meant(&self, case: &Case) -> bool {
        let id = case.id.as_str();
        let named = |filter: &String| {
            if self.exact {
                id == filter
            } else {
                id.contains(filter.as_str())
            }
        };

        let origin = match case.origin {
            Origin::Derived => OriginName::Derived,
            Origin::Written { .. } | Origin::Recorded { .. } => OriginName::Written,
            Origin::Sampled => OriginName::Chance,
        };

        let about = |part: &String| {
            case.atoms
                .iter()
                .any(|atom| atom.as_str().contains(part.as_str()))
        };

        (self.filters.is_empty() || self.filters.iter().any(named))
            && !self.skip.iter().any(named)
            && (self.promise.is_empty() || self.promise.iter().any(about))
            && (self.class.is_empty()
                || self.class.iter().any(|name| case.expect().class() == name))
            && self.only.is_none_or(|level| case.level == level)
            && (self.origin.is_empty() || self.origin.contains(&origin))
    }
}
