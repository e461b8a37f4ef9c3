//! The table is sound, and every defect shows: some request of a broad battery is answered
//! otherwise than by the conforming reference.

mod battery;

use std::collections::BTreeSet;

use battery::transcript;

use super::{Expected, defects, find_defect};

/// Shown only where requests overlap, or on a socket; the tests of the service have them.
const NOT_IN_BATTERY: [&str; 3] = [
    "concurrent-updates-lost",
    "concurrent-updates-crash",
    "title-case-headers",
];

#[test]
fn ids_are_unique_and_in_kebab_case() {
    let mut seen = BTreeSet::new();
    for defect in defects() {
        assert!(seen.insert(defect.id), "{} is there twice", defect.id);
        let is_kebab = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        assert!(defect.id.chars().all(is_kebab), "{}", defect.id);
        assert!(defect.says.ends_with('.'), "{}", defect.id);
        assert!(!defect.class.is_empty(), "{}", defect.id);
        assert_eq!(
            defect.breaks.is_empty(),
            defect.expected == Expected::LawfulVariation,
            "{}",
            defect.id
        );
        assert!(std::ptr::eq(
            find_defect(defect.id).unwrap_or(defect),
            defect
        ));
    }
}

#[test]
fn there_are_enough() {
    let must = defects()
        .iter()
        .filter(|d| d.expected == Expected::MustBeFound)
        .count();
    assert!(must >= 150, "{must}");
    assert!(defects().len() - must >= 30, "{}", defects().len() - must);
}

#[test]
fn every_defect_shows() {
    let faithful = transcript(None, None);
    let silent = std::thread::scope(|scope| {
        let part = defects()
            .len()
            .div_ceil(std::thread::available_parallelism().map_or(2, usize::from));
        let workers: Vec<_> = defects()
            .chunks(part)
            .map(|some| {
                let faithful = &faithful;
                scope.spawn(move || {
                    let silent = some.iter().filter(|d| {
                        // What becomes of records shows in the runner's tests of the data plane.
                        d.class != "delivery"
                            && !NOT_IN_BATTERY.contains(&d.id)
                            && transcript(Some(d), Some(faithful)) == *faithful
                    });
                    silent.map(|d| d.id).collect::<Vec<_>>()
                })
            })
            .collect();
        workers
            .into_iter()
            .flat_map(|worker| worker.join().expect("a transcript"))
            .collect::<Vec<_>>()
    });
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn the_battery_is_repeatable() {
    assert_eq!(transcript(None, None), transcript(None, None));
}
