//! The corpus's files, and what is kept of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use crate::harness::testing::{assert_refused, plan};
use crate::run::fuzz::corpus::{Corpus, entry_text, load, read, write};
use crate::run::fuzz::input::{Draw, Input, Move, Set, Wild};
use crate::run::fuzz::{Mutator, Space};
use crate::support::files::Source;

/// A folder of this test's own, which is not there.
fn fresh(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("proofmark-corpus-{name}-{}", std::process::id()));
    // It is there only if an earlier process had the same number.
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn input(moves: &[Move]) -> Input {
    Input {
        variant: 1,
        moves: moves.to_vec(),
    }
}

fn source(text: &str) -> Source {
    Source {
        name: "a.json".to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn what_is_written_is_read_back() {
    let plan = plan();
    let space = Space::new(&plan).expect("a space");
    let mut mutator = Mutator::new(3, 0);
    for _ in 0..200 {
        let input = mutator.fresh(&space);
        assert_eq!(read(&source(&entry_text(&input))), Ok(input));
    }
    let set = vec![Set {
        member: 2,
        value: Draw::Good(1),
    }];
    let wild = Move::Wild {
        on: 0,
        member: 2,
        value: Wild::Text("a\n\"ä\u{0}".to_owned()),
        set,
    };
    let odd = input(&[wild]);
    assert_eq!(read(&source(&entry_text(&odd))), Ok(odd));
}

#[test]
fn what_is_broken_is_refused_with_its_line() {
    let good = entry_text(&input(&[Move::List, Move::Read(1)]));
    assert_eq!(
        good,
        "{\"version\":1,\"variant\":1,\"moves\":[\n\"list\",\n{\"read\":1}\n]}\n"
    );
    let refused = |from: &str, to: &str, expected: &str| {
        assert_refused(read(&source(&good.replace(from, to))), expected)
    };
    refused(
        "\"version\":1",
        "\"version\":2",
        "a.json:1: expected an input of version 1, found version 2",
    );
    refused(
        "\"read\":1",
        "\"reads\":1",
        "a.json:3: expected an input of `fuzz`: unknown value `reads`, expected one of `create`, …",
    );
    refused(
        "\"read\":1",
        "\"read\":300",
        "a.json:3: expected an input of `fuzz`: invalid value: integer `300`, expected u8",
    );
    refused(
        "\"variant\":1,",
        "",
        "a.json:4: expected an input of `fuzz`: missing field `variant`",
    );
    refused(
        "]}",
        "]",
        "a.json:5: expected an input of `fuzz`: EOF while parsing an object",
    );
    refused(
        "\"moves\"",
        "\"more\":1,\"moves\"",
        "a.json:1: expected an input of `fuzz`: unknown field `more`, expected one of …",
    );
}

#[test]
fn a_folder_is_read_the_smallest_first() {
    let folder = fresh("folder");
    assert_eq!(
        load(&folder),
        Ok(Vec::new()),
        "one that is not there has none"
    );
    let (large, small) = (
        input(&[Move::List, Move::Read(1), Move::Delete(0)]),
        input(&[Move::List]),
    );
    assert_eq!(write(&folder, &large), Ok(true));
    assert_eq!(write(&folder, &small), Ok(true));
    assert_eq!(
        write(&folder, &small),
        Ok(false),
        "the same input is there once"
    );
    assert_eq!(load(&folder), Ok(vec![small, large]));
    std::fs::write(folder.join("broken.json"), "{").expect("a file that can be written");
    let said = load(&folder).expect_err("a broken file").to_string();
    assert!(
        said.contains("broken.json:1: expected an input of `fuzz`: EOF"),
        "{said}"
    );
    std::fs::remove_dir_all(folder).expect("a folder");
}

#[test]
fn what_smaller_ones_show_is_dropped() {
    let folder = fresh("thin");
    let mut corpus = Corpus::new(Some(folder.clone()));
    let shows = |all: &[u64]| all.iter().copied().collect::<BTreeSet<u64>>();
    let (large, small, other) = (
        input(&[Move::List, Move::Read(0)]),
        input(&[Move::List]),
        input(&[Move::Read(0)]),
    );
    corpus
        .add(large, shows(&[1, 2]))
        .expect("a folder that can be written");
    corpus.add(small.clone(), shows(&[1])).expect("a folder");
    corpus.add(other.clone(), shows(&[2, 3])).expect("a folder");
    corpus.thin();
    assert_eq!(corpus.inputs().len(), 2);
    assert!(corpus.inputs().contains(&&small) && corpus.inputs().contains(&&other));
    assert_eq!(
        load(&folder).map(|all| all.len()),
        Ok(2),
        "its file is gone too"
    );
    std::fs::remove_dir_all(folder).expect("a folder");
}
