//! Length limits of strings, lists and maps.

use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::Zone;
use crate::contract::Bound;

/// Whether the limit admits a string, whichever unit is counted: UTF-16 units, Unicode scalars or
/// bytes of UTF-8.
pub(crate) fn admits_text(bound: Bound, text: &str) -> Zone {
    // In ASCII all units are the same.
    if text.is_ascii() {
        return admits_count(bound, text.len());
    }
    let units = [
        text.encode_utf16().count(),
        text.chars().count(),
        text.len(),
    ];

    let admitted = units
        .iter()
        .filter(|units| bound.admits(i128::try_from(**units).unwrap_or(i128::MAX)))
        .count();

    match admitted {
        3 => Zone::Valid,
        0 => Zone::Invalid,
        _ => Zone::Depends("the unit of length: UTF-16 units, characters or bytes"),
    }
}

/// Whether the limit admits that many elements or entries.
pub(crate) fn admits_count(bound: Bound, count: usize) -> Zone {
    if bound.admits(i128::try_from(count).unwrap_or(i128::MAX)) {
        Zone::Valid
    } else {
        Zone::Invalid
    }
}

/// How many bytes a text of base64 stands for. None where it is none.
pub(crate) fn bytes_of(text: &str) -> Option<usize> {
    BASE64_STANDARD.decode(text).ok().map(|bytes| bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_counted_behind_base64() {
        assert_eq!(bytes_of("AP8="), Some(2));
        assert_eq!(bytes_of(""), Some(0));
        assert_eq!(bytes_of("no base64"), None);
    }

    #[test]
    fn units_that_disagree_give_no_verdict() {
        let bound = Bound {
            min: Some(1),
            max: Some(3),
        };
        assert_eq!(admits_text(bound, "abc"), Zone::Valid);
        assert_eq!(admits_text(bound, ""), Zone::Invalid);
        assert_eq!(admits_text(bound, "abcd"), Zone::Invalid);
        assert!(matches!(admits_text(bound, "äöü"), Zone::Depends(_)));
    }
}
