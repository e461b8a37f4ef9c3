//! How a mark looks.

use crate::report::html::Tone;
use crate::report::matrix::Mark;

/// How a mark looks.
pub(crate) fn tone(mark: Mark) -> Tone {
    let class = match mark {
        Mark::Holds => Tone::KEPT.class,
        Mark::Broken => Tone::BROKEN.class,
        Mark::Warned => Tone::WARNED.class,
        Mark::Masked => Tone::MASKED.class,
        Mark::NotImplemented => Tone::QUIET.class,
        Mark::Untested => Tone::UNTESTED.class,
    };

    Tone {
        sign: mark.sign(),
        class,
    }
}
