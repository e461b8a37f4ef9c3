//! Requests of one notation, such as with escapes or in chunks, that are read wrongly: what is not
//! read is not stored if it is valid, and accepted if it is not.

use super::super::document::CauseKind;
use super::explained::Group;
use super::groups::{Groups, absorb_into_first, kinds};
use super::key::Key;
use super::outcome::RARE;

/// Puts causes together all of whose requests have the same rare notation.
pub(super) fn read_wrongly(groups: &mut Groups<'_>) {
    use CauseKind::{Accepted, Changed, Refused, Stored};
    for notation in RARE {
        let of = |(key, group): &(&Key, &Group<'_>)| {
            matches!(key.kind, Accepted | Changed | Refused | Stored)
                && kinds(group).next().is_some()
                && kinds(group).all(|kind| kind.names.contains(notation))
        };
        let keys: Vec<Key> = groups
            .iter()
            .filter(of)
            .map(|(key, _)| key.clone())
            .collect();
        absorb_into_first(groups, &keys);
    }
}
