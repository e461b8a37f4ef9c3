//! The guide and the documents beside it: every link leads somewhere.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use regex::Regex;

use super::PAGES;

/// The documents of the project that people read on a forge.
fn documents() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents: Vec<PathBuf> = [
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "cases/README.md",
        "fuzz/README.md",
        "snapshots/verdicts/README.md",
    ]
    .iter()
    .map(|name| root.join(name))
    .collect();
    let pages = std::fs::read_dir(root.join("src/guide")).expect("the guide");
    documents.extend(
        pages
            .map(|entry| entry.expect("a page").path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "md")),
    );
    documents
}

/// The text without the blocks of code.
fn prose(text: &str) -> String {
    let mut inside = false;
    let lines = text.lines().filter(|line| {
        let fence = line.trim_start().starts_with("```");
        inside ^= fence;
        !inside && !fence
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// The anchors of the headings, as forges make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let headings = prose(text);
    let headings = headings.lines().filter_map(|line| {
        let title = line.trim_start_matches('#');
        (title.len() < line.len()).then(|| title.trim().to_lowercase())
    });
    headings
        .map(|title| {
            let kept = title
                .chars()
                .filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
            kept.map(|c| if c == ' ' { '-' } else { c }).collect()
        })
        .collect()
}

/// Where the links of a text lead, and the labels that it uses without saying where they lead.
fn links(text: &str) -> (Vec<String>, Vec<String>) {
    let text = Regex::new("`[^`]*`")
        .expect("a regex")
        .replace_all(&prose(text), "``")
        .into_owned();
    let all = |pattern: &str| -> Vec<String> {
        let regex = Regex::new(pattern).expect("a regex");
        regex
            .captures_iter(&text)
            .map(|found| found[1].to_owned())
            .collect()
    };
    let defined = all(r"(?m)^\[([^\]]+)\]: ");
    let mut used = all(r"\]\[([^\]]+)\]");
    used.extend(all(r"(?:^|[\s(])\[([a-z-]+)\](?:[^\[(:]|$)"));
    used.retain(|label| !defined.contains(label));

    let mut goals = all(r"\]\(([^)\s]+)\)");
    goals.extend(all(r"(?m)^\[[^\]]+\]: (\S+)$"));
    (goals, used)
}

#[test]
fn every_link_leads_somewhere() {
    let mut faults = Vec::new();
    for document in documents() {
        let text = std::fs::read_to_string(&document).expect("a document");
        let shown = document.display();
        let (goals, unknown) = links(&text);
        faults.extend(
            unknown
                .iter()
                .map(|label| format!("{shown}: nothing says where [{label}] leads")),
        );
        for goal in goals.iter().filter(|goal| !goal.starts_with("https://")) {
            let (file, anchor) = goal.split_once('#').unwrap_or((goal, ""));
            let path = match file {
                "" => document.clone(),
                file => document.parent().expect("a folder").join(file),
            };
            if !path.exists() {
                faults.push(format!("{shown}: {goal} leads to no file"));
            } else if !anchor.is_empty() {
                let text = std::fs::read_to_string(&path).expect("a document");
                if !anchors(&text).contains(anchor) {
                    faults.push(format!("{shown}: {goal} leads to no heading"));
                }
            }
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn pages_link_to_pages_by_topic_alone() {
    // A link of another kind would lead nowhere in the documentation of the crate.
    for page in PAGES.iter().filter(|page| page.topic != "case-files") {
        let (goals, _) = links(page.text);
        for goal in goals.iter().filter(|goal| !goal.starts_with("https://")) {
            let linked = PAGES.iter().find(|page| match page.topic {
                "case-files" => goal == "../../cases/README.md",
                topic => *goal == format!("{topic}.md"),
            });
            let label = linked.map(|page| format!("\n[{}]: {goal}\n", page.topic));
            let text = format!("{}\n", page.text.trim_end());
            assert!(
                label.is_some_and(|label| text.contains(&label)),
                "{}: {goal} is no page of the guide under its topic",
                page.topic
            );
        }
    }
}

#[test]
fn every_file_is_a_page_and_every_link_to_a_topic_is_known() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/guide");
    let files = documents()
        .into_iter()
        .filter(|path| path.starts_with(&root))
        .count();
    // The page about cases is the manual beside the cases.
    assert_eq!(files + 1, PAGES.len());

    for page in PAGES {
        let module = page.topic.replace('-', "_");
        let line = format!("[{}]: crate::guide::{module}\n", page.topic);
        assert!(links!().contains(&line), "no link {line}");
        assert!(page.text.starts_with("# "), "{} has no title", page.topic);
    }
    assert_eq!(links!().trim_end().lines().count(), PAGES.len());
}
