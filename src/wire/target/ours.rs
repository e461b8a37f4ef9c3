//! Limits of our own machine and process, which a target is not to blame for.

use std::io;

use crate::wire::exchange::Silence;

/// What the operating system says where there is no room, and what a user can do about it.
const LIMITS: [(i32, &str); 5] = [
    // EMFILE
    (24, FILES),
    // ENFILE
    (23, FILES),
    // ENOMEM
    (12, FEWER),
    // EADDRNOTAVAIL: every port of ours is taken, or waits to be free again.
    (99, FEWER),
    // ENOBUFS
    (105, FEWER),
];

const FILES: &str = "raise the limit of open files (`ulimit -n`), or lower --jobs";
const FEWER: &str = "lower --jobs or --rate";

/// What a connection that could not be made says of the target, and that it says nothing where the
/// fault is ours.
pub(super) fn no_connection(error: &io::Error) -> Silence {
    match limit(error) {
        Some(remedy) => Silence::Ours(format!(
            "no connection of ours can be made: {error}; {remedy}"
        )),
        None => Silence::Unreachable(error.to_string()),
    }
}

/// The remedy, where the error is about a limit of ours.
pub(super) fn limit(error: &io::Error) -> Option<&'static str> {
    let code = error.raw_os_error()?;
    // Elsewhere the numbers are others, but for the first three.
    let known = if cfg!(target_os = "linux") {
        &LIMITS[..]
    } else {
        &LIMITS[..3]
    };
    known
        .iter()
        .find(|(known, _)| *known == code)
        .map(|(_, remedy)| *remedy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_of_ours_are_no_fault_of_the_target() {
        let of = |code| no_connection(&io::Error::from_raw_os_error(code));
        assert!(
            matches!(of(24), Silence::Ours(why) if why.contains("Too many open files") && why.contains("ulimit -n"))
        );
        assert!(matches!(of(12), Silence::Ours(why) if why.contains("--jobs")));
        // ECONNREFUSED
        assert!(matches!(of(111), Silence::Unreachable(_)));
    }
}
