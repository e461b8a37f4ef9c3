//! Digests of texts: short, and the same on every machine.

use std::fmt;

/// FNV-1a, 64 bits: it tells texts apart that nobody made alike on purpose.
pub(crate) struct Digest(u64);

impl Digest {
    pub(crate) fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// The digest of one text.
    pub(crate) fn of(text: &str) -> String {
        let mut digest = Self::new();
        digest.add(text.as_bytes());
        digest.hex()
    }

    /// Adds a text with its end: two texts in a row are not the same as both in one.
    pub(crate) fn add_whole(&mut self, bytes: &[u8]) {
        self.add(bytes);
        self.add(&[0xff]);
    }

    pub(crate) fn add(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3);
        }
    }

    pub(crate) fn value(&self) -> u64 {
        self.0
    }

    pub(crate) fn hex(&self) -> String {
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
        // Test vectors of the draft of FNV.
        assert_eq!(Digest::of(""), "cbf29ce484222325");
        assert_eq!(Digest::of("a"), "af63dc4c8601ec8c");
        assert_eq!(Digest::of("foobar"), "85944171f73967e8");
    }
}
