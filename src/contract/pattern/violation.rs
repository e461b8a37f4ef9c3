//! Values that a pattern certainly refuses, each one small edit away from one that it certainly
//! admits.

use std::collections::{HashMap, HashSet};

use super::{
    Anchoring, Pattern, Reading, Zone,
    budget::Budget,
    cover,
    edit::Edit,
    language::Language,
    length::fits,
    look::Tier,
    site::{MAX_RANGES, pieces, sites},
    syntax::Kind,
};

/// A value outside a pattern, and the valid one it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    /// The place of the pattern where the value is broken: `group-2/class`. Stable and free of
    /// values.
    pub(crate) place: String,
    /// What was done there.
    pub(crate) edit: Edit,
    /// The valid twin: it differs from the value by the edit alone.
    pub(crate) base: String,
    /// The value: outside the pattern under every reading, of a length that is legal however it is
    /// counted.
    pub(crate) value: String,
}

/// A value on which readings of a pattern disagree, and the valid one it was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Probe {
    /// The place of the pattern where the value is odd. Stable and free of values.
    pub(crate) place: String,
    /// What was done there.
    pub(crate) edit: Edit,
    /// The reading on which it depends whether the value matches.
    pub(crate) reading: Reading,
    /// The valid twin.
    pub(crate) base: String,
    /// The value, of a length that is legal however it is counted.
    pub(crate) value: String,
}

/// Why there is nothing that certainly breaks a pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoViolation {
    /// There is no such value, or no certain one.
    #[error("impossible: {reason}")]
    Impossible {
        /// Why not, as a clause.
        reason: &'static str,
    },
    /// We found none, and cannot tell whether there is one.
    #[error("unsupported: {reason}")]
    Unsupported {
        /// What stands in the way, as a phrase.
        reason: &'static str,
    },
}

/// Values that certainly break a pattern, at most one for each place and edit, in the order of the
/// pattern's text.
///
/// Each is made from `base` where that shows the place and the edit certainly breaks it, and
/// otherwise from another valid value, which [`Broken::base`] names. It is outside `pattern` and
/// outside each of `also` (the same member as documented at other times) under every reading, with
/// `anchoring` as for [`Pattern::zone`]; its length is within the bounds in every unit. A `base`
/// that is not certainly valid is not used. No value is listed twice, unless its place had no
/// other.
///
/// # Errors
///
/// Returns why there is no such value at all: usually because under some reading every string
/// matches.
pub(crate) fn violations(
    pattern: &Pattern,
    min_len: usize,
    max_len: usize,
    base: &str,
    anchoring: Anchoring,
    also: &[&Pattern],
) -> Result<Vec<Broken>, NoViolation> {
    let goal = Goal {
        pattern,
        min_len,
        max_len,
        anchoring,
        also,
    };

    let bases = goal.bases(base);
    let mut found = goal.search(&bases, |place, edit, base, value| {
        goal.is_outside(value).then(|| Broken {
            place: place.to_owned(),
            edit,
            base: base.to_owned(),
            value: value.to_owned(),
        })
    });

    found.extend(goal.contradicted(&bases));
    let rank = goal.ranks();
    found.sort_by_key(|broken| (rank.get(&broken.place).copied(), broken.edit));
    let (mut values, mut places) = (HashSet::new(), HashSet::new());
    let mut repeats: Vec<Broken> = Vec::new();
    found.retain(|broken| {
        let new = values.insert(broken.value.clone());
        if new {
            places.insert(broken.place.clone());
        } else {
            repeats.push(broken.clone());
        }
        new
    });

    for repeat in repeats {
        if places.insert(repeat.place.clone()) {
            found.push(repeat);
        }
    }

    found.sort_by_key(|broken| (rank.get(&broken.place).copied(), broken.edit));
    if found.is_empty() {
        goal.replaced(&bases)
    } else {
        Ok(found)
    }
}

/// Values whose validity depends on how a pattern is read, at most one for each place and edit,
/// always the same.
///
/// The edits are those of [`violations`]; nothing follows from a target's answer but how that
/// target reads the pattern.
pub(crate) fn probes(
    pattern: &Pattern,
    min_len: usize,
    max_len: usize,
    base: &str,
    anchoring: Anchoring,
) -> Vec<Probe> {
    let goal = Goal {
        pattern,
        min_len,
        max_len,
        anchoring,
        also: &[],
    };

    let mut found = goal.search(&goal.bases(base), |place, edit, base, value| match pattern
        .zone(value, anchoring)
    {
        Zone::Depends(reading) if reading != Reading::Engine => Some(Probe {
            place: place.to_owned(),
            edit,
            reading,
            base: base.to_owned(),
            value: value.to_owned(),
        }),
        _ => None,
    });

    let rank = goal.ranks();
    found.sort_by_key(|probe| (rank.get(&probe.place).copied(), probe.edit));
    let mut values = HashSet::new();
    found.retain(|probe| values.insert(probe.value.clone()));
    found
}

/// From how many valid values an edit at one place is tried before it is given up.
const MAX_BASES: usize = 3;

/// How many shortest strings of an automaton are judged.
const MAX_LENGTHS: usize = 8;

/// What is asked of a value.
struct Goal<'a> {
    pattern: &'a Pattern,
    min_len: usize,
    max_len: usize,
    anchoring: Anchoring,
    also: &'a [&'a Pattern],
}

impl Goal<'_> {
    fn is_outside(&self, value: &str) -> bool {
        self.patterns()
            .iter()
            .all(|pattern| pattern.zone(value, self.anchoring) == Zone::Outside)
    }

    fn patterns(&self) -> Vec<&Pattern> {
        [self.pattern]
            .into_iter()
            .chain(self.also.iter().copied())
            .collect()
    }

    /// Valid values to start from, the given one first.
    fn bases(&self, base: &str) -> Vec<String> {
        let mut bases = vec![base.to_owned()];
        let zone = |base: &String| self.pattern.zone(base, Anchoring::Whole);
        bases.retain(|base| fits(base, self.min_len, self.max_len) && zone(base) == Zone::Inside);
        let others = cover::bases(self.pattern, self.min_len, self.max_len);
        bases.extend(others.into_iter().filter(|other| other != base));
        if bases.is_empty() {
            let language = Language::new(self.pattern, self.min_len, self.max_len).ok();
            bases.extend(language.and_then(|language| language.shortest()));
        }
        bases
    }

    /// Makes every edit at every site of the bases, and keeps the first of each kind that `keep`
    /// wants.
    fn search<T>(
        &self,
        bases: &[String],
        keep: impl Fn(&str, Edit, &str, &str) -> Option<T>,
    ) -> Vec<T> {
        let mut found = Vec::new();
        let mut budget = Budget::new();
        // How often an edit was tried at a place; done once it is as often as allowed.
        let mut tried: HashMap<String, [usize; Edit::ALL.len()]> = HashMap::new();

        for base in bases {
            let characters: Vec<char> = base.chars().collect();
            for site in sites(&self.pattern.tree, base) {
                let tried = tried
                    .entry(site.place.clone())
                    .or_insert([0; Edit::ALL.len()]);
                for (edit, tried) in Edit::ALL.into_iter().zip(tried) {
                    if *tried >= MAX_BASES {
                        continue;
                    }
                    let values = edit.apply(&site, &characters);
                    *tried += usize::from(!values.is_empty());
                    let kept = values.iter().find_map(|value| {
                        let fits = value != base && fits(value, self.min_len, self.max_len);
                        let judged = fits && budget.pays(self.pattern, value);
                        judged
                            .then(|| keep(&site.place, edit, base, value))
                            .flatten()
                    });
                    if let Some(kept) = kept {
                        *tried = MAX_BASES;
                        found.push(kept);
                    }
                }
            }
        }

        found
    }

    /// For each look-around, a value that is valid but for it.
    fn contradicted(&self, bases: &[String]) -> Vec<Broken> {
        let tree = &self.pattern.tree;
        let looks = tree
            .in_order()
            .into_iter()
            .filter(|&node| matches!(tree.kind(node), Kind::Look { .. }));

        let contradict = |node| {
            let patterns = self.patterns();
            let (min_len, max_len) = (self.min_len, self.max_len);
            let language = Language::but_for(
                self.pattern,
                node,
                &patterns,
                self.anchoring,
                min_len,
                max_len,
            )
            .ok()?;
            let value = self.certain(&language)?;
            let (place, base) = (tree.nodes[node].place.clone(), bases.first()?.clone());
            Some(Broken {
                place,
                edit: Edit::Contradicted,
                base,
                value,
            })
        };

        looks.take(MAX_LOOKS).filter_map(contradict).collect()
    }

    /// Another value altogether, from the automaton of what no pattern admits.
    fn replaced(&self, bases: &[String]) -> Result<Vec<Broken>, NoViolation> {
        let unsupported = |reason| NoViolation::Unsupported { reason };
        let Some(base) = bases.first() else {
            // No violation without a control. There is none, or we found none.
            return Err(
                match Language::new(self.pattern, self.min_len, self.max_len) {
                    Ok(language) if language.is_empty() => NoViolation::Impossible {
                        reason: "no string of a legal length matches under every reading",
                    },
                    Ok(_) => unsupported("no valid value was found to start from"),
                    Err(error) => unsupported(error.reason()),
                },
            );
        };

        let mut tried = Ok(());
        for tier in Tier::ALL {
            let outside = Language::outside(
                &self.patterns(),
                self.anchoring,
                self.min_len,
                self.max_len,
                tier,
            );
            let outside = match outside {
                Ok(outside) => outside,
                // Where fewer characters are too many, all of them are.
                Err(error) => return Err(unsupported(error.reason())),
            };
            if let Some(value) = self.certain(&outside) {
                let (place, base) = ("value".to_owned(), base.clone());
                return Ok(vec![Broken {
                    place,
                    edit: Edit::Replaced,
                    base,
                    value,
                }]);
            }
            if let Some(value) = outside.shortest() {
                tried = Err(match self.pattern.zone(&value, self.anchoring) {
                    Zone::Depends(Reading::Engine) => unsupported("the engines give up on it"),
                    _ => unsupported("each value that was tried depends on the reading"),
                });
            }
        }

        Err(tried.err().unwrap_or(NoViolation::Impossible {
            reason: "under some reading every string of a legal length matches",
        }))
    }

    /// One of a language's shortest strings that fits and is outside.
    fn certain(&self, language: &Language) -> Option<String> {
        let values = language
            .lengths()
            .iter()
            .take(MAX_LENGTHS)
            .filter_map(|&len| language.at(len));
        values
            .into_iter()
            .find(|value| fits(value, self.min_len, self.max_len) && self.is_outside(value))
    }

    /// The order in which places are listed: the whole value, then the pattern from left to right.
    fn ranks(&self) -> HashMap<String, usize> {
        let tree = &self.pattern.tree;
        let mut places = vec!["value".to_owned()];
        for node in tree.in_order() {
            let place = &tree.nodes[node].place;
            places.push(place.clone());
            match tree.kind(node) {
                Kind::Class(_) => {
                    places.extend((1..=MAX_RANGES).map(|range| format!("{place}/range-{range}")))
                }
                Kind::Literal(text) => {
                    places.extend(
                        pieces(text)
                            .into_iter()
                            .map(|(name, ..)| format!("{place}/{name}")),
                    );
                }
                _ => {}
            }
        }

        let mut ranks = HashMap::new();
        for place in places {
            let rank = ranks.len();
            ranks.entry(place).or_insert(rank);
        }

        ranks
    }
}

/// For how many look-arounds an automaton is built.
const MAX_LOOKS: usize = 4;
