//! A covering array: few rows, in which every pair of levels of any two factors meets.

/// Factors by their number of levels. A row has one level for each factor.
///
/// Rows are found greedily, each time the first of those that cover most of what is still open, so
/// that the same factors give the same rows. `things` says what a row covers, as numbers below
/// `count`; `admits` which rows there may be. What no admitted row covers is left out.
pub(super) struct Search<'a> {
    /// How many levels each factor has.
    pub(crate) levels: &'a [usize],
    /// The things a whole row covers.
    pub(crate) things: &'a dyn Fn(&[usize]) -> Vec<usize>,
    /// How many things there are.
    pub(crate) count: usize,
    /// Whether a row makes sense.
    pub(crate) admits: &'a dyn Fn(&[usize]) -> bool,
}

/// More rows than this are not looked at: of a larger table they are taken evenly.
const WHOLE: usize = 1 << 14;

impl Search<'_> {
    /// The rows, in the order they were found.
    pub(super) fn rows(&self) -> Vec<Vec<usize>> {
        let all = self
            .levels
            .iter()
            .try_fold(1_usize, |n, l| n.checked_mul(*l))
            .unwrap_or(usize::MAX);

        let stride = all.div_ceil(WHOLE).max(1);
        // A stride with no divisor in common with the numbers of levels misses none of them.
        let stride = (stride..)
            .find(|s| self.levels.iter().all(|l| coprime(*s, *l)))
            .unwrap_or(1);

        let candidates: Vec<(Vec<usize>, Vec<usize>)> = (0..all)
            .step_by(stride)
            .map(|number| self.row(number))
            .filter(|row| (self.admits)(row))
            .map(|row| {
                let things = (self.things)(&row);
                (row, things)
            })
            .collect();

        let mut open = vec![true; self.count];
        let mut worth: Vec<usize> = candidates.iter().map(|(_, things)| things.len()).collect();
        let mut rows = Vec::new();
        loop {
            // What a candidate was worth before is the most it can be worth now, so few are counted
            // again.
            let mut best: Option<(usize, usize)> = None;
            for (index, (_, things)) in candidates.iter().enumerate() {
                if worth[index] <= best.map_or(0, |(gain, _)| gain) {
                    continue;
                }
                worth[index] = things.iter().filter(|thing| open[**thing]).count();
                if worth[index] > best.map_or(0, |(gain, _)| gain) {
                    best = Some((worth[index], index));
                }
            }
            let Some((_, index)) = best else { return rows };
            candidates[index]
                .1
                .iter()
                .for_each(|thing| open[*thing] = false);
            rows.push(candidates[index].0.clone());
        }
    }

    /// The row of that number, counted with the last factor first.
    fn row(&self, mut number: usize) -> Vec<usize> {
        let mut row = vec![0; self.levels.len()];
        for (place, levels) in row.iter_mut().zip(self.levels).rev() {
            *place = number % levels;
            number /= levels;
        }
        row
    }
}

fn coprime(mut one: usize, mut other: usize) -> bool {
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one == 1
}

#[cfg(test)]
mod tests {
    use super::Search;

    #[test]
    fn every_pair_meets_in_few_rows() {
        let levels = [5, 3, 4, 2, 2];
        let pair = |a: usize, la: usize, b: usize, lb: usize| ((a * 5 + la) * 5 + b) * 5 + lb;
        let things = |row: &[usize]| {
            let pairs = (0..row.len()).flat_map(|a| (a + 1..row.len()).map(move |b| (a, b)));
            pairs
                .map(|(a, b)| pair(a, row[a], b, row[b]))
                .collect::<Vec<_>>()
        };

        let admits = |row: &[usize]| row[0] != 4 || row[3] == 1;
        let search = Search {
            levels: &levels,
            things: &things,
            count: 625,
            admits: &admits,
        };

        let rows = search.rows();
        assert!(rows.len() <= 24, "{}", rows.len());
        assert_eq!(rows, search.rows());
        let covered: std::collections::BTreeSet<usize> =
            rows.iter().flat_map(|r| things(r)).collect();

        for a in 0..levels.len() {
            for b in a + 1..levels.len() {
                for (la, lb) in (0..levels[a]).flat_map(|la| (0..levels[b]).map(move |lb| (la, lb)))
                {
                    let impossible = (a, la, b, lb) == (0, 4, 3, 0);
                    assert_eq!(
                        covered.contains(&pair(a, la, b, lb)),
                        !impossible,
                        "{a} {la} {b} {lb}"
                    );
                }
            }
        }
    }
}
