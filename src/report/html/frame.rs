//! What the pages share: a head that forbids the network, the style, the script that copies, and
//! the stamp.

use maud::{DOCTYPE, Markup, PreEscaped, html};

pub(crate) const STYLE: &str = include_str!("style.css");
/// The script that every page has after its own.
pub(crate) const SHARED: &str = include_str!("shared.js");

/// A page of that body. `policy` says what a browser may use: it has to name the styles, the script
/// and [`SHARED`].
pub(crate) fn document(
    title: &str,
    policy: &str,
    styles: &[&str],
    script: &str,
    body: &Markup,
) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                @for style in styles { style { (PreEscaped(style)) } }
            }
            body {
                (body)
                script { (PreEscaped(script)) }
                script { (PreEscaped(SHARED)) }
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}

/// A hallmark, as a stamp.
pub(crate) fn mark() -> Markup {
    html! {
        svg viewBox="0 0 24 24" width="24" height="24" aria-hidden="true" {
            path class="stamp" d="M7.5 1.5h9l6 6v9l-6 6h-9l-6-6v-9z" {}
            path class="tick" d="M7 12.5l3.4 3.4L17.2 8.6" {}
        }
    }
}
