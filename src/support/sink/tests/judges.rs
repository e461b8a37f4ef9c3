//! Who judges what left: the parser of each sink, or its rules where there is none at hand.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use regex::Regex;

/// A folder that goes with its test.
pub(super) struct Folder(pub(super) PathBuf);

impl Folder {
    pub(super) fn new(name: &str) -> Self {
        let path =
            std::env::temp_dir().join(format!("proofmark-sinks-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        Self(path)
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        std::fs::write(self.0.join(name), text).expect("a file");
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What stays lies among temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What GitHub's runner would carry out. It reads line by line, where .NET sees lines; white space
/// around one does not count.
pub(super) fn commands(log: &str) -> Vec<&str> {
    let blank = |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}' || c == '\u{200b}';
    let commands = log.split(['\n', '\r']).filter(|line| {
        let old = line.find("##[").is_some_and(|at| line[at..].contains(']'));
        old || line.trim_matches(blank).starts_with("::")
    });
    commands.collect()
}

/// Nothing is there that a reader would not see.
#[track_caller]
pub(super) fn visible(text: &str) {
    const HIDDEN: &str = r"[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\x{34f}\x{115f}\x{1160}\x{3164}\x{ffa0}\x{fe00}-\x{fe0f}]--[\n\t]]";
    let hidden = Regex::new(HIDDEN).expect("a pattern");
    let found = hidden
        .find(text)
        .map(|found| found.start())
        .or_else(|| text.find(no_character));
    if let Some(at) = found {
        let from = text.floor_char_boundary(at.saturating_sub(40));
        panic!(
            "hidden: {:?}",
            &text[from..text.ceil_char_boundary(at + 40)]
        );
    }
}

fn no_character(c: char) -> bool {
    matches!(c, '\u{fdd0}'..='\u{fdef}') || u32::from(c) & 0xfffe == 0xfffe
}

/// As a terminal and a log get it: visible, without a command, and with the lines that a harmless
/// value has.
#[track_caller]
pub(super) fn log(text: &str, harmless: &str) {
    visible(text);
    assert_eq!(commands(text), Vec::<&str>::new());
    assert_eq!(
        text.lines().count(),
        harmless.lines().count(),
        "a value begins a line:\n{text}"
    );
}

/// Every character is one that XML 1.0 has.
#[track_caller]
pub(super) fn xml_characters(text: &str) {
    let ok = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    assert_eq!(text.chars().find(|c| !ok(*c)), None);
}

/// In Markdown as GitHub reads it no value is markup. `harmless`: the same page with values that
/// are words.
#[track_caller]
pub(super) fn markdown(text: &str, harmless: &str) {
    let own = Regex::new("</?(?:code|details|summary|pre)>|<br>|<!-- -->").expect("a pattern");
    let tags = |text: &str| {
        own.find_iter(text)
            .map(|tag| tag.as_str().to_owned())
            .filter(|t| t != "<!-- -->")
            .collect::<Vec<_>>()
    };
    assert_eq!(tags(text), tags(harmless), "{text}");
    assert!(
        !own.replace_all(text, "").contains(['<', '>']),
        "a tag:\n{text}"
    );
    let folded = Regex::new("(?s)<pre>.*?</pre>|<summary>.*?</summary>").expect("a pattern");
    let lined = folded.replace_all(text, "");
    let cells = |text: &str| {
        let text = Regex::new(r"\\.")
            .expect("a pattern")
            .replace_all(text, "")
            .into_owned();
        let rows = text.lines().filter(|line| line.starts_with('|'));
        rows.map(|line| line.matches('|').count())
            .collect::<Vec<_>>()
    };
    assert_eq!(
        cells(&lined),
        cells(&folded.replace_all(harmless, "")),
        "cells:\n{text}"
    );
    // GitHub looks for links and mentions in what is no code; a library of Markdown does so in code
    // too, for links.
    for link in ["://", "www."] {
        assert!(!lined.contains(link), "{link} in\n{text}");
    }
    let code = Regex::new("(?s)<code>.*?</code>")
        .expect("a pattern")
        .replace_all(&lined, "");
    let mention = Regex::new("@[A-Za-z0-9]|#[0-9]").expect("a pattern");
    assert!(!mention.is_match(&code), "a mention in\n{text}");
    let escaped = Regex::new(r"\\.")
        .expect("a pattern")
        .replace_all(&code, "")
        .into_owned();
    assert!(
        !escaped.contains(['`', '*', '[', ']', '~', '$', '_']),
        "markup in\n{escaped}"
    );
}

/// What that program says of the files of a folder. It has to be there: a test that is left out
/// judges nothing.
#[track_caller]
pub(super) fn accepted(command: &mut Command, folder: &Path) -> String {
    let output: Output = command
        .current_dir(folder)
        .output()
        .unwrap_or_else(|e| panic!("{command:?}: {e}"));
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(output.status.success(), "{command:?}: {said}");
    assert!(
        !folder.join("PWNED").exists(),
        "{command:?} carried out what a target answered"
    );
    said
}

/// Python is to read every file of the folder with that ending by this script, which has the names
/// in `files`.
#[track_caller]
pub(super) fn python(folder: &Folder, end: &str, script: &str) -> String {
    let head = format!("import glob, sys\nfiles = sorted(glob.glob('*{end}'))\nassert files\n");
    accepted(
        Command::new("python3").args(["-I", "-B", "-c", &format!("{head}{script}")]),
        &folder.0,
    )
}
