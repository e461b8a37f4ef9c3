//! Simpler inputs: what one that shows a finding is shrunk by, before its steps are.

use super::input::{Draw, Input, Move, Set};

/// The input made simpler in one way, the most first: moves left out, fewer repetitions, fewer
/// members, plainer values.
pub(crate) fn simpler(input: &Input) -> Vec<Input> {
    let count = input.moves.len();
    let mut found = Vec::new();
    let with = |moves: Vec<Move>| Input {
        variant: input.variant,
        moves,
    };

    let sizes =
        std::iter::successors(Some(count / 2), |size| Some(size / 2)).take_while(|size| *size > 0);
    for size in sizes.chain((count == 1).then_some(1)) {
        for at in (0..count).step_by(size) {
            let rest = input.moves[..at]
                .iter()
                .chain(&input.moves[(at + size).min(count)..]);
            let rest: Vec<Move> = rest.cloned().collect();
            if !rest.is_empty() {
                found.push(with(rest));
            }
        }
    }

    for (at, one) in input.moves.iter().enumerate() {
        // One after another is simpler than at the same time.
        if let Move::Together { on, sets, .. } = one {
            let one_by_one = sets.iter().map(|set| Move::Update {
                on: *on,
                set: set.clone(),
                times: 1,
                at_once: false,
            });
            let mut moves = input.moves.clone();
            moves.splice(at..=at, one_by_one);
            found.push(with(moves));
        }
        for simpler in simpler_moves(one) {
            let mut moves = input.moves.clone();
            moves[at] = simpler;
            found.push(with(moves));
        }
    }

    found
}

fn simpler_moves(one: &Move) -> Vec<Move> {
    match one {
        Move::Update {
            on,
            set,
            times,
            at_once,
        } => {
            let (on, times, at_once) = (*on, *times, *at_once);
            let update = |set: Vec<Set>, times| Move::Update {
                on,
                set,
                times,
                at_once,
            };
            let mut found = Vec::new();
            for (by, part) in parts(times) {
                found.push(update(
                    set.iter().map(|one| moved_on(one, by)).collect(),
                    part,
                ));
            }
            if at_once {
                found.push(Move::Update {
                    on,
                    set: set.clone(),
                    times,
                    at_once: false,
                });
            }
            found.extend(simpler_sets(set).into_iter().map(|set| update(set, times)));
            found
        }
        Move::Wild {
            on,
            member,
            value,
            set,
        } => simpler_sets(set)
            .into_iter()
            .map(|set| Move::Wild {
                on: *on,
                member: *member,
                value: value.clone(),
                set,
            })
            .collect(),
        Move::Together { on, sets, times } => {
            let together = |sets: Vec<Vec<Set>>, times| Move::Together {
                on: *on,
                sets,
                times,
            };
            let mut found = Vec::new();
            for (by, part) in parts(*times) {
                let moved = sets
                    .iter()
                    .map(|set| set.iter().map(|one| moved_on(one, by)).collect());
                found.push(together(moved.collect(), part));
            }
            for at in 0..sets.len() {
                if sets.len() > 2 {
                    let mut fewer = sets.clone();
                    fewer.remove(at);
                    found.push(together(fewer, *times));
                }
                found.extend(simpler_sets(&sets[at]).into_iter().map(|set| {
                    let mut sets = sets.clone();
                    sets[at] = set;
                    together(sets, *times)
                }));
            }
            found
        }
        _ => Vec::new(),
    }
}

/// Fewer repetitions: how far values have moved on at their start, and how many they are. Values
/// move on with each repetition, so that the last ones alone are those with later values.
fn parts(times: u16) -> Vec<(u16, u16)> {
    let mut found = Vec::new();
    if times > 1 {
        for part in [times / 2, times - times / 4, times - times / 8, times - 1] {
            let part = part.max(1);
            if part < times {
                found.extend([(0, part), (times - part, part)]);
            }
        }
    }
    found
}

/// Without one of the members, and with the first good value for one.
fn simpler_sets(set: &[Set]) -> Vec<Vec<Set>> {
    let mut found = Vec::new();
    for at in 0..set.len() {
        let mut fewer = set.to_vec();
        fewer.remove(at);
        found.push(fewer);
    }

    for at in 0..set.len() {
        if set[at].value != Draw::Good(0) {
            let mut plain = set.to_vec();
            plain[at].value = Draw::Good(0);
            found.push(plain);
        }
    }

    found
}

fn moved_on(set: &Set, by: u16) -> Set {
    let value = match set.value {
        Draw::Good(good) => Draw::Good(good.wrapping_add(by)),
        Draw::Number(number) => Draw::Number(number.saturating_add(i64::from(by))),
    };
    Set {
        value,
        ..set.clone()
    }
}
