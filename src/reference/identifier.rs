//! Identifiers that look random and are not: the same seed and order of requests give the same
//! identifiers.

/// A version-4-shaped UUID for the `n`th thing of its `kind`, different for every seed.
pub(crate) fn uuid(seed: u64, kind: u64, n: u64) -> String {
    let start = mix(seed ^ mix(kind)).wrapping_add(n);
    let high = mix(start);
    let low = mix(high ^ start.rotate_left(32));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0x0fff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff,
    )
}

/// The finaliser of splitmix64: a bijection in which every input bit reaches every output bit.
fn mix(n: u64) -> u64 {
    let n = n.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::uuid;

    #[test]
    fn are_v4_shaped_distinct_and_repeatable() {
        let all: BTreeSet<_> = (0..1000).map(|n| uuid(7, 1, n)).collect();
        assert_eq!(all.len(), 1000);
        for id in &all {
            let places: Vec<_> = id.split('-').collect();
            assert_eq!(
                places.iter().map(|p| p.len()).collect::<Vec<_>>(),
                [8, 4, 4, 4, 12]
            );
            assert!(places[2].starts_with('4'));
            assert!(places[3].starts_with(['8', '9', 'a', 'b']));
        }

        assert_eq!(uuid(7, 1, 3), uuid(7, 1, 3));
        assert_ne!(uuid(7, 1, 3), uuid(8, 1, 3));
        assert_ne!(uuid(7, 1, 3), uuid(7, 2, 3));
    }
}
