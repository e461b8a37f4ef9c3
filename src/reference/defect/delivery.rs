//! What a mapping does with the records of its stream. Only a run with `--data-plane` sees it.

use std::time::Duration;

use super::Defect;
use crate::reference::behaviour::Behaviour;
use crate::reference::mapping::Commit;

const STOPS: &[&str] = &["rule::polling-stops"];
const POSITION: &[&str] = &["rule::position-kept"];
const RECEIVER: &[&str] = &["rule::function-stored"];
const RESETS: &[&str] = &["rule::recreation-resets"];

/// Long enough to be noticed, short enough to be waited for.
const A_WHILE: Duration = Duration::from_millis(30);

pub(super) const DEFECTS: &[Defect] = &[
    Defect::must(
        "disabled-still-polls",
        "A disabled mapping goes on delivering.",
        STOPS,
        |b| {
            b.delivery.polls = Box::new(|_, _| true);
        },
    ),
    Defect::must(
        "enabling-does-not-resume",
        "A mapping that was disabled delivers nothing any more.",
        STOPS,
        |b| {
            moves(b, |c| (!c.stored.enabled).then_some(usize::MAX));
        },
    ),
    Defect::must(
        "enabling-skips",
        "Enabling leaves out what was put while a mapping was disabled.",
        POSITION,
        |b| {
            moves(b, |c| {
                (c.stored.enabled && !c.before.enabled).then(|| c.newest())
            });
        },
    ),
    Defect::must(
        "enabling-skips-one",
        "Enabling leaves out one record.",
        POSITION,
        |b| {
            moves(b, |c| {
                let at = *c.world.positions.get(&c.stored.uuid)?;
                (c.stored.enabled && !c.before.enabled).then(|| (at + 1).min(c.newest()))
            });
        },
    ),
    Defect::must(
        "records-to-old-function",
        "Records go to the function that a mapping had first.",
        RECEIVER,
        |b| {
            b.delivery.receivers = Box::new(|first, _| vec![first.to_owned()]);
        },
    ),
    Defect::must(
        "records-to-both-functions",
        "The function that a mapping had goes on receiving.",
        RECEIVER,
        |b| {
            b.delivery.receivers =
                Box::new(|first, mapping| vec![first.to_owned(), mapping.function.clone()]);
        },
    ),
    Defect::must(
        "function-change-stops",
        "A mapping that changed its function delivers nothing.",
        RECEIVER,
        |b| {
            moves(b, |c| {
                (c.stored.function != c.before.function).then_some(usize::MAX)
            });
        },
    ),
    Defect::must(
        "recreation-resumes",
        "A mapping made again goes on where the last one stopped.",
        RESETS,
        |b| {
            b.delivery.position_of = |mapping| mapping.source.clone();
        },
    ),
    Defect::must(
        "recreation-from-latest",
        "A mapping made again begins at the newest record.",
        RESETS,
        |b| {
            b.on_delete.push(Box::new(|world, uuid| {
                let Some(source) = world.mappings.get(uuid).map(|m| m.source.clone()) else {
                    return;
                };
                if let Some(stream) = world.streams.get_mut(&source) {
                    // Its records are out of reach for every later one.
                    stream.records.clear();
                }
            }));
        },
    ),
    Defect::lawful("records-twice", "Every record is delivered twice.", |b| {
        b.delivery.receivers =
            Box::new(|_, mapping| vec![mapping.function.clone(), mapping.function.clone()]);
    }),
    Defect::lawful(
        "records-late",
        "Every record is delivered after a while.",
        |b| b.delivery.delay = A_WHILE,
    ),
    Defect::lawful(
        "last-look",
        "A mapping that was disabled looks for records once more.",
        |b| {
            b.delivery.polls = Box::new(|mapping, now| {
                mapping.enabled || now < mapping.modified.saturating_add(15)
            });
        },
    ),
    Defect::lawful(
        "again-after-enabling",
        "Enabling delivers some records again.",
        |b| {
            moves(b, |c| {
                let at = *c.world.positions.get(&c.stored.uuid)?;
                (c.stored.enabled && !c.before.enabled).then(|| at.saturating_sub(1))
            });
        },
    ),
];

/// An update that moves the position of its mapping.
fn moves(b: &mut Behaviour, to: impl Fn(&Commit<'_>) -> Option<usize> + Send + Sync + 'static) {
    b.on_commit.push(Box::new(move |c| {
        if let Some(to) = to(c) {
            c.world.positions.insert(c.stored.uuid.clone(), to);
        }
    }));
}

impl Commit<'_> {
    /// Behind the newest record of the mapping's stream.
    fn newest(&self) -> usize {
        self.world
            .streams
            .get(&self.stored.source)
            .map_or(0, |stream| stream.records.len())
    }
}
