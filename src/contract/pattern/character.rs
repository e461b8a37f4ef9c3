//! Which characters people find plain, and which ones they find suspicious.

/// A character's place in the order from plain to odd: letters, digits, capitals, marks, and the
/// rest by code.
pub(super) fn oddness(character: char) -> u32 {
    let code = u32::from(character);
    match character {
        'a'..='z' => code - u32::from('a'),
        '0'..='9' => 32 + code - u32::from('0'),
        'A'..='Z' => 64 + code - u32::from('A'),
        '!'..='~' => 128 + code,
        ' ' => 300,
        _ if character.is_ascii() => 400 + code,
        _ => 1000 + code,
    }
}
