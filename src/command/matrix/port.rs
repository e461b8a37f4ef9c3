//! Ports of loopback for the targets that a scoreboard starts.

use std::net::{TcpListener, UdpSocket};

/// A port that is ours until this is dropped, whatever other runs of this program do.
///
/// Between the moment a port is found free and the moment the target listens on it, another
/// scoreboard would find it free as well, and then judge the wrong target. So the UDP port of the
/// same number is held meanwhile: no target needs it, and the system frees it however we end.
pub(super) struct Port {
    number: u16,
    _held: UdpSocket,
}

/// The first port that is tried. Ports that are asked of the system differ each time, and so would
/// the scoreboard.
const FIRST: u16 = 24_566;

impl Port {
    /// The first port that nobody listens on or holds, of those that are not `taken`.
    pub(super) fn free(taken: impl Fn(u16) -> bool) -> Option<Self> {
        (FIRST..=u16::MAX)
            .filter(|number| !taken(*number))
            .find_map(|number| {
                let held = UdpSocket::bind(("127.0.0.1", number)).ok()?;
                TcpListener::bind(("127.0.0.1", number)).ok()?;
                Some(Self {
                    number,
                    _held: held,
                })
            })
    }

    pub(super) fn number(&self) -> u16 {
        self.number
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_at_the_same_time_differ() {
        let first = Port::free(|_| false).expect("a port");
        let second = Port::free(|_| false).expect("a port");
        assert!(first.number() < second.number());

        let third = Port::free(|number| number <= second.number()).expect("a port");
        assert!(second.number() < third.number());
    }
}
