//! In which forms an answer may repeat a secret, and where in a text one stands.
//!
//! Letter case never counts. Escapes of JSON, of URLs and of markup are read as what they stand
//! for, also two deep, so that a secret is found however it is written. Base64 and hexadecimal
//! digits are looked for by what they make of a secret.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use regex::bytes::{Regex, RegexBuilder};

/// The forms of all secrets.
#[derive(Clone, Default)]
pub(super) struct Forms {
    /// Each in lower case, the longest first, with the least that its beginning has to have.
    all: Vec<Form>,
    any: Option<Regex>,
}

/// A place in a text where a secret stands.
pub(super) struct Found {
    pub(super) place: Range<usize>,
    /// Whether all of it does, or its beginning alone.
    pub(super) whole: bool,
}

#[derive(Clone, PartialEq, Eq)]
struct Form {
    bytes: Vec<u8>,
    least: usize,
    /// Whether the digits beside it hold a part of the secret as well.
    shared: bool,
}

/// A text as it reads when its escapes are taken for what they stand for: each byte with the place
/// it stems from.
struct Reading {
    bytes: Vec<u8>,
    places: Vec<Range<usize>>,
}

/// So many escapes within one another are read.
const DEEP: usize = 2;
/// The longest escape, in bytes.
const LONGEST_ESCAPE: usize = 10;

impl Forms {
    /// The forms of these texts; `least`: a beginning of so many bytes gives a secret away.
    pub(super) fn of<'a>(secrets: impl IntoIterator<Item = &'a str>, least: usize) -> Self {
        let mut all: Vec<Form> = Vec::new();
        for secret in secrets {
            // Folding case makes other digits of it.
            let lower = secret.to_ascii_lowercase();
            let upper = secret.to_ascii_uppercase();
            all.push(Form {
                bytes: lower.clone().into_bytes(),
                least,
                shared: false,
            });
            for text in [secret, lower.as_str(), upper.as_str()] {
                let digits: String = text.bytes().map(|byte| format!("{byte:02x}")).collect();
                all.push(Form {
                    bytes: digits.into_bytes(),
                    least: least * 2,
                    shared: false,
                });
                all.extend(
                    (0..3)
                        .flat_map(|before| base64(text.as_bytes(), before))
                        .map(|digits| Form {
                            bytes: digits.to_ascii_lowercase().into_bytes(),
                            least: least * 4 / 3,
                            shared: true,
                        }),
                );
            }
        }

        all.sort_by(|a, b| {
            b.bytes
                .len()
                .cmp(&a.bytes.len())
                .then_with(|| a.bytes.cmp(&b.bytes))
        });

        all.dedup();
        let literals: Vec<String> = all
            .iter()
            .map(|form| regex::escape(&String::from_utf8_lossy(&form.bytes)))
            .collect();

        // Without this nothing would be found: no text is shown then at all.
        let any = RegexBuilder::new(&literals.join("|"))
            .size_limit(usize::MAX)
            .unicode(true)
            .build()
            .ok();

        Self {
            any: any.filter(|_| !all.is_empty()),
            all,
        }
    }

    /// Where in the text secrets stand, in order and apart. The beginning of one counts where the
    /// text ends, or where it was shortened.
    pub(super) fn find(&self, text: &str) -> Vec<Found> {
        if self.all.is_empty() {
            return Vec::new();
        }
        let Some(any) = &self.any else {
            return vec![Found {
                place: 0..text.len(),
                whole: true,
            }];
        };

        let mut found = Vec::new();
        let mut reading = Reading::plain(text);
        for depth in 0..=DEEP {
            self.in_reading(any, &reading, &mut found);
            match reading.unescaped() {
                Some(next) if depth < DEEP => reading = next,
                _ => break,
            }
        }

        apart(found)
    }

    fn in_reading(&self, any: &Regex, reading: &Reading, found: &mut Vec<Found>) {
        let mut add = |bytes: Range<usize>, whole: bool| {
            found.extend(reading.place(bytes).map(|place| Found { place, whole }));
        };
        let mut next = 0;
        // One may begin within another.
        while let Some(hit) = any.find_at(&reading.bytes, next) {
            next = hit.start() + 1;
            let shared = self
                .all
                .iter()
                .any(|form| form.shared && form.bytes == hit.as_bytes());
            let (mut from, mut to) = (hit.start(), hit.end());
            if shared {
                let digit = |at: usize| {
                    reading
                        .bytes
                        .get(at)
                        .is_some_and(|b| b.is_ascii_alphanumeric() || b"+/-_".contains(b))
                };
                from -= usize::from(from > 0 && digit(from - 1));
                to += usize::from(digit(to));
            }
            add(from..to, true);
        }

        // What was shortened may end within one.
        let ends = reading
            .bytes
            .windows(3)
            .enumerate()
            .filter(|(_, three)| *three == "…".as_bytes())
            .map(|(at, _)| at);

        for end in ends.chain([reading.bytes.len()]) {
            let before = reading.bytes.get(..end).unwrap_or_default();
            // An escape that was cut stands for nothing any more.
            for at in [Some(end), cut_escape(before)].into_iter().flatten() {
                let before = before.get(..at).unwrap_or_default();
                if let Some(length) = self
                    .all
                    .iter()
                    .filter_map(|form| form.beginning_at_end_of(before))
                    .max()
                {
                    add(at - length..end, false);
                }
            }
        }
    }
}

impl Form {
    /// How much of its beginning ends the text, where that is enough to give it away and not all of
    /// it.
    fn beginning_at_end_of(&self, text: &[u8]) -> Option<usize> {
        (self.least..self.bytes.len())
            .rev()
            .find(|length| self.bytes.get(..*length).is_some_and(|b| text.ends_with(b)))
    }
}

/// The digits that a text makes in Base64 after so many bytes of another, in both alphabets,
/// without those that it shares.
fn base64(text: &[u8], before: usize) -> Vec<String> {
    let padded = [&[0].repeat(before), text].concat();
    // The first digits hold bits of what comes before, and the last one of what follows.
    let (from, shared) = ([0, 2, 3][before], usize::from(padded.len() % 3 != 0));
    let inner = |digits: String| {
        digits
            .get(from..digits.len().saturating_sub(shared))
            .map(str::to_owned)
    };

    [
        STANDARD_NO_PAD.encode(&padded),
        URL_SAFE_NO_PAD.encode(&padded),
    ]
    .into_iter()
    .filter_map(inner)
    .collect()
}

impl Reading {
    fn plain(text: &str) -> Self {
        let mut reading = Self {
            bytes: Vec::with_capacity(text.len()),
            places: Vec::with_capacity(text.len()),
        };
        for (at, c) in text.char_indices() {
            reading.add(c, at..at + c.len_utf8());
        }
        reading
    }

    fn add(&mut self, c: char, place: Range<usize>) {
        for byte in c.encode_utf8(&mut [0; 4]).bytes() {
            self.push(byte, place.clone());
        }
    }

    fn push(&mut self, byte: u8, place: Range<usize>) {
        self.bytes.push(byte.to_ascii_lowercase());
        self.places.push(place);
    }

    /// The place in the text that these bytes stem from.
    fn place(&self, bytes: Range<usize>) -> Option<Range<usize>> {
        let places = self.places.get(bytes)?;
        Some(places.first()?.start..places.last()?.end)
    }

    /// The same with its escapes read; `None` where there are none.
    fn unescaped(&self) -> Option<Self> {
        if !self.bytes.iter().any(|byte| b"\\%&".contains(byte)) {
            return None;
        }
        let mut next = Self {
            bytes: Vec::with_capacity(self.bytes.len()),
            places: Vec::with_capacity(self.bytes.len()),
        };

        let mut at = 0;
        while let Some(byte) = self.bytes.get(at) {
            let rest = self.bytes.get(at..).unwrap_or_default();
            let (said, length) = escape(rest).unwrap_or((Said::Byte(*byte), 1));
            if let Some(place) = self.place(at..at + length) {
                match said {
                    Said::Byte(byte) => next.push(byte, place),
                    Said::Char(c) => next.add(c, place),
                }
            }
            at += length;
        }

        (next.bytes.len() < self.bytes.len()).then_some(next)
    }
}

enum Said {
    Byte(u8),
    Char(char),
}

/// What the escape at the beginning of a text in lower case stands for, and how long it is.
fn escape(text: &[u8]) -> Option<(Said, usize)> {
    match text {
        [b'%', high, low, ..] => Some((
            Said::Byte(u8::try_from(number(&[*high, *low], 16)?).ok()?),
            3,
        )),
        [b'\\', b'u', b'{', rest @ ..] => {
            let end = rest.iter().take(8).position(|b| *b == b'}')?;
            Some((
                Said::Char(char::from_u32(number(rest.get(..end)?, 16)?)?),
                end + 4,
            ))
        }
        [b'\\', b'u', rest @ ..] => {
            Some((Said::Char(char::from_u32(number(rest.get(..4)?, 16)?)?), 6))
        }
        [b'\\', b'x', rest @ ..] => Some((
            Said::Byte(u8::try_from(number(rest.get(..2)?, 16)?).ok()?),
            4,
        )),
        [b'\\', c @ (b'"' | b'\\' | b'/' | b'\''), ..] => Some((Said::Byte(*c), 2)),
        [b'&', rest @ ..] => {
            let end = rest.iter().take(10).position(|b| *b == b';')?;
            let c = match rest.get(..end)? {
                b"amp" => '&',
                b"lt" => '<',
                b"gt" => '>',
                b"quot" => '"',
                b"apos" => '\'',
                [b'#', b'x', digits @ ..] => char::from_u32(number(digits, 16)?)?,
                [b'#', digits @ ..] => char::from_u32(number(digits, 10)?)?,
                _ => return None,
            };
            Some((Said::Char(c), end + 2))
        }
        _ => None,
    }
}

/// Where an escape begins that the text ends within.
fn cut_escape(text: &[u8]) -> Option<usize> {
    let from = text.len().saturating_sub(LONGEST_ESCAPE);
    let at = from
        + text
            .get(from..)?
            .iter()
            .rposition(|byte| b"\\%&".contains(byte))?;
    let within = |byte: &u8| byte.is_ascii_alphanumeric() || b"#{".contains(byte);
    text.get(at + 1..)?.iter().all(within).then_some(at)
}

fn number(digits: &[u8], radix: u32) -> Option<u32> {
    u32::from_str_radix(std::str::from_utf8(digits).ok()?, radix).ok()
}

/// The places in order, those that overlap as one.
fn apart(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| found.place.start);
    let mut all: Vec<Found> = Vec::new();
    for next in found {
        match all.last_mut() {
            Some(last) if next.place.start < last.place.end => {
                last.place.end = last.place.end.max(next.place.end);
                last.whole |= next.whole;
            }
            _ => all.push(next),
        }
    }

    all
}
