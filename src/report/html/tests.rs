//! The page is whole, well formed and the same each time, whatever the target said.

use std::collections::BTreeSet;

use regex::Regex;
use sha2::{Digest as _, Sha256};

use super::frame::{SHARED, STYLE};
use super::page::{POLICY, SCRIPT, render};
use crate::contract::Level;
use crate::harness::testing::cases;
use crate::report::document::tests::{document, ran};
use crate::report::document::{Body, ReportedFinding, StopKind, Stopped};
use crate::report::{Format, Report};

async fn report_of(defect: &str) -> Report {
    let some = cases(|c| c.id.as_str().contains("BatchSize"), 60);
    document(&ran(Some(defect), &some).await, &some).0
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for three in bytes.chunks(3) {
        let bits = (0..3).fold(0_usize, |bits, at| {
            bits << 8 | usize::from(three.get(at).copied().unwrap_or(0))
        });
        let digits = (0..=three.len()).map(|at| char::from(DIGITS[bits >> (18 - 6 * at) & 63]));
        text.extend(digits.chain(std::iter::repeat_n('=', 3 - three.len())));
    }
    text
}

/// The tags nest, identities are unique, and nothing leads out of the page.
pub(crate) fn check_page(page: &str) {
    let (head, rest) = page.split_once("<style>").expect("a style");
    let (_, rest) = rest.split_once("</style>").expect("its end");
    let (body, rest) = rest.split_once("<script>").expect("a script");
    let (_, rest) = rest.split_once("</script>").expect("its end");
    let markup = format!("{head}{body}{rest}").replace("<!DOCTYPE html>", "");
    let tag =
        Regex::new(r#"<(/?)([a-z0-9]+)((?: [a-zA-Z-]+(?:="[^"<]*")?)*)>"#).expect("a pattern");
    assert_eq!(
        tag.find_iter(&markup).count(),
        markup.matches('<').count(),
        "a tag of another form"
    );
    let mut open: Vec<&str> = Vec::new();
    let (mut ids, mut links) = (BTreeSet::new(), BTreeSet::new());
    let attribute = Regex::new(r#" ([a-zA-Z-]+)(?:="([^"]*)")?"#).expect("a pattern");
    for found in tag.captures_iter(&markup) {
        let name = found.get(2).expect("a name").as_str();
        for attribute in attribute.captures_iter(&found[3]) {
            let value = attribute
                .get(2)
                .map_or("", |value| value.as_str())
                .to_owned();
            match &attribute[1] {
                "id" => assert!(ids.insert(value.clone()), "two of {value}"),
                "href" => drop(links.insert(value)),
                name => assert!(
                    !name.starts_with("on") && !["src", "style", "action"].contains(&name),
                    "{name}"
                ),
            }
        }
        if !found[1].is_empty() {
            assert_eq!(open.pop(), Some(name));
        } else if !["meta", "input"].contains(&name) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
    for link in links {
        assert!(
            link.strip_prefix('#').is_some_and(|id| ids.contains(id)),
            "{link} leads nowhere"
        );
    }
    let hidden = page.chars().find(|c| {
        c.is_control() && !matches!(c, '\n' | '\t') || ('\u{202a}'..'\u{202f}').contains(c)
    });
    assert_eq!(hidden, None, "a character that a browser hides");
}

#[test]
fn the_policy_names_the_style_and_the_script() {
    for (part, text) in [("style-src", STYLE), ("script-src", SCRIPT)] {
        let digest = format!(
            "{part} 'sha256-{}'",
            base64(&Sha256::digest(text.as_bytes()))
        );
        assert!(POLICY.contains(&digest), "`POLICY` has to hold: {digest}");
        assert!(!text.contains("</"), "an end of the element in {part}");
    }
    let shared = format!("'sha256-{}'", base64(&Sha256::digest(SHARED.as_bytes())));
    assert!(
        POLICY.contains(&shared) && !SHARED.contains("</"),
        "`POLICY` has to hold: {shared}"
    );
    assert_eq!(base64(b"ab"), "YWI=");
}

#[tokio::test(start_paused = true)]
async fn a_page_is_whole_and_the_same_each_time() {
    let report = report_of("batch-size-min-zero").await;
    let page = render(&report);
    check_page(&page);
    assert!(page.contains(&format!("<h1>{}</h1>", report.headline)));
    for promise in &report.promises {
        assert!(
            page.contains(promise.id.split_once("::").expect("an operation").1),
            "{}",
            promise.id
        );
    }
    for finding in &report.findings {
        assert!(
            page.contains(&format!("id=\"{}\"", finding.id)),
            "{}",
            finding.id
        );
        assert!(
            page.contains(&format!("href=\"#{}\"", finding.id)),
            "no promise leads to {}",
            finding.id
        );
    }
    // The part that differs, and in the answer what the finding is about.
    assert!(
        page.contains("{&quot;BatchSize&quot;:<mark>0</mark>}"),
        "the violation is not marked"
    );
    assert!(
        page.contains("<strong><mark>202</mark></strong>"),
        "the answer is not marked"
    );
    let read: Report = serde_json::from_str(&Format::Json.render(&report)).expect("a document");
    assert!(
        render(&read) == page,
        "what is read again gives another page"
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_target_says_is_text() {
    const HOSTILE: &str = "</pre></style><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\0\r\u{1b}[31m\u{202e}txt";
    let mut report = report_of("batch-size-min-zero").await;
    let filler = |bytes: usize| format!("{HOSTILE}{}", "<b>".repeat(bytes / 3));
    let finding = report.findings.first_mut().expect("a finding");
    for text in [
        &mut finding.requirement,
        &mut finding.expected,
        &mut finding.section,
        &mut finding.role,
    ] {
        *text = HOSTILE.to_owned();
    }
    (finding.id, finding.actual) = (format!("x::{HOSTILE}"), format!("status 200: {HOSTILE}"));
    (finding.known, finding.sent) = (Some(HOSTILE.to_owned()), Some(HOSTILE.to_owned()));
    for exchange in &mut finding.exchanges {
        let answer = exchange.answer.as_mut().expect("an answer");
        answer
            .headers
            .push((HOSTILE.to_owned(), HOSTILE.to_owned()));
        answer.body = match exchange.role.as_str() {
            "given" => Body::of(&[0xff; Body::MOST + 1]),
            _ => Body::of(filler(Body::MOST).as_bytes()),
        };
        exchange.body = Body::of(filler(Body::MOST).as_bytes());
    }
    report.headline = HOSTILE.to_owned();
    report.run.target = HOSTILE.to_owned();
    report.notes.push(HOSTILE.to_owned());
    let page = render(&report);
    check_page(&page);
    assert!(
        page.contains("&lt;script&gt;alert(1)&lt;/script&gt;")
            && page.contains("\\u{0}\\r\\u{1b}[31m\\u{202e}txt")
    );
    assert!(
        page.contains("not UTF-8") && page.contains("of 65,537 bytes"),
        "bodies that are cut say so"
    );
    assert!(page.len() < 400_000, "{} bytes", page.len());
}

#[tokio::test(start_paused = true)]
async fn findings_stand_in_groups() {
    let mut report = report_of("batch-size-min-zero").await;
    let finding = report.findings.first().expect("a finding").clone();
    let like = |id: &str| ReportedFinding {
        id: id.to_owned(),
        ..finding.clone()
    };
    report.findings = vec![
        ReportedFinding {
            known: Some("as reviewed".to_owned()),
            ..like("x::known")
        },
        ReportedFinding {
            unstable: true,
            ..like("x::unstable")
        },
        ReportedFinding {
            level: Level::Should,
            ..like("x::warning")
        },
        ReportedFinding {
            repeats: true,
            ..like("x::repeated")
        },
        ReportedFinding {
            data_plane: true,
            exchanges: Vec::new(),
            case: None,
            sent: None,
            ..like("x::plane")
        },
        like("x::broken"),
    ];
    let page = render(&report);
    check_page(&page);
    let ids = [
        "plane", "broken", "warning", "unstable", "known", "repeated",
    ];
    let places: Vec<_> = ids
        .iter()
        .map(|id| page.find(&format!("id=\"x::{id}\"")).expect(id))
        .collect();
    assert!(places.is_sorted(), "{places:?}");
    assert!(page.contains("as reviewed") && page.contains("in the records that functions receive"));
}

#[tokio::test(start_paused = true)]
async fn a_part_of_a_run_says_so() {
    let mut report = report_of("batch-size-min-zero").await;
    assert!(!render(&report).contains("The run stopped early"));
    report.stopped = Some(Stopped {
        kind: StopKind::Interrupted,
        why: "interrupted".to_owned(),
        enough: false,
    });
    report.findings.clear();
    report.causes.clear();
    report.cases.clear();
    report.counts.clear();
    let page = render(&report);
    check_page(&page);
    assert!(
        page.contains("The run stopped early: interrupted.") && page.contains("0 of "),
        "{}",
        page.len()
    );
    assert!(page.contains("Nothing that the target did breaks a promise"));
}
