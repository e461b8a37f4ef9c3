//! What lines and syntax blocks show beside entries: statuses, and the members of a document.

use super::markdown::{Section, plain};

/// The statuses of success that a line names.
pub(super) fn statuses(text: &str) -> Vec<u16> {
    let text = plain(text);
    // `in the 200 range` names no status.
    let text = text.replace("200 range", "");
    let numbers = text.split(|c: char| !c.is_ascii_alphanumeric());
    let numbers = numbers.filter(|word| word.len() == 3);
    let numbers = numbers.filter_map(|word| word.parse::<u16>().ok());
    numbers
        .filter(|status| (200..300).contains(status))
        .collect()
}

/// The names at the first level of the JSON that a syntax block shows.
pub(super) fn members_shown(section: &Section<'_>) -> Vec<String> {
    let code = section.first_code();
    let lines = code
        .iter()
        .skip_while(|line| !line.text.trim_start().starts_with('{'));
    let mut names = Vec::new();
    let mut depth = 0_i32;
    for line in lines {
        let text = line.text.trim();
        let key = text
            .strip_prefix('"')
            .and_then(|text| text.split_once("\":"));
        if let (1, Some((name, _))) = (depth, key) {
            names.push(plain(name).trim().to_owned());
        }
        // The braces that count stand outside of names.
        let rest = key.map_or(text, |(_, behind)| behind);
        for c in rest.chars() {
            match c {
                '{' | '[' => depth += 1,
                '}' | ']' => depth -= 1,
                _ => {}
            }
        }
    }
    names
}
