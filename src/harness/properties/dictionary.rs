//! A dictionary for fuzzers: the words that a contract is made of, so that they need not be guessed
//! letter by letter.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::built_in::plan;
use crate::contract::{Constraint, Contract, Shape};

/// The keys of the files, and what HTTP and JSON are made of.
const FORMAT: &[&str] = &[
    "[[case]]",
    "[[sequence]]",
    "[defaults]",
    "[[fixture]]",
    "like = \"",
    "with = { ",
    "[input.",
    "[output.",
    "[error.",
    "[rule.",
    "[shape.",
    "atoms = [\"",
    "basis = \"page\"",
    "body = \"",
    "enum = [\"",
    "expect = \"accept\"",
    "expect = \"reject\"",
    "given = \"",
    "headers = { ",
    "id = \"",
    "length = { min = 1 }",
    "level = \"should\"",
    "path = \"",
    "pattern = '",
    "presence = \"always\"",
    "range = { min = 1 }",
    "required = true",
    "says = \"",
    "section = \"",
    "settle = false",
    "steps = [",
    "target = \"",
    "then = { ",
    "twin = \"",
    "type = \"integer\"",
    "violates = \"",
    "why = \"",
    "${mapping}",
    "HTTP/1.1 200 OK\r\n",
    "content-length: ",
    "transfer-encoding: chunked\r\n",
    "\r\n0\r\n\r\n",
    "content-type: application/json\r\n",
    "[a-z]",
    "{1,3}",
    "(?!",
    "(?<=",
    "\\d",
    "true",
    "null",
    "1e400",
];

/// The dictionary of all fuzz targets in libFuzzer's form, made from the contracts that are built
/// in.
pub(crate) fn dictionary() -> String {
    let plan = plan();
    let mut words: BTreeSet<String> = FORMAT.iter().map(|word| (*word).to_owned()).collect();
    for contract in plan.judged_by().chain(&plan.others) {
        of_contract(contract, &mut words);
    }
    for family in plan.service.families.values() {
        words.extend(
            family
                .accept
                .iter()
                .filter_map(|accepted| accepted.error.clone()),
        );
    }

    words.extend(plan.binding.identity().values().cloned());
    words.extend(plan.binding.values.values().flatten().cloned());
    let mut text = String::from(
        "# The words of the contracts, for libFuzzer's -dict. Made by proofmark::harness::properties::dictionary.\n",
    );

    for word in words.iter().filter(|word| !word.is_empty()) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "\"{}\"", escaped(word));
    }

    text
}

fn of_contract(contract: &Contract, words: &mut BTreeSet<String>) {
    words.insert(contract.http.uri.clone());
    words.extend(contract.errors.iter().map(|error| error.name.clone()));
    words.extend(contract.input.iter().map(|member| member.name.clone()));
    words.extend(contract.output.iter().map(|member| member.name.clone()));
    let of_members = contract
        .input
        .iter()
        .map(|m| &m.shape)
        .chain(contract.output.iter().map(|m| &m.shape));

    of_members
        .chain(contract.shapes.values())
        .for_each(|shape| of_shape(shape, words));
}

fn of_shape(shape: &Shape, words: &mut BTreeSet<String>) {
    for constraint in &shape.constraints {
        match constraint {
            Constraint::Range(bound) | Constraint::Length(bound) => {
                words.extend(
                    [bound.min, bound.max]
                        .into_iter()
                        .flatten()
                        .map(|limit| limit.to_string()),
                );
            }
            Constraint::Fraction(limits) => {
                let both = [&limits.min, &limits.max];
                words.extend(both.into_iter().flatten().map(ToString::to_string));
            }
            Constraint::Pattern(pattern) => {
                words.insert(pattern.source().to_owned());
            }
            Constraint::Enum(values) => words.extend(values.iter().cloned()),
        }
    }

    words.extend(shape.members.keys().cloned());
    shape
        .members
        .values()
        .for_each(|member| of_shape(&member.shape, words));

    shape
        .element
        .iter()
        .chain(&shape.key)
        .for_each(|inner| of_shape(inner, words));
}

/// A word between the quotes of a dictionary.
fn escaped(word: &str) -> String {
    let plain =
        |byte: u8| (byte.is_ascii_graphic() || byte == b' ') && byte != b'"' && byte != b'\\';
    word.bytes()
        .map(|b| {
            if plain(b) {
                char::from(b).to_string()
            } else {
                format!("\\x{b:02X}")
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The file that the fuzzers read is what the contracts say today.
    #[test]
    fn the_dictionary_is_up_to_date() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/dict/contract.dict");
        if std::env::var_os("UPDATE_DICTIONARY").is_some() {
            std::fs::write(path, dictionary()).expect("a file that can be written");
        }
        let kept = std::fs::read_to_string(path).unwrap_or_default();
        assert_eq!(
            kept,
            dictionary(),
            "UPDATE_DICTIONARY=1 cargo test dictionary writes it anew"
        );
    }
}
