//! Recordings, written and judged.
