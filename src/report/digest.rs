//! Digests of texts: short, and the same on every machine.

use std::fmt;

/// FNV-1a, 64 bits: it tells texts apart that nobody made alike on purpose.
pub(super) struct Digest(u64);

impl Digest {
    pub(super) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// The digest of one text.
    pub(super) fn of(text: &str) -> String {
        let mut digest = Self::new();
        digest.add(text.as_bytes());
        digest.hex()
    }

    pub(super) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    pub(super) fn hex(&self) -> String {
        format!("{:016x}", self.0)
    }
}

impl fmt::Write for Digest {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.add(text.as_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Digest;

    #[test]
    fn known_digests() {
        assert_eq!(Digest::of(""), "cbf29ce484222325");
        assert_eq!(Digest::of("a"), "af63dc4c8601ec8c");
    }
}
