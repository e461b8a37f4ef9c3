//! Small contracts, and what breaks them.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use arbitrary::Arbitrary;
use indexmap::IndexMap;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng as _;
use serde_json::{Map, Value};

use crate::contract::Contract;
use crate::contract::pattern::{Language, Pattern};
use crate::plan::fixture::OperationBinding;

/// One member of a request.
#[derive(Clone, Debug, Arbitrary)]
pub(crate) struct AnyMember {
    /// What values it may take.
    pub(crate) kind: Kind,
    /// Whether a request without it breaks the contract.
    pub(crate) required: bool,
}

/// What values a member may take.
#[derive(Clone, Debug, Arbitrary)]
pub(crate) enum Kind {
    /// A 32-bit whole number, of so many from the least.
    Number {
        /// The least.
        min: i16,
        /// How much greater it may be.
        room: u16,
    },
    /// A 64-bit whole number that only its least value limits.
    Long(i32),
    /// Text that is a pattern's, of a length in characters.
    Text {
        /// The pattern: what follows what.
        parts: Vec<Part>,
        /// The least length.
        min: u8,
        /// How much longer it may be.
        room: u8,
    },
    /// One of so many words.
    Choice(u8),
    /// `true` or `false`.
    Switch,
}

/// A class of characters, and how often one of it stands there.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub(crate) struct Part {
    /// The class, by its place in a table.
    pub(crate) class: u8,
    /// How often.
    pub(crate) repeat: Repeat,
}

/// How often something stands in a row.
#[derive(Clone, Copy, Debug, Arbitrary)]
pub(crate) enum Repeat {
    Once,
    /// Once or not at all.
    Optional,
    /// As often as one likes.
    Any,
    /// At least once.
    Many,
    /// So often at least, and so much more often at most.
    Some(u8, u8),
}

/// Classes that all dialects of patterns read alike.
const CLASSES: [&str; 8] = [
    "[a-z]",
    "[0-9]",
    "[a-zA-Z0-9_-]",
    "a",
    ":",
    "(arn|aws)",
    "[^/]",
    "(x|[0-9]{2})",
];
/// No pattern has more parts.
const MOST_PARTS: usize = 6;
/// Nothing stands in a row more often, where a pattern counts it.
const MOST_REPEATS: u8 = 12;
/// No text is longer.
const LONGEST: u32 = 200;

/// The contract file of these members.
pub(super) fn text(members: &[AnyMember]) -> String {
    let mut text = String::from(
        "operation = \"Any\"\nrevision = \"1\"\nsource = \"any\"\n\n[http]\nmethod = \"PUT\"\nuri = \"/any\"\ncode = 200\nsection = \"any\"\n",
    );
    for (place, member) in members.iter().enumerate() {
        let restriction = match &member.kind {
            Kind::Number { min, room } => {
                format!(
                    "type = \"integer\"\nrange = {{ min = {min}, max = {} }}",
                    highest(*min, *room)
                )
            }
            Kind::Long(min) => format!("type = \"long\"\nrange = {{ min = {min} }}"),
            Kind::Text { parts, min, room } => format!(
                "type = \"string\"\nlength = {{ min = {min}, max = {} }}\npattern = '{}'",
                longest(*min, *room),
                pattern(parts)
            ),
            Kind::Choice(count) => format!("type = \"string\"\nenum = {:?}", words(*count)),
            Kind::Switch => "type = \"boolean\"".to_owned(),
        };
        let required = member.required;
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "\n[input.{}]\n{restriction}\nrequired = {required}",
            name(place)
        );
    }

    text
}

/// What is good for a target of that contract: for each member two values or more that keep it.
/// `None` where a member has not so many.
pub(super) fn binding(members: &[AnyMember], contract: &Contract) -> Option<OperationBinding> {
    let mut given = Map::new();
    let mut values = IndexMap::new();
    for (place, member) in members.iter().enumerate() {
        let name = name(place);
        let good: Vec<Value> = match &member.kind {
            Kind::Number { min, room } => [i64::from(*min), highest(*min, *room)]
                .map(Value::from)
                .into(),
            Kind::Long(min) => [i64::from(*min), i64::MAX].map(Value::from).into(),
            Kind::Choice(count) => words(*count).into_iter().map(Value::from).collect(),
            Kind::Switch => [true, false].map(Value::from).into(),
            Kind::Text { min, room, .. } => texts(
                contract.member(&name)?.shape.pattern()?,
                *min,
                longest(*min, *room),
            ),
        };
        if good.len() < 2 {
            return None;
        }
        given.insert(name.clone(), good.first()?.clone());
        values.insert(name, good.iter().map(Value::to_string).collect());
    }

    Some(OperationBinding {
        made_up: false,
        few: false,
        imported: false,
        resource: None,
        read: None,
        variant: crate::plan::case::Variant::ANY,
        label: IndexMap::new(),
        absent: IndexMap::new(),
        unknown: None,
        given: Value::Object(given).to_string(),
        needed: Vec::new(),
        values,
        reference: IndexMap::new(),
        limit: Vec::new(),
        names: Vec::new(),
        refers: Vec::new(),
        needs: Vec::new(),
        around: crate::plan::fixture::Around::default(),
        transition: None,
        variants: Vec::new(),
    })
}

/// A few texts of that pattern and length, each another; none where it admits none.
fn texts(pattern: &Pattern, min: u8, longest: u32) -> Vec<Value> {
    let longest = usize::try_from(longest).unwrap_or(usize::MAX);
    let Ok(language) = Language::new(pattern, usize::from(min), longest) else {
        return Vec::new();
    };
    let mut rng = ChaCha8Rng::seed_from_u64(0);
    let texts = (0..8)
        .filter_map(|_| language.sample_any(&mut rng))
        .chain(language.shortest());
    let texts: BTreeSet<String> = texts.collect();
    texts.into_iter().take(3).map(Value::from).collect()
}

/// The paths of the promises that a body breaks, in the order of its contract. `None` where
/// readings differ.
pub(super) fn broken(members: &[AnyMember], body: &Map<String, Value>) -> Option<Vec<String>> {
    let mut broken = Vec::new();
    for (place, member) in members.iter().enumerate() {
        let name = name(place);
        let mut breaks = |side: &str| broken.push(format!("request::{name}::{side}"));
        match (&member.kind, body.get(&name)) {
            (_, None | Some(Value::Null)) if member.required => breaks("required"),
            (_, None | Some(Value::Null)) | (Kind::Switch, Some(Value::Bool(_))) => {}
            (Kind::Number { min, room }, Some(Value::Number(number))) => {
                side(&number.to_string(), i64::from(*min), highest(*min, *room))?
                    .into_iter()
                    .for_each(breaks);
            }
            (Kind::Long(min), Some(Value::Number(number))) => {
                side(&number.to_string(), i64::from(*min), i64::MAX)?
                    .into_iter()
                    .filter(|side| *side == "range::min")
                    .for_each(breaks);
            }
            (Kind::Text { parts, min, room }, Some(Value::String(text))) => {
                // Units of length differ.
                if !text.is_ascii() {
                    return None;
                }
                let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
                if length < u32::from(*min) {
                    breaks("length::min");
                } else if length > longest(*min, *room) {
                    breaks("length::max");
                }
                let whole = regex::Regex::new(&format!(r"\A(?:{})\z", pattern(parts))).ok()?;
                // A final newline is one in some dialects.
                if text.ends_with('\n') {
                    return None;
                }
                if !whole.is_match(text) {
                    breaks("pattern");
                }
            }
            (Kind::Choice(count), Some(Value::String(text))) => {
                if !words(*count).contains(text) {
                    breaks("enum");
                }
            }
            _ => breaks("type"),
        }
    }
    Some(broken)
}

/// Whether a promise is one of these members'.
pub(super) fn is_of_a_member(path: &str, members: &[AnyMember]) -> bool {
    (0..members.len()).any(|place| path.starts_with(&format!("request::{}::", name(place))))
}

/// The side of a range that a number breaks, if it does. `None` where it is not written plainly.
fn side(lexeme: &str, min: i64, max: i64) -> Option<Option<&'static str>> {
    let digits = lexeme.strip_prefix('-').unwrap_or(lexeme);
    if lexeme == "-0" || digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    // Beyond 128 bits it is beyond every bound.
    let number = lexeme.parse().unwrap_or(if lexeme.starts_with('-') {
        i128::MIN
    } else {
        i128::MAX
    });

    Some(match number {
        _ if number < i128::from(min) => Some("range::min"),
        _ if number > i128::from(max) => Some("range::max"),
        _ => None,
    })
}

fn name(place: usize) -> String {
    format!("Member{place}")
}

fn highest(min: i16, room: u16) -> i64 {
    i64::from(min) + i64::from(room) + 1
}

fn longest(min: u8, room: u8) -> u32 {
    (u32::from(min) + u32::from(room))
        .clamp(1, LONGEST)
        .max(u32::from(min))
}

/// Two words or more.
fn words(count: u8) -> Vec<String> {
    (0..2 + count % 4)
        .map(|number| format!("WORD_{}", char::from(b'A' + number)))
        .collect()
}

fn pattern(parts: &[Part]) -> String {
    let part = |part: &Part| {
        let class = CLASSES[usize::from(part.class) % CLASSES.len()];
        let repeat = match part.repeat {
            Repeat::Once => String::new(),
            Repeat::Optional => "?".to_owned(),
            Repeat::Any => "*".to_owned(),
            Repeat::Many => "+".to_owned(),
            Repeat::Some(least, more) => {
                let least = least % MOST_REPEATS;
                format!("{{{least},{}}}", least + 1 + more % MOST_REPEATS)
            }
        };
        format!("{class}{repeat}")
    };

    match parts {
        [] => "[a-z]+".to_owned(),
        parts => parts.iter().take(MOST_PARTS).map(part).collect(),
    }
}
