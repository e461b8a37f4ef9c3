//! Cases in an order drawn at random: what a run says must not depend on which case is fired first.

use rand::SeedableRng as _;
use rand::seq::SliceRandom as _;
use rand_chacha::ChaCha8Rng;

/// The places of cases in an order drawn from that seed: the same places and seed, the same order.
pub(crate) fn shuffled(mut places: Vec<usize>, seed: u64) -> Vec<usize> {
    places.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
    places
}

#[cfg(test)]
mod tests {
    use super::shuffled;

    #[test]
    fn a_seed_gives_one_order_of_the_same_places() {
        let places: Vec<usize> = (0..100).collect();
        let orders: Vec<_> = [1, 1, 2]
            .into_iter()
            .map(|seed| shuffled(places.clone(), seed))
            .collect();

        assert_eq!(orders[0], orders[1]);
        assert_ne!(orders[0], orders[2]);
        for mut order in orders {
            assert_ne!(order, places);
            order.sort_unstable();
            assert_eq!(order, places);
        }
    }
}
