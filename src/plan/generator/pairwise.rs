//! Members together: every pair of values of two members, in either order, and of a value and the
//! state before.
//!
//! A fault that needs two things at once is reached if every pair of things meets in some request.
//! The requests are the rows of a covering array over the members, their order in the JSON text and
//! the state of what is updated; each is an ordinary valid case. Beside them stands every kind of
//! violation in company, with the broken member first and last.

mod array;
#[cfg(test)]
mod tests;

use serde_json::{Map, Value};

use super::weigh::Worth;
use super::{Derived, Generator};
use crate::contract::constraint;
use crate::contract::{Basis, Level};
use crate::plan::case::{Case, CaseId, Expect, Origin, Purpose, Step, Variant};
use array::Search;

/// What stands for a member's values that are alike: a boundary, a plain value, a form of a name.
struct ValueClass {
    /// Names it in ids.
    name: String,
    value: Value,
}

/// A member and the classes of its values.
struct Factor {
    member: String,
    classes: Vec<ValueClass>,
}

/// A state before the request: the usual one, or one with other values.
struct State {
    /// Names it in ids; empty for the usual one.
    name: String,
    members: Map<String, Value>,
    /// The one member it differs in, where it is one.
    differs: Option<usize>,
}

/// So many classes of a member's values are combined with those of others; a form of a name is a
/// class of its own.
const CLASSES: usize = 16;

/// Adds the cases about several members to those about one.
pub(super) fn extend(generator: &Generator<'_>, derived: &mut Derived) {
    let factors = factors(generator);
    if factors.len() > 1 && !generator.binding.few {
        let (mut states, mut orders) = (states(generator, &factors), orders(&factors));
        // What writes nothing has no state before it, and the order of its parameters says nothing.
        if !generator.oracle.contract.has_document() {
            states.truncate(1);
            orders.truncate(1);
        }
        let pairwise = Pairwise {
            generator,
            states,
            orders,
            factors,
        };
        derived.cases.extend(pairwise.cases());
    }

    let placed: Vec<Case> = derived
        .cases
        .iter()
        .flat_map(|case| placed(generator, case))
        .collect();

    derived.cases.extend(placed);
}

struct Pairwise<'a> {
    generator: &'a Generator<'a>,
    factors: Vec<Factor>,
    states: Vec<State>,
    /// Names and permutations of the members.
    orders: Vec<(String, Vec<usize>)>,
}

impl Pairwise<'_> {
    /// A row is a class for each member, 0 for its absence, then the order, then the state.
    fn cases(&self) -> Vec<Case> {
        let count = self.factors.len();
        let mut levels: Vec<usize> = self.factors.iter().map(|f| f.classes.len() + 1).collect();
        levels.extend([self.orders.len(), self.states.len()]);
        let widest = levels.iter().copied().max().unwrap_or(0);
        // A thing is a pair of levels; for two members that are there, also which of them stands
        // first, and for a state that differs in one member, whether that one is sent or has to be
        // kept.
        let number = |a: usize, la: usize, b: usize, lb: usize, order: usize| {
            (((a * widest + la) * (count + 2) + b) * widest + lb) * 3 + order
        };

        let things = |row: &[usize]| {
            let mut things = Vec::new();
            let whole = row[..count].iter().all(|level| *level > 0);
            for a in 0..row.len() {
                for b in a + 1..row.len() {
                    // Without all members an order is that of fewer, and shows less.
                    if !whole && (a == count || b == count) {
                        continue;
                    }
                    things.push(number(a, row[a], b, row[b], 0));
                    if let Some(other) = self.states[row[count + 1]]
                        .differs
                        .filter(|_| b == count + 1 && a < count)
                    {
                        things.push(number(
                            a,
                            row[a],
                            b,
                            row[b],
                            if row[other] > 0 { 1 } else { 2 },
                        ));
                    }
                    if b < count && row[a] > 0 && row[b] > 0 {
                        let order = &self.orders[row[count]].1;
                        let place = |member| order.iter().position(|m| *m == member);
                        things.push(number(
                            a,
                            row[a],
                            b,
                            row[b],
                            if place(a) < place(b) { 1 } else { 2 },
                        ));
                    }
                }
            }
            things
        };

        let admits = |row: &[usize]| row[..count].iter().any(|level| *level > 0);
        let count = (count + 2) * widest * (count + 2) * widest * 3;
        let rows = Search {
            levels: &levels,
            things: &things,
            count,
            admits: &admits,
        }
        .rows();

        rows.iter().filter_map(|row| self.case(row)).collect()
    }

    /// The state before a request. A value that AWS refuses for one kind of source is sent only
    /// after another such value was taken.
    fn given(&self, state: &State, members: &Map<String, Value>) -> Map<String, Value> {
        let mut given = state.members.clone();
        for limit in &self.generator.binding.limit {
            let above =
                |value: Option<&Value>| value.and_then(Value::as_i64).filter(|v| *v > limit.above);
            if let (Some(value), None) = (
                above(members.get(&limit.member)),
                above(given.get(&limit.member)),
            ) {
                let other = if value == limit.above + 1 {
                    limit.above + 2
                } else {
                    limit.above + 1
                };
                given.insert(limit.member.clone(), other.into());
            }
        }

        given
    }

    fn case(&self, row: &[usize]) -> Option<Case> {
        let g = self.generator;
        let count = self.factors.len();
        let (order, permutation) = &self.orders[row[count]];
        let state = &self.states[row[count + 1]];
        let mut members = Map::new();
        let mut says = Vec::new();
        for at in permutation {
            let Some(class) = row[*at]
                .checked_sub(1)
                .and_then(|c| self.factors[*at].classes.get(c))
            else {
                continue;
            };
            members.insert(self.factors[*at].member.clone(), class.value.clone());
            says.push(format!("{} {}", self.factors[*at].member, class.value));
        }
        if !matches!(g.weigh(&members), Worth::Valid) {
            return None;
        }
        let mut id = format!("{}::pairwise", g.oracle.contract.slug);
        for (factor, level) in self.factors.iter().zip(row) {
            let class = level
                .checked_sub(1)
                .and_then(|c| factor.classes.get(c))
                .map_or("absent", |c| c.name.as_str());
            id.push_str(&format!("::{}-{class}", factor.member));
        }
        for part in [order, &state.name] {
            if !part.is_empty() {
                id.push_str(&format!("::{part}"));
            }
        }
        Some(Case {
            id: CaseId(id),
            says: format!("{}, in this order", says.join(", ")),
            origin: Origin::Derived,
            atoms: g.about(&members, "request::http"),
            variant: Variant::ANY,
            steps: Step::about(
                g.request(&members),
                Expect::Accept,
                g.request(&self.given(state, &members)),
                None,
            ),
            basis: Basis::Page,
            level: Level::Must,
            why: "Each member is valid by itself, and the page makes none depend on another, on its place or on the \
                  state before"
                .to_owned(),
        })
    }
}

/// The members a target has good values for, with their bounds, plain values and forms of a name.
fn factors(g: &Generator<'_>) -> Vec<Factor> {
    let contract = g.oracle.contract;
    let mut factors = Vec::new();
    for member in g.binding.values.keys() {
        let Some(shape) = contract.member(member).map(|m| contract.resolve(&m.shape)) else {
            continue;
        };
        let mut classes: Vec<ValueClass> = Vec::new();
        let mut push = |name: String, value: Value| {
            let members: Map<String, Value> =
                [(member.clone(), value.clone())].into_iter().collect();
            if classes.len() < CLASSES
                && !classes.iter().any(|c| c.value == value)
                && matches!(g.weigh(&members), Worth::Valid)
            {
                classes.push(ValueClass { name, value });
            }
        };
        if let Some(bound) = shape.range() {
            for candidate in constraint::range::satisfy(bound) {
                if let Some(name) = candidate.id.strip_prefix("at-") {
                    push(name.to_owned(), candidate.value);
                }
            }
            // Between the plain values, which are small, and the greatest: 100 between 1 and 10000.
            if let (Some(min), Some(max)) = (bound.min, bound.max) {
                push(
                    "typical".to_owned(),
                    min.max(1).saturating_mul(max.max(1)).isqrt().into(),
                );
            }
        }
        let names = if shape.range().is_some() {
            ["plain"].as_slice()
        } else {
            &["plain", "other"]
        };
        for (name, value) in names.iter().copied().zip(g.good(member).iter().cloned()) {
            // The two booleans are classes of one value each.
            let name = value
                .as_bool()
                .map_or_else(|| name.to_owned(), |b| b.to_string());
            push(name, value);
        }
        for (name, base) in g
            .binding
            .reference
            .get(member)
            .iter()
            .flat_map(|r| &r.bases)
        {
            push(name.clone(), Value::from(base.as_str()));
        }
        factors.push(Factor {
            member: member.clone(),
            classes,
        });
    }
    factors
}

/// The usual state, with each member by turns at another value, and with all of them.
fn states(g: &Generator<'_>, factors: &[Factor]) -> Vec<State> {
    let usual = g.given().clone();
    let mut all = usual.clone();
    let mut states = vec![State {
        name: String::new(),
        members: usual.clone(),
        differs: None,
    }];
    for (at, factor) in factors.iter().enumerate() {
        let before = usual.get(&factor.member).cloned().unwrap_or(Value::Null);
        let limit = g.binding.limit.iter().find(|l| l.member == factor.member);
        let other = limit.map_or_else(
            || g.another(&factor.member, &before),
            |l| Value::from(l.above + 1),
        );
        let mut members = usual.clone();
        members.insert(factor.member.clone(), other.clone());
        all.insert(factor.member.clone(), other.clone());
        let name = other
            .as_bool()
            .map_or_else(|| "other".to_owned(), |b| b.to_string());
        states.push(State {
            name: format!("given-{}-{name}", factor.member),
            members,
            differs: Some(at),
        });
    }
    states.push(State {
        name: "given-all-other".to_owned(),
        members: all,
        differs: None,
    });
    states
}

/// The order of the page, the reverse, and each member by turns first and last.
fn orders(factors: &[Factor]) -> Vec<(String, Vec<usize>)> {
    let natural: Vec<usize> = (0..factors.len()).collect();
    let without = |member: usize| natural.iter().copied().filter(move |m| *m != member);
    let mut orders = vec![(String::new(), natural.clone())];
    let mut push = |name: String, order: Vec<usize>| {
        if !orders.iter().any(|(_, known)| *known == order) {
            orders.push((name, order));
        }
    };

    push(
        "reversed".to_owned(),
        natural.iter().rev().copied().collect(),
    );

    for (at, factor) in factors.iter().enumerate() {
        push(
            format!("{}-first", factor.member),
            std::iter::once(at).chain(without(at)).collect(),
        );
        push(
            format!("{}-last", factor.member),
            without(at).chain(std::iter::once(at)).collect(),
        );
    }

    orders
}

/// A violation in company once more, with the broken member first and last.
fn placed(g: &Generator<'_>, case: &Case) -> Vec<Case> {
    let (Expect::Reject(_), Some(id)) =
        (case.expect(), case.id.as_str().strip_suffix("::in-company"))
    else {
        return Vec::new();
    };
    let (Some(members), Some(control)) = (
        case.request().and_then(|request| g.members_of(request)),
        case.twin().and_then(|twin| g.members_of(twin)),
    ) else {
        return Vec::new();
    };

    let Some((broken, value)) = members
        .iter()
        .find(|(name, value)| control.get(*name) != Some(*value))
    else {
        return Vec::new();
    };
    let others = || {
        members
            .iter()
            .filter(|(name, _)| *name != broken)
            .map(|(n, v)| (n.clone(), v.clone()))
    };

    let own = std::iter::once((broken.clone(), value.clone()));
    let orders: [(&str, Map<String, Value>); 2] = [
        ("first", own.clone().chain(others()).collect()),
        ("last", others().chain(own).collect()),
    ];

    let moved = orders
        .into_iter()
        .filter(|(_, order)| !order.keys().eq(members.keys()));
    moved
        .map(|(place, order)| {
            let mut case = Case {
                id: CaseId(format!("{id}::in-company-{place}")),
                says: format!("{}, {broken} {place}", case.says),
                ..case.clone()
            };
            if let Some(request) = case.request_mut(Purpose::Subject) {
                *request = g.request(&order);
            }
            case
        })
        .collect()
}
