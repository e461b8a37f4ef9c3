//! One table of evil strings through every sink, with that sink's own reader as the judge.
//!
//! A report is filled with each of them, in every text that it has. A format that is added has to
//! name its judge here.

mod judges;
mod languages;

use serde_json::Value;

use super::guard;
use crate::harness::testing::cases;
use crate::harness::testing::evil::EVIL;
use crate::report::document::tests::{document, ran};
use crate::report::document::{Body, Texts};
use crate::report::html::tests::check_page;
use crate::report::{Format, Report, Style, report_text};
use judges::{Folder, commands, log, markdown, python, visible, xml_characters};

/// Puts one string into every text.
struct Filled<'a>(&'a str);

impl Texts for Filled<'_> {
    fn word(&mut self, text: &mut String) {
        // Words refer to one another, and have to differ.
        text.push_str(self.0);
    }

    fn ours(&mut self, text: &mut String) {
        *text = self.0.to_owned();
    }

    fn value(&mut self, text: &mut String) {
        *text = self.0.to_owned();
    }

    fn body(&mut self, body: &mut Body) {
        *body = Body::of(self.0.as_bytes());
    }
}

fn filled(report: &Report, with: &str) -> Report {
    let mut report = report.clone();
    report.notes.push(String::new());
    report.leftovers.push(crate::report::document::Left {
        what: String::new(),
        why: String::new(),
    });
    if let Some(finding) = report.findings.first_mut() {
        finding.curl = vec![String::new(); 2];
        (finding.known, finding.retried, finding.written) =
            (None, Some(String::new()), Some(String::new()));
    }
    report.each(&mut Filled(with));
    report
}

async fn report() -> Report {
    let some = cases(|c| c.id.as_str().contains("BatchSize"), 20);
    document(&ran(Some("batch-size-min-zero"), &some).await, &some).0
}

/// The text of a format as its own reader takes it. `harmless`: the same, with words in the place
/// of what is evil.
fn judge(format: Format, text: &str, report: &Report, harmless: &str) {
    visible(text);
    match format {
        Format::Json => {
            let read: Report = serde_json::from_str(text).expect("JSON");
            assert!(read == *report, "what is read is what was written");
            assert_eq!(text.lines().count(), harmless.lines().count());
            assert_eq!(commands(text), Vec::<&str>::new());
        }
        Format::Ndjson => {
            for line in text.lines() {
                serde_json::from_str::<Value>(line).expect("JSON");
            }
            assert_eq!(text.lines().count(), harmless.lines().count());
            assert_eq!(commands(text), Vec::<&str>::new());
        }
        Format::Sarif => {
            let read: Value = serde_json::from_str(text).expect("JSON");
            let mut messages = Vec::new();
            collect("text", &read, &mut messages);
            assert!(
                !messages.is_empty() && messages.iter().all(|text| !text.contains("](")),
                "a link: {messages:?}"
            );
            assert_eq!(text.lines().count(), harmless.lines().count());
            assert_eq!(commands(text), Vec::<&str>::new());
        }
        Format::Junit => {
            xml_characters(text);
            assert_eq!(
                text.matches('<').count(),
                harmless.matches('<').count(),
                "{text}"
            );
            log(text, harmless);
        }
        Format::Markdown => {
            markdown(text, harmless);
            log(text, harmless);
        }
        Format::Html => {
            check_page(text);
            assert_eq!(commands(text), Vec::<&str>::new());
        }
        Format::Github => {
            let level = |line: &str| line.split([' ', ':']).nth(2).map(str::to_owned);
            let levels = |text: &str| text.lines().map(level).collect::<Vec<_>>();
            assert_eq!(levels(text), levels(harmless), "{text}");
            assert_eq!(commands(text).len(), text.lines().count());
            for line in text.lines() {
                let said = line
                    .trim_start_matches("::")
                    .split_once("::")
                    .expect("a message")
                    .1;
                // A message is shown in a log, line by line.
                let said = said
                    .replace("%0A", "\n")
                    .replace("%0D", "\r")
                    .replace("%25", "%");
                visible(&said);
                assert_eq!(commands(&said), Vec::<&str>::new(), "{said}");
            }
        }
    }
}

/// The texts under that key, wherever it stands.
fn collect<'a>(key: &str, within: &'a Value, found: &mut Vec<&'a str>) {
    match within {
        Value::Object(members) => {
            found.extend(members.get(key).and_then(Value::as_str));
            members
                .values()
                .for_each(|value| collect(key, value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(key, value, found)),
        _ => {}
    }
}

#[tokio::test(start_paused = true)]
async fn every_format_takes_evil_strings_for_text() {
    let report = report().await;
    let folder = Folder::new("formats");
    let harmless = filled(&report, "word");
    folder.write("harmless.html", &Format::Html.render(&harmless));
    for (number, evil) in EVIL.iter().enumerate() {
        for format in Format::ALL {
            // Before and after what a value may say otherwise.
            for (place, evil) in [evil.to_string(), format!("status 202: {evil}x")]
                .iter()
                .enumerate()
            {
                let report = filled(&report, evil);
                let text = format.render(&report);
                println!("{} {evil:?}", format.name());
                judge(format, &text, &report, &format.render(&harmless));
                folder.write(&format!("{number}-{place}.{}", format.name()), &text);
            }
        }
    }
    python(
        &folder,
        ".junit",
        "import xml.parsers.expat as x\nfor f in files: x.ParserCreate().Parse(open(f, 'rb').read(), True)",
    );
    python(&folder, ".html", HTML);
}

/// A page has no tags and attributes but those of a page without anything evil.
const HTML: &str = "
from html.parser import HTMLParser
class P(HTMLParser):
    def handle_starttag(self, tag, attrs): self.seen.add((tag, *sorted(name for name, _ in attrs)))
def seen(f):
    p = P(); p.seen = set(); p.feed(open(f, newline='').read()); p.close(); return p.seen
tags = {t for s in map(seen, ['harmless.html']) for t in s}
flat = {x for t in tags for x in t} | {'mark', 'span', 'class', 'br'}
for f in files:
    more = [t for t in seen(f) if not set(t) <= flat]
    assert not more, (f, more)
";

#[tokio::test(start_paused = true)]
async fn the_text_of_a_report_takes_evil_strings_for_text() {
    let report = report().await;
    let text = |evil: &str, colour: bool| {
        let style = Style {
            colour,
            verbose: true,
            ..Style::default()
        };
        guard(&report_text(&filled(&report, evil), style))
    };
    let harmless = text("word", false);
    let codes = regex::Regex::new("\x1b\\[(?:0|2|33|1;31|1;32)m").expect("a pattern");
    for evil in EVIL {
        log(&text(evil, false), &harmless);
        // Colours are ours, and nothing else is changed by them.
        assert_eq!(codes.replace_all(&text(evil, true), ""), text(evil, false));
    }
}
