//! The page is whole, loads nothing, and each cell leads to what shows it.

use sha2::{Digest as _, Sha256};

use super::{BOARD, POLICY, SCRIPT, render};
use crate::report::html::tests::{base64, check_page};
use crate::report::html::{SHARED, STYLE};
use crate::report::matrix::tests::{judged, matrix_of, report_of};
use crate::report::matrix::{Mark, Matrix, Source};

#[test]
fn the_policy_names_the_styles_and_the_script() {
    for text in [STYLE, BOARD, SCRIPT, SHARED] {
        let digest = format!("'sha256-{}'", base64(&Sha256::digest(text.as_bytes())));
        assert!(POLICY.contains(&digest), "`POLICY` has to hold: {digest}");
        assert!(
            !text.contains('<') || text == SCRIPT,
            "an end of the element"
        );
    }
    assert!(!SCRIPT.contains("</"));
}

#[tokio::test(start_paused = true)]
async fn each_cell_leads_to_what_shows_it() {
    let matrix = matrix_of(&[None, Some("batch-size-min-zero")]).await;
    let page = render(&matrix);
    check_page(&page);
    for row in &matrix.rows {
        assert!(
            page.contains(&format!(">{}</code>", row.path())),
            "{}",
            row.path()
        );
        for (at, cell) in row.cells.iter().enumerate() {
            if cell.as_ref().is_some_and(|cell| cell.mark == Mark::Broken) {
                let link = format!("href=\"#p-{}-t{at}\"", row.id);
                assert!(
                    page.contains(&link),
                    "no cell leads to {} of target {at}",
                    row.id
                );
            }
        }
    }
    let finding = matrix.findings.first().expect("a finding");
    assert!(page.contains(&finding.id) && page.contains(&finding.shown[0].replay));
    assert_eq!(
        page.matches("<tr role=\"row\" data-item").count(),
        matrix.rows.len()
    );
}

#[tokio::test(start_paused = true)]
async fn what_a_target_says_is_text() {
    const HOSTILE: &str =
        "</style></script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&\0\u{202e}";
    let mut report = report_of(Some("batch-size-min-zero")).await;
    report.headline = HOSTILE.to_owned();
    for finding in &mut report.findings {
        (finding.actual, finding.expected) = (HOSTILE.to_owned(), HOSTILE.to_owned());
        (finding.sent, finding.requirement) = (Some(HOSTILE.to_owned()), HOSTILE.to_owned());
    }
    let mut all = vec![judged(HOSTILE, Source::Report(Box::new(report)))];
    all[0].release = Some(HOSTILE.to_owned());
    all.push(judged(
        "absent",
        Source::NotStarted(format!("{HOSTILE}\n{HOSTILE}")),
    ));
    let matrix = Matrix::new(&all, "2026-11-23");
    check_page(&render(&matrix));
    let badge = crate::report::matrix::badge(&matrix.columns[0]);
    assert!(
        !badge.contains("<script") && !badge.contains('\0'),
        "{badge}"
    );
}

#[test]
fn no_target_at_all() {
    let matrix = Matrix::new(
        &[judged(
            "absent",
            Source::NotStarted("it is not here".to_owned()),
        )],
        "2026-11-23",
    );
    let page = render(&matrix);
    check_page(&page);
    assert!(page.contains("did not start") && page.contains("No target was judged"));
}
