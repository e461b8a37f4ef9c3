//! Inputs from bytes: for a fuzzer that mutates bytes and looks at coverage.

use arbitrary::{Arbitrary, Result, Unstructured};

use super::input::{Input, MOST_MOVES, MOST_TIMES, MOST_TOGETHER, Move, Set};

/// So many members of one update at most.
const MOST_SET: usize = 6;

impl<'a> Arbitrary<'a> for Input {
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let variant = bytes.arbitrary()?;
        let mut moves = Vec::new();
        while moves.len() < MOST_MOVES && !bytes.is_empty() {
            moves.push(bytes.arbitrary()?);
        }
        Ok(Self { variant, moves })
    }
}

impl<'a> Arbitrary<'a> for Move {
    /// Updates are most of the moves: they are the operation under test.
    fn arbitrary(bytes: &mut Unstructured<'a>) -> Result<Self> {
        let kind = bytes.int_in_range(0..=15_u8)?;
        let on = bytes.arbitrary()?;
        Ok(match kind {
            0..=6 => {
                let times = if bytes.ratio(1_u8, 32_u8)? {
                    bytes.int_in_range(2..=MOST_TIMES)?
                } else {
                    1
                };
                Self::Update {
                    on,
                    set: set(bytes)?,
                    times,
                    at_once: bytes.ratio(1_u8, 8_u8)?,
                }
            }
            7 => Self::Broken {
                on,
                case: bytes.arbitrary()?,
            },
            8 | 9 => Self::Wild {
                on,
                member: bytes.arbitrary()?,
                value: bytes.arbitrary()?,
                set: set(bytes)?,
            },
            10 => {
                let sets = (0..bytes.int_in_range(2..=MOST_TOGETHER)?)
                    .map(|_| set(bytes))
                    .collect::<Result<_>>()?;
                Self::Together { on, sets, times: 1 }
            }
            11 => Self::List,
            12 => Self::Delete(on),
            13 => Self::Create(on),
            _ => Self::Read(on),
        })
    }
}

fn set(bytes: &mut Unstructured<'_>) -> Result<Vec<Set>> {
    let count = bytes.int_in_range(0..=MOST_SET)?;
    (0..count).map(|_| bytes.arbitrary()).collect()
}
